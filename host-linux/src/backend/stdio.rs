//! The process's own streams, unbuffered: what the guest writes is written when its call returns.

use std::io::IsTerminal;
use std::os::fd::BorrowedFd;

use rustix::event::PollFlags;
use rustix::io::{read, retry_on_intr, write};
use whit_wasi::backend::{Answer, Ready, Stdio};

use super::errno::translate;
use super::wait::ready;

/// Standard input, output or error. Whoever started this process may have made it non-blocking.
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
}

impl Stdio for Stream {
    fn read(&mut self, into: &mut [u8]) -> Answer<usize> {
        retry_on_intr(|| read(self.0, &mut *into)).map_err(translate)
    }

    fn write(&mut self, from: &[u8]) -> Answer<usize> {
        retry_on_intr(|| write(self.0, from)).map_err(translate)
    }

    fn is_terminal(&self) -> bool {
        self.0.is_terminal()
    }

    fn readable(&mut self) -> Option<Ready> {
        ready(self.0, PollFlags::IN)
    }

    fn writable(&mut self) -> Option<Ready> {
        ready(self.0, PollFlags::OUT)
    }
}
