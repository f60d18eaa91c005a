//! Host functions: the table of functions, given to a linker.

use whit::{Caller, Error, Extern, FuncType, Linker, Module, Val};

use crate::Errno;
use crate::abi::Abi;
use crate::abi::calls::{Call, Outcome};
use crate::ctx::WasiCtx;

/// Gives `linker` every function of preview 1, under the names `wasi_snapshot_preview1` and `wasi_unstable`. `get`
/// finds the guest's context in the data of its store.
///
/// # Errors
/// When a name is taken or memory runs out.
pub fn add_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    get: fn(&mut T) -> &mut WasiCtx,
) -> Result<(), Error> {
    for abi in Abi::ALL {
        for call in Call::ALL.iter().copied().filter(|call| call.is_in(abi)) {
            add_call(linker, abi, call, get)?;
        }
    }
    Ok(())
}

/// Gives `linker` those functions of preview 1 that `module` imports: less memory than
/// [`add_to_linker`] takes, for a device that runs one module.
///
/// # Errors
/// When a name is taken or memory runs out.
pub fn add_imports_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    module: &Module,
    get: fn(&mut T) -> &mut WasiCtx,
) -> Result<(), Error> {
    for (index, import) in module.imports().enumerate() {
        let is_import = |abi: &Abi| abi.module_name() == import.module;
        let Some(abi) = Abi::ALL.into_iter().find(is_import) else { continue };
        let Some(call) = Call::find(abi, import.name) else { continue };
        // A module may import a function more than once.
        let is_same =
            |other: &whit::ImportType<'_>| (other.module, other.name) == (import.module, import.name);
        if !module.imports().take(index).any(|other| is_same(&other)) {
            add_call(linker, abi, call, get)?;
        }
    }
    Ok(())
}

fn add_call<T: 'static>(
    linker: &mut Linker<T>,
    abi: Abi,
    call: Call,
    get: fn(&mut T) -> &mut WasiCtx,
) -> Result<(), Error> {
    let ty = FuncType::new(call.parameters(), call.results().iter().copied())?;
    linker.func_new(abi.module_name(), call.name(), ty, move |mut caller, parameters, results| {
        run(abi, call, get, &mut caller, parameters, results)
    })?;
    Ok(())
}

fn run<T>(
    abi: Abi,
    call: Call,
    get: fn(&mut T) -> &mut WasiCtx,
    caller: &mut Caller<'_, T>,
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
    let slots = &slots[..parameters.len().min(9)];
    let budget_left = caller.budget_left();
    get(caller.data_mut()).set_budget_left(budget_left);
    let outcome = match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => {
            let (bytes, data) = memory.data_and_store_mut(&mut *caller);
            get(data).call(abi, call, bytes, slots)
        }
        // Every pointer of a guest that shows no memory is a bad one.
        _ => get(caller.data_mut()).call(abi, call, &mut [], slots),
    };
    let (held, charged) = get(caller.data_mut()).balance();
    caller.charge(held.saturating_sub(charged))?;
    caller.release(charged.saturating_sub(held));
    get(caller.data_mut()).set_charged(held);
    match outcome {
        Outcome::Return(result) => {
            let number = result.err().map_or(0, Errno::number);
            if let Some(slot) = results.first_mut() {
                *slot = Val::I32(i32::from(number));
            }
            Ok(())
        }
        Outcome::NotReady => Err(Error::suspend()),
        Outcome::Exit(status) => Err(Error::exit(status)),
    }
}
