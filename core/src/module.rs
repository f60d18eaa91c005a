//! A loaded module: immutable, shared by stores and threads.

use alloc::vec::Vec;

use crate::engine::Engine;
use crate::ir::Code;
use crate::raw::{OnceBox, Shared};
use crate::types::{FuncType, GlobalType, MemoryType, TableType};

mod const_expr;
mod exports;
mod parse;
mod segments;
mod validate;

/// A range of bytes of the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// The module's bytes: copied, or in memory that outlives everything (flash).
pub(crate) enum Source {
    Owned(Vec<u8>),
    Static(&'static [u8]),
}

/// Where an index space's entry comes from, by kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ExternKind {
    Func,
    Table,
    Memory,
    Global,
}

/// An import: the n-th import of a kind is entry n of that kind's index space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Import {
    pub(crate) module: Span,
    pub(crate) name: Span,
    pub(crate) kind: ExternKind,
    /// Index in the index space of `kind`.
    pub(crate) index: u32,
}

/// An export.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Export {
    pub(crate) name: Span,
    pub(crate) kind: ExternKind,
    pub(crate) index: u32,
}

/// A function with a body: where its bytes are and, once translated, its code.
pub(crate) struct Body {
    /// Local declarations and instructions.
    pub(crate) span: Span,
    pub(crate) code: OnceBox<Code>,
}

/// A table of the index space; `init` is empty where elements start as null.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableDecl {
    pub(crate) ty: TableType,
    pub(crate) init: Span,
}

/// A global of the index space; `init` is empty for imports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GlobalDecl {
    pub(crate) ty: GlobalType,
    pub(crate) init: Span,
}

/// What a segment does at instantiation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SegmentMode {
    /// Waits for `memory.init` or `table.init`.
    Passive,
    /// Is written to memory or table `index` at the value of the constant expression `offset`.
    Active { index: u32, offset: Span },
    /// Only declares references (element segments).
    Declared,
}

/// An element segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ElementSegment {
    pub(crate) mode: SegmentMode,
    /// The items, one after another: function indices or constant expressions.
    pub(crate) items: Span,
    pub(crate) count: u32,
    /// Whether the items are constant expressions.
    pub(crate) expressions: bool,
}

/// A data segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DataSegment {
    pub(crate) mode: SegmentMode,
    pub(crate) bytes: Span,
}

/// What a module's bytes say.
pub(crate) struct ModuleInner {
    pub(crate) engine: Engine,
    pub(crate) source: Source,
    pub(crate) types: Vec<FuncType>,
    pub(crate) imports: Vec<Import>,
    pub(crate) exports: Vec<Export>,
    /// Positions in `exports`, ordered by name.
    pub(crate) exports_by_name: Vec<u32>,
    /// Type index of every function, imported ones first.
    pub(crate) func_types: Vec<u32>,
    pub(crate) imported_funcs: u32,
    /// The functions that are not imported.
    pub(crate) bodies: Vec<Body>,
    /// Imported ones first.
    pub(crate) tables: Vec<TableDecl>,
    pub(crate) imported_tables: u32,
    /// Imported ones first.
    pub(crate) memories: Vec<MemoryType>,
    pub(crate) imported_memories: u32,
    /// Imported ones first.
    pub(crate) globals: Vec<GlobalDecl>,
    pub(crate) imported_globals: u32,
    pub(crate) start: Option<u32>,
    pub(crate) elements: Vec<ElementSegment>,
    pub(crate) data: Vec<DataSegment>,
    /// The function-names subsection of the name section.
    pub(crate) names: Span,
    /// What validating a body needs, where bodies are validated when first called.
    pub(crate) resources: Option<validate::Resources>,
    /// Bytes that the module itself occupies on the heap, translated code excluded.
    pub(crate) footprint: usize,
}

/// A module, loaded and validated: its functions, tables, memories, globals, imports and exports.
///
/// Cheap to clone; may be instantiated many times, in any number of stores of its engine and from any thread.
#[derive(Clone)]
pub struct Module {
    pub(crate) inner: Shared<ModuleInner>,
}
