;; Copies standard input to standard output. The exit status is the errno of a call that failed.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  ;; 0: two buffers to read into, one behind the other, as C libraries have it; 16: the buffer to write;
  ;; 24: bytes done; 1024: the data.
  (memory (export "memory") 1)
  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $proc_exit (local.get $errno)))))
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 3))
    (i32.store (i32.const 8) (i32.const 1027))
    (i32.store (i32.const 12) (i32.const 8189))
    (i32.store (i32.const 16) (i32.const 1024))
    (loop $next
      (call $check (call $fd_read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 24)))
      (if (i32.load (i32.const 24))
        (then
          (i32.store (i32.const 20) (i32.load (i32.const 24)))
          (call $check (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))
          (br $next))))))
