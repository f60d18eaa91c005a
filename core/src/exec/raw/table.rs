//! Elements of tables.

use super::{State, TableView};
use crate::store::FuncEntity;
use crate::trap::Trap;

impl State {
    /// The view of `table`: where it is and not what it shows, which would take one register more than handlers have.
    #[inline(always)]
    fn table(&self, table: u16) -> &TableView {
        let context = self.context();
        if table == 0 {
            return &context.table;
        }
        // SAFETY: validation has checked the index; `Invocation::view` made a view of each table.
        unsafe { &*context.tables.add(usize::from(table)) }
    }

    /// How many elements `table` has.
    #[inline(always)]
    pub(in crate::exec) fn table_len(&self, table: u16) -> usize {
        self.table(table).len
    }

    /// Element `index` of `table`, if there is one.
    #[inline(always)]
    pub(in crate::exec) fn table_element(&self, table: u16, index: u64) -> Option<u64> {
        let view = self.table(table);
        // SAFETY: the index was just checked.
        (index < view.len as u64).then(|| unsafe { *view.base.add(index as usize) })
    }

    /// Sets element `index` of `table`; whether there is one.
    #[inline(always)]
    #[must_use]
    pub(in crate::exec) fn set_table_element(&mut self, table: u16, index: u64, value: u64) -> bool {
        let view = self.table(table);
        if index >= view.len as u64 {
            return false;
        }
        // SAFETY: the index was just checked.
        unsafe { *view.base.add(index as usize) = value };
        true
    }

    /// The function that element `index` of `table` refers to, if its type is the module's type `ty`.
    #[inline(always)]
    pub(in crate::exec) fn indirect(&self, table: u16, index: u32, ty: u32) -> Result<FuncEntity, Trap> {
        let context = self.context();
        let element = self.table_element(table, index.into()).ok_or(Trap::UndefinedElement)?;
        let Some(func) = element.checked_sub(1) else { return Err(Trap::UninitializedElement) };
        // SAFETY: only references to functions of this store get into its tables.
        let entity = unsafe { *context.funcs.add(func as usize) };
        // SAFETY: validation has checked the type's index; instantiation made a canonical type of each.
        let expected = unsafe { *context.types.add(ty as usize) };
        if entity.ty != expected {
            return Err(Trap::IndirectCallTypeMismatch);
        }
        Ok(entity)
    }
}
