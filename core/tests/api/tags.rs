//! Tags: defined, imported and exported, and told apart.

use whit::{
    Config, Engine, Error, Extern, ExternType, FuncType, Instance, Linker, Module, Store, Tag, ValType,
};

fn engine() -> Engine {
    Engine::new(&Config::new()).expect("an engine can be made")
}

fn module(engine: &Engine, text: &str) -> Result<Module, Error> {
    Module::new(engine, &wat::parse_str(text).expect("the text is right"))
}

#[test]
fn a_module_with_tags_is_refused_unless_they_are_enabled() {
    let engine = Engine::new(Config::new().wasm_exceptions(false)).expect("an engine can be made");
    let error = module(&engine, "(module (tag (param i32)))").expect_err("exceptions are off");
    assert!(error.to_string().contains("exceptions proposal not enabled"), "{error}");
    // Where the contents of the tag section start.
    assert_eq!(error.offset(), Some(17), "{error}");
}

#[test]
fn what_is_imported_is_exported_again() {
    let engine = engine();
    let text = r#"(module (import "host" "e" (tag $e (param i32 f64)))
        (tag $own (export "own") (param i32 f64)) (export "e" (tag $e)))"#;
    let module = module(&engine, text).expect("it is valid");
    assert_eq!(module.imports().next().map(|it| it.ty.to_string()).as_deref(), Some("tag [i32 f64] -> []"));
    let mut store = Store::new(&engine, ());
    let ty = FuncType::new([ValType::I32, ValType::F64], []).expect("memory is there");
    let tag = Tag::new(&mut store, &ty).expect("memory is there");
    let mut linker = Linker::new(&engine);
    linker.define(&store, "host", "e", tag).expect("the name is free");
    let instance = linker.instantiate(&mut store, &module).expect("it fits");
    let get = |name| instance.get_export(&store, name).and_then(Extern::into_tag).expect("it is a tag");
    assert_eq!(get("e"), tag);
    assert_ne!(get("own"), tag);
    assert_eq!(get("own").ty(&store), &ty);
    assert!(matches!(Extern::from(tag).ty(&store), ExternType::Tag(found) if *found == ty));
}

#[test]
fn an_import_has_exactly_the_type_of_the_tag() {
    let engine = engine();
    let module = module(&engine, r#"(module (import "host" "e" (tag (param i32))))"#).expect("it is valid");
    let mut store = Store::new(&engine, ());
    for types in [&[][..], &[ValType::I64], &[ValType::I32, ValType::I32]] {
        let ty = FuncType::new(types.iter().copied(), []).expect("memory is there");
        let tag = Tag::new(&mut store, &ty).expect("memory is there");
        let error = Instance::new(&mut store, &module, &[tag.into()]).expect_err("the types differ");
        assert!(error.to_string().contains("the module imports tag [i32] -> []"), "{error}");
    }
    let ty = FuncType::new([], [ValType::I32]).expect("memory is there");
    let error = Tag::new(&mut store, &ty).expect_err("a tag has no results");
    assert!(error.to_string().contains("no results"), "{error}");
}
