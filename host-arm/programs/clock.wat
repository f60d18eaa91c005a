;; Sleeps for 20 milliseconds and checks that the clock went on by as much; the exit status is 0 if it did.
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  ;; A subscription to the monotonic clock: user data, kind, clock, timeout, precision, flags.
  (data (i32.const 0) "\2a\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00" "\01\00\00\00\00\00\00\00")

  (global $pause i64 (i64.const 20_000_000))

  (func $now (result i64)
    (if (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 128)) (then unreachable))
    (i64.load (i32.const 128)))

  (func (export "_start")
    (local $start i64)
    (i64.store (i32.const 24) (global.get $pause))
    (local.set $start (call $now))
    (if (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 136)) (then unreachable))
    ;; One event, with the subscription's user data.
    (if (i32.ne (i32.load (i32.const 136)) (i32.const 1)) (then unreachable))
    (if (i64.ne (i64.load (i32.const 64)) (i64.const 42)) (then unreachable))
    (call $proc_exit
      (i64.lt_u (i64.sub (call $now) (local.get $start)) (global.get $pause)))))
