;; Fields and elements are read and written where they are; objects are made by the driver, of what is in slots.
(module
  (type $bytes (array (mut i8)))
  (type $base (sub (struct (field $count (mut i32)))))
  (type $more (sub $base (struct (field $count (mut i32)) (field $rate f64) (field $bytes (mut (ref null $bytes))))))
  (func $make (param $n i32) (result (ref $more))
    (struct.new $more (local.get $n) (f64.const 0.5) (array.new_default $bytes (local.get $n))))
  (func $read (param $it (ref $more)) (result f64)
    (f64.mul (struct.get $more $rate (local.get $it)) (f64.convert_i32_s (struct.get $more $count (local.get $it)))))
  (func $increment (param $it (ref $base))
    (struct.set $base $count (local.get $it) (i32.add (struct.get $base $count (local.get $it)) (i32.const 1))))
  (func $element (param $it (ref $more)) (param $i i32) (result i32)
    (array.get_s $bytes (struct.get $more $bytes (local.get $it)) (local.get $i)))
  (func $set_elements (param $it (ref $bytes)) (param $i i32)
    (array.set $bytes (local.get $it) (i32.const 0) (local.get $i))
    (array.set $bytes (local.get $it) (local.get $i) (i32.const 7))
    (array.fill $bytes (local.get $it) (i32.const 1) (i32.const 2) (array.len (local.get $it))))
  (func $cast (param $it (ref null $base)) (result f64)
    (block $is_more (result (ref $more))
      (br_on_cast $is_more (ref null $base) (ref $more) (local.get $it))
      (drop)
      (return (f64.const 0)))
    (struct.get $more $rate))
  (func $test (param $it anyref) (result i32)
    (i32.or (ref.test (ref i31) (local.get $it)) (ref.test (ref null $base) (local.get $it))))
  (func $checked (param $it anyref) (result i32)
    (struct.get $base $count (ref.cast (ref $base) (local.get $it))))
  (func $small (param $it i32) (result i32)
    (i31.get_s (ref.i31 (i32.shl (local.get $it) (i32.const 1)))))
  (func $same (param $a eqref) (param $b eqref) (result i32)
    (if (result i32) (ref.eq (local.get $a) (local.get $b)) (then (i32.const 5)) (else (i32.const 6)))))
;; IR narrow
;; function 0
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: copy s-1 s4
;;   9: array.new_default #0 s4
;;   13: i64.const s3 #4602678819172646912
;;   19: copy s-1 s2
;;   22: struct.new #2 s2
;;   26: return_int s2
;; function 1
;;   0: enter0 #1 s0 #4 s0 s0
;;   6: struct.get64 s-1 s2 #16
;;   11: struct.get32 s-1 A #8
;;   15: f64.convert_i32_s A A
;;   16: f64.mul A s2 A
;;   18: return_f64 A
;; function 2
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: struct.get32 s-1 A #8
;;   10: i32.add A 1 A
;;   12: struct.set32 s-1 A #8
;;   16: return
;; function 3
;;   0: enter0 #2 s0 #4 s0 s0
;;   6: struct.get_ref s-2 s2 #24
;;   11: array.get8_s s2 s-1 A
;;   14: return_int A
;; function 4
;;   0: enter0 #2 s0 #6 s0 s0
;;   6: i32.const16 s3 #0
;;   9: array.set8 s-2 s3 s-1
;;   13: i32.const16 s4 #7
;;   16: array.set8 s-2 s-1 s4
;;   20: array.len s-2 A
;;   22: copy A s5
;;   24: i32.const16 s4 #2
;;   27: i32.const16 s3 #1
;;   30: copy s-2 s2
;;   33: array.fill #0 s2
;;   37: return
;; function 5
;;   0: enter0 #1 s0 #3 s0 s0
;;   6: copy s-1 s2
;;   9: ref.test s2 A #6 #2
;;   14: br_if_nez A -> 22
;;   16: f64.const A #0
;;   21: return_f64 A
;;   22: struct.get64 s2 s2 #16
;;   27: return_f64 s2
;; function 6
;;   0: enter0 #1 s0 #4 s0 s0
;;   6: ref.test s-1 A #2 #0
;;   11: copy A s2
;;   13: ref.test s-1 A #32774 #1
;;   18: i32.or A s2 A
;;   20: return_int A
;; function 7
;;   0: enter0 #1 s0 #3 s0 s0
;;   6: ref.cast s-1 #6 #1
;;   11: struct.get32 s-1 A #8
;;   15: return_int A
;; function 8
;;   0: enter0 #1 s0 #4 s0 s0
;;   6: i32.shl s-1 1 A
;;   9: ref.i31 A A
;;   10: i31.get_s A A
;;   11: return_int A
;; function 9
;;   0: enter0 #2 s0 #4 s0 s0
;;   6: i64.ne_branch s-2 s-1 -> 16
;;   10: i32.const16 s2 #5
;;   13: br -> 19
;;   16: i32.const16 s2 #6
;;   19: return_int s2
;; IR wide
;; function 0
;;   0: enter0 #1 s0 #7 s-1 s0
;;   6: copy P0 s6
;;   8: array.new_default #0 s6
;;   12: i64.const s5 #4602678819172646912
;;   18: copy P0 s4
;;   20: struct.new #2 s4
;;   24: return_int s4
;; function 1
;;   0: enter0 #1 s0 #6 s0 s0
;;   6: struct.get64 s-1 s4 #16
;;   11: struct.get32 s-1 A #8
;;   15: f64.convert_i32_s A A
;;   16: f64.mul A s4 A
;;   18: return_f64 A
;; function 2
;;   0: enter0 #1 s0 #7 s0 s0
;;   6: struct.get32 s-1 A #8
;;   10: i32.add A 1 A
;;   12: struct.set32 s-1 A #8
;;   16: return
;; function 3
;;   0: enter0 #2 s0 #6 s0 s0
;;   6: struct.get_ref s-2 s4 #24
;;   11: array.get8_s s4 s-1 A
;;   14: return_int A
;; function 4
;;   0: enter0 #2 s0 #8 s-1 s0 | 1 more
;;   6: i32.const16 s5 #0 | 1 more
;;   9: copy P0 s6
;;   11: array.set8 s-2 s5 s6
;;   15: i32.const16 s6 #7
;;   18: array.set8 s-2 P0 s6
;;   21: array.len s-2 A
;;   23: copy A s7
;;   25: i32.const16 s6 #2 | 1 more
;;   28: i32.const16 s5 #1 | 1 more
;;   31: copy s-2 s4
;;   34: array.fill #0 s4
;;   38: return
;; function 5
;;   0: enter0 #1 s0 #5 s0 s0 | 1 more
;;   6: copy s-1 s4
;;   9: ref.test s4 A #6 #2
;;   14: br_if_nez A -> 22
;;   16: f64.const A #0
;;   21: return_f64 A
;;   22: struct.get64 s4 s4 #16
;;   27: return_f64 s4
;; function 6
;;   0: enter0 #1 s0 #6 s0 s0
;;   6: ref.test s-1 A #2 #0
;;   11: copy A s4
;;   13: ref.test s-1 A #32774 #1
;;   18: i32.or A s4 A
;;   20: return_int A
;; function 7
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: ref.cast s-1 #6 #1
;;   11: struct.get32 s-1 A #8
;;   15: return_int A
;; function 8
;;   0: enter0 #1 s0 #6 s0 s0
;;   6: i32.shl s-1 1 A
;;   9: ref.i31 A A
;;   10: i31.get_s A A
;;   11: return_int A
;; function 9
;;   0: enter0 #2 s0 #6 s0 s0
;;   6: i64.ne_branch s-2 s-1 -> 16
;;   10: i32.const16 s4 #5 | 1 more
;;   13: br -> 19
;;   16: i32.const16 s4 #6
;;   19: return_int s4
