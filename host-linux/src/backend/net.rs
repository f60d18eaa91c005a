//! Sockets of the system.

use std::net::{TcpListener, ToSocketAddrs};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::event::PollFlags;
use rustix::io::retry_on_intr;
use rustix::net::{RecvFlags, SendFlags, Shutdown, SocketFlags, accept_with, recv, send, shutdown};
use whit_wasi::backend::{Answer, Handle, Memory, Net, Ready, Slots};
use whit_wasi::{Errno, SdFlags};

use super::errno::translate;
use super::wait::ready;

/// The sockets of a guest. A clone is the same sockets: whoever waits for them has one.
#[derive(Clone, Default)]
pub(crate) struct Sockets {
    open: Arc<Mutex<Slots<Arc<OwnedFd>>>>,
    listeners: u32,
    /// Counted by the guest's own clone.
    memory: Memory,
}

/// Bytes that a connection takes, without what the kernel has for it: a descriptor that is shared, and a place in the
/// table, which may be twice as large as needed.
const CONNECTION: usize = size_of::<[usize; 2]>() + size_of::<OwnedFd>() + 2 * size_of::<Arc<OwnedFd>>();

impl Sockets {
    /// Listens at `address`, and says at which one that is: it may ask for any free port.
    pub(crate) fn listen(&mut self, address: impl ToSocketAddrs) -> std::io::Result<std::net::SocketAddr> {
        let listener = TcpListener::bind(address)?;
        // A caller that has hung up again must not keep the guest waiting for another one.
        listener.set_nonblocking(true)?;
        let local = listener.local_addr()?;
        self.slots().insert(Arc::new(listener.into())).ok_or(std::io::ErrorKind::OutOfMemory)?;
        self.listeners += 1;
        Ok(local)
    }

    fn slots(&self) -> MutexGuard<'_, Slots<Arc<OwnedFd>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The system's descriptor of `socket`.
    pub(super) fn fd(&self, socket: Handle) -> Answer<Arc<OwnedFd>> {
        Ok(self.slots().get(socket).cloned().ok_or(Errno::Badf)?)
    }
}

impl Net for Sockets {
    fn listeners(&self) -> u32 {
        self.listeners
    }

    fn accept(&mut self, listener: Handle) -> Answer<Handle> {
        let listener = self.fd(listener)?;
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // Nobody is taken in whom there is no memory for.
        self.memory.charge(CONNECTION).map_err(|_| Errno::Nobufs)?;
        let connection = retry_on_intr(|| accept_with(&listener, flags)).map_err(translate);
        let connection = connection.inspect_err(|_| self.memory.release(CONNECTION))?;
        Ok(self.slots().insert(Arc::new(connection)).ok_or(Errno::Nomem)?)
    }

    fn receive(&mut self, socket: Handle, into: &mut [u8], peek: bool) -> Answer<usize> {
        let socket = self.fd(socket)?;
        let flags = if peek { RecvFlags::PEEK } else { RecvFlags::empty() };
        let (count, _) = retry_on_intr(|| recv(&socket, &mut *into, flags)).map_err(translate)?;
        Ok(count)
    }

    fn send(&mut self, socket: Handle, from: &[u8]) -> Answer<usize> {
        let socket = self.fd(socket)?;
        retry_on_intr(|| send(&socket, from, SendFlags::NOSIGNAL)).map_err(translate)
    }

    fn shutdown(&mut self, socket: Handle, how: SdFlags) -> Answer<()> {
        let both = SdFlags::RD.union(SdFlags::WR);
        let how = match how {
            SdFlags::RD => Shutdown::Read,
            SdFlags::WR => Shutdown::Write,
            how if how == both => Shutdown::Both,
            _ => return Err(Errno::Inval.into()),
        };
        shutdown(&*self.fd(socket)?, how).map_err(translate)
    }

    fn close(&mut self, socket: Handle) {
        // Listeners were not charged for.
        if self.slots().remove(socket).is_some() && socket.0 >= self.listeners {
            self.memory.release(CONNECTION);
        }
    }

    fn readable(&mut self, socket: Handle) -> Option<Ready> {
        let Ok(socket) = self.fd(socket) else { return Some(Ready::HUNG_UP) };
        ready(socket.as_fd(), PollFlags::IN)
    }

    fn writable(&mut self, socket: Handle) -> Option<Ready> {
        let Ok(socket) = self.fd(socket) else { return Some(Ready::HUNG_UP) };
        ready(socket.as_fd(), PollFlags::OUT)
    }

    fn memory(&mut self) -> Option<&mut Memory> {
        Some(&mut self.memory)
    }
}
