//! Calls that stopped and can go on.

use super::call::{self, Ended, Pending};
use super::{AsContextMut, Func, Val};
use crate::error::Error;

/// How a resumable call ended.
#[derive(Debug)]
pub enum CallState {
    /// The function returned.
    Done,
    /// The call stopped and can go on.
    Suspended(SuspendedCall),
}

/// Why a call stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suspension {
    /// The store's fuel ran out.
    OutOfFuel,
    /// A host function answered that it is not ready.
    Host,
}

/// A call that stopped and can go on.
///
/// The store keeps the value stack of the call, and pays for it, until the call ends or is
/// [abandoned](SuspendedCall::abandon). When it is dropped, the store finds out when the next call stops.
pub struct SuspendedCall {
    func: Func,
    pending: Pending,
    reason: Suspension,
}

impl SuspendedCall {
    pub(crate) fn new(func: Func, pending: Pending, reason: Suspension) -> Self {
        Self { func, pending, reason }
    }

    /// Why the call stopped.
    #[must_use]
    pub fn reason(&self) -> Suspension {
        self.reason
    }

    /// Goes on where the call stopped: calls the host function that was not ready again, or executes the next
    /// instruction. Give the store fuel before, if that ran out.
    ///
    /// # Errors
    /// As for [`Func::call`].
    pub fn resume(self, mut store: impl AsContextMut, results: &mut [Val]) -> Result<CallState, Error> {
        let parts = store.as_context_mut().parts;
        parts.inner.check(self.func.store);
        Ok(Self::state(self.func, call::resume(parts, self.func, self.pending, results)?))
    }

    /// Goes on where the call stopped as if the host function that was not ready had returned `host_results`.
    ///
    /// # Errors
    /// When the call stopped for another reason, or the types of `host_results` are not those that the host
    /// function returns; otherwise as for [`Func::call`].
    pub fn resume_with(
        self,
        mut store: impl AsContextMut,
        host_results: &[Val],
        results: &mut [Val],
    ) -> Result<CallState, Error> {
        let parts = store.as_context_mut().parts;
        parts.inner.check(self.func.store);
        let ended = call::resume_with(parts, self.func, self.pending, host_results, results)?;
        Ok(Self::state(self.func, ended))
    }

    /// Ends the call without a result and gives what it held back to the store.
    pub fn abandon(self, mut store: impl AsContextMut) {
        let parts = store.as_context_mut().parts;
        parts.inner.check(self.func.store);
        self.pending.abandon(parts);
    }

    pub(super) fn state(func: Func, ended: Ended) -> CallState {
        match ended {
            Ended::Done => CallState::Done,
            Ended::Suspended(pending, reason) => CallState::Suspended(Self::new(func, pending, reason)),
        }
    }
}

impl core::fmt::Debug for SuspendedCall {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SuspendedCall")
            .field("func", &self.func)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
