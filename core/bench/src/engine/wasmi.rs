//! wasmi, as `wasmi run` of `wasmi_cli` configures it.

use anyhow::{Context as _, Result, ensure};
use wasmi::{
    Caller, CompilationMode, Config, Engine, Error, Extern, FuncType, Linker, Module, Store, Val, ValType,
};
use whit_wasi::abi::Abi;
use whit_wasi::{Call, Errno, Outcome, WasiCtx};

pub(super) struct Wasmi;

impl super::Library for Wasmi {
    const NAME: &'static str = "wasmi 2.0.0";

    fn run(wasm: &[u8], world: WasiCtx) -> Result<()> {
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
    let abi = Abi::ALL.into_iter().find(|abi| abi.module_name() == module).context("not a module of WASI")?;
    let call = Call::find(abi, name).context("not a function of WASI")?;
    let number = |ty: whit::ValType| if ty == whit::ValType::I64 { ValType::I64 } else { ValType::I32 };
    let parameters: Vec<_> = call.parameters().map(number).collect();
    let results: Vec<_> = call.results().iter().copied().map(number).collect();
    let ty = FuncType::new(parameters, results);
    linker.func_new(module, name, ty, move |mut caller, parameters, results| {
        run(abi, call, &mut caller, parameters, results)
    })?;
    Ok(())
}

fn run(
    abi: Abi,
    call: Call,
    caller: &mut Caller<'_, WasiCtx>,
    parameters: &[Val],
    results: &mut [Val],
) -> Result<(), Error> {
    let mut slots = [0; 9];
    for (slot, parameter) in slots.iter_mut().zip(parameters) {
        *slot = match *parameter {
            Val::I32(value) => u64::from(value.cast_unsigned()),
            Val::I64(value) => value.cast_unsigned(),
            _ => 0,
        };
    }
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        return Err(Error::new("no memory"));
    };
    let (bytes, world) = memory.data_and_store_mut(caller);
    match world.call(abi, call, bytes, &slots[..parameters.len().min(9)]) {
        Outcome::Return(result) => {
            let number = result.err().map_or(0, Errno::number);
            if let Some(slot) = results.first_mut() {
                *slot = Val::I32(i32::from(number));
            }
            Ok(())
        }
        Outcome::NotReady => Err(Error::new("a call that would have to wait")),
        Outcome::Exit(status) => Err(Error::i32_exit(status)),
    }
}
