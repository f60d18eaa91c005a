;; Protected ranges have no instructions of their own: who catches is listed behind the code.
(module
  (tag $value (param i32 f64))
  (tag $nothing)
  (tag $integer (param i32))
  (func $throw (param $x i32)
    (throw $value (local.get $x) (f64.const 2)))
  (func $catch (param $x i32) (result i32)
    (block $nothing
      (block $caught (result i32 f64 exnref)
        (try_table (catch_ref $value $caught) (catch $nothing $nothing)
          (call $throw (local.get $x)))
        (return (local.get $x)))
      (throw_ref))
    (i32.const 1))
  (func $to_caller (param $x i32) (result i32)
    (try_table (catch $integer 0)
      (drop (call $catch (local.get $x))))
    (i32.const 3))
  (func $legacy (param $x i32) (result i32)
    try $outer (result i32)
      try
        (call $throw (local.get $x))
      delegate $outer
      (local.get $x)
    catch $value
      (drop)
      (if (then rethrow 1))
      (i32.const 5)
    catch_all
      (i32.const 6)
    end)
  ;; What is assigned where something may throw is not assigned where that is caught.
  (func (result i32) (local $before i32) (local $inside i32)
    (local.set $before (i32.const 1))
    (block $caught
      (try_table (catch_all $caught)
        (local.set $inside (i32.const 2))
        (call $throw (i32.const 0))
        (local.set $inside (i32.const 3))))
    (i32.add (local.get $before) (local.get $inside)))
  ;; The same for `catch`.
  (func (result i32) (local $inside i32) (local $always i32)
    try
      (local.set $inside (i32.const 2))
      (call $throw (i32.const 0))
      (local.set $always (i32.const 1))
    catch_all
      (local.set $always (local.get $inside))
    end
    (local.get $always)))
;; IR narrow
;; function 0
;;   0: enter0 #1 s0 #4 s0 s0
;;   6: i64.const s3 #4611686018427387904
;;   12: copy s-1 s2
;;   15: throw #0 s2
;; function 1
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: copy s-1 s2
;;   9: call #0 #2
;;   13: return_int s-1
;;   15: throw_ref s4
;;   17: i32.const16 A #1
;;   19: return_int A
;;   in 6..13 at level 3: catch #0 s2 ref s4 -> 15
;;   in 6..13 at level 3: catch #1 s2 -> 17
;; function 2
;;   0: enter0 #1 s0 #3 s0 s0
;;   6: copy s-1 s2
;;   9: call #1 #2
;;   13: i32.const16 A #3
;;   15: return_int A
;;   16: return_int s2
;;   in 6..13 at level 1: catch #2 s2 -> 16
;; function 3
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: copy s-1 s2
;;   9: call #0 #2
;;   13: copy s-1 s2
;;   16: br -> 33
;;   19: br_if_eqz s3 -> 24
;;   22: throw_ref s2
;;   24: i32.const16 s2 #5
;;   27: br -> 33
;;   30: i32.const16 s2 #6
;;   33: return_int s2
;;   in 6..13 at level 2: delegate to level 1
;;   in 6..19 at level 1: catch #0 s3 ref s2 -> 19
;;   in 6..19 at level 1: catch_all -> 30
;; function 4
;;   0: enter_few #2 s-1 #4 s0 s0
;;   6: i32.const16 s-2 #1
;;   9: i32.const16 s-1 #2
;;   12: i32.const16 s2 #0
;;   15: call #0 #2
;;   19: i32.const16 s-1 #3
;;   22: i32.add s-2 s-1 A
;;   25: return_int A
;;   in 9..22 at level 2: catch_all -> 22
;; function 5
;;   0: enter_few #2 s-2 #4 s0 s0
;;   6: i32.const16 s-2 #2
;;   9: i32.const16 s2 #0
;;   12: call #0 #2
;;   16: i32.const16 s-1 #1
;;   19: br -> 25
;;   22: copy s-2 s-1
;;   25: return_int s-1
;;   in 6..22 at level 1: catch_all -> 22
;; IR wide
;; function 0
;;   0: enter0 #1 s0 #6 s0 s0
;;   6: i64.const s5 #4611686018427387904
;;   12: copy s-1 s4
;;   15: throw #0 s4
;; function 1
;;   0: enter0 #1 s0 #7 s-1 s0
;;   6: copy P0 s4 | 1 more
;;   8: call1 #0 #4
;;   12: return_int P0
;;   13: throw_ref s6
;;   15: i32.const16 A #1 | 1 more
;;   17: return_int A
;;   in 6..12 at level 3: catch #0 s4 ref s6 -> 13
;;   in 6..12 at level 3: catch #1 s4 -> 15
;; function 2
;;   0: enter0 #1 s0 #5 s0 s0 | 2 more
;;   6: copy s-1 s4
;;   9: call #1 #4
;;   13: i32.const16 A #3 | 1 more
;;   15: return_int A
;;   16: return_int s4
;;   in 6..13 at level 1: catch #2 s4 -> 16
;; function 3
;;   0: enter0 #1 s0 #7 s-1 s0
;;   6: copy P0 s4 | 1 more
;;   8: call1 #0 #4
;;   12: copy P0 s4 | 1 more
;;   14: br -> 31
;;   17: br_if_eqz s5 -> 22
;;   20: throw_ref s4
;;   22: i32.const16 s4 #5 | 1 more
;;   25: br -> 31
;;   28: i32.const16 s4 #6
;;   31: return_int s4
;;   in 6..12 at level 2: delegate to level 1
;;   in 6..17 at level 1: catch #0 s5 ref s4 -> 17
;;   in 6..17 at level 1: catch_all -> 28
;; function 4
;;   0: enter_few #2 s-1 #6 s-1 s-2
;;   6: i32.const16 P1 #1
;;   8: i32.const16 P0 #2
;;   10: i32.const16 s4 #0 | 1 more
;;   13: call2 #0 #4
;;   17: i32.const16 P0 #3
;;   19: i32.add P0 P1 A
;;   20: return_int A
;;   in 8..19 at level 2: catch_all -> 19
;; function 5
;;   0: enter_few #2 s-2 #6 s-1 s-2
;;   6: i32.const16 P1 #2 | 1 more
;;   8: i32.const16 s4 #0 | 1 more
;;   11: call2 #0 #4
;;   15: i32.const16 P0 #1 | 1 more
;;   17: br -> 21
;;   20: copy P1 P0
;;   21: return_int P0
;;   in 6..20 at level 1: catch_all -> 20
