//! Functions of a store.

use super::call;
use super::host_func;
use super::resumable::{CallState, SuspendedCall};
use super::typed::{TypedFunc, WasmParams, WasmResults};
use super::{AsContext, AsContextMut, Caller, IntoFunc, Val};
use crate::error::Error;
use crate::store::StoreInner;
use crate::types::defined::DefinedType;
use crate::types::{ConcreteType, FuncType};

/// A function, of an instance or of the host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Func {
    pub(crate) store: usize,
    pub(crate) index: u32,
}

impl Func {
    /// Makes a function of type `ty` out of a closure that reads arguments from its second parameter and writes
    /// results to its third, which holds zeros and nulls of the right types.
    ///
    /// # Errors
    /// When the store's budget or memory runs out.
    pub fn new<C: AsContextMut>(
        mut store: C,
        ty: FuncType,
        func: impl Fn(Caller<'_, C::Data>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let parts = store.as_context_mut().parts;
        let interned = parts.inner.engine.types().func(ty.try_clone()?)?;
        parts.add_host_func(&interned, host_func::untyped(ty, func)?)
    }

    /// Makes a function out of a closure over ordinary Rust values; its type follows from the closure's.
    ///
    /// # Errors
    /// When the store's budget or memory runs out.
    pub fn wrap<C: AsContextMut, P, R>(
        mut store: C,
        func: impl IntoFunc<C::Data, P, R>,
    ) -> Result<Self, Error> {
        let (ty, func) = func.into_func()?.into_host_func()?;
        let parts = store.as_context_mut().parts;
        let ty = parts.inner.engine.types().func(ty)?;
        parts.add_host_func(&ty, func)
    }

    /// The type.
    pub fn ty<'a>(&self, store: &'a impl AsContext) -> &'a FuncType {
        self.ty_in(&store.as_context().parts.inner)
    }

    pub(crate) fn ty_in<'a>(&self, store: &'a StoreInner) -> &'a FuncType {
        self.defined_type(store).func_type()
    }

    /// Whether it is of type `ty`.
    pub(crate) fn is_of(&self, store: &StoreInner, ty: ConcreteType) -> bool {
        let own = self.defined_type(store);
        own.number == ty.number || own.supertypes.contains(&ty.number)
    }

    pub(crate) fn defined_type<'a>(&self, store: &'a StoreInner) -> &'a DefinedType {
        store.check(self.store);
        &store.types[store.funcs[self.index as usize].ty as usize]
    }

    /// The function as one of parameters `P` and results `R`.
    ///
    /// # Errors
    /// When its type is another.
    pub fn typed<P: WasmParams, R: WasmResults>(
        &self,
        store: impl AsContext,
    ) -> Result<TypedFunc<P, R>, Error> {
        TypedFunc::new(&store.as_context().parts.inner, *self)
    }

    /// Calls the function with `args` and writes what it returns to `results`.
    ///
    /// # Errors
    /// When the arguments' types or the number of results do not fit; when the function traps or a host function
    /// that it calls fails. Running out of fuel is [`Trap::OutOfFuel`](crate::Trap::OutOfFuel), and a suspending
    /// host function an error of [`ErrorKind::Suspend`](crate::ErrorKind::Suspend).
    pub fn call(&self, mut store: impl AsContextMut, args: &[Val], results: &mut [Val]) -> Result<(), Error> {
        call::call_values(store.as_context_mut().parts, *self, args, results)
    }

    /// Calls the function as [`call`](Func::call) does, except that running out of fuel and a suspending host
    /// function leave a call that can be resumed.
    ///
    /// # Errors
    /// As for [`call`](Func::call).
    pub fn call_resumable(
        &self,
        mut store: impl AsContextMut,
        args: &[Val],
        results: &mut [Val],
    ) -> Result<CallState, Error> {
        let ended = call::call_resumable(store.as_context_mut().parts, *self, args, results)?;
        Ok(SuspendedCall::state(*self, ended))
    }

    pub(crate) fn to_reference(self, store: &StoreInner) -> u64 {
        store.check(self.store);
        u64::from(self.index) + 1
    }

    pub(crate) fn from_reference(store: &StoreInner, reference: u64) -> Option<Self> {
        Some(Self { store: store.id, index: reference.checked_sub(1)? as u32 })
    }
}
