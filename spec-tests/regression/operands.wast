;; Operands that stay in locals until they are used, although the local is assigned in between.

(module
  (func (export "set-after-get") (param i32) (result i32)
    local.get 0
    i32.const 7
    local.set 0
    local.get 0
    i32.sub)
  (func (export "tee-after-get") (param i32) (result i32)
    local.get 0
    local.get 0
    i32.const 1
    i32.add
    local.tee 0
    i32.mul)
  (func (export "swap") (param i32 i32) (result i32 i32)
    local.get 0
    local.get 1
    local.set 0
    local.set 1
    local.get 0
    local.get 1)
  (func (export "set-in-loop") (param i32) (result i32)
    (local i32)
    loop
      local.get 1
      local.get 0
      local.get 0
      i32.const 1
      i32.sub
      local.set 0
      i32.add
      local.set 1
      local.get 0
      br_if 0
    end
    local.get 1)
  (func (export "kept-over-block") (param i32) (result i32)
    local.get 0
    block (param i32) (result i32)
      i32.const 5
      local.set 0
      local.get 0
      br_if 0
      drop
      i32.const 1
    end
    local.get 0
    i32.add))

(assert_return (invoke "set-after-get" (i32.const 10)) (i32.const 3))
(assert_return (invoke "tee-after-get" (i32.const 6)) (i32.const 42))
(assert_return (invoke "swap" (i32.const 1) (i32.const 2)) (i32.const 2) (i32.const 1))
(assert_return (invoke "set-in-loop" (i32.const 4)) (i32.const 10))
(assert_return (invoke "kept-over-block" (i32.const 3)) (i32.const 8))
