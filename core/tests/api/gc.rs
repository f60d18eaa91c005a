//! Objects of the heap: what the collector keeps and frees, and how the host reaches them.

use std::time::{Duration, Instant};

use whit::{
    AnyRef, AsContextMut, CallState, Caller, ConcreteType, Engine, Error, ErrorKind, ExternRef, Func,
    FuncType, HeapType, Instance, Linker, RefType, RootScope, Store, StoreLimits, Trap, Val, ValType,
};

use super::{counting, engine, fill, instance, module, store};

const TORTURE: &str = include_str!("../robust/torture.wat");

/// An instance of the module `text` in a store of which `limit` chooses limits.
fn limited(text: &str, limit: impl FnOnce(&mut StoreLimits)) -> (Store<()>, Instance) {
    limited_of(&engine(), text, limit)
}

/// The same, of this engine.
fn limited_of(engine: &Engine, text: &str, limit: impl FnOnce(&mut StoreLimits)) -> (Store<()>, Instance) {
    let mut limits = StoreLimits::default();
    limit(&mut limits);
    let mut store = Store::with_limits(engine, (), limits);
    fill(&mut store);
    let module = module(engine, text);
    let instance = Linker::new(engine).instantiate(&mut store, &module).expect("an instance");
    (store, instance)
}

/// A store with 64 KiB for objects.
fn small<T>(engine: &Engine, data: T) -> Store<T> {
    let mut limits = StoreLimits::default();
    limits.heap_size = 64 << 10;
    let mut store = Store::with_limits(engine, data, limits);
    fill(&mut store);
    store
}

fn call(store: &mut Store<()>, instance: Instance, name: &str, args: &[Val]) -> Result<Val, Error> {
    let func = instance.get_func(&*store, name).expect("it is exported");
    let mut results = [Val::I32(0)];
    let count = func.ty(&*store).results().len();
    func.call(store, args, &mut results[..count])?;
    Ok(results[0])
}

/// Runs a second; as long as `WHIT_TORTURE_SECONDS` says, where that is set.
#[test]
fn torture() {
    let seconds = std::env::var("WHIT_TORTURE_SECONDS").ok().and_then(|text| text.parse().ok());
    let end = Instant::now() + seconds.map_or(Duration::from_millis(500), Duration::from_secs);
    let (mut store, instance) = limited(TORTURE, |limits| limits.heap_size = 64 << 10);
    let step = instance.get_typed_func::<i32, ()>(&store, "step").expect("it is exported");
    let mut most = 0;
    let mut used = 0;
    for round in 0.. {
        step.call(&mut store, 1_000).expect("nothing that can be reached is touched");
        match round {
            0..20 => most = most.max(store.budget_used()),
            _ => used = used.max(store.budget_used()),
        }
        if round > 20 && Instant::now() > end {
            break;
        }
    }
    // The heap grows to its limit at most, with one bit for each of its cells, and nothing else grows.
    assert!(used <= most + (64 << 10) + 1024 && most < 200_000, "{most} bytes, then {used}");
}

#[test]
fn long_lists_need_no_native_stack() {
    let check = || {
        let (mut store, instance) = limited(TORTURE, |limits| limits.heap_size = 4 << 20);
        let mut scope = RootScope::new(&mut store);
        let list = instance.get_func(&scope, "list").expect("it is exported");
        let mut result = [Val::I32(0)];
        list.call(&mut scope, &[Val::I32(100_000)], &mut result).expect("a list");
        let garbage = instance.get_func(&scope, "garbage").expect("it is exported");
        garbage.call(&mut scope, &[Val::I32(50 << 20)], &mut []).expect("garbage is collected");
        let sum = instance.get_func(&scope, "sum").expect("it is exported");
        let list = result;
        sum.call(&mut scope, &list, &mut result).expect("a sum");
        assert_eq!(result[0].i64(), Some(100_000 * 100_001 / 2));
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(check);
    thread.expect("a thread").join().expect("no panic");
}

#[test]
fn a_full_heap_is_an_error_and_nothing_is_lost() {
    let (mut store, instance) = limited(TORTURE, |limits| limits.heap_size = 64 << 10);
    for _ in 0..10 {
        let error = call(&mut store, instance, "list", &[Val::I32(100_000)]).expect_err("no room");
        assert!(matches!(error.kind(), ErrorKind::Limit), "{error:?}");
        assert!(error.to_string().contains("65536"), "{error}");
        let mut scope = RootScope::new(&mut store);
        let list = instance.get_func(&scope, "list").expect("it is exported");
        let mut list_of = [Val::I32(0)];
        list.call(&mut scope, &[Val::I32(1_000)], &mut list_of).expect("the garbage was collected");
    }
    let (mut store, instance) = limited(TORTURE, |limits| limits.budget = 200_000);
    let error = call(&mut store, instance, "list", &[Val::I32(100_000)]).expect_err("no room");
    assert!(matches!(error.kind(), ErrorKind::Limit), "{error:?}");
    assert!(store.budget_used() <= 200_000);
}

const OBJECTS: &str = r#"(module
    (type $pair (sub (struct (field $first (mut i32)) (field $rest (mut anyref)))))
    (type $triple (sub $pair (struct (field $first (mut i32)) (field $rest (mut anyref)) (field $third i64))))
    (type $floats (array (mut f64)))
    (type $shorts (array i16))
    (import "host" "keep" (func $keep (param anyref)))
    (global (export "kept") (mut anyref) (ref.i31 (i32.const -3)))
    (table (export "table") 4 anyref)
    (func (export "pair") (param i32 anyref) (result (ref $pair)) (struct.new $pair (local.get 0) (local.get 1)))
    (func (export "triple") (result (ref $pair)) (struct.new_default $triple))
    (func (export "floats") (param i32) (result (ref $floats)) (array.new $floats (f64.const 1.5) (local.get 0)))
    (func (export "shorts") (result (ref $shorts)) (array.new_fixed $shorts 2 (i32.const -1) (i32.const 7)))
    (func (export "first") (param (ref null $pair)) (result i32) (struct.get $pair 0 (local.get 0)))
    (func (export "out") (param anyref) (result externref) (extern.convert_any (local.get 0)))
    (func (export "in") (param externref) (result anyref) (any.convert_extern (local.get 0)))
    (func (export "pass") (param i32) (call $keep (struct.new $pair (local.get 0) (ref.null any))))
    (func $garbage (export "garbage")
        (local i32)
        (local.set 0 (i32.const 1000))
        (loop $more
            (drop (array.new_default $floats (i32.const 100)))
            (br_if $more (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"#;

/// A store with an instance of [`OBJECTS`], whose host function keeps what it gets in the global and collects.
fn objects() -> (Store<()>, Instance) {
    let engine = engine();
    let mut store = small(&engine, ());
    let mut linker = Linker::new(&engine);
    let ty = FuncType::new([ValType::ANYREF], []).expect("a type");
    linker
        .func_new("host", "keep", ty, |mut caller: Caller<'_, ()>, args, _| {
            caller.get_func("garbage").expect("a function").call(&mut caller, &[], &mut [])?;
            let kept = caller.get_export("kept").and_then(whit::Extern::into_global).expect("a global");
            kept.set(&mut caller, args[0])
        })
        .expect("a linker");
    let instance = linker.instantiate(&mut store, &module(&engine, OBJECTS)).expect("an instance");
    (store, instance)
}

fn any(value: Val) -> AnyRef {
    value.any_ref().flatten().expect("a reference to something")
}

#[test]
fn the_host_reads_and_writes_objects() {
    let (mut store, instance) = objects();
    let inner = call(&mut store, instance, "floats", &[Val::I32(3)]).expect("an array");
    let pair = any(call(&mut store, instance, "pair", &[Val::I32(5), inner]).expect("a struct"));
    call(&mut store, instance, "garbage", &[]).expect("garbage");
    assert!(
        pair.is(&store, HeapType::Struct)
            && pair.is(&store, HeapType::Eq)
            && !pair.is(&store, HeapType::Array)
    );
    assert_eq!(pair.field(&mut store, 0).expect("a field").i32(), Some(5));
    pair.set_field(&mut store, 0, Val::I32(6)).expect("it can be assigned");
    assert_eq!(call(&mut store, instance, "first", &[pair.into()]).expect("a field").i32(), Some(6));
    let floats = any(pair.field(&mut store, 1).expect("a field"));
    assert!(floats.ref_eq(&store, &any(inner)).expect("both are kept"));
    assert_eq!(floats.len(&store).expect("an array"), 3);
    floats.set_element(&mut store, 2, Val::from(2.5)).expect("it can be assigned");
    assert_eq!(floats.element(&mut store, 2).expect("an element").f64(), Some(2.5));
    assert_eq!(floats.element(&mut store, 1).expect("an element").f64(), Some(1.5));
    let shorts = any(call(&mut store, instance, "shorts", &[]).expect("an array"));
    assert_eq!(shorts.element(&mut store, 0).expect("an element").i32(), Some(0xFFFF));
    let usage = |result: Result<(), Error>| {
        assert!(matches!(result.expect_err("a mistake").kind(), ErrorKind::Usage));
    };
    usage(shorts.set_element(&mut store, 0, Val::I32(1)));
    usage(shorts.element(&mut store, 2).map(drop));
    usage(shorts.field(&mut store, 0).map(drop));
    usage(floats.set_element(&mut store, 3, Val::from(2.5)));
    usage(floats.set_element(&mut store, 0, Val::I32(1)));
    usage(pair.field(&mut store, 2).map(drop));
    usage(pair.len(&store).map(drop));
}

#[test]
fn the_host_makes_objects() {
    let (mut store, instance) = objects();
    let result = |store: &Store<()>, name: &str| -> ConcreteType {
        let func = instance.get_func(store, name).expect("it is exported");
        let ValType::Ref(RefType { heap: HeapType::Concrete(ty), .. }) = func.ty(store).results()[0] else {
            panic!("{name}")
        };
        ty
    };
    let (pair, floats) = (result(&store, "pair"), result(&store, "floats"));
    let elements: Vec<Val> = (0..10).map(|value| Val::from(f64::from(value))).collect();
    for _ in 0..10_000 {
        let mut scope = RootScope::new(&mut store);
        let array = AnyRef::new_array(&mut scope, floats, &elements).expect("an array");
        let made = AnyRef::new_struct(&mut scope, pair, &[Val::I32(1), array.into()]).expect("a struct");
        assert_eq!(made.ty(&scope), Some(pair));
        let array = any(made.field(&mut scope, 1).expect("a field"));
        assert_eq!(array.element(&mut scope, 9).expect("an element").f64(), Some(9.0));
    }
    assert!(AnyRef::new_array(&mut store, pair, &[]).is_err());
    assert!(AnyRef::new_struct(&mut store, pair, &[Val::I32(1)]).is_err());
    assert!(AnyRef::new_struct(&mut store, pair, &[Val::I32(1), Val::I32(1)]).is_err());
}

#[test]
fn references_are_given_up_with_their_scope() {
    let (mut store, instance) = objects();
    let escaped = {
        let mut scope = RootScope::new(&mut store);
        let func = instance.get_func(&scope, "triple").expect("it is exported");
        let mut results = [Val::I32(0)];
        func.call(&mut scope, &[], &mut results).expect("a struct");
        any(results[0])
    };
    assert!(!escaped.is(&store, HeapType::Any));
    assert!(escaped.field(&mut store, 0).is_err());
    let error = call(&mut store, instance, "first", &[escaped.into()]).expect_err("no reference");
    assert!(matches!(error.kind(), ErrorKind::Usage), "{error:?}");
    let other = any(call(&mut store, instance, "triple", &[]).expect("a struct"));
    assert!(other.is(&store, HeapType::Struct) && !escaped.is(&store, HeapType::Struct));
}

#[test]
fn waiting_calls_keep_their_objects() {
    let (mut store, instance) = objects();
    for number in 0..50 {
        call(&mut store, instance, "pass", &[Val::I32(number)]).expect("the host keeps it");
        let kept = instance.get_global(&store, "kept").expect("a global").get(&mut store).expect("a value");
        assert_eq!(call(&mut store, instance, "first", &[kept]).expect("a field").i32(), Some(number));
        assert_eq!(any(kept).field(&mut store, 0).expect("a field").i32(), Some(number));
    }
}

#[test]
fn suspended_calls_keep_their_objects() {
    let engine = counting();
    let mut store = small(&engine, false);
    let mut linker = Linker::new(&engine);
    linker
        .func_wrap("host", "wait", |mut caller: Caller<'_, bool>| {
            if core::mem::replace(caller.data_mut(), false) { Err(Error::suspend()) } else { Ok(()) }
        })
        .expect("a linker");
    let text = r#"(module
        (type $box (struct (field i32)))
        (type $bytes (array i8))
        (import "host" "wait" (func $wait))
        (func (export "run") (param i32) (result i32)
            (struct.get $box 0 (block (result (ref $box)) (struct.new $box (local.get 0)) (call $wait))))
        (func (export "garbage") (param i32)
            (loop $more
                (drop (array.new_default $bytes (i32.const 100)))
                (br_if $more (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"#;
    let instance = linker.instantiate(&mut store, &module(&engine, text)).expect("an instance");
    let run = instance.get_func(&store, "run").expect("it is exported");
    let garbage = instance.get_typed_func::<i32, ()>(&store, "garbage").expect("it is exported");
    let mut results = [Val::I32(0)];
    let calls: Vec<_> = (0..20)
        .map(|number| {
            *store.data_mut() = true;
            match run.call_resumable(&mut store, &[Val::I32(number)], &mut results).expect("no trap") {
                CallState::Suspended(call) => call,
                CallState::Done => panic!("the host was not ready"),
            }
        })
        .collect();
    garbage.call(&mut store, 10_000).expect("garbage is collected");
    for (number, call) in calls.into_iter().enumerate() {
        assert!(matches!(call.resume(&mut store, &mut results), Ok(CallState::Done)));
        assert_eq!(results[0].i32(), Some(number as i32));
        garbage.call(&mut store, 100).expect("garbage is collected");
    }
    // Out of fuel anywhere, a call keeps what it has as well.
    let used = 1 << 40;
    for fuel in 1..60 {
        store.set_fuel(fuel).expect("the engine consumes fuel");
        let mut state = run.call_resumable(&mut store, &[Val::I32(7)], &mut results).expect("no trap");
        while let CallState::Suspended(call) = state {
            store.set_fuel(used).expect("the engine consumes fuel");
            garbage.call(&mut store, 1000).expect("garbage is collected");
            state = call.resume(&mut store, &mut results).expect("no trap");
        }
        assert_eq!(results[0].i32(), Some(7));
    }
}

#[test]
fn references_of_both_hierarchies_are_the_same() {
    let (mut store, instance) = objects();
    let host = ExternRef::new(&mut store, "of the host").expect("a reference");
    let inside = any(call(&mut store, instance, "in", &[host.into()]).expect("a reference"));
    assert!(inside.is(&store, HeapType::Any) && !inside.is(&store, HeapType::Eq));
    assert_eq!(inside.into_extern().data(&store).and_then(|data| data.downcast_ref()), Some(&"of the host"));
    let small = AnyRef::from_i31(&store, -5);
    assert_eq!((small.as_i31(&store), small.is(&store, HeapType::I31)), (Some(-5), true));
    let outside = call(&mut store, instance, "out", &[small.into()]).expect("a reference");
    let outside = outside.extern_ref().flatten().expect("not null");
    assert!(outside.data(&store).is_none());
    assert_eq!(outside.into_any().as_i31(&store), Some(-5));
    let kept = instance.get_global(&store, "kept").expect("a global").get(&mut store).expect("a value");
    assert_eq!(any(kept).as_i31(&store), Some(-3));
    let table = instance.get_table(&store, "table").expect("a table");
    let triple = call(&mut store, instance, "triple", &[]).expect("a struct");
    table.set(&mut store, 1, triple).expect("in bounds");
    call(&mut store, instance, "garbage", &[]).expect("garbage");
    let read = any(table.get(&mut store, 1).expect("a value").expect("in bounds"));
    assert!(read.ref_eq(&store, &any(triple)).expect("both are kept"));
}

#[test]
fn subtypes_take_the_place_of_their_supertypes() {
    let (mut store, instance) = instance(
        r#"(module
        (type $base (sub (func (result i32))))
        (type $derived (sub final $base (func (result i32))))
        (type $other (func (result i32)))
        (table 3 funcref)
        (elem (i32.const 0) $a $b $c)
        (func $a (type $base) (i32.const 1))
        (func $b (type $derived) (i32.const 2))
        (func $c (type $other) (i32.const 3))
        (func (export "call") (param i32) (result i32) (call_indirect (type $base) (local.get 0)))
        (func $tail (param i32 i64) (result i32) (local i64)
            (return_call_indirect (type $base) (local.get 0)))
        (func (export "tail") (param i32) (result i32)
            (i32.sub (call $tail (local.get 0) (i64.const 0)) (local.get 0)))
        (func (export "call_derived") (param i32) (result i32) (return_call_indirect (type $derived) (local.get 0))))"#,
    );
    let mut run = |name, index| call(&mut store, instance, name, &[Val::I32(index)]);
    assert_eq!(run("call", 0).expect("the type").i32(), Some(1));
    assert_eq!(run("call", 1).expect("a subtype").i32(), Some(2));
    assert_eq!(run("call", 2).expect_err("another type").as_trap(), Some(Trap::IndirectCallTypeMismatch));
    assert_eq!(run("tail", 0).expect("the type").i32(), Some(1));
    assert_eq!(run("tail", 1).expect("a subtype").i32(), Some(1));
    assert_eq!(run("call_derived", 1).expect("the type").i32(), Some(2));
    assert_eq!(
        run("call_derived", 0).expect_err("a supertype").as_trap(),
        Some(Trap::IndirectCallTypeMismatch)
    );
}

#[test]
fn a_function_of_another_instance_is_called_as_one_of_a_supertype() {
    const TYPES: &str = "(type $base (sub (func (param i32) (result i32))))
        (type $derived (sub $base (func (param i32) (result i32))))";
    let engine = engine();
    let mut store = store(&engine, ());
    let other = format!(
        r#"(module {TYPES}
        (func (export "f") (type $derived) (i32.div_u (i32.const 12) (local.get 0))))"#
    );
    let text = format!(
        r#"(module {TYPES}
        (import "other" "f" (func $f (type $derived)))
        (table funcref (elem $f))
        (func (export "run") (param i32) (result i32)
            (i32.add (i32.const 1) (call_indirect (type $base) (local.get 0) (i32.const 0))))
        (func $tail (param i64 i32) (result i32) (local i64)
            (return_call_indirect (type $base) (local.get 1) (i32.const 0)))
        (func (export "tail") (param i32) (result i32)
            (i32.add (i32.mul (local.get 0) (local.get 0)) (call $tail (i64.const 0) (local.get 0)))))"#
    );
    let other = Instance::new(&mut store, &module(&engine, &other), &[]).expect("an instance");
    let callee = other.get_func(&store, "f").expect("it is exported");
    let module = module(&engine, &text);
    let instance = Instance::new(&mut store, &module, &[callee.into()]).expect("an instance");
    assert_eq!(call(&mut store, instance, "run", &[Val::I32(3)]).expect("no trap").i32(), Some(5));
    assert_eq!(call(&mut store, instance, "tail", &[Val::I32(3)]).expect("no trap").i32(), Some(13));
    let error = call(&mut store, instance, "run", &[Val::I32(0)]).expect_err("a division by zero");
    assert_eq!(error.as_trap(), Some(Trap::IntegerDivideByZero));
    let frames: Vec<_> = error.backtrace().collect();
    assert_eq!(frames.iter().map(|frame| frame.function).collect::<Vec<_>>(), [0, 1]);
    let bytes = wat::parse_str(&text).expect("text");
    assert_eq!(bytes[frames[1].offset], 0x11, "call_indirect");
}

#[test]
fn functions_with_objects_can_wait_when_the_host_calls_them() {
    let engine = engine();
    let mut store = store(&engine, ());
    let ty = FuncType::new([ValType::ANYREF], [ValType::I32]).expect("a type");
    let func = Func::new(&mut store, ty, |mut caller, args, results| {
        let value = args[0].any_ref().flatten().expect("a reference");
        results[0] = Val::I32(value.as_i31(caller.as_context_mut()).expect("an integer"));
        if results[0].i32() == Some(1) { Err(Error::suspend()) } else { Ok(()) }
    })
    .expect("a function");
    let mut results = [Val::I32(0)];
    let small = AnyRef::from_i31(&store, 1);
    let state = func.call_resumable(&mut store, &[small.into()], &mut results).expect("it waits");
    let CallState::Suspended(call) = state else { panic!("it was not to be ready") };
    let state = call.resume_with(&mut store, &[Val::I32(12)], &mut results).expect("it is done");
    assert!(matches!(state, CallState::Done) && results[0].i32() == Some(12));
}

#[test]
fn a_failed_instantiation_leaves_the_heap_charged() {
    let engine = engine();
    let mut store = small(&engine, ());
    let text = r#"(module
        (type $bytes (array (mut i8)))
        (global (ref $bytes) (array.new_default $bytes (i32.const 10000)))
        (global (ref $bytes) (array.new_default $bytes (i32.const 100000))))"#;
    let module = module(&engine, text);
    let mut used = 0;
    for round in 0..100 {
        Instance::new(&mut store, &module, &[]).expect_err("the second array has no room");
        assert!(store.budget_used() >= 10_000);
        // The heap has its size after the first rounds.
        match round {
            0..3 => used = store.budget_used(),
            _ => assert_eq!(store.budget_used(), used),
        }
    }
}

#[test]
fn what_only_the_accumulator_has_is_kept_while_a_call_waits_for_fuel() {
    let text = r#"(module
        (type $box (struct (field i32)))
        (global $g (mut (ref null $box)) (ref.null $box))
        (func (export "make") (global.set $g (struct.new $box (i32.const 42))))
        (func $get (result (ref null $box)) (global.get $g))
        (func (export "forget") (local $n i32)
            (global.set $g (ref.null $box))
            (local.set $n (i32.const 10000))
            (loop $again
                (drop (struct.new $box (i32.const 7)))
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "run") (result i32)
            (block $never
                (try_table (result (ref null $box)) (catch_all $never) (call $get))
                (struct.get $box 0)
                (return))
            (i32.const -1)))"#;
    let (mut store, instance) = limited_of(&counting(), text, |limits| limits.heap_size = 64 << 10);
    let run = instance.get_func(&store, "run").expect("it is exported");
    let (mut kept, mut late) = (0, 0);
    for fuel in 0..20 {
        let with_plenty = |store: &mut Store<()>, name: &str| {
            store.set_fuel(u64::MAX / 2).expect("the engine consumes fuel");
            let func = instance.get_typed_func::<(), ()>(&*store, name).expect("it is exported");
            func.call(&mut *store, ()).expect("no trap");
        };
        with_plenty(&mut store, "make");
        store.set_fuel(fuel).expect("the engine consumes fuel");
        let mut results = [Val::I32(0)];
        let mut state = run.call_resumable(&mut store, &[], &mut results).expect("no trap");
        let mut ended = Ok(());
        while let CallState::Suspended(call) = state {
            with_plenty(&mut store, "forget");
            match call.resume(&mut store, &mut results) {
                Ok(next) => state = next,
                Err(error) => {
                    ended = Err(error.as_trap());
                    break;
                }
            }
        }
        match ended {
            Ok(()) => {
                assert_eq!(results[0].i32(), Some(42), "{fuel}");
                kept += 1;
            }
            // It had not read the global yet.
            Err(trap) => {
                assert_eq!(trap, Some(Trap::NullStructureReference), "{fuel}");
                late += 1;
            }
        }
    }
    assert!(kept > 0 && late > 0, "{kept} {late}");
}

/// The first object of the store is made while calls of the host are nested: what each level got is given up at its end.
#[test]
fn references_end_with_the_call_of_the_host_that_got_them() {
    let engine = engine();
    let mut store = store(&engine, Vec::<AnyRef>::new());
    let mut linker = Linker::<Vec<AnyRef>>::new(&engine);
    let make = |caller: &mut Caller<'_, Vec<AnyRef>>| {
        let make = caller.get_func("make").expect("it is exported");
        let mut results = [Val::I32(0)];
        make.call(&mut *caller, &[], &mut results).expect("an object");
        any(results[0])
    };
    linker
        .func_wrap("host", "outer", move |mut caller: Caller<'_, Vec<AnyRef>>| {
            let outer = make(&mut caller);
            let inner = caller.get_func("inner").expect("it is exported");
            inner.call(&mut caller, &[], &mut []).expect("no trap");
            let kept = caller.data().clone();
            assert!(kept.iter().all(|reference| reference.field(&mut caller, 0).is_err()));
            assert_eq!(outer.field(&mut caller, 0).expect("it is kept").i32(), Some(1));
            caller.data_mut().push(outer);
        })
        .expect("a definition");
    linker
        .func_wrap("host", "inner", move |mut caller: Caller<'_, Vec<AnyRef>>| {
            let inner = make(&mut caller);
            assert_eq!(inner.field(&mut caller, 0).expect("it is kept").i32(), Some(1));
            caller.data_mut().push(inner);
        })
        .expect("a definition");
    let text = r#"(module
        (type $box (struct (field i32)))
        (import "host" "outer" (func $outer))
        (import "host" "inner" (func $inner))
        (func (export "make") (result (ref $box)) (struct.new $box (i32.const 1)))
        (func (export "inner") (call $inner) (call $inner))
        (func (export "run") (call $outer)))"#;
    let instance = linker.instantiate(&mut store, &module(&engine, text)).expect("an instance");
    let run = instance.get_func(&store, "run").expect("it is exported");
    for calls in 1..3 {
        run.call(&mut store, &[], &mut []).expect("no trap");
        let kept = store.data().clone();
        assert_eq!(kept.len(), 3 * calls);
        assert!(kept.iter().all(|reference| reference.field(&mut store, 0).is_err()));
    }
}

/// In a call that has called the host before there were objects.
#[test]
fn calls_of_the_host_keep_objects_from_the_first_on() {
    let engine = engine();
    let mut store = small(&engine, ());
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("host", "nothing", || ()).expect("a definition");
    for name in ["make", "churn"] {
        let call = move |mut caller: Caller<'_, ()>| {
            let func = caller.get_func(name).expect("it is exported");
            func.call(&mut caller, &[], &mut []).expect("no trap");
        };
        linker.func_wrap("host", name, call).expect("a definition");
    }
    let text = r#"(module
        (type $box (struct (field i32)))
        (import "host" "nothing" (func $nothing))
        (import "host" "make" (func $make))
        (import "host" "churn" (func $churn))
        (global $made (mut (ref null $box)) (ref.null $box))
        (func (export "make")
            (call $nothing) (global.set $made (struct.new $box (i32.const 42))) (call $nothing))
        (func (export "churn") (local $n i32)
            (local.set $n (i32.const 10000))
            (loop $again
                (drop (struct.new $box (i32.const 7)))
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "run") (result i32) (local $kept (ref null $box))
            (call $nothing) (call $nothing) (call $make)
            (local.set $kept (global.get $made))
            (global.set $made (ref.null $box))
            (call $churn) (call $nothing) (call $churn)
            (struct.get $box 0 (local.get $kept))))"#;
    let instance = linker.instantiate(&mut store, &module(&engine, text)).expect("an instance");
    let run = instance.get_typed_func::<(), i32>(&store, "run").expect("it is exported");
    for _ in 0..2 {
        assert_eq!(run.call(&mut store, ()).expect("no trap"), 42);
    }
}

/// It makes the first object, and fails.
#[test]
fn references_end_with_a_call_of_the_host_that_fails() {
    let engine = engine();
    for panics in [false, true] {
        let mut store = store(&engine, None::<AnyRef>);
        let mut linker = Linker::<Option<AnyRef>>::new(&engine);
        let fail = move |mut caller: Caller<'_, Option<AnyRef>>| -> Result<(), Error> {
            let make = caller.get_func("make").expect("it is exported");
            let mut results = [Val::I32(0)];
            make.call(&mut caller, &[], &mut results).expect("an object");
            *caller.data_mut() = Some(any(results[0]));
            assert!(!panics, "on purpose");
            Err(Error::host(std::fmt::Error))
        };
        linker.func_wrap("host", "fail", fail).expect("a definition");
        let text = r#"(module
            (type $box (struct (field i32)))
            (import "host" "fail" (func $fail))
            (func (export "make") (result (ref $box)) (struct.new $box (i32.const 1)))
            (func (export "run") (call $fail)))"#;
        let instance = linker.instantiate(&mut store, &module(&engine, text)).expect("an instance");
        let run = instance.get_typed_func::<(), ()>(&store, "run").expect("it is exported");
        for _ in 0..2 {
            let call = std::panic::AssertUnwindSafe(|| run.call(&mut store, ()));
            match std::panic::catch_unwind(call) {
                Ok(ended) => assert!(!panics && ended.is_err()),
                Err(_) => assert!(panics),
            }
            let kept = store.data().expect("the host was called");
            kept.field(&mut store, 0).expect_err("its scope has ended");
        }
    }
}
