//! Traps and their backtraces.

use std::thread;

use whit::{CompilationMode, Config, Engine, ErrorKind, Instance, Store, Trap, Val};

use super::{instance, module};

#[test]
fn every_trap_has_the_text_of_the_specification() {
    let (mut store, instance) = instance(
        r#"(module
            (memory 1) (table 2 funcref) (elem (i32.const 0) $nop) (type $other (func (result f32)))
            (func $nop)
            (func (export "unreachable") unreachable)
            (func (export "out of bounds memory access") (drop (i32.load (i32.const 65533))))
            (func (export "out of bounds table access") (drop (table.get (i32.const 2))))
            (func (export "undefined element") (call_indirect (i32.const 2)))
            (func (export "uninitialized element") (call_indirect (i32.const 1)))
            (func (export "indirect call type mismatch") (drop (call_indirect (type $other) (i32.const 0))))
            (func (export "integer divide by zero") (drop (i32.div_s (i32.const 1) (i32.const 0))))
            (func (export "integer overflow") (drop (i64.div_s (i64.const 0x8000000000000000) (i64.const -1))))
            (func (export "invalid conversion to integer") (drop (i32.trunc_f32_s (f32.const nan))))
            (func $forever (export "call stack exhausted") (call $forever)))"#,
    );
    let exports: Vec<_> = instance.exports(&store).map(|(name, item)| (name.to_owned(), item)).collect();
    for (name, item) in exports {
        let func = item.into_func().expect("a function");
        let error = func.call(&mut store, &[], &mut []).expect_err(&name);
        let trap = error.as_trap().unwrap_or_else(|| panic!("{name}: {error:?}"));
        assert_eq!(trap.message(), name);
        assert_eq!(error.to_string(), format!("wasm trap: {name}"));
        assert!(error.backtrace().next().is_some(), "{name}");
    }
}

#[test]
fn a_backtrace_names_functions_and_offsets() {
    let text = r#"(module
        (func $inner (param i32) (drop (i32.div_u (i32.const 1) (local.get 0))))
        (func (param i32) (nop) (call $inner (local.get 0)))
        (func $outer (export "run") (param i32) (call 1 (local.get 0)) (nop)))"#;
    let (mut store, instance) = instance(text);
    let run = instance.get_func(&store, "run").expect("a function");
    run.call(&mut store, &[Val::I32(1)], &mut []).expect("no trap");
    let error = run.call(&mut store, &[Val::I32(0)], &mut []).expect_err("a division by zero");
    assert_eq!(error.as_trap(), Some(Trap::IntegerDivideByZero));
    // The error outlives what it is about.
    drop(store);
    let frames: Vec<_> = error.backtrace().collect();
    let names: Vec<_> = frames.iter().map(|frame| (frame.function, frame.name)).collect();
    assert_eq!(names, [(0, Some("inner")), (1, None), (2, Some("outer"))]);
    let bytes = wat::parse_str(text).expect("text");
    let instructions: Vec<_> = frames.iter().map(|frame| bytes[frame.offset]).collect();
    assert_eq!(instructions, [0x6e, 0x10, 0x10], "i32.div_u, call, call");
    let printed = format!("{error:?}");
    assert!(printed.contains("at inner (at offset 0x"), "{printed}");
    assert!(printed.contains("at function 1 (at offset 0x"), "{printed}");
}

#[test]
fn a_call_without_room_is_where_the_body_starts() {
    let (mut store, instance) = instance(r#"(module (func $forever (export "run") (call $forever)))"#);
    let run = instance.get_func(&store, "run").expect("a function");
    let error = run.call(&mut store, &[], &mut []).expect_err("it never ends");
    assert_eq!(error.as_trap(), Some(Trap::CallStackExhausted));
    // The body is a byte that says there are no locals, then the call.
    let offsets: Vec<_> = error.backtrace().take(2).map(|frame| frame.offset).collect();
    assert_eq!(offsets[0] + 1, offsets[1]);
}

#[test]
fn a_body_that_is_refused_when_it_is_called_is_where_it_starts() {
    let engine = Engine::new(Config::new().compilation_mode(CompilationMode::Lazy)).expect("an engine");
    let text = r#"(module
        (func $wrong (local i64) (i32.eqz (local.get 0)))
        (func (export "run") (call $wrong)))"#;
    let module = module(&engine, text);
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
    let run = instance.get_typed_func::<(), ()>(&store, "run").expect("a function");
    let error = run.call(&mut store, ()).expect_err("a type mismatch");
    assert!(matches!(error.kind(), ErrorKind::Module), "{error}");
    drop((store, module));
    // The last owner of the module is the error, wherever that is dropped.
    let frames = thread::spawn(move || {
        error.backtrace().map(|frame| (frame.function, frame.offset)).collect::<Vec<_>>()
    });
    let bytes = wat::parse_str(text).expect("text");
    let [(callee, start), (caller, call)] = frames.join().expect("no panic")[..] else {
        panic!("two functions were running")
    };
    assert_eq!((callee, caller), (0, 1));
    assert_eq!((bytes[start], bytes[call]), (1, 0x10), "one group of locals, call");
}

#[test]
fn a_trap_leaves_the_store_usable() {
    let (mut store, instance) = instance(
        r#"(module
            (global $count (mut i32) (i32.const 0))
            (func (export "run") (param i32) (result i32)
                (global.set $count (i32.add (global.get $count) (i32.const 1)))
                (if (local.get 0) (then unreachable))
                (global.get $count)))"#,
    );
    let run = instance.get_typed_func::<i32, i32>(&store, "run").expect("a function");
    let used = {
        run.call(&mut store, 1).expect_err("unreachable");
        store.budget_used()
    };
    for round in 0..100 {
        run.call(&mut store, 1).expect_err("unreachable");
        assert_eq!(run.call(&mut store, 0).expect("no trap"), 3 + 2 * round);
    }
    assert_eq!(store.budget_used(), used);
}
