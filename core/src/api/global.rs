//! Globals of a store.

use super::{AsContext, AsContextMut, Val};
use crate::error::{Error, ErrorKind};
use crate::store::StoreInner;
use crate::types::{GlobalType, Mutability};

/// A global.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Global {
    pub(crate) store: usize,
    pub(crate) index: u32,
}

impl Global {
    /// Makes a global of type `ty` and value `value`.
    ///
    /// # Errors
    /// When the value is of another type, or the store's budget or memory runs out.
    pub fn new(mut store: impl AsContextMut, ty: GlobalType, value: Val) -> Result<Self, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let slots = slots(inner, ty, value)?;
        Ok(Self { store: inner.id, index: inner.add_global(ty, slots)? })
    }

    /// The type.
    pub fn ty(&self, store: impl AsContext) -> GlobalType {
        let store = store.as_context();
        store.parts.inner.check(self.store);
        store.parts.inner.globals[self.index as usize].ty
    }

    /// The value.
    ///
    /// # Errors
    /// When it refers to an object and there is no room to keep that for the embedder.
    pub fn get(&self, mut store: impl AsContextMut) -> Result<Val, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        inner.check(self.store);
        let ty = inner.globals[self.index as usize].ty.content;
        let slots = inner.global(self.index);
        Val::from_slots(ty, inner, &slots)
    }

    /// Sets the value.
    ///
    /// # Errors
    /// When the global is constant or the value is of another type.
    pub fn set(&self, mut store: impl AsContextMut, value: Val) -> Result<(), Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        inner.check(self.store);
        let ty = inner.globals[self.index as usize].ty;
        if ty.mutability == Mutability::Const {
            return Err(Error::with_message(ErrorKind::Usage, "the global is constant"));
        }
        let slots = slots(inner, ty, value)?;
        inner.set_global(self.index, slots);
        Ok(())
    }
}

/// `value` as the slots of a global of type `ty`.
fn slots(store: &StoreInner, ty: GlobalType, value: Val) -> Result<[u64; 2], Error> {
    if !value.matches_in(store, ty.content) {
        return Err(Error::with_message(ErrorKind::Usage, "the value is not of the global's type"));
    }
    let mut slots = [0; 2];
    value.to_slots(store, &mut slots);
    Ok(slots)
}
