//! What locals start with, and what is above the 32 bits of an integer in a place for 64.

use std::fmt::Write;

use whit::Trap;

use super::instance;

/// A module whose `run` gives 0 if the locals of a function with so many parameters and locals are zero where another
/// function left its own, its parameters what they should be, and those of the caller what they were.
fn called_on_used_stack(params: usize, locals: usize) -> String {
    let mut used = String::new();
    for local in 0..params + locals + 8 {
        write!(used, "(local.set {local} (i64.const -1))").expect("strings grow");
    }
    let (mut arguments, mut wrong) = (String::new(), String::new());
    for param in 0..params {
        write!(arguments, "(i64.const {})", param + 5).expect("strings grow");
        write!(wrong, "(i64.or (i64.xor (local.get {param}) (i64.const {}))", param + 5)
            .expect("strings grow");
    }
    for local in params..params + locals {
        write!(wrong, "(i64.or (local.get {local})").expect("strings grow");
    }
    format!(
        "(module
            (func $use (result i64) (local {used_types}) {used} (local.get 0))
            (func $called (param {param_types}) (result i64) (local {local_types})
                {wrong} (i64.const 0){closing})
            (func (export \"run\") (result i64) (local $kept i64)
                (local.set $kept (i64.const 7))
                (drop (call $use))
                (i64.or (call $called {arguments}) (i64.xor (local.get $kept) (i64.const 7)))))",
        used_types = "i64 ".repeat(params + locals + 8),
        param_types = "i64 ".repeat(params),
        local_types = "i64 ".repeat(locals),
        closing = ")".repeat(params + locals),
    )
}

#[test]
fn locals_start_as_zero() {
    // The translator knows of the first 62 behind the parameters whether they are assigned.
    for params in [0, 1, 2, 3, 64] {
        for locals in (0..12).chain(61..65) {
            let (mut store, instance) = instance(&called_on_used_stack(params, locals));
            let run = instance.get_typed_func::<(), i64>(&store, "run").expect("the type is right");
            assert_eq!(run.call(&mut store, ()).expect("no trap"), 0, "{params} parameters, {locals} locals");
        }
    }
}

#[test]
fn a_negative_address_is_a_large_one() {
    // Each gives -1 or 0, in an accumulator, a slot and a pinned local.
    let addresses = [
        "(select (i32.const -1) (i32.const 0) (local.get 0))",
        "(local.tee 1 (select (i32.const 0) (i32.const -1) (i32.eqz (local.get 0))))",
        "(i32.sub (i32.const 0) (local.get 0))",
        "(i32.wrap_i64 (select (i64.const -1) (i64.const 0) (local.get 0)))",
        "(i32.extend8_s (i32.mul (local.get 0) (i32.const 255)))",
        "(if (result i32) (local.get 0) (then (i32.const -1)) (else (i32.const 0)))",
        "(global.get 0) (global.set 0 (i32.sub (i32.const 0) (local.get 0))) (drop) (global.get 0)",
        "(i32.load16_s offset=16 (i32.shl (local.get 0) (i32.const 1)))",
        "(i32.sub (memory.grow (i32.mul (local.get 0) (i32.const 65536))) (i32.eqz (local.get 0)))",
    ];
    for address in addresses {
        let text = format!(
            "(module (memory 1) (global (mut i32) (i32.const -1))
                (data (i32.const 7) \"\\01\\02\") (data (i32.const 18) \"\\ff\\ff\")
                (func (export \"run\") (param i32) (result i32) (local i32)
                    (i32.load8_u offset=8 {address})))"
        );
        let (mut store, instance) = instance(&text);
        let run = instance.get_typed_func::<i32, i32>(&store, "run").expect("the type is right");
        assert_eq!(run.call(&mut store, 0).expect("in bounds"), 2, "{address}");
        let error = run.call(&mut store, 1).expect_err("far beyond the memory's end");
        assert_eq!(error.as_trap(), Some(Trap::MemoryOutOfBounds), "{address}");
    }
}

#[test]
fn selected_constants_have_the_size_of_their_type() {
    let text = "(module
        (func (export \"run\") (param i32) (result i64) (local i64)
            (local.set 1 (select (i64.const -2) (i64.const 3) (local.get 0)))
            (i64.add (local.get 1) (select (i64.const 5) (i64.const -7) (local.get 0))))
        (func (export \"widened\") (param i32) (result i64)
            (i64.extend_i32_u (select (i32.const -2) (i32.const 3) (local.get 0)))))";
    let (mut store, instance) = instance(text);
    for (name, condition, result) in
        [("run", 1, 3), ("run", 0, -4), ("widened", 1, 0xFFFF_FFFE), ("widened", 0, 3)]
    {
        let func = instance.get_typed_func::<i32, i64>(&store, name).expect("the type is right");
        assert_eq!(func.call(&mut store, condition).expect("no trap"), result, "{name} {condition}");
    }
}

#[test]
fn what_is_stored_does_not_displace_its_address() {
    // Values that an indexed store cannot have as they are: constants of more than a unit, and pinned locals; the address
    // is a sum whose second operand is in the slot that is the value's own.
    let stores = [
        ("f64.store", "(f64.const 1.5)"),
        ("f32.store", "(f32.const 1.5)"),
        ("i32.store", "(i32.const 100000)"),
        ("i32.store8", "(i32.const 100001)"),
        ("i64.store", "(i64.const -9000000000)"),
        ("i64.store", "(i64.const -2)"),
        ("i64.store", "(i64.extend_i32_u (local.get 1))"),
        ("i32.store", "(local.get 1)"),
        ("i32.store16", "(local.get 1)"),
    ];
    for (store, value) in stores {
        let text = format!(
            "(module (memory 1)
                (func (export \"run\") (param i32 i32) (result i32)
                    (local.set 1 (i32.add (local.get 1) (local.get 1)))
                    ({store} (i32.add (local.get 0)
                        (if (result i32) (local.get 1) (then (i32.const 8)) (else (i32.const 0)))) {value})
                    (i64.ne (i64.const 0) (i64.load (i32.const 24)))))"
        );
        let (mut store, instance) = instance(&text);
        let run = instance.get_typed_func::<(i32, i32), i32>(&store, "run").expect("the type is right");
        assert_eq!(run.call(&mut store, (16, 3)).expect("in bounds"), 1, "{text}");
    }
}
