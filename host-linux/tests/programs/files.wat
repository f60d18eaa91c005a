;; One file operation below the first preopened directory, by the first argument:
;;   r PATH         read a file, following a link, to standard output
;;   w PATH         create or truncate a file, and write `text`
;;   d PATH         list a directory, one entry a line, through a small buffer
;;   k PATH         read a link
;;   m PATH         make a directory
;;   x PATH         remove a directory
;;   u PATH         unlink a file
;;   s TARGET PATH  make a link
;;   l OLD NEW      make a hard link
;;   v OLD NEW      rename
;;   t PATH         file type and size, not following a link: the raw `filestat`
;;   i PATH         the same, following
;; The exit status is the errno.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink"
    (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory"
    (func $path_create_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory"
    (func $path_remove_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink_file (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link"
    (func $path_link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $path_rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get"
    (func $path_filestat_get (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))

  ;; 0: address and length; 8: a count; 12: a file; 16: count and bytes of the arguments; 24: bytes of entries;
  ;; 28: a newline; 32: the arguments' addresses; 64: `text`; 1024: the arguments; 8192: data.
  (memory (export "memory") 1)
  (data (i32.const 64) "text")

  (func $length (param $at i32) (result i32) (local $end i32)
    (local.set $end (local.get $at))
    (block $found
      (loop $next
        (br_if $found (i32.eqz (i32.load8_u (local.get $end))))
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $end) (local.get $at)))

  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $proc_exit (local.get $errno)))))

  (func $write (param $file i32) (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $length))
    (call $check (call $fd_write (local.get $file) (i32.const 0) (i32.const 1) (i32.const 8))))

  ;; Opens the path for the operations that `rights` names; returns the file.
  (func $open (param $path i32) (param $flags i32) (param $rights i64) (result i32)
    (call $check
      (call $path_open
        (i32.const 3) (i32.const 1) (local.get $path) (call $length (local.get $path))
        (local.get $flags) (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 12)))
    (i32.load (i32.const 12)))

  (func $read_file (param $path i32) (local $file i32)
    ;; fd_read | fd_seek
    (local.set $file (call $open (local.get $path) (i32.const 0) (i64.const 6)))
    (loop $next
      (i32.store (i32.const 0) (i32.const 8192))
      (i32.store (i32.const 4) (i32.const 4096))
      (call $check (call $fd_read (local.get $file) (i32.const 0) (i32.const 1) (i32.const 8)))
      (if (i32.load (i32.const 8))
        (then
          (call $write (i32.const 1) (i32.const 8192) (i32.load (i32.const 8)))
          (br $next)))))

  ;; Lists a directory through a buffer of 300 bytes, so that entries are cut off and asked for again.
  (func $list (param $path i32) (local $file i32) (local $cookie i64) (local $at i32) (local $end i32)
    ;; directory; fd_readdir
    (local.set $file (call $open (local.get $path) (i32.const 2) (i64.const 0x4000)))
    (block $done
      (loop $fill
        (call $check
          (call $fd_readdir
            (local.get $file) (i32.const 8192) (i32.const 300) (local.get $cookie) (i32.const 24)))
        (local.set $at (i32.const 8192))
        (local.set $end (i32.add (i32.const 8192) (i32.load (i32.const 24))))
        (br_if $done (i32.eq (local.get $at) (local.get $end)))
        (loop $entries
          (if (i32.le_u (i32.add (local.get $at) (i32.const 24)) (local.get $end))
            (then
              (if (i32.le_u
                    (i32.add (i32.add (local.get $at) (i32.const 24)) (i32.load offset=16 (local.get $at)))
                    (local.get $end))
                (then
                  (local.set $cookie (i64.load (local.get $at)))
                  (call $write
                    (i32.const 1)
                    (i32.add (local.get $at) (i32.const 24))
                    (i32.load offset=16 (local.get $at)))
                  (i32.store8 (i32.const 28) (i32.const 10))
                  (call $write (i32.const 1) (i32.const 28) (i32.const 1))
                  (local.set $at
                    (i32.add (i32.add (local.get $at) (i32.const 24)) (i32.load offset=16 (local.get $at))))
                  (br $entries))))))
        ;; A buffer that is not full was the last.
        (br_if $fill (i32.eq (i32.load (i32.const 24)) (i32.const 300))))))

  (func $stat (param $path i32) (param $flags i32)
    (call $check
      (call $path_filestat_get
        (i32.const 3) (local.get $flags) (local.get $path) (call $length (local.get $path)) (i32.const 8192)))
    (call $write (i32.const 1) (i32.const 8192) (i32.const 64)))

  (func (export "_start") (local $operation i32) (local $path i32) (local $size i32) (local $other i32)
    (call $check (call $args_sizes_get (i32.const 16) (i32.const 20)))
    (call $check (call $args_get (i32.const 32) (i32.const 1024)))
    (local.set $operation (i32.load8_u (i32.load (i32.const 36))))
    (local.set $path (i32.load (i32.const 40)))
    (local.set $size (call $length (local.get $path)))
    (local.set $other (i32.load (i32.const 44)))
    (if (i32.eq (local.get $operation) (i32.const 0x72)) ;; r
      (then (call $read_file (local.get $path)) (return)))
    (if (i32.eq (local.get $operation) (i32.const 0x77)) ;; w
      (then
        ;; create | truncate; fd_write
        (call $write (call $open (local.get $path) (i32.const 9) (i64.const 0x40)) (i32.const 64) (i32.const 4))
        (return)))
    (if (i32.eq (local.get $operation) (i32.const 0x64)) ;; d
      (then (call $list (local.get $path)) (return)))
    (if (i32.eq (local.get $operation) (i32.const 0x6b)) ;; k
      (then
        (call $check
          (call $path_readlink
            (i32.const 3) (local.get $path) (local.get $size) (i32.const 8192) (i32.const 4096) (i32.const 12)))
        (call $write (i32.const 1) (i32.const 8192) (i32.load (i32.const 12)))
        (return)))
    (if (i32.eq (local.get $operation) (i32.const 0x6d)) ;; m
      (then (call $check (call $path_create_directory (i32.const 3) (local.get $path) (local.get $size))) (return)))
    (if (i32.eq (local.get $operation) (i32.const 0x78)) ;; x
      (then (call $check (call $path_remove_directory (i32.const 3) (local.get $path) (local.get $size))) (return)))
    (if (i32.eq (local.get $operation) (i32.const 0x75)) ;; u
      (then (call $check (call $path_unlink_file (i32.const 3) (local.get $path) (local.get $size))) (return)))
    (if (i32.eq (local.get $operation) (i32.const 0x74)) ;; t
      (then (call $stat (local.get $path) (i32.const 0)) (return)))
    (if (i32.eq (local.get $operation) (i32.const 0x69)) ;; i
      (then (call $stat (local.get $path) (i32.const 1)) (return)))
    (if (i32.eq (local.get $operation) (i32.const 0x73)) ;; s
      (then
        (call $check
          (call $path_symlink
            (local.get $path) (local.get $size)
            (i32.const 3) (local.get $other) (call $length (local.get $other))))
        (return)))
    (if (i32.eq (local.get $operation) (i32.const 0x6c)) ;; l
      (then
        (call $check
          (call $path_link
            (i32.const 3) (i32.const 0) (local.get $path) (local.get $size)
            (i32.const 3) (local.get $other) (call $length (local.get $other))))
        (return)))
    (if (i32.eq (local.get $operation) (i32.const 0x76)) ;; v
      (then
        (call $check
          (call $path_rename
            (i32.const 3) (local.get $path) (local.get $size)
            (i32.const 3) (local.get $other) (call $length (local.get $other))))
        (return)))
    unreachable))
