//! Linear memories: making, growing, and the bulk operations.
//!
//! Operands are 64 bits wide whatever the memory's index type is; nothing here can overflow.

use super::{MemoryEntity, StoreInner};
use crate::error::{Error, ErrorKind};
use crate::raw::Bytes;
use crate::trap::Trap;
use crate::types::MemoryType;

/// The most pages that a memory of type `ty` can have.
fn most_pages(ty: &MemoryType) -> u64 {
    let (bits, largest) = if ty.memory64 { (64, u64::MAX) } else { (32, u64::from(u32::MAX)) };
    // A memory of pages of one byte must have a size that its address type can say.
    let all = 1u64.checked_shl(bits - u32::from(ty.page_size_log2)).map_or(largest, |all| all.min(largest));
    ty.limits.max.map_or(all, |max| max.min(all))
}

/// The bytes of `pages` pages, if that is a size that this machine knows.
fn size_of_pages(ty: &MemoryType, pages: u64) -> Option<usize> {
    usize::try_from(pages.checked_mul(1 << ty.page_size_log2)?).ok()
}

/// The place of `len` elements from `start` on among `size`.
pub(super) fn range(start: u64, len: u64, size: usize) -> Option<core::ops::Range<usize>> {
    let end = start.checked_add(len)?;
    // Neither is greater than `size`, so both fit.
    (end <= size as u64).then_some(start as usize..end as usize)
}

impl StoreInner {
    /// Adds a memory of type `ty`.
    pub(crate) fn add_memory(&mut self, ty: MemoryType) -> Result<u32, Error> {
        let index = self.next_index(self.memories.len(), "memories")?;
        if index as usize >= self.limits.memories {
            return Err(Error::limit("memories", self.limits.memories, None));
        }
        let bounded = ty.limits.max.is_some() || !ty.shared;
        if !bounded || !matches!(ty.page_size_log2, 0 | 16) || ty.limits.min > most_pages(&ty) {
            return Err(Error::with_message(ErrorKind::Usage, "the memory type is not valid"));
        }
        let size = size_of_pages(&ty, ty.limits.min).filter(|size| *size <= self.limits.memory_size);
        let size = size.ok_or_else(|| Error::limit("bytes of a memory", self.limits.memory_size, None))?;
        self.budget.reserve(&mut self.memories, 1)?;
        self.budget.charge(size)?;
        match Bytes::zeroed(size) {
            Ok(bytes) => self.memories.push(MemoryEntity { ty, bytes }),
            Err(error) => {
                self.budget.release(size);
                return Err(error.into());
            }
        }
        Ok(index)
    }
}

/// Grows memory `memory` of the store by `delta` pages and gives the pages that it had; nothing if a limit does not
/// allow it or memory runs out.
pub(crate) fn grow_memory(store: &mut StoreInner, memory: u32, delta: u64) -> Option<u64> {
    let limit = store.limits.memory_size;
    let entity = &store.memories[memory as usize];
    let before = entity.bytes.len();
    let pages = before as u64 >> entity.ty.page_size_log2;
    let grown = pages.checked_add(delta).filter(|grown| *grown <= most_pages(&entity.ty))?;
    let size = size_of_pages(&entity.ty, grown).filter(|size| *size <= limit)?;
    if size == before {
        return Some(pages);
    }
    store.budget.charge(size - before).ok()?;
    store.moves += 1;
    if store.memories[memory as usize].bytes.grow(size).is_err() {
        store.budget.release(size - before);
        return None;
    }
    Some(pages)
}

fn memory(store: &StoreInner, instance: u32, memory: u32) -> usize {
    store.instances[instance as usize].memories[memory as usize] as usize
}

/// `memory.init`: copies `len` bytes from `source` on of data segment `segment` to `target` in memory `to`.
pub(crate) fn memory_init(
    store: &mut StoreInner,
    instance: u32,
    segment: u32,
    to: u32,
    (target, source, len): (u64, u64, u64),
) -> Result<(), Trap> {
    let to = memory(store, instance, to);
    let instance = &store.instances[instance as usize];
    let module = &instance.module.inner;
    let bytes: &[u8] = if instance.dropped_data[segment as usize] {
        &[]
    } else {
        module.bytes(module.data[segment as usize].bytes)
    };
    let source = range(source, len, bytes.len()).ok_or(Trap::MemoryOutOfBounds)?;
    let memory = &mut store.memories[to].bytes;
    let target = range(target, len, memory.len()).ok_or(Trap::MemoryOutOfBounds)?;
    memory[target].copy_from_slice(&bytes[source]);
    Ok(())
}

/// `data.drop`.
pub(crate) fn data_drop(store: &mut StoreInner, instance: u32, segment: u32) {
    store.instances[instance as usize].dropped_data[segment as usize] = true;
}

/// `memory.copy`: copies `len` bytes from `source` on in memory `from` to `target` in memory `to`.
pub(crate) fn memory_copy(
    store: &mut StoreInner,
    instance: u32,
    to: u32,
    from: u32,
    (target, source, len): (u64, u64, u64),
) -> Result<(), Trap> {
    let (to, from) = (memory(store, instance, to), memory(store, instance, from));
    let source = range(source, len, store.memories[from].bytes.len()).ok_or(Trap::MemoryOutOfBounds)?;
    let target = range(target, len, store.memories[to].bytes.len()).ok_or(Trap::MemoryOutOfBounds)?;
    match store.memories.get_disjoint_mut([to, from]) {
        Ok([to, from]) => to.bytes[target].copy_from_slice(&from.bytes[source]),
        Err(_) => store.memories[to].bytes.copy_within(source, target.start),
    }
    Ok(())
}

/// `memory.fill`: sets `len` bytes from `target` on in memory `to` to `value`.
pub(crate) fn memory_fill(
    store: &mut StoreInner,
    instance: u32,
    to: u32,
    (target, value, len): (u64, u8, u64),
) -> Result<(), Trap> {
    let to = memory(store, instance, to);
    let memory = &mut store.memories[to].bytes;
    let target = range(target, len, memory.len()).ok_or(Trap::MemoryOutOfBounds)?;
    memory[target].fill(value);
    Ok(())
}
