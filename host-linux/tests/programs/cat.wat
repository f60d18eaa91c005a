;; Copies standard input to standard output. The exit status is the errno of a write that failed.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  ;; 0: address and length; 8: bytes done; 1024: the data.
  (memory (export "memory") 1)
  (func (export "_start") (local $errno i32)
    (i32.store (i32.const 0) (i32.const 1024))
    (loop $next
      (i32.store (i32.const 4) (i32.const 8192))
      (local.set $errno (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (if (i32.eqz (local.get $errno))
        (then
          (if (i32.eqz (i32.load (i32.const 8))) (then (return)))
          (i32.store (i32.const 4) (i32.load (i32.const 8)))
          (local.set $errno (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
      (if (local.get $errno) (then (call $proc_exit (local.get $errno))))
      (br $next))))
