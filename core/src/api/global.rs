//! Globals of a store.

use super::{AsContext, AsContextMut, Val};
use crate::error::Error;
use crate::types::GlobalType;

/// A global.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Global {
    pub(crate) store: u32,
    pub(crate) index: u32,
}

impl Global {
    /// Makes a global of type `ty` and value `value`.
    ///
    /// # Errors
    /// When the value is of another type, or the store's budget or memory runs out.
    pub fn new(mut store: impl AsContextMut, ty: GlobalType, value: Val) -> Result<Self, Error> {
        todo!()
    }

    /// The type.
    pub fn ty(&self, store: impl AsContext) -> GlobalType {
        let store = store.as_context();
        store.parts.inner.check(self.store);
        store.parts.inner.globals[self.index as usize].ty
    }

    /// The value.
    pub fn get(&self, store: impl AsContext) -> Val {
        todo!()
    }

    /// Sets the value.
    ///
    /// # Errors
    /// When the global is constant or the value is of another type.
    pub fn set(&self, mut store: impl AsContextMut, value: Val) -> Result<(), Error> {
        todo!()
    }
}
