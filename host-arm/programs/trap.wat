;; Traps in a function that a function called: the log tells where.
;; status: 134
;; log: integer divide by zero
;; log: at divide (at offset 0x3c)
(module
  (memory (export "memory") 1)
  (func $divide (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1)))
  (func (export "_start")
    (drop (call $divide (i32.const 1) (i32.const 0)))))
