//! Whit, as `whit run` configures it.

use anyhow::{Result, ensure};
use whit::{Config, Engine, Linker, Module, Store};
use whit_wasi::WasiCtx;

pub(super) struct Whit {
    /// Whether running code counts its fuel; it gets more than it can use.
    pub(super) fuel: bool,
}

impl super::Library for Whit {
    fn name(&self) -> &'static str {
        if self.fuel { "whit with fuel" } else { "whit" }
    }

    fn run(&self, wasm: &[u8], world: WasiCtx) -> Result<()> {
        let engine = Engine::new(Config::new().consume_fuel(self.fuel))?;
        let module = Module::new(&engine, wasm)?;
        let mut linker = Linker::new(&engine);
        whit_wasi::add_imports_to_linker(&mut linker, &module, |world| world)?;
        let mut store = Store::new(&engine, world);
        if self.fuel {
            store.set_fuel(u64::MAX)?;
        }
        let instance = linker.instantiate(&mut store, &module)?;
        let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
        let Err(error) = start.call(&mut store, ()) else { return Ok(()) };
        ensure!(error.exit_status() == Some(0), "{error}");
        Ok(())
    }
}
