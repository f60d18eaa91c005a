//! Exceptions: who catches what, across functions, instances, host functions and stops.

use whit::{
    CallState, Caller, Config, Engine, Error, ErrorKind, ExnRef, Extern, Func, FuncType, Instance, Linker,
    Store, StoreLimits, Tag, Trap, Val, ValType,
};

use super::{counting, engine, fill, instance, module, store};

fn call<T>(store: &mut Store<T>, instance: &Instance, name: &str, argument: i32) -> Result<i32, Error> {
    instance.get_typed_func::<i32, i32>(&*store, name).expect("a function").call(store, argument)
}

#[test]
fn the_innermost_handler_of_the_tag_catches() {
    let (mut store, instance) = instance(
        r#"(module
            (tag $a (param i32)) (tag $b (param i64 f64)) (tag $c)
            (func $throw (param $which i32)
                (if (i32.eqz (local.get $which)) (then (throw $a (i32.const 7))))
                (if (i32.eq (local.get $which) (i32.const 1)) (then (throw $b (i64.const 5) (f64.const 0.5))))
                (if (i32.eq (local.get $which) (i32.const 2)) (then (throw $c))))
            ;; The locals are pinned, and kept over the call.
            (func $middle (param $which i32) (result i32) (local $n i32)
                (local.set $n (i32.add (local.get $which) (i32.const 100)))
                (block $caught (result i64 f64)
                    (try_table (catch $b $caught) (call $throw (local.get $which)))
                    (return (local.get $n)))
                (drop) (drop)
                (i32.add (local.get $n) (local.get $which)))
            (func (export "run") (param $which i32) (result i32)
                (i32.const 1000)
                (block $any (result i32)
                    (block $a (result i32)
                        (try_table (result i32) (catch $a $a) (call $middle (local.get $which)))
                        (br $any))
                    (br $any (i32.mul (i32.const 10))))
                (i32.add)))"#,
    );
    assert_eq!(call(&mut store, &instance, "run", 0).expect("caught"), 1070);
    assert_eq!(call(&mut store, &instance, "run", 1).expect("caught"), 1000 + 101 + 1);
    assert_eq!(call(&mut store, &instance, "run", 3).expect("nothing thrown"), 1103);
    let error = call(&mut store, &instance, "run", 2).expect_err("nobody catches it");
    assert!(matches!(error.kind(), ErrorKind::Exception), "{error}");
    assert_eq!(error.backtrace().map(|frame| frame.function).collect::<Vec<_>>(), [0, 1, 2]);
}

const LEGACY: &str = r#"(module
    (tag $a (param i32)) (tag $b)
    (func $throw (param i32) (if (local.get 0) (then (throw $a (local.get 0)))) (throw $b))
    (func (export "catch") (param i32) (result i32)
        try (result i32)
            (call $throw (local.get 0)) (i32.const 0)
        catch $a
            (i32.add (i32.const 10))
        catch_all
            (i32.const 3)
        end)
    (func (export "rethrow") (param i32) (result i32)
        try (result i32)
            try (result i32)
                (call $throw (local.get 0)) (i32.const 0)
            catch $a
                (i32.eq (i32.const 5))
                if
                    rethrow 1
                end
                (i32.const 1)
            end
        catch $a
            (i32.mul (i32.const 100))
        end)
    (func (export "delegate") (param i32) (result i32)
        try $outer (result i32)
            try (result i32)
                try (result i32)
                    (call $throw (local.get 0)) (i32.const 0)
                delegate $outer
            catch_all
                (i32.const 77)
            end
        catch $a
            (i32.add (i32.const 1))
        end))"#;

#[test]
fn legacy_instructions_catch_rethrow_and_delegate() {
    let (mut store, instance) = instance(LEGACY);
    let mut run =
        |name, argument| call(&mut store, &instance, name, argument).map_err(|error| error.to_string());
    assert_eq!(run("catch", 4), Ok(14));
    assert_eq!(run("catch", 0), Ok(3));
    assert_eq!(run("rethrow", 4), Ok(1));
    assert_eq!(run("rethrow", 5), Ok(500));
    assert!(run("rethrow", 0).is_err());
    assert_eq!(run("delegate", 4), Ok(5));
    assert!(run("delegate", 0).is_err());
    let engine = Engine::new(Config::new().wasm_legacy_exceptions(false)).expect("an engine");
    let error = whit::Module::new(&engine, &wat::parse_str(LEGACY).expect("text")).expect_err("they are off");
    assert!(error.to_string().contains("legacy"), "{error}");
}

#[test]
fn every_type_is_carried() {
    let engine = engine();
    let types = "i32 i64 f32 f64 funcref externref exnref";
    let sets = (0..7).rev().map(|local| format!("(local.set {local})")).collect::<String>();
    let gets = (0..7).map(|local| format!("(local.get {local})")).collect::<String>();
    let module = module(
        &engine,
        &format!(
            r#"(module
                (tag $all (export "all") (param {types}))
                (func $throw (param {types}) (throw $all {gets}))
                (func (export "direct") (param {types}) (result {types})
                    (block $caught (result {types}) (try_table (catch $all $caught) (call $throw {gets})) unreachable))
                (func (export "object") (param {types}) (result {types}) (local $e exnref)
                    (block $caught (result {types})
                        (try_table (catch $all $caught)
                            (block $again (result {types} exnref)
                                (try_table (catch_ref $all $again) (call $throw {gets}))
                                unreachable)
                            (local.set $e) {sets}
                            (throw_ref (local.get $e)))
                        unreachable)))"#
        ),
    );
    let mut store = store(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
    let tag = instance.get_export(&store, "all").and_then(Extern::into_tag).expect("a tag");
    let func = instance.get_func(&store, "direct").expect("a function");
    let host = whit::ExternRef::new(&mut store, 5u32).expect("a reference");
    let fields = [
        Val::I32(-1),
        Val::I64(i64::MIN),
        Val::F32(0x7fc0_1234),
        Val::F64(0x7ff0_0000_0000_0001),
        Val::from(func),
        Val::from(host),
        Val::ExnRef(None),
    ];
    let exception = ExnRef::new(&mut store, tag, &fields).expect("an exception");
    assert_eq!(exception.tag(&store).expect("it is kept"), tag);
    let nested = [&fields[..6], &[Val::ExnRef(Some(exception))]].concat();
    for name in ["direct", "object"] {
        let func = instance.get_func(&store, name).expect("a function");
        let mut results = [Val::I32(0); 7];
        func.call(&mut store, &nested, &mut results).expect("it is caught");
        let text = |values: &[Val]| format!("{:?}", &values[..6]);
        assert_eq!(text(&results), text(&fields));
        let inner = results[6].exn_ref().flatten().expect("an exception");
        for (index, field) in fields.iter().enumerate() {
            let found = inner.field(&mut store, index).expect("a field");
            assert_eq!(format!("{found:?}"), format!("{field:?}"));
        }
        assert!(inner.field(&mut store, 7).is_err());
    }
    assert!(ExnRef::new(&mut store, tag, &fields[1..]).is_err());
}

#[cfg(feature = "simd")]
#[test]
fn vectors_are_carried() {
    let (mut store, instance) = instance(
        r#"(module (tag $v (param i32 v128 i32))
            (func (export "run") (param i32) (result i32) (local $e exnref)
                (block $caught (result i32 v128 i32 exnref)
                    (try_table (catch_ref $v $caught)
                        (throw $v (local.get 0) (v128.const i32x4 1 2 3 40) (i32.const 500)))
                    unreachable)
                (local.set $e) (drop) (drop) (drop)
                (block $again (result i32 v128 i32)
                    (try_table (catch $v $again) (throw_ref (local.get $e)))
                    unreachable)
                (local.set 0) (i32x4.extract_lane 3) (i32.add) (i32.add (local.get 0))))"#,
    );
    assert_eq!(call(&mut store, &instance, "run", 6000).expect("caught"), 6540);
}

/// A guest that calls `host.call`, within a handler for the tag `host.tag` which gives what it carries.
const GUEST: &str = r#"(module
    (import "host" "tag" (tag $tag (param i32)))
    (import "host" "call" (func $call (param i32) (result i32)))
    (func (export "run") (param $n i32) (result i32)
        (block $caught (result i32)
            (try_table (result i32) (catch $tag $caught) (call $call (local.get $n)))
            (return (i32.add (i32.const 1) (local.get $n))))
        (i32.add (local.get $n)))
    (func (export "throw") (param $n i32) (result i32)
        (throw $tag (local.get $n)))
    (func (export "tail") (param $n i32) (result i32)
        (block $caught (result i32)
            (try_table (result i32) (catch $tag $caught) (return_call $call (local.get $n)))))
    (func (export "all") (param $n i32) (result i32)
        (block $caught
            (try_table (catch_all $caught) (return (call $call (local.get $n)))))
        (i32.const -1)))"#;

/// An instance of the guest, whose `call` is `host`.
fn guest(
    host: impl Fn(Caller<'_, Tag>, i32) -> Result<i32, Error> + Send + Sync + 'static,
) -> (Store<Tag>, Instance) {
    guest_of(&engine(), host)
}

/// The same, of this engine.
fn guest_of(
    engine: &Engine,
    host: impl Fn(Caller<'_, Tag>, i32) -> Result<i32, Error> + Send + Sync + 'static,
) -> (Store<Tag>, Instance) {
    let ty = FuncType::new([ValType::I32], []).expect("a type");
    let mut first = Store::new(engine, ());
    let unused = Tag::new(&mut first, &ty).expect("a tag");
    let mut store = store(engine, unused);
    let tag = Tag::new(&mut store, &ty).expect("a tag");
    *store.data_mut() = tag;
    let mut linker = Linker::new(engine);
    linker.define(&store, "host", "tag", tag).expect("the name is free");
    linker.func_wrap("host", "call", host).expect("the name is free");
    let instance = linker.instantiate(&mut store, &module(engine, GUEST)).expect("an instance");
    (store, instance)
}

#[test]
fn a_host_function_that_threw_returns_a_float_the_next_time() {
    let engine = engine();
    let mut store = store(&engine, 0i64);
    let tag = Tag::new(&mut store, &FuncType::new([], []).expect("a type")).expect("a tag");
    let mut linker = Linker::new(&engine);
    let half = move |mut caller: Caller<'_, i64>, n: i64| {
        *caller.data_mut() += n;
        if n % 2 == 0 {
            let exception = ExnRef::new(&mut caller, tag, &[])?;
            return caller.throw(exception);
        }
        Ok(n as f64 / 2.0)
    };
    linker.func_wrap("host", "half", half).expect("the name is free");
    // The locals that are used most may be in registers while the host runs.
    let module = module(
        &engine,
        r#"(module
            (import "host" "half" (func $half (param i64) (result f64)))
            (func (export "run") (param $n i64) (param $caught i64) (result f64 i64 i64) (local $sum f64)
                (local $left i64)
                (local.set $left (local.get $n))
                (loop $again
                    (block $done
                        (block $catch
                            (try_table (catch_all $catch)
                                (local.set $sum (f64.add (call $half (local.get $left)) (local.get $sum))))
                            (br $done))
                        (local.set $caught (i64.add (local.get $caught) (i64.const 1))))
                    (br_if $again
                        (i32.wrap_i64 (local.tee $left (i64.sub (local.get $left) (i64.const 1))))))
                (local.get $sum) (local.get $caught) (local.get $n)))"#,
    );
    let instance = linker.instantiate(&mut store, &module).expect("an instance");
    let run = instance.get_typed_func::<(i64, i64), (f64, i64, i64)>(&store, "run").expect("a function");
    assert_eq!(run.call(&mut store, (10, 100)).expect("all is caught"), (12.5, 105, 10));
    assert_eq!(*store.data(), 55);
}

#[test]
fn a_host_function_throws_and_the_guest_catches() {
    let (mut store, instance) = guest(|mut caller, n| {
        let tag = *caller.data();
        let exception = ExnRef::new(&mut caller, tag, &[Val::I32(n * 2)])?;
        caller.throw(exception)
    });
    assert_eq!(call(&mut store, &instance, "run", 5).expect("caught"), 15);
    assert_eq!(call(&mut store, &instance, "all", 5).expect("caught"), -1);
    // Its frame is gone when the host function is called.
    let error = call(&mut store, &instance, "tail", 5).expect_err("nobody catches it");
    assert!(error.is_exception(), "{error}");
    let exception = store.take_pending_exception().expect("there is room").expect("it is pending");
    assert_eq!(exception.field(&mut store, 0).expect("a field").i32(), Some(10));
    assert_eq!(exception.tag(&store).expect("it is kept"), *store.data());
    assert!(store.take_pending_exception().expect("there is room").is_none());
}

#[test]
fn exceptions_pass_host_functions_that_call_the_guest() {
    let (mut store, instance) = guest(|mut caller, n| {
        let throw = caller.get_func("throw").expect("a function");
        throw.typed::<i32, i32>(&caller)?.call(&mut caller, n + 1)
    });
    assert_eq!(call(&mut store, &instance, "run", 5).expect("caught"), 11);
    let error = call(&mut store, &instance, "tail", 5).expect_err("nobody catches it");
    assert!(error.is_exception());
    // The guest's frame in the nested call; the outer call has none any more.
    assert_eq!(error.backtrace().map(|frame| frame.function).collect::<Vec<_>>(), [2]);
    let (mut store, instance) = guest(|mut caller, n| {
        let throw = caller.get_func("throw").expect("a function");
        let error = throw.typed::<i32, i32>(&caller)?.call(&mut caller, n).expect_err("it throws");
        assert!(error.is_exception());
        let exception = caller.take_pending_exception()?.expect("it is pending");
        Ok(exception.field(&mut caller, 0)?.i32().expect("an integer") + 1)
    });
    assert_eq!(call(&mut store, &instance, "run", 5).expect("the host caught it"), 6);
}

#[test]
fn traps_and_other_errors_are_not_caught() {
    let (mut store, instance) = guest(|_, n| match n {
        0 => Err(Trap::Unreachable.into()),
        1 => Err(Error::exit(3)),
        _ => Err(Error::new(ErrorKind::Exception)),
    });
    for name in ["run", "all"] {
        let trap = call(&mut store, &instance, name, 0).expect_err("it traps");
        assert_eq!(trap.as_trap(), Some(Trap::Unreachable));
        assert_eq!(call(&mut store, &instance, name, 1).expect_err("it exits").exit_status(), Some(3));
        // No exception is pending.
        assert!(call(&mut store, &instance, name, 2).expect_err("it fails").is_exception());
    }
    let (mut store, instance) = super::instance(
        "(module (func (export \"run\") (param i32) (result i32) (block $all (try_table (catch_all $all)
            (throw_ref (ref.null exn)))) (i32.const 1)))",
    );
    let trap = call(&mut store, &instance, "run", 0).expect_err("it traps");
    assert_eq!(trap.as_trap(), Some(Trap::NullExceptionReference));
}

#[test]
fn exceptions_pass_from_instance_to_instance() {
    let engine = engine();
    let mut store = store(&engine, ());
    let thrower = module(
        &engine,
        r#"(module (tag $t (export "t") (param i32)) (tag $own (param i32))
            (func (export "throw") (param i32) (if (i32.eqz (local.get 0)) (then (throw $own (i32.const 1))))
                (throw $t (local.get 0))))"#,
    );
    let middle = module(
        &engine,
        r#"(module (import "a" "throw" (func $throw (param i32))) (tag $mine (param i32))
            (func (export "pass") (param i32)
                (block $caught (result i32) (try_table (catch $mine $caught) (call $throw (local.get 0))) (return))
                (drop))
            (func (export "tail") (param i32) (return_call $throw (local.get 0))))"#,
    );
    let catcher = module(
        &engine,
        r#"(module (import "a" "t" (tag $t (param i32)))
            (import "b" "pass" (func $pass (param i32))) (import "b" "tail" (func $tail (param i32)))
            (func (export "run") (param $n i32) (result i32) (local $i i32)
                (local.set $i (i32.const 1000))
                (block $all
                    (block $caught (result i32)
                        (try_table (catch $t $caught) (catch_all $all)
                            (call $pass (local.get $n)) (call $tail (local.get $n)))
                        unreachable)
                    (return (i32.add (local.get $i))))
                (local.get $i)))"#,
    );
    let mut linker = Linker::new(&engine);
    for (name, module) in [("a", &thrower), ("b", &middle)] {
        let instance = linker.instantiate(&mut store, module).expect("an instance");
        linker.instance(&store, name, instance).expect("names are free");
    }
    let instance = linker.instantiate(&mut store, &catcher).expect("an instance");
    assert_eq!(call(&mut store, &instance, "run", 7).expect("caught"), 1007);
    assert_eq!(call(&mut store, &instance, "run", 0).expect("caught"), 1000);
}

#[test]
fn a_call_that_stopped_in_a_protected_range_goes_on_there() {
    let (mut store, instance) = guest_of(&counting(), |mut caller, n| {
        if caller.get_fuel()? < 1 << 30 {
            return Err(Error::suspend());
        }
        let tag = *caller.data();
        let exception = ExnRef::new(&mut caller, tag, &[Val::I32(n)])?;
        caller.throw(exception)
    });
    let run = instance.get_func(&store, "run").expect("a function");
    let mut results = [Val::I32(0)];
    let mut fuel = 0;
    store.set_fuel(fuel).expect("the engine consumes fuel");
    let mut state = run.call_resumable(&mut store, &[Val::I32(4)], &mut results).expect("it stops");
    let mut stops = 0;
    while let CallState::Suspended(suspended) = state {
        stops += 1;
        fuel += 1;
        store.set_fuel(if stops < 40 { fuel } else { 1 << 40 }).expect("the engine consumes fuel");
        state = suspended.resume(&mut store, &mut results).expect("it goes on");
    }
    assert!(stops > 39);
    assert_eq!(results[0].i32(), Some(8));
}

/// Throws `$n` exceptions and keeps the last one, or each in the next.
const KEEPER: &str = r#"(module
    (tag $e (param i64 exnref))
    (func (export "run") (param $n i32) (result i32) (local $last exnref) (local $i i32)
        (loop $again
            (block $caught (result exnref)
                (try_table (catch_all_ref $caught)
                    (throw $e (i64.const 1) KEPT))
                unreachable)
            (local.set $last)
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
        (local.get $i)))"#;

#[test]
fn exceptions_are_freed_and_their_room_is_bounded() {
    let engine = engine();
    let mut limits = StoreLimits::default();
    limits.budget = 64 << 10;
    for (kept, fits) in [("(ref.null exn)", true), ("(local.get $last)", false)] {
        let module = module(&engine, &KEEPER.replace("KEPT", kept));
        let mut store = Store::with_limits(&engine, (), limits);
        fill(&mut store);
        let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
        let result = call(&mut store, &instance, "run", 20_000);
        match result {
            Ok(count) => assert!(fits && count == 20_000),
            Err(error) => assert!(!fits && matches!(error.kind(), ErrorKind::Limit), "{error}"),
        }
        assert!(store.budget_used() <= 64 << 10);
        // What is left is enough to go on.
        assert_eq!(call(&mut store, &instance, "run", 10).expect("there is room"), 10);
    }
}

#[test]
fn a_label_of_the_function_and_a_loop_catch() {
    let (mut store, instance) = instance(
        r#"(module (tag $e (param i32))
            (func (export "function") (param i32) (result i32)
                (try_table (catch $e 0) (throw $e (i32.add (local.get 0) (i32.const 1))))
                unreachable)
            (func (export "loop") (param $n i32) (result i32)
                (i32.const 5)
                (i32.const 0)
                (loop $again (param i32) (result i32)
                    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                    (if (param i32) (result i32) (local.get $n)
                        (then (try_table (param i32) (result i32) (catch $e $again)
                            (throw $e (i32.add (i32.const 10)))))
                        (else)))
                (i32.add)))"#,
    );
    assert_eq!(call(&mut store, &instance, "function", 41).expect("caught"), 42);
    assert_eq!(call(&mut store, &instance, "loop", 4).expect("caught"), 35);
}

#[test]
fn many_functions_with_handlers_are_told_apart() {
    let functions: String = (0..300)
        .map(|n| {
            format!(
                "(func $f{n} (param i32) (result i32) (block $c (result i32)
                    (try_table (result i32) (catch $e $c) (call $t (local.get 0))) (return)) (i32.add (i32.const {n})))
                (elem (i32.const {n}) $f{n})"
            )
        })
        .collect();
    let (mut store, instance) = instance(&format!(
        r#"(module (tag $e (param i32)) (type $t (func (param i32) (result i32))) (table 300 funcref)
            (func $t (param i32) (result i32) (throw $e (local.get 0))) {functions}
            (func (export "run") (param i32) (result i32)
                (call_indirect (type $t) (i32.const 1000) (local.get 0))))"#
    ));
    for n in (0..300).step_by(7).chain((0..300).rev()) {
        assert_eq!(call(&mut store, &instance, "run", n).expect("caught"), 1000 + n);
    }
}

#[test]
fn the_embedder_calls_a_host_function_that_throws() {
    let engine = engine();
    let mut store = store(&engine, ());
    let tag = Tag::new(&mut store, &FuncType::new([], []).expect("a type")).expect("a tag");
    let func = Func::wrap(&mut store, move |mut caller: Caller<'_, ()>| {
        let exception = ExnRef::new(&mut caller, tag, &[])?;
        caller.throw::<()>(exception)
    })
    .expect("a function");
    let error = func.call(&mut store, &[], &mut []).expect_err("nobody catches it");
    assert!(error.is_exception());
    let exception = store.take_pending_exception().expect("there is room").expect("it is pending");
    assert_eq!(exception.tag(&store).expect("it is kept"), tag);
    assert_eq!(
        store.throw::<()>(exception).expect_err("it is thrown").to_string(),
        "an exception was not caught"
    );
}
