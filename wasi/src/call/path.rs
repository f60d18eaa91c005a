//! Files by their paths.

use alloc::vec::Vec;

use super::times;
use crate::Errno;
use crate::abi::guest::{Guest, Region};
use crate::abi::types::{FdFlags, FileType, FstFlags, LookupFlags, OFlags, Rights};
use crate::backend::{Answer, Failure, Files, OpenOptions, Opened};
use crate::ctx::{Base, WasiCtx};
use crate::fd::{DIRECTORY_RIGHTS, Descriptor, FILE_RIGHTS, Object};
use crate::path::{Walk, walk};

#[expect(clippy::too_many_arguments, reason = "they are the function's")]
pub(crate) fn path_open(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    lookup: LookupFlags,
    path: Region,
    open: OFlags,
    base: Rights,
    inheriting: Rights,
    flags: FdFlags,
    opened_fd: u32,
) -> Answer<()> {
    let path = guest.text(path, ctx.limits.path)?;
    guest.check(opened_fd, 4)?;
    let directory = *ctx.descriptors.get(fd)?;
    let mut needed = Rights::PATH_OPEN;
    if open.contains(OFlags::CREAT) {
        needed = needed.union(Rights::PATH_CREATE_FILE);
    }
    if open.contains(OFlags::TRUNC) {
        needed = needed.union(Rights::PATH_FILESTAT_SET_SIZE);
    }
    if let Object::Directory { .. } = directory.object {
        ctx.reserve()?;
    }
    let start = ctx.directory(fd, needed)?;
    let rights = base.intersection(directory.inheriting);
    let options = OpenOptions {
        read: rights.contains(Rights::FD_READ),
        write: rights.contains(Rights::FD_WRITE),
        create: open.contains(OFlags::CREAT),
        exclusive: open.contains(OFlags::EXCL),
        truncate: open.contains(OFlags::TRUNC),
        directory: open.contains(OFlags::DIRECTORY),
    };
    if options.create && options.directory {
        return Err(Errno::Inval.into());
    }
    let read_only = start.mount.read_only;
    let opened = start.walk(path, |files, at| {
        let follow = lookup.contains(LookupFlags::SYMLINK_FOLLOW) && !(options.create && options.exclusive);
        open_at(files, at, &options, follow, read_only)
    })?;
    let Object::Directory { mount, .. } = directory.object else { return Err(Errno::Notdir.into()) };
    let Opened { handle, kind } = opened;
    let descriptor = if kind == FileType::Directory {
        Descriptor {
            object: Object::Directory { mount, handle, preopened: false },
            flags,
            rights: rights.intersection(DIRECTORY_RIGHTS),
            inheriting: inheriting.intersection(directory.inheriting),
        }
    } else {
        Descriptor {
            object: Object::File { mount, handle, kind, position: 0 },
            flags,
            rights: rights.intersection(FILE_RIGHTS),
            inheriting: Rights::NONE,
        }
    };
    let number = ctx.insert(descriptor)?;
    Ok(guest.write_u32(opened_fd, number)?)
}

/// Opens what the walk has got to, going on through symbolic links if that is asked for.
fn open_at(
    files: &mut dyn Files,
    at: &mut Walk<'_>,
    options: &OpenOptions,
    follow: bool,
    read_only: bool,
) -> Answer<Opened> {
    loop {
        // A path that ends with a slash means a directory, and cannot create one.
        let slash = at.has_trailing_slash();
        if slash && options.create {
            return Err(Errno::Isdir.into());
        }
        let options = OpenOptions { directory: options.directory || slash, ..*options };
        let opened =
            if read_only { open_to_read(files, at, &options) } else { open_here(files, at, &options) };
        match opened {
            // Some systems answer `notdir` to a symbolic link where they want a directory.
            Err(Failure::Errno(errno @ (Errno::Loop | Errno::Notdir)))
                if (follow || slash) && !at.is_directory() =>
            {
                at.follow(files, errno)?;
            }
            opened => return opened,
        }
    }
}

fn open_here(files: &mut dyn Files, at: &Walk<'_>, options: &OpenOptions) -> Answer<Opened> {
    if at.is_directory() && options.exclusive && options.create {
        return Err(Errno::Exist.into());
    }
    if at.is_directory() && (options.write || options.truncate || options.create) {
        return Err(Errno::Isdir.into());
    }
    let opened = files.open(at.directory(), at.name(), options)?;
    if opened.kind == FileType::Directory && options.write {
        files.close(opened.handle);
        return Err(Errno::Isdir.into());
    }
    Ok(opened)
}

/// Opens where nothing may change: what would change something answers as on a read-only file system.
fn open_to_read(files: &mut dyn Files, at: &Walk<'_>, options: &OpenOptions) -> Answer<Opened> {
    let harmless = OpenOptions { read: true, directory: options.directory, ..OpenOptions::default() };
    let opened = match files.open(at.directory(), at.name(), &harmless) {
        Err(Failure::Errno(Errno::Noent)) if options.create => return Err(Errno::Rofs.into()),
        opened => opened?,
    };
    let refused = if options.create && options.exclusive {
        Errno::Exist
    } else if opened.kind == FileType::Directory && (options.write || options.truncate || options.create) {
        Errno::Isdir
    } else if options.write || options.truncate {
        Errno::Rofs
    } else {
        return Ok(opened);
    };
    files.close(opened.handle);
    Err(refused.into())
}

pub(crate) fn path_filestat_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    lookup: LookupFlags,
    path: Region,
    stat: u32,
) -> Answer<()> {
    let path = guest.text(path, ctx.limits.path)?;
    let attributes = ctx.directory(fd, Rights::PATH_FILESTAT_GET)?.walk(path, |files, at| {
        if lookup.contains(LookupFlags::SYMLINK_FOLLOW) || at.has_trailing_slash() {
            at.follow_links(files)?;
        }
        if at.is_directory() {
            return files.stat(at.directory());
        }
        let attributes = files.stat_at(at.directory(), at.name())?;
        if at.has_trailing_slash() && attributes.kind != FileType::Directory {
            return Err(Errno::Notdir.into());
        }
        Ok(attributes)
    })?;
    Ok(guest.write_filestat(stat, &attributes)?)
}

#[expect(clippy::too_many_arguments, reason = "they are the function's")]
pub(crate) fn path_filestat_set_times(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    lookup: LookupFlags,
    path: Region,
    accessed: u64,
    modified: u64,
    flags: FstFlags,
) -> Answer<()> {
    let times = times(ctx, accessed, modified, flags)?;
    change(ctx, guest, fd, path, Rights::PATH_FILESTAT_SET_TIMES, |files, at| {
        if lookup.contains(LookupFlags::SYMLINK_FOLLOW) || at.has_trailing_slash() {
            at.follow_links(files)?;
        }
        if at.is_directory() {
            return files.set_times(at.directory(), &times);
        }
        check_slash(files, at)?;
        files.set_times_at(at.directory(), at.name(), &times)
    })
}

pub(crate) fn path_link(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    old_fd: u32,
    old_lookup: LookupFlags,
    old_path: Region,
    new_fd: u32,
    new_path: Region,
) -> Answer<()> {
    let follow = old_lookup.contains(LookupFlags::SYMLINK_FOLLOW);
    let ends = (Rights::PATH_LINK_SOURCE, Rights::PATH_LINK_TARGET);
    between(ctx, guest, ends, (old_fd, old_path), (new_fd, new_path), |files, old, new| {
        if follow {
            old.follow_links(files)?;
        }
        if old.is_directory() {
            return Err(Errno::Perm.into());
        }
        if new.is_directory() {
            return Err(Errno::Exist.into());
        }
        check_slash(files, old)?;
        if new.has_trailing_slash() {
            return Err(taken_or(files, new, Errno::Noent)?.into());
        }
        files.link(old.directory(), old.name(), new.directory(), new.name())
    })
}

pub(crate) fn path_rename(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    old_fd: u32,
    old_path: Region,
    new_fd: u32,
    new_path: Region,
) -> Answer<()> {
    let ends = (Rights::PATH_RENAME_SOURCE, Rights::PATH_RENAME_TARGET);
    between(ctx, guest, ends, (old_fd, old_path), (new_fd, new_path), |files, old, new| {
        if old.is_directory() || new.is_directory() {
            return Err(Errno::Busy.into());
        }
        let is_directory = files.stat_at(old.directory(), old.name())?.kind == FileType::Directory;
        if (old.has_trailing_slash() || new.has_trailing_slash()) && !is_directory {
            return Err(Errno::Notdir.into());
        }
        files.rename(old.directory(), old.name(), new.directory(), new.name())
    })
}

/// Walks two paths and does `action` where they lead to, if that is in one tree.
fn between(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    (old_rights, new_rights): (Rights, Rights),
    (old_fd, old_path): (u32, Region),
    (new_fd, new_path): (u32, Region),
    action: impl FnOnce(&mut dyn Files, &mut Walk<'_>, &mut Walk<'_>) -> Answer<()>,
) -> Answer<()> {
    let limit = ctx.limits.path;
    let old_path = guest.text(old_path, limit)?;
    let new_path = guest.text(new_path, limit)?;
    let old_base = ctx.directory(old_fd, old_rights)?.handle;
    let old_mount = ctx.mount_of(old_fd)?;
    if old_mount != ctx.mount_of(new_fd)? {
        return Err(Errno::Xdev.into());
    }
    let base = ctx.directory(new_fd, new_rights)?;
    base.mount.check_writable()?;
    let new_base = base.handle;
    Base { handle: old_base, ..base }.walk(old_path, |files, old| {
        walk(files, new_base, new_path, old.rest(), |files, new| action(files, old, new))
    })
}

pub(crate) fn path_symlink(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    target: Region,
    fd: u32,
    path: Region,
) -> Answer<()> {
    let target = guest.text(target, ctx.limits.path)?;
    if target.is_empty() {
        return Err(Errno::Noent.into());
    }
    if target.contains('\0') {
        return Err(Errno::Inval.into());
    }
    // Nothing could ever be reached through it, and a host's own programs might follow it.
    if target.starts_with('/') {
        return Err(Errno::Perm.into());
    }
    change(ctx, guest, fd, path, Rights::PATH_SYMLINK, |files, at| {
        if at.is_directory() {
            return Err(Errno::Exist.into());
        }
        if at.has_trailing_slash() {
            return Err(taken_or(files, at, Errno::Noent)?.into());
        }
        files.symlink(target, at.directory(), at.name())
    })
}

pub(crate) fn path_readlink(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    path: Region,
    buffer: Region,
    used: u32,
) -> Answer<()> {
    let limit = ctx.limits.path;
    guest.check(used, 4)?;
    guest.bytes(buffer)?;
    // The path may lie in the buffer: the target is read to a place of its own.
    let mut target = Vec::new();
    let room = (buffer.length as usize).min(limit);
    let path = guest.text(path, limit)?;
    let mut base = ctx.directory(fd, Rights::PATH_READLINK)?;
    base.memory.reserve_exact(&mut target, room)?;
    target.resize(room, 0);
    let length = base.walk(path, |files, at| {
        if at.is_directory() || at.has_trailing_slash() {
            return Err(Errno::Inval.into());
        }
        files.read_link(at.directory(), at.name(), &mut target)
    })?;
    guest.write(buffer.pointer, target.get(..length).ok_or(Errno::Io)?)?;
    Ok(guest.write_u32(used, u32::try_from(length).map_err(|_| Errno::Overflow)?)?)
}

pub(crate) fn path_unlink_file(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    path: Region,
) -> Answer<()> {
    change(ctx, guest, fd, path, Rights::PATH_UNLINK_FILE, |files, at| {
        if at.is_directory() {
            return Err(Errno::Isdir.into());
        }
        if at.has_trailing_slash() {
            let kind = files.stat_at(at.directory(), at.name())?.kind;
            return Err(if kind == FileType::Directory { Errno::Isdir } else { Errno::Notdir }.into());
        }
        files.unlink_file(at.directory(), at.name())
    })
}

/// Walks a path and does `action` where it leads to, if something may be changed there.
pub(super) fn change(
    ctx: &mut WasiCtx,
    guest: &Guest<'_>,
    fd: u32,
    path: Region,
    rights: Rights,
    action: impl FnOnce(&mut dyn Files, &mut Walk<'_>) -> Answer<()>,
) -> Answer<()> {
    let path = guest.text(path, ctx.limits.path)?;
    let base = ctx.directory(fd, rights)?;
    base.mount.check_writable()?;
    base.walk(path, action)
}

/// Checks that a name with a slash behind it is a directory.
fn check_slash(files: &mut dyn Files, at: &Walk<'_>) -> Answer<()> {
    if at.has_trailing_slash() && files.stat_at(at.directory(), at.name())?.kind != FileType::Directory {
        return Err(Errno::Notdir.into());
    }
    Ok(())
}

/// Why something other than a directory cannot be made under a name with a slash behind it: it is there already,
/// or `otherwise`.
fn taken_or(files: &mut dyn Files, at: &Walk<'_>, otherwise: Errno) -> Answer<Errno> {
    match files.stat_at(at.directory(), at.name()) {
        Ok(stat) if stat.kind == FileType::Directory => Ok(Errno::Exist),
        Ok(_) => Ok(Errno::Notdir),
        Err(Failure::Errno(Errno::Noent)) => Ok(otherwise),
        Err(failure) => Err(failure),
    }
}
