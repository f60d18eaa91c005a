//! Memories and tables with other indices and pages, atomic instructions, and numbers of 128 bits, from the host.

use whit::{
    Error, ErrorKind, Extern, Instance, Memory, MemoryType, RefType, Store, StoreLimits, Table, TableType,
    Trap, Val,
};

use super::{engine, instance, module, store};

/// Calls what `instance` exports as `name`; gives its integer result, or 0.
fn call(store: &mut Store<()>, instance: Instance, name: &str, arguments: &[Val]) -> Result<i64, Error> {
    let mut results = [Val::I32(0)];
    let func = instance.get_func(&*store, name).expect("it is exported");
    let count = func.ty(&*store).results().len();
    func.call(store, arguments, &mut results[..count])?;
    match results {
        [Val::I32(value)] => Ok(i64::from(value)),
        [Val::I64(value)] => Ok(value),
        other => panic!("{name} gives {other:?}"),
    }
}

fn trap(result: Result<i64, Error>) -> Option<Trap> {
    result.expect_err("a trap").as_trap()
}

#[test]
fn types_of_all_kinds_are_told_apart() {
    let engine = engine();
    let mut store = store(&engine, ());
    let plain = MemoryType::new(1, Some(2));
    let bytes = MemoryType { page_size_log2: 0, ..plain };
    let shared = MemoryType { shared: true, ..plain };
    let mut memory = |ty| Extern::from(Memory::new(&mut store, ty).expect("a memory"));
    let items = [memory(plain), memory(MemoryType::new64(1, Some(2))), memory(bytes), memory(shared)];
    let mut table = |ty| Extern::from(Table::new(&mut store, ty, Val::FuncRef(None)).expect("a table"));
    let tables =
        [table(TableType::new(RefType::FUNC, 1, None)), table(TableType::new64(RefType::FUNC, 1, None))];
    let imports = [
        ("(memory 1 2)", "memory 1..=2"),
        ("(memory i64 1 2)", "memory i64 1..=2"),
        ("(memory 1 2 (pagesize 1))", "memory 1..=2 pagesize 1"),
        ("(memory 1 2 shared)", "memory 1..=2 shared"),
        ("(table 1 funcref)", "table 1.. funcref"),
        ("(table i64 1 funcref)", "table i64 1.. funcref"),
    ];
    for (wanted, (ty, shown)) in imports.iter().enumerate() {
        let module = module(&engine, &format!(r#"(module (import "m" "n" {ty}))"#));
        assert_eq!(module.imports().next().expect("an import").ty.to_string(), *shown);
        for (given, item) in items.iter().chain(&tables).enumerate() {
            let result = Instance::new(&mut store, &module, &[*item]);
            assert_eq!(result.is_ok(), wanted == given, "{ty} from {}: {result:?}", imports[given].1);
            if let Err(error) = result {
                assert!(matches!(error.kind(), ErrorKind::Link), "{error}");
                let text = format!("is {}, but the module imports {shown}", imports[given].1);
                assert!(error.to_string().ends_with(&text), "{error}");
            }
        }
    }
}

#[test]
fn memory_types_that_cannot_be_are_refused() {
    let mut store = store(&engine(), ());
    let unbounded = MemoryType { shared: true, ..MemoryType::new(1, None) };
    let odd = MemoryType { page_size_log2: 4, ..MemoryType::new(1, None) };
    let large = MemoryType::new(65537, None);
    for ty in [unbounded, odd, large] {
        let error = Memory::new(&mut store, ty).expect_err("no such memory");
        assert!(matches!(error.kind(), ErrorKind::Usage), "{ty:?}: {error}");
    }
    let error = Memory::new(&mut store, MemoryType::new64(1 << 48, None)).expect_err("too large");
    assert!(!matches!(error.kind(), ErrorKind::Usage), "{error}");
}

#[test]
fn a_memory_of_pages_of_one_byte() {
    let (mut store, instance) = instance(
        r#"(module
            (memory (export "memory") 10 20 (pagesize 1))
            (data (i32.const 7) "abc")
            (func (export "size") (result i32) (memory.size))
            (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
            (func (export "load") (param i32) (result i32) (i32.load16_u (local.get 0))))"#,
    );
    let memory = instance.get_memory(&store, "memory").expect("it is exported");
    assert_eq!((memory.page_size(&store), memory.size(&store), memory.data_size(&store)), (1, 10, 10));
    assert_eq!(call(&mut store, instance, "load", &[Val::I32(8)]).expect("in bounds"), 0x6362);
    assert_eq!(trap(call(&mut store, instance, "load", &[Val::I32(9)])), Some(Trap::MemoryOutOfBounds));
    assert_eq!(call(&mut store, instance, "grow", &[Val::I32(3)]).expect("no trap"), 10);
    assert_eq!(call(&mut store, instance, "size", &[]).expect("no trap"), 13);
    assert_eq!(memory.grow(&mut store, 7).expect("below the maximum"), 13);
    assert_eq!(call(&mut store, instance, "grow", &[Val::I32(1)]).expect("no trap"), -1);
    assert_eq!(memory.data_size(&store), 20);
}

const FAR: &str = r#"(module
    (memory (export "memory") i64 1 3)
    (memory $small 1)
    (table (export "table") i64 2 4 funcref)
    (elem (table 0) (i64.const 1) func $seven)
    (data (memory 0) (i64.const 65532) "\01\02\03\04")
    (func $seven (result i32) (i32.const 7))
    (func (export "size") (result i64) (memory.size 0))
    (func (export "grow") (param i64) (result i64) (memory.grow 0 (local.get 0)))
    (func (export "load") (param i64) (result i32) (i32.load (local.get 0)))
    (func (export "load at the end") (param i64) (result i32) (i32.load offset=0xffffffffffffffff (local.get 0)))
    (func (export "load far") (param i64) (result i32) (i32.load offset=0x100000000 (local.get 0)))
    (func (export "store") (param i64 f64) (result i64)
        (f64.store offset=8 (i64.add (local.get 0) (i64.const 8)) (f64.mul (local.get 1) (local.get 1)))
        (i64.load offset=16 (local.get 0)))
    (func (export "fill") (param i64 i64) (memory.fill 0 (local.get 0) (i32.const 9) (local.get 1)))
    (func (export "copy") (param i64 i32 i32) (memory.copy 0 $small (local.get 0) (local.get 1) (local.get 2)))
    (func (export "table size") (result i64) (table.size 0))
    (func (export "table grow") (param i64) (result i64) (table.grow 0 (ref.null func) (local.get 0)))
    (func (export "call") (param i64) (result i32) (call_indirect (result i32) (local.get 0)))
    (func (export "tail call") (param i64) (result i32) (return_call_indirect (result i32) (local.get 0))))"#;

#[test]
fn a_memory_with_addresses_of_64_bits() {
    let (mut store, instance) = instance(FAR);
    let memory = instance.get_memory(&store, "memory").expect("it is exported");
    assert!(memory.ty(&store).is_64());
    let mut call = |name: &str, arguments: &[Val]| call(&mut store, instance, name, arguments);
    let last = Val::I64(65532);
    assert_eq!(call("load", &[last]).expect("in bounds"), 0x0403_0201);
    // Addresses that would be in bounds if a bit above the lower 32, or the carry of the sum, were lost.
    for address in [65533, 1 << 32, 1 << 63, -1, -4] {
        let name = format!("load {address:x}");
        assert_eq!(trap(call("load", &[Val::I64(address)])), Some(Trap::MemoryOutOfBounds), "{name}");
    }
    for (name, address) in
        [("load at the end", 1), ("load at the end", 0), ("load far", 0), ("load far", -1 << 32)]
    {
        assert_eq!(
            trap(call(name, &[Val::I64(address)])),
            Some(Trap::MemoryOutOfBounds),
            "{name} {address:x}"
        );
    }
    let bits = 2.25f64.to_bits().cast_signed();
    assert_eq!(call("store", &[Val::I64(100), Val::F64(1.5f64.to_bits())]).expect("in bounds"), bits);
    assert_eq!(call("size", &[]).expect("no trap"), 1);
    assert_eq!(call("grow", &[Val::I64(1)]).expect("no trap"), 1);
    for delta in [2, 1 << 32, 1 << 48, -1] {
        assert_eq!(call("grow", &[Val::I64(delta)]).expect("no trap"), -1, "{delta:x}");
    }
    assert!(call("fill", &[Val::I64(65536), Val::I64(65536)]).is_ok());
    for (start, count) in [(65536, 65537), (1 << 32, 1), (-1, 2)] {
        let result = call("fill", &[Val::I64(start), Val::I64(count)]);
        assert_eq!(trap(result), Some(Trap::MemoryOutOfBounds), "{start:x} {count:x}");
    }
    assert!(call("copy", &[Val::I64(131_070), Val::I32(65534), Val::I32(2)]).is_ok());
    let result = call("copy", &[Val::I64(1 << 32), Val::I32(0), Val::I32(1)]);
    assert_eq!(trap(result), Some(Trap::MemoryOutOfBounds));
    assert_eq!(memory.data(&store)[131_068..], [9, 9, 0, 0]);
    assert_eq!(memory.grow(&mut store, 1).expect("below the maximum"), 2);
}

#[test]
fn a_table_with_indices_of_64_bits() {
    let (mut store, instance) = instance(FAR);
    let table = instance.get_table(&store, "table").expect("it is exported");
    assert!(table.ty(&store).is_64());
    for name in ["call", "tail call"] {
        let mut call = |index| call(&mut store, instance, name, &[Val::I64(index)]);
        assert_eq!(call(1).expect("a function"), 7);
        assert_eq!(trap(call(0)), Some(Trap::UninitializedElement));
        for index in [2, 1 << 32 | 1, 0xffff_ffff, -1] {
            assert_eq!(trap(call(index)), Some(Trap::UndefinedElement), "{index:x}");
        }
    }
    let mut call = |name: &str, arguments: &[Val]| call(&mut store, instance, name, arguments);
    assert_eq!(call("table grow", &[Val::I64(1)]).expect("no trap"), 2);
    assert_eq!(call("table grow", &[Val::I64(1 << 32)]).expect("no trap"), -1);
    assert_eq!(call("table size", &[]).expect("no trap"), 3);
    assert_eq!(table.grow(&mut store, 1, Val::FuncRef(None)).expect("below the maximum"), 3);
    assert!(table.grow(&mut store, u64::MAX, Val::FuncRef(None)).is_err());
}

#[test]
fn no_table_has_an_element_of_an_index_over_32_bits() {
    let mut limits = StoreLimits::default();
    limits.table_elements = usize::MAX;
    let mut store = Store::with_limits(&engine(), (), limits);
    let ty = TableType::new64(RefType::FUNC, 1 << 32, None);
    let error = Table::new(&mut store, ty, Val::FuncRef(None)).expect_err("too large");
    assert!(error.to_string().contains("elements of a table"), "{error}");
}

#[test]
fn waiting_and_waking_on_one_agent() {
    let (mut store, instance) = instance(
        r#"(module
            (memory 1 1 shared) (memory $own 1)
            (data (i32.const 8) "\05\00\00\00\00\00\00\00")
            (func (export "wait32") (param i32 i32 i64) (result i32)
                (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
            (func (export "wait64") (param i32 i64 i64) (result i32)
                (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
            (func (export "wait unshared") (result i32)
                (memory.atomic.wait32 $own (i32.const 0) (i32.const 1) (i64.const 0)))
            (func (export "notify") (param i32) (result i32)
                (memory.atomic.notify (local.get 0) (i32.const 1)))
            (func (export "notify unshared") (result i32)
                (atomic.fence)
                (memory.atomic.notify $own (i32.const 0) (i32.const 1))))"#,
    );
    let mut call = |name: &str, arguments: &[Val]| call(&mut store, instance, name, arguments);
    let wait = |address, value, timeout| [Val::I32(address), Val::I32(value), Val::I64(timeout)];
    assert_eq!(call("wait32", &wait(8, 4, -1)).expect("not equal"), 1);
    assert_eq!(call("wait32", &wait(8, 5, 1000)).expect("timed out"), 2);
    assert_eq!(trap(call("wait32", &wait(8, 5, -1))), Some(Trap::EndlessWait));
    assert_eq!(trap(call("wait32", &wait(10, 5, 0))), Some(Trap::UnalignedAtomic));
    assert_eq!(trap(call("wait32", &wait(65536, 5, 0))), Some(Trap::MemoryOutOfBounds));
    let wait = |address, value, timeout| [Val::I32(address), Val::I64(value), Val::I64(timeout)];
    assert_eq!(call("wait64", &wait(8, 5, 0)).expect("timed out"), 2);
    assert_eq!(call("wait64", &wait(8, 5 | 1 << 32, 0)).expect("not equal"), 1);
    assert_eq!(trap(call("wait64", &wait(12, 5, 0))), Some(Trap::UnalignedAtomic));
    assert_eq!(trap(call("wait unshared", &[])), Some(Trap::ExpectedSharedMemory));
    assert_eq!(call("notify", &[Val::I32(8)]).expect("nobody waits"), 0);
    assert_eq!(trap(call("notify", &[Val::I32(9)])), Some(Trap::UnalignedAtomic));
    assert_eq!(trap(call("notify", &[Val::I32(65536)])), Some(Trap::MemoryOutOfBounds));
    assert_eq!(call("notify unshared", &[]).expect("nobody waits"), 0);
}

#[test]
fn atomic_accesses_of_part_of_a_value() {
    let (mut store, instance) = instance(
        r#"(module
            (memory (export "memory") 1 1 shared)
            (memory $far i64 1)
            (func (export "exchange") (param i32 i32 i32) (result i32)
                (i32.atomic.rmw8.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
            (func (export "add") (param i32 i64) (result i64)
                (i64.atomic.rmw16.add_u offset=6 (local.get 0) (local.get 1)))
            (func (export "add far") (param i64 i64) (result i64)
                (drop (i64.atomic.rmw.sub $far (local.get 0) (local.get 1)))
                (i64.atomic.load $far (local.get 0))))"#,
    );
    let memory = instance.get_memory(&store, "memory").expect("it is exported");
    assert!(memory.ty(&store).is_shared());
    let arguments = [Val::I32(3), Val::I32(0x100), Val::I32(0x2ab)];
    // What is expected is compared with no more bits than are accessed.
    assert_eq!(call(&mut store, instance, "exchange", &arguments).expect("no trap"), 0);
    assert_eq!(call(&mut store, instance, "exchange", &arguments).expect("no trap"), 0xab);
    assert_eq!(memory.data(&store)[..5], [0, 0, 0, 0xab, 0]);
    for sum in [0, 0xffff, 0xfffe] {
        let add = call(&mut store, instance, "add", &[Val::I32(2), Val::I64(-1)]);
        assert_eq!(add.expect("no trap"), sum);
    }
    assert_eq!(memory.data(&store)[8..12], [0xfd, 0xff, 0, 0]);
    let mut far = |address| call(&mut store, instance, "add far", &[Val::I64(address), Val::I64(1)]);
    assert_eq!(far(65528).expect("in bounds"), -1);
    assert_eq!(trap(far(65536)), Some(Trap::MemoryOutOfBounds));
    assert_eq!(trap(far(1 << 32)), Some(Trap::MemoryOutOfBounds));
    assert_eq!(trap(far(1)), Some(Trap::UnalignedAtomic));
}

#[test]
fn wide_arithmetic_between_other_operands() {
    // Operands are constants, locals that are read again, and values that only an accumulator has.
    let (mut store, instance) = instance(
        r#"(module
            (func (export "run") (param i64 i64) (result i64) (local i64)
                (i64.add (local.get 0) (i64.const 1))
                (i64.add128
                    (i64.mul_wide_u (local.get 0) (i64.sub (local.get 1) (i64.const 1)))
                    (i64.const -1) (i64.const 2))
                (local.set 2)
                (i64.xor)
                (i64.add (i64.add (local.get 2) (i64.add (local.get 0) (local.get 1))))))"#,
    );
    let (a, b) = (0x1234_5678_9abc_def0_u64, 0xfedc_ba98_7654_3210_u64);
    let sum = u128::from(a) * u128::from(b - 1) + (u128::from(u64::MAX) | 2 << 64);
    let expected =
        (a.wrapping_add(1) ^ sum as u64).wrapping_add((sum >> 64) as u64).wrapping_add(a).wrapping_add(b);
    let arguments = [a, b].map(|value| Val::I64(value.cast_signed()));
    let result = call(&mut store, instance, "run", &arguments).expect("no trap");
    assert_eq!(result, expected.cast_signed());
}
