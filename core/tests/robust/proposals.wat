;; Something of the proposals that the fast check of bodies leaves to wasmparser; a seed for mutations.
(module
    (type $unary (func (param i32) (result i32)))
    (memory $first (export "memory") 1 4)
    (memory $far i64 1 2)
    (memory $bytes 40 50 (pagesize 1))
    (memory $shared 1 1 shared)
    (table $long (export "table") i64 2 4 funcref)
    (elem (table $long) (i64.const 1) func $double)
    (elem $passive func $double)
    (data (memory $far) (i64.const 65530) "far")
    (data $later "passive bytes")

    (func $double (type $unary) (i32.shl (local.get 0) (i32.const 1)))

    (func (export "far") (param i64 i32) (result i64)
        (f32.store $far offset=0x10000 (i64.sub (local.get 0) (i64.const 9)) (f32.const 1.5))
        (i64.store8 $far offset=3 (local.get 0) (i64.load32_u $far offset=7 (local.get 0)))
        (memory.copy $far $first (local.get 0) (local.get 1) (i32.const 4))
        (memory.fill $far (local.get 0) (local.get 1) (i64.const 7))
        (memory.init $far $later (local.get 0) (i32.const 3) (i32.const 4))
        (i64.add
            (i64.add (i64.load16_s $far (local.get 0)) (memory.grow $far (i64.const 1)))
            (i64.extend_i32_u (memory.grow $bytes (i32.const 3)))))

    (func (export "long") (param i64) (result i64)
        (drop (table.grow $long (ref.null func) (i64.const 1)))
        (table.init $long $passive (local.get 0) (i32.const 0) (i32.const 1))
        (table.set $long (i64.const 2) (table.get $long (i64.const 1)))
        (table.copy $long $long (i64.const 0) (i64.const 1) (i64.const 2))
        (drop (call_indirect $long (type $unary) (i32.const 4) (i64.const 1)))
        (table.size $long))

    (func (export "wide") (param i64 i64) (result i64 i64)
        (i64.sub128
            (i64.add128 (i64.mul_wide_s (local.get 0) (local.get 1)) (i64.const -7) (local.get 0))
            (i64.mul_wide_u (local.get 1) (i64.const 3))))

    (func (export "atomic") (param i32) (result i64)
        (i64.atomic.store32 $shared offset=8 (local.get 0) (i64.const 40))
        (drop (i32.atomic.rmw16.sub_u $shared offset=8 (local.get 0) (i32.const 3)))
        (atomic.fence)
        (drop (memory.atomic.wait32 $shared (local.get 0) (i32.const 0) (i64.const 10)))
        (drop (memory.atomic.notify $shared (local.get 0) (i32.const 1)))
        (i64.atomic.rmw.cmpxchg $shared offset=8 (local.get 0) (i64.const 37) (i64.const 38)))

    (type $bytes (array (mut i8)))
    (type $object (sub (struct (field $id (mut i32)))))
    (type $node (sub $object (struct (field $id (mut i32)) (field $next (mut (ref null $object))) (field $at f64))))
    (global $first (mut (ref null $object)) (struct.new $node (i32.const 1) (ref.null $object) (f64.const 2)))
    (global $constants (ref $bytes) (array.new_fixed $bytes 2 (i32.const 1) (i32.const 2)))
    (elem $numbers i31ref (item (ref.i31 (i32.const 4))) (ref.i31 (i32.const 5)))
    (type $small (array (mut i31ref)))

    (func (export "objects") (param $n i32) (result i32)
        (local $bytes (ref $bytes)) (local $small (ref $small))
        (local.set $bytes (array.new_data $bytes $later (i32.const 2) (i32.const 5)))
        (array.copy $bytes $bytes (local.get $bytes) (i32.const 1) (global.get $constants) (i32.const 0) (i32.const 2))
        (array.fill $bytes (local.get $bytes) (i32.const 4) (local.get $n) (i32.const 1))
        (local.set $small (array.new_elem $small $numbers (i32.const 0) (i32.const 2)))
        (array.set $small (local.get $small) (i32.const 1) (ref.i31 (local.get $n)))
        (loop $more
            (global.set $first
                (struct.new $node (local.get $n) (global.get $first) (f64.convert_i32_s (local.get $n))))
            (br_if $more (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 40))))
        (block $failed (result (ref null $object))
            (br_on_cast_fail $failed (ref null $object) (ref $node) (global.get $first))
            (struct.set $node $id (i32.add
                (array.get_s $bytes (local.get $bytes) (i32.const 3))
                (i31.get_s (ref.as_non_null (array.get $small (local.get $small) (i32.const 1))))))
            (global.get $first))
        (struct.get $object $id))

    (func (export "casts") (param anyref) (result i32)
        (i32.add
            (ref.test (ref i31) (local.get 0))
            (struct.get $object $id (ref.cast (ref $object) (any.convert_extern (extern.convert_any (local.get 0))))))))
