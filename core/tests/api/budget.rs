//! What a store may use: its budget and its other limits.

use whit::{
    Engine, Error, ErrorKind, ExternRef, Func, Instance, Linker, Memory, MemoryType, RefType, Store,
    StoreLimits, Table, TableType, Trap, Val,
};

use super::{engine, fill, module};

fn limited(engine: &Engine, change: impl FnOnce(&mut StoreLimits)) -> Store<()> {
    let mut limits = StoreLimits::default();
    change(&mut limits);
    let mut store = Store::with_limits(engine, (), limits);
    fill(&mut store);
    store
}

fn is_limit(error: &Error, name: &str) -> bool {
    matches!(error.kind(), ErrorKind::Limit) && error.to_string().contains(name)
}

#[test]
fn growth_stops_at_the_budget() {
    let engine = engine();
    let module = module(
        &engine,
        r#"(module
            (memory 1) (table 1 funcref)
            (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
            (func (export "table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#,
    );
    let mut store = limited(&engine, |limits| {
        limits.budget = 1 << 20;
        limits.value_stack = 1 << 16;
    });
    let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
    for (name, unit, too_many) in [("memory", 65536, 20), ("table", 8, 1 << 17)] {
        let grow = instance.get_typed_func::<i32, i32>(&store, name).expect("a function");
        assert_eq!(grow.call(&mut store, 0).expect("no trap"), 1);
        let before = store.budget_used();
        assert_eq!(grow.call(&mut store, 2).expect("no trap"), 1);
        assert_eq!(store.budget_used(), before + 2 * unit);
        assert_eq!(grow.call(&mut store, too_many).expect("no trap"), -1);
        assert_eq!(store.budget_used(), before + 2 * unit);
    }
    assert!(store.budget_used() <= 1 << 20);
}

#[test]
fn sizes_of_memories_and_tables_are_limited() {
    let engine = engine();
    let mut store = limited(&engine, |limits| {
        limits.memory_size = 2 << 16;
        limits.table_elements = 10;
    });
    let memory = Memory::new(&mut store, MemoryType::new(2, None)).expect("a memory");
    assert!(memory.grow(&mut store, 1).is_err());
    let error = Memory::new(&mut store, MemoryType::new(3, None)).expect_err("too large");
    assert!(is_limit(&error, "bytes of a memory"), "{error}");
    let ty = |size| TableType::new(RefType::FUNC, size, None);
    let table = Table::new(&mut store, ty(10), Val::FuncRef(None)).expect("a table");
    assert!(table.grow(&mut store, 1, Val::FuncRef(None)).is_err());
    let error = Table::new(&mut store, ty(11), Val::FuncRef(None)).expect_err("too large");
    assert!(is_limit(&error, "elements of a table"), "{error}");
}

#[test]
fn numbers_of_objects_are_limited() {
    let engine = engine();
    let module = module(&engine, "(module (memory 1) (memory 1) (table 1 funcref))");
    type Change = fn(&mut StoreLimits);
    let cases: [(Change, &str); 3] = [
        (|limits| limits.instances = 2, "instances"),
        (|limits| limits.memories = 5, "memories"),
        (|limits| limits.tables = 2, "tables"),
    ];
    for (change, name) in cases {
        let mut store = limited(&engine, change);
        for _ in 0..2 {
            Instance::new(&mut store, &module, &[]).expect("within the limit");
        }
        let error = Instance::new(&mut store, &module, &[]).expect_err("over the limit");
        assert!(is_limit(&error, name), "{error}");
    }
}

#[test]
fn a_failed_instantiation_gives_its_memory_back() {
    let engine = engine();
    let module = module(&engine, "(module (memory 1) (memory 1) (memory 100))");
    let mut store = limited(&engine, |limits| limits.budget = 4 << 16);
    for _ in 0..3 {
        let error = Instance::new(&mut store, &module, &[]).expect_err("over the budget");
        assert!(is_limit(&error, "bytes used by the store"), "{error}");
        assert!(store.budget_used() < 1 << 16, "{}", store.budget_used());
    }
}

#[test]
fn every_budget_up_to_enough_gives_an_error() {
    let engine = engine();
    let module = module(
        &engine,
        r#"(module
            (import "m" "f" (func $f (result i32)))
            (memory 0) (table 9 funcref) (global (mut i64) (i64.const 1))
            (elem $passive func 0 1) (elem (i32.const 1) func 1)
            (data "abc")
            (func (export "run") (result i32) (call $f)))"#,
    );
    let mut linker = Linker::new(&engine);
    linker.func_wrap("m", "f", || 11).expect("a definition");
    let mut enough = None;
    for budget in (0..100_000).step_by(64) {
        let mut store = limited(&engine, |limits| {
            limits.budget = budget;
            limits.value_stack = 16 << 10;
        });
        let result = linker
            .instantiate(&mut store, &module)
            .and_then(|instance| instance.get_typed_func::<(), i32>(&store, "run")?.call(&mut store, ()));
        assert!(store.budget_used() <= budget);
        match result {
            Ok(value) => {
                assert_eq!(value, 11);
                enough = Some(budget);
                break;
            }
            Err(error) => {
                let over = matches!(error.kind(), ErrorKind::Limit | ErrorKind::OutOfMemory);
                assert!(over || error.as_trap() == Some(Trap::OutOfMemory), "{budget}: {error}");
            }
        }
    }
    assert!(enough.is_some_and(|budget| budget > 0));
}

#[test]
fn host_values_and_functions_are_charged() {
    let engine = engine();
    let mut store = limited(&engine, |limits| limits.budget = 10_000);
    let mut count = 0;
    let error = loop {
        match ExternRef::new(&mut store, [0u8; 100]) {
            Ok(_) => count += 1,
            Err(error) => break error,
        }
    };
    assert!((50..100).contains(&count), "{count}");
    assert!(is_limit(&error, "bytes used by the store"), "{error}");
    let mut store = limited(&engine, |limits| limits.budget = 10_000);
    while Func::wrap(&mut store, || {}).is_ok() {
        count += 1;
        assert!(count < 10_000);
    }
}

#[test]
fn the_call_depth_is_limited() {
    let engine = engine();
    let module = module(
        &engine,
        r#"(module
            (func (export "run") (param i32) (result i32)
                (if (result i32) (i32.eqz (local.get 0))
                    (then (i32.const 0))
                    (else (i32.add (i32.const 1) (call 0 (i32.sub (local.get 0) (i32.const 1))))))))"#,
    );
    let cases: [fn(&mut StoreLimits); 2] =
        [|limits| limits.call_depth = 100, |limits| limits.value_stack = 4096];
    for change in cases {
        let mut store = limited(&engine, change);
        let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
        let run = instance.get_typed_func::<i32, i32>(&store, "run").expect("a function");
        assert_eq!(run.call(&mut store, 20).expect("within the limit"), 20);
        let error = run.call(&mut store, 100_000).expect_err("over the limit");
        assert_eq!(error.as_trap(), Some(Trap::CallStackExhausted));
        assert_eq!(run.call(&mut store, 20).expect("the stack is whole again"), 20);
    }
}

/// What the embedder holds for a guest and what the engine does come out of the same budget.
#[test]
fn the_embedder_charges_what_it_holds() {
    let engine = engine();
    let mut store = limited(&engine, |limits| limits.budget = 3 << 16);
    let memory = Memory::new(&mut store, MemoryType::new(1, None)).expect("a memory");
    let used = store.budget_used();
    assert_eq!(store.budget_left(), (3 << 16) - used);
    store.charge(1 << 16).expect("there is room");
    assert_eq!(store.budget_used(), used + (1 << 16));
    assert!(memory.grow(&mut store, 1).is_err());
    let error = store.charge(1 << 16).expect_err("there is none");
    assert!(is_limit(&error, "bytes used by the store"), "{error}");
    // More than was charged is not given back.
    store.release(usize::MAX);
    assert_eq!(store.budget_used(), used);
    assert!(memory.grow(&mut store, 1).is_ok());
}
