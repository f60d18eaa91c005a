//! Wasmtime: an interpreter, Pulley, and two compilers.

use std::fmt;

use anyhow::{Result, ensure};
use wasmtime::{
    Caller, Config, Engine, Error, Extern, FuncType, Linker, Module, Result as Outcome, Store, Strategy, Val,
    ValType,
};
use whit_wasi::WasiCtx;

use super::wasi::{Function, Stop};

/// How Wasmtime runs code.
pub(super) enum Wasmtime {
    /// As bytecode that Cranelift writes and an interpreter runs.
    Pulley,
    /// As machine code from the compiler that makes it quickly.
    Winch,
    /// As machine code from the compiler that makes it well.
    Cranelift,
}

impl super::Library for Wasmtime {
    fn name(&self) -> &'static str {
        match self {
            Self::Pulley => "Pulley 48.0.8",
            Self::Winch => "Winch 48.0.8 (JIT)",
            Self::Cranelift => "Cranelift 48.0.8 (JIT)",
        }
    }

    fn run(&self, wasm: &[u8], world: WasiCtx) -> Result<()> {
        let mut config = Config::new();
        match self {
            Self::Pulley => {
                config.target(if cfg!(target_pointer_width = "64") { "pulley64" } else { "pulley32" })?;
            }
            Self::Winch => _ = config.strategy(Strategy::Winch),
            Self::Cranelift => _ = config.strategy(Strategy::Cranelift),
        }
        let engine = Engine::new(&config)?;
        let module = Module::new(&engine, wasm)?;
        let mut linker = Linker::new(&engine);
        for import in module.imports() {
            add_import(&engine, &mut linker, import.module(), import.name())?;
        }
        let mut store = Store::new(&engine, world);
        let instance = linker.instantiate(&mut store, &module)?;
        let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
        let Err(error) = start.call(&mut store, ()) else { return Ok(()) };
        ensure!(matches!(error.downcast_ref(), Some(Exit(0))), "{error:?}");
        Ok(())
    }
}

/// A program's end by `proc_exit`, with its status.
#[derive(Debug)]
struct Exit(i32);

impl fmt::Display for Exit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "exit status {}", self.0)
    }
}

impl std::error::Error for Exit {}

fn add_import(engine: &Engine, linker: &mut Linker<WasiCtx>, module: &str, name: &str) -> Result<()> {
    let function = Function::find(module, name)?;
    let parameters = function.parameters(ValType::I32, ValType::I64);
    let ty = FuncType::new(engine, parameters, function.results(ValType::I32));
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
) -> Outcome<()> {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        return Err(Error::msg("no memory"));
    };
    let (bytes, world) = memory.data_and_store_mut(caller);
    match function.call(world, bytes, parameters.iter().map(value)) {
        Ok(number) => {
            results.fill(Val::I32(number));
            Ok(())
        }
        Err(Stop::NotReady) => Err(Error::msg("a call that would have to wait")),
        Err(Stop::Exit(status)) => Err(Error::new(Exit(status))),
    }
}

fn value(value: &Val) -> u64 {
    match *value {
        Val::I32(value) => value.cast_unsigned().into(),
        Val::I64(value) => value.cast_unsigned(),
        _ => 0,
    }
}
