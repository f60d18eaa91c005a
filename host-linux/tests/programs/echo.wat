;; Accepts one connection on descriptor 3 and sends back what it receives, in capitals where those are letters of
;; ASCII; then ends sending, and exits with the number of bytes. The exit status is the errno of a call that failed.
(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_recv" (func $recv (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_shutdown" (func $shutdown (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  ;; 0: the buffer; 8: bytes done; 12: flags; 16: the connection; 64: subscriptions to the connection and to a clock, 10
  ;; seconds; 192: events; 1024: the data.
  (memory (export "memory") 1)
  (data (i32.const 72) "\01")
  (data (i32.const 128) "\01")
  (data (i32.const 136) "\00\e4\0b\54\02")
  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $proc_exit (local.get $errno)))))
  (func (export "_start") (local $total i32) (local $at i32)
    (call $check (call $accept (i32.const 3) (i32.const 0) (i32.const 16)))
    (i32.store (i32.const 80) (i32.load (i32.const 16)))
    (i32.store (i32.const 0) (i32.const 1024))
    (loop $next
      (call $check (call $poll (i32.const 64) (i32.const 192) (i32.const 2) (i32.const 8)))
      ;; The connection must come before the clock does.
      (if (i32.ne (i32.load8_u (i32.const 202)) (i32.const 1)) (then (call $proc_exit (i32.const 99))))
      (i32.store (i32.const 4) (i32.const 4096))
      (call $check (call $recv (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 0)
        (i32.const 8) (i32.const 12)))
      (local.set $at (i32.load (i32.const 8)))
      (if (local.get $at)
        (then
          (local.set $total (i32.add (local.get $total) (local.get $at)))
          (i32.store (i32.const 4) (local.get $at))
          (loop $letter
            (local.set $at (i32.sub (local.get $at) (i32.const 1)))
            (if (i32.ge_u (i32.load8_u offset=1024 (local.get $at)) (i32.const 97))
              (then (i32.store8 offset=1024 (local.get $at)
                (i32.sub (i32.load8_u offset=1024 (local.get $at)) (i32.const 32)))))
            (br_if $letter (local.get $at)))
          (call $check (call $send (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 0)
            (i32.const 8)))
          (br $next))))
    (call $check (call $shutdown (i32.load (i32.const 16)) (i32.const 2)))
    (call $proc_exit (local.get $total))))
