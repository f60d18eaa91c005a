;; Prints the Mandelbrot set, one character per point.
;;
;;   whit run mandelbrot.wat            78 columns
;;   whit run mandelbrot.wat 120        as many as you like, up to 500
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param $fd i32) (param $buffers i32) (param $count i32) (param $written i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param $count i32) (param $bytes i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get"
    (func $args_get (param $pointers i32) (param $bytes i32) (result i32)))

  ;; 0: the buffer list that fd_write reads (address, length); 8: how much it wrote, and the argument count;
  ;; 16: the shades, from far outside to inside; 64: the arguments' addresses; 1024: the line; 2048: the arguments.
  (memory (export "memory") 1)
  (data (i32.const 16) " .,:;=+ox%#@&$MW")

  ;; How soon the point escapes: 0 at once, 15 never.
  (func $shade (param $x f64) (param $y f64) (result i32)
    (local $real f64) (local $imaginary f64) (local $real_squared f64) (local $imaginary_squared f64)
    (local $steps i32)
    (block $escaped
      (loop $again
        (local.set $real_squared (f64.mul (local.get $real) (local.get $real)))
        (local.set $imaginary_squared (f64.mul (local.get $imaginary) (local.get $imaginary)))
        (br_if $escaped
          (f64.gt (f64.add (local.get $real_squared) (local.get $imaginary_squared)) (f64.const 4)))
        (local.set $imaginary
          (f64.add (f64.mul (f64.mul (local.get $real) (local.get $imaginary)) (f64.const 2)) (local.get $y)))
        (local.set $real
          (f64.add (f64.sub (local.get $real_squared) (local.get $imaginary_squared)) (local.get $x)))
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $steps) (i32.const 1000))))
      (return (i32.const 15)))
    ;; Fifteen shades for the first thirty steps; what takes longer looks alike.
    (select
      (i32.const 14)
      (i32.shr_u (local.get $steps) (i32.const 1))
      (i32.gt_u (local.get $steps) (i32.const 28))))

  ;; The first argument as a number between 20 and 500, or 78.
  (func $columns (result i32)
    (local $at i32) (local $number i32)
    (if (i32.or
          (call $args_sizes_get (i32.const 8) (i32.const 12))
          (i32.or
            (i32.ne (i32.load (i32.const 8)) (i32.const 2))
            (i32.gt_u (i32.load (i32.const 12)) (i32.const 4096))))
      (then (return (i32.const 78))))
    (drop (call $args_get (i32.const 64) (i32.const 2048)))
    (local.set $at (i32.load (i32.const 68)))
    (loop $digits
      (if (i32.lt_u (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)) (i32.const 10))
        (then
          (local.set $number
            (i32.add
              (i32.mul (local.get $number) (i32.const 10))
              (i32.sub (i32.load8_u (local.get $at)) (i32.const 48))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $digits))))
    (select
      (local.get $number)
      (i32.const 78)
      (i32.lt_u (i32.sub (local.get $number) (i32.const 20)) (i32.const 481))))

  (func (export "_start")
    (local $columns i32) (local $rows i32) (local $column i32) (local $row i32) (local $step f64)
    (local.set $columns (call $columns))
    ;; Characters are about twice as high as they are wide.
    (local.set $rows (i32.or (i32.div_u (i32.mul (local.get $columns) (i32.const 2)) (i32.const 5)) (i32.const 1)))
    (local.set $step (f64.div (f64.const 3) (f64.convert_i32_u (local.get $columns))))
    (loop $lines
      (local.set $column (i32.const 0))
      (loop $points
        (i32.store8
          (i32.add (i32.const 1024) (local.get $column))
          (i32.load8_u offset=16
            (call $shade
              (f64.add (f64.const -2.2) (f64.mul (f64.convert_i32_u (local.get $column)) (local.get $step)))
              (f64.mul
                (f64.convert_i32_s (i32.sub (local.get $row) (i32.div_u (local.get $rows) (i32.const 2))))
                (f64.mul (local.get $step) (f64.const 2))))))
        (local.set $column (i32.add (local.get $column) (i32.const 1)))
        (br_if $points (i32.lt_u (local.get $column) (local.get $columns))))
      (i32.store8 (i32.add (i32.const 1024) (local.get $columns)) (i32.const 10))
      (i32.store (i32.const 0) (i32.const 1024))
      (i32.store (i32.const 4) (i32.add (local.get $columns) (i32.const 1)))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $lines (i32.lt_u (local.get $row) (local.get $rows))))))
