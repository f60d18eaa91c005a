//! Calling host functions that stay where they are while the store that holds them changes.

#![allow(unsafe_code)]

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Caller;
use super::store::StoreParts;
use crate::error::Error;
use crate::exec::Invocation;
use crate::raw::Shared;
use crate::store::FuncEntity;

/// A host function on slots: arguments at the start, replaced by the results.
///
/// There are as many slots as arguments or results need, whichever are more. Only a function that succeeds writes
/// to them.
pub(crate) type Closure<T> = dyn Fn(Caller<'_, T>, &mut [u64]) -> Result<(), Error> + Send + Sync;

/// A host function that stores and linkers share.
pub(crate) struct HostFunc<T>(Shared<Box<Closure<T>>>);

impl<T> Clone for HostFunc<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> HostFunc<T> {
    pub(crate) fn new(closure: Box<Closure<T>>) -> Result<Self, Error> {
        Ok(Self(Shared::try_new(closure)?))
    }
}

/// A host function in a store.
struct Entry<T> {
    func: HostFunc<T>,
    /// Canonical type.
    ty: u32,
    /// Slots that it is called on.
    slots: u32,
}

/// The host functions of a store. They are only ever added.
pub(crate) struct HostFuncs<T> {
    funcs: Vec<Entry<T>>,
}

impl<T> HostFuncs<T> {
    pub(crate) const fn new() -> Self {
        Self { funcs: Vec::new() }
    }
}

impl<T> StoreParts<T> {
    /// Adds a host function of canonical type `ty` and gives its index among the host functions.
    pub(super) fn push_host_func(&mut self, func: HostFunc<T>, ty: u32) -> Result<u32, Error> {
        let index = self.inner.next_index(self.hosts.funcs.len(), "host functions")?;
        let slots = self.inner.func_type(ty);
        let slots = slots.param_slots().max(slots.result_slots()) as u32;
        self.inner.budget.push(&mut self.hosts.funcs, Entry { func, ty, slots })?;
        Ok(index)
    }

    /// The canonical type of host function `index`.
    pub(super) fn host_func_type(&self, index: u32) -> u32 {
        self.hosts.funcs[index as usize].ty
    }

    /// Calls host function `index` on `slots`, for the embedder.
    pub(super) fn call_host(&mut self, index: u32, slots: &mut [u64]) -> Result<(), Error> {
        let closure: *const Closure<T> = &**self.hosts.funcs[index as usize].func.0;
        // SAFETY: the closure is in a box of its own, which an entry of `hosts.funcs` owns. Entries are never removed
        // or replaced (`funcs` is private to this file, which only adds), and the store outlives the call: it is
        // borrowed here, and whoever gets it through `Caller` cannot move it, since no context gives out `StoreParts`.
        let closure = unsafe { &*closure };
        closure(Caller { parts: self, instance: FuncEntity::HOST }, slots)
    }

    /// Calls host function `index`, for which `invocation` stopped.
    #[inline]
    pub(super) fn call_host_for(&mut self, index: u32, invocation: &mut Invocation) -> Result<(), Error> {
        let entry = &self.hosts.funcs[index as usize];
        let count = entry.slots as usize;
        let closure: *const Closure<T> = &**entry.func.0;
        // SAFETY: as in `call_host`.
        let closure = unsafe { &*closure };
        let instance = invocation.host_caller();
        #[cfg(any(feature = "gc", feature = "exceptions"))]
        let roots = self.inner.begin_wait(invocation.live(count));
        let result = closure(Caller { parts: self, instance }, invocation.host_slots(count));
        #[cfg(any(feature = "gc", feature = "exceptions"))]
        self.inner.end_wait(roots);
        result?;
        invocation.host_returned(count);
        Ok(())
    }
}
