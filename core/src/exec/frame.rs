//! Code of the driver: what a call returns to, and what a function that is not translated starts with.

use crate::ops::{INFOS, Op};
use crate::raw::CodePointer;

/// Code that stands for a state of the driver instead of a function: one instruction each.
static STUBS: [u16; 3] = [
    INFOS[Op::Finish.index()].base,
    INFOS[Op::ReturnForeign.index()].base,
    INFOS[Op::Translate.index()].base,
];

/// Where the outermost function returns to.
pub(super) fn finish() -> CodePointer {
    CodePointer::new(&STUBS)
}

/// Where a function called from another instance returns to.
pub(super) fn return_foreign() -> CodePointer {
    CodePointer::new(&STUBS[1..])
}

impl CodePointer {
    /// Code that translates the function it stands for, then runs it.
    pub(crate) fn untranslated() -> Self {
        Self::new(&STUBS[2..])
    }
}
