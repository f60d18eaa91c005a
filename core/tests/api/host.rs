//! Host functions: closures of all shapes, what they reach through their caller, and calls back into the guest.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

use whit::{
    AsContextMut, CallState, Caller, Error, ErrorKind, Extern, ExternRef, Func, FuncType, Instance, Linker,
    Store, StoreLimits, Trap, Val, ValType,
};

use super::{engine, instance, module, store};

#[test]
fn closures_have_the_types_that_they_say() {
    let mut store = Store::new(&engine(), ());
    let cases = [
        (Func::wrap(&mut store, || {}), "[] -> []"),
        (Func::wrap(&mut store, |_: i32, _: u32, _: i64, _: u64| 1.0f32), "[i32 i32 i64 i64] -> [f32]"),
        (Func::wrap(&mut store, |_: Caller<'_, ()>, _: f64| (1i64, 2i32)), "[f64] -> [i64 i32]"),
        (
            Func::wrap(&mut store, |_: Option<Func>| Ok::<_, Error>(None::<ExternRef>)),
            "[funcref] -> [externref]",
        ),
        (Func::wrap(&mut store, || Err::<(), _>(Error::exit(1))), "[] -> []"),
    ];
    for (func, ty) in cases {
        assert_eq!(func.expect("a function").ty(&store).to_string(), ty);
    }
}

#[test]
fn a_single_result_of_each_type_gets_back_to_the_code_that_called() {
    let engine = engine();
    let mut store = store(&engine, 0);
    let mut linker = Linker::<i32>::new(&engine);
    linker.func_wrap("m", "i64", |value: i64| value.wrapping_mul(3)).expect("a definition");
    linker.func_wrap("m", "f32", |value: f32| value * 2.0).expect("a definition");
    linker.func_wrap("m", "f64", |value: f64| value + 3.0).expect("a definition");
    linker
        .func_wrap("m", "note", |mut caller: Caller<'_, i32>, value: i32| *caller.data_mut() += value)
        .expect("a definition");
    // Instructions that need the store stand between some of the calls.
    let module = module(
        &engine,
        r#"(module
            (import "m" "i64" (func $i64 (param i64) (result i64)))
            (import "m" "f32" (func $f32 (param f32) (result f32)))
            (import "m" "f64" (func $f64 (param f64) (result f64)))
            (import "m" "note" (func $note (param i32)))
            (memory 1)
            (func (export "run") (param $count i32) (result i64 f32 f64)
                (local $i i64) (local $f f32) (local $d f64)
                (loop $again
                    (local.set $i (i64.add (call $i64 (local.get $i)) (i64.const 1)))
                    (call $note (local.get $count))
                    (local.set $f (f32.add (f32.const 0.5) (call $f32 (local.get $f))))
                    (drop (memory.grow (i32.const 0)))
                    (local.set $d (f64.mul (call $f64 (local.get $d)) (f64.const 0.5)))
                    (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
                (local.get $i) (local.get $f) (local.get $d)))"#,
    );
    let instance = linker.instantiate(&mut store, &module).expect("an instance");
    let run = instance.get_typed_func::<i32, (i64, f32, f64)>(&store, "run").expect("a function");
    let (mut i, mut f, mut d) = (0, 0.0, 0.0);
    for _ in 0..10 {
        (i, f, d) = (i * 3 + 1, f * 2.0 + 0.5, (d + 3.0) * 0.5);
    }
    assert_eq!(run.call(&mut store, 10).expect("no trap"), (i, f, d));
    assert_eq!(*store.data(), 55);
}

/// Answers of a host function and the types that they have.
fn answers(store: &mut Store<u32>) -> Vec<(&'static str, ValType, Val)> {
    let reference = ExternRef::new(&mut *store, "an answer").expect("a reference");
    let func = Func::wrap(&mut *store, || {}).expect("a function");
    vec![
        ("i32", ValType::I32, Val::I32(-5)),
        ("i64", ValType::I64, Val::I64(-1 << 40)),
        ("f32", ValType::F32, Val::from(1.5f32)),
        ("f64", ValType::F64, Val::from(-2.5f64)),
        ("externref", ValType::EXTERNREF, Val::from(reference)),
        ("funcref", ValType::FUNCREF, Val::from(func)),
        #[cfg(feature = "simd")]
        ("v128", ValType::V128, Val::from(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10u128)),
    ]
}

/// A host function that answers with `answer`, but is not ready while the store's number is greater than zero, which it
/// lowers; and an instance whose `run` calls it, between instructions on locals that may be in registers.
fn answering(store: &mut Store<u32>, text: &str, ty: ValType, answer: Val) -> (Func, Instance) {
    let func_type = FuncType::new([ValType::I32], [ty]).expect("a type");
    let host = Func::new(&mut *store, func_type, move |mut caller, args, results| {
        assert_eq!(args[0].i32(), Some(7));
        if let Some(left) = caller.data().checked_sub(1) {
            *caller.data_mut() = left;
            return Err(Error::suspend());
        }
        results[0] = answer;
        Ok(())
    })
    .expect("a function");
    let text = format!(
        r#"(module
            (import "m" "answer" (func $answer (param i32) (result {text})))
            (func (export "run") (param $a i32) (param $b i32) (result i32 {text})
                (local $answer {text})
                (loop $again
                    (local.set $answer (call $answer (i32.const 7)))
                    (local.set $b (i32.add (local.get $b) (local.get $a)))
                    (br_if $again (local.tee $a (i32.sub (local.get $a) (i32.const 1)))))
                (local.get $b) (local.get $answer)))"#
    );
    let module = module(store.engine(), &text);
    (host, Instance::new(&mut *store, &module, &[Extern::Func(host)]).expect("an instance"))
}

fn assert_same(left: Val, right: Val) {
    assert_eq!(format!("{left:?}"), format!("{right:?}"));
}

#[test]
fn a_single_result_of_each_type_gets_back_whoever_gives_it() {
    let mut store = store(&engine(), 0u32);
    for (text, ty, answer) in answers(&mut store) {
        let (host, instance) = answering(&mut store, text, ty, answer);
        let run = instance.get_func(&store, "run").expect("a function");
        let args = [Val::I32(4), Val::I32(100)];
        let mut results = [Val::I64(0); 2];
        run.call(&mut store, &args, &mut results).expect("no trap");
        assert_eq!(results[0].i32(), Some(110), "{text}");
        assert_same(results[1], answer);
        host.call(&mut store, &args[..0], &mut results[..1]).expect_err("an argument is missing");
        host.call(&mut store, &[Val::I32(7)], &mut results[..1]).expect("no trap");
        assert_same(results[0], answer);
        // The host is asked again, or the embedder answers for it: in a call of the guest, and of the host itself.
        for (func, args, place) in [(run, &args[..], 1), (host, &[Val::I32(7)], 0)] {
            for answered in [false, true] {
                *store.data_mut() = if answered { u32::MAX } else { 3 };
                let mut results = [Val::I64(0); 2];
                let results = &mut results[..=place];
                let mut times = 0;
                let mut state = func.call_resumable(&mut store, args, results).expect("no trap");
                while let CallState::Suspended(call) = state {
                    times += 1;
                    state = if answered {
                        call.resume_with(&mut store, &[answer], results).expect("no trap")
                    } else {
                        call.resume(&mut store, results).expect("no trap")
                    };
                }
                let asked = if place == 1 { 4 } else { 1 };
                assert_eq!(times, if answered { asked } else { 3 }, "{text}");
                assert_same(results[place], answer);
                *store.data_mut() = 0;
            }
        }
    }
}

#[test]
fn sixteen_parameters_and_results() {
    let engine = engine();
    let mut store = store(&engine, ());
    let mut linker = Linker::new(&engine);
    #[rustfmt::skip]
    linker
        .func_wrap("m", "reverse", |a: i32, b: i64, c: f32, d: f64, e: i32, f: i64, g: f32, h: f64,
                                    i: i32, j: i64, k: f32, l: f64, m: i32, n: i64, o: f32, p: f64| {
            (p, o, n, m, l, k, j, i, h, g, f, e, d, c, b, a)
        })
        .expect("a definition");
    let params = "i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64";
    let results = "f64 f32 i64 i32 f64 f32 i64 i32 f64 f32 i64 i32 f64 f32 i64 i32";
    let gets = (0..16).map(|index| format!("(local.get {index})")).collect::<String>();
    let module = module(
        &engine,
        &format!(
            r#"(module
                (import "m" "reverse" (func $reverse (param {params}) (result {results})))
                (func (export "run") (param {params}) (result {results}) (call $reverse {gets})))"#
        ),
    );
    let instance = linker.instantiate(&mut store, &module).expect("an instance");
    type Params = (i32, i64, f32, f64, i32, i64, f32, f64, i32, i64, f32, f64, i32, i64, f32, f64);
    type Results = (f64, f32, i64, i32, f64, f32, i64, i32, f64, f32, i64, i32, f64, f32, i64, i32);
    let run = instance.get_typed_func::<Params, Results>(&store, "run").expect("a function");
    let params = (0, 1, 2.0, 3.0, 4, 5, 6.0, 7.0, -8, -9, 10.0, 11.0, 12, 13, 14.0, 15.0);
    let (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) = run.call(&mut store, params).expect("no trap");
    assert_eq!((a, b, c, d, e, f, g, h), (15.0, 14.0, 13, 12, 11.0, 10.0, -9, -8));
    assert_eq!((i, j, k, l, m, n, o, p), (7.0, 6.0, 5, 4, 3.0, 2.0, 1, 0));
}

#[test]
fn host_functions_reach_data_and_exports_of_the_caller() {
    let engine = engine();
    let mut store = store(&engine, Vec::new());
    let mut linker = Linker::new(&engine);
    linker
        .func_wrap(
            "env",
            "print",
            |mut caller: Caller<'_, Vec<String>>, start: u32, len: u32| -> Result<(), Error> {
                let memory = caller.get_memory("memory").ok_or_else(|| Error::exit(1))?;
                let mut bytes = vec![0; len as usize];
                memory.read(&caller, start as usize, &mut bytes)?;
                caller.data_mut().push(String::from_utf8_lossy(&bytes).into_owned());
                let (bytes, texts) = memory.data_and_store_mut(&mut caller);
                bytes[0] = texts.len() as u8;
                assert!(caller.get_export("nothing").is_none());
                Ok(())
            },
        )
        .expect("a definition");
    let module = module(
        &engine,
        r#"(module
            (import "env" "print" (func $print (param i32 i32)))
            (memory (export "memory") 1)
            (data (i32.const 8) "hello world")
            (func (export "run") (result i32)
                (call $print (i32.const 8) (i32.const 5))
                (call $print (i32.const 14) (i32.const 5))
                (i32.load (i32.const 0))))"#,
    );
    let instance = linker.instantiate(&mut store, &module).expect("an instance");
    let run = instance.get_typed_func::<(), i32>(&store, "run").expect("a function");
    assert_eq!(run.call(&mut store, ()).expect("no trap"), 2);
    assert_eq!(store.into_data(), ["hello", "world"]);
}

#[test]
fn the_host_calls_back_into_the_guest() {
    let engine = engine();
    let mut store = store(&engine, ());
    let mut linker = Linker::new(&engine);
    linker
        .func_wrap("env", "back", |mut caller: Caller<'_, ()>, value: i32| -> Result<i32, Error> {
            let factorial = caller.get_func("factorial").expect("an export").typed::<i32, i32>(&caller)?;
            factorial.call(&mut caller, value)
        })
        .expect("a definition");
    let module = module(
        &engine,
        r#"(module
            (import "env" "back" (func $back (param i32) (result i32)))
            (func (export "factorial") (param i32) (result i32)
                (if (result i32) (i32.eqz (local.get 0))
                    (then (i32.const 1))
                    (else (i32.mul (local.get 0) (call $back (i32.sub (local.get 0) (i32.const 1))))))))"#,
    );
    let instance = linker.instantiate(&mut store, &module).expect("an instance");
    let factorial = instance.get_typed_func::<i32, i32>(&store, "factorial").expect("a function");
    assert_eq!(factorial.call(&mut store, 10).expect("no trap"), 3_628_800);
}

#[test]
fn calls_through_the_host_are_limited_in_depth() {
    let engine = engine();
    let mut limits = StoreLimits::default();
    limits.host_depth = 10;
    let mut store = Store::with_limits(&engine, (), limits);
    super::fill(&mut store);
    let mut linker = Linker::new(&engine);
    static DEPTH: AtomicU32 = AtomicU32::new(0);
    linker
        .func_wrap("env", "back", |mut caller: Caller<'_, ()>| -> Result<(), Error> {
            DEPTH.fetch_add(1, Ordering::Relaxed);
            caller.get_func("forever").expect("an export").call(&mut caller, &[], &mut [])
        })
        .expect("a definition");
    let text = r#"(module (import "env" "back" (func $back)) (func $forever (export "forever") call $back))"#;
    let instance = linker.instantiate(&mut store, &module(&engine, text)).expect("an instance");
    let forever = instance.get_func(&store, "forever").expect("a function");
    for round in 1..=2 {
        let error = forever.call(&mut store, &[], &mut []).expect_err("it never ends");
        assert_eq!(error.as_trap(), Some(Trap::CallStackExhausted));
        assert_eq!(error.backtrace().count(), 11, "{error:?}");
        assert_eq!(DEPTH.load(Ordering::Relaxed), 10 * round);
    }
}

#[test]
fn functions_can_be_added_while_one_of_them_runs() {
    let engine = engine();
    let mut store = store(&engine, 0);
    let table = whit::TableType::new(whit::RefType::FUNC, 1, None);
    let table = whit::Table::new(&mut store, table, Val::FuncRef(None)).expect("a table");
    let captured = [7u8; 64];
    let add = Func::wrap(&mut store, move |mut caller: Caller<'_, i32>| -> Result<i32, Error> {
        for index in 0..1000 {
            let func = Func::wrap(&mut caller, move || index)?;
            table.set(&mut caller, 0, func.into())?;
        }
        let last = table
            .get(&mut caller, 0)
            .expect("a value")
            .and_then(|value| value.func_ref())
            .flatten()
            .expect("a function");
        let last = last.typed::<(), i32>(&caller)?.call(&mut caller, ())?;
        *caller.data_mut() = last;
        Ok(captured.iter().map(|byte| i32::from(*byte)).sum())
    })
    .expect("a function");
    let add = add.typed::<(), i32>(&store).expect("its type");
    assert_eq!(add.call(&mut store, ()).expect("no trap"), 448);
    assert_eq!(*store.data(), 999);
}

/// Calls the host, then uses the ends of its memories and of its table, as often as it is told.
const MOVED: &str = r#"(module
    (import "env" "host" (func $host (param i32)))
    (memory $first (export "first") 0) (memory $second (export "second") 0)
    (table (export "table") 0 funcref)
    (type $number (func (result i32)))
    (func (export "run") (param $times i32) (result i32)
        (local $i i32) (local $sum i32)
        (loop $again
            (call $host (local.get $i))
            (i32.store8 $first (i32.sub (i32.shl (memory.size $first) (i32.const 16)) (i32.const 1)) (local.get $i))
            (i32.store8 $second (i32.sub (i32.shl (memory.size $second) (i32.const 16)) (i32.const 1)) (local.get $i))
            (local.set $sum (i32.add (local.get $sum)
                (i32.load8_u $first (i32.sub (i32.shl (memory.size $first) (i32.const 16)) (i32.const 1)))))
            (local.set $sum (i32.add (local.get $sum)
                (i32.load8_u $second (i32.sub (i32.shl (memory.size $second) (i32.const 16)) (i32.const 1)))))
            (local.set $sum (i32.add (local.get $sum) (call_indirect (type $number) (local.get $i))))
            (br_if $again (i32.lt_u
                (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                (local.get $times))))
        (local.get $sum)))"#;

/// Grows what `MOVED` exports: a page for each memory, an element that gives a hundred times `number` for the table.
fn grow(mut store: impl AsContextMut, instance: Instance, number: i32) -> Result<(), Error> {
    let func = Func::wrap(&mut store, move || 100 * number)?;
    for name in ["first", "second"] {
        let memory = instance.get_memory(&store, name).expect("it is exported");
        memory.grow(&mut store, 1)?;
    }
    let table = instance.get_table(&store, "table").expect("it is exported");
    table.grow(&mut store, 1, Val::FuncRef(Some(func)))?;
    Ok(())
}

#[test]
fn what_the_host_moves_during_a_call_is_found_again() {
    let engine = engine();
    let mut store = store(&engine, None);
    let mut linker = Linker::new(&engine);
    let host = |mut caller: Caller<'_, Option<Instance>>, number: i32| {
        let instance = caller.data().expect("it is known when it runs");
        grow(&mut caller, instance, number)
    };
    linker.func_wrap("env", "host", host).expect("a definition");
    let instance = linker.instantiate(&mut store, &module(&engine, MOVED)).expect("an instance");
    *store.data_mut() = Some(instance);
    let run = instance.get_typed_func::<u32, i32>(&store, "run").expect("a function");
    assert_eq!(run.call(&mut store, 20).expect("no trap"), 190 * 102);
}

#[test]
fn what_moves_while_a_call_is_suspended_is_found_again() {
    let engine = engine();
    let mut store = store(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.func_wrap("env", "host", |_: i32| Err::<(), _>(Error::suspend())).expect("a definition");
    let instance = linker.instantiate(&mut store, &module(&engine, MOVED)).expect("an instance");
    let run = instance.get_func(&store, "run").expect("a function");
    let mut results = [Val::I32(0)];
    let mut state = run.call_resumable(&mut store, &[Val::I32(20)], &mut results).expect("no trap");
    let mut number = 0;
    while let CallState::Suspended(call) = state {
        grow(&mut store, instance, number).expect("it grows");
        number += 1;
        state = call.resume_with(&mut store, &[], &mut results).expect("no trap");
    }
    assert_eq!(results[0].i32(), Some(190 * 102));
}

#[test]
fn a_panic_of_the_host_leaves_the_store_as_it_should_be() {
    let engine = engine();
    let mut store = store(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.func_wrap("env", "host", |_: i32| -> () { panic!("on purpose") }).expect("a definition");
    let instance = linker.instantiate(&mut store, &module(&engine, MOVED)).expect("an instance");
    let run = instance.get_typed_func::<u32, i32>(&store, "run").expect("a function");
    for _ in 0..2 * StoreLimits::default().host_depth {
        let call = AssertUnwindSafe(|| run.call(&mut store, 1));
        catch_unwind(call).expect_err("the panic passes through");
    }
    grow(&mut store, instance, 1).expect("it grows");
    assert_eq!(instance.get_memory(&store, "first").expect("it is exported").size(&store), 1);
}

#[test]
fn errors_of_the_host_pass_through_the_guest() {
    let engine = engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "exit", |status: i32| Err::<(), _>(Error::exit(status))).expect("a definition");
    linker.func_wrap("env", "fail", || Err::<(), _>(Error::host(std::fmt::Error))).expect("a definition");
    let module = module(
        &engine,
        r#"(module
            (import "env" "exit" (func $exit (param i32)))
            (import "env" "fail" (func $fail))
            (func (export "exit") (call $exit (i32.const 3)))
            (func (export "fail") (call $fail)))"#,
    );
    let mut store = store(&engine, ());
    let instance = linker.instantiate(&mut store, &module).expect("an instance");
    let mut call = |name| {
        instance
            .get_func(&store, name)
            .expect("a function")
            .call(&mut store, &[], &mut [])
            .expect_err("an error")
    };
    assert_eq!(call("exit").exit_status(), Some(3));
    let error = call("fail");
    let ErrorKind::Host(source) = error.kind() else {
        panic!("an error of the host: {error:?}");
    };
    assert!(source.is::<std::fmt::Error>());
    assert_eq!(error.backtrace().map(|frame| frame.function).collect::<Vec<_>>(), [3]);
}

#[test]
fn functions_over_values_are_checked() {
    let engine = engine();
    let mut store = store(&engine, ());
    let ty = || FuncType::new([ValType::I32, ValType::F64], [ValType::I64]).expect("a type");
    let func = Func::new(&mut store, ty(), |_, args, results| {
        let sum = f64::from(args[0].i32().expect("an i32")) + args[1].f64().expect("an f64");
        results[0] = Val::I64(sum as i64);
        Ok(())
    })
    .expect("a function");
    let mut results = [Val::I32(0)];
    func.call(&mut store, &[Val::I32(40), 2.5f64.into()], &mut results).expect("the types fit");
    assert_eq!(results[0].i64(), Some(42));
    for args in [&[Val::I32(1)][..], &[Val::I32(1), Val::I32(2)]] {
        let error = func.call(&mut store, args, &mut results).expect_err("the types do not fit");
        assert!(matches!(error.kind(), ErrorKind::Usage));
    }
    assert!(func.call(&mut store, &[Val::I32(40), Val::F64(0)], &mut []).is_err());
    assert!(func.typed::<(i32, f64), i32>(&store).is_err());
    assert!(func.typed::<(i32, f64), u64>(&store).is_ok());

    let wrong = Func::new(&mut store, ty(), |_, _, results| {
        results[0] = Val::I32(1);
        Ok(())
    })
    .expect("a function");
    assert!(wrong.call(&mut store, &[Val::I32(40), Val::F64(0)], &mut results).is_err());
}

#[test]
fn many_values() {
    let engine = engine();
    let mut store = store(&engine, ());
    let types = [ValType::I32; 100];
    let ty = FuncType::new(types, types).expect("a type");
    let reverse = Func::new(&mut store, ty, |_, args, results| {
        results.iter_mut().zip(args.iter().rev()).for_each(|(result, arg)| *result = *arg);
        Ok(())
    })
    .expect("a function");
    let args = std::array::from_fn::<_, 100, _>(|index| Val::I32(index as i32));
    let mut results = [Val::I32(0); 100];
    let params = "i32 ".repeat(100);
    let gets = (0..100).map(|index| format!("(local.get {index})")).collect::<String>();
    let module = module(
        &engine,
        &format!(
            r#"(module
                (import "m" "reverse" (func $reverse (param {params}) (result {params})))
                (func (export "run") (param {params}) (result {params}) (call $reverse {gets})))"#
        ),
    );
    let instance = Instance::new(&mut store, &module, &[Extern::Func(reverse)]).expect("an instance");
    let run = instance.get_func(&store, "run").expect("a function");
    for func in [reverse, run] {
        func.call(&mut store, &args, &mut results).expect("no trap");
        assert!(results.iter().rev().zip(0..).all(|(result, index)| result.i32() == Some(index)));
    }
}

#[test]
fn contexts_can_be_passed_on() {
    fn generic(mut store: impl AsContextMut<Data = i32>) -> i32 {
        let func = Func::wrap(&mut store, |mut caller: Caller<'_, i32>| {
            *caller.data_mut() += 1;
        })
        .expect("a function");
        func.call(&mut store, &[], &mut []).expect("no trap");
        func.call(store.as_context_mut(), &[], &mut []).expect("no trap");
        *store.as_context_mut().data()
    }
    let mut store = Store::new(&engine(), 0);
    assert_eq!(generic(&mut store), 2);
    assert_eq!(generic(store.as_context_mut()), 4);
}

#[test]
fn a_host_function_can_be_called_through_a_table() {
    let (mut store, instance) = instance(
        r#"(module
            (table (export "table") 1 funcref)
            (func (export "run") (param i32) (result i32)
                (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))))"#,
    );
    let double = Func::wrap(&mut store, |value: i32| value * 2).expect("a function");
    let table = instance.get_table(&store, "table").expect("a table");
    table.set(&mut store, 0, double.into()).expect("a funcref");
    let run = instance.get_typed_func::<i32, i32>(&store, "run").expect("a function");
    assert_eq!(run.call(&mut store, 21).expect("no trap"), 42);
    let other = Func::wrap(&mut store, |value: i64| value).expect("a function");
    table.set(&mut store, 0, other.into()).expect("a funcref");
    let error = run.call(&mut store, 21).expect_err("another type");
    assert_eq!(error.as_trap(), Some(Trap::IndirectCallTypeMismatch));
}
