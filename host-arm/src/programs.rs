//! The programs that are linked into flash: one per file of `programs/`.

/// A module in flash.
pub(crate) struct Program {
    /// The file's name without its ending.
    pub(crate) name: &'static str,
    /// The module, in WebAssembly's binary format.
    pub(crate) module: &'static [u8],
}

/// All programs, sorted by name.
pub(crate) const PROGRAMS: &[Program] = include!(concat!(env!("OUT_DIR"), "/programs.rs"));

/// The program with this name.
pub(crate) fn find(name: &str) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.name == name)
}
