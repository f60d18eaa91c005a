//! Execution.
//!
//! The executor knows nothing of the embedder's data: an [`Invocation`] runs until it is done or needs the host.

use crate::error::Error;
use crate::store::StoreInner;

/// Address of a global's cell.
#[derive(Clone, Copy)]
pub(crate) struct CellPointer(*mut u64);

/// Address of a function's first instruction.
#[derive(Clone, Copy)]
pub(crate) struct CodePointer(*const u16);

// SAFETY: only running code, which has the store to itself, follows the address.
unsafe impl Send for CellPointer {}
// SAFETY: as for `Send`.
unsafe impl Sync for CellPointer {}
// SAFETY: code is immutable.
unsafe impl Send for CodePointer {}
// SAFETY: code is immutable.
unsafe impl Sync for CodePointer {}

impl CellPointer {
    /// The first of `cells` from `index` on.
    pub(crate) fn new(cells: &crate::raw::Cells, index: usize) -> Self {
        debug_assert!(index < cells.len());
        Self(cells.as_ptr().wrapping_add(index))
    }
}

impl CodePointer {
    /// Code that translates the function it stands for, then runs it.
    pub(crate) fn untranslated() -> Self {
        todo!()
    }
}

/// A value stack and the registers of a stopped call.
pub(crate) struct Stack {}

/// A call of a WebAssembly function that is under way.
pub(crate) struct Invocation {}

/// Why an invocation stopped without an error.
pub(crate) enum Step {
    /// The function returned.
    Done,
    /// The host function of this index must be called on [`Invocation::host_slots`], then `run` goes on.
    Host(u32),
    /// The fuel ran out; `run` goes on where it stopped.
    OutOfFuel,
}

impl Invocation {
    /// Prepares a call of the store's function `func`, which is not a host function, with `args` as slots.
    pub(crate) fn start(store: &mut StoreInner, func: u32, args: &[u64]) -> Result<Self, Error> {
        todo!()
    }

    /// Runs until the function returns, traps (an error with its backtrace) or needs something from outside.
    pub(crate) fn run(&mut self, store: &mut StoreInner) -> Result<Step, Error> {
        todo!()
    }

    /// Where the called host function finds its arguments and leaves its results, as slots.
    pub(crate) fn host_slots(&mut self, store: &StoreInner) -> &mut [u64] {
        todo!()
    }

    /// The instance that called the host function.
    pub(crate) fn host_caller(&self) -> u32 {
        todo!()
    }

    /// Adds the frames of this invocation to the backtrace of an error that a host function returned.
    pub(crate) fn add_backtrace(&self, store: &StoreInner, error: &mut Error) {
        todo!()
    }

    /// Copies the results of a call that is done, as slots, and gives the stack back to the store.
    pub(crate) fn finish(self, store: &mut StoreInner, results: &mut [u64]) {
        todo!()
    }

    /// Gives the stack of a call that failed, or will not be resumed, back to the store.
    pub(crate) fn abandon(self, store: &mut StoreInner) {
        todo!()
    }
}
