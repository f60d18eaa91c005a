;; Writes a line, then divides by zero three calls deep.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\07\00\00\00")
  (data (i32.const 16) "before\n")
  (func $divide (param $by i32) (result i32)
    (i32.div_s (i32.const 1) (local.get $by)))
  (func $outer (result i32)
    (i32.add (call $divide (i32.const 0)) (i32.const 1)))
  (func $start (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (drop (call $outer))))
