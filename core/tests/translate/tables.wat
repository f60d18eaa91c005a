;; Elements of tables, and references to functions.
(module
    (import "m" "f" (func $f))
    (table $first 10 funcref)
    (table $second 10 externref)
    (func $own (param i32) (result funcref) (table.get $first (local.get 0)))
    (func (param i32) (result externref)
        (table.get $second (i32.add (local.get 0) (i32.const 1))))
    (func (param i32)
        (table.set $first (local.get 0) (ref.func $own))
        (table.set $first (i32.const 3) (ref.func $f)))
    (func (param i32 externref)
        (table.set $second (i32.sub (local.get 0) (i32.const 1)) (local.get 1)))
    (func (result i32) (i32.sub (table.size $first) (table.size $second)))
    (elem declare func $own $f))
;; IR narrow
;; function 1
;;   0: enter0 #1 s0 #3 s0 s0
;;   6: table.get s-1 A #0
;;   9: return_int A
;; function 2
;;   0: enter0 #1 s0 #4 s0 s0
;;   6: i32.add s-1 1 A
;;   9: table.get A A #1
;;   11: return_int A
;; function 3
;;   0: enter0 #1 s0 #4 s0 s0
;;   6: ref.func A #0
;;   9: table.set s-1 A #0
;;   12: ref.func_imported A #0
;;   15: i32.const16 s2 #3
;;   18: table.set s2 A #0
;;   21: return
;; function 4
;;   0: enter0 #2 s0 #4 s0 s0
;;   6: i32.sub s-2 1 s2
;;   10: table.set s2 s-1 #1
;;   14: return
;; function 5
;;   0: enter0 #0 s0 #4 s0 s0
;;   6: table.size A #0
;;   8: copy A s2
;;   10: table.size A #1
;;   12: i32.sub s2 A A
;;   14: return_int A
;; IR wide
;; function 1
;;   0: enter0 #1 s0 #5 s0 s0
;;   6: table.get s-1 A #0
;;   9: return_int A
;; function 2
;;   0: enter0 #1 s0 #6 s0 s0
;;   6: i32.add s-1 1 A
;;   9: table.get A A #1
;;   11: return_int A
;; function 3
;;   0: enter0 #1 s0 #6 s0 s0
;;   6: ref.func A #0
;;   9: table.set s-1 A #0
;;   12: ref.func_imported A #0
;;   15: i32.const16 s4 #3
;;   18: table.set s4 A #0
;;   21: return
;; function 4
;;   0: enter0 #2 s0 #6 s0 s0
;;   6: i32.sub s-2 1 s4
;;   10: table.set s4 s-1 #1
;;   14: return
;; function 5
;;   0: enter0 #0 s0 #6 s0 s0
;;   6: table.size A #0
;;   8: copy A s4
;;   10: table.size A #1
;;   12: i32.sub s4 A A | 1 more
;;   14: return_int A
