//! Any bytes, in every mode.

use std::sync::LazyLock;

use wasmparser::{Validator, WasmFeatures};
use whit::{
    CompilationMode, Config, Engine, Error, Extern, ExternType, Linker, Module, Store, StoreLimits, Val,
};

/// Fuel for each call.
const FUEL: u64 = 2_000;

/// What Whit implements and an engine enables unless it is told otherwise.
const FEATURES: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::RELAXED_SIMD)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::MEMORY64)
    .union(WasmFeatures::CUSTOM_PAGE_SIZES)
    .union(WasmFeatures::WIDE_ARITHMETIC)
    .union(WasmFeatures::FUNCTION_REFERENCES)
    .union(WasmFeatures::GC)
    .union(WasmFeatures::THREADS)
    .union(WasmFeatures::EXCEPTIONS)
    .union(WasmFeatures::LEGACY_EXCEPTIONS);

static ENGINES: LazyLock<[Engine; 3]> = LazyLock::new(|| {
    [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy].map(|mode| {
        let mut config = Config::new();
        config.compilation_mode(mode).consume_fuel(true);
        Engine::new(&config).expect("an engine can be made")
    })
});

/// Loads `data` in every mode; where it is a module, looks at all of it and runs it.
///
/// # Panics
/// When something is wrong in Whit: modes that do not agree, a module that wasmparser refuses, or a panic of its own.
pub fn run(data: &[u8]) {
    let accepted = ENGINES.each_ref().map(|engine| load(engine, data).is_ok());
    assert!(accepted.iter().all(|one| *one == accepted[0]), "modes do not agree: {accepted:?}");
    if accepted[0] {
        let refused = Validator::new_with_features(FEATURES).validate_all(data).err();
        assert!(refused.is_none(), "accepted, although wasmparser says {refused:?}");
        for engine in &*ENGINES {
            // Errors are fine.
            let _ = execute(engine, data);
        }
    }
}

fn load(engine: &Engine, data: &[u8]) -> Result<(), Error> {
    let module = Module::new(engine, data)?;
    let texts = module.imports().map(|import| import.module.len() + import.name.len()).sum::<usize>();
    assert!(texts <= data.len(), "names are part of the module");
    for export in module.exports() {
        let ty = module.get_export(export.name);
        assert_eq!(ty, Some(export.ty), "an export is found by its name");
    }
    for index in 0..1_000 {
        let _ = module.function_name(index);
    }
    module.translate_all()?;
    assert!(module.code_size() <= data.len(), "bodies are part of the module");
    Ok(())
}

fn execute(engine: &Engine, data: &[u8]) -> Result<(), Error> {
    let module = Module::new(engine, data)?;
    let mut limits = StoreLimits::default();
    limits.budget = 32 << 20;
    limits.table_elements = 100_000;
    let mut store = Store::with_limits(engine, (), limits);
    store.set_fuel(FUEL)?;
    let mut linker = Linker::new(engine);
    linker.define_unknown_imports_as_traps(&module)?;
    let instance = linker.instantiate(&mut store, &module)?;
    for export in module.exports() {
        if let (ExternType::Func(ty), Some(Extern::Func(func))) =
            (export.ty, instance.get_export(&store, export.name))
        {
            store.set_fuel(FUEL)?;
            let arguments: Vec<_> = ty.params().iter().map(|ty| Val::default_for(*ty)).collect();
            let mut results: Vec<_> = ty.results().iter().map(|ty| Val::default_for(*ty)).collect();
            let _ = func.call(&mut store, &arguments, &mut results);
        }
    }
    Ok(())
}
