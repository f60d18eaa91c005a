//! Calls that stop, out of fuel or at a host function that is not ready, and go on.

use whit::{
    CallState, Caller, Config, Engine, Error, ErrorKind, Func, Instance, Linker, Store, SuspendedCall,
    Suspension, Trap, Val,
};

use super::{call_in_steps, counting, engine, instance_of, module};

const PROGRAM: &str = r#"(module
    (import "env" "poll" (func $poll (param i32) (result i32)))
    (memory (export "memory") 1)
    (func $fib (param i32) (result i64)
        (if (result i64) (i32.lt_u (local.get 0) (i32.const 2))
            (then (i64.extend_i32_u (local.get 0)))
            (else (i64.add
                (call $fib (i32.sub (local.get 0) (i32.const 1)))
                (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "run") (param i32) (result i64 f64)
        (local $i i32) (local $sum f64)
        (loop $again
            (memory.fill (i32.const 100) (local.get $i) (i32.const 1000))
            (local.set $sum (f64.add (local.get $sum)
                (f64.div (f64.convert_i32_u (i32.load8_u (i32.add (i32.const 100) (local.get $i)))) (f64.const 3))))
            (local.set $sum (f64.add (local.get $sum) (f64.convert_i32_s (call $poll (local.get $i)))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $i) (i32.const 20))))
        (call $fib (local.get 0))
        (local.get $sum)))"#;

/// How often the host was asked, and how often it has yet to answer that it is not ready.
#[derive(Default)]
struct Host {
    asked: u32,
    not_ready: u32,
}

impl Host {
    /// Fails as long as the host is not ready.
    fn ask(&mut self) -> Result<(), Error> {
        self.asked += 1;
        if self.not_ready > 0 {
            self.not_ready -= 1;
            return Err(Error::suspend());
        }
        Ok(())
    }
}

fn start(fuel: u64) -> (Store<Host>, Instance) {
    let engine = counting();
    let mut store = Store::new(&engine, Host::default());
    store.set_fuel(fuel).expect("the engine consumes fuel");
    let mut linker = Linker::new(&engine);
    linker
        .func_wrap("env", "poll", |mut caller: Caller<'_, Host>, value: i32| -> Result<i32, Error> {
            caller.data_mut().ask()?;
            Ok(value * value)
        })
        .expect("a definition");
    let instance = linker.instantiate(&mut store, &module(&engine, PROGRAM)).expect("an instance");
    (store, instance)
}

#[test]
fn what_only_marks_blocks_is_free() {
    let cases = [
        ("", 0),
        ("(nop) (block (nop)) (loop (nop)) (try_table (nop))", 0),
        ("(drop (i32.const 1))", 1),
        ("(if (i32.const 1) (then (nop)) (else (nop)))", 2),
        ("(block (br_if 0 (i32.const 1)) (drop (i32.const 1)))", 2),
        ("(block (br_if 0 (i32.const 0)) (drop (i32.const 1)))", 3),
    ];
    for (body, expected) in cases {
        let (mut store, instance) =
            instance_of(&counting(), &format!(r#"(module (func (export "run") {body}))"#));
        store.set_fuel(100).expect("the engine consumes fuel");
        let run = instance.get_func(&store, "run").expect("a function");
        run.call(&mut store, &[], &mut []).expect("no trap");
        assert_eq!(100 - store.get_fuel().expect("the engine consumes fuel"), expected, "{body}");
    }
}

/// The first charge is written behind the sum, which then has to be kept in a slot: its instruction becomes longer.
#[test]
fn what_is_moved_before_a_charge_leaves_it_whole() {
    for fusion in [false, true] {
        let engine =
            Engine::new(Config::new().consume_fuel(true).fuse_instructions(fusion)).expect("an engine");
        let text = r#"(module (func (export "run") (param i32 i32) (result i32)
            (i32.mul
                (loop (result i32) (i32.add (local.get 0) (local.get 1)))
                (i32.sub (local.get 0) (local.get 1)))))"#;
        let mut store = super::store(&engine, ());
        store.set_fuel(100).expect("the engine consumes fuel");
        let instance = Instance::new(&mut store, &module(&engine, text), &[]).expect("an instance");
        let run = instance.get_typed_func::<(i32, i32), i32>(&mut store, "run").expect("a function");
        assert_eq!(run.call(&mut store, (9, 4)).expect("no trap"), 65);
        assert_eq!(store.get_fuel().expect("the engine consumes fuel"), 93);
    }
}

fn uninterrupted() -> (Option<i64>, Option<f64>, u64) {
    let (mut store, instance) = start(1 << 40);
    let mut results = [Val::I32(0); 2];
    let run = instance.get_func(&store, "run").expect("a function");
    run.call(&mut store, &[Val::I32(12)], &mut results).expect("no trap");
    (results[0].i64(), results[1].f64(), (1 << 40) - store.get_fuel().expect("fuel"))
}

fn suspended(state: CallState) -> Option<SuspendedCall> {
    if let CallState::Suspended(call) = state { Some(call) } else { None }
}

#[test]
fn out_of_fuel_and_resumed_gives_the_same() {
    let (value, sum, fuel) = uninterrupted();
    assert_eq!(value, Some(144));
    assert!(fuel > 1000, "{fuel}");
    for step in [1, 2, 3, 7, 50, 1000] {
        let (mut store, instance) = start(0);
        let mut results = [Val::I32(0); 2];
        let run = instance.get_func(&store, "run").expect("a function");
        let steps = (step, 2 * fuel + 1000);
        let given = call_in_steps(&mut store, run, &[Val::I32(12)], &mut results, steps);
        assert_eq!((results[0].i64(), results[1].f64()), (value, sum), "{step}");
        assert_eq!(given - store.get_fuel().expect("fuel"), fuel, "{step}");
    }
}

#[test]
fn out_of_fuel_in_a_plain_call_is_a_trap() {
    let (mut store, instance) = start(100);
    let run = instance.get_func(&store, "run").expect("a function");
    let mut results = [Val::I32(0); 2];
    let error = run.call(&mut store, &[Val::I32(12)], &mut results).expect_err("too little fuel");
    assert_eq!(error.as_trap(), Some(Trap::OutOfFuel));
    assert!(error.backtrace().next().is_some());
}

#[test]
fn a_host_function_that_is_not_ready_is_called_again() {
    let (value, sum, _) = uninterrupted();
    let (mut store, instance) = start(1 << 40);
    store.data_mut().not_ready = 3;
    let mut results = [Val::I32(0); 2];
    let run = instance.get_func(&store, "run").expect("a function");
    let mut state = run.call_resumable(&mut store, &[Val::I32(12)], &mut results).expect("no trap");
    let mut times = 0;
    while let Some(call) = suspended(state) {
        assert_eq!(call.reason(), Suspension::Host);
        times += 1;
        state = call.resume(&mut store, &mut results).expect("no trap");
    }
    assert_eq!((times, store.data().asked), (3, 23));
    assert_eq!((results[0].i64(), results[1].f64()), (value, sum));
}

#[test]
fn the_embedder_can_answer_for_the_host_function() {
    let (value, sum, _) = uninterrupted();
    let (mut store, instance) = start(1 << 40);
    store.data_mut().not_ready = u32::MAX;
    let mut results = [Val::I32(0); 2];
    let run = instance.get_func(&store, "run").expect("a function");
    let mut state = run.call_resumable(&mut store, &[Val::I32(12)], &mut results).expect("no trap");
    let mut asked = 0;
    while let Some(call) = suspended(state) {
        state = call.resume_with(&mut store, &[Val::I32(asked * asked)], &mut results).expect("no trap");
        asked += 1;
    }
    assert_eq!((asked, store.data().asked), (20, 20));
    assert_eq!((results[0].i64(), results[1].f64()), (value, sum));
}

#[test]
fn answers_of_another_type_are_refused() {
    let (mut store, instance) = start(1 << 40);
    store.data_mut().not_ready = 1;
    let mut results = [Val::I32(0); 2];
    let run = instance.get_func(&store, "run").expect("a function");
    let state = run.call_resumable(&mut store, &[Val::I32(12)], &mut results).expect("no trap");
    let call = suspended(state).expect("the host was not ready");
    let error = call.resume_with(&mut store, &[Val::I64(1)], &mut results).expect_err("another type");
    assert!(matches!(error.kind(), ErrorKind::Usage), "{error:?}");
}

/// What `end` does with 100 suspended calls leaves the store's budget as it is.
fn suspended_calls_cost_nothing(end: impl Fn(SuspendedCall, &mut Store<Host>)) {
    let (mut store, instance) = start(1 << 40);
    let run = instance.get_func(&store, "run").expect("a function");
    let mut results = [Val::I32(0); 2];
    let mut used = 0;
    for round in 0..100 {
        store.data_mut().not_ready = 1;
        let state = run.call_resumable(&mut store, &[Val::I32(1)], &mut results).expect("no trap");
        end(suspended(state).expect("the host was not ready"), &mut store);
        run.call(&mut store, &[Val::I32(1)], &mut results).expect("no trap");
        // Lists have their size after the first rounds.
        match round {
            0..3 => used = store.budget_used(),
            _ => assert_eq!(store.budget_used(), used),
        }
    }
}

#[test]
fn a_suspended_call_can_be_abandoned() {
    suspended_calls_cost_nothing(|call, store| call.abandon(store));
}

#[test]
fn a_suspended_call_can_be_dropped() {
    suspended_calls_cost_nothing(|call, _| drop(call));
}

/// A call that waits for the host, and another store with the same guest.
fn waiting_here_and_there() -> (SuspendedCall, Store<Host>) {
    let (mut store, instance) = start(1 << 40);
    let run = instance.get_func(&store, "run").expect("a function");
    store.data_mut().not_ready = 1;
    let state = run.call_resumable(&mut store, &[Val::I32(12)], &mut [Val::I32(0); 2]).expect("no trap");
    (suspended(state).expect("the host is not ready"), start(1 << 40).0)
}

#[test]
#[should_panic(expected = "another store")]
fn a_suspended_call_is_resumed_in_its_store() {
    let (call, mut other) = waiting_here_and_there();
    drop(call.resume(&mut other, &mut [Val::I32(0); 2]));
}

#[test]
#[should_panic(expected = "another store")]
fn a_suspended_call_gets_results_in_its_store() {
    let (call, mut other) = waiting_here_and_there();
    drop(call.resume_with(&mut other, &[Val::I32(0)], &mut [Val::I32(0); 2]));
}

#[test]
fn suspended_calls_are_independent() {
    let (mut store, instance) = start(1 << 40);
    let run = instance.get_func(&store, "run").expect("a function");
    let mut results = [Val::I32(0); 2];
    let mut calls: Vec<_> = (0..5)
        .map(|argument| {
            store.data_mut().not_ready = 1;
            let state = run.call_resumable(&mut store, &[Val::I32(argument)], &mut results).expect("no trap");
            suspended(state).expect("the host was not ready")
        })
        .collect();
    calls.swap(1, 3);
    for (call, fib) in calls.into_iter().zip([0, 2, 1, 1, 3]) {
        assert!(matches!(call.resume(&mut store, &mut results), Ok(CallState::Done)));
        assert_eq!(results[0].i64(), Some(fib));
    }
}

#[test]
fn a_suspend_in_a_plain_call_is_an_error() {
    let (mut store, instance) = start(1 << 40);
    store.data_mut().not_ready = 1;
    let run = instance.get_func(&store, "run").expect("a function");
    let mut results = [Val::I32(0); 2];
    let error = run.call(&mut store, &[Val::I32(12)], &mut results).expect_err("the host is not ready");
    assert!(error.is_suspend(), "{error:?}");
}

#[test]
fn host_functions_called_by_the_embedder_can_suspend() {
    let engine = engine();
    let mut store = Store::new(&engine, 2);
    let func = Func::wrap(&mut store, |mut caller: Caller<'_, i32>, value: i32| {
        *caller.data_mut() -= 1;
        if *caller.data() > 0 { Err(Error::suspend()) } else { Ok(value + 1) }
    })
    .expect("a function");
    let mut results = [Val::I32(0)];
    let state = func.call_resumable(&mut store, &[Val::I32(5)], &mut results).expect("no trap");
    let call = suspended(state).expect("it was not ready");
    assert!(matches!(call.resume(&mut store, &mut results), Ok(CallState::Done)));
    assert_eq!(results[0].i32(), Some(6));
}

/// The host is called by a plain call, in place of a frame, through a table and by reference, from a frame whose pinned
/// locals are in use afterwards; the call stops there again and again before the host answers.
#[test]
fn every_way_to_call_the_host_can_wait() {
    const TEXT: &str = r#"(module
        (type $two (func (param i32 i32) (result i32 i64)))
        (import "env" "host" (func $host (type $two)))
        (table funcref (elem $host))
        (elem declare func $host)
        (func $call (type $two) (call $host (local.get 0) (local.get 1)))
        (func $tail (type $two) (local i64) (return_call $host (local.get 0) (local.get 1)))
        (func $table (type $two) (call_indirect (type $two) (local.get 0) (local.get 1) (i32.const 0)))
        (func $tail_table (type $two) (local i64)
            (return_call_indirect (type $two) (local.get 0) (local.get 1) (i32.const 0)))
        (func $reference (type $two) (call_ref $two (local.get 0) (local.get 1) (ref.func $host)))
        (func $tail_reference (type $two) (local i64)
            (return_call_ref $two (local.get 0) (local.get 1) (ref.func $host)))
        (export "call" (func $call)) (export "tail" (func $tail))
        (export "table" (func $table)) (export "tail_table" (func $tail_table))
        (export "reference" (func $reference)) (export "tail_reference" (func $tail_reference))
        (table $ways funcref (elem $call $tail $table $tail_table $reference $tail_reference))
        (func (export "below") (param $way i32) (result i32)
            (local $a i32) (local $b i32) (local $wide i64)
            (local.set $a (i32.mul (local.get $way) (i32.const 100)))
            (local.set $b (i32.const 7))
            (call_indirect $ways (type $two) (local.get $a) (local.get $b) (local.get $way))
            (local.set $wide)
            (i32.add (i32.wrap_i64 (local.get $wide)))
            (i32.add (i32.mul (local.get $a) (i32.const 3)))
            (i32.sub (local.get $b))))"#;
    let engine = engine();
    let mut store = super::store(&engine, Host::default());
    let mut linker = Linker::new(&engine);
    linker
        .func_wrap(
            "env",
            "host",
            |mut caller: Caller<'_, Host>, a: i32, b: i32| -> Result<(i32, i64), Error> {
                caller.data_mut().ask()?;
                Ok((a + b, i64::from(a - b)))
            },
        )
        .expect("a definition");
    let instance = linker.instantiate(&mut store, &module(&engine, TEXT)).expect("an instance");
    let ways = ["call", "tail", "table", "tail_table", "reference", "tail_reference"];
    for (index, name) in ways.iter().enumerate() {
        for given in [false, true] {
            let mut wait = |args: &[Val], results: &mut [Val], (a, b): (i32, i32)| {
                *store.data_mut() = Host { asked: 0, not_ready: 2 };
                let func = if args.len() == 1 { "below" } else { name };
                let func = instance.get_func(&store, func).expect("a function");
                let state = func.call_resumable(&mut store, args, results).expect("no trap");
                let call = suspended(state).expect("the host is not ready");
                let state = call.resume(&mut store, results).expect("no trap");
                let call = suspended(state).expect("the host is not ready yet");
                assert_eq!((call.reason(), store.data().asked), (Suspension::Host, 2), "{name}");
                // The last time, the host's results may come from outside.
                let state = if given {
                    let host = [Val::I32(a + b), Val::I64(i64::from(a - b))];
                    call.resume_with(&mut store, &host, results)
                } else {
                    call.resume(&mut store, results)
                };
                assert!(matches!(state, Ok(CallState::Done)));
            };
            let mut results = [Val::I32(0), Val::I64(0)];
            wait(&[Val::I32(50), Val::I32(8)], &mut results, (50, 8));
            assert_eq!((results[0].i32(), results[1].i64()), (Some(58), Some(42)), "{name}");
            let a = index as i32 * 100;
            let mut results = [Val::I32(0)];
            wait(&[Val::I32(index as i32)], &mut results, (a, 7));
            assert_eq!(results[0].i32(), Some((a + 7) + (a - 7) + 3 * a - 7), "{name}");
        }
    }
}

/// An error of the host, however the guest called it, names the frames that the guest still has, at their calls.
#[test]
fn every_way_to_call_the_host_is_traced() {
    const TEXT: &str = r#"(module
        (type $none (func))
        (import "env" "fail" (func $fail (type $none)))
        (table funcref (elem $fail))
        (elem declare func $fail)
        (func (export "call") (call $fail))
        (func (export "table") (call_indirect (type $none) (i32.const 0)))
        (func (export "reference") (call_ref $none (ref.func $fail)))
        (func $tail (return_call_indirect (type $none) (i32.const 0)))
        (func (export "tail") (call $tail)))"#;
    let engine = engine();
    let mut store = super::store(&engine, Host::default());
    let mut linker = Linker::new(&engine);
    linker
        .func_wrap("env", "fail", || -> Result<(), Error> { Err(Trap::Unreachable.into()) })
        .expect("a definition");
    let wasm = wat::parse_str(TEXT).expect("text");
    let instance = linker.instantiate(&mut store, &module(&engine, TEXT)).expect("an instance");
    for (name, function, opcode) in
        [("call", 1, 0x10), ("table", 2, 0x11), ("reference", 3, 0x14), ("tail", 5, 0x10)]
    {
        let run = instance.get_func(&store, name).expect("a function");
        let error = run.call(&mut store, &[], &mut []).expect_err("the host fails");
        let frames: Vec<_> = error.backtrace().collect();
        assert_eq!(frames.iter().map(|frame| frame.function).collect::<Vec<_>>(), [function], "{name}");
        assert_eq!(wasm[frames[0].offset], opcode, "{name}: {:x}", frames[0].offset);
    }
}
