//! Linking: names, types, and several instances that share what they export.

use whit::{
    Caller, Error, ErrorKind, Extern, Func, FuncType, Global, GlobalType, Instance, Linker, Memory,
    MemoryType, Mutability, RefType, Store, Table, TableType, Trap, Val, ValType,
};

use super::{engine, instance, module, store};

#[test]
fn an_unknown_import_is_named() {
    let engine = engine();
    let module = module(&engine, r#"(module (import "env" "missing" (func (param i32))))"#);
    let error = Linker::new(&engine).instantiate(Store::new(&engine, ()), &module).expect_err("no such name");
    assert!(matches!(error.kind(), ErrorKind::Link));
    assert_eq!(error.to_string(), "unknown import: `env` `missing` (func [i32] -> [])");
}

#[test]
fn an_incompatible_import_is_described() {
    let engine = engine();
    let mut store = store(&engine, ());
    let memory: Extern = Memory::new(&mut store, MemoryType::new(1, Some(3))).expect("a memory").into();
    let table: Extern = Table::new(&mut store, TableType::new(RefType::FUNC, 2, None), Val::FuncRef(None))
        .expect("a table")
        .into();
    let ty = GlobalType::new(ValType::I32, Mutability::Const);
    let global: Extern = Global::new(&mut store, ty, Val::I32(1)).expect("a global").into();
    let func: Extern = Func::wrap(&mut store, |value: i32| value).expect("a function").into();
    let cases = [
        ("(memory 2)", memory, false),
        ("(memory 1 2)", memory, false),
        ("(memory 1 3)", memory, true),
        ("(memory 0)", memory, true),
        ("(table 2 funcref)", table, true),
        ("(table 2 9 funcref)", table, false),
        ("(table 2 externref)", table, false),
        ("(global i32)", global, true),
        ("(global i64)", global, false),
        ("(global (mut i32))", global, false),
        ("(func (param i32) (result i32))", func, true),
        ("(func (param i32))", func, false),
        ("(func (param i32) (result i32))", memory, false),
    ];
    for (ty, item, fits) in cases {
        let module = module(&engine, &format!(r#"(module (import "m" "n" {ty}))"#));
        let result = Instance::new(&mut store, &module, &[item]);
        assert_eq!(result.is_ok(), fits, "{ty}: {result:?}");
        if let Err(error) = result {
            assert!(matches!(error.kind(), ErrorKind::Link));
            assert!(error.to_string().starts_with("incompatible import type: `m` `n` is "), "{error}");
        }
    }
}

#[test]
fn a_linker_serves_the_stores_of_its_engine() {
    let engines = [engine(), engine()];
    let mut linker = Linker::<()>::new(&engines[0]);
    linker.func_wrap("m", "n", || ()).expect("a definition");
    for (engine, served) in engines.iter().zip([true, false]) {
        let module = module(engine, r#"(module (import "m" "n" (func)))"#);
        let mut store = Store::new(engine, ());
        assert_eq!(linker.get(&mut store, "m", "n").is_some(), served);
        let result = linker.instantiate(&mut store, &module);
        assert_eq!(
            result.map_err(|error| error.to_string()).err(),
            (!served).then(|| OTHER_ENGINE.to_owned())
        );
    }
}

const OTHER_ENGINE: &str = "the linker belongs to another engine";

#[test]
fn host_functions_of_a_linker_are_checked_too() {
    let engine = engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("m", "n", |_: i64| ()).expect("a definition");
    let module = module(&engine, r#"(module (import "m" "n" (func (param i32))))"#);
    let mut store = Store::new(&engine, ());
    let used = store.budget_used();
    let error = linker.instantiate(&mut store, &module).expect_err("another type");
    let message =
        "incompatible import type: `m` `n` is func [i64] -> [], but the module imports func [i32] -> []";
    assert_eq!(error.to_string(), message);
    assert_eq!(store.budget_used(), used);
}

#[test]
fn a_name_is_defined_once_unless_shadowing_is_allowed() {
    let engine = engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("m", "f", || 1).expect("a definition");
    assert!(linker.func_wrap("m", "f", || 2).is_err());
    linker.allow_shadowing(true).func_wrap("m", "f", || 3).expect("another definition");
    let mut store = store(&engine, ());
    let func = linker.get(&mut store, "m", "f").and_then(Extern::into_func).expect("a function");
    assert_eq!(func.typed::<(), i32>(&store).expect("its type").call(&mut store, ()).expect("no trap"), 3);
    assert!(linker.get(&mut store, "m", "g").is_none());
}

#[test]
fn instances_share_memories_tables_globals_and_functions() {
    let engine = engine();
    let mut store = store(&engine, ());
    let mut linker = Linker::new(&engine);
    let first = module(
        &engine,
        r#"(module
            (memory (export "memory") 1)
            (table (export "table") 4 funcref)
            (global (export "counter") (mut i32) (i32.const 10))
            (func (export "bump") (result i32)
                (global.set 0 (i32.add (global.get 0) (i32.const 1)))
                (global.get 0))
            (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
            (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))"#,
    );
    let first = linker.instantiate(&mut store, &first).expect("an instance");
    linker.instance(&store, "first", first).expect("definitions");
    let second = module(
        &engine,
        r#"(module
            (import "first" "memory" (memory 1))
            (import "first" "table" (table 4 funcref))
            (import "first" "counter" (global $counter (mut i32)))
            (import "first" "bump" (func $bump (result i32)))
            (elem (i32.const 1) $seven $bump)
            (data (i32.const 100) "\2a")
            (func $seven (result i32) (i32.const 7))
            (func (export "twice") (result i32)
                (global.set $counter (i32.add (global.get $counter) (i32.const 100)))
                (drop (call $bump))
                (call $bump)))"#,
    );
    let second = linker.instantiate(&mut store, &second).expect("an instance");
    let twice = second.get_typed_func::<(), i32>(&store, "twice").expect("a function");
    assert_eq!(twice.call(&mut store, ()).expect("no trap"), 112);
    let load = first.get_typed_func::<i32, i32>(&store, "load").expect("a function");
    assert_eq!(load.call(&mut store, 100).expect("no trap"), 42);
    let call = first.get_typed_func::<i32, i32>(&store, "call").expect("a function");
    assert_eq!(call.call(&mut store, 1).expect("no trap"), 7);
    assert_eq!(call.call(&mut store, 2).expect("no trap"), 113);
    assert_eq!(call.call(&mut store, 0).expect_err("null").as_trap(), Some(Trap::UninitializedElement));
    assert_eq!(
        first.get_global(&store, "counter").expect("a global").get(&mut store).expect("a value").i32(),
        Some(113)
    );
}

#[test]
fn what_a_failed_instantiation_wrote_stays() {
    let engine = engine();
    let mut store = store(&engine, ());
    let mut linker = Linker::new(&engine);
    let (memory, table) = (MemoryType::new(1, None), TableType::new(RefType::FUNC, 2, None));
    let memory = Memory::new(&mut store, memory).expect("a memory");
    let table = Table::new(&mut store, table, Val::FuncRef(None)).expect("a table");
    linker.define(&store, "m", "memory", memory).expect("a definition");
    linker.define(&store, "m", "table", table).expect("a definition");
    let module = module(
        &engine,
        r#"(module
            (import "m" "memory" (memory 1))
            (import "m" "table" (table 2 funcref))
            (elem (i32.const 0) $nine)
            (data (i32.const 0) "ab")
            (data (i32.const 65535) "cd")
            (func $nine (result i32) (i32.const 9)))"#,
    );
    let error =
        linker.instantiate(&mut store, &module).expect_err("the second data segment is out of bounds");
    assert_eq!(error.as_trap(), Some(Trap::MemoryOutOfBounds));
    assert_eq!(&memory.data(&store)[..2], b"ab");
    assert_eq!(memory.data(&store)[65535], 0);
    let func = table
        .get(&mut store, 0)
        .expect("a value")
        .and_then(|value| value.func_ref())
        .flatten()
        .expect("a function");
    assert_eq!(func.typed::<(), i32>(&store).expect("its type").call(&mut store, ()).expect("no trap"), 9);
}

#[test]
fn the_start_function_runs() {
    let (mut store, instance) = instance(
        r#"(module
            (global $started (export "started") (mut i32) (i32.const 0))
            (func $start (global.set $started (i32.const 1)))
            (start $start))"#,
    );
    assert_eq!(
        instance.get_global(&store, "started").expect("a global").get(&mut store).expect("a value").i32(),
        Some(1)
    );
}

#[test]
fn unknown_functions_can_be_traps() {
    let engine = engine();
    let mut linker = Linker::<()>::new(&engine);
    let module = module(
        &engine,
        r#"(module
            (import "env" "missing" (func $missing))
            (func (export "run") (call $missing)))"#,
    );
    linker.define_unknown_imports_as_traps(&module).expect("definitions");
    let mut store = store(&engine, ());
    let instance = linker.instantiate(&mut store, &module).expect("an instance");
    let run = instance.get_typed_func::<(), ()>(&store, "run").expect("a function");
    let error = run.call(&mut store, ()).expect_err("the import is missing");
    assert!(error.to_string().contains("`env` `missing`"), "{error}");
}

#[test]
fn one_linker_serves_many_stores() {
    let engine = engine();
    let mut linker = Linker::<i32>::new(&engine);
    let ty = FuncType::new([], [ValType::I32]).expect("a type");
    linker
        .func_new(
            "m",
            "data",
            ty,
            |caller: Caller<'_, i32>, _: &[Val], results: &mut [Val]| -> Result<(), Error> {
                results[0] = Val::I32(*caller.data());
                Ok(())
            },
        )
        .expect("a definition");
    let module = module(
        &engine,
        r#"(module (import "m" "data" (func $data (result i32))) (func (export "run") (result i32) call $data))"#,
    );
    for data in [3, 4] {
        let mut store = store(&engine, data);
        let instance = linker.instantiate(&mut store, &module).expect("an instance");
        let run = instance.get_typed_func::<(), i32>(&store, "run").expect("a function");
        assert_eq!(run.call(&mut store, ()).expect("no trap"), data);
    }
}

#[test]
#[should_panic(expected = "another store")]
fn a_handle_belongs_to_one_store() {
    let engine = engine();
    let mut first = Store::new(&engine, ());
    let memory = Memory::new(&mut first, MemoryType::new(1, None)).expect("a memory");
    let second = Store::new(&engine, ());
    memory.size(&second);
}

#[test]
#[should_panic(expected = "another store")]
fn a_typed_function_belongs_to_one_store() {
    let (first, there) = super::instance(r#"(module (func (export "run")))"#);
    let (mut second, _) = super::instance(r#"(module (func (export "run")))"#);
    let run = there.get_typed_func::<(), ()>(&first, "run").expect("a function");
    drop(run.call(&mut second, ()));
}
