//! Loading modules: what they import and export, and what is wrong with them, where.

use whit::{CompilationMode, Config, Engine, ErrorKind, ExternType, Module, ModuleLimits, ValType};

use super::{engine, instance, module};

#[test]
fn imports_and_exports_are_listed_in_order() {
    let module = module(
        &engine(),
        r#"(module
            (import "a" "f" (func (param i32) (result f64)))
            (import "b" "m" (memory 1 2))
            (table (export "t") 3 funcref)
            (global (export "g") (mut i64) (i64.const 1))
            (func (export "z") (param f32)))"#,
    );
    let imports = module.imports().map(|import| format!("{} {} {}", import.module, import.name, import.ty));
    assert_eq!(imports.collect::<Vec<_>>(), ["a f func [i32] -> [f64]", "b m memory 1..=2"]);
    let exports = module.exports().map(|export| format!("{} {}", export.name, export.ty));
    assert_eq!(
        exports.collect::<Vec<_>>(),
        ["t table 3.. funcref", "g global mut i64", "z func [f32] -> []"]
    );
    let Some(ExternType::Func(ty)) = module.get_export("z") else {
        panic!("z is a function");
    };
    assert_eq!(ty.params(), [ValType::F32]);
    assert!(module.get_export("y").is_none());
}

#[test]
fn an_error_says_what_and_where() {
    let engine = engine();
    let error = Module::new(&engine, b"\0asm\x01\0\0\0\x01\x02\x01\x77").expect_err("no such type form");
    assert!(matches!(error.kind(), ErrorKind::Module));
    assert_eq!(error.offset(), Some(11));

    let error = Module::new(&engine, b"not wasm").expect_err("no magic number");
    assert_eq!(error.offset(), Some(0));
    assert!(error.to_string().contains("magic"), "{error}");

    let mut bytes = wat::parse_str("(module (func (result i32) i64.const 5))").expect("text");
    let error = Module::new(&engine, &bytes).expect_err("an i64 is not an i32");
    assert!(error.to_string().contains("type mismatch"), "{error}");
    assert_eq!(error.offset(), Some(bytes.len() - 1));

    bytes.truncate(bytes.len() - 1);
    let error = Module::new(&engine, &bytes).expect_err("the end is missing");
    assert!(error.offset().is_some(), "{error}");
}

#[test]
fn a_proposal_that_is_off_is_named() {
    let cases: &[(&str, &str)] = &[
        #[cfg(not(feature = "simd"))]
        ("(module (func (result v128) v128.const i64x2 0 0))", "SIMD"),
        #[cfg(not(feature = "gc"))]
        ("(module (type (struct)))", "gc"),
        #[cfg(not(feature = "exceptions"))]
        ("(module (tag))", "exceptions"),
        ("(module (type (func)) (type (cont 0)))", "stack switching"),
    ];
    for (text, name) in cases {
        let bytes = wat::parse_str(text).expect("text");
        let error = Module::new(&engine(), &bytes).expect_err(text);
        assert!(error.to_string().contains(name), "{text}: {error}");
        assert!(error.offset().is_some(), "{text}: {error}");
    }
}

#[test]
fn proposals_can_be_turned_off() {
    type Change = fn(&mut Config) -> &mut Config;
    let cases: [(&str, Change, &str); 11] = [
        ("(module (func return_call 0))", |config| config.wasm_tail_call(false), "tail calls"),
        (
            "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))",
            |config| config.wasm_extended_const(false),
            "constant expression required",
        ),
        ("(module (memory 1) (memory 1))", |config| config.wasm_multi_memory(false), "multiple memories"),
        ("(module (memory i64 1))", |config| config.wasm_memory64(false), "memory64"),
        ("(module (table i64 1 funcref))", |config| config.wasm_memory64(false), "memory64"),
        (
            "(module (memory 1 (pagesize 1)))",
            |config| config.wasm_custom_page_sizes(false),
            "custom page sizes",
        ),
        (
            "(module (type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0))))",
            |config| config.wasm_function_references(false),
            "function references",
        ),
        ("(module (type (struct)))", |config| config.wasm_gc(false), "gc"),
        ("(module (memory 1 1 shared))", |config| config.wasm_threads(false), "threads"),
        (
            "(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))",
            |config| config.wasm_threads(false),
            "threads",
        ),
        (
            "(module (func (param i64) (result i64 i64) (i64.mul_wide_s (local.get 0) (local.get 0))))",
            |config| config.wasm_wide_arithmetic(false),
            "wide arithmetic",
        ),
    ];
    for (text, turn_off, message) in cases {
        let bytes = wat::parse_str(text).expect("text");
        assert!(Module::new(&engine(), &bytes).is_ok(), "{text}");
        let engine = Engine::new(turn_off(&mut Config::new())).expect("an engine");
        let error = Module::new(&engine, &bytes).expect_err(text);
        assert!(error.to_string().contains(message), "{text}: {error}");
        assert!(error.offset().is_some(), "{text}: {error}");
    }
}

#[test]
fn limits_of_modules_are_kept() {
    type Change = fn(&mut ModuleLimits);
    let cases: [(&str, Change, &str); 12] = [
        ("(module)", |limits| limits.module_size = 7, "module size"),
        ("(module (type (func)) (type (func)))", |limits| limits.types = 1, "types"),
        ("(module (func) (func))", |limits| limits.functions = 1, "functions"),
        (r#"(module (import "" "" (func)) (func))"#, |limits| limits.functions = 1, "functions"),
        (r#"(module (import "" "" (func)))"#, |limits| limits.imports = 0, "imports"),
        (r#"(module (func (export "")))"#, |limits| limits.exports = 0, "exports"),
        ("(module (memory 1) (memory 1))", |limits| limits.memories = 1, "memories"),
        ("(module (memory 1) (data \"\"))", |limits| limits.data_segments = 0, "data segments"),
        ("(module (func nop nop nop))", |limits| limits.function_size = 3, "function size"),
        ("(module (type (func (param i32 i32))))", |limits| limits.params = 1, "parameters"),
        ("(module (func (param i32) (local i32 i32)))", |limits| limits.locals = 2, "locals"),
        ("(module (func block block block end end end))", |limits| limits.labels = 3, "labels"),
    ];
    for (text, change, name) in cases {
        let bytes = wat::parse_str(text).expect("text");
        assert!(Module::new(&engine(), &bytes).is_ok(), "{text}");
        let mut limits = ModuleLimits::default();
        change(&mut limits);
        let engine = Engine::new(Config::new().module_limits(limits)).expect("an engine");
        let error = Module::new(&engine, &bytes).expect_err(text);
        assert!(matches!(error.kind(), ErrorKind::Limit), "{text}: {error}");
        assert!(error.to_string().contains(name), "{text}: {error}");
    }
}

#[test]
fn wide_types_do_not_make_loading_slow() {
    let params = "i32 ".repeat(1000);
    let gets = (0..1000).map(|index| format!("local.get {index} ")).collect::<String>();
    let module = |body: &str| {
        let types = format!("(param {params}) (result {params})");
        wat::parse_str(format!("(module (func {types} {gets} {body}))")).expect("text")
    };
    let engine = engine();
    for body in [format!("(br_table {}(i32.const 0))", "0 ".repeat(100_000)), "call 0 ".repeat(50_000)] {
        let error = Module::new(&engine, &module(&body)).expect_err("too much work");
        assert!(error.to_string().contains("values handled per byte"), "{error}");
        assert!(error.offset().is_some(), "{error}");
    }
    for body in [format!("(br_table {}(i32.const 0))", "0 ".repeat(100)), "call 0 ".repeat(100)] {
        assert!(Module::new(&engine, &module(&body)).is_ok());
    }
}

#[test]
fn a_count_alone_allocates_nothing() {
    // A type section that announces 900,000 types and holds none.
    let bytes = b"\0asm\x01\0\0\0\x01\x03\xa0\xf7\x36";
    let error = Module::new(&engine(), bytes).expect_err("the types are missing");
    assert!(matches!(error.kind(), ErrorKind::Module), "{error}");
}

#[test]
fn lazy_validation_finds_an_invalid_body_when_it_is_called() {
    let bytes = wat::parse_str(
        r#"(module
            (func (export "good") (result i32) i32.const 1)
            (func (export "bad") (result i32) i64.const 1))"#,
    )
    .expect("text");
    let engine = Engine::new(Config::new().compilation_mode(CompilationMode::Lazy)).expect("an engine");
    let module = Module::new(&engine, &bytes).expect("nothing is wrong outside of bodies");
    let mut store = whit::Store::new(&engine, ());
    let instance = whit::Instance::new(&mut store, &module, &[]).expect("an instance");
    let good = instance.get_typed_func::<(), i32>(&store, "good").expect("a function");
    assert_eq!(good.call(&mut store, ()).expect("good is valid"), 1);
    let bad = instance.get_typed_func::<(), i32>(&store, "bad").expect("a function");
    let error = bad.call(&mut store, ()).expect_err("bad is not valid");
    assert!(matches!(error.kind(), ErrorKind::Module), "{error:?}");
    assert!(error.offset().is_some(), "{error:?}");
    assert!(module.translate_all().is_err());
}

#[test]
fn functions_are_translated_when_the_mode_says_so() {
    let bytes = wat::parse_str(r#"(module (func (export "f")))"#).expect("text");
    let size = |mode| {
        let engine = Engine::new(Config::new().compilation_mode(mode)).expect("an engine");
        let module = Module::new(&engine, &bytes).expect("a valid module");
        let before = module.ir_size();
        module.translate_all().expect("memory for two instructions");
        (before, module.ir_size())
    };
    let (eager, all) = size(CompilationMode::Eager);
    assert!(eager > 0 && eager == all);
    assert_eq!(size(CompilationMode::LazyTranslation), (0, all));
    assert_eq!(size(CompilationMode::Lazy), (0, all));
}

#[test]
fn names_come_from_the_name_section() {
    let module = module(&engine(), r#"(module (import "" "" (func $imported)) (func) (func $named))"#);
    assert_eq!(module.function_name(0), Some("imported"));
    assert_eq!(module.function_name(1), None);
    assert_eq!(module.function_name(2), Some("named"));
    assert_eq!(module.function_name(3), None);
}

#[test]
fn static_bytes_are_not_copied() {
    const EMPTY: &[u8] = b"\0asm\x01\0\0\0";
    let module = Module::from_static(&engine(), EMPTY).expect("the empty module");
    assert_eq!((module.imports().len(), module.exports().len(), module.code_size()), (0, 0, 0));
}

/// What validates, translates and executes a function goes from one instruction to the next without a stack.
#[test]
fn long_functions_need_no_long_stack() {
    let run = || {
        let body = "(local.set 0 (i32.add (local.get 0) (i32.const 1))) (nop) (block)".repeat(100_000);
        let text = format!(r#"(module (func (export "run") (param i32) (result i32) {body} (local.get 0)))"#);
        let (mut store, instance) = instance(&text);
        let run = instance.get_typed_func::<i32, i32>(&store, "run").expect("a function");
        assert_eq!(run.call(&mut store, 5).expect("no trap"), 100_005);
    };
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(run).expect("a thread");
    thread.join().expect("a stack of 512 KiB is enough");
}
