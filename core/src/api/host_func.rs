//! Host functions: closures of the embedder that the guest calls.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::call::{load_values, store_values};
use super::raw::{Closure, HostFunc, HostSlots};
use super::store::StoreParts;
use super::typed::{StoreAccess, WasmParams, WasmResults, WasmTy, for_each_tuple};
use super::{Caller, Func, Val};
use crate::error::{Error, ErrorKind};
use crate::raw::{Shared, try_box};
use crate::store::FuncEntity;
use crate::types::defined::DefinedType;
use crate::types::{FuncType, ValType};

impl<T> StoreParts<T> {
    /// Adds host function `func` of type `ty` to the store.
    pub(crate) fn add_host_func(
        &mut self,
        ty: &Shared<DefinedType>,
        func: HostFunc<T>,
    ) -> Result<Func, Error> {
        let index = self.inner.next_index(self.inner.funcs.len(), "functions")?;
        let ty = self.inner.intern_given(ty)?;
        self.inner.moves += 1;
        self.inner.budget.reserve(&mut self.inner.funcs, 1)?;
        let host = self.push_host_func(func, ty)?;
        self.inner.funcs.push(FuncEntity { ty, instance: FuncEntity::HOST, index: host });
        Ok(Func { store: self.inner.id, index })
    }
}

/// Values of a call that find a place on the native stack.
const FEW: usize = 8;

/// Room for `len` values: in `few` if they fit.
fn room<'a>(few: &'a mut [Val; FEW], many: &'a mut Vec<Val>, len: usize) -> Result<&'a mut [Val], Error> {
    if len <= FEW {
        return Ok(&mut few[..len]);
    }
    many.try_reserve_exact(len)?;
    many.resize(len, Val::I32(0));
    Ok(many)
}

/// A host function of type `ty` that works on [`Val`]s.
pub(crate) fn untyped<T>(
    ty: FuncType,
    func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
) -> Result<HostFunc<T>, Error> {
    let count = ty.call_slots();
    let closure = move |caller: Caller<'_, T>, slots: HostSlots<'_>| {
        let Caller { parts, instance } = caller;
        let slots = slots.get(count);
        let (mut few, mut many) = ([Val::I32(0); FEW], Vec::new());
        let values = room(&mut few, &mut many, ty.params().len() + ty.results().len())?;
        let (args, results) = values.split_at_mut(ty.params().len());
        load_values(&mut parts.inner, ty.params(), slots, args)?;
        for (result, ty) in results.iter_mut().zip(ty.results()) {
            *result = Val::default_for(*ty);
        }
        func(Caller { parts: &mut *parts, instance }, args, results)?;
        if results.iter().zip(ty.results()).any(|(value, ty)| !value.matches_in(&parts.inner, *ty)) {
            return Err(Error::with_message(
                ErrorKind::Usage,
                "a host function returned a value of another type",
            ));
        }
        store_values(&parts.inner, results, slots);
        Ok(slots.first().copied().unwrap_or(0))
    };
    HostFunc::new(try_box(closure)?, count)
}

/// A closure whose Rust type has been forgotten, and its WebAssembly type.
#[doc(hidden)]
pub struct ErasedFunc<T> {
    ty: FuncType,
    closure: Box<Closure<T>>,
}

impl<T> ErasedFunc<T> {
    pub(super) fn into_host_func(self) -> Result<(FuncType, HostFunc<T>), Error> {
        let func = HostFunc::new(self.closure, self.ty.call_slots())?;
        Ok((self.ty, func))
    }
}

/// What a host function may return: `()`, a [`WasmTy`] or a tuple of up to 16, or a `Result` of these.
pub trait WasmReturn {
    #[doc(hidden)]
    const TYPES: &'static [ValType];

    #[doc(hidden)]
    fn finish(self, store: &StoreAccess<'_>, slots: &mut [u64]) -> Result<u64, Error>;
}

impl<R: WasmResults> WasmReturn for R {
    const TYPES: &'static [ValType] = <R as WasmResults>::TYPES;

    #[inline]
    fn finish(self, store: &StoreAccess<'_>, slots: &mut [u64]) -> Result<u64, Error> {
        Ok(self.give(store, slots))
    }
}

impl<R: WasmResults> WasmReturn for Result<R, Error> {
    const TYPES: &'static [ValType] = <R as WasmResults>::TYPES;

    #[inline]
    fn finish(self, store: &StoreAccess<'_>, slots: &mut [u64]) -> Result<u64, Error> {
        Ok(self?.give(store, slots))
    }
}

/// A closure that can be a host function: up to 16 parameters that are [`WasmTy`], with or without a leading
/// [`Caller`], and a [`WasmReturn`].
pub trait IntoFunc<T, P, R>: Send + Sync + 'static {
    #[doc(hidden)]
    fn into_func(self) -> Result<ErasedFunc<T>, Error>;
}

macro_rules! into_func {
    ($($name:ident $index:tt,)*) => {
        impl<T, Z, $($name: WasmTy,)* R: WasmReturn> IntoFunc<T, ($($name,)*), R> for Z
        where
            Z: Fn($($name),*) -> R + Send + Sync + 'static,
        {
            fn into_func(self) -> Result<ErasedFunc<T>, Error> {
                #[allow(non_snake_case)]
                let ignoring_caller = move |_: Caller<'_, T>, $($name: $name),*| self($($name),*);
                IntoFunc::<T, (Caller<'_, T>, $($name,)*), R>::into_func(ignoring_caller)
            }
        }

        #[allow(unused_variables, unused_mut, clippy::unused_unit)]
        impl<T, Z, $($name: WasmTy,)* R: WasmReturn> IntoFunc<T, (Caller<'_, T>, $($name,)*), R> for Z
        where
            Z: Fn(Caller<'_, T>, $($name),*) -> R + Send + Sync + 'static,
        {
            fn into_func(self) -> Result<ErasedFunc<T>, Error> {
                let params: &[ValType] = &[$($name::TYPE),*];
                let ty = FuncType::new(params.iter().copied(), R::TYPES.iter().copied())?;
                let closure = move |caller: Caller<'_, T>, slots: HostSlots<'_>| {
                    let Caller { parts, instance } = caller;
                    let slots = slots.get(<($($name,)*) as WasmParams>::TYPES.len().max(R::TYPES.len()));
                    let mut store = StoreAccess(&mut parts.inner);
                    let values = ($($name::from_slot(slots[$index], &mut store)?,)*);
                    let result = self(Caller { parts: &mut *parts, instance }, $(values.$index),*);
                    result.finish(&StoreAccess(&mut parts.inner), slots)
                };
                Ok(ErasedFunc { ty, closure: try_box(closure)? })
            }
        }
    };
}

for_each_tuple!(into_func);
