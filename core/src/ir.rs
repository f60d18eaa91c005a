//! The register IR: 16-bit code units, position-independent and the same on every machine.
//!
//! An instruction is its opcode, its operands that need a unit (slots and short immediates, in the order of the
//! operation's row, the result last), then the row's immediates, 32- and 64-bit ones low unit first.

#[cfg(feature = "exceptions")]
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(crate) mod disasm;
#[cfg(feature = "exceptions")]
pub(crate) mod handler;

/// Slots of a frame's header: return position, bytes back to the caller's frame, homes of the pinned locals.
pub(crate) const HEADER: usize = if cfg!(whit_wide) { 4 } else { 2 };

/// The translated code of a function.
pub(crate) struct Code {
    units: Vec<u16>,
    /// Who catches exceptions, if anyone does.
    #[cfg(feature = "exceptions")]
    pub(crate) handlers: Option<Box<handler::Handlers>>,
}

impl Code {
    /// Code of `units`.
    pub(crate) fn new(units: Vec<u16>) -> Self {
        Self {
            units,
            #[cfg(feature = "exceptions")]
            handlers: None,
        }
    }

    /// The code units.
    pub(crate) fn units(&self) -> &[u16] {
        &self.units
    }

    /// Bytes of heap that the code occupies, its own struct included.
    pub(crate) fn footprint(&self) -> usize {
        let units = size_of::<Self>() + self.units.capacity() * size_of::<u16>();
        #[cfg(feature = "exceptions")]
        let units = units + self.handlers.as_ref().map_or(0, |handlers| handlers.footprint());
        units
    }
}
