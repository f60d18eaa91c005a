//! Typed function references, from the host.

use whit::{
    CompositeKind, ErrorKind, Extern, ExternType, Func, FuncType, Global, GlobalType, HeapType, Instance,
    Mutability, RefType, Trap, Val, ValType,
};

use super::{engine, module, store};

const CALLS: &str = r#"(module
    (type $unary (func (param i32) (result i32)))
    (type $nullary (func (result i32)))
    (func $twice (export "twice") (type $unary) (i32.mul (local.get 0) (i32.const 2)))
    (func (export "seven") (type $nullary) (i32.const 7))
    (elem declare func $twice)
    (func (export "get") (result (ref $unary)) (ref.func $twice))
    (func (export "call") (param (ref null $unary) i32) (result i32)
        (call_ref $unary (local.get 1) (local.get 0)))
    (func (export "call_in_place") (param (ref null $unary) i32) (result i32)
        (return_call_ref $unary (local.get 1) (local.get 0)))
    (func (export "call_or") (param (ref null $unary) i32) (result i32)
        (block $null
            (return (call_ref $unary (local.get 1) (br_on_null $null (local.get 0)))))
        (i32.const -1)))"#;

fn instance(store: &mut whit::Store<()>, engine: &whit::Engine) -> Instance {
    Instance::new(store, &module(engine, CALLS), &[]).expect("an instance")
}

/// What `func` returns.
fn call(store: &mut whit::Store<()>, func: Func, args: &[Val]) -> Result<Val, whit::Error> {
    let mut results = [Val::I32(0)];
    func.call(store, args, &mut results).map(|()| results[0])
}

#[test]
fn functions_are_called_by_reference() {
    let engine = engine();
    let mut store = store(&engine, ());
    let instance = instance(&mut store, &engine);
    let func = |name: &str| instance.get_func(&store, name).expect("it is exported");
    let (twice, seven, get) = (func("twice"), func("seven"), func("get"));
    let calls = [func("call"), func("call_in_place"), func("call_or")];
    let reference = call(&mut store, get, &[]).expect("a reference");
    assert_eq!(reference.func_ref(), Some(Some(twice)));
    for by_reference in calls {
        let result = call(&mut store, by_reference, &[Val::from(twice), Val::I32(21)]);
        assert_eq!(result.expect("a result").i32(), Some(42));
        let error = call(&mut store, by_reference, &[Val::from(seven), Val::I32(1)]);
        assert!(matches!(error.expect_err("another type").kind(), ErrorKind::Usage));
    }
    let null = [Val::FuncRef(None), Val::I32(1)];
    for by_reference in &calls[..2] {
        let error = call(&mut store, *by_reference, &null).expect_err("a trap");
        assert_eq!(error.as_trap(), Some(Trap::NullFunctionReference));
    }
    assert_eq!(call(&mut store, calls[2], &null).expect("a result").i32(), Some(-1));
}

#[test]
fn functions_of_the_host_and_of_other_instances_are_called_by_reference() {
    let engine = engine();
    let mut store = store(&engine, ());
    let (calling, called) = (instance(&mut store, &engine), instance(&mut store, &engine));
    let ty = FuncType::new([ValType::I32], [ValType::I32]).expect("a type");
    let host = Func::new(&mut store, ty, |_, args, results| {
        results[0] = Val::I32(args[0].i32().unwrap_or(0) + 1);
        Ok(())
    });
    let other = called.get_func(&store, "twice").expect("it is exported");
    for (callee, expected) in [(host.expect("a function"), 11), (other, 20)] {
        for name in ["call", "call_in_place"] {
            let func = calling.get_func(&store, name).expect("it is exported");
            let result = call(&mut store, func, &[Val::from(callee), Val::I32(10)]);
            assert_eq!(result.expect("a result").i32(), Some(expected));
        }
    }
}

/// The type of the first result of the first function that `text` exports.
fn first_result(engine: &whit::Engine, text: &str) -> (whit::Module, ValType) {
    let module = module(engine, text);
    let Some(ExternType::Func(ty)) = module.exports().next().map(|export| export.ty) else {
        panic!("the first export is a function");
    };
    let ty = ty.results()[0];
    (module, ty)
}

#[test]
fn equal_types_have_equal_numbers_in_all_modules() {
    let engine = engine();
    let text = |types: &str, ty: &str| {
        format!(r#"(module {types} (func (export "f") (result (ref {ty})) unreachable))"#)
    };
    let (_a, first) = first_result(&engine, &text("(type $t (func (param i32)))", "$t"));
    let (_b, again) = first_result(&engine, &text("(type (func)) (type $t (func (param i32)))", "$t"));
    let (_c, other) = first_result(&engine, &text("(type $t (func (param i64)))", "$t"));
    let nested = "(type $s (func (param i32))) (type $t (func (param (ref $s))))";
    let (_d, outer) = first_result(&engine, &text(nested, "$t"));
    let (_e, outer_again) = first_result(&engine, &text(nested, "$t"));
    assert_eq!(first, again);
    assert_ne!(first, other);
    assert_ne!(first, outer);
    assert_eq!(outer, outer_again);
    let ValType::Ref(RefType { nullable: false, heap: HeapType::Concrete(ty) }) = first else {
        panic!("{first:?} is a type of the module");
    };
    assert_eq!(ty.kind, CompositeKind::Func);
    assert_eq!(first.to_string(), format!("(ref func #{})", ty.number));
}

#[test]
fn a_constant_global_may_have_a_subtype() {
    let engine = engine();
    let mut store = store(&engine, ());
    let func = instance(&mut store, &engine).get_func(&store, "twice").expect("it is exported");
    let never_null = ValType::Ref(RefType { nullable: false, heap: HeapType::Func });
    for (mutability, ty, fits) in [
        (Mutability::Const, "funcref", true),
        (Mutability::Const, "(ref func)", true),
        (Mutability::Const, "externref", false),
        (Mutability::Var, "(mut (ref func))", true),
        (Mutability::Var, "(mut funcref)", false),
    ] {
        let global = Global::new(&mut store, GlobalType::new(never_null, mutability), Val::from(func));
        let module = module(&engine, &format!(r#"(module (import "m" "g" (global {ty})))"#));
        let result = Instance::new(&mut store, &module, &[Extern::from(global.expect("a global"))]);
        assert_eq!(result.is_ok(), fits, "{ty}: {result:?}");
    }
    let null = Global::new(&mut store, GlobalType::new(never_null, Mutability::Const), Val::FuncRef(None));
    assert!(matches!(null.expect_err("null is no such value").kind(), ErrorKind::Usage));
}

#[test]
fn elements_of_tables_are_read_and_written_by_each_instance() {
    const TABLES: &str = r#"(module
        (import "m" "host" (func $host))
        (table $few (export "few") 3 funcref)
        (table $many 500 externref)
        (func $own (export "own"))
        (elem declare func $own $host)
        (func (export "set") (param i32)
            (table.set $few (local.get 0) (ref.func $own))
            (table.set $few (i32.add (local.get 0) (i32.const 1)) (ref.func $host)))
        (func (export "get") (param i32) (result funcref) (table.get $few (local.get 0)))
        (func (export "put") (param i32 externref) (table.set $many (local.get 0) (local.get 1)))
        (func (export "take") (param i32) (result externref)
            (table.get $many (i32.sub (local.get 0) (i32.const 1))))
        (func (export "sizes") (result i32)
            (drop (table.grow $few (ref.null func) (i32.const 4)))
            (i32.add (i32.mul (table.size $few) (i32.const 1000)) (table.size $many))))"#;
    let engine = engine();
    let mut store = store(&engine, ());
    let host = Func::wrap(&mut store, || {}).expect("a function");
    let module = module(&engine, TABLES);
    // Two instances: the code is one, what it refers to is not.
    for _ in 0..2 {
        let instance = Instance::new(&mut store, &module, &[Extern::Func(host)]).expect("an instance");
        let func = |name: &str| instance.get_func(&store, name).expect("it is exported");
        let (set, get, put, take, sizes) =
            (func("set"), func("get"), func("put"), func("take"), func("sizes"));
        let own = func("own");
        set.call(&mut store, &[Val::I32(1)], &mut []).expect("no trap");
        for (index, expected) in [(0, None), (1, Some(own)), (2, Some(host))] {
            let element = call(&mut store, get, &[Val::I32(index)]).expect("an element");
            assert_eq!(element.func_ref(), Some(expected), "{index}");
        }
        for index in [3, -1, i32::MIN] {
            let error = call(&mut store, get, &[Val::I32(index)]).expect_err("no such element");
            assert_eq!(error.as_trap(), Some(Trap::TableOutOfBounds), "{index}");
        }
        let error = set.call(&mut store, &[Val::I32(2)], &mut []).expect_err("the second is outside");
        assert_eq!(error.as_trap(), Some(Trap::TableOutOfBounds));
        assert_eq!(call(&mut store, sizes, &[]).expect("sizes").i32(), Some(7500));
        set.call(&mut store, &[Val::I32(2)], &mut []).expect("the table has grown");
        let element = call(&mut store, get, &[Val::I32(3)]).expect("an element");
        assert_eq!(element.func_ref(), Some(Some(host)));
        let value = whit::ExternRef::new(&mut store, 5u8).expect("a reference");
        put.call(&mut store, &[Val::I32(499), Val::from(value)], &mut []).expect("no trap");
        put.call(&mut store, &[Val::I32(500), Val::from(value)], &mut []).expect_err("outside");
        let taken = call(&mut store, take, &[Val::I32(500)]).expect("an element");
        assert_eq!(taken.extern_ref(), Some(Some(value)));
        assert_eq!(call(&mut store, take, &[Val::I32(1)]).expect("null").extern_ref(), Some(None));
    }
}

#[test]
fn what_reads_tables_knows_that_it_overwrites_the_accumulator() {
    // A sum that is in the accumulator alone and used up, then a reference or size that has to go to a slot.
    let after_sum = |rest: &str| {
        format!(
            r#"(module
                (memory 1)
                (table $t 10 funcref)
                (elem (table $t) (i32.const 3) func $three)
                (type $nullary (func (result i32)))
                (func $three (type $nullary) (i32.const 3))
                (func $id (param i32) (result i32) (local.get 0))
                (func $call (param funcref) (result i32)
                    (table.set $t (i32.const 0) (local.get 0))
                    (call_indirect (type $nullary) (i32.const 0)))
                (func (export "run") (param i32) (result i32)
                    (i32.store (i32.const 0) (i32.add (local.get 0) (i32.const 5)))
                    {rest}))"#
        )
    };
    for (rest, expected) in [
        ("(call $id (table.size $t))", 10),
        ("(call $call (ref.func $three))", 3),
        ("(call $call (table.get $t (i32.add (local.get 0) (i32.const 2))))", 3),
        ("(call $id (i32.add (table.size $t) (i32.mul (local.get 0) (i32.const 7))))", 17),
    ] {
        let engine = engine();
        let mut store = store(&engine, ());
        let instance =
            Instance::new(&mut store, &module(&engine, &after_sum(rest)), &[]).expect("an instance");
        let run = instance.get_func(&store, "run").expect("it is exported");
        assert_eq!(call(&mut store, run, &[Val::I32(1)]).expect("no trap").i32(), Some(expected), "{rest}");
    }
}
