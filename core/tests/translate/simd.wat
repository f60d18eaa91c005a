(module
  (memory 1)
  (func (param $from i32) (param $to i32) (param $end i32) (local $sum v128)
    (loop
      (local.set $sum (f32x4.add (local.get $sum)
        (f32x4.mul (v128.load (local.get $from)) (v128.load32_splat offset=4 (local.get $to)))))
      (v128.store (local.get $to) (local.get $sum))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br_if 0 (i32.ne (local.get $from) (local.get $end)))))
  (func (param v128 i32) (result v128)
    (i32x4.shl (i32x4.replace_lane 2 (local.get 0) (local.get 1)) (i32.const 3))
    (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get 0))
    (v128.store8_lane 5 (local.get 1) (local.get 0)))
  (func (param v128 v128 i32) (result v128 i32)
    (block (result v128)
      (i64.const 1)
      (local.tee 0 (i8x16.gt_s (local.get 0) (local.get 1)))
      (br_if 0 (i8x16.all_true (local.get 1)))
      (drop) (drop)
      (select (local.get 0) (local.get 1) (local.get 2)))
    (i32x4.extract_lane 1 (local.get 0))))
;; IR narrow
;; function 0
;;   0: enter_few #5 s-2 #8 s0 s0
;;   6: copy s-5 A
;;   8: v128.load A s4 #0
;;   12: v128.load32_splat s-4 s6 #4
;;   17: f32x4.mul s4 s6 s4
;;   21: f32x4.add s-2 s4 s-2
;;   25: v128.store s-4 s-2 #0
;;   30: i32.add A 16 s-5
;;   33: i32.ne_branch A s-3 -> 8
;;   36: return
;; function 1
;;   0: enter0 #3 s0 #7 s0 s0
;;   6: i32x4.replace_lane s-3 s-1 s2 #2
;;   11: i32x4.shl s2 3 s2
;;   15: i8x16.shuffle s2 s-3 s2 #1374179596769034496 #1663540288121341188
;;   27: i8x16.extract_lane_u s-3 A #5
;;   30: store8 s-1 A #0
;;   33: return_many s2 #2 #3
;; function 2
;;   0: enter0 #5 s0 #7 s0 s0
;;   6: i8x16.gt_s s-5 s-3 s-5
;;   10: i8x16.all_true s-3 A
;;   12: br_if_eqz A -> 20
;;   14: v128.copy s-5 s2
;;   17: br -> 25
;;   20: v128.select s-1 s-5 s-3 s2
;;   25: i32x4.extract_lane s-5 A #1
;;   28: copy A s4
;;   30: return_many s2 #3 #5
;; IR wide
;; function 0
;;   0: enter_few #5 s-2 #10 s-5 s-4
;;   6: v128.load P0 s6 #0
;;   10: v128.load32_splat P1 s8 #4
;;   14: f32x4.mul s6 s8 s6
;;   18: f32x4.add s-2 s6 s-2
;;   22: v128.store P1 s-2 #0
;;   26: i32.add P0 16 P0 | 1 more
;;   28: i32.ne_branch P0 s-3 -> 6
;;   31: return
;; function 1
;;   0: enter0 #3 s0 #9 s-1 s0
;;   6: copy P0 s6
;;   8: i32x4.replace_lane s-3 s6 s4 #2
;;   13: i32x4.shl s4 3 s4
;;   17: i8x16.shuffle s4 s-3 s4 #1374179596769034496 #1663540288121341188
;;   29: i8x16.extract_lane_u s-3 A #5
;;   32: store8 P0 A #0
;;   34: return_many s4 #2 #3
;; function 2
;;   0: enter0 #5 s0 #9 s0 s0
;;   6: i8x16.gt_s s-5 s-3 s-5
;;   10: i8x16.all_true s-3 A
;;   12: br_if_eqz A -> 20
;;   14: v128.copy s-5 s4
;;   17: br -> 25
;;   20: v128.select s-1 s-5 s-3 s4
;;   25: i32x4.extract_lane s-5 A #1
;;   28: copy A s6
;;   30: return_many s4 #3 #5
