;; Which locals start as zero: those that may be read before they are assigned. And what the accumulator still holds.
(module
  (memory 1)
  ;; Assigned first: nothing is zeroed.
  (func (param i32) (result i32) (local $a i32)
    (local.set $a (i32.add (local.get 0) (i32.const 1)))
    (i32.mul (local.get $a) (local.get $a)))
  ;; Read first.
  (func (param i32) (result i32) (local $a i32) (local $b i64) (local $c i32)
    (local.set $a (local.get 0))
    (i32.add (local.get $a) (local.get $c)))
  ;; Assigned on both sides, and on one.
  (func (param i32) (result i32) (local $both i32) (local $one i32)
    (if (local.get 0)
      (then (local.set $both (i32.const 1)) (local.set $one (i32.const 2)))
      (else (local.set $both (i32.const 3))))
    (i32.add (local.get $both) (local.get $one)))
  ;; A side that is left for good does not count.
  (func (param i32) (result i32) (local $a i32)
    (if (local.get 0) (then (local.set $a (i32.const 1))) (else (return (i32.const 5))))
    (local.get $a))
  ;; An `if` without the other side.
  (func (param i32) (result i32) (local $a i32)
    (if (local.get 0) (then (local.set $a (i32.const 1))))
    (local.get $a))
  ;; A branch past the assignment, and one behind it.
  (func (param i32) (result i32) (local $past i32) (local $before i32)
    (block $out
      (local.set $before (i32.const 7))
      (br_if $out (local.get 0))
      (local.set $past (i32.const 8)))
    (i32.add (local.get $past) (local.get $before)))
  ;; A loop's first round reads what a later one assigned; what it leaves by falls through.
  (func (param i32) (result i32) (local $carried i32) (local $behind i32)
    (loop $again
      (local.set $behind (local.get $carried))
      (local.set $carried (local.get 0))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (i32.add (local.get $carried) (local.get $behind)))
  ;; A branch table, of which one target has assigned nothing.
  (func (param i32) (result i32) (local $a i32) (local $b i32)
    (block $two
      (block $one
        (br_table $one $two (local.get 0)))
      (local.set $a (i32.const 1)))
    (local.set $b (i32.const 2))
    (i32.add (local.get $a) (local.get $b)))
  ;; A pinned local that is assigned leaves the accumulator what it was.
  (func (param $p i32) (param $q i32) (result i32) (local $next i32) (local $end i32)
    (local.set $end (i32.add (local.get $p) (local.get $q)))
    (loop $again
      (local.set $next (i32.add (local.get $end) (i32.const 1)))
      (local.set $q (i32.load8_u (local.get $p)))
      (local.set $end (local.get $next))
      (local.set $p (i32.add (local.get $p) (local.get $q)))
      (br_if $again (local.get $q)))
    (local.get $end))
  ;; So does a comparison that becomes a branch.
  (func (param $p i32) (result i32) (local $a i32)
    (block $out
      (local.set $a (i32.add (local.get $p) (i32.const 1)))
      (br_if $out (i32.lt_s (local.get $p) (i32.const 10)))
      (return (i32.xor (local.get $a) (i32.const 3))))
    (local.get $a)))
;; IR narrow
;; function 0
;;   0: enter0 #2 s0 #4 s0 s0
;;   6: i32.add s-2 1 s-1
;;   10: i32.mul A A A
;;   11: return_int A
;; function 1
;;   0: enter_few #4 s-1 #4 s0 s0
;;   6: copy s-4 s-3
;;   9: i32.add s-3 s-1 A
;;   12: return_int A
;; function 2
;;   0: enter_few #3 s-1 #4 s0 s0
;;   6: br_if_eqz s-3 -> 18
;;   9: i32.const16 s-2 #1
;;   12: i32.const16 s-1 #2
;;   15: br -> 21
;;   18: i32.const16 s-2 #3
;;   21: i32.add s-2 s-1 A
;;   24: return_int A
;; function 3
;;   0: enter0 #2 s0 #3 s0 s0
;;   6: br_if_eqz s-2 -> 15
;;   9: i32.const16 s-1 #1
;;   12: br -> 18
;;   15: i32.const16 A #5
;;   17: return_int A
;;   18: return_int s-1
;; function 4
;;   0: enter_few #2 s-1 #3 s0 s0
;;   6: br_if_eqz s-2 -> 12
;;   9: i32.const16 s-1 #1
;;   12: return_int s-1
;; function 5
;;   0: enter_few #3 s-2 #4 s0 s0
;;   6: i32.const16 s-1 #7
;;   9: br_if_nez s-3 -> 15
;;   12: i32.const16 s-2 #8
;;   15: i32.add s-2 s-1 A
;;   18: return_int A
;; function 6
;;   0: enter_few #3 s-2 #4 s0 s0
;;   6: copy s-2 s-1
;;   9: copy s-3 s-2
;;   12: i32.sub s-3 1 s-3
;;   16: br_if_nez A -> 6
;;   18: i32.add s-2 s-1 A
;;   21: return_int A
;; function 7
;;   0: enter_few #3 s-2 #4 s0 s0
;;   6: br_table s-3 #1 -> 14 -> 17
;;   14: i32.const16 s-2 #1
;;   17: i32.const16 s-1 #2
;;   20: i32.add s-2 s-1 A
;;   23: return_int A
;; function 8
;;   0: enter0 #4 s0 #4 s0 s0
;;   6: i32.add s-4 s-3 s-1
;;   10: i32.add s-1 1 s-2
;;   14: load8_u s-4 s-3 #0
;;   18: copy s-2 s-1
;;   21: i32.add A s-4 s-4
;;   24: br_if_nez s-3 -> 10
;;   27: return_int s-1
;; function 9
;;   0: enter0 #2 s0 #4 s0 s0
;;   6: i32.add s-2 1 s-1
;;   10: i32.lt_s_branch s-2 10 -> 17
;;   14: i32.xor A 3 A
;;   16: return_int A
;;   17: return_int s-1
;; IR wide
;; function 0
;;   0: enter0 #2 s0 #6 s-1 s0
;;   6: i32.add s-2 1 P0
;;   9: i32.mul P0 P0 A
;;   10: return_int A
;; function 1
;;   0: enter_few #4 s-1 #6 s-3 s0
;;   6: copy s-4 P0
;;   8: i32.add P0 s-1 A
;;   10: return_int A
;; function 2
;;   0: enter_few #3 s-1 #6 s-2 s-1
;;   6: br_if_eqz s-3 -> 16
;;   9: i32.const16 P0 #1
;;   11: i32.const16 P1 #2 | 1 more
;;   13: br -> 18
;;   16: i32.const16 P0 #3
;;   18: i32.add P0 P1 A
;;   19: return_int A
;; function 3
;;   0: enter0 #2 s0 #5 s-1 s0
;;   6: br_if_eqz s-2 -> 14
;;   9: i32.const16 P0 #1 | 1 more
;;   11: br -> 17
;;   14: i32.const16 A #5 | 1 more
;;   16: return_int A
;;   17: return_int P0
;; function 4
;;   0: enter_few #2 s-1 #5 s-1 s0
;;   6: br_if_eqz s-2 -> 11
;;   9: i32.const16 P0 #1
;;   11: return_int P0
;; function 5
;;   0: enter_few #3 s-2 #6 s-2 s-1
;;   6: i32.const16 P1 #7
;;   8: br_if_nez s-3 -> 13
;;   11: i32.const16 P0 #8
;;   13: i32.add P0 P1 A
;;   14: return_int A
;; function 6
;;   0: enter_few #3 s-2 #6 s-3 s-2
;;   6: copy P1 s-1
;;   8: copy P0 P1
;;   9: i32.sub P0 1 P0
;;   11: br_if_nez P0 -> 6
;;   13: i32.add P1 s-1 A
;;   15: return_int A
;; function 7
;;   0: enter_few #3 s-2 #6 s-2 s-1
;;   6: br_table s-3 #1 -> 14 -> 16
;;   14: i32.const16 P0 #1
;;   16: i32.const16 P1 #2
;;   18: i32.add P0 P1 A
;;   19: return_int A
;; function 8
;;   0: enter0 #4 s0 #6 s-4 s-3
;;   6: i32.add P0 P1 s-1
;;   8: i32.add s-1 1 s-2
;;   12: load8_u P0 P1 #0
;;   14: copy A s-1
;;   16: i32.add P0 P1 P0
;;   17: br_if_nez P1 -> 8
;;   19: return_int A
;; function 9
;;   0: enter0 #2 s0 #6 s-1 s-2
;;   6: i32.add P1 1 P0
;;   8: i32.lt_s_branch P1 10 -> 14
;;   11: i32.xor P0 3 A
;;   13: return_int A
;;   14: return_int P0
