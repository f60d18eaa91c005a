//! The process's own streams, unbuffered: what the guest writes is written when its call returns.

use std::io::IsTerminal;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionread, read, retry_on_intr, write};
use whit_wasi::backend::{Answer, Stdio};

use super::errno::translate;

/// Standard input, output or error.
pub(crate) struct Stream(BorrowedFd<'static>);

impl Stream {
    /// Standard input.
    pub(crate) fn input() -> Self {
        Self(rustix::stdio::stdin())
    }

    /// Standard output.
    pub(crate) fn output() -> Self {
        Self(rustix::stdio::stdout())
    }

    /// Standard error.
    pub(crate) fn error() -> Self {
        Self(rustix::stdio::stderr())
    }

    /// Repeats `operation` until it does not have to wait: whoever started this process may have made the
    /// stream non-blocking, which the guest did not ask for.
    fn blocking(
        &self,
        events: PollFlags,
        mut operation: impl FnMut() -> Result<usize, Errno>,
    ) -> Answer<usize> {
        loop {
            match retry_on_intr(&mut operation) {
                Err(Errno::AGAIN) => {
                    let waited = retry_on_intr(|| poll(&mut [PollFd::new(&self.0, events)], None));
                    waited.map_err(translate)?;
                }
                result => return result.map_err(translate),
            }
        }
    }

    fn ready(&self, events: PollFlags) -> bool {
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        // An error is something that the operation itself reports at once.
        poll(&mut [PollFd::new(&self.0, events)], Some(&now)) != Ok(0)
    }
}

impl Stdio for Stream {
    fn read(&mut self, into: &mut [u8]) -> Answer<usize> {
        self.blocking(PollFlags::IN, || read(self.0, &mut *into))
    }

    fn write(&mut self, from: &[u8]) -> Answer<usize> {
        self.blocking(PollFlags::OUT, || write(self.0, from))
    }

    fn is_terminal(&self) -> bool {
        self.0.as_fd().is_terminal()
    }

    fn readable(&mut self) -> Option<u64> {
        self.ready(PollFlags::IN).then(|| ioctl_fionread(self.0).unwrap_or(1).max(1))
    }

    fn writable(&mut self) -> Option<u64> {
        self.ready(PollFlags::OUT).then_some(1)
    }
}
