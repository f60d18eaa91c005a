//! Values as the embedder sees them.

#[cfg(feature = "gc")]
use super::AnyRef;
#[cfg(feature = "exceptions")]
use super::ExnRef;
use super::reference::Reference;
use super::{AsContext, ExternRef, Func};
use crate::error::Error;
use crate::store::StoreInner;
use crate::types::{HeapType, RefType, ValType};

/// A WebAssembly value.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Val {
    /// 32-bit integer.
    I32(i32),
    /// 64-bit integer.
    I64(i64),
    /// The bits of a 32-bit float.
    F32(u32),
    /// The bits of a 64-bit float.
    F64(u64),
    /// The bits of a 128-bit vector.
    V128(u128),
    /// A function, or null.
    FuncRef(Option<Func>),
    /// A host value, or null.
    ExternRef(Option<ExternRef>),
    /// A reference to something of the guest's own, or null.
    #[cfg(feature = "gc")]
    AnyRef(Option<AnyRef>),
    /// An exception, or null.
    #[cfg(feature = "exceptions")]
    ExnRef(Option<ExnRef>),
}

impl Val {
    /// The value of type `ty` that locals start with: zero, or null.
    #[must_use]
    pub const fn default_for(ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self::I32(0),
            ValType::I64 => Self::I64(0),
            ValType::F32 => Self::F32(0),
            ValType::F64 => Self::F64(0),
            ValType::V128 => Self::V128(0),
            ValType::Ref(ty) => match ty.heap.top() {
                HeapType::Func => Self::FuncRef(None),
                #[cfg(feature = "gc")]
                HeapType::Any => Self::AnyRef(None),
                #[cfg(feature = "exceptions")]
                HeapType::Exn => Self::ExnRef(None),
                _ => Self::ExternRef(None),
            },
        }
    }

    /// The type of the value; of references, the nullable one.
    #[must_use]
    pub const fn ty(&self) -> ValType {
        match self {
            Self::I32(_) => ValType::I32,
            Self::I64(_) => ValType::I64,
            Self::F32(_) => ValType::F32,
            Self::F64(_) => ValType::F64,
            Self::V128(_) => ValType::V128,
            Self::FuncRef(_) => ValType::FUNCREF,
            Self::ExternRef(_) => ValType::EXTERNREF,
            #[cfg(feature = "gc")]
            Self::AnyRef(_) => ValType::ANYREF,
            #[cfg(feature = "exceptions")]
            Self::ExnRef(_) => ValType::EXNREF,
        }
    }

    /// The 32-bit integer, if it is one.
    #[must_use]
    pub const fn i32(&self) -> Option<i32> {
        if let Self::I32(value) = self { Some(*value) } else { None }
    }

    /// The 64-bit integer, if it is one.
    #[must_use]
    pub const fn i64(&self) -> Option<i64> {
        if let Self::I64(value) = self { Some(*value) } else { None }
    }

    /// The 32-bit float, if it is one.
    #[must_use]
    pub const fn f32(&self) -> Option<f32> {
        if let Self::F32(bits) = self { Some(f32::from_bits(*bits)) } else { None }
    }

    /// The 64-bit float, if it is one.
    #[must_use]
    pub const fn f64(&self) -> Option<f64> {
        if let Self::F64(bits) = self { Some(f64::from_bits(*bits)) } else { None }
    }

    /// The bits of the vector, if it is one.
    #[must_use]
    pub const fn v128(&self) -> Option<u128> {
        if let Self::V128(bits) = self { Some(*bits) } else { None }
    }

    /// The function reference, if it is one.
    #[must_use]
    pub const fn func_ref(&self) -> Option<Option<Func>> {
        if let Self::FuncRef(func) = self { Some(*func) } else { None }
    }

    /// The reference to a host value, if it is one.
    #[must_use]
    pub const fn extern_ref(&self) -> Option<Option<ExternRef>> {
        if let Self::ExternRef(value) = self { Some(*value) } else { None }
    }

    /// The reference to something of the guest's own, if it is one.
    #[cfg(feature = "gc")]
    #[must_use]
    pub const fn any_ref(&self) -> Option<Option<AnyRef>> {
        if let Self::AnyRef(value) = self { Some(*value) } else { None }
    }

    /// The reference to an exception, if it is one.
    #[cfg(feature = "exceptions")]
    #[must_use]
    pub const fn exn_ref(&self) -> Option<Option<ExnRef>> {
        if let Self::ExnRef(value) = self { Some(*value) } else { None }
    }

    /// Whether the value belongs to type `ty`.
    ///
    /// # Panics
    /// When it is a reference of another store.
    pub fn matches(&self, store: impl AsContext, ty: ValType) -> bool {
        self.matches_in(&store.as_context().parts.inner, ty)
    }

    #[inline]
    pub(crate) fn matches_in(&self, store: &StoreInner, ty: ValType) -> bool {
        if let ValType::Ref(ty) = ty { self.matches_reference(store, ty) } else { self.ty() == ty }
    }

    #[inline(never)]
    fn matches_reference(&self, store: &StoreInner, RefType { nullable, heap }: RefType) -> bool {
        match self {
            Self::FuncRef(None) => nullable && heap.top() == HeapType::Func,
            Self::FuncRef(Some(func)) => match heap {
                HeapType::Concrete(ty) => func.is_of(store, ty),
                heap => heap == HeapType::Func,
            },
            Self::ExternRef(None) => nullable && heap.top() == HeapType::Extern,
            Self::ExternRef(Some(value)) => heap == HeapType::Extern && value.0.to_slot(store).is_some(),
            #[cfg(feature = "gc")]
            Self::AnyRef(None) => nullable && heap.top() == HeapType::Any,
            #[cfg(feature = "gc")]
            Self::AnyRef(Some(value)) => value.0.to_slot(store).is_some_and(|slot| store.is_any(slot, heap)),
            #[cfg(feature = "exceptions")]
            Self::ExnRef(None) => nullable && heap.top() == HeapType::Exn,
            #[cfg(feature = "exceptions")]
            Self::ExnRef(Some(value)) => heap == HeapType::Exn && value.0.to_slot(store).is_some(),
            _ => false,
        }
    }

    /// The value as a reference: 0 for null.
    pub(crate) fn to_reference(self, store: &StoreInner) -> Option<u64> {
        match self {
            Self::FuncRef(func) => Some(func.map_or(0, |func| func.to_reference(store))),
            Self::ExternRef(value) => Some(value.map_or(0, |value| value.to_reference(store))),
            #[cfg(feature = "gc")]
            Self::AnyRef(value) => Some(value.and_then(|value| value.0.to_slot(store)).unwrap_or(0)),
            #[cfg(feature = "exceptions")]
            Self::ExnRef(value) => Some(value.and_then(|value| value.0.to_slot(store)).unwrap_or(0)),
            _ => None,
        }
    }

    /// Writes the value to as many slots as its type has, and gives their number.
    pub(crate) fn to_slots(self, store: &StoreInner, slots: &mut [u64]) -> usize {
        slots[0] = match self {
            Self::I32(value) => u64::from(value.cast_unsigned()),
            Self::I64(value) => value.cast_unsigned(),
            Self::F32(bits) => u64::from(bits),
            Self::F64(bits) => bits,
            Self::V128(bits) => {
                slots[1] = (bits >> 64) as u64;
                slots[0] = bits as u64;
                return 2;
            }
            _ => self.to_reference(store).unwrap_or(0),
        };
        1
    }

    /// The value of type `ty` that begins at the first of `slots`.
    ///
    /// # Errors
    /// When there is no room to keep an object for the embedder.
    pub(crate) fn from_slots(ty: ValType, store: &mut StoreInner, slots: &[u64]) -> Result<Self, Error> {
        let slot = slots[0];
        Ok(match ty {
            ValType::I32 => Self::I32(slot as i32),
            ValType::I64 => Self::I64(slot.cast_signed()),
            ValType::F32 => Self::F32(slot as u32),
            ValType::F64 => Self::F64(slot),
            ValType::V128 => Self::V128(u128::from(slot) | u128::from(slots[1]) << 64),
            ValType::Ref(ty) => match ty.heap.top() {
                HeapType::Func => Self::FuncRef(Func::from_reference(store, slot)),
                #[cfg(feature = "gc")]
                HeapType::Any => Self::AnyRef(Reference::from_slot(store, slot)?.map(AnyRef)),
                #[cfg(feature = "exceptions")]
                HeapType::Exn => Self::ExnRef(Reference::from_slot(store, slot)?.map(ExnRef)),
                _ => Self::ExternRef(Reference::from_slot(store, slot)?.map(ExternRef)),
            },
        })
    }
}

impl From<i32> for Val {
    fn from(value: i32) -> Self {
        Self::I32(value)
    }
}

impl From<u32> for Val {
    fn from(value: u32) -> Self {
        Self::I32(value.cast_signed())
    }
}

impl From<i64> for Val {
    fn from(value: i64) -> Self {
        Self::I64(value)
    }
}

impl From<u64> for Val {
    fn from(value: u64) -> Self {
        Self::I64(value.cast_signed())
    }
}

impl From<f32> for Val {
    fn from(value: f32) -> Self {
        Self::F32(value.to_bits())
    }
}

impl From<f64> for Val {
    fn from(value: f64) -> Self {
        Self::F64(value.to_bits())
    }
}

impl From<u128> for Val {
    fn from(bits: u128) -> Self {
        Self::V128(bits)
    }
}

impl From<Option<Func>> for Val {
    fn from(func: Option<Func>) -> Self {
        Self::FuncRef(func)
    }
}

impl From<Func> for Val {
    fn from(func: Func) -> Self {
        Self::FuncRef(Some(func))
    }
}

impl From<Option<ExternRef>> for Val {
    fn from(value: Option<ExternRef>) -> Self {
        Self::ExternRef(value)
    }
}

#[cfg(feature = "gc")]
impl From<Option<AnyRef>> for Val {
    fn from(value: Option<AnyRef>) -> Self {
        Self::AnyRef(value)
    }
}

#[cfg(feature = "gc")]
impl From<AnyRef> for Val {
    fn from(value: AnyRef) -> Self {
        Self::AnyRef(Some(value))
    }
}

impl From<ExternRef> for Val {
    fn from(value: ExternRef) -> Self {
        Self::ExternRef(Some(value))
    }
}
