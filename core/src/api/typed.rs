//! Rust types as WebAssembly types, and functions called with them.

use core::marker::PhantomData;

use super::call;
use super::reference::Reference;
use super::{AsContextMut, ExternRef, Func};
use crate::error::{Error, ErrorKind};
use crate::store::{FuncEntity, StoreInner};
use crate::types::ValType;

mod sealed {
    pub trait Sealed {}
}

pub(crate) use sealed::Sealed;

/// The largest number of values in a tuple of parameters or results.
pub(crate) const MAX_VALUES: usize = 16;

/// A Rust type that stands for a WebAssembly value type of one slot.
pub trait WasmTy: Sealed + Copy + Send + Sync + 'static {
    /// The WebAssembly type.
    #[doc(hidden)]
    const TYPE: ValType;

    #[doc(hidden)]
    fn into_slot(self, store: &StoreAccess<'_>) -> u64;

    #[doc(hidden)]
    fn from_slot(slot: u64, store: &mut StoreAccess<'_>) -> Result<Self, Error>;
}

/// The store, for the conversions of this module alone.
#[doc(hidden)]
pub struct StoreAccess<'a>(pub(crate) &'a mut StoreInner);

macro_rules! wasm_types {
    ($($rust:ty, $wasm:ident, |$value:ident, $to_store:pat_param| $to:expr, |$slot:ident, $from_store:pat_param| $from:expr;)*) => {
        $(
            impl Sealed for $rust {}
            impl WasmTy for $rust {
                const TYPE: ValType = ValType::$wasm;

                #[inline]
                fn into_slot(self, store: &StoreAccess<'_>) -> u64 {
                    let ($value, $to_store) = (self, &*store.0);
                    $to
                }

                #[inline]
                fn from_slot($slot: u64, store: &mut StoreAccess<'_>) -> Result<Self, Error> {
                    let $from_store = &mut *store.0;
                    Ok($from)
                }
            }
        )*
    };
}

wasm_types! {
    i32, I32, |value, _| u64::from(value.cast_unsigned()), |slot, _| slot as i32;
    u32, I32, |value, _| u64::from(value), |slot, _| slot as u32;
    i64, I64, |value, _| value.cast_unsigned(), |slot, _| slot.cast_signed();
    u64, I64, |value, _| value, |slot, _| slot;
    f32, F32, |value, _| u64::from(value.to_bits()), |slot, _| f32::from_bits(slot as u32);
    f64, F64, |value, _| value.to_bits(), |slot, _| f64::from_bits(slot);
    Option<Func>, FUNCREF, |value, store| value.map_or(0, |func| func.to_reference(store)),
        |slot, store| Func::from_reference(store, slot);
    Option<ExternRef>, EXTERNREF, |value, store| value.map_or(0, |value| value.to_reference(store)),
        |slot, store| Reference::from_slot(store, slot)?.map(ExternRef);
}

/// Parameters of a [`TypedFunc`]: a [`WasmTy`], or a tuple of up to 16.
pub trait WasmParams: Sealed {
    #[doc(hidden)]
    const TYPES: &'static [ValType];

    #[doc(hidden)]
    fn store(self, store: &StoreAccess<'_>, slots: &mut [u64]);
}

/// Results of a [`TypedFunc`]: a [`WasmTy`], or a tuple of up to 16.
pub trait WasmResults: Sealed {
    #[doc(hidden)]
    const TYPES: &'static [ValType];

    #[doc(hidden)]
    fn load(store: &mut StoreAccess<'_>, slots: &[u64]) -> Result<Self, Error>
    where
        Self: Sized;

    /// Gives the bits of the first result; where there are several, or there is a tuple of them, writes all to `slots`.
    #[doc(hidden)]
    fn give(self, store: &StoreAccess<'_>, slots: &mut [u64]) -> u64;
}

impl<A: WasmTy> WasmParams for A {
    const TYPES: &'static [ValType] = &[A::TYPE];

    #[inline]
    fn store(self, store: &StoreAccess<'_>, slots: &mut [u64]) {
        slots[0] = self.into_slot(store);
    }
}

impl<A: WasmTy> WasmResults for A {
    const TYPES: &'static [ValType] = &[A::TYPE];

    #[inline]
    fn load(store: &mut StoreAccess<'_>, slots: &[u64]) -> Result<Self, Error> {
        A::from_slot(slots[0], store)
    }

    #[inline]
    fn give(self, store: &StoreAccess<'_>, _: &mut [u64]) -> u64 {
        self.into_slot(store)
    }
}

/// Calls `$macro` with each number of values from 0 to 16: names of the types, each with its position.
macro_rules! for_each_tuple {
    ($macro:ident) => {
        for_each_tuple!(@ $macro () A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15,);
    };
    (@ $macro:ident ($($done:tt)*)) => {
        $macro!($($done)*);
    };
    (@ $macro:ident ($($done:tt)*) $name:ident $index:tt, $($rest:tt)*) => {
        $macro!($($done)*);
        for_each_tuple!(@ $macro ($($done)* $name $index,) $($rest)*);
    };
}

pub(crate) use for_each_tuple;

macro_rules! tuple {
    ($($name:ident $index:tt,)*) => {
        impl<$($name: WasmTy),*> Sealed for ($($name,)*) {}

        #[allow(unused_variables)]
        impl<$($name: WasmTy),*> WasmParams for ($($name,)*) {
            const TYPES: &'static [ValType] = &[$($name::TYPE),*];

            #[inline]
            fn store(self, store: &StoreAccess<'_>, slots: &mut [u64]) {
                $(slots[$index] = self.$index.into_slot(store);)*
            }
        }

        #[allow(unused_variables, clippy::unused_unit)]
        impl<$($name: WasmTy),*> WasmResults for ($($name,)*) {
            const TYPES: &'static [ValType] = &[$($name::TYPE),*];

            #[inline]
            fn load(store: &mut StoreAccess<'_>, slots: &[u64]) -> Result<Self, Error> {
                Ok(($($name::from_slot(slots[$index], store)?,)*))
            }

            #[inline]
            fn give(self, store: &StoreAccess<'_>, slots: &mut [u64]) -> u64 {
                $(slots[$index] = self.$index.into_slot(store);)*
                if <Self as WasmResults>::TYPES.is_empty() { 0 } else { slots[0] }
            }
        }
    };
}

for_each_tuple!(tuple);

/// A function whose type is known to the Rust compiler: called without checks and without [`Val`](crate::Val)s.
pub struct TypedFunc<P, R> {
    func: Func,
    entity: FuncEntity,
    types: PhantomData<fn(P) -> R>,
}

impl<P, R> Clone for TypedFunc<P, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R> Copy for TypedFunc<P, R> {}

impl<P, R> core::fmt::Debug for TypedFunc<P, R> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("TypedFunc").field(&self.func).finish()
    }
}

impl<P: WasmParams, R: WasmResults> TypedFunc<P, R> {
    pub(crate) fn new(store: &StoreInner, func: Func) -> Result<Self, Error> {
        let ty = func.ty_in(store);
        if ty.params() != P::TYPES || ty.results() != R::TYPES {
            return Err(Error::format(
                ErrorKind::Usage,
                format_args!(
                    "the function is of type {ty}, not of parameters {:?} and results {:?}",
                    P::TYPES,
                    R::TYPES
                ),
            ));
        }
        Ok(Self { func, entity: store.funcs[func.index as usize], types: PhantomData })
    }

    /// The function without its Rust type.
    #[must_use]
    pub fn func(&self) -> Func {
        self.func
    }

    /// Calls the function.
    ///
    /// # Errors
    /// As for [`Func::call`].
    #[inline]
    pub fn call(&self, mut store: impl AsContextMut, params: P) -> Result<R, Error> {
        let parts = store.as_context_mut().parts;
        parts.inner.check(self.func.store);
        call::call_typed(parts, self.entity, params)
    }
}
