//! The sections of a module, one function each: limits, then what the section says, then its validation.
//!
//! The sizes named `*_ROOM` bound what wasmparser keeps of one item, allocator overhead and growth of the lists that
//! it is in included.

use core::ops::Range;

#[cfg(feature = "exceptions")]
use wasmparser::TagSectionReader;
use wasmparser::{
    ConstExpr, DataKind, DataSectionReader, ElementItems, ElementKind, ElementSectionReader,
    ExportSectionReader, ExternalKind, FunctionSectionReader, GlobalSectionReader, ImportSectionReader,
    MemorySectionReader, TableInit, TableSectionReader, TypeRef, TypeSectionReader,
};

use super::convert;
use super::parse::{Loader, next, next_within, push};
use super::{
    DataSegment, ElementSegment, Export, ExternKind, GlobalDecl, Import, SegmentMode, Span, TableDecl,
};
use crate::error::Error;

/// What a group of several types begins with, and the fewest bytes of a type.
const GROUP: u8 = 0x4E;
const LEAST_TYPE: usize = 3;
const TYPE_ROOM: usize = 640;
const VALUE_TYPE_ROOM: usize = 16;
/// The most parameters and results of a type that wasmparser reads.
const MOST_VALUES: usize = 2 * 1000;
/// For each byte of a section with groups: while one is read, its types are in a list.
const GROUPED_ROOM: usize = 96;
const IMPORT_ROOM: usize = 512;
const EXPORT_ROOM: usize = 320;
/// For each byte of a name: it is copied, and for a while copied once more.
const NAME_ROOM: usize = 4;
const FUNCTION_ROOM: usize = 16;
const TABLE_ROOM: usize = 160;
const GLOBAL_ROOM: usize = 64;
const REFERENCE_ROOM: usize = 40;
/// For each byte of the longest constant expression, which may push an operand.
const OPERAND_ROOM: usize = 24;

fn size(range: &Range<u64>) -> usize {
    (range.end - range.start) as usize
}

/// Fails where an index space holds `len` entries already and `more` are over `limit`.
fn total(
    loader: &Loader<'_>,
    name: &str,
    len: usize,
    more: u32,
    limit: usize,
    range: &Range<u64>,
) -> Result<(), Error> {
    loader.announced(name, more as usize, limit, range)?;
    loader.check(name, len + more as usize, limit, range)
}

pub(super) fn types(loader: &mut Loader<'_>, section: &TypeSectionReader<'_>) -> Result<(), Error> {
    let range = section.range();
    let limits = loader.limits;
    loader.announced("types", section.count() as usize, limits.types, &range)?;
    let bytes = loader.bytes.get(range.start as usize..range.end as usize).unwrap_or(&[]);
    // Where a section may have groups of several types, only its size tells how many types there can be.
    let grouped = bytes.contains(&GROUP);
    let most = if grouped { size(&range) / LEAST_TYPE } else { section.count() as usize };
    let room = most.min(limits.types) * TYPE_ROOM + size(&range) * VALUE_TYPE_ROOM;
    loader.section(room, |validator| validator.type_section(section))?;
    let room = match grouped {
        true => size(&range) * GROUPED_ROOM,
        false => size(&range).min(MOST_VALUES) * VALUE_TYPE_ROOM,
    };
    let mut items = section.clone().into_iter();
    while let Some(group) = next_within(room, &mut items)? {
        let types = &mut loader.module.types;
        let first = types.len();
        if !convert::group(&group, types, loader.module.engine.types())? {
            return Err(unsupported("a type", &range));
        }
        let types = &loader.module.types;
        loader.check("types", types.len(), limits.types, &range)?;
        for ty in &types[first..] {
            loader.check("parameters", ty.func_type().params().len(), limits.params, &range)?;
            loader.check("results", ty.func_type().results().len(), limits.results, &range)?;
        }
    }
    Ok(())
}

fn unsupported(what: &str, range: &Range<u64>) -> Error {
    Error::module(range.start as usize, format_args!("{what} that Whit does not support"))
}

pub(super) fn imports(loader: &mut Loader<'_>, section: &ImportSectionReader<'_>) -> Result<(), Error> {
    let range = section.range();
    let limits = loader.limits;
    loader.announced("imports", section.count() as usize, limits.imports, &range)?;
    let mut items = section.clone().into_imports();
    while let Some(item) = next(&mut items)? {
        let (module, name) = (loader.span(item.module.as_bytes()), loader.span(item.name.as_bytes()));
        let inner = &mut loader.module;
        let (kind, index) = match item.ty {
            TypeRef::Func(ty) => {
                push(&mut inner.func_types, ty)?;
                inner.imported_funcs += 1;
                (ExternKind::Func, inner.imported_funcs)
            }
            TypeRef::Table(ty) => {
                let ty = convert::Scope::from(&inner.types)
                    .table(&ty)
                    .ok_or_else(|| unsupported("a table type", &range))?;
                push(&mut inner.tables, TableDecl { ty, init: Span::default() })?;
                inner.imported_tables += 1;
                (ExternKind::Table, inner.imported_tables)
            }
            TypeRef::Memory(ty) => {
                push(&mut inner.memories, convert::memory(&ty))?;
                inner.imported_memories += 1;
                (ExternKind::Memory, inner.imported_memories)
            }
            TypeRef::Global(ty) => {
                let ty = convert::Scope::from(&inner.types)
                    .global(&ty)
                    .ok_or_else(|| unsupported("a global type", &range))?;
                push(&mut inner.globals, GlobalDecl { ty, init: Span::default(), cell: 0 })?;
                inner.imported_globals += 1;
                (ExternKind::Global, inner.imported_globals)
            }
            #[cfg(feature = "exceptions")]
            TypeRef::Tag(ty) => {
                push(&mut inner.tags, ty.func_type_idx)?;
                inner.imported_tags += 1;
                (ExternKind::Tag, inner.imported_tags)
            }
            _ => return Err(unsupported("an import", &range)),
        };
        push(&mut inner.imports, Import { module, name, kind, index: index - 1 })?;
    }
    let inner = &loader.module;
    loader.check("functions", inner.func_types.len(), limits.functions, &range)?;
    loader.check("tables", inner.tables.len(), limits.tables, &range)?;
    loader.check("memories", inner.memories.len(), limits.memories, &range)?;
    loader.check("globals", inner.globals.len(), limits.globals, &range)?;
    #[cfg(feature = "exceptions")]
    loader.check("tags", inner.tags.len(), limits.tags, &range)?;
    let room = inner.imports.len() * IMPORT_ROOM + size(&range) * NAME_ROOM;
    loader.section(room, |validator| validator.import_section(section))
}

pub(super) fn functions(loader: &mut Loader<'_>, section: &FunctionSectionReader<'_>) -> Result<(), Error> {
    let range = section.range();
    let (len, limit) = (loader.module.func_types.len(), loader.limits.functions);
    total(loader, "functions", len, section.count(), limit, &range)?;
    loader.module.func_types.try_reserve_exact(section.count() as usize)?;
    let mut items = section.clone().into_iter();
    while let Some(ty) = next(&mut items)? {
        push(&mut loader.module.func_types, ty)?;
    }
    let room = loader.module.func_types.len() * FUNCTION_ROOM;
    loader.section(room, |validator| validator.function_section(section))
}

pub(super) fn tables(loader: &mut Loader<'_>, section: &TableSectionReader<'_>) -> Result<(), Error> {
    let range = section.range();
    let (len, limit) = (loader.module.tables.len(), loader.limits.tables);
    total(loader, "tables", len, section.count(), limit, &range)?;
    let mut longest = 0;
    let mut items = section.clone().into_iter();
    while let Some(table) = next(&mut items)? {
        let ty = convert::Scope::from(&loader.module.types)
            .table(&table.ty)
            .ok_or_else(|| unsupported("a table type", &range))?;
        let init = match &table.init {
            TableInit::RefNull => Span::default(),
            TableInit::Expr(init) => expression(init, &mut longest),
        };
        push(&mut loader.module.tables, TableDecl { ty, init })?;
    }
    let room = loader.module.tables.len() * TABLE_ROOM + longest * OPERAND_ROOM;
    loader.section(room, |validator| validator.table_section(section))
}

pub(super) fn memories(loader: &mut Loader<'_>, section: &MemorySectionReader<'_>) -> Result<(), Error> {
    let range = section.range();
    let (len, limit) = (loader.module.memories.len(), loader.limits.memories);
    total(loader, "memories", len, section.count(), limit, &range)?;
    let mut items = section.clone().into_iter();
    while let Some(ty) = next(&mut items)? {
        push(&mut loader.module.memories, convert::memory(&ty))?;
    }
    let room = loader.module.memories.len() * TABLE_ROOM;
    loader.section(room, |validator| validator.memory_section(section))
}

pub(super) fn globals(loader: &mut Loader<'_>, section: &GlobalSectionReader<'_>) -> Result<(), Error> {
    let range = section.range();
    let (len, limit) = (loader.module.globals.len(), loader.limits.globals);
    total(loader, "globals", len, section.count(), limit, &range)?;
    let mut longest = 0;
    let mut cell = 0;
    let mut items = section.clone().into_iter();
    while let Some(global) = next(&mut items)? {
        let ty = convert::Scope::from(&loader.module.types)
            .global(&global.ty)
            .ok_or_else(|| unsupported("a global type", &range))?;
        let init = expression(&global.init_expr, &mut longest);
        push(&mut loader.module.globals, GlobalDecl { ty, init, cell })?;
        cell += ty.content.slots() as u32;
    }
    let room = loader.module.globals.len() * (GLOBAL_ROOM + REFERENCE_ROOM) + longest * OPERAND_ROOM;
    loader.section(room, |validator| validator.global_section(section))
}

#[cfg(feature = "exceptions")]
pub(super) fn tags(loader: &mut Loader<'_>, section: &TagSectionReader<'_>) -> Result<(), Error> {
    let range = section.range();
    let (len, limit) = (loader.module.tags.len(), loader.limits.tags);
    total(loader, "tags", len, section.count(), limit, &range)?;
    loader.module.tags.try_reserve_exact(section.count() as usize)?;
    let mut items = section.clone().into_iter();
    while let Some(tag) = next(&mut items)? {
        push(&mut loader.module.tags, tag.func_type_idx)?;
    }
    let room = loader.module.tags.len() * FUNCTION_ROOM;
    loader.section(room, |validator| validator.tag_section(section))
}

pub(super) fn exports(loader: &mut Loader<'_>, section: &ExportSectionReader<'_>) -> Result<(), Error> {
    let range = section.range();
    loader.announced("exports", section.count() as usize, loader.limits.exports, &range)?;
    let mut items = section.clone().into_iter();
    while let Some(item) = next(&mut items)? {
        let kind = match item.kind {
            ExternalKind::Func => ExternKind::Func,
            ExternalKind::Table => ExternKind::Table,
            ExternalKind::Memory => ExternKind::Memory,
            ExternalKind::Global => ExternKind::Global,
            #[cfg(feature = "exceptions")]
            ExternalKind::Tag => ExternKind::Tag,
            _ => return Err(unsupported("an export", &range)),
        };
        let name = loader.span(item.name.as_bytes());
        push(&mut loader.module.exports, Export { name, kind, index: item.index })?;
    }
    let room = loader.module.exports.len() * (EXPORT_ROOM + REFERENCE_ROOM) + size(&range) * NAME_ROOM;
    loader.section(room, |validator| validator.export_section(section))
}

pub(super) fn elements(loader: &mut Loader<'_>, section: &ElementSectionReader<'_>) -> Result<(), Error> {
    let range = section.range();
    let limit = loader.limits.element_segments;
    loader.announced("element segments", section.count() as usize, limit, &range)?;
    let mut longest = 0;
    let mut references = 0;
    let mut items = section.clone().into_iter();
    while let Some(segment) = next(&mut items)? {
        let mode = match &segment.kind {
            ElementKind::Passive => SegmentMode::Passive,
            ElementKind::Declared => SegmentMode::Declared,
            ElementKind::Active { table_index, offset_expr } => SegmentMode::Active {
                index: table_index.unwrap_or(0),
                offset: expression(offset_expr, &mut longest),
            },
        };
        let (start, end, count, expressions) = match &segment.items {
            ElementItems::Functions(items) => {
                (items.original_position(), items.range().end, items.count(), false)
            }
            ElementItems::Expressions(_, items) => {
                longest = longest.max((items.range().end - items.original_position()) as usize);
                (items.original_position(), items.range().end, items.count(), true)
            }
        };
        references += count as usize;
        let items = Span { start: start as u32, end: end as u32 };
        push(&mut loader.module.elements, ElementSegment { mode, items, count, expressions })?;
    }
    let lists = loader.module.elements.len() * FUNCTION_ROOM;
    let room = lists + references * REFERENCE_ROOM + longest * OPERAND_ROOM;
    loader.section(room, |validator| validator.element_section(section))
}

pub(super) fn data(loader: &mut Loader<'_>, section: &DataSectionReader<'_>) -> Result<(), Error> {
    let range = section.range();
    let limit = loader.limits.data_segments;
    loader.announced("data segments", section.count() as usize, limit, &range)?;
    let mut longest = 0;
    let mut items = section.clone().into_iter();
    while let Some(segment) = next(&mut items)? {
        let mode = match &segment.kind {
            DataKind::Passive => SegmentMode::Passive,
            DataKind::Active { memory_index, offset_expr } => {
                SegmentMode::Active { index: *memory_index, offset: expression(offset_expr, &mut longest) }
            }
        };
        let bytes = loader.span(segment.data);
        push(&mut loader.module.data, DataSegment { mode, bytes })?;
    }
    loader.section(longest * OPERAND_ROOM, |validator| validator.data_section(section))
}

/// Where a constant expression is; notes the length of the longest.
fn expression(expression: &ConstExpr<'_>, longest: &mut usize) -> Span {
    let range = expression.get_binary_reader().range();
    let span = Span { start: range.start as u32, end: range.end as u32 };
    *longest = (*longest).max((span.end - span.start) as usize);
    span
}
