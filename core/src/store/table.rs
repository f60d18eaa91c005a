//! Tables: making, growing, and their operations.
//!
//! Operands are 64 bits wide whatever the table's index type is; nothing here can overflow.

use super::memory::range;
use super::{StoreInner, TableEntity};
use crate::error::{Error, ErrorKind};
use crate::raw::Cells;
use crate::trap::Trap;
use crate::types::TableType;

/// The most elements that any table has, whatever its type and the store's limits say: an index that does not fit 32
/// bits is outside of every table.
const MOST_ELEMENTS: usize = u32::MAX as usize;

/// The most elements that a table of type `ty` can have.
fn most_elements(ty: &TableType) -> u64 {
    let all = if ty.table64 { u64::MAX } else { u64::from(u32::MAX) };
    ty.limits.max.map_or(all, |max| max.min(all))
}

impl StoreInner {
    /// Adds a table of type `ty` whose elements are `init`.
    pub(crate) fn add_table(&mut self, ty: TableType, init: u64) -> Result<u32, Error> {
        let index = self.next_index(self.tables.len(), "tables")?;
        if index as usize >= self.limits.tables {
            return Err(Error::limit("tables", self.limits.tables, None));
        }
        if ty.limits.min > most_elements(&ty) {
            return Err(Error::with_message(ErrorKind::Usage, "the table type is not valid"));
        }
        self.budget.reserve(&mut self.tables, 1)?;
        let limit = self.limits.table_elements.min(MOST_ELEMENTS);
        let len = usize::try_from(ty.limits.min).ok().filter(|len| *len <= limit);
        let len = len.ok_or_else(|| Error::limit("elements of a table", limit, None))?;
        let elements = self.cells(len, init)?;
        self.tables.push(TableEntity { ty, elements });
        Ok(index)
    }

    /// `len` cells of `value`, charged.
    pub(super) fn cells(&mut self, len: usize, value: u64) -> Result<Cells, Error> {
        let bytes = len.saturating_mul(size_of::<u64>());
        self.budget.charge(bytes)?;
        let cells = Cells::zeroed(len).inspect_err(|_| self.budget.release(bytes));
        let mut cells = cells?;
        if value != 0 {
            cells.as_mut_slice().fill(value);
        }
        Ok(cells)
    }

    fn table(&self, instance: u32, table: u32) -> usize {
        self.instances[instance as usize].tables[table as usize] as usize
    }
}

/// Grows table `table` of the store by `delta` elements, which are `init`, and gives the size that it had; nothing
/// if a limit does not allow it or memory runs out.
pub(crate) fn grow_table(store: &mut StoreInner, table: u32, delta: u64, init: u64) -> Option<u64> {
    let limit = store.limits.table_elements.min(MOST_ELEMENTS);
    let entity = &store.tables[table as usize];
    let before = entity.elements.len();
    let size = (before as u64).checked_add(delta).filter(|size| *size <= most_elements(&entity.ty))?;
    let size = usize::try_from(size).ok().filter(|size| *size <= limit)?;
    let bytes = (size - before).checked_mul(size_of::<u64>())?;
    if size == before {
        return Some(before as u64);
    }
    store.budget.charge(bytes).ok()?;
    store.moves += 1;
    if store.tables[table as usize].elements.grow(size, init).is_err() {
        store.budget.release(bytes);
        return None;
    }
    Some(before as u64)
}

/// `table.init`: copies `len` references from `source` on of element segment `segment` to `target` in table `to`.
pub(crate) fn table_init(
    store: &mut StoreInner,
    instance: u32,
    segment: u32,
    to: u32,
    (target, source, len): (u64, u64, u64),
) -> Result<(), Trap> {
    let to = store.table(instance, to);
    let references = &store.instances[instance as usize].elements[segment as usize];
    let source = range(source, len, references.len()).ok_or(Trap::TableOutOfBounds)?;
    let elements = &mut store.tables[to].elements;
    let target = range(target, len, elements.len()).ok_or(Trap::TableOutOfBounds)?;
    elements.as_mut_slice()[target].copy_from_slice(&references[source]);
    Ok(())
}

/// `elem.drop`.
pub(crate) fn elem_drop(store: &mut StoreInner, instance: u32, segment: u32) {
    let references = &mut store.instances[instance as usize].elements[segment as usize];
    let dropped = core::mem::take(references);
    store.budget.release(dropped.capacity() * size_of::<u64>());
}

/// `table.copy`: copies `len` elements from `source` on in table `from` to `target` in table `to`.
pub(crate) fn table_copy(
    store: &mut StoreInner,
    instance: u32,
    to: u32,
    from: u32,
    (target, source, len): (u64, u64, u64),
) -> Result<(), Trap> {
    let (to, from) = (store.table(instance, to), store.table(instance, from));
    let source = range(source, len, store.tables[from].elements.len()).ok_or(Trap::TableOutOfBounds)?;
    let target = range(target, len, store.tables[to].elements.len()).ok_or(Trap::TableOutOfBounds)?;
    match store.tables.get_disjoint_mut([to, from]) {
        Ok([to, from]) => {
            to.elements.as_mut_slice()[target].copy_from_slice(&from.elements.as_mut_slice()[source]);
        }
        Err(_) => store.tables[to].elements.as_mut_slice().copy_within(source, target.start),
    }
    Ok(())
}

/// `table.fill`: sets `len` elements from `target` on in table `to` to `value`.
pub(crate) fn table_fill(
    store: &mut StoreInner,
    instance: u32,
    to: u32,
    (target, value, len): (u64, u64, u64),
) -> Result<(), Trap> {
    let to = store.table(instance, to);
    let elements = &mut store.tables[to].elements;
    let target = range(target, len, elements.len()).ok_or(Trap::TableOutOfBounds)?;
    elements.as_mut_slice()[target].fill(value);
    Ok(())
}
