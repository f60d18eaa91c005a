//! Descriptors: what a guest has open, and what it may do with it.

use alloc::vec::Vec;

use crate::Errno;
use crate::abi::types::{FdFlags, FileType, Rights};
use crate::backend::{Handle, Memory, Stream};

/// What a descriptor stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Object {
    /// A standard stream, or a socket.
    Stream(Stream),
    Directory {
        /// Index of the mount.
        mount: usize,
        handle: Handle,
        /// Whether it is the pre-opened directory of its mount, and so has a name.
        preopened: bool,
    },
    File {
        mount: usize,
        handle: Handle,
        kind: FileType,
        /// The position of the next byte to read or write.
        position: u64,
    },
}

/// An open descriptor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descriptor {
    pub(crate) object: Object,
    pub(crate) flags: FdFlags,
    /// What may be done with it.
    pub(crate) rights: Rights,
    /// What may be done with descriptors that are opened through it.
    pub(crate) inheriting: Rights,
}

/// What makes sense for a regular file.
pub(crate) const FILE_RIGHTS: Rights = Rights(
    Rights::FD_DATASYNC.0
        | Rights::FD_READ.0
        | Rights::FD_SEEK.0
        | Rights::FD_FDSTAT_SET_FLAGS.0
        | Rights::FD_SYNC.0
        | Rights::FD_TELL.0
        | Rights::FD_WRITE.0
        | Rights::FD_ADVISE.0
        | Rights::FD_ALLOCATE.0
        | Rights::FD_FILESTAT_GET.0
        | Rights::FD_FILESTAT_SET_SIZE.0
        | Rights::FD_FILESTAT_SET_TIMES.0
        | Rights::POLL_FD_READWRITE.0,
);

/// What makes sense for a directory.
pub(crate) const DIRECTORY_RIGHTS: Rights = Rights(
    Rights::FD_DATASYNC.0
        | Rights::FD_FDSTAT_SET_FLAGS.0
        | Rights::FD_SYNC.0
        | Rights::PATH_CREATE_DIRECTORY.0
        | Rights::PATH_CREATE_FILE.0
        | Rights::PATH_LINK_SOURCE.0
        | Rights::PATH_LINK_TARGET.0
        | Rights::PATH_OPEN.0
        | Rights::FD_READDIR.0
        | Rights::PATH_READLINK.0
        | Rights::PATH_RENAME_SOURCE.0
        | Rights::PATH_RENAME_TARGET.0
        | Rights::PATH_FILESTAT_GET.0
        | Rights::PATH_FILESTAT_SET_SIZE.0
        | Rights::PATH_FILESTAT_SET_TIMES.0
        | Rights::FD_FILESTAT_GET.0
        | Rights::FD_FILESTAT_SET_TIMES.0
        | Rights::PATH_SYMLINK.0
        | Rights::PATH_REMOVE_DIRECTORY.0
        | Rights::PATH_UNLINK_FILE.0
        | Rights::POLL_FD_READWRITE.0,
);

/// What makes sense for a stream. A terminal is recognised by lacking the rights to seek.
const STREAM_RIGHTS: Rights = Rights(
    Rights::FD_FDSTAT_SET_FLAGS.0
        | Rights::FD_SYNC.0
        | Rights::FD_DATASYNC.0
        | Rights::FD_FILESTAT_GET.0
        | Rights::POLL_FD_READWRITE.0,
);

/// What makes sense for a connection.
const CONNECTION_RIGHTS: Rights =
    Rights(STREAM_RIGHTS.0 | Rights::FD_READ.0 | Rights::FD_WRITE.0 | Rights::SOCK_SHUTDOWN.0);

/// What makes sense for a listener. It is waited for as if it could be read.
const LISTENER_RIGHTS: Rights = Rights(STREAM_RIGHTS.0 | Rights::FD_READ.0 | Rights::SOCK_ACCEPT.0);

impl Descriptor {
    fn new(stream: Stream, flags: FdFlags, rights: Rights, inheriting: Rights) -> Self {
        Self { object: Object::Stream(stream), flags, rights, inheriting }
    }

    /// A descriptor for one of the standard streams.
    pub(crate) fn standard(stream: Stream) -> Self {
        let direction = if stream == Stream::Stdin { Rights::FD_READ } else { Rights::FD_WRITE };
        Self::new(stream, FdFlags::NONE, STREAM_RIGHTS.union(direction), Rights::NONE)
    }

    /// A descriptor for a listener.
    pub(crate) fn listener(socket: Handle) -> Self {
        Self::new(Stream::Socket(socket), FdFlags::NONE, LISTENER_RIGHTS, CONNECTION_RIGHTS)
    }

    /// A descriptor for a connection that this listener accepted.
    pub(crate) fn accepted(&self, socket: Handle, flags: FdFlags) -> Self {
        let rights = CONNECTION_RIGHTS.intersection(self.inheriting);
        Self::new(Stream::Socket(socket), flags, rights, Rights::NONE)
    }

    /// A descriptor for the top of a mount.
    pub(crate) fn preopened(mount: usize) -> Self {
        Self {
            object: Object::Directory { mount, handle: Handle::ROOT, preopened: true },
            flags: FdFlags::NONE,
            rights: DIRECTORY_RIGHTS,
            inheriting: DIRECTORY_RIGHTS.union(FILE_RIGHTS),
        }
    }

    /// Checks that `rights` are there.
    pub(crate) fn require(&self, rights: Rights) -> Result<(), Errno> {
        // Who may move the position may also tell it.
        let implied = if self.rights.contains(Rights::FD_SEEK) { Rights::FD_TELL } else { Rights::NONE };
        let missing = rights.without(self.rights.union(implied));
        if missing == Rights::NONE {
            Ok(())
        } else if missing.intersection(Rights::FD_READ.union(Rights::FD_WRITE)) != Rights::NONE {
            // POSIX: the file was not opened in this direction.
            Err(Errno::Badf)
        } else {
            Err(Errno::Notcapable)
        }
    }
}

/// The open descriptors of a guest.
#[derive(Debug)]
pub(crate) struct Descriptors {
    slots: Vec<Option<Descriptor>>,
    limit: usize,
}

impl Descriptors {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { slots: Vec::new(), limit }
    }

    pub(crate) fn get(&self, fd: u32) -> Result<&Descriptor, Errno> {
        self.slots.get(fd as usize).and_then(Option::as_ref).ok_or(Errno::Badf)
    }

    pub(crate) fn get_mut(&mut self, fd: u32) -> Result<&mut Descriptor, Errno> {
        self.slots.get_mut(fd as usize).and_then(Option::as_mut).ok_or(Errno::Badf)
    }

    /// Makes sure that [`insert`](Self::insert) has room, counted in `memory`, and says where.
    pub(crate) fn reserve(&mut self, memory: &mut Memory) -> Result<u32, Errno> {
        let index = self.slots.iter().position(Option::is_none).unwrap_or(self.slots.len());
        if index >= self.limit {
            return Err(Errno::Mfile);
        }
        if index == self.slots.len() {
            memory.reserve(&mut self.slots, 1)?;
        }
        u32::try_from(index).map_err(|_| Errno::Mfile)
    }

    /// Puts `descriptor` under the lowest free number.
    pub(crate) fn insert(&mut self, descriptor: Descriptor, memory: &mut Memory) -> Result<u32, Errno> {
        let fd = self.reserve(memory)?;
        match self.slots.get_mut(fd as usize) {
            Some(slot) => *slot = Some(descriptor),
            None => self.slots.push(Some(descriptor)),
        }
        Ok(fd)
    }

    /// Takes the descriptor with the number `fd` out.
    pub(crate) fn remove(&mut self, fd: u32) -> Result<Descriptor, Errno> {
        self.slots.get_mut(fd as usize).and_then(Option::take).ok_or(Errno::Badf)
    }

    /// Moves `from` to `to`, and says what was there.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) -> Result<Descriptor, Errno> {
        let replaced = *self.get(to)?;
        let moved = self.remove(from)?;
        *self.get_mut(to)? = moved;
        Ok(replaced)
    }
}

#[cfg(test)]
mod tests {
    use super::{Descriptor, Descriptors};
    use crate::Errno;
    use crate::backend::{Memory, Stream};

    #[test]
    fn numbers_are_reused_and_limited() {
        let (mut open, mut memory) = (Descriptors::new(3), Memory::new());
        let mut insert =
            |open: &mut Descriptors, stream| open.insert(Descriptor::standard(stream), &mut memory);
        for fd in 0..3 {
            assert_eq!(insert(&mut open, Stream::Stdout), Ok(fd));
        }
        assert_eq!(insert(&mut open, Stream::Stdout), Err(Errno::Mfile));
        assert!(open.remove(1).is_ok());
        assert_eq!(open.get(1).err(), Some(Errno::Badf));
        assert_eq!(insert(&mut open, Stream::Stdin), Ok(1));
        assert_eq!(open.get(u32::MAX).err(), Some(Errno::Badf));
    }
}
