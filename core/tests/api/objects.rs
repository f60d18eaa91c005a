//! Memories, tables and globals, from the host's side and from the guest's.

use whit::{
    ExternRef, Func, Global, GlobalType, Memory, MemoryType, Mutability, RefType, Store, Table, TableType,
    Val, ValType,
};

use super::{engine, instance, store};

#[test]
fn memories() {
    let mut store = Store::new(&engine(), 5);
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(3))).expect("a memory");
    assert_eq!((memory.size(&store), memory.data_size(&store)), (1, 65536));
    memory.write(&mut store, 65534, &[1, 2]).expect("in bounds");
    assert!(memory.write(&mut store, 65535, &[3, 4]).is_err());
    assert!(memory.write(&mut store, usize::MAX, &[3, 4]).is_err());
    let mut bytes = [0; 2];
    memory.read(&store, 65534, &mut bytes).expect("in bounds");
    assert_eq!(bytes, [1, 2]);
    assert!(memory.read(&store, 65535, &mut bytes).is_err());
    assert_eq!(memory.grow(&mut store, 2).expect("within the maximum"), 1);
    assert!(memory.grow(&mut store, 1).is_err());
    assert!(memory.grow(&mut store, u64::MAX).is_err());
    assert_eq!(memory.grow(&mut store, 0).expect("no growth"), 3);
    assert_eq!(&memory.data(&store)[65534..65538], [1, 2, 0, 0]);
    memory.data_mut(&mut store)[0] = 9;
    let (bytes, data) = memory.data_and_store_mut(&mut store);
    *data += i32::from(bytes[0]);
    assert_eq!(*store.data(), 14);
    assert_eq!(memory.ty(&store).limits.max, Some(3));
    assert!(Memory::new(&mut store, MemoryType::new(65537, None)).is_err());
}

#[test]
fn the_guest_sees_growth_by_the_host() {
    let (mut store, instance) = instance(
        r#"(module
            (memory (export "memory") 1 4)
            (func (export "size") (result i32) memory.size)
            (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
            (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1))))"#,
    );
    let memory = instance.get_memory(&store, "memory").expect("a memory");
    let size = instance.get_typed_func::<(), i32>(&store, "size").expect("a function");
    let grow = instance.get_typed_func::<i32, i32>(&store, "grow").expect("a function");
    let put = instance.get_typed_func::<(i32, i32), ()>(&store, "store").expect("a function");
    assert!(put.call(&mut store, (65536, 1)).is_err());
    memory.grow(&mut store, 1).expect("within the maximum");
    assert_eq!(size.call(&mut store, ()).expect("no trap"), 2);
    put.call(&mut store, (65536, 1)).expect("in bounds");
    assert_eq!(memory.data(&store)[65536], 1);
    assert_eq!(grow.call(&mut store, 2).expect("no trap"), 2);
    assert_eq!(grow.call(&mut store, 1).expect("no trap"), -1);
    assert_eq!(memory.size(&store), 4);
}

#[test]
fn tables() {
    let mut store = Store::new(&engine(), ());
    let value = ExternRef::new(&mut store, 1u8).expect("a reference");
    let func = Func::wrap(&mut store, || {}).expect("a function");
    let ty = TableType::new(RefType::EXTERN, 2, Some(4));
    assert!(Table::new(&mut store, ty, Val::FuncRef(None)).is_err());
    let table = Table::new(&mut store, ty, value.into()).expect("a table");
    assert_eq!(
        table.get(&mut store, 1).expect("a value").and_then(|value| value.extern_ref()),
        Some(Some(value))
    );
    assert!(table.get(&mut store, 2).expect("a value").is_none());
    table.set(&mut store, 1, Val::ExternRef(None)).expect("in bounds");
    assert!(table.set(&mut store, 1, func.into()).is_err());
    assert!(table.set(&mut store, 2, Val::ExternRef(None)).is_err());
    assert_eq!(table.grow(&mut store, 2, value.into()).expect("within the maximum"), 2);
    assert!(table.grow(&mut store, 1, value.into()).is_err());
    assert_eq!((table.size(&store), table.ty(&store).limits.max), (4, Some(4)));
    let nulls = (0..4)
        .map(|index| matches!(table.get(&mut store, index).expect("a value"), Some(Val::ExternRef(None))));
    assert_eq!(nulls.collect::<Vec<_>>(), [false, true, false, false]);
}

#[test]
fn the_guest_sees_tables_of_the_host() {
    let (mut store, instance) = instance(
        r#"(module
            (table (export "table") 1 8 externref)
            (func (export "get") (param i32) (result externref) (table.get (local.get 0)))
            (func (export "size") (result i32) table.size)
            (func (export "grow") (param externref i32) (result i32) (table.grow (local.get 0) (local.get 1))))"#,
    );
    let table = instance.get_table(&store, "table").expect("a table");
    let value = ExternRef::new(&mut store, "a value").expect("a reference");
    table.grow(&mut store, 1, value.into()).expect("within the maximum");
    let get = instance.get_typed_func::<i32, Option<ExternRef>>(&store, "get").expect("a function");
    assert_eq!(get.call(&mut store, 0).expect("no trap"), None);
    assert_eq!(get.call(&mut store, 1).expect("no trap"), Some(value));
    assert!(get.call(&mut store, 2).is_err());
    let grow = instance.get_typed_func::<(Option<ExternRef>, i32), i32>(&store, "grow").expect("a function");
    assert_eq!(grow.call(&mut store, (Some(value), 3)).expect("no trap"), 2);
    assert_eq!(grow.call(&mut store, (None, 4)).expect("no trap"), -1);
    assert_eq!(
        table.get(&mut store, 4).expect("a value").and_then(|value| value.extern_ref()),
        Some(Some(value))
    );
    let size = instance.get_typed_func::<(), i32>(&store, "size").expect("a function");
    assert_eq!(size.call(&mut store, ()).expect("no trap"), 5);
}

#[test]
fn globals() {
    let engine = engine();
    let mut store = store(&engine, ());
    let variable = GlobalType::new(ValType::I64, Mutability::Var);
    assert!(Global::new(&mut store, variable, Val::I32(1)).is_err());
    let global = Global::new(&mut store, variable, Val::I64(1)).expect("a global");
    global.set(&mut store, Val::I64(2)).expect("a variable");
    assert!(global.set(&mut store, Val::I32(2)).is_err());
    assert_eq!(global.get(&mut store).expect("a value").i64(), Some(2));
    let constant = GlobalType::new(ValType::F32, Mutability::Const);
    let constant = Global::new(&mut store, constant, 1.5f32.into()).expect("a global");
    assert!(constant.set(&mut store, 2.5f32.into()).is_err());
    assert_eq!(constant.ty(&store).mutability, Mutability::Const);

    let module = super::module(
        &engine,
        r#"(module
            (import "m" "g" (global $g (mut i64)))
            (import "m" "c" (global $c f32))
            (global $own (export "own") (mut i64) (i64.const 40))
            (global (export "copy") f32 (global.get $c))
            (func (export "add") (result i64)
                (global.set $g (i64.add (global.get $g) (global.get $own)))
                (global.set $own (i64.const 1))
                (global.get $g)))"#,
    );
    let instance =
        whit::Instance::new(&mut store, &module, &[global.into(), constant.into()]).expect("an instance");
    assert_eq!(
        instance.get_global(&store, "copy").expect("a global").get(&mut store).expect("a value").f32(),
        Some(1.5)
    );
    let add = instance.get_typed_func::<(), i64>(&store, "add").expect("a function");
    assert_eq!(add.call(&mut store, ()).expect("no trap"), 42);
    let own = instance.get_global(&store, "own").expect("a global");
    assert_eq!(
        (global.get(&mut store).expect("a value").i64(), own.get(&mut store).expect("a value").i64()),
        (Some(42), Some(1))
    );
    own.set(&mut store, Val::I64(8)).expect("a variable");
    assert_eq!(add.call(&mut store, ()).expect("no trap"), 50);
}

#[test]
fn bulk_operations() {
    let (mut store, instance) = instance(
        r#"(module
            (memory (export "memory") 1)
            (table (export "table") 6 funcref)
            (data $data "abcdef")
            (elem $elem func 0 1 2 3)
            (func (export "init") (param i32 i32 i32) (memory.init $data (local.get 0) (local.get 1) (local.get 2)))
            (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
            (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
            (func (export "drop") (param i32 i32 i32) (data.drop $data) (elem.drop $elem))
            (func (export "table_init") (param i32 i32 i32)
                (table.init $elem (local.get 0) (local.get 1) (local.get 2)))
            (func (export "table_copy") (param i32 i32 i32) (table.copy (local.get 0) (local.get 1) (local.get 2)))
            (func (export "table_fill") (param i32 i32 i32)
                (table.fill (local.get 0) (table.get (local.get 1)) (local.get 2))))"#,
    );
    let mut call = |name, args: (i32, i32, i32)| {
        let func = instance.get_typed_func::<(i32, i32, i32), ()>(&store, name).expect("a function");
        func.call(&mut store, args).is_ok()
    };
    assert!(call("init", (10, 1, 3)));
    assert!(!call("init", (10, 4, 3)));
    assert!(!call("init", (65535, 0, 2)));
    assert!(call("copy", (11, 10, 3)));
    assert!(call("fill", (20, 0x1ff, 2)));
    assert!(!call("fill", (-1, 0, 2)));
    assert!(!call("copy", (0, 65536, 1)));
    assert!(call("copy", (65536, 65536, 0)));
    assert!(call("table_init", (0, 1, 3)));
    assert!(!call("table_init", (0, 2, 3)));
    assert!(call("table_copy", (1, 0, 3)));
    assert!(call("table_fill", (4, 0, 2)));
    assert!(!call("table_fill", (5, 0, 2)));
    assert!(call("drop", (0, 0, 0)));
    assert!(!call("init", (0, 0, 1)));
    assert!(call("init", (0, 0, 0)));
    assert!(!call("table_init", (0, 0, 1)));
    let memory = instance.get_memory(&store, "memory").expect("a memory");
    assert_eq!(&memory.data(&store)[9..15], b"\0bbcd\0");
    assert_eq!(&memory.data(&store)[19..23], b"\0\xff\xff\0");
    let table = instance.get_table(&store, "table").expect("a table");
    let names =
        ["init", "copy", "fill", "drop"].map(|name| instance.get_func(&store, name).expect("a function"));
    let mut element = |index| {
        table
            .get(&mut store, index)
            .expect("a value")
            .and_then(|value| value.func_ref())
            .flatten()
            .expect("a function")
    };
    let elements =
        (0..6).map(|index| names.iter().position(|name| *name == element(index)).expect("one of them"));
    assert_eq!(elements.collect::<Vec<_>>(), [1, 1, 2, 3, 1, 1]);
}

#[test]
fn there_may_be_more_globals_than_16_bits_tell() {
    let globals = "(global (mut i32) (i32.const 5)) ".repeat(0x1_0000);
    let text = format!(
        r#"(module {globals} (global $int (mut i64) (i64.const 6)) (global $float (mut f32) (f32.const 7))
            (func (export "run") (param i64 f32) (result i32 i64 f32)
                (global.set $int (i64.add (global.get $int) (local.get 0)))
                (global.set $float (f32.add (local.get 1) (global.get $float)))
                (global.get 0xFFFF) (global.get $int) (global.get $float)))"#
    );
    let (mut store, instance) = instance(&text);
    let run =
        instance.get_typed_func::<(i64, f32), (i32, i64, f32)>(&store, "run").expect("the type is right");
    assert_eq!(run.call(&mut store, (10, 0.5)).expect("no trap"), (5, 16, 7.5));
    assert_eq!(run.call(&mut store, (10, 0.5)).expect("no trap"), (5, 26, 8.0));
}
