;; Addresses: sums and constants are folded into the access, but no sum of two pinned locals; a float waits in its slot
;; while another is computed.
(module
  (memory 1)
  (func (param i32 i32) (result i32)
    (i32.load offset=8 (i32.add (local.get 0) (local.get 1))))
  (func (param i32 f64)
    (f64.store (i32.add (local.get 0) (i32.const 16)) (local.get 1)))
  (func (result i32) (i32.load offset=4 (i32.const 1024)))
  (func (param i32) (result f64)
    (f64.mul (f64.load (local.get 0))
             (f64.add (f64.load (i32.add (local.get 0) (i32.const 8))) (f64.const 0.5))))
  (func (param i32 i32) (result i32)
    (i32.sub (i32.load (i32.add (local.get 0) (local.get 1)))
             (i32.load (i32.add (local.get 1) (local.get 0))))))
;; IR narrow
;; function 0
;;   0: enter0 #2 s0 #4 s0 s0
;;   6: load32_u_index s-2 s-1 A #8
;;   10: return_int A
;; function 1
;;   0: enter0 #2 s0 #4 s0 s0
;;   6: store64_index s-2 16 s-1 #0
;;   11: return
;; function 2
;;   0: enter0 #0 s0 #3 s0 s0
;;   6: load32_u_wide zero A #1028
;;   9: return_int A
;; function 3
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: f64.load s-1 s2 #0
;;   10: f64.load_index s-1 8 A #0
;;   14: f64.add_imm A A #4602678819172646912
;;   19: f64.mul A s2 A
;;   21: return_f64 A
;; function 4
;;   0: enter0 #2 s0 #5 s0 s0
;;   6: load32_u_index s-2 s-1 s2 #0
;;   11: load32_u_index s-1 s-2 A #0
;;   15: i32.sub s2 A A
;;   17: return_int A
;; IR wide
;; function 0
;;   0: enter0 #2 s0 #6 s0 s0
;;   6: load32_u_index s-2 s-1 A #8
;;   10: return_int A
;; function 1
;;   0: enter0 #2 s0 #6 s0 s0
;;   6: store64_index s-2 16 s-1 #0
;;   11: return
;; function 2
;;   0: enter0 #0 s0 #5 s0 s0
;;   6: load32_u_wide zero A #1028
;;   9: return_int A
;; function 3
;;   0: enter0 #1 s0 #7 s-1 s0
;;   6: f64.load P0 s4 #0
;;   9: f64.load_index P0 8 A #0
;;   12: f64.add_imm A A #4602678819172646912
;;   17: f64.mul A s4 A
;;   19: return_f64 A
;; function 4
;;   0: enter0 #2 s0 #7 s-2 s-1
;;   6: i32.add P0 P1 A
;;   7: load32_u A s4 #0
;;   10: i32.add P0 P1 A
;;   11: load32_u A A #0
;;   13: i32.sub s4 A A | 1 more
;;   15: return_int A
