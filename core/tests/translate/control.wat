;; Comparisons become branches, opposite ones where the branch is on the other outcome; values wait in the block's slots.
(module
  (func (param i32) (result i32)
    (block (block (block (br_table 0 1 2 (local.get 0))) (return (i32.const 10))) (return (i32.const 20)))
    (i32.const 30))
  (func (param f32 f32) (result i32)
    (if (result i32) (i32.eqz (f32.lt (local.get 0) (local.get 1))) (then (i32.const 1)) (else (i32.const 2))))
  (func (param i32 i32) (result i32)
    (block (result i32)
      (drop (br_if 0 (local.get 0) (i32.eqz (i32.and (local.get 0) (local.get 1)))))
      (select (local.get 0) (i32.const 5) (i32.gt_s (local.get 0) (local.get 1))))))
;; IR narrow
;; function 0
;;   0: enter0 #1 s0 #3 s0 s0
;;   6: br_table s-1 #2 -> 16 -> 19 -> 22
;;   16: i32.const16 A #10
;;   18: return_int A
;;   19: i32.const16 A #20
;;   21: return_int A
;;   22: i32.const16 A #30
;;   24: return_int A
;; function 1
;;   0: enter0 #2 s0 #4 s0 s0
;;   6: f32.lt_branch s-2 s-1 -> 16
;;   10: i32.const16 s2 #1
;;   13: br -> 19
;;   16: i32.const16 s2 #2
;;   19: return_int s2
;; function 2
;;   0: enter0 #2 s0 #6 s0 s0
;;   6: i32.and s-2 s-1 A
;;   9: copy s-2 s2
;;   12: i32.eq_branch A 0 -> 22
;;   15: i32.gt_s s-2 s-1 A
;;   18: select A s-2 5 s2
;;   22: return_int s2
;; IR wide
;; function 0
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: br_table s-1 #2 -> 16 -> 19 -> 22
;;   16: i32.const16 A #10 | 1 more
;;   18: return_int A
;;   19: i32.const16 A #20 | 1 more
;;   21: return_int A
;;   22: i32.const16 A #30 | 1 more
;;   24: return_int A
;; function 1
;;   0: enter0 #2 s0 #6 s0 s0
;;   6: f32.lt_branch s-2 s-1 -> 16
;;   10: i32.const16 s4 #1 | 1 more
;;   13: br -> 19
;;   16: i32.const16 s4 #2
;;   19: return_int s4
;; function 2
;;   0: enter0 #2 s0 #8 s-2 s-1
;;   6: i32.and P0 P1 A
;;   7: copy P0 s4
;;   9: i32.eq_branch A 0 -> 16
;;   12: i32.gt_s P0 P1 A
;;   13: select A P0 5 s4
;;   16: return_int s4
