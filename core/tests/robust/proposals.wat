;; Something of the proposals that the fast check of bodies leaves to wasmparser; a seed for mutations.
(module
    (type $unary (func (param i32) (result i32)))
    (memory $first (export "memory") 1 4)
    (memory $far i64 1 2)
    (memory $bytes 40 50 (pagesize 1))
    (memory $shared 1 1 shared)
    (table $long (export "table") i64 2 4 funcref)
    (elem (table $long) (i64.const 1) func $double)
    (elem $passive func $double)
    (data (memory $far) (i64.const 65530) "far")
    (data $later "passive bytes")

    (func $double (type $unary) (i32.shl (local.get 0) (i32.const 1)))

    (func (export "far") (param i64 i32) (result i64)
        (f32.store $far offset=0x10000 (i64.sub (local.get 0) (i64.const 9)) (f32.const 1.5))
        (i64.store8 $far offset=3 (local.get 0) (i64.load32_u $far offset=7 (local.get 0)))
        (memory.copy $far $first (local.get 0) (local.get 1) (i32.const 4))
        (memory.fill $far (local.get 0) (local.get 1) (i64.const 7))
        (memory.init $far $later (local.get 0) (i32.const 3) (i32.const 4))
        (i64.add
            (i64.add (i64.load16_s $far (local.get 0)) (memory.grow $far (i64.const 1)))
            (i64.extend_i32_u (memory.grow $bytes (i32.const 3)))))

    (func (export "long") (param i64) (result i64)
        (drop (table.grow $long (ref.null func) (i64.const 1)))
        (table.init $long $passive (local.get 0) (i32.const 0) (i32.const 1))
        (table.set $long (i64.const 2) (table.get $long (i64.const 1)))
        (table.copy $long $long (i64.const 0) (i64.const 1) (i64.const 2))
        (drop (call_indirect $long (type $unary) (i32.const 4) (i64.const 1)))
        (table.size $long))

    (func (export "wide") (param i64 i64) (result i64 i64)
        (i64.sub128
            (i64.add128 (i64.mul_wide_s (local.get 0) (local.get 1)) (i64.const -7) (local.get 0))
            (i64.mul_wide_u (local.get 1) (i64.const 3))))

    (func (export "atomic") (param i32) (result i64)
        (i64.atomic.store32 $shared offset=8 (local.get 0) (i64.const 40))
        (drop (i32.atomic.rmw16.sub_u $shared offset=8 (local.get 0) (i32.const 3)))
        (atomic.fence)
        (drop (memory.atomic.wait32 $shared (local.get 0) (i32.const 0) (i64.const 10)))
        (drop (memory.atomic.notify $shared (local.get 0) (i32.const 1)))
        (i64.atomic.rmw.cmpxchg $shared offset=8 (local.get 0) (i64.const 37) (i64.const 38))))
