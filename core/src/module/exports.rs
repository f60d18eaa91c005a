//! Imports and exports as the embedder sees them.

use crate::types::ExternType;

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
