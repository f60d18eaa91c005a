;; Arguments are computed into their slots; a single result stays in the accumulator.
(module
  (table funcref (elem $fib))
  (type $unary (func (param i32) (result i32)))
  (func $fib (type $unary)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func (param i32) (result i32)
    (call_indirect (type $unary) (local.get 0) (i32.const 0)))
  (func (param i32) (result i32) (return_call $fib (local.get 0)))
  (func (param i32) (result i32 i64 i32) (local.get 0) (i64.const 7) (i32.const 8)))
;; IR narrow
;; function 0
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: i32.ge_s_branch s-1 2 -> 16
;;   10: copy s-1 s2
;;   13: br -> 37
;;   16: i32.sub s-1 1 s2
;;   20: call #0 #2
;;   24: copy A s2
;;   26: i32.sub s-1 2 s3
;;   30: call #0 #3
;;   34: i32.add A s2 s2
;;   37: return_int s2
;; function 1
;;   0: enter0 #1 s0 #4 s0 s0
;;   6: i32.const16 s3 #0
;;   9: copy s-1 s2
;;   12: call_indirect s3 #0 #0 #2
;;   18: return_int A
;; function 2
;;   0: enter0 #1 s0 #3 s0 s0
;;   6: copy s-1 s2
;;   9: return_call #0 #2 #1 #1
;; function 3
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: copy s-1 s2
;;   9: i64.const16 s3 #7
;;   12: i32.const16 s4 #8
;;   15: return_many s2 #3 #1
;; IR wide
;; function 0
;;   0: enter0 #1 s0 #7 s-1 s0 | 1 more
;;   6: i32.ge_s_branch P0 2 -> 14
;;   9: copy P0 s4 | 1 more
;;   11: br -> 33
;;   14: i32.sub P0 1 s4
;;   17: call1 #0 #4
;;   21: copy A s4
;;   23: i32.sub P0 2 s5
;;   26: call1 #0 #5
;;   30: i32.add A s4 s4
;;   33: return_int s4
;; function 1
;;   0: enter0 #1 s0 #6 s0 s0 | 1 more
;;   6: i32.const16 s5 #0 | 1 more
;;   9: copy s-1 s4
;;   12: call_indirect s5 #0 #0 #4
;;   18: return_int A
;; function 2
;;   0: enter0 #1 s0 #5 s0 s0 | 1 more
;;   6: copy s-1 s4
;;   9: return_call #0 #4 #1 #1
;; function 3
;;   0: enter0 #1 s0 #7 s0 s0 | 1 more
;;   6: copy s-1 s4
;;   9: i64.const16 s5 #7
;;   12: i32.const16 s6 #8
;;   15: return_many s4 #3 #1
