//! A loaded module: immutable, shared by stores and threads.

use alloc::vec::Vec;

use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::ir::Code;
#[cfg(feature = "exceptions")]
use crate::ir::disasm::Catchers;
use crate::ir::disasm::Listing;
use crate::raw::{OnceBox, Shared};
use crate::translate::{Buffers, Pins, translate};
use crate::types::defined::DefinedType;
use crate::types::{ExternType, GlobalType, MemoryType, TableType};

pub use exports::{ExportType, ImportType};
pub(crate) use validate::validate_body;

mod check;
pub(crate) mod const_expr;
mod convert;
mod exports;
pub(crate) mod foreign;
mod names;
mod parse;
pub(crate) mod reader;
mod sections;
mod segments;
mod validate;
mod work;

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
    #[cfg(feature = "exceptions")]
    Tag,
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
    /// Its first cell among those of the globals that are not imported.
    pub(crate) cell: u32,
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
    pub(crate) types: Vec<Shared<DefinedType>>,
    pub(crate) imports: Vec<Import>,
    pub(crate) exports: Vec<Export>,
    /// Positions in `exports`, ordered by name.
    pub(crate) exports_by_name: Vec<u32>,
    /// Type index of every function, imported ones first.
    pub(crate) func_types: Vec<u32>,
    pub(crate) imported_funcs: u32,
    /// The functions that are not imported.
    pub(crate) bodies: Vec<Body>,
    /// The locals to pin of each, as far as validation found out.
    pub(crate) pins: Vec<Pins>,
    /// Imported ones first.
    pub(crate) tables: Vec<TableDecl>,
    pub(crate) imported_tables: u32,
    /// Imported ones first.
    pub(crate) memories: Vec<MemoryType>,
    pub(crate) imported_memories: u32,
    /// Imported ones first.
    pub(crate) globals: Vec<GlobalDecl>,
    pub(crate) imported_globals: u32,
    /// Type index of every tag, imported ones first.
    #[cfg(feature = "exceptions")]
    pub(crate) tags: Vec<u32>,
    #[cfg(feature = "exceptions")]
    pub(crate) imported_tags: u32,
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

impl Source {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Static(bytes) => bytes,
        }
    }
}

impl Drop for ModuleInner {
    fn drop(&mut self) {
        self.types = Vec::new();
        self.engine.types().forget_unused();
    }
}

impl ModuleInner {
    fn empty(engine: Engine) -> Self {
        Self {
            engine,
            source: Source::Static(&[]),
            types: Vec::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            exports_by_name: Vec::new(),
            func_types: Vec::new(),
            imported_funcs: 0,
            bodies: Vec::new(),
            pins: Vec::new(),
            tables: Vec::new(),
            imported_tables: 0,
            memories: Vec::new(),
            imported_memories: 0,
            globals: Vec::new(),
            imported_globals: 0,
            #[cfg(feature = "exceptions")]
            tags: Vec::new(),
            #[cfg(feature = "exceptions")]
            imported_tags: 0,
            start: None,
            elements: Vec::new(),
            data: Vec::new(),
            names: Span::default(),
            resources: None,
            footprint: 0,
        }
    }

    /// Bytes that the lists of this struct and the copied bytes of the module occupy.
    fn own_footprint(&self) -> usize {
        fn list<T>(list: &Vec<T>) -> usize {
            list.capacity() * size_of::<T>()
        }
        let source = if let Source::Owned(bytes) = &self.source { list(bytes) } else { 0 };
        let types = self.types.iter().map(|ty| ty.footprint()).sum::<usize>();
        let exports = list(&self.exports) + list(&self.exports_by_name);
        let functions = list(&self.func_types) + list(&self.bodies) + list(&self.pins);
        let objects = list(&self.tables) + list(&self.memories) + list(&self.globals);
        #[cfg(feature = "exceptions")]
        let objects = objects + list(&self.tags);
        let segments = list(&self.elements) + list(&self.data);
        let lists =
            list(&self.types) + types + list(&self.imports) + exports + functions + objects + segments;
        size_of::<Self>() + source + lists
    }

    /// Bytes of the code translated so far.
    pub(crate) fn ir_size(&self) -> usize {
        self.bodies.iter().filter_map(|body| body.code.get()).map(Code::footprint).sum()
    }

    /// The name of function `index` in the name section.
    pub(crate) fn function_name(&self, index: u32) -> Option<&str> {
        names::find(self.bytes(self.names), index)
    }
}

impl Module {
    /// Writes the IR of function `index` to `out`, one instruction a line, then who catches exceptions; translates the
    /// function if need be.
    ///
    /// # Errors
    /// When the module has no such function with a body, or memory runs out.
    pub fn write_ir(&self, index: u32, out: &mut dyn core::fmt::Write) -> Result<(), Error> {
        let body = index
            .checked_sub(self.inner.imported_funcs)
            .filter(|body| (*body as usize) < self.inner.bodies.len());
        let no_body = || Error::with_message(ErrorKind::Usage, "no function with a body has this index");
        let body = body.ok_or_else(no_body)?;
        validate_body(&self.inner, body)?;
        let code = translate(&self.inner, body, &mut Buffers::default())?;
        let written = write!(out, "{}", Listing(code.units()));
        #[cfg(feature = "exceptions")]
        let written = written.and_then(|()| match &code.handlers {
            Some(handlers) => write!(out, "{}", Catchers(handlers)),
            None => Ok(()),
        });
        written.map_err(|_| Error::with_message(ErrorKind::Usage, "the text was refused"))
    }
}

impl Module {
    /// Loads a module; its bytes are copied.
    ///
    /// # Errors
    /// When the bytes are not a valid module, it is over a limit, or memory runs out.
    pub fn new(engine: &Engine, bytes: &[u8]) -> Result<Self, Error> {
        let mut copy = Vec::new();
        copy.try_reserve_exact(bytes.len())?;
        copy.extend_from_slice(bytes);
        parse::load(engine, Source::Owned(copy))
    }

    /// Loads a module from bytes that stay where they are, such as those in flash.
    ///
    /// # Errors
    /// As for [`Module::new`].
    pub fn from_static(engine: &Engine, bytes: &'static [u8]) -> Result<Self, Error> {
        parse::load(engine, Source::Static(bytes))
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// What the module imports, in its order.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = ImportType<'_>> {
        self.inner.imports.iter().map(|import| self.inner.import_type(import))
    }

    /// What the module exports, in its order.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = ExportType<'_>> {
        self.inner.exports.iter().map(|export| self.inner.export_type(export))
    }

    /// The type of what the module exports as `name`.
    #[must_use]
    pub fn get_export(&self, name: &str) -> Option<ExternType<'_>> {
        self.inner.find_export(name).map(|export| self.inner.export_type(export).ty)
    }

    /// Bytes of all function bodies.
    #[must_use]
    pub fn code_size(&self) -> usize {
        self.inner.bodies.iter().map(|body| (body.span.end - body.span.start) as usize).sum()
    }

    /// Bytes of the code translated so far.
    #[must_use]
    pub fn ir_size(&self) -> usize {
        self.inner.ir_size()
    }

    /// Validates and translates every function that has not been.
    ///
    /// # Errors
    /// When a body is not valid (only where validation is [lazy](crate::CompilationMode::Lazy)) or memory runs
    /// out.
    pub fn translate_all(&self) -> Result<(), Error> {
        let mut buffers = Buffers::default();
        for (index, body) in self.inner.bodies.iter().enumerate() {
            if body.code.get().is_none() {
                validate_body(&self.inner, index as u32)?;
                body.code.set(translate(&self.inner, index as u32, &mut buffers)?);
            }
        }
        Ok(())
    }

    /// The name of function `index` (imported ones come first) in the module's name section.
    #[must_use]
    pub fn function_name(&self, index: u32) -> Option<&str> {
        self.inner.function_name(index)
    }
}

impl core::fmt::Debug for Module {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Module").finish_non_exhaustive()
    }
}
