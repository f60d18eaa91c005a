//! What instances import and export, and references to host values.

use core::any::Any;

use super::{AsContext, AsContextMut, Func, Global, Memory, Table};
use crate::error::Error;
use crate::raw::try_box;
use crate::store::StoreInner;
use crate::types::ExternType;

/// Anything that an instance can import or export.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Extern {
    /// A function.
    Func(Func),
    /// A table.
    Table(Table),
    /// A linear memory.
    Memory(Memory),
    /// A global.
    Global(Global),
}

impl Extern {
    /// The function, if it is one.
    #[must_use]
    pub fn into_func(self) -> Option<Func> {
        if let Self::Func(func) = self { Some(func) } else { None }
    }

    /// The table, if it is one.
    #[must_use]
    pub fn into_table(self) -> Option<Table> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }

    /// The memory, if it is one.
    #[must_use]
    pub fn into_memory(self) -> Option<Memory> {
        if let Self::Memory(memory) = self { Some(memory) } else { None }
    }

    /// The global, if it is one.
    #[must_use]
    pub fn into_global(self) -> Option<Global> {
        if let Self::Global(global) = self { Some(global) } else { None }
    }

    /// The type; of memories and tables, with the size that they have.
    pub fn ty<'a>(&self, store: &'a impl AsContext) -> ExternType<'a> {
        match self {
            Self::Func(func) => ExternType::Func(func.ty(store)),
            Self::Table(table) => ExternType::Table(table.ty(store)),
            Self::Memory(memory) => ExternType::Memory(memory.ty(store)),
            Self::Global(global) => ExternType::Global(global.ty(store)),
        }
    }
}

impl From<Func> for Extern {
    fn from(func: Func) -> Self {
        Self::Func(func)
    }
}

impl From<Table> for Extern {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl From<Memory> for Extern {
    fn from(memory: Memory) -> Self {
        Self::Memory(memory)
    }
}

impl From<Global> for Extern {
    fn from(global: Global) -> Self {
        Self::Global(global)
    }
}

/// A reference to a value of the host, which the guest can only pass on.
///
/// The value lives as long as the store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExternRef {
    store: u32,
    index: u32,
}

impl ExternRef {
    /// Moves `value` into the store and gives a reference to it.
    ///
    /// # Errors
    /// When the store's budget or memory runs out.
    pub fn new(mut store: impl AsContextMut, value: impl Any + Send + Sync) -> Result<Self, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let index = inner.next_index(inner.externs.len(), "references to host values")?;
        inner.budget.charge(size_of_val(&value))?;
        let value = try_box(value)?;
        inner.budget.push(&mut inner.externs, value)?;
        Ok(Self { store: inner.id, index })
    }

    /// The value.
    pub fn data<'a>(&self, store: &'a impl AsContext) -> Option<&'a (dyn Any + 'static)> {
        let inner = &store.as_context().parts.inner;
        inner.check(self.store);
        let value: &(dyn Any + Send + Sync) = &**inner.externs.get(self.index as usize)?;
        Some(value)
    }

    pub(crate) fn to_reference(self, store: &StoreInner) -> u64 {
        store.check(self.store);
        u64::from(self.index) + 1
    }

    pub(crate) fn from_reference(store: &StoreInner, reference: u64) -> Option<Self> {
        Some(Self { store: store.id, index: reference.checked_sub(1)? as u32 })
    }
}
