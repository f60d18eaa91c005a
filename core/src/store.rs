//! Run-time objects: everything that a guest owns, in one store with one budget.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::engine::Engine;
use crate::error::Error;
use crate::limits::StoreLimits;
use crate::module::Module;
use crate::raw::{Bytes, Cells, Shared};
use crate::types::defined::DefinedType;
use crate::types::{GlobalType, MemoryType, TableType};

pub(crate) mod budget;
#[cfg(any(feature = "gc", feature = "exceptions"))]
pub(crate) mod collect;
#[cfg(feature = "exceptions")]
mod exception;
mod global;
#[cfg(any(feature = "gc", feature = "exceptions"))]
pub(crate) mod heap;
mod instance;
pub(crate) mod memory;
#[cfg(feature = "gc")]
pub(crate) mod object;
pub(crate) mod parked;
#[cfg(any(feature = "gc", feature = "exceptions"))]
pub(crate) mod roots;
pub(crate) mod stack;
pub(crate) mod table;
pub(crate) mod types;

use budget::Budget;
pub(crate) use instance::{ExternIndex, incompatible};

/// A function of the store, as compiled calls see it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct FuncEntity {
    /// Canonical type: index in [`StoreInner::types`].
    pub(crate) ty: u32,
    /// The instance that defines it, or [`FuncEntity::HOST`].
    pub(crate) instance: u32,
    /// Index among the bodies of the instance's module, or among the store's host functions.
    pub(crate) index: u32,
}

impl FuncEntity {
    /// Stands for an instance in host functions.
    pub(crate) const HOST: u32 = u32::MAX;

    /// Its index among the store's host functions, if it is one.
    #[inline]
    pub(crate) fn host(&self) -> Option<u32> {
        (self.instance == Self::HOST).then_some(self.index)
    }
}

/// An imported function: what calls of it need, beside its number.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct ImportedFunc {
    pub(crate) entity: FuncEntity,
    /// Store index.
    pub(crate) index: u32,
}

/// A table. An element is 0 for null, else one more than the index of a function or host value of the store.
pub(crate) struct TableEntity {
    pub(crate) ty: TableType,
    pub(crate) elements: Cells,
}

/// A linear memory.
pub(crate) struct MemoryEntity {
    pub(crate) ty: MemoryType,
    pub(crate) bytes: Bytes,
}

/// A global: a cell (two for a vector) of an instance, or of its own when the host made it.
pub(crate) struct GlobalEntity {
    pub(crate) ty: GlobalType,
    pub(crate) place: GlobalPlace,
}

/// Where a global's value is.
pub(crate) enum GlobalPlace {
    /// From this cell on among the instance's globals.
    Instance { instance: u32, cell: u32 },
    /// In cells of its own.
    Host(Cells),
}

/// A tag: what it is depends on its index alone.
#[cfg(any(feature = "gc", feature = "exceptions"))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct TagEntity {
    /// Canonical type: index in [`StoreInner::types`].
    pub(crate) ty: u32,
}

/// An instance of a module.
pub(crate) struct InstanceEntity {
    pub(crate) module: Module,
    /// Canonical type of each of the module's types.
    pub(crate) types: Vec<u32>,
    pub(crate) imported_funcs: Vec<ImportedFunc>,
    /// Store index of the first function that is not imported; the others follow.
    pub(crate) first_func: u32,
    /// Store index of each table.
    pub(crate) tables: Vec<u32>,
    /// Store index of each memory.
    pub(crate) memories: Vec<u32>,
    /// Store index of each global.
    pub(crate) globals: Vec<u32>,
    /// Store index of each tag.
    #[cfg(feature = "exceptions")]
    pub(crate) tags: Vec<u32>,
    #[cfg(feature = "exceptions")]
    pub(crate) catchers: exception::Catchers,
    /// The globals that are not imported, each at the cell that [`GlobalPlace::Instance`] names.
    pub(crate) global_cells: Cells,
    /// Addresses of the imported globals' cells.
    pub(crate) imported_global_cells: Vec<crate::raw::CellPointer>,
    /// First instruction of each function that is not imported, or of the stub that translates it.
    pub(crate) code: Vec<crate::raw::CodePointer>,
    /// References of each element segment; empty once dropped.
    pub(crate) elements: Vec<Vec<u64>>,
    /// Whether each data segment has been dropped.
    pub(crate) dropped_data: Vec<bool>,
}

/// Everything in a store that does not depend on the embedder's data.
pub(crate) struct StoreInner {
    /// Tells this store's handles from those of others.
    pub(crate) id: usize,
    pub(crate) engine: Engine,
    pub(crate) limits: StoreLimits,
    pub(crate) budget: Budget,
    /// Types, each once: running code knows a type by its index here.
    pub(crate) types: Vec<Shared<DefinedType>>,
    pub(crate) type_numbers: types::TypeNumbers,
    #[cfg(feature = "gc")]
    pub(crate) hierarchy: types::Hierarchy,
    pub(crate) funcs: Vec<FuncEntity>,
    pub(crate) tables: Vec<TableEntity>,
    pub(crate) memories: Vec<MemoryEntity>,
    pub(crate) globals: Vec<GlobalEntity>,
    #[cfg(feature = "exceptions")]
    pub(crate) tags: Vec<TagEntity>,
    /// A reference to the exception that nobody has caught yet, or null.
    #[cfg(feature = "exceptions")]
    pub(crate) pending: u64,
    pub(crate) instances: Vec<InstanceEntity>,
    pub(crate) externs: Vec<Box<dyn core::any::Any + Send + Sync>>,
    /// Objects that guests made.
    #[cfg(any(feature = "gc", feature = "exceptions"))]
    pub(crate) heap: heap::Heap,
    #[cfg(any(feature = "gc", feature = "exceptions"))]
    pub(crate) roots: roots::Roots,
    /// The stacks of calls that wait for the host, the outermost first: those that began to since there are objects.
    #[cfg(any(feature = "gc", feature = "exceptions"))]
    pub(crate) waiting: Vec<roots::Waiting>,
    /// The stacks of calls that stopped.
    pub(crate) parked: Vec<Option<parked::ParkedStack>>,
    /// How often something has moved, or may have, that running code has the address of: memories, tables, functions.
    pub(crate) moves: u64,
    /// Fuel left.
    pub(crate) fuel: u64,
    /// Nested calls from WebAssembly to the host that are under way.
    pub(crate) host_depth: usize,
}

impl StoreInner {
    pub(crate) fn new(engine: Engine, limits: StoreLimits) -> Self {
        static NEXT_ID: AtomicUsize = AtomicUsize::new(0);
        Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            engine,
            limits,
            budget: Budget::new(limits.budget),
            types: Vec::new(),
            type_numbers: types::TypeNumbers::default(),
            #[cfg(feature = "gc")]
            hierarchy: types::Hierarchy::default(),
            funcs: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            #[cfg(feature = "exceptions")]
            tags: Vec::new(),
            #[cfg(feature = "exceptions")]
            pending: 0,
            instances: Vec::new(),
            externs: Vec::new(),
            #[cfg(any(feature = "gc", feature = "exceptions"))]
            heap: heap::Heap::new(),
            #[cfg(any(feature = "gc", feature = "exceptions"))]
            roots: roots::Roots::default(),
            #[cfg(any(feature = "gc", feature = "exceptions"))]
            waiting: Vec::new(),
            parked: Vec::new(),
            moves: 0,
            fuel: 0,
            host_depth: 0,
        }
    }

    /// Whether there has ever been an object, of which the embedder and calls that wait may have references.
    #[cfg(any(feature = "gc", feature = "exceptions"))]
    #[inline]
    pub(crate) fn has_objects(&self) -> bool {
        !self.heap.is_empty()
    }

    /// Without objects, nobody needs to know who waits.
    #[cfg(not(any(feature = "gc", feature = "exceptions")))]
    #[inline]
    pub(crate) fn has_objects(&self) -> bool {
        false
    }

    #[cfg(not(any(feature = "gc", feature = "exceptions")))]
    #[inline]
    pub(crate) fn end_wait(&mut self) {}

    /// Panics unless `id`, of a handle, is this store's.
    pub(crate) fn check(&self, id: usize) {
        assert!(self.id == id, "a handle was used with another store than its own");
    }

    /// `len` as the index of one more object of a kind that `name` names.
    pub(crate) fn next_index(&self, len: usize, name: &str) -> Result<u32, Error> {
        // References are indices plus one.
        let limit = u32::MAX - 1;
        u32::try_from(len)
            .ok()
            .filter(|index| *index < limit)
            .ok_or_else(|| Error::limit(name, limit as usize, None))
    }
}
