//! The loop that calls WebAssembly and, for it, the host.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::resumable::Suspension;
use super::store::StoreParts;
use super::typed::{MAX_VALUES, StoreAccess, WasmParams, WasmResults};
use super::{Func, Val};
use crate::error::{Error, ErrorKind};
use crate::exec::{HostCall, Invocation, Outcome, Stop};
use crate::raw::Shared;
use crate::store::parked::Ticket;
use crate::store::stack::Stack;
use crate::store::{FuncEntity, StoreInner};
use crate::trap::Trap;
use crate::types::defined::DefinedType;
use crate::types::{FuncType, ValType};

/// A call that stopped.
pub(crate) enum Pending {
    /// In WebAssembly, for this host function or for fuel; the store has the stack.
    Wasm(Box<Invocation>, Option<HostCall>, Ticket),
    /// The host function that the embedder called is not ready; the store has its arguments.
    Host(Ticket),
}

/// How a resumable call ended.
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

    pub(super) fn new(len: usize) -> Result<Self, Error> {
        let mut slots = Self { few: [0; Self::FEW], many: Vec::new() };
        if len > Self::FEW {
            slots.many.try_reserve_exact(len)?;
            slots.many.resize(len, 0);
        }
        Ok(slots)
    }

    /// Slots for what functions of type `ty` take and return.
    fn for_type(ty: &FuncType) -> Result<Self, Error> {
        Self::new(ty.call_slots())
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [u64] {
        if self.many.is_empty() { &mut self.few } else { &mut self.many }
    }
}

impl Pending {
    pub(crate) fn abandon<T>(self, parts: &mut StoreParts<T>) {
        match self {
            Self::Wasm(mut invocation, _, ticket) => {
                invocation.unpark(&mut parts.inner, &ticket);
                parts.give_back(invocation);
            }
            Self::Host(ticket) => drop(take_slots(&mut parts.inner, &ticket)),
        }
    }
}

/// Takes the slots of a host function that was not ready back from the store.
fn take_slots(store: &mut StoreInner, ticket: &Ticket) -> Result<Slots, Error> {
    let mut stack = store.unpark(ticket).map_or_else(|| Stack::with(&mut store.budget, &[]), Ok)?;
    store.budget.release(stack.footprint());
    let values = stack.cells.as_mut_slice();
    let mut slots = Slots::new(values.len())?;
    slots.as_mut_slice()[..values.len()].copy_from_slice(values);
    Ok(slots)
}

/// Fails unless `values` are of types `types`.
pub(super) fn check_values(store: &StoreInner, types: &[ValType], values: &[Val]) -> Result<(), Error> {
    if values.len() == types.len() && values.iter().zip(types).all(|(value, ty)| value.matches_in(store, *ty))
    {
        return Ok(());
    }
    let text = format_args!("values of types {types:?} are needed, not {values:?}");
    Err(Error::format(ErrorKind::Usage, text))
}

/// Writes `values` to `slots`.
pub(super) fn store_values(store: &StoreInner, values: &[Val], slots: &mut [u64]) {
    let mut place = 0;
    for value in values {
        place += value.to_slots(store, &mut slots[place..]);
    }
}

/// Reads values of types `types` from `slots`.
pub(super) fn load_values(
    store: &mut StoreInner,
    types: &[ValType],
    slots: &[u64],
    values: &mut [Val],
) -> Result<(), Error> {
    let mut place = 0;
    for (value, ty) in values.iter_mut().zip(types) {
        *value = Val::from_slots(*ty, store, &slots[place..])?;
        place += ty.slots();
    }
    Ok(())
}

/// The type of `func`.
fn shared_type(store: &StoreInner, func: Func) -> Shared<DefinedType> {
    store.types[store.funcs[func.index as usize].ty as usize].clone()
}

fn check_results(ty: &FuncType, results: &[Val]) -> Result<(), Error> {
    if results.len() == ty.results().len() {
        return Ok(());
    }
    let (has, given) = (ty.results().len(), results.len());
    let text = format_args!("the function has {has} results, but {given} places were given");
    Err(Error::format(ErrorKind::Usage, text))
}

/// Fails unless `func` can be called with `args` and has as many results as there are places in `results`.
fn check(store: &StoreInner, func: Func, args: &[Val], results: &[Val]) -> Result<(), Error> {
    let ty = func.ty_in(store);
    check_results(ty, results)?;
    check_values(store, ty.params(), args)
}

impl<T> StoreParts<T> {
    /// Begins a call of `entity`, which is not a host function, with `count` slots for arguments or results.
    #[inline(always)]
    fn start(&mut self, entity: FuncEntity, count: usize) -> Result<Box<Invocation>, Error> {
        let mut invocation = match self.idle.take() {
            Some(invocation) => invocation,
            None => self.another()?,
        };
        match invocation.prepare(&mut self.inner, entity, count) {
            Ok(()) => Ok(invocation),
            Err(error) => {
                self.give_back(invocation);
                Err(error)
            }
        }
    }

    /// Begins a call of `entity` with `args`, whose types have been checked.
    fn start_with(&mut self, entity: FuncEntity, args: &[Val]) -> Result<Box<Invocation>, Error> {
        let ty = self.inner.func_type(entity.ty);
        let (params, count) = (ty.param_slots(), ty.call_slots());
        let mut invocation = self.start(entity, count)?;
        store_values(&self.inner, args, invocation.arguments(params));
        Ok(invocation)
    }

    /// Room for a call that the usual one is not there for.
    #[cold]
    #[inline(never)]
    fn another(&mut self) -> Result<Box<Invocation>, Error> {
        self.more_idle.pop().map_or_else(|| Invocation::new(&mut self.inner), Ok)
    }

    /// Keeps the room of a call that has ended for the next one.
    #[inline(always)]
    fn give_back(&mut self, invocation: Box<Invocation>) {
        if self.idle.is_none() {
            self.idle = Some(invocation);
        } else {
            self.give_more_back(invocation);
        }
    }

    #[cold]
    #[inline(never)]
    fn give_more_back(&mut self, invocation: Box<Invocation>) {
        if self.more_idle.try_reserve(1).is_ok() {
            self.more_idle.push(invocation);
        } else {
            invocation.free(&mut self.inner);
        }
    }

    /// Reads the results of `invocation`, a call of `entity` that is done, with `acc` in the integer accumulator.
    fn load_results(
        &mut self,
        entity: FuncEntity,
        invocation: &mut Invocation,
        acc: u64,
        results: &mut [Val],
    ) -> Result<(), Error> {
        let ty = self.inner.types[entity.ty as usize].clone();
        let slots = invocation.results(ty.func_type().results(), ty.func_type().result_slots(), acc);
        load_values(&mut self.inner, ty.func_type().results(), slots, results)
    }
}

/// Runs `invocation` from where it has stopped with `outcome` until it is done, fails or stops.
fn drive<T>(parts: &mut StoreParts<T>, invocation: &mut Invocation, outcome: Outcome) -> Result<Stop, Error> {
    match invocation.run(&mut parts.inner, outcome)? {
        Stop::Host(call) => drive_from_host(parts, invocation, call),
        stop => Ok(stop),
    }
}

/// Makes `call` of a host function for `invocation`, then runs it until it is done, fails or stops.
///
/// Not inlined, so that one frame serves all host functions that are called, few registers are saved for them, and a
/// call that needs none saves none.
#[inline(never)]
fn drive_from_host<T>(
    parts: &mut StoreParts<T>,
    invocation: &mut Invocation,
    call: HostCall,
) -> Result<Stop, Error> {
    if parts.inner.host_depth >= parts.inner.limits.host_depth {
        let mut error = Trap::CallStackExhausted.into();
        invocation.add_backtrace(&parts.inner, &mut error);
        return Err(error);
    }
    #[cfg(any(feature = "gc", feature = "exceptions"))]
    if parts.inner.waiting.len() <= parts.inner.host_depth {
        parts.inner.reserve_wait()?;
    }
    parts.inner.host_depth += 1;
    let deeper = Deeper(parts);
    if deeper.0.inner.has_objects() {
        call_hosts_with_objects(deeper.0, invocation, call)
    } else {
        call_hosts::<false, T>(deeper.0, invocation, call)
    }
}

/// A nested call to the host and back, counted until it ends, be it by a panic of the host.
struct Deeper<'a, T>(&'a mut StoreParts<T>);

impl<T> Drop for Deeper<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.0.inner.end_wait();
        self.0.inner.host_depth -= 1;
    }
}

/// Makes `call` and those that follow. Where there are `OBJECTS`, the store knows of each call that waits for the host;
/// before there are any, there is nothing to know, but for the end of the wait in which the host makes the first.
#[inline(always)]
fn call_hosts<const OBJECTS: bool, T>(
    parts: &mut StoreParts<T>,
    invocation: &mut Invocation,
    mut call: HostCall,
) -> Result<Stop, Error> {
    loop {
        debug_assert_eq!(
            parts.inner.has_objects(),
            OBJECTS,
            "who waits must be known where there are objects"
        );
        if OBJECTS {
            parts.begin_wait(call, invocation);
        }
        let result = parts.call_host_for(call, invocation);
        if OBJECTS {
            parts.inner.end_wait();
        }
        let result = match result {
            Ok(result) => result,
            Err(error) => match host_failed(&mut parts.inner, invocation, call, error)? {
                Some(stop) => return Ok(stop),
                // Code that catches an exception finds it in slots.
                None => 0,
            },
        };
        let outcome = invocation.run_from_host(&mut parts.inner, result);
        call = if let Some(call) = outcome.host() {
            call
        } else {
            if !OBJECTS {
                parts.inner.end_wait();
            }
            match invocation.run(&mut parts.inner, outcome)? {
                Stop::Host(call) if !OBJECTS && parts.inner.has_objects() => {
                    return call_hosts_with_objects(parts, invocation, call);
                }
                Stop::Host(call) => call,
                stop => return Ok(stop),
            }
        };
    }
}

/// [`call_hosts`] where there are objects.
#[inline(never)]
fn call_hosts_with_objects<T>(
    parts: &mut StoreParts<T>,
    invocation: &mut Invocation,
    call: HostCall,
) -> Result<Stop, Error> {
    call_hosts::<true, T>(parts, invocation, call)
}

/// What `error` of `call`, for which `invocation` stopped, means for that; nothing if it goes on.
#[cold]
#[cfg_attr(not(feature = "exceptions"), allow(clippy::needless_pass_by_ref_mut))]
fn host_failed(
    store: &mut StoreInner,
    invocation: &mut Invocation,
    call: HostCall,
    mut error: Error,
) -> Result<Option<Stop>, Error> {
    store.end_wait();
    if error.is_suspend() {
        return Ok(Some(Stop::Host(call)));
    }
    #[cfg(feature = "exceptions")]
    if error.is_exception() {
        return invocation.host_threw(store, error).map(|()| None);
    }
    invocation.add_backtrace(store, &mut error);
    Err(error)
}

/// Runs `invocation` from where it has stopped with `outcome` to its end; where it stops again, it fails. Gives what is in
/// the integer accumulator at the end.
#[cold]
#[inline(never)]
fn drive_to_end<T>(
    parts: &mut StoreParts<T>,
    invocation: &mut Invocation,
    outcome: Outcome,
) -> Result<u64, Error> {
    match drive(parts, invocation, outcome)? {
        Stop::Done(acc) => Ok(acc),
        stop => Err(stopped(&parts.inner, invocation, stop)),
    }
}

/// The error of a call that stopped and cannot be resumed.
#[cold]
fn stopped(store: &StoreInner, invocation: &Invocation, stop: Stop) -> Error {
    let mut error = if let Stop::Host(_) = stop { Error::suspend() } else { Trap::OutOfFuel.into() };
    invocation.add_backtrace(store, &mut error);
    error
}

/// Calls `entity`, whose type has been found to be that of `P` and `R`.
#[inline]
pub(crate) fn call_typed<T, P: WasmParams, R: WasmResults>(
    parts: &mut StoreParts<T>,
    entity: FuncEntity,
    params: P,
) -> Result<R, Error> {
    if let Some(host) = entity.host() {
        return call_host_typed(parts, host, params);
    }
    let (args, count) = (P::TYPES.len(), R::TYPES.len());
    let mut invocation = parts.start(entity, args.max(count))?;
    params.store(&StoreAccess(&mut parts.inner), invocation.arguments(args));
    let outcome = invocation.enter_body(&mut parts.inner, entity.index);
    // No `?` before the result is out of the registers: a `Result` of it would be copied through memory.
    let acc = match outcome.result() {
        Some(acc) => acc,
        None => match drive_to_end(parts, &mut invocation, outcome) {
            Ok(acc) => acc,
            Err(error) => {
                parts.give_back(invocation);
                return Err(error);
            }
        },
    };
    let results = match invocation.single_result(R::TYPES, acc) {
        Some(bits) => R::load(&mut StoreAccess(&mut parts.inner), &[bits]),
        None => R::load(&mut StoreAccess(&mut parts.inner), invocation.results(R::TYPES, count, acc)),
    };
    parts.give_back(invocation);
    results
}

#[cold]
fn call_host_typed<T, P: WasmParams, R: WasmResults>(
    parts: &mut StoreParts<T>,
    host: u32,
    params: P,
) -> Result<R, Error> {
    let mut slots = [0; MAX_VALUES];
    params.store(&StoreAccess(&mut parts.inner), &mut slots);
    parts.call_host(host, &mut slots)?;
    R::load(&mut StoreAccess(&mut parts.inner), &slots)
}

/// Calls `func`.
pub(crate) fn call_values<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    args: &[Val],
    results: &mut [Val],
) -> Result<(), Error> {
    check(&parts.inner, func, args, results)?;
    let entity = parts.inner.funcs[func.index as usize];
    if let Some(host) = entity.host() {
        let mut slots = host_arguments(&parts.inner, func, args)?;
        parts.call_host(host, slots.as_mut_slice())?;
        let ty = shared_type(&parts.inner, func);
        return load_values(&mut parts.inner, ty.func_type().results(), slots.as_mut_slice(), results);
    }
    let mut invocation = parts.start_with(entity, args)?;
    let outcome = invocation.enter_body(&mut parts.inner, entity.index);
    let result = outcome
        .result()
        .map_or_else(|| drive_to_end(parts, &mut invocation, outcome), Ok)
        .and_then(|acc| parts.load_results(entity, &mut invocation, acc, results));
    parts.give_back(invocation);
    result
}

/// The slots for a call of host function `func` by the embedder, with `args`.
fn host_arguments(store: &StoreInner, func: Func, args: &[Val]) -> Result<Slots, Error> {
    let mut slots = Slots::for_type(func.ty_in(store))?;
    store_values(store, args, slots.as_mut_slice());
    Ok(slots)
}

/// Calls `func`; the call can be resumed where it stops.
pub(crate) fn call_resumable<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    args: &[Val],
    results: &mut [Val],
) -> Result<Ended, Error> {
    check(&parts.inner, func, args, results)?;
    let entity = parts.inner.funcs[func.index as usize];
    if entity.host().is_some() {
        let slots = host_arguments(&parts.inner, func, args)?;
        return host_again(parts, func, slots, results);
    }
    let mut invocation = parts.start_with(entity, args)?;
    invocation.save_entry(&parts.inner, entity.index);
    let stopped = drive(parts, &mut invocation, Outcome::READY);
    end_or_park(parts, func, invocation, stopped, results)
}

/// Calls host function `func` for the embedder.
fn host_again<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    mut slots: Slots,
    results: &mut [Val],
) -> Result<Ended, Error> {
    let host = parts.inner.funcs[func.index as usize].index;
    match parts.call_host(host, slots.as_mut_slice()) {
        Ok(()) => {
            let ty = shared_type(&parts.inner, func);
            load_values(&mut parts.inner, ty.func_type().results(), slots.as_mut_slice(), results)?;
            Ok(Ended::Done)
        }
        Err(error) if error.is_suspend() => {
            let ty = func.ty_in(&parts.inner);
            let count = ty.call_slots();
            let stack = Stack::with(&mut parts.inner.budget, &slots.as_mut_slice()[..count])?;
            let footprint = stack.footprint();
            let ticket = parts.inner.park(stack, 0, footprint)?;
            Ok(Ended::Suspended(Pending::Host(ticket), Suspension::Host))
        }
        Err(error) => Err(error),
    }
}

/// Runs `invocation`, of `func`, on: from the call of the host that it waits for, if it does.
fn go_on<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    mut invocation: Box<Invocation>,
    wait: Option<HostCall>,
    results: &mut [Val],
) -> Result<Ended, Error> {
    let stopped = match wait {
        Some(call) => drive_from_host(parts, &mut invocation, call),
        None => drive(parts, &mut invocation, Outcome::READY),
    };
    end_or_park(parts, func, invocation, stopped, results)
}

/// What it means for a call of `func` that `invocation` `stopped`: its end, or a wait.
fn end_or_park<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    mut invocation: Box<Invocation>,
    stopped: Result<Stop, Error>,
    results: &mut [Val],
) -> Result<Ended, Error> {
    let ended = match stopped {
        Ok(Stop::Done(acc)) => {
            let entity = parts.inner.funcs[func.index as usize];
            parts.load_results(entity, &mut invocation, acc, results).map(|()| Ended::Done)
        }
        Ok(stop) => {
            let (wait, reason) = match stop {
                Stop::Host(call) => (Some(call), Suspension::Host),
                _ => (None, Suspension::OutOfFuel),
            };
            match invocation.park(&mut parts.inner) {
                Ok(ticket) => {
                    return Ok(Ended::Suspended(Pending::Wasm(invocation, wait, ticket), reason));
                }
                Err(error) => Err(error),
            }
        }
        Err(error) => Err(error),
    };
    parts.give_back(invocation);
    ended
}

/// Resumes a call of `func`: the host function that was not ready is called again.
pub(crate) fn resume<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    pending: Pending,
    results: &mut [Val],
) -> Result<Ended, Error> {
    if let Err(error) = check_results(func.ty_in(&parts.inner), results) {
        pending.abandon(parts);
        return Err(error);
    }
    match pending {
        Pending::Host(ticket) => {
            let slots = take_slots(&mut parts.inner, &ticket)?;
            host_again(parts, func, slots, results)
        }
        Pending::Wasm(mut invocation, wait, ticket) => {
            invocation.unpark(&mut parts.inner, &ticket);
            go_on(parts, func, invocation, wait, results)
        }
    }
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
        pending.abandon(parts);
        return Err(error);
    }
    match pending {
        Pending::Host(ticket) => {
            let mut slots = take_slots(&mut parts.inner, &ticket)?;
            let ty = shared_type(&parts.inner, func);
            check_values(&parts.inner, ty.func_type().results(), host_results)?;
            store_values(&parts.inner, host_results, slots.as_mut_slice());
            load_values(&mut parts.inner, ty.func_type().results(), slots.as_mut_slice(), results)?;
            Ok(Ended::Done)
        }
        Pending::Wasm(mut invocation, Some(call), ticket) => {
            invocation.unpark(&mut parts.inner, &ticket);
            let ty = parts.inner.func_type(parts.host_func_type(call.func));
            if let Err(error) = check_values(&parts.inner, ty.results(), host_results) {
                parts.give_back(invocation);
                return Err(error);
            }
            let count = ty.result_slots();
            store_values(&parts.inner, host_results, invocation.host_slots(call, count));
            invocation.host_returned(call, count);
            go_on(parts, func, invocation, None, results)
        }
        pending @ Pending::Wasm(..) => {
            pending.abandon(parts);
            Err(Error::with_message(ErrorKind::Usage, "the call does not wait for a host function"))
        }
    }
}
