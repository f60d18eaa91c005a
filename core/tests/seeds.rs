//! Replays the fuzzer's inputs for the decoder, the ones that found something among them.

use std::fs;
use std::path::Path;

use whit::{
    CompilationMode, Config, Engine, Error, Extern, Linker, Module, Store, StoreLimits, Val, ValType,
};

fn engine(mode: CompilationMode) -> Engine {
    let mut config = Config::new();
    config.compilation_mode(mode).consume_fuel(true);
    Engine::new(&config).expect("an engine can be made")
}

fn run(engine: &Engine, module: &Module) -> Result<(), Error> {
    let mut limits = StoreLimits::default();
    limits.budget = 32 << 20;
    let mut store = Store::with_limits(engine, (), limits);
    store.set_fuel(10_000)?;
    let mut linker = Linker::new(engine);
    linker.define_unknown_imports_as_traps(module)?;
    let instance = linker.instantiate(&mut store, module)?;
    for export in module.exports() {
        if let Some(Extern::Func(func)) = instance.get_export(&store, export.name) {
            let ty = func.ty(&store).try_clone()?;
            let zeros = |types: &[ValType]| types.iter().map(|ty| zero(*ty)).collect::<Vec<_>>();
            store.set_fuel(10_000)?;
            // Traps are fine.
            let _ = func.call(&mut store, &zeros(ty.params()), &mut zeros(ty.results()));
        }
    }
    Ok(())
}

fn zero(ty: ValType) -> Val {
    match ty {
        ValType::I32 => Val::I32(0),
        ValType::I64 => Val::I64(0),
        ValType::F32 => Val::F32(0),
        ValType::F64 => Val::F64(0),
        ValType::V128 => Val::V128(0),
        ValType::FUNCREF => Val::FuncRef(None),
        ValType::Ref(_) => Val::ExternRef(None),
    }
}

#[test]
fn decoder_inputs() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/decode");
    let engines =
        [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy].map(engine);
    let mut count = 0;
    for entry in fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let accepted = engines.each_ref().map(|engine| {
            let module =
                Module::new(engine, &bytes).and_then(|module| module.translate_all().map(|()| module));
            if let Ok(module) = &module {
                // Errors are fine, panics are not.
                let _ = run(engine, module);
            }
            module.is_ok()
        });
        assert!(accepted.iter().all(|one| *one == accepted[0]), "{}: {accepted:?}", path.display());
        count += 1;
    }
    assert!(count > 0, "there are no seeds in {}", directory.display());
}
