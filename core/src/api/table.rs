//! Tables of a store.

use super::{AsContext, AsContextMut, Val};
use crate::error::{Error, ErrorKind};
use crate::store::table::grow_table;
use crate::store::{StoreInner, TableEntity};
use crate::types::{Limits, TableType, ValType};

/// A table of references.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Table {
    pub(crate) store: usize,
    pub(crate) index: u32,
}

impl Table {
    /// Makes a table of type `ty` whose elements are `init`.
    ///
    /// # Errors
    /// When `init` is not of the elements' type, or limits or memory run out.
    pub fn new(mut store: impl AsContextMut, ty: TableType, init: Val) -> Result<Self, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let init = reference(inner, ty, init)?;
        Ok(Self { store: inner.id, index: inner.add_table(ty, init)? })
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
    ///
    /// # Errors
    /// When it refers to an object and there is no room to keep that for the embedder.
    pub fn get(&self, mut store: impl AsContextMut, index: u64) -> Result<Option<Val>, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let entity = self.entity(inner);
        let ty = ValType::Ref(entity.ty.element);
        let element = usize::try_from(index).ok().and_then(|index| entity.elements.get(index));
        element.map(|reference| Val::from_slots(ty, inner, &[reference])).transpose()
    }

    /// Sets the element at `index` to `value`.
    ///
    /// # Errors
    /// When there is no such element, or `value` is not of the elements' type.
    pub fn set(&self, mut store: impl AsContextMut, index: u64, value: Val) -> Result<(), Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let value = reference(inner, self.entity(inner).ty, value)?;
        let elements = &mut inner.tables[self.index as usize].elements;
        if usize::try_from(index).is_ok_and(|index| elements.set(index, value)) {
            return Ok(());
        }
        Err(Error::with_message(ErrorKind::Usage, "out of bounds table access by the host"))
    }

    /// Grows the table by `delta` elements, which are `init`, and gives the size that it had before.
    ///
    /// # Errors
    /// When `init` is not of the elements' type, the table's maximum or the store's limits do not allow it, or
    /// memory runs out.
    pub fn grow(&self, mut store: impl AsContextMut, delta: u64, init: Val) -> Result<u64, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let init = reference(inner, self.entity(inner).ty, init)?;
        let before = grow_table(inner, self.index, delta, init);
        before.ok_or_else(|| Error::with_message(ErrorKind::Limit, "the table cannot grow that far"))
    }
}

/// `value` as an element of a table of type `ty`.
fn reference(store: &StoreInner, ty: TableType, value: Val) -> Result<u64, Error> {
    let reference =
        if value.matches_in(store, ValType::Ref(ty.element)) { value.to_reference(store) } else { None };
    reference.ok_or_else(|| {
        Error::with_message(ErrorKind::Usage, "the value is not of the type of the table's elements")
    })
}
