;; Prints the arguments, then the environment, each string ended by its NUL. The exit status is their number.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  ;; 0: address and length; 16, 20: count and bytes; 1024: pointers; 4096: strings.
  (memory (export "memory") 1)
  (func $print
    (i32.store (i32.const 0) (i32.const 4096))
    (i32.store (i32.const 4) (i32.load (i32.const 20)))
    (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable)))
  (func (export "_start") (local $count i32)
    (if (call $args_sizes_get (i32.const 16) (i32.const 20)) (then unreachable))
    (if (call $args_get (i32.const 1024) (i32.const 4096)) (then unreachable))
    (call $print)
    (local.set $count (i32.load (i32.const 16)))
    (if (call $environ_sizes_get (i32.const 16) (i32.const 20)) (then unreachable))
    (if (call $environ_get (i32.const 1024) (i32.const 4096)) (then unreachable))
    (call $print)
    (call $proc_exit (i32.add (local.get $count) (i32.load (i32.const 16))))))
