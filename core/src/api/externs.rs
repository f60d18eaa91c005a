//! What instances import and export, and references to host values.

use core::any::Any;

#[cfg(feature = "exceptions")]
use super::Tag;
use super::reference::Reference;
use super::{AsContext, AsContextMut, Func, Global, Memory, Table};
use crate::error::Error;
use crate::module::ExternKind;
use crate::raw::try_box;
use crate::store::{ExternIndex, StoreInner};
use crate::types::ExternType;
use crate::value;

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
    /// A tag.
    #[cfg(feature = "exceptions")]
    Tag(Tag),
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

    /// The tag, if it is one.
    #[cfg(feature = "exceptions")]
    #[must_use]
    pub fn into_tag(self) -> Option<Tag> {
        if let Self::Tag(tag) = self { Some(tag) } else { None }
    }

    /// The item of `store`.
    ///
    /// # Panics
    /// When it belongs to another store.
    pub(crate) fn to_index(self, store: &StoreInner) -> ExternIndex {
        let (id, kind, index) = match self {
            Self::Func(func) => (func.store, ExternKind::Func, func.index),
            Self::Table(table) => (table.store, ExternKind::Table, table.index),
            Self::Memory(memory) => (memory.store, ExternKind::Memory, memory.index),
            Self::Global(global) => (global.store, ExternKind::Global, global.index),
            #[cfg(feature = "exceptions")]
            Self::Tag(tag) => (tag.store, ExternKind::Tag, tag.index),
        };
        store.check(id);
        ExternIndex { kind, index }
    }

    pub(crate) fn from_index(store: &StoreInner, item: ExternIndex) -> Self {
        let (store, index) = (store.id, item.index);
        match item.kind {
            ExternKind::Func => Self::Func(Func { store, index }),
            ExternKind::Table => Self::Table(Table { store, index }),
            ExternKind::Memory => Self::Memory(Memory { store, index }),
            ExternKind::Global => Self::Global(Global { store, index }),
            #[cfg(feature = "exceptions")]
            ExternKind::Tag => Self::Tag(Tag { store, index }),
        }
    }

    /// The type; of memories and tables, with the size that they have.
    pub fn ty<'a>(&self, store: &'a impl AsContext) -> ExternType<'a> {
        let inner = &store.as_context().parts.inner;
        inner.extern_type(self.to_index(inner))
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

#[cfg(feature = "exceptions")]
impl From<Tag> for Extern {
    fn from(tag: Tag) -> Self {
        Self::Tag(tag)
    }
}

/// A reference that the guest can only pass on: to a value of the host, which lives as long as the store, or to something
/// of the guest's own that became one.
///
/// Of those to values of the host, two are equal if and only if they are to the same value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExternRef(pub(crate) Reference);

impl ExternRef {
    /// Moves `data` into the store and gives a reference to it.
    ///
    /// # Errors
    /// When the store's budget or memory runs out.
    pub fn new(mut store: impl AsContextMut, data: impl Any + Send + Sync) -> Result<Self, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let (index, most) = (inner.externs.len() as u32, value::MOST);
        if index >= most {
            return Err(Error::limit("references to host values", most as usize, None));
        }
        inner.budget.charge(size_of_val(&data))?;
        let data = try_box(data)?;
        inner.budget.push(&mut inner.externs, data)?;
        Ok(Self(Reference::plain(inner, value::host(index))))
    }

    /// The value of the host, if it refers to one.
    pub fn data<'a>(&self, store: &'a impl AsContext) -> Option<&'a (dyn Any + 'static)> {
        let inner = &store.as_context().parts.inner;
        let index = value::host_value(self.0.to_slot(inner)? as u32)?;
        let data: &(dyn Any + Send + Sync) = &**inner.externs.get(index as usize)?;
        Some(data)
    }

    /// The same reference as one of the guest's own (`any.convert_extern`).
    #[cfg(feature = "gc")]
    #[must_use]
    pub fn into_any(self) -> super::AnyRef {
        super::AnyRef(self.0)
    }

    pub(crate) fn to_reference(self, store: &StoreInner) -> u64 {
        self.0.to_slot(store).unwrap_or(0)
    }
}
