//! Waiting for a time or for a stream.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use whit_wasi::backend::{Answer, Event, Pause, Stream, Wait};

use super::errno::translate;
use super::net::Sockets;

/// Waits in the kernel: the process has nothing else to do.
pub(crate) struct Poll {
    /// The guest's sockets.
    pub(crate) sockets: Sockets,
}

impl Wait for Poll {
    fn pause(&mut self, pause: &Pause<'_>) -> Answer<()> {
        if pause.events.is_empty() && pause.for_nanoseconds.is_none() {
            std::thread::yield_now();
            return Ok(());
        }
        let timeout = pause.for_nanoseconds.map(|nanoseconds| Timespec {
            tv_sec: (nanoseconds / 1_000_000_000).cast_signed(),
            tv_nsec: (nanoseconds % 1_000_000_000).cast_signed(),
        });
        let mut ends = Vec::new();
        ends.try_reserve_exact(pause.events.len())?;
        for event in pause.events {
            ends.push(match *event {
                Event::Readable(stream) => (self.end(stream)?, PollFlags::IN),
                Event::Writable(stream) => (self.end(stream)?, PollFlags::OUT),
            });
        }
        let mut sources = Vec::new();
        sources.try_reserve_exact(ends.len())?;
        sources.extend(ends.iter().map(|(end, flags)| PollFd::new(end, *flags)));
        match poll(&mut sources, timeout.as_ref()) {
            // The caller looks at the time and at the streams again.
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(translate(error)),
        }
    }
}

impl Poll {
    fn end(&self, stream: Stream) -> Answer<End> {
        Ok(match stream {
            Stream::Stdin => End::Standard(rustix::stdio::stdin()),
            Stream::Stdout => End::Standard(rustix::stdio::stdout()),
            Stream::Stderr => End::Standard(rustix::stdio::stderr()),
            Stream::Socket(socket) => End::Socket(self.sockets.fd(socket)?),
        })
    }
}

/// The system's end of a stream.
enum End {
    Standard(BorrowedFd<'static>),
    Socket(Arc<OwnedFd>),
}

impl AsFd for End {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Standard(fd) => *fd,
            Self::Socket(fd) => fd.as_fd(),
        }
    }
}

/// Whether one of `events` has happened to `fd`.
pub(super) fn is_ready(fd: BorrowedFd<'_>, events: PollFlags) -> bool {
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    // An error is something that the operation itself reports at once.
    poll(&mut [PollFd::new(&fd, events)], Some(&now)) != Ok(0)
}
