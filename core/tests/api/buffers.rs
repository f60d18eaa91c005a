//! Memory for translation, which a store keeps from one function to the next: it makes room for whatever else needs
//! it, and a translation that fails leaves nothing in it that others see.

use whit::{
    CompilationMode, Config, Engine, Error, ErrorKind, ExternRef, Func, Instance, RefType, Store,
    StoreLimits, Table, TableType, Val,
};

const BUDGET: usize = 1 << 20;
/// More than is kept.
const MUCH: usize = 16 << 10;
const LAZY: [CompilationMode; 2] = [CompilationMode::LazyTranslation, CompilationMode::Lazy];

/// The instance of a module with `more`, and its store. What it exports as `depth` and `sum` is translated, and the
/// store keeps what the translation of `sum` took.
fn instance(mode: CompilationMode, more: &str) -> (Store<()>, Instance) {
    let add = "(local.set 0 (i32.add (local.get 0) (i32.const 1)))".repeat(500);
    let text = format!(
        r#"(module
            (func $depth (export "depth") (param i32) (result i32)
                (if (result i32) (i32.eqz (local.get 0))
                    (then (i32.const 0))
                    (else (i32.add (i32.const 1) (call $depth (i32.sub (local.get 0) (i32.const 1)))))))
            (func (export "sum") (param i32) (result i32) {add} (local.get 0))
            {more})"#
    );
    let engine = Engine::new(Config::new().compilation_mode(mode)).expect("an engine");
    let mut limits = StoreLimits::default();
    limits.budget = BUDGET;
    let mut store = Store::with_limits(&engine, (), limits);
    let module = super::module(&engine, &text);
    let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
    assert_eq!(call(&mut store, instance, "depth", 1).expect("it is valid"), 1);
    assert_eq!(call(&mut store, instance, "sum", 5).expect("it is valid"), 505);
    (store, instance)
}

fn call(store: &mut Store<()>, instance: Instance, name: &str, argument: i32) -> Result<i32, Error> {
    instance.get_typed_func::<i32, i32>(&*store, name).expect("a function").call(store, argument)
}

/// Charges everything that is not in use, so that there is no room but what is kept; narrow builds keep nothing, and have
/// as much room. Gives what it charged.
fn fill(store: &mut Store<()>) -> usize {
    let room = if cfg!(whit_wide) { 0 } else { MUCH };
    let bytes = store.budget_left() - room;
    store.charge(bytes).expect("they are not in use");
    bytes
}

/// Has the store give up what it keeps, for nothing, and tells how many bytes that were.
fn give_up(store: &mut Store<()>) -> usize {
    let (used, more) = (store.budget_used(), store.budget_left() + 1);
    if store.charge(more).is_ok() {
        store.release(more);
    }
    used - store.budget_used()
}

/// What a store of [`instance`] keeps.
fn kept(mode: CompilationMode, more: &str) -> usize {
    let kept = give_up(&mut instance(mode, more).0);
    assert_eq!(kept > 0, cfg!(whit_wide));
    kept
}

#[test]
fn what_is_charged_takes_it() {
    type Act = fn(&mut Store<()>, Instance) -> bool;
    let acts: [(&str, Act); 8] = [
        ("a charge", |store, _| store.charge(1).is_ok()),
        ("an instance", |store, _| {
            let module = super::module(store.engine(), "(module (table 9 funcref) (func) (func))");
            Instance::new(store, &module, &[]).is_ok()
        }),
        ("a stack", |store, instance| matches!(call(store, instance, "depth", 130), Ok(130))),
        ("a memory's growth", |store, instance| {
            let memory = instance.get_memory(&*store, "memory").expect("a memory");
            memory.grow(store, 9).is_ok()
        }),
        ("a table", |store, _| {
            let ty = TableType::new(RefType::FUNC, 9, None);
            Table::new(store, ty, Val::FuncRef(None)).is_ok()
        }),
        ("a table's growth", |store, instance| {
            let table = instance.get_table(&*store, "table").expect("a table");
            table.grow(store, 9, Val::FuncRef(None)).is_ok()
        }),
        ("a function", |store, _| Func::wrap(store, || {}).is_ok()),
        ("a host value", |store, _| ExternRef::new(store, [0u8; 9]).is_ok()),
    ];
    let more = r#"(table (export "table") 0 funcref) (memory (export "memory") 0 (pagesize 1))"#;
    for (what, act) in acts {
        for mode in LAZY {
            let kept = kept(mode, more);
            let [plain, tight] = [false, true].map(|tight| {
                let (mut store, of) = instance(mode, more);
                if tight {
                    fill(&mut store);
                } else {
                    give_up(&mut store);
                }
                let used = store.budget_used();
                assert!(act(&mut store, of), "{what} has no room in {} bytes", store.budget_left());
                assert_eq!(give_up(&mut store), 0, "{what}");
                store.budget_used() + if tight { kept } else { 0 } - used
            });
            assert!(plain > 0, "{what}");
            assert_eq!(tight, plain, "{what}");
        }
    }
}

#[test]
fn what_has_no_room_even_so_leaves_it() {
    for mode in LAZY {
        let kept = kept(mode, "");
        let (mut store, _) = instance(mode, "");
        let (used, left) = (store.budget_used(), store.budget_left());
        assert_eq!(used + left, BUDGET);
        let error = store.charge(left + kept + 1).expect_err("that is one byte too many");
        assert!(matches!(error.kind(), ErrorKind::Limit), "{error}");
        assert_eq!((store.budget_used(), store.budget_left()), (used, left));
        store.charge(left + kept).expect("that is what can be");
        assert_eq!((store.budget_used(), store.budget_left()), (BUDGET, 0));
        store.release(left + kept);
        assert_eq!(store.budget_used(), used - kept);
    }
}

/// The lists of an instance take what is kept before its memory has no room.
#[test]
fn a_failed_instantiation_that_took_it_gives_back_what_it_charged() {
    for mode in LAZY {
        let kept = kept(mode, "");
        let (mut store, _) = instance(mode, "");
        let module = super::module(store.engine(), "(module (memory 1))");
        Instance::new(&mut store, &module, &[]).expect("there is room");
        fill(&mut store);
        let used = store.budget_used();
        let error = Instance::new(&mut store, &module, &[]).expect_err("there is no room");
        assert!(matches!(error.kind(), ErrorKind::Limit), "{error}");
        assert_eq!(store.budget_used(), used - kept);
    }
}

/// A body whose code is too long: a branch of two bytes moves many operands.
fn too_long() -> String {
    let results = "i32 ".repeat(900);
    let values = "(local.get 0) ".repeat(901);
    let branches = "(br_if 0 (local.get 0)) ".repeat(2000);
    let drops = "(drop) ".repeat(900);
    format!("(block (result {results}) {values} {branches} (drop) unreachable) {drops} (i32.const 0)")
}

#[test]
fn a_body_that_cannot_be_translated_gives_the_same_error_beside_it() {
    let [translation, all] = LAZY;
    let cases = [
        (translation, too_long(), "code units of a translated function"),
        (all, too_long(), "code units of a translated function"),
        (all, format!("(local {}) (i32.const 0)", "i32 ".repeat(30_001)), "locals"),
        (all, "(local.get 0) (i64.eqz)".to_string(), "type mismatch"),
    ];
    for (mode, body, text) in cases {
        let more = format!(
            r#"(func (export "bad") (param i32) (result i32) {body})
            (func (export "later") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))"#
        );
        let (mut store, of) = instance(mode, &more);
        let alone = {
            let module = of.module(&store);
            let mut store = Store::new(store.engine(), ());
            let of = Instance::new(&mut store, module, &[]).expect("an instance");
            call(&mut store, of, "bad", 1).expect_err("it cannot be translated")
        };
        for _ in 0..2 {
            let error = call(&mut store, of, "bad", 1).expect_err("it cannot be translated");
            assert!(error.to_string().contains(text), "{error}");
            assert_eq!(error.to_string(), alone.to_string());
            assert_eq!(error.offset(), alone.offset());
        }
        // Translation takes it; what is not valid is not translated.
        assert_eq!(give_up(&mut store) > 0, cfg!(whit_wide) && !text.contains("code"));
        assert_eq!(call(&mut store, of, "later", 7).expect("it is valid"), 21);
        assert_eq!(call(&mut store, of, "depth", 9).expect("it is valid"), 9);
        assert_eq!(call(&mut store, of, "sum", 9).expect("it is valid"), 509);
    }
}

#[test]
fn code_over_the_budget_gives_the_same_error_beside_it() {
    let add = "(local.set 0 (i32.add (local.get 0) (i32.const 1)))".repeat(4000);
    let more = format!(
        r#"(func (export "large") (param i32) (result i32) {add} (local.get 0))
        (func (export "later") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))"#
    );
    for mode in LAZY {
        let bytes = kept(mode, &more);
        let errors = [false, true].map(|kept| {
            let (mut store, of) = instance(mode, &more);
            if !kept {
                give_up(&mut store);
            }
            fill(&mut store);
            let used = store.budget_used();
            let error = call(&mut store, of, "large", 1).expect_err("its code is larger than what is left");
            assert_eq!(store.budget_used(), used - if kept { bytes } else { 0 });
            assert_eq!(call(&mut store, of, "sum", 9).expect("it is translated"), 509);
            store.release(BUDGET);
            assert_eq!(call(&mut store, of, "later", 7).expect("there is room"), 21);
            assert_eq!(call(&mut store, of, "large", 1).expect("there is room"), 4001);
            (error.to_string(), error.offset())
        });
        assert!(errors[0].0.contains("bytes used by the store"), "{errors:?}");
        assert_eq!(errors[0], errors[1]);
    }
}
