//! Whit, as `whit run` configures it.

use anyhow::{Result, ensure};
use whit::{Config, Engine, Error, Linker, Module, Store};
use whit_wasi::WasiCtx;

pub(super) struct Whit;

impl super::Library for Whit {
    const NAME: &'static str = "whit";

    fn run(wasm: &[u8], world: WasiCtx) -> Result<()> {
        let engine = Engine::new(&Config::new())?;
        let module = Module::new(&engine, wasm)?;
        let mut linker = Linker::new(&engine);
        whit_wasi::add_imports_to_linker(&mut linker, &module, |world| world)?;
        let mut store = Store::new(&engine, world);
        let instance = linker.instantiate(&mut store, &module)?;
        let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
        ended(start.call(&mut store, ()))
    }
}

fn ended(result: Result<(), Error>) -> Result<()> {
    let Err(error) = result else { return Ok(()) };
    ensure!(error.exit_status() == Some(0), "{error}");
    Ok(())
}
