//! Streams: the three that a guest starts with, and sockets.

use core::mem;

use crate::Errno;
use crate::abi::guest::{Guest, IoVecs};
use crate::abi::types::{FdFlags, FileType};
use crate::backend::{Answer, Event, Failure, Handle, Net, Pause, Ready, Stdio, Stream};
use crate::ctx::WasiCtx;

/// What is at the other end of a stream.
enum End<'a> {
    Standard(&'a mut dyn Stdio),
    Socket(&'a mut dyn Net, Handle),
}

impl WasiCtx {
    fn end(&mut self, stream: Stream) -> End<'_> {
        let [stdin, stdout, stderr] = &mut self.streams;
        match stream {
            Stream::Stdin => End::Standard(&mut **stdin),
            Stream::Stdout => End::Standard(&mut **stdout),
            Stream::Stderr => End::Standard(&mut **stderr),
            Stream::Socket(socket) => End::Socket(&mut *self.net, socket),
        }
    }

    /// What kind of thing `stream` is.
    pub(crate) fn stream_kind(&mut self, stream: Stream) -> FileType {
        match self.end(stream) {
            End::Socket(..) => FileType::SocketStream,
            End::Standard(stream) if stream.is_terminal() => FileType::CharacterDevice,
            End::Standard(_) => FileType::Unknown,
        }
    }

    /// Hands on whatever is still buffered.
    pub(crate) fn flush(&mut self, stream: Stream) -> Answer<()> {
        match self.end(stream) {
            End::Standard(stream) => stream.flush(),
            End::Socket(..) => Err(Errno::Inval.into()),
        }
    }

    /// What `event` came to, if it has happened.
    pub(crate) fn happened(&mut self, event: Event) -> Option<Ready> {
        let (Event::Readable(stream) | Event::Writable(stream)) = event;
        match (event, self.end(stream)) {
            (Event::Readable(_), End::Standard(stream)) => stream.readable(),
            (Event::Readable(_), End::Socket(net, socket)) => net.readable(socket),
            (Event::Writable(_), End::Standard(stream)) => stream.writable(),
            (Event::Writable(_), End::Socket(net, socket)) => net.writable(socket),
        }
    }

    /// Does `operation`. While that is not ready, the guest waits for `event`, unless its descriptor is not for
    /// waiting.
    pub(crate) fn when<R>(
        &mut self,
        event: Event,
        flags: FdFlags,
        mut operation: impl FnMut(&mut Self) -> Answer<R>,
    ) -> Answer<R> {
        loop {
            match operation(self) {
                Err(Failure::NotReady) if flags.contains(FdFlags::NONBLOCK) => {
                    return Err(Errno::Again.into());
                }
                Err(Failure::NotReady) => {
                    self.wait.pause(&Pause { events: &[event], ..Pause::default() })?;
                }
                answer => return answer,
            }
        }
    }

    /// Reads from `stream` into `buffers`, behind their first `skip` bytes; says how many bytes. With `peek`, they will
    /// be read again.
    pub(crate) fn read_stream(
        &mut self,
        guest: &mut Guest<'_>,
        stream: Stream,
        flags: FdFlags,
        buffers: IoVecs,
        skip: u32,
        peek: bool,
    ) -> Answer<u32> {
        let event = Event::Readable(stream);
        self.when(event, flags, |ctx| {
            let (mut begun, mut first) = (flags.contains(FdFlags::NONBLOCK), true);
            guest.transfer(buffers, skip, |into| {
                // It may wait for its first byte, but not for more than there is; and there is no peeking behind that.
                let waits = mem::replace(&mut begun, true) && ctx.happened(event).is_none();
                if waits || (peek && !mem::take(&mut first)) {
                    return Err(Failure::NotReady);
                }
                match ctx.end(stream) {
                    End::Standard(stream) => stream.read(into),
                    End::Socket(net, socket) => net.receive(socket, into, peek),
                }
            })
        })
    }

    /// Writes `buffers` to `stream`, and says how many bytes.
    pub(crate) fn write_stream(
        &mut self,
        guest: &mut Guest<'_>,
        stream: Stream,
        flags: FdFlags,
        buffers: IoVecs,
    ) -> Answer<u32> {
        let event = Event::Writable(stream);
        self.when(event, flags, |ctx| {
            guest.transfer(buffers, 0, |from| {
                if flags.contains(FdFlags::NONBLOCK) && ctx.happened(event).is_none() {
                    return Err(Failure::NotReady);
                }
                match ctx.end(stream) {
                    End::Standard(stream) => stream.write(from),
                    End::Socket(net, socket) => net.send(socket, from),
                }
            })
        })
    }
}
