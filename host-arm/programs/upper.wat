;; Copies its input to its output, with capital letters; the exit status is the number of lines.
;; status: 3
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (global $lines (mut i32) (i32.const 0))

  (func $convert (param $address i32) (param $length i32)
    (local $byte i32) (local $end i32)
    (local.set $end (i32.add (local.get $address) (local.get $length)))
    (loop $next
      (local.set $byte (i32.load8_u (local.get $address)))
      (if (i32.eq (local.get $byte) (i32.const 10))
        (then (global.set $lines (i32.add (global.get $lines) (i32.const 1)))))
      ;; From `a` to `z`.
      (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 97)) (i32.const 26))
        (then (i32.store8 (local.get $address) (i32.sub (local.get $byte) (i32.const 32)))))
      (local.set $address (i32.add (local.get $address) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $address) (local.get $end)))))

  (func (export "_start")
    (block $end
      (loop $next
        ;; One buffer of 64 bytes at 1024.
        (i32.store (i32.const 0) (i32.const 1024))
        (i32.store (i32.const 4) (i32.const 64))
        (br_if $end (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br_if $end (i32.eqz (i32.load (i32.const 8))))
        (call $convert (i32.const 1024) (i32.load (i32.const 8)))
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br $next)))
    (call $proc_exit (global.get $lines))))
