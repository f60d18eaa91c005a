//! Calling host functions that stay where they are while the store that holds them changes.

#![allow(unsafe_code)]

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::marker::PhantomData;

use super::Caller;
use super::store::StoreParts;
use crate::error::Error;
use crate::exec::{HostCall, Invocation};
use crate::raw::Shared;
use crate::store::FuncEntity;

/// A host function on slots: arguments at the start, replaced by the results.
///
/// Only a function that succeeds writes to them. It gives the bits of the first result, so that one that is alone need
/// not be written: a register is faster than a store and a load.
pub(crate) type Closure<T> = dyn Fn(Caller<'_, T>, HostSlots<'_>) -> Result<u64, Error> + Send + Sync;

/// The slots that a host function is called on: as many as its arguments or results need, whichever are more.
pub(crate) struct HostSlots<'a> {
    first: *mut u64,
    slots: PhantomData<&'a mut [u64]>,
}

impl<'a> HostSlots<'a> {
    /// Those of `call`, for which `invocation` stopped.
    #[inline(always)]
    fn of(call: HostCall, invocation: &'a mut Invocation) -> Self {
        Self { first: invocation.host_arguments(call), slots: PhantomData }
    }

    /// The slots: `count`, by the type of the function.
    #[inline(always)]
    pub(super) fn get(self, count: usize) -> &'a mut [u64] {
        // SAFETY: a closure asks for the slots of its type, and a store takes it for no type that has others; there are as
        // many on the stack of the invocation that calls it, where `translate` has put the arguments, or in the slice.
        unsafe { core::slice::from_raw_parts_mut(self.first, count) }
    }
}

/// A host function that stores and linkers share.
pub(crate) struct HostFunc<T> {
    closure: Shared<Box<Closure<T>>>,
    /// Slots that it asks for.
    slots: usize,
}

impl<T> Clone for HostFunc<T> {
    fn clone(&self) -> Self {
        Self { closure: self.closure.clone(), slots: self.slots }
    }
}

impl<T> HostFunc<T> {
    /// `closure`, which asks for `slots` slots.
    pub(super) fn new(closure: Box<Closure<T>>, slots: usize) -> Result<Self, Error> {
        Ok(Self { closure: Shared::try_new(closure)?, slots })
    }
}

/// The address of a closure.
struct ClosurePointer<T>(*const Closure<T>);

// SAFETY: it stands for a shared reference to a closure, which is `Sync`.
unsafe impl<T> Send for ClosurePointer<T> {}
// SAFETY: as for `Send`.
unsafe impl<T> Sync for ClosurePointer<T> {}

/// A host function in a store.
struct Entry<T> {
    /// What the owner owns: calls by guests have no time to follow its pointers.
    closure: ClosurePointer<T>,
    #[expect(dead_code, reason = "keeps the closure")]
    owner: Shared<Box<Closure<T>>>,
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
        let HostFunc { closure: owner, slots } = func;
        assert!(slots == self.inner.func_type(ty).call_slots(), "a closure of another type");
        let closure = ClosurePointer(&raw const **owner);
        let entry = Entry { closure, owner, ty, slots: slots as u32 };
        self.inner.budget.push(&mut self.hosts.funcs, entry)?;
        Ok(index)
    }

    /// The canonical type of host function `index`.
    pub(super) fn host_func_type(&self, index: u32) -> u32 {
        self.hosts.funcs[index as usize].ty
    }

    /// Calls host function `index` on `slots`, for the embedder.
    pub(super) fn call_host(&mut self, index: u32, slots: &mut [u64]) -> Result<(), Error> {
        let entry = &self.hosts.funcs[index as usize];
        let first = slots[..entry.slots as usize].as_mut_ptr();
        let arguments = HostSlots { first, slots: PhantomData };
        // SAFETY: the closure is in a box of its own, whose owner is in the same entry of `hosts.funcs`. Entries are
        // never removed or replaced (`funcs` is private to this file, which only adds), and the store outlives the
        // call: it is borrowed here, and whoever gets it through `Caller` cannot move it, since no context gives out
        // `StoreParts`.
        let closure = unsafe { &*entry.closure.0 };
        let result = closure(Caller { parts: self, instance: FuncEntity::HOST }, arguments)?;
        if let Some(first) = slots.first_mut() {
            *first = result;
        }
        Ok(())
    }

    /// Makes `call`, for which `invocation` stopped; gives the bits of the first result. Where there are objects, the
    /// store knows that it waits.
    #[inline(always)]
    pub(super) fn call_host_for(
        &mut self,
        call: HostCall,
        invocation: &mut Invocation,
    ) -> Result<u64, Error> {
        debug_assert!((call.func as usize) < self.hosts.funcs.len(), "a call of no host function");
        // SAFETY: running code stops for calls of functions of its store alone, none of which is ever removed; who resumes
        // a call has checked that it is one of this store.
        let entry = unsafe { self.hosts.funcs.get_unchecked(call.func as usize) };
        // SAFETY: as in `call_host`.
        let closure = unsafe { &*entry.closure.0 };
        let instance = invocation.host_caller();
        closure(Caller { parts: self, instance }, HostSlots::of(call, invocation))
    }

    /// Lets the store know what is in use of the stack of `invocation`, which waits for `call`.
    #[inline(always)]
    #[cfg_attr(
        not(any(feature = "gc", feature = "exceptions")),
        allow(unused_variables, clippy::unused_self)
    )]
    pub(super) fn begin_wait(&mut self, call: HostCall, invocation: &Invocation) {
        #[cfg(any(feature = "gc", feature = "exceptions"))]
        {
            let count = self.hosts.funcs[call.func as usize].slots as usize;
            self.inner.begin_wait(invocation.live(call, count));
        }
    }
}

#[cfg(test)]
#[cfg(feature = "gc")]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use crate::{Config, Engine, Linker, Module, Store};

    /// Its stack goes with the panic: the collector must not look for it.
    #[test]
    fn no_call_waits_after_a_panic_of_the_host() {
        let engine = Engine::new(&Config::new()).expect("an engine");
        let text = r#"(module
            (type $box (struct (field i32)))
            (import "host" "panic" (func $panic))
            (func (export "run") (local (ref null $box))
                (local.set 0 (struct.new $box (i32.const 1))) (call $panic)))"#;
        let module = Module::new(&engine, &wat::parse_str(text).expect("text")).expect("a module");
        let mut linker = Linker::<()>::new(&engine);
        linker.func_wrap("host", "panic", || -> () { panic!("on purpose") }).expect("a definition");
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &module).expect("an instance");
        let run = instance.get_typed_func::<(), ()>(&store, "run").expect("a function");
        for _ in 0..2 {
            let call = AssertUnwindSafe(|| run.call(&mut store, ()));
            catch_unwind(call).expect_err("the panic passes through");
            let inner = &store.parts.inner;
            assert!(!inner.heap.is_empty() && inner.host_depth == 0);
            assert_eq!(inner.waiting.iter().flat_map(|waiting| waiting.live.values()).count(), 0);
        }
    }
}
