;; Makes and drops graphs, rings and arrays at random, and checks that nothing that can be reached was touched: every object
;; says who it is, whoever refers to it knows that too, and bytes follow from it.
(module
  (type $bytes (array (mut i8)))
  (type $object (sub (struct (field $id i32) (field $depth i32))))
  (type $leaf (sub final $object (struct (field $id i32) (field $depth i32) (field $bytes (ref $bytes)))))
  (type $node (sub final $object (struct (field $id i32) (field $depth i32)
    (field $left (mut (ref null $object))) (field $left_id (mut i32))
    (field $right (mut (ref null $object))) (field $right_id (mut i32)))))
  (table $roots 24 (ref null $object))
  (global $seed (mut i32) (i32.const 1))
  (global $next (mut i32) (i32.const 0))

  (func $random (param $below i32) (result i32)
    (global.set $seed (i32.add (i32.mul (global.get $seed) (i32.const 1103515245)) (i32.const 12345)))
    (i32.rem_u (i32.shr_u (global.get $seed) (i32.const 8)) (local.get $below)))

  (func $id (result i32)
    (global.set $next (i32.add (global.get $next) (i32.const 1)))
    (global.get $next))

  (func $id_of (param $object (ref null $object)) (result i32)
    (if (result i32) (ref.is_null (local.get $object))
      (then (i32.const 0))
      (else (struct.get $object $id (local.get $object)))))

  ;; A root that something of depth 3 at most can refer to, or null.
  (func $child (result (ref null $object))
    (local $root (ref null $object))
    (local.set $root (table.get $roots (call $random (i32.const 24))))
    (if (i32.eqz (ref.is_null (local.get $root)))
      (then (if (i32.ge_u (struct.get $object $depth (local.get $root)) (i32.const 2))
        (then (local.set $root (ref.null $object))))))
    (local.get $root))

  (func $depth_above (param $object (ref null $object)) (result i32)
    (if (result i32) (ref.is_null (local.get $object))
      (then (i32.const 0))
      (else (i32.add (i32.const 1) (struct.get $object $depth (local.get $object))))))

  (func $max (param i32 i32) (result i32)
    (select (local.get 0) (local.get 1) (i32.gt_u (local.get 0) (local.get 1))))

  (func $make_node (result (ref $node))
    (local $left (ref null $object)) (local $right (ref null $object))
    (local.set $left (call $child))
    (local.set $right (call $child))
    (struct.new $node (call $id)
      (call $max (call $depth_above (local.get $left)) (call $depth_above (local.get $right)))
      (local.get $left) (call $id_of (local.get $left))
      (local.get $right) (call $id_of (local.get $right))))

  (func $make_leaf (result (ref $leaf))
    (local $id i32)
    (local.set $id (call $id))
    (struct.new $leaf (local.get $id) (i32.const 0)
      (array.new $bytes (local.get $id) (call $random (i32.const 150)))))

  ;; Nodes that nothing but a ring of themselves refers to, but for the first.
  (func $make_ring (param $len i32) (result (ref $node))
    (local $first (ref null $node)) (local $last (ref null $node)) (local $new (ref null $node))
    (local.set $first
      (struct.new $node (call $id) (i32.const 9) (ref.null $object) (i32.const 0) (ref.null $object) (i32.const 0)))
    (local.set $last (local.get $first))
    (loop $more
      (local.set $new
        (struct.new $node (call $id) (i32.const 9)
          (local.get $last) (struct.get $node $id (local.get $last)) (ref.null $object) (i32.const 0)))
      (struct.set $node $right (local.get $last) (local.get $new))
      (struct.set $node $right_id (local.get $last) (struct.get $node $id (local.get $new)))
      (local.set $last (local.get $new))
      (br_if $more (local.tee $len (i32.sub (local.get $len) (i32.const 1)))))
    (struct.set $node $right (local.get $last) (local.get $first))
    (struct.set $node $right_id (local.get $last) (struct.get $node $id (local.get $first)))
    (struct.set $node $left (local.get $first) (local.get $last))
    (struct.set $node $left_id (local.get $first) (struct.get $node $id (local.get $last)))
    (ref.as_non_null (local.get $first)))

  (func $expect (param i32 i32)
    (if (i32.ne (local.get 0) (local.get 1)) (then (unreachable))))

  (func $check_leaf (param $leaf (ref $leaf))
    (local $bytes (ref $bytes)) (local $index i32)
    (local.set $bytes (struct.get $leaf $bytes (local.get $leaf)))
    (local.set $index (array.len (local.get $bytes)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $index)))
        (local.set $index (i32.sub (local.get $index) (i32.const 1)))
        (call $expect
          (array.get_u $bytes (local.get $bytes) (local.get $index))
          (i32.and (struct.get $leaf $id (local.get $leaf)) (i32.const 255)))
        (br $next))))

  ;; Checks an object and, up to $far references away, what it refers to.
  (func $check (param $object (ref null $object)) (param $far i32)
    (local $node (ref $node))
    (if (i32.or (ref.is_null (local.get $object)) (i32.eqz (local.get $far))) (then (return)))
    (block $is_leaf (result (ref $leaf))
      (block $is_node (result (ref $node))
        (br_on_cast $is_node (ref null $object) (ref $node) (local.get $object))
        (br_on_cast $is_leaf (ref null $object) (ref $leaf))
        (unreachable))
      (local.set $node)
      (call $expect (call $id_of (struct.get $node $left (local.get $node))) (struct.get $node $left_id (local.get $node)))
      (call $expect (call $id_of (struct.get $node $right (local.get $node))) (struct.get $node $right_id (local.get $node)))
      (call $check (struct.get $node $left (local.get $node)) (i32.sub (local.get $far) (i32.const 1)))
      (call $check (struct.get $node $right (local.get $node)) (i32.sub (local.get $far) (i32.const 1)))
      (return))
    (call $check_leaf))

  (func (export "step") (param $steps i32)
    (local $what i32) (local $made (ref null $object))
    (loop $more
      (local.set $what (call $random (i32.const 10)))
      (local.set $made (ref.null $object))
      (if (i32.lt_u (local.get $what) (i32.const 4)) (then (local.set $made (call $make_leaf))))
      (if (i32.and (i32.ge_u (local.get $what) (i32.const 4)) (i32.lt_u (local.get $what) (i32.const 8)))
        (then (local.set $made (call $make_node))))
      (if (i32.eq (local.get $what) (i32.const 8))
        (then (local.set $made (call $make_ring (i32.add (call $random (i32.const 20)) (i32.const 1))))))
      (table.set $roots (call $random (i32.const 24)) (local.get $made))
      (call $check (table.get $roots (call $random (i32.const 24))) (i32.const 5))
      (br_if $more (local.tee $steps (i32.sub (local.get $steps) (i32.const 1))))))

  ;; A list of so many items and, where it ends, the number of the first.
  (type $list (struct (field $tail (ref null $list)) (field $value i32)))
  (func (export "list") (param $len i32) (result (ref null $list))
    (local $list (ref null $list))
    (loop $more
      (local.set $list (struct.new $list (local.get $list) (local.get $len)))
      (br_if $more (local.tee $len (i32.sub (local.get $len) (i32.const 1)))))
    (local.get $list))
  (func (export "sum") (param $list (ref null $list)) (result i64)
    (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (ref.is_null (local.get $list)))
        (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (struct.get $list $value (local.get $list)))))
        (local.set $list (struct.get $list $tail (local.get $list)))
        (br $next)))
    (local.get $sum))
  ;; Makes garbage of so many bytes.
  (func (export "garbage") (param $bytes i32)
    (loop $more
      (drop (array.new_default $bytes (i32.const 1000)))
      (br_if $more (i32.gt_s (local.tee $bytes (i32.sub (local.get $bytes) (i32.const 1000))) (i32.const 0))))))
