;; Prints its arguments, one a line.
;; arguments: one two,three
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)

  (func (export "_start")
    (local $address i32) (local $end i32)
    ;; How many there are and how long they are together, at 0 and 4; the arguments' bytes from 1024 on.
    (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))
    (drop (call $args_get (i32.const 64) (i32.const 1024)))
    (local.set $address (i32.const 1024))
    (local.set $end (i32.add (i32.const 1024) (i32.load (i32.const 4))))
    ;; Each ends in a zero, which becomes the end of its line.
    (loop $next
      (if (i32.eqz (i32.load8_u (local.get $address)))
        (then (i32.store8 (local.get $address) (i32.const 10))))
      (local.set $address (i32.add (local.get $address) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $address) (local.get $end))))
    (i32.store (i32.const 8) (i32.const 1024))
    (i32.store (i32.const 12) (i32.load (i32.const 4)))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))
