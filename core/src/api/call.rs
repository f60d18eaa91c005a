//! The loop that calls WebAssembly and, for it, the host.

use super::resumable::Suspension;
use super::store::StoreParts;
use super::{Func, Val};
use crate::error::Error;
use crate::exec::Invocation;
use crate::store::StoreInner;

/// A call that stopped.
pub(crate) enum Pending {
    /// In WebAssembly; `host` is the host function that is not ready, if that is why.
    Wasm { invocation: Invocation, host: Option<u32> },
    /// The host function that the embedder called is not ready; these were its arguments.
    Host { slots: Slots },
}

/// How a resumable call ended.
pub(crate) enum Ended {
    Done,
    Suspended(Pending, Suspension),
}

/// Slots for the arguments and results of a call.
pub(crate) struct Slots {}

impl Pending {
    pub(crate) fn abandon(self, store: &mut StoreInner) {
        todo!()
    }
}

pub(crate) fn untyped<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    args: &[Val],
    results: &mut [Val],
) -> Result<(), Error> {
    todo!()
}

pub(crate) fn untyped_resumable<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    args: &[Val],
    results: &mut [Val],
) -> Result<Ended, Error> {
    todo!()
}

pub(crate) fn resume<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    pending: Pending,
    results: &mut [Val],
) -> Result<Ended, Error> {
    todo!()
}

pub(crate) fn resume_with<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    pending: Pending,
    host_results: &[Val],
    results: &mut [Val],
) -> Result<Ended, Error> {
    todo!()
}

/// Calls `func` on `slots`, which hold its arguments and then its results.
pub(crate) fn slots<T>(
    parts: &mut StoreParts<T>,
    func: Func,
    params: usize,
    slots: &mut [u64],
    results: usize,
) -> Result<(), Error> {
    todo!()
}
