;; Branches that take operands: constants that are nowhere yet, operands above others that stay, labels at other heights.

(module
  ;; The constant has to be in the block's slot when the branch is taken.
  (func (export "constant") (param i32) (result i32)
    (block (result i32) (br_if 0 (i32.const 0x4040000) (local.get 0))))
  (func (export "constant-float") (param i32) (result f64)
    (block (result f64) (f64.neg (br_if 0 (f64.const 4) (local.get 0)))))
  (func (export "constant-above") (param i32) (result i64)
    (i64.add (i64.const 1) (block (result i64) (br_if 0 (i64.const 0x123456789a) (local.get 0)))))

  ;; The branch leaves an operand behind.
  (func (export "leaves-one") (param i32) (result i32)
    (block (result i32)
      (i32.const 100)
      (local.get 0)
      (br_if 0 (local.get 0))
      (i32.sub)))

  ;; Targets of one table at different heights, with two operands.
  (func (export "table") (param i32) (result i32 i32)
    (block $a (result i32 i32)
      (i32.const 1000)
      (block $b (result i32 i32)
        (i32.const 2000)
        (block $c (result i32 i32)
          (i32.const 7)
          (local.get 0)
          (br_table $a $b $c (local.get 0)))
        (i32.add)
        (br $b))
      (i32.mul)
      (i32.add (i32.const 1))
      (br $a)))

  ;; Parameters of a loop change places at each turn.
  (func (export "swap") (param i32) (result i32 i32)
    (local i32 i32)
    (i32.const 1)
    (i32.const 2)
    (loop (param i32 i32) (result i32 i32)
      (local.set 1)
      (local.set 2)
      (local.get 1)
      (local.get 2)
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))

  ;; A comparison that decides a branch and whose operands are assigned before.
  (func (export "compare-assigned") (param i32 i32) (result i32)
    (block
      (local.get 0)
      (local.set 0 (i32.add (local.get 0) (local.get 1)))
      (br_if 0 (i32.gt_s (local.get 0)))
      (return (local.get 0)))
    (i32.sub (i32.const 0) (local.get 0)))

  ;; An `if` without `else` whose parameter is its result.
  (func (export "if-through") (param i32) (result i32)
    (local.get 0)
    (if (param i32) (result i32) (i32.and (local.get 0) (i32.const 1)) (then (i32.mul (i32.const 3)))))

  ;; Returns from inside, with operands below.
  (func (export "return-many") (param i32) (result i32 i64 f32)
    (i64.const 9)
    (block
      (i32.const 8)
      (br_if 1 (i32.const 1) (i64.const -2) (f32.const 0.5) (local.get 0))
      (drop) (drop) (drop) (drop))
    (drop)
    (i32.const 4) (i64.const 5) (f32.const 6)))

(assert_return (invoke "constant" (i32.const 1)) (i32.const 0x4040000))
(assert_return (invoke "constant" (i32.const 0)) (i32.const 0x4040000))
(assert_return (invoke "constant-float" (i32.const 1)) (f64.const 4))
(assert_return (invoke "constant-float" (i32.const 0)) (f64.const -4))
(assert_return (invoke "constant-above" (i32.const 1)) (i64.const 0x123456789b))
(assert_return (invoke "constant-above" (i32.const 0)) (i64.const 0x123456789b))
(assert_return (invoke "leaves-one" (i32.const 0)) (i32.const 100))
(assert_return (invoke "leaves-one" (i32.const 5)) (i32.const 5))
(assert_return (invoke "table" (i32.const 0)) (i32.const 7) (i32.const 0))
(assert_return (invoke "table" (i32.const 1)) (i32.const 1000) (i32.const 8))
(assert_return (invoke "table" (i32.const 2)) (i32.const 1000) (i32.const 18001))
(assert_return (invoke "swap" (i32.const 1)) (i32.const 2) (i32.const 1))
(assert_return (invoke "swap" (i32.const 2)) (i32.const 1) (i32.const 2))
(assert_return (invoke "swap" (i32.const 7)) (i32.const 2) (i32.const 1))
(assert_return (invoke "compare-assigned" (i32.const 5) (i32.const 1)) (i32.const 6))
(assert_return (invoke "compare-assigned" (i32.const 5) (i32.const -1)) (i32.const -4))
(assert_return (invoke "if-through" (i32.const 5)) (i32.const 15))
(assert_return (invoke "if-through" (i32.const 4)) (i32.const 4))
(assert_return (invoke "return-many" (i32.const 1)) (i32.const 1) (i64.const -2) (f32.const 0.5))
(assert_return (invoke "return-many" (i32.const 0)) (i32.const 4) (i64.const 5) (f32.const 6))
