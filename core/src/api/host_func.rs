//! Host functions: closures of the embedder that the guest calls.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::store::StoreParts;
use super::typed::{StoreAccess, WasmResults, WasmTy, for_each_tuple};
use super::{Caller, Func, Val};
use crate::error::Error;
use crate::raw::Shared;
use crate::types::{FuncType, ValType};

/// A host function on slots: arguments at the start, replaced by the results.
pub(crate) type Closure<T> = dyn Fn(Caller<'_, T>, &mut [u64]) -> Result<(), Error> + Send + Sync;

/// A host function that stores and linkers share.
pub(crate) struct HostFunc<T>(Shared<Box<Closure<T>>>);

/// The host functions of a store.
pub(crate) struct HostFuncs<T> {
    funcs: Vec<HostFunc<T>>,
}

impl<T> HostFuncs<T> {
    pub(crate) const fn new() -> Self {
        Self { funcs: Vec::new() }
    }
}

impl<T> Clone for HostFunc<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> HostFunc<T> {
    pub(crate) fn share(closure: ErasedFunc<T>) -> Result<Self, Error> {
        Ok(Self(Shared::try_new(closure.0)?))
    }
}

impl<T> StoreParts<T> {
    /// Adds a host function to the store.
    pub(crate) fn add_host_func(&mut self, ty: FuncType, func: HostFunc<T>) -> Result<Func, Error> {
        todo!()
    }
}

/// A host function that works on [`Val`]s.
pub(crate) fn untyped<T>(
    ty: &FuncType,
    func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
) -> Result<HostFunc<T>, Error> {
    todo!()
}

/// A closure whose type has been forgotten.
#[doc(hidden)]
pub struct ErasedFunc<T>(Box<Closure<T>>);

/// What a host function may return: `()`, a [`WasmTy`] or a tuple of up to 16, or a `Result` of these.
pub trait WasmReturn {
    #[doc(hidden)]
    const TYPES: &'static [ValType];

    #[doc(hidden)]
    fn finish(self, store: &StoreAccess<'_>, slots: &mut [u64]) -> Result<(), Error>;
}

impl<R: WasmResults> WasmReturn for R {
    const TYPES: &'static [ValType] = <R as WasmResults>::TYPES;

    #[inline]
    fn finish(self, store: &StoreAccess<'_>, slots: &mut [u64]) -> Result<(), Error> {
        self.store(store, slots);
        Ok(())
    }
}

impl<R: WasmResults> WasmReturn for Result<R, Error> {
    const TYPES: &'static [ValType] = <R as WasmResults>::TYPES;

    #[inline]
    fn finish(self, store: &StoreAccess<'_>, slots: &mut [u64]) -> Result<(), Error> {
        self?.store(store, slots);
        Ok(())
    }
}

/// A closure that can be a host function: up to 16 parameters that are [`WasmTy`], with or without a leading
/// [`Caller`], and a [`WasmReturn`].
pub trait IntoFunc<T, P, R>: Send + Sync + 'static {
    #[doc(hidden)]
    fn into_func(self) -> Result<(FuncType, ErasedFunc<T>), Error>;
}

macro_rules! into_func {
    ($($name:ident $index:tt,)*) => {
        #[allow(unused_variables)]
        impl<T, Z, $($name: WasmTy,)* R: WasmReturn> IntoFunc<T, ($($name,)*), R> for Z
        where
            Z: Fn($($name),*) -> R + Send + Sync + 'static,
        {
            fn into_func(self) -> Result<(FuncType, ErasedFunc<T>), Error> {
                IntoFunc::<T, (Caller<'_, T>, $($name,)*), R>::into_func(
                    move |_: Caller<'_, T>, $(#[allow(non_snake_case)] $name: $name),*| self($($name),*),
                )
            }
        }

        #[allow(unused_variables)]
        impl<T, Z, $($name: WasmTy,)* R: WasmReturn> IntoFunc<T, (Caller<'_, T>, $($name,)*), R> for Z
        where
            Z: Fn(Caller<'_, T>, $($name),*) -> R + Send + Sync + 'static,
        {
            fn into_func(self) -> Result<(FuncType, ErasedFunc<T>), Error> {
                let params: &[ValType] = &[$($name::TYPE),*];
                let ty = FuncType::new(params.iter().copied(), R::TYPES.iter().copied())?;
                let closure = move |caller: Caller<'_, T>, slots: &mut [u64]| {
                    let Caller { parts, instance } = caller;
                    let values = {
                        let store = StoreAccess(&parts.inner);
                        ($($name::from_slot(slots[$index], &store),)*)
                    };
                    let result = self(Caller { parts: &mut *parts, instance }, $(values.$index),*);
                    result.finish(&StoreAccess(&parts.inner), slots)
                };
                Ok((ty, ErasedFunc(crate::raw::try_box(closure)?)))
            }
        }
    };
}

for_each_tuple!(into_func);
