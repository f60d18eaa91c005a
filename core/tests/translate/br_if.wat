(module
  (func (result f32) (block (result f32) (f32.neg (br_if 0 (f32.const 3) (i32.const 1)))))
  (func (param i32 i32) (result i32)
    (local i32)
    (loop
      (local.set 2 (i32.add (local.get 2) (i32.mul (local.get 0) (local.get 1))))
      (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (local.get 1))))
    (local.get 2)))
;; IR narrow
;; function 0
;;   0: enter0 #0 s0 #4 s0 s0
;;   6: i32.const16 s3 #1
;;   9: i32.const s2 #1077936128
;;   13: br_if_nez s3 -> 19
;;   16: f32.neg s2 s2
;;   19: return_f32 s2
;; function 1
;;   0: enter_few #3 s-1 #5 s0 s0
;;   6: copy s-3 A
;;   8: i32.mul A s-2 A
;;   10: i32.add A s-1 s-1
;;   13: i32.add s-3 1 s-3
;;   17: i32.lt_u_branch A s-2 -> 8
;;   20: return_int s-1
;; IR wide
;; function 0
;;   0: enter0 #0 s0 #6 s0 s0 | 1 more
;;   6: i32.const16 s5 #1 | 1 more
;;   9: i32.const s4 #1077936128
;;   13: br_if_nez s5 -> 19
;;   16: f32.neg s4 s4
;;   19: return_f32 s4
;; function 1
;;   0: enter_few #3 s-1 #7 s-3 s-1
;;   6: i32.mul P0 s-2 A
;;   8: i32.add A P1 P1
;;   9: i32.add P0 1 P0
;;   11: i32.lt_u_branch P0 s-2 -> 6
;;   14: return_int P1
