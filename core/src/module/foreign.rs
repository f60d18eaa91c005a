//! The border to wasmparser, the one dependency that allocates without asking whether it may fail.
//!
//! Before wasmparser is entered, a block of the size that it may need is allocated and freed again
//! ([`enter`]): where that fails, loading the module ends with an error. What follows cannot run out of memory, as
//! long as no other thread takes the block meanwhile, and as the allocator can cut it up. While wasmparser runs, a
//! counter tells so ([`is_inside`]), for the test in which every allocation outside of it fails once.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error;

static INSIDE: AtomicUsize = AtomicUsize::new(0);

/// Whether wasmparser is running, in any thread.
#[doc(hidden)]
#[must_use]
pub fn is_inside() -> bool {
    INSIDE.load(Ordering::Relaxed) > 0
}

struct Inside;

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Makes sure that `bytes` can be allocated.
pub(super) fn probe(bytes: usize) -> Result<(), Error> {
    let mut block = Vec::<u8>::new();
    block.try_reserve_exact(bytes)?;
    // An allocation that nothing looks at would be removed, and taken for one that succeeded.
    core::hint::black_box(&mut block);
    Ok(())
}

/// Runs `call`, which does nothing but use wasmparser within the room that was probed.
pub(super) fn inside<R>(call: impl FnOnce() -> R) -> R {
    INSIDE.fetch_add(1, Ordering::Relaxed);
    let _inside = Inside;
    call()
}

/// Runs `call`, which does nothing but use wasmparser, where `bytes` can be allocated.
pub(super) fn enter<R>(bytes: usize, call: impl FnOnce() -> wasmparser::Result<R>) -> Result<R, Error> {
    probe(bytes)?;
    inside(call).map_err(|error| refused(&error))
}

/// wasmparser's error as ours.
pub(super) fn refused(error: &wasmparser::Error) -> Error {
    Error::module(error.offset() as usize, format_args!("{}", error.message()))
}
