//! Sockets.

use super::{Answer, Handle, Memory, Ready};
use crate::Errno;
use crate::abi::types::SdFlags;

/// Connections that others make to the guest: preview 1 knows no way to make one itself.
///
/// ```
/// use std::collections::VecDeque;
/// use whit_wasi::SdFlags;
/// use whit_wasi::backend::{Answer, Failure, Handle, Net, Ready, Slots};
///
/// /// One listener, whose callers all say the same and hang up.
/// struct Callers {
///     waiting: u32,
///     says: &'static [u8],
///     connections: Slots<VecDeque<u8>>,
/// }
///
/// impl Callers {
///     // Handle 0 is the listener, handle n the connection in slot n - 1.
///     fn connection(&mut self, socket: Handle) -> Option<&mut VecDeque<u8>> {
///         self.connections.get_mut(Handle(socket.0.checked_sub(1)?))
///     }
/// }
///
/// impl Net for Callers {
///     fn listeners(&self) -> u32 {
///         1
///     }
///
///     fn accept(&mut self, _: Handle) -> Answer<Handle> {
///         self.waiting = self.waiting.checked_sub(1).ok_or(Failure::NotReady)?;
///         let slot = self.connections.insert(self.says.iter().copied().collect());
///         Ok(Handle(slot.ok_or(whit_wasi::Errno::Nomem)?.0 + 1))
///     }
///
///     fn receive(&mut self, socket: Handle, into: &mut [u8], peek: bool) -> Answer<usize> {
///         let bytes = self.connection(socket).ok_or(whit_wasi::Errno::Notconn)?;
///         let count = into.len().min(bytes.len());
///         into.iter_mut().zip(bytes.iter()).for_each(|(to, byte)| *to = *byte);
///         if !peek {
///             bytes.drain(..count);
///         }
///         Ok(count)
///     }
///
///     fn send(&mut self, _: Handle, _: &[u8]) -> Answer<usize> {
///         Err(whit_wasi::Errno::Pipe.into())
///     }
///
///     fn shutdown(&mut self, _: Handle, _: SdFlags) -> Answer<()> {
///         Ok(())
///     }
///
///     fn close(&mut self, socket: Handle) {
///         self.connections.remove(Handle(socket.0 - 1));
///     }
///
///     fn readable(&mut self, socket: Handle) -> Option<Ready> {
///         match self.connection(socket) {
///             // They have hung up as soon as they had said it.
///             Some(bytes) => Some(Ready::bytes(bytes.len() as u64).with_hung_up(true)),
///             None => (self.waiting > 0).then_some(Ready::bytes(1)),
///         }
///     }
///
///     fn writable(&mut self, _: Handle) -> Option<Ready> {
///         Some(Ready::HUNG_UP)
///     }
/// }
///
/// let mut net = Callers { waiting: 1, says: b"hello", connections: Slots::new() };
/// let caller = net.accept(Handle(0)).unwrap();
/// assert_eq!(net.accept(Handle(0)), Err(Failure::NotReady));
/// let mut bytes = [0; 8];
/// assert_eq!(net.receive(caller, &mut bytes, false), Ok(5));
/// assert_eq!(net.receive(caller, &mut bytes, false), Ok(0));
/// ```
pub trait Net: Send {
    /// How many listeners there are: the handles from 0 up to this number, open from the beginning.
    fn listeners(&self) -> u32;

    /// Accepts the next connection of a listener; *not ready* if nobody is there.
    fn accept(&mut self, listener: Handle) -> Answer<Handle>;

    /// Receives at most `into.len()` bytes (never 0 of them, except when the other end has finished) and says how
    /// many. With `peek`, they will be received once more.
    fn receive(&mut self, socket: Handle, into: &mut [u8], peek: bool) -> Answer<usize>;

    /// Sends some of `from`, and says how many bytes.
    fn send(&mut self, socket: Handle, from: &[u8]) -> Answer<usize>;

    /// Ends a connection in one direction or both; it stays open.
    fn shutdown(&mut self, socket: Handle, how: SdFlags) -> Answer<()>;

    /// Closes a connection, or a listener.
    fn close(&mut self, socket: Handle);

    /// How many bytes can be received at once, or connections accepted; nothing if that would answer *not ready*, which
    /// it does not where the other end has finished or something is wrong.
    fn readable(&mut self, socket: Handle) -> Option<Ready>;

    /// How many bytes can be sent at once; nothing if [`send`](Self::send) would answer *not ready*.
    fn writable(&mut self, socket: Handle) -> Option<Ready>;

    /// The memory that is held for the guest's connections, if it is to come out of the budget of the guest's store.
    fn memory(&mut self) -> Option<&mut Memory> {
        None
    }
}

/// No sockets.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoNet;

impl Net for NoNet {
    fn listeners(&self) -> u32 {
        0
    }

    fn accept(&mut self, _: Handle) -> Answer<Handle> {
        Err(Errno::Badf.into())
    }

    fn receive(&mut self, _: Handle, _: &mut [u8], _: bool) -> Answer<usize> {
        Err(Errno::Badf.into())
    }

    fn send(&mut self, _: Handle, _: &[u8]) -> Answer<usize> {
        Err(Errno::Badf.into())
    }

    fn shutdown(&mut self, _: Handle, _: SdFlags) -> Answer<()> {
        Err(Errno::Badf.into())
    }

    fn close(&mut self, _: Handle) {}

    fn readable(&mut self, _: Handle) -> Option<Ready> {
        Some(Ready::HUNG_UP)
    }

    fn writable(&mut self, _: Handle) -> Option<Ready> {
        Some(Ready::HUNG_UP)
    }
}
