;; Greets, and prints the prime numbers below 100 that it finds with a sieve.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "Hello from a WebAssembly module in flash.\nPrimes below 100:")

  (global $limit i32 (i32.const 100))
  ;; Where the sieve's flags start; `end` is where the next byte of text goes.
  (global $sieve i32 (i32.const 1024))
  (global $text i32 (i32.const 16))
  (global $end (mut i32) (i32.const 75))

  (func $put (param $byte i32)
    (i32.store8 (global.get $end) (local.get $byte))
    (global.set $end (i32.add (global.get $end) (i32.const 1))))

  ;; Appends a number below 100.
  (func $put_number (param $number i32)
    (if (i32.ge_u (local.get $number) (i32.const 10))
      (then (call $put (i32.add (i32.const 48) (i32.div_u (local.get $number) (i32.const 10))))))
    (call $put (i32.add (i32.const 48) (i32.rem_u (local.get $number) (i32.const 10)))))

  (func $cross_out_multiples (param $prime i32)
    (local $multiple i32)
    (local.set $multiple (i32.mul (local.get $prime) (local.get $prime)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $multiple) (global.get $limit)))
        (i32.store8 (i32.add (global.get $sieve) (local.get $multiple)) (i32.const 1))
        (local.set $multiple (i32.add (local.get $multiple) (local.get $prime)))
        (br $next))))

  (func (export "_start")
    (local $number i32)
    (local.set $number (i32.const 2))
    (loop $next
      (if (i32.eqz (i32.load8_u (i32.add (global.get $sieve) (local.get $number))))
        (then
          (call $put (i32.const 32))
          (call $put_number (local.get $number))
          (call $cross_out_multiples (local.get $number))))
      (local.set $number (i32.add (local.get $number) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $number) (global.get $limit))))
    (call $put (i32.const 10))
    ;; One buffer: its address and length.
    (i32.store (i32.const 0) (global.get $text))
    (i32.store (i32.const 4) (i32.sub (global.get $end) (global.get $text)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
