//! Waiting for a time or for a stream.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionread};
use whit_wasi::backend::{Answer, Event, Pause, Ready, Stream, Wait};

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

/// What an operation on `fd` that waits for `event` would meet.
pub(super) fn ready(fd: BorrowedFd<'_>, event: PollFlags) -> Option<Ready> {
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    // That the other end writes no more is nothing to a writer.
    let end = if event == PollFlags::IN { PollFlags::RDHUP } else { PollFlags::empty() };
    let mut source = [PollFd::new(&fd, event | end)];
    // An error is something that the operation itself reports at once.
    let Ok(count) = poll(&mut source, Some(&now)) else { return Some(Ready::bytes(1)) };
    let met = source[0].revents();
    if count == 0 {
        return None;
    }
    let hung_up = met.intersects(PollFlags::HUP | PollFlags::RDHUP | PollFlags::ERR);
    // What has no bytes to read is a listener, or something that is always ready, or at its end.
    let bytes = if event == PollFlags::IN { ioctl_fionread(fd).unwrap_or(0) } else { 1 };
    Some(Ready::bytes(if hung_up { bytes } else { bytes.max(1) }).with_hung_up(hung_up))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    use rustix::event::PollFlags;
    use whit_wasi::backend::Ready;

    use super::ready;

    #[test]
    fn a_pipe_tells_that_its_other_end_is_closed() {
        let (mut reader, mut writer) = std::io::pipe().expect("a pipe");
        assert_eq!(ready(reader.as_fd(), PollFlags::IN), None);
        assert_eq!(ready(writer.as_fd(), PollFlags::OUT), Some(Ready::bytes(1)));
        writer.write_all(b"last").expect("room");
        assert_eq!(ready(reader.as_fd(), PollFlags::IN), Some(Ready::bytes(4)));
        drop(writer);
        // What is left can still be read.
        assert_eq!(ready(reader.as_fd(), PollFlags::IN), Some(Ready::bytes(4).with_hung_up(true)));
        reader.read_exact(&mut [0; 4]).expect("bytes");
        assert_eq!(ready(reader.as_fd(), PollFlags::IN), Some(Ready::HUNG_UP));
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let met = ready(writer.as_fd(), PollFlags::OUT);
        assert!(met.is_some_and(|ready| ready.hung_up), "{met:?}");
    }

    #[test]
    fn a_socket_tells_that_its_other_end_writes_no_more() {
        let (one, other) = UnixStream::pair().expect("sockets");
        assert_eq!(ready(one.as_fd(), PollFlags::IN), None);
        other.shutdown(std::net::Shutdown::Write).expect("an end");
        assert_eq!(ready(one.as_fd(), PollFlags::IN), Some(Ready::HUNG_UP));
        // It may still read.
        assert_eq!(ready(one.as_fd(), PollFlags::OUT), Some(Ready::bytes(1)));
    }
}
