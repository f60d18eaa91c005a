//! The register IR.

/// The translated code of a function.
pub(crate) struct Code {}

impl Code {
    /// Bytes of heap that the code occupies.
    pub(crate) fn footprint(&self) -> usize {
        todo!()
    }
}
