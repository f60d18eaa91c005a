//! What a guest's calls ask of the outside world: small traits that an embedder implements.
//!
//! Every operation answers at once. One that would have to wait answers [`Failure::NotReady`] instead: the guest's
//! call is then suspended (see `whit::Func::call_resumable`), and the operation is asked again when the embedder
//! resumes it. An embedder that has a thread to spare may wait inside the operation, too.

mod clock;
mod files;
mod memory;
mod net;
mod random;
mod ready;
mod slots;
mod stdio;
mod wait;

pub use clock::{Clock, NoClock};
pub(crate) use files::read_at;
pub use files::{DirEntry, FileStat, Files, Handle, OpenOptions, Opened, SetTimes};
pub use memory::Memory;
pub use net::{Net, NoNet};
pub use random::{NoRandom, Random};
pub use ready::Ready;
pub use slots::Slots;
pub use stdio::{Null, Stdio};
pub use wait::{Event, Pause, Stream, SuspendOnWait, Wait};

use crate::Errno;

/// Why an operation has no result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// It failed; the guest gets this number.
    Errno(Errno),
    /// It would have to wait: the guest is suspended, and the operation is asked again later.
    ///
    /// Nothing may have happened that asking again would repeat.
    NotReady,
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<alloc::collections::TryReserveError> for Failure {
    fn from(_: alloc::collections::TryReserveError) -> Self {
        Self::Errno(Errno::Nomem)
    }
}

impl core::fmt::Display for Failure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Errno(errno) => errno.fmt(f),
            Self::NotReady => f.write_str("not ready"),
        }
    }
}

impl core::error::Error for Failure {}

/// What an operation answers.
pub type Answer<T> = Result<T, Failure>;
