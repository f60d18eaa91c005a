//! Imports and exports, as the embedder sees them and by name.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;

use super::{Export, ExternKind, Import, ModuleInner, Span};
use crate::error::Error;
use crate::types::{ExternType, FuncType};

/// An import of a module.
#[derive(Clone, Copy, Debug)]
pub struct ImportType<'m> {
    /// First part of the name.
    pub module: &'m str,
    /// Second part of the name.
    pub name: &'m str,
    /// What must be given.
    pub ty: ExternType<'m>,
}

/// An export of a module.
#[derive(Clone, Copy, Debug)]
pub struct ExportType<'m> {
    /// The name.
    pub name: &'m str,
    /// What it is.
    pub ty: ExternType<'m>,
}

impl ModuleInner {
    /// The type of entry `index` of the index space of `kind`.
    pub(crate) fn extern_type(&self, kind: ExternKind, index: u32) -> ExternType<'_> {
        let index = index as usize;
        match kind {
            ExternKind::Func => ExternType::Func(self.func_type(index as u32)),
            ExternKind::Table => ExternType::Table(self.tables[index].ty),
            ExternKind::Memory => ExternType::Memory(self.memories[index]),
            ExternKind::Global => ExternType::Global(self.globals[index].ty),
            #[cfg(feature = "exceptions")]
            ExternKind::Tag => ExternType::Tag(self.types[self.tags[index] as usize].func_type()),
        }
    }

    /// The type of function `index`.
    pub(crate) fn func_type(&self, index: u32) -> &FuncType {
        self.types[self.func_types[index as usize] as usize].func_type()
    }

    pub(crate) fn import_type(&self, import: &Import) -> ImportType<'_> {
        ImportType {
            module: self.text(import.module),
            name: self.text(import.name),
            ty: self.extern_type(import.kind, import.index),
        }
    }

    pub(crate) fn export_type(&self, export: &Export) -> ExportType<'_> {
        ExportType { name: self.text(export.name), ty: self.extern_type(export.kind, export.index) }
    }

    /// The export called `name`.
    pub(crate) fn find_export(&self, name: &str) -> Option<&Export> {
        let position = |position: &u32| self.bytes(self.exports[*position as usize].name);
        let found = self.exports_by_name.binary_search_by_key(&name.as_bytes(), position).ok()?;
        Some(&self.exports[self.exports_by_name[found] as usize])
    }

    pub(super) fn sort_exports(&mut self) -> Result<(), Error> {
        let (mut names, mut order) = (Vec::new(), Vec::new());
        names.try_reserve_exact(self.exports.len())?;
        order.try_reserve_exact(self.exports.len())?;
        names.extend(
            self.exports.iter().zip(0_u32..).map(|(export, position)| (self.bytes(export.name), position)),
        );
        // The sorting of slices would be 8 KB of machine code, which flash has a better use for.
        order.extend(BinaryHeap::from(names).into_sorted_vec().into_iter().map(|(_, position)| position));
        self.exports_by_name = order;
        Ok(())
    }

    /// The bytes in `span`.
    pub(crate) fn bytes(&self, span: Span) -> &[u8] {
        self.source.bytes().get(span.start as usize..span.end as usize).unwrap_or(&[])
    }

    /// The name in `span`, which has been validated.
    pub(crate) fn text(&self, span: Span) -> &str {
        core::str::from_utf8(self.bytes(span)).unwrap_or("")
    }
}
