;; A reference is tested for null by its lower half, and called where it is.
(module
  (type $unary (func (param i32) (result i32)))
  (type $nothing (func))
  (func $call (param $f (ref null $unary)) (param $x i32) (result i32)
    (call_ref $unary (local.get $x) (local.get $f)))
  (func $in_place (param $f (ref $unary)) (param $x i32) (result i32)
    (return_call_ref $unary (local.get $x) (local.get $f)))
  (func $as_non_null (param $f (ref null $nothing))
    (call_ref $nothing (ref.as_non_null (local.get $f))))
  (func $on_null (param $f (ref null $nothing)) (result i32)
    (block $null
      (call_ref $nothing (br_on_null $null (local.get $f)))
      (return (i32.const 1)))
    (i32.const 0))
  (func $on_non_null (param $f (ref null $nothing)) (result i32)
    (block $some (result (ref $nothing))
      (br_on_non_null $some (local.get $f))
      (return (i32.const 0)))
    (call_ref $nothing)
    (i32.const 1))
  (func $moved (param $f (ref null $nothing)) (result i32)
    (block $some (result i32 (ref $nothing))
      (i32.const 5)
      (i32.const 6)
      (local.get $f)
      (br_on_non_null $some)
      (drop)
      (return))
    (drop)))
;; IR narrow
;; function 0
;;   0: enter0 #2 s0 #4 s0 s0
;;   6: copy s-1 s2
;;   9: call_ref s-2 #2
;;   12: return_int A
;; function 1
;;   0: enter0 #2 s0 #4 s0 s0
;;   6: copy s-1 s2
;;   9: return_call_ref s-2 #2 #1 #2
;; function 2
;;   0: enter0 #1 s0 #3 s0 s0
;;   6: ref.as_non_null s-1
;;   8: call_ref s-1 #2
;;   11: return
;; function 3
;;   0: enter0 #1 s0 #3 s0 s0
;;   6: copy s-1 s2
;;   9: br_if_eqz s2 -> 18
;;   12: call_ref s2 #2
;;   15: i32.const16 A #1
;;   17: return_int A
;;   18: i32.const16 A #0
;;   20: return_int A
;; function 4
;;   0: enter0 #1 s0 #3 s0 s0
;;   6: copy s-1 s2
;;   9: br_if_nez s2 -> 15
;;   12: i32.const16 A #0
;;   14: return_int A
;;   15: call_ref s2 #2
;;   18: i32.const16 A #1
;;   20: return_int A
;; function 5
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: copy s-1 s4
;;   9: br_if_eqz s4 -> 21
;;   12: i32.const16 s2 #6
;;   15: copy s4 s3
;;   18: br -> 24
;;   21: i32.const16 A #5
;;   23: return_int A
;;   24: return_int s2
;; IR wide
;; function 0
;;   0: enter0 #2 s0 #6 s0 s0 | 1 more
;;   6: copy s-1 s4
;;   9: call_ref s-2 #4
;;   12: return_int A
;; function 1
;;   0: enter0 #2 s0 #6 s0 s0 | 1 more
;;   6: copy s-1 s4
;;   9: return_call_ref s-2 #4 #1 #2
;; function 2
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: ref.as_non_null s-1
;;   8: call_ref s-1 #4
;;   11: return
;; function 3
;;   0: enter0 #1 s0 #5 s0 s0 | 1 more
;;   6: copy s-1 s4
;;   9: br_if_eqz s4 -> 18
;;   12: call_ref s4 #4
;;   15: i32.const16 A #1 | 1 more
;;   17: return_int A
;;   18: i32.const16 A #0 | 1 more
;;   20: return_int A
;; function 4
;;   0: enter0 #1 s0 #5 s0 s0 | 1 more
;;   6: copy s-1 s4
;;   9: br_if_nez s4 -> 15
;;   12: i32.const16 A #0 | 1 more
;;   14: return_int A
;;   15: call_ref s4 #4
;;   18: i32.const16 A #1 | 1 more
;;   20: return_int A
;; function 5
;;   0: enter0 #1 s0 #7 s0 s0 | 1 more
;;   6: copy s-1 s6
;;   9: br_if_eqz s6 -> 21
;;   12: i32.const16 s4 #6 | 1 more
;;   15: copy s6 s5 | 1 more
;;   18: br -> 24
;;   21: i32.const16 A #5 | 1 more
;;   23: return_int A
;;   24: return_int s4
