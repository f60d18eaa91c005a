//! The loop that calls WebAssembly and, for it, the host.

use alloc::vec::Vec;

use super::resumable::Suspension;
use super::store::StoreParts;
use super::{Func, Val};
use crate::error::{Error, ErrorKind};
use crate::exec::{Invocation, Step};
use crate::store::{FuncEntity, StoreInner};
use crate::trap::Trap;
use crate::types::{FuncType, ValType};

/// A call that stopped.
pub(crate) enum Pending {
    /// In WebAssembly.
    Wasm(Invocation, Stop),
    /// The host function that the embedder called is not ready; these are its arguments.
    Host(Slots),
}

/// Why an invocation stopped without an error.
#[derive(Clone, Copy)]
pub(crate) enum Stop {
    Done,
    OutOfFuel,
    /// This host function is not ready.
    Host(u32),
}

/// How a resumable call ended.
#[expect(clippy::large_enum_variant, reason = "stopping must not need memory")]
pub(crate) enum Ended {
    Done,
    Suspended(Pending, Suspension),
}

/// Slots for the arguments and results of a call, on the native stack where they are few.
pub(crate) struct Slots {
    few: [u64; Self::FEW],
    many: Vec<u64>,
}

impl Slots {
    const FEW: usize = 16;

    fn new(len: usize) -> Result<Self, Error> {
        let mut slots = Self { few: [0; Self::FEW], many: Vec::new() };
        if len > Self::FEW {
            slots.many.try_reserve_exact(len)?;
            slots.many.resize(len, 0);
        }
        Ok(slots)
    }

    /// Slots for what functions of type `ty` take and return.
    fn for_type(ty: &FuncType) -> Result<Self, Error> {
        Self::new(ty.param_slots().max(ty.result_slots()))
    }

    fn as_mut_slice(&mut self) -> &mut [u64] {
        if self.many.is_empty() { &mut self.few } else { &mut self.many }
    }
}

impl Pending {
    pub(crate) fn abandon(self, store: &mut StoreInner) {
        if let Self::Wasm(invocation, _) = self {
            invocation.abandon(store);
        }
    }
}

/// Writes `values` to `slots`, if they are of types `types`.
fn store_values(
    store: &StoreInner,
    types: &[ValType],
    values: &[Val],
    slots: &mut [u64],
) -> Result<(), Error> {
    if values.len() != types.len() || values.iter().zip(types).any(|(value, ty)| !value.matches(*ty)) {
        let text = format_args!("values of types {types:?} are needed, not {values:?}");
        return Err(Error::format(ErrorKind::Usage, text));
    }
    let mut place = 0;
    for value in values {
        place += value.to_slots(store, &mut slots[place..]);
    }
    Ok(())
}

/// Reads `values` of types `types` from `slots`.
fn load_values(store: &StoreInner, types: &[ValType], values: &mut [Val], slots: &[u64]) {
    let mut place = 0;
    for (value, ty) in values.iter_mut().zip(types) {
        *value = Val::from_slots(*ty, store, &slots[place..]);
        place += ty.slots();
    }
}

fn check_results(ty: &FuncType, results: &[Val]) -> Result<(), Error> {
    if results.len() == ty.results().len() {
        return Ok(());
    }
    let (has, given) = (ty.results().len(), results.len());
    let text = format_args!("the function has {has} results, but {given} places were given");
    Err(Error::format(ErrorKind::Usage, text))
}

/// The arguments of a call of `func`, as slots.
fn prepare(store: &StoreInner, func: Func, args: &[Val], results: &[Val]) -> Result<Slots, Error> {
    let ty = func.ty_in(store);
    check_results(ty, results)?;
    let mut slots = Slots::for_type(ty)?;
    store_values(store, ty.params(), args, slots.as_mut_slice())?;
    Ok(slots)
}

/// Runs `invocation` until it is done, fails or stops.
fn drive<T>(parts: &mut StoreParts<T>, invocation: &mut Invocation) -> Result<Stop, Error> {
    if parts.inner.host_depth >= parts.inner.limits.host_depth {
        return Err(Trap::CallStackExhausted.into());
    }
    parts.inner.host_depth += 1;
    run(Deeper(parts).0, invocation)
}

/// A nested call, counted until it ends, be it by a panic of the host.
struct Deeper<'a, T>(&'a mut StoreParts<T>);

impl<T> Drop for Deeper<'_, T> {
    fn drop(&mut self) {
        self.0.inner.host_depth -= 1;
    }
}

fn run<T>(parts: &mut StoreParts<T>, invocation: &mut Invocation) -> Result<Stop, Error> {
    loop {
        let host = match invocation.run(&mut parts.inner)? {
            Step::Done => return Ok(Stop::Done),
            Step::OutOfFuel => return Ok(Stop::OutOfFuel),
            Step::Host(host) => host,
        };
        let caller = invocation.host_caller();
        let slots = invocation.host_slots(&parts.inner);
        if let Err(mut error) = parts.call_host(host, Some(caller), slots) {
            if error.is_suspend() {
                return Ok(Stop::Host(host));
            }
            invocation.add_backtrace(&parts.inner, &mut error);
            return Err(error);
        }
    }
}

/// Calls `func` on `slots`, which begin with `params` slots of arguments and then with `results` slots of results.
pub(crate) fn call_slots<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    slots: &mut [u64],
    params: usize,
    results: usize,
) -> Result<(), Error> {
    parts.inner.check(func.store);
    let entity = parts.inner.funcs[func.index as usize];
    if entity.instance == FuncEntity::HOST {
        return parts.call_host(entity.index, None, slots);
    }
    let mut invocation = Invocation::start(&mut parts.inner, func.index, &slots[..params])?;
    let mut error = match drive(parts, &mut invocation) {
        Ok(Stop::Done) => {
            invocation.finish(&mut parts.inner, &mut slots[..results]);
            return Ok(());
        }
        Ok(Stop::OutOfFuel) => Trap::OutOfFuel.into(),
        Ok(Stop::Host(_)) => Error::suspend(),
        Err(error) => {
            invocation.abandon(&mut parts.inner);
            return Err(error);
        }
    };
    invocation.add_backtrace(&parts.inner, &mut error);
    invocation.abandon(&mut parts.inner);
    Err(error)
}

/// Calls `func`.
pub(crate) fn call_values<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    args: &[Val],
    results: &mut [Val],
) -> Result<(), Error> {
    let mut slots = prepare(&parts.inner, func, args, results)?;
    let ty = func.ty_in(&parts.inner);
    let (param_slots, result_slots) = (ty.param_slots(), ty.result_slots());
    call_slots(parts, func, slots.as_mut_slice(), param_slots, result_slots)?;
    load_values(&parts.inner, func.ty_in(&parts.inner).results(), results, slots.as_mut_slice());
    Ok(())
}

/// Calls `func`; the call can be resumed where it stops.
pub(crate) fn call_resumable<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    args: &[Val],
    results: &mut [Val],
) -> Result<Ended, Error> {
    let mut slots = prepare(&parts.inner, func, args, results)?;
    let entity = parts.inner.funcs[func.index as usize];
    if entity.instance == FuncEntity::HOST {
        return host_again(parts, func, slots, results);
    }
    let params = func.ty_in(&parts.inner).param_slots();
    let invocation = Invocation::start(&mut parts.inner, func.index, &slots.as_mut_slice()[..params])?;
    go_on(parts, func, invocation, results)
}

/// Calls host function `func` for the embedder.
fn host_again<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    mut slots: Slots,
    results: &mut [Val],
) -> Result<Ended, Error> {
    let host = parts.inner.funcs[func.index as usize].index;
    match parts.call_host(host, None, slots.as_mut_slice()) {
        Ok(()) => {
            let types = func.ty_in(&parts.inner).results();
            load_values(&parts.inner, types, results, slots.as_mut_slice());
            Ok(Ended::Done)
        }
        Err(error) if error.is_suspend() => Ok(Ended::Suspended(Pending::Host(slots), Suspension::Host)),
        Err(error) => Err(error),
    }
}

/// Runs `invocation`, of `func`, on.
fn go_on<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    mut invocation: Invocation,
    results: &mut [Val],
) -> Result<Ended, Error> {
    match drive(parts, &mut invocation) {
        Ok(Stop::Done) => {
            let mut slots = match Slots::new(func.ty_in(&parts.inner).result_slots()) {
                Ok(slots) => slots,
                Err(error) => {
                    invocation.abandon(&mut parts.inner);
                    return Err(error);
                }
            };
            let types = func.ty_in(&parts.inner).results();
            let len = types.iter().map(|ty| ty.slots()).sum();
            invocation.finish(&mut parts.inner, &mut slots.as_mut_slice()[..len]);
            let types = func.ty_in(&parts.inner).results();
            load_values(&parts.inner, types, results, slots.as_mut_slice());
            Ok(Ended::Done)
        }
        Ok(stop) => {
            let reason = if let Stop::Host(_) = stop { Suspension::Host } else { Suspension::OutOfFuel };
            Ok(Ended::Suspended(Pending::Wasm(invocation, stop), reason))
        }
        Err(error) => {
            invocation.abandon(&mut parts.inner);
            Err(error)
        }
    }
}

/// Resumes a call of `func`: the host function that was not ready is called again.
pub(crate) fn resume<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    pending: Pending,
    results: &mut [Val],
) -> Result<Ended, Error> {
    if let Err(error) = check_results(func.ty_in(&parts.inner), results) {
        pending.abandon(&mut parts.inner);
        return Err(error);
    }
    let (mut invocation, stop) = match pending {
        Pending::Host(slots) => return host_again(parts, func, slots, results),
        Pending::Wasm(invocation, stop) => (invocation, stop),
    };
    if let Stop::Host(host) = stop {
        let caller = invocation.host_caller();
        let slots = invocation.host_slots(&parts.inner);
        if let Err(mut error) = parts.call_host(host, Some(caller), slots) {
            if error.is_suspend() {
                return Ok(Ended::Suspended(Pending::Wasm(invocation, stop), Suspension::Host));
            }
            invocation.add_backtrace(&parts.inner, &mut error);
            invocation.abandon(&mut parts.inner);
            return Err(error);
        }
    }
    go_on(parts, func, invocation, results)
}

/// Resumes a call of `func` as if the host function that was not ready had returned `host_results`.
pub(crate) fn resume_with<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    pending: Pending,
    host_results: &[Val],
    results: &mut [Val],
) -> Result<Ended, Error> {
    let ty = func.ty_in(&parts.inner);
    if let Err(error) = check_results(ty, results) {
        pending.abandon(&mut parts.inner);
        return Err(error);
    }
    match pending {
        Pending::Host(mut slots) => {
            store_values(&parts.inner, ty.results(), host_results, slots.as_mut_slice())?;
            load_values(&parts.inner, ty.results(), results, slots.as_mut_slice());
            Ok(Ended::Done)
        }
        Pending::Wasm(mut invocation, Stop::Host(host)) => {
            let ty = &parts.inner.types[parts.host_func_type(host) as usize];
            let slots = invocation.host_slots(&parts.inner);
            if let Err(error) = store_values(&parts.inner, ty.results(), host_results, slots) {
                invocation.abandon(&mut parts.inner);
                return Err(error);
            }
            go_on(parts, func, invocation, results)
        }
        Pending::Wasm(invocation, _) => {
            invocation.abandon(&mut parts.inner);
            Err(Error::with_message(ErrorKind::Usage, "the call does not wait for a host function"))
        }
    }
}
