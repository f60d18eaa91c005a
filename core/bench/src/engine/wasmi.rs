//! wasmi, as `wasmi run` of `wasmi_cli` configures it.

use anyhow::{Result, ensure};
use wasmi::{
    Caller, CompilationMode, Config, Engine, Error, Extern, FuncType, Linker, Module, Store, Val, ValType,
};
use whit_wasi::WasiCtx;

use super::wasi::{Function, Stop};

pub(super) struct Wasmi;

impl super::Library for Wasmi {
    fn name(&self) -> &'static str {
        "wasmi 2.0.0"
    }

    fn run(&self, wasm: &[u8], world: WasiCtx) -> Result<()> {
        let mut config = Config::default();
        config.compilation_mode(CompilationMode::LazyTranslation);
        config.wasm_custom_page_sizes(true).wasm_wide_arithmetic(true);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, wasm)?;
        let mut linker = Linker::new(&engine);
        for import in module.imports() {
            add_import(&mut linker, import.module(), import.name())?;
        }
        let mut store = Store::new(&engine, world);
        let instance = linker.instantiate_and_start(&mut store, &module)?;
        let start = instance.get_typed_func::<(), ()>(&store, "_start")?;
        let Err(error) = start.call(&mut store, ()) else { return Ok(()) };
        ensure!(error.i32_exit_status() == Some(0), "{error}");
        Ok(())
    }
}

fn add_import(linker: &mut Linker<WasiCtx>, module: &str, name: &str) -> Result<()> {
    let function = Function::find(module, name)?;
    let ty = FuncType::new(function.parameters(ValType::I32, ValType::I64), function.results(ValType::I32));
    linker.func_new(module, name, ty, move |mut caller, parameters, results| {
        run(function, &mut caller, parameters, results)
    })?;
    Ok(())
}

fn run(
    function: Function,
    caller: &mut Caller<'_, WasiCtx>,
    parameters: &[Val],
    results: &mut [Val],
) -> Result<(), Error> {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        return Err(Error::new("no memory"));
    };
    let (bytes, world) = memory.data_and_store_mut(caller);
    match function.call(world, bytes, parameters.iter().map(value)) {
        Ok(number) => {
            results.fill(Val::I32(number));
            Ok(())
        }
        Err(Stop::NotReady) => Err(Error::new("a call that would have to wait")),
        Err(Stop::Exit(status)) => Err(Error::i32_exit(status)),
    }
}

fn value(value: &Val) -> u64 {
    match *value {
        Val::I32(value) => value.cast_unsigned().into(),
        Val::I64(value) => value.cast_unsigned(),
        _ => 0,
    }
}
