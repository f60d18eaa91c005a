;; Operands of 128-bit arithmetic stay where they are, atomic instructions take theirs in slots, and 64-bit addresses
;; have loads and stores of their own.
(module
  (memory $far i64 1)
  (memory $shared 1 1 shared)
  (table i64 1 funcref)
  (func (param i64 i64) (result i64)
    (i64.add128 (i64.mul_wide_u (local.get 0) (local.get 1)) (local.get 1) (i64.const 0))
    (i64.xor))
  (func (param i64 f64) (result i32)
    (f64.store offset=8 (local.get 0) (f64.neg (local.get 1)))
    (i32.load8_u (i64.add (i64.load (local.get 0)) (i64.const 1))))
  (func (param i64)
    (drop (memory.grow $far (memory.size $far)))
    (call_indirect (local.get 0)))
  (func (param i32) (result i32)
    (i32.atomic.rmw.add $shared offset=4 (local.get 0) (i32.const 1))))
;; IR narrow
;; function 0
;;   0: enter0 #2 s0 #6 s0 s0
;;   6: i64.mul_wide_u s-2 s-1 s2
;;   10: i64.const16 s5 #0
;;   13: i64.add128 s2 s3 s-1 s5 s2
;;   19: i64.xor s2 s3 A
;;   22: return_int A
;; function 1
;;   0: enter0 #2 s0 #4 s0 s0
;;   6: f64.neg s-1 s3
;;   9: store64_far s-2 s3 #0 #8
;;   17: load64_far s-2 A #0 #0
;;   24: i64.add A 1 s2
;;   27: load8_u_far s2 A #0 #0
;;   34: return_int A
;; function 2
;;   0: enter0 #1 s0 #3 s0 s0
;;   6: memory.size_other #0 s2
;;   9: memory.grow #0 s2
;;   12: table.index_far s-1 A
;;   14: call_indirect A #3 #0 #2
;;   19: return
;; function 3
;;   0: enter0 #1 s0 #4 s0 s0
;;   6: i32.const16 s3 #1
;;   9: copy s-1 s2
;;   12: atomic #30 #1 #4 s2
;;   20: return_int s2
;; IR wide
;; function 0
;;   0: enter0 #2 s0 #8 s-1 s0
;;   6: copy P0 s5
;;   8: i64.mul_wide_u s-2 s5 s4
;;   12: i64.const16 s7 #0
;;   15: copy P0 s6
;;   17: i64.add128 s4 s5 s6 s7 s4
;;   23: i64.xor s4 s5 A
;;   26: return_int A
;; function 1
;;   0: enter0 #2 s0 #6 s-2 s0
;;   6: f64.neg s-1 s5
;;   9: copy P0 s4
;;   11: store64_far s4 s5 #0 #8
;;   19: copy P0 s4
;;   21: load64_far s4 A #0 #0
;;   28: i64.add A 1 s4
;;   31: load8_u_far s4 A #0 #0
;;   38: return_int A
;; function 2
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: memory.size_other #0 s4
;;   9: memory.grow #0 s4
;;   12: table.index_far s-1 A
;;   14: call_indirect A #3 #0 #4
;;   19: return
;; function 3
;;   0: enter0 #1 s0 #6 s0 s0 | 1 more
;;   6: i32.const16 s5 #1 | 1 more
;;   9: copy s-1 s4
;;   12: atomic #30 #1 #4 s4
;;   20: return_int s4
