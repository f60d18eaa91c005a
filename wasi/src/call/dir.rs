//! Directories.

use super::path::change;
use crate::Errno;
use crate::abi::guest::{Guest, Region};
use crate::abi::types::{FileType, Rights};
use crate::backend::{Answer, DirEntry, Files as _};
use crate::ctx::{Base, WasiCtx};

/// Cookies of the two entries that every directory begins with; those of the backend follow.
const BEHIND_DOT: u64 = 1;
const BEHIND_DOT_DOT: u64 = 2;

pub(crate) fn fd_readdir(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    buffer: Region,
    cookie: u64,
    used: u32,
) -> Answer<()> {
    let Base { mount, handle, .. } = ctx.directory(fd, Rights::FD_READDIR)?;
    guest.check(used, 4)?;
    let mut list = List { into: guest.bytes_mut(buffer)?, used: 0 };
    let mut more = true;
    if cookie < BEHIND_DOT_DOT {
        let inode = mount.files.stat(handle)?.inode;
        for (name, next) in [(".", BEHIND_DOT), ("..", BEHIND_DOT_DOT)] {
            if more && cookie < next {
                more = list.push(&DirEntry { name, inode, kind: FileType::Directory, next });
            }
        }
    }
    if more {
        let from = cookie.saturating_sub(BEHIND_DOT_DOT);
        mount.files.read_dir(handle, from, &mut |entry| {
            list.push(&DirEntry { next: entry.next.saturating_add(BEHIND_DOT_DOT), ..*entry })
        })?;
    }
    let length = u32::try_from(list.used).map_err(|_| Errno::Overflow)?;
    Ok(guest.write_u32(used, length)?)
}

/// Entries in the guest's memory.
struct List<'a> {
    into: &'a mut [u8],
    used: usize,
}

impl List<'_> {
    /// Writes as much of `entry` as fits, and says whether there is room for another: the buffer being full is how
    /// the guest sees that there may be more.
    fn push(&mut self, entry: &DirEntry<'_>) -> bool {
        let length = u32::try_from(entry.name.len()).unwrap_or(u32::MAX);
        let head = Guest::dirent(entry.next, entry.inode, length, entry.kind);
        self.append(&head);
        self.append(entry.name.as_bytes());
        self.used < self.into.len()
    }

    fn append(&mut self, bytes: &[u8]) {
        let room = &mut self.into[self.used..];
        let count = room.len().min(bytes.len());
        room[..count].copy_from_slice(&bytes[..count]);
        self.used += count;
    }
}

pub(crate) fn path_create_directory(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    path: Region,
) -> Answer<()> {
    change(ctx, guest, fd, path, Rights::PATH_CREATE_DIRECTORY, |files, at| {
        if at.is_directory() {
            return Err(Errno::Exist.into());
        }
        files.create_directory(at.directory(), at.name())
    })
}

pub(crate) fn path_remove_directory(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    path: Region,
) -> Answer<()> {
    change(ctx, guest, fd, path, Rights::PATH_REMOVE_DIRECTORY, |files, at| {
        if at.is_directory() {
            return Err(Errno::Inval.into());
        }
        files.remove_directory(at.directory(), at.name())
    })
}
