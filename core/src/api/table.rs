//! Tables of a store.

use super::{AsContext, AsContextMut, Val};
use crate::error::Error;
use crate::store::{StoreInner, TableEntity};
use crate::types::{Limits, TableType, ValType};

/// A table of references.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Table {
    pub(crate) store: u32,
    pub(crate) index: u32,
}

impl Table {
    /// Makes a table of type `ty` whose elements are `init`.
    ///
    /// # Errors
    /// When `init` is not of the elements' type, or limits or memory run out.
    pub fn new(mut store: impl AsContextMut, ty: TableType, init: Val) -> Result<Self, Error> {
        todo!()
    }

    fn entity<'a>(&self, store: &'a StoreInner) -> &'a TableEntity {
        store.check(self.store);
        &store.tables[self.index as usize]
    }

    /// The type, with the size that the table has.
    pub fn ty(&self, store: impl AsContext) -> TableType {
        let store = store.as_context();
        let entity = self.entity(&store.parts.inner);
        let min = entity.elements.len() as u64;
        TableType { limits: Limits { min, ..entity.ty.limits }, ..entity.ty }
    }

    /// The size in elements.
    pub fn size(&self, store: impl AsContext) -> u64 {
        self.ty(store).limits.min
    }

    /// The element at `index`, if there is one.
    pub fn get(&self, store: impl AsContext, index: u64) -> Option<Val> {
        let store = store.as_context();
        let inner = &store.parts.inner;
        let entity = self.entity(inner);
        let reference = entity.elements.get(usize::try_from(index).ok()?)?;
        Some(Val::from_slots(ValType::Ref(entity.ty.element), inner, &[reference]))
    }

    /// Sets the element at `index` to `value`.
    ///
    /// # Errors
    /// When there is no such element, or `value` is not of the elements' type.
    pub fn set(&self, mut store: impl AsContextMut, index: u64, value: Val) -> Result<(), Error> {
        todo!()
    }

    /// Grows the table by `delta` elements, which are `init`, and gives the size that it had before.
    ///
    /// # Errors
    /// When `init` is not of the elements' type, the table's maximum or the store's limits do not allow it, or
    /// memory runs out.
    pub fn grow(&self, mut store: impl AsContextMut, delta: u64, init: Val) -> Result<u64, Error> {
        todo!()
    }
}
