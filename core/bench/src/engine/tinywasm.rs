//! tinywasm, as it configures itself.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use anyhow::{Result, anyhow, ensure};
use tinywasm::types::{FuncType, WasmType, WasmValue};
use tinywasm::{Error, FuncContext, HostFunction, Imports, ModuleInstance, Store};
use whit_wasi::WasiCtx;

use super::wasi::{Function, Stop};

pub(super) struct Tinywasm;

/// What host functions share: they get no data of the store.
struct Shared {
    world: RefCell<WasiCtx>,
    status: Cell<Option<i32>>,
}

impl super::Library for Tinywasm {
    fn name(&self) -> &'static str {
        "tinywasm 0.10.0"
    }

    fn run(&self, wasm: &[u8], world: WasiCtx) -> Result<()> {
        let shared = Rc::new(Shared { world: RefCell::new(world), status: Cell::new(None) });
        match start(wasm, &shared) {
            Err(error) if shared.status.get().is_none() => Err(error),
            _ => {
                ensure!(matches!(shared.status.get(), None | Some(0)), "exit status {:?}", shared.status);
                Ok(())
            }
        }
    }
}

fn start(wasm: &[u8], shared: &Rc<Shared>) -> Result<()> {
    let module = tinywasm::parse_bytes(wasm).map_err(|error| anyhow!("{error}"))?;
    let mut store = Store::default();
    let mut imports = Imports::new();
    for import in &*module.imports {
        let function = Function::find(&import.module, &import.name)?;
        let parameters = function.parameters(WasmType::I32, WasmType::I64);
        let ty = FuncType::new(&parameters, &function.results(WasmType::I32));
        let shared = shared.clone();
        let host = HostFunction::from_untyped(&mut store, &ty, move |context, parameters| {
            run(function, &shared, context, parameters)
        });
        imports.define(&import.module, &import.name, host);
    }
    let call = || {
        let instance = ModuleInstance::instantiate(&mut store, &module, Some(imports))?;
        instance.func::<(), ()>(&store, "_start")?.call(&mut store, ())
    };
    call().map_err(|error| anyhow!("{error}"))
}

/// The call works on a copy of the memory, since tinywasm does not lend it.
fn run(
    function: Function,
    shared: &Shared,
    mut context: FuncContext<'_>,
    parameters: &[WasmValue],
) -> tinywasm::Result<Vec<WasmValue>> {
    let memory = context.memory("memory")?;
    let length = memory.len(context.store())?;
    let mut bytes = memory.read_vec(context.store(), 0, length)?;
    let result = function.call(&mut shared.world.borrow_mut(), &mut bytes, parameters.iter().map(value));
    memory.copy_from_slice(context.store_mut(), 0, &bytes)?;
    match result {
        Ok(number) => Ok(function.results(WasmValue::I32(number))),
        Err(Stop::NotReady) => Err(Error::Other("a call that would have to wait".to_owned())),
        Err(Stop::Exit(status)) => {
            shared.status.set(Some(status));
            Err(Error::Other("the program has ended".to_owned()))
        }
    }
}

fn value(value: &WasmValue) -> u64 {
    match *value {
        WasmValue::I32(value) => value.cast_unsigned().into(),
        WasmValue::I64(value) => value.cast_unsigned(),
        _ => 0,
    }
}
