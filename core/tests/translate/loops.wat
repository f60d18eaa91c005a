;; What the accumulator holds where a loop begins: the local that is read first and was computed last, if it is not pinned.
(module
  (memory 1)
  ;; Reverses a list: the next node is read from what the accumulator holds.
  (func (param $node i32) (result i32) (local $before i32) (local $this i32)
    (loop $again
      (local.set $node (i32.load (local.tee $this (local.get $node))))
      (i32.store (local.get $this) (local.get $before))
      (i32.store offset=4 (local.get $this) (local.get $before))
      (i32.store offset=8 (local.get $this) (local.get $before))
      (local.set $before (local.get $this))
      (br_if $again (local.get $node)))
    (local.get $before))
  ;; A counter, which is the second operand, and is compared before the branch.
  (func (param $count i32) (param $from i32) (param $to i32) (local $index i32)
    (loop $again
      (i32.store8 (i32.add (local.get $to) (local.get $index))
        (i32.load8_u (i32.add (local.get $from) (local.get $index))))
      (i32.store (local.get $from) (local.get $to))
      (i32.store (local.get $to) (local.get $from))
      (i32.store offset=4 (local.get $from) (local.get $to))
      (i32.store offset=4 (local.get $to) (local.get $from))
      (br_if $again (i32.ne (local.get $count)
        (local.tee $index (i32.add (local.get $index) (i32.const 1)))))))
  ;; A branch that comes with something else in the accumulator leads to where it is read again.
  (func (param $node i32) (param $a i32) (param $b i32) (result i32)
    (loop $again
      (local.set $a (i32.add (local.get $node) (local.get $a)))
      (local.set $node (i32.load (local.get $a)))
      (br_if $again (local.get $node))
      (local.set $b (i32.mul (local.get $b) (local.get $a)))
      (br_if $again (i32.and (local.get $b) (local.get $a))))
    (i32.add (local.get $a) (local.get $b)))
  ;; What was computed is another local, or none; there is a block before the branch, or the loop has parameters: nothing
  ;; is held.
  (func (param $node i32) (param $a i32) (param $b i32) (result i32)
    (loop $other
      (local.set $a (i32.add (local.get $node) (local.get $b)))
      (br_if $other (local.get $a)))
    (loop $copied
      (local.set $a (i32.add (local.get $node) (i32.const 1)))
      (local.set $node (local.get $b))
      (br_if $copied (local.get $node)))
    (loop $block
      (local.set $a (i32.add (local.get $node) (i32.const 2)))
      (block (br_if 0 (local.get $a)) (local.set $b (i32.const 5)))
      (br_if $block (local.tee $node (i32.add (local.get $node) (local.get $b)))))
    (local.get $b)
    (loop $params (param i32) (result i32)
      (local.set $b (i32.mul (local.get $node) (local.get $b)))
      (br_if $params (local.tee $node (i32.add (local.get $node) (local.get $b))))))
)

;; IR narrow
;; function 0
;;   0: enter_few #3 s-2 #4 s0 s0
;;   6: copy s-3 A
;;   8: copy A s-1
;;   10: load32_u A s-3 #0
;;   13: store32 s-1 s-2 #0
;;   17: store32 s-1 s-2 #4
;;   21: store32 s-1 s-2 #8
;;   25: copy s-1 s-2
;;   28: br_if_nez A -> 8
;;   30: return_int s-2
;; function 1
;;   0: enter_few #4 s-1 #5 s0 s0
;;   6: copy s-1 A
;;   8: i32.add A s-2 s2
;;   11: load8_u_index s-3 s-1 A #0
;;   15: store8 s2 A #0
;;   18: store32 s-3 s-2 #0
;;   22: store32 s-2 s-3 #0
;;   26: store32 s-3 s-2 #4
;;   30: store32 s-2 s-3 #4
;;   34: i32.add s-1 1 s-1
;;   38: i32.ne_branch A s-4 -> 8
;;   41: return
;; function 2
;;   0: enter0 #3 s0 #4 s0 s0
;;   6: copy s-3 A
;;   8: i32.add A s-2 s-2
;;   11: load32_u A s-3 #0
;;   14: br_if_nez A -> 8
;;   16: i32.mul s-1 s-2 s-1
;;   20: i32.and A s-2 A
;;   22: br_if_nez A -> 6
;;   24: i32.add s-2 s-1 A
;;   27: return_int A
;; function 3
;;   0: enter0 #3 s0 #5 s0 s0
;;   6: i32.add s-3 s-1 s-2
;;   10: br_if_nez A -> 6
;;   12: i32.add s-3 1 s-2
;;   16: copy s-1 s-3
;;   19: br_if_nez s-3 -> 12
;;   22: i32.add s-3 2 s-2
;;   26: br_if_nez A -> 31
;;   28: i32.const16 s-1 #5
;;   31: i32.add s-3 s-1 s-3
;;   35: br_if_nez A -> 22
;;   37: copy s-1 s2
;;   40: i32.mul s-3 s-1 s-1
;;   44: i32.add A s-3 s-3
;;   47: br_if_nez A -> 40
;;   49: return_int s2
;; IR wide
;; function 0
;;   0: enter_few #3 s-2 #6 s-1 s-2
;;   6: copy s-3 A
;;   8: copy A P0
;;   9: load32_u P0 s-3 #0
;;   12: store32 P0 P1 #0 | 1 more
;;   14: store32 P0 P1 #4 | 1 more
;;   16: store32 P0 P1 #8
;;   18: copy P0 P1
;;   19: br_if_nez A -> 8
;;   21: return_int P1
;; function 1
;;   0: enter_few #4 s-1 #7 s-3 s-2
;;   6: copy s-1 A
;;   8: i32.add A P1 s4
;;   10: load8_u_index P0 s-1 A #0
;;   13: store8 s4 A #0
;;   16: store32 P0 P1 #0
;;   18: store32 P1 P0 #0
;;   20: store32 P0 P1 #4
;;   22: store32 P1 P0 #4
;;   24: i32.add s-1 1 s-1 | 1 more
;;   28: i32.ne_branch A s-4 -> 8
;;   31: return
;; function 2
;;   0: enter0 #3 s0 #6 s-2 s-1
;;   6: copy s-3 A
;;   8: i32.add A P0 P0
;;   9: load32_u P0 s-3 #0
;;   12: br_if_nez A -> 8
;;   14: i32.mul P0 P1 A
;;   15: copy A P1
;;   16: i32.and P0 P1 A
;;   17: br_if_nez A -> 6
;;   19: i32.add P0 P1 A
;;   20: return_int A
;; function 3
;;   0: enter0 #3 s0 #7 s-3 s-1
;;   6: i32.add P0 P1 s-2
;;   8: br_if_nez A -> 6
;;   10: i32.add P0 1 s-2
;;   13: copy P1 P0
;;   14: br_if_nez P0 -> 10
;;   16: i32.add P0 2 s-2
;;   19: br_if_nez A -> 23
;;   21: i32.const16 P1 #5
;;   23: i32.add P0 P1 P0
;;   24: br_if_nez P0 -> 16
;;   26: copy P1 s4
;;   28: i32.mul P0 P1 A
;;   29: copy A P1
;;   30: i32.add P0 P1 P0
;;   31: br_if_nez P0 -> 28
;;   33: return_int s4
