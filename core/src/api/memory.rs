//! Linear memories of a store.

use super::{AsContext, AsContextMut};
use crate::error::{Error, ErrorKind};
use crate::store::memory::grow_memory;
use crate::store::{MemoryEntity, StoreInner};
use crate::types::{Limits, MemoryType};

/// A linear memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Memory {
    pub(crate) store: usize,
    pub(crate) index: u32,
}

impl Memory {
    /// Makes a memory of type `ty`.
    ///
    /// # Errors
    /// When the type is not valid, or limits or memory run out.
    pub fn new(mut store: impl AsContextMut, ty: MemoryType) -> Result<Self, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        Ok(Self { store: inner.id, index: inner.add_memory(ty)? })
    }

    fn entity<'a>(&self, store: &'a StoreInner) -> &'a MemoryEntity {
        store.check(self.store);
        &store.memories[self.index as usize]
    }

    /// The type, with the size that the memory has.
    pub fn ty(&self, store: impl AsContext) -> MemoryType {
        let store = store.as_context();
        let entity = self.entity(&store.parts.inner);
        let min = entity.bytes.len() as u64 >> entity.ty.page_size_log2;
        MemoryType { limits: Limits { min, ..entity.ty.limits }, ..entity.ty }
    }

    /// The size in pages.
    pub fn size(&self, store: impl AsContext) -> u64 {
        self.ty(store).limits.min
    }

    /// The bytes of one page.
    pub fn page_size(&self, store: impl AsContext) -> u64 {
        self.ty(store).page_size()
    }

    /// The size in bytes.
    pub fn data_size(&self, store: impl AsContext) -> usize {
        self.entity(&store.as_context().parts.inner).bytes.len()
    }

    /// Grows the memory by `pages` and gives the size in pages that it had before.
    ///
    /// # Errors
    /// When the memory's maximum or the store's limits do not allow it, or memory runs out.
    pub fn grow(&self, mut store: impl AsContextMut, pages: u64) -> Result<u64, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        inner.check(self.store);
        let before = grow_memory(inner, self.index, pages);
        before.ok_or_else(|| Error::with_message(ErrorKind::Limit, "the memory cannot grow that far"))
    }

    /// The bytes.
    pub fn data<'a>(&self, store: &'a impl AsContext) -> &'a [u8] {
        &self.entity(&store.as_context().parts.inner).bytes
    }

    /// The bytes, to change.
    pub fn data_mut<'a>(&self, store: &'a mut impl AsContextMut) -> &'a mut [u8] {
        self.data_and_store_mut(store).0
    }

    /// The bytes and the embedder's data, both to change.
    pub fn data_and_store_mut<'a, C: AsContextMut>(
        &self,
        store: &'a mut C,
    ) -> (&'a mut [u8], &'a mut C::Data) {
        let parts = store.as_context_mut().parts;
        parts.inner.check(self.store);
        (&mut parts.inner.memories[self.index as usize].bytes, &mut parts.data)
    }

    /// Copies the bytes from `offset` on to `buffer`.
    ///
    /// # Errors
    /// When they are not all inside the memory.
    pub fn read(&self, store: impl AsContext, offset: usize, buffer: &mut [u8]) -> Result<(), Error> {
        let source = offset.checked_add(buffer.len()).and_then(|end| self.data(&store).get(offset..end));
        buffer.copy_from_slice(source.ok_or_else(outside)?);
        Ok(())
    }

    /// Copies `bytes` to the memory from `offset` on.
    ///
    /// # Errors
    /// When they are not all inside the memory; nothing is copied then.
    pub fn write(&self, mut store: impl AsContextMut, offset: usize, bytes: &[u8]) -> Result<(), Error> {
        let end = offset.checked_add(bytes.len());
        let target = end.and_then(|end| self.data_mut(&mut store).get_mut(offset..end));
        target.ok_or_else(outside)?.copy_from_slice(bytes);
        Ok(())
    }
}

fn outside() -> Error {
    Error::with_message(ErrorKind::Usage, "out of bounds memory access by the host")
}
