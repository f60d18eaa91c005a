//! The register IR: 16-bit code units, position-independent and the same on every machine.
//!
//! An instruction is its opcode, its operands that need a unit (slots and short immediates, in the order of the
//! operation's row, the result last), then the row's immediates, 32- and 64-bit ones low unit first.

use alloc::vec::Vec;

pub(crate) mod disasm;

/// Slots of a frame's header: return position, bytes back to the caller's frame, homes of the pinned locals.
pub(crate) const HEADER: usize = if cfg!(whit_wide) { 4 } else { 2 };

/// The translated code of a function.
pub(crate) struct Code {
    units: Vec<u16>,
}

impl Code {
    /// Code of `units`.
    pub(crate) fn new(units: Vec<u16>) -> Self {
        Self { units }
    }

    /// The code units.
    pub(crate) fn units(&self) -> &[u16] {
        &self.units
    }

    /// Bytes of heap that the code occupies, its own struct included.
    pub(crate) fn footprint(&self) -> usize {
        size_of::<Self>() + self.units.capacity() * size_of::<u16>()
    }
}
