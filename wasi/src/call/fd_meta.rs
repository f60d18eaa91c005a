//! Descriptors themselves, and attributes of what is open.

use super::times;
use crate::Errno;
use crate::abi::guest::{Guest, Record, Region};
use crate::abi::types::{Advice, FdFlags, FileType, FstFlags, Rights};
use crate::backend::{Answer, FileStat, Files as _, Handle, Stream};
use crate::ctx::{Mount, OpenFile, WasiCtx};
use crate::fd::Object;

/// Only checked: no backend has a use for advice.
pub(crate) fn fd_advise(
    ctx: &mut WasiCtx,
    _guest: &mut Guest<'_>,
    fd: u32,
    offset: u64,
    length: u64,
    _advice: Advice,
) -> Answer<()> {
    if let Object::Directory { .. } = ctx.descriptors.get(fd)?.object {
        return Err(Errno::Badf.into());
    }
    ctx.file(fd, Rights::FD_ADVISE, Errno::Spipe)?;
    offset.checked_add(length).ok_or(Errno::Inval)?;
    Ok(())
}

pub(crate) fn fd_allocate(
    ctx: &mut WasiCtx,
    _guest: &mut Guest<'_>,
    fd: u32,
    offset: u64,
    length: u64,
) -> Answer<()> {
    let OpenFile { mount, handle, .. } = ctx.file(fd, Rights::FD_ALLOCATE, Errno::Spipe)?;
    mount.check_writable()?;
    if length == 0 {
        return Err(Errno::Inval.into());
    }
    check_size(offset.checked_add(length).ok_or(Errno::Fbig)?)?;
    mount.files.allocate(handle, offset, length)
}

pub(crate) fn fd_close(ctx: &mut WasiCtx, _guest: &mut Guest<'_>, fd: u32) -> Answer<()> {
    let descriptor = ctx.descriptors.remove(fd)?;
    ctx.release(&descriptor);
    Ok(())
}

pub(crate) fn fd_datasync(ctx: &mut WasiCtx, _guest: &mut Guest<'_>, fd: u32) -> Answer<()> {
    sync(ctx, fd, Rights::FD_DATASYNC, true)
}

pub(crate) fn fd_sync(ctx: &mut WasiCtx, _guest: &mut Guest<'_>, fd: u32) -> Answer<()> {
    sync(ctx, fd, Rights::FD_SYNC, false)
}

fn sync(ctx: &mut WasiCtx, fd: u32, rights: Rights, data_only: bool) -> Answer<()> {
    match opened(ctx, fd, rights)? {
        Opened::Stream(stream) => ctx.flush(stream),
        Opened::InMount(mount, handle) => mount.files.sync(handle, data_only),
    }
}

pub(crate) fn fd_fdstat_get(ctx: &mut WasiCtx, guest: &mut Guest<'_>, fd: u32, stat: u32) -> Answer<()> {
    let descriptor = *ctx.descriptors.get(fd)?;
    let kind = match descriptor.object {
        Object::Stream(stream) => ctx.stream_kind(stream),
        Object::Directory { .. } => FileType::Directory,
        Object::File { kind, .. } => kind,
    };
    let mut record = Record::<24>::new();
    record.u8(0, kind as u8).u16(2, descriptor.flags.0);
    record.u64(8, descriptor.rights.0).u64(16, descriptor.inheriting.0);
    Ok(guest.write(stat, &record.0)?)
}

pub(crate) fn fd_fdstat_set_flags(
    ctx: &mut WasiCtx,
    _guest: &mut Guest<'_>,
    fd: u32,
    flags: FdFlags,
) -> Answer<()> {
    let descriptor = ctx.descriptors.get_mut(fd)?;
    descriptor.require(Rights::FD_FDSTAT_SET_FLAGS)?;
    descriptor.flags = flags;
    Ok(())
}

pub(crate) fn fd_fdstat_set_rights(
    ctx: &mut WasiCtx,
    _guest: &mut Guest<'_>,
    fd: u32,
    base: Rights,
    inheriting: Rights,
) -> Answer<()> {
    let descriptor = ctx.descriptors.get_mut(fd)?;
    if !descriptor.rights.contains(base) || !descriptor.inheriting.contains(inheriting) {
        return Err(Errno::Notcapable.into());
    }
    descriptor.rights = base;
    descriptor.inheriting = inheriting;
    Ok(())
}

pub(crate) fn fd_filestat_get(ctx: &mut WasiCtx, guest: &mut Guest<'_>, fd: u32, stat: u32) -> Answer<()> {
    let attributes = match opened(ctx, fd, Rights::FD_FILESTAT_GET)? {
        Opened::InMount(mount, handle) => mount.files.stat(handle)?,
        Opened::Stream(stream) => {
            let kind = ctx.stream_kind(stream);
            let inode = u64::from(fd);
            FileStat { device: 0, inode, kind, links: 1, size: 0, accessed: 0, modified: 0, changed: 0 }
        }
    };
    Ok(guest.write_filestat(stat, &attributes)?)
}

pub(crate) fn fd_filestat_set_size(
    ctx: &mut WasiCtx,
    _guest: &mut Guest<'_>,
    fd: u32,
    size: u64,
) -> Answer<()> {
    let OpenFile { mount, handle, .. } = ctx.file(fd, Rights::FD_FILESTAT_SET_SIZE, Errno::Inval)?;
    mount.check_writable()?;
    check_size(size)?;
    mount.files.set_size(handle, size)
}

pub(crate) fn fd_filestat_set_times(
    ctx: &mut WasiCtx,
    _guest: &mut Guest<'_>,
    fd: u32,
    accessed: u64,
    modified: u64,
    flags: FstFlags,
) -> Answer<()> {
    let times = times(ctx, accessed, modified, flags)?;
    match opened(ctx, fd, Rights::FD_FILESTAT_SET_TIMES)? {
        Opened::Stream(_) => Err(Errno::Badf.into()),
        Opened::InMount(mount, handle) => {
            mount.check_writable()?;
            mount.files.set_times(handle, &times)
        }
    }
}

pub(crate) fn fd_prestat_get(ctx: &mut WasiCtx, guest: &mut Guest<'_>, fd: u32, stat: u32) -> Answer<()> {
    let length = u32::try_from(preopened_name(ctx, fd)?.len()).map_err(|_| Errno::Overflow)?;
    let mut record = Record::<8>::new();
    // The tag 0: a directory.
    record.u8(0, 0).u32(4, length);
    Ok(guest.write(stat, &record.0)?)
}

pub(crate) fn fd_prestat_dir_name(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    name: Region,
) -> Answer<()> {
    let own = preopened_name(ctx, fd)?;
    if own.len() > name.length as usize {
        return Err(Errno::Nametoolong.into());
    }
    Ok(guest.write(name.pointer, own.as_bytes())?)
}

fn preopened_name(ctx: &WasiCtx, fd: u32) -> Result<&str, Errno> {
    match ctx.descriptors.get(fd)?.object {
        Object::Directory { mount, preopened: true, .. } => {
            ctx.mounts.get(mount).map(|mount| mount.name.as_str()).ok_or(Errno::Badf)
        }
        _ => Err(Errno::Badf),
    }
}

pub(crate) fn fd_renumber(ctx: &mut WasiCtx, _guest: &mut Guest<'_>, from: u32, to: u32) -> Answer<()> {
    ctx.descriptors.get(from)?;
    if from != to {
        let replaced = ctx.descriptors.renumber(from, to)?;
        ctx.release(&replaced);
    }
    Ok(())
}

enum Opened<'a> {
    Stream(Stream),
    InMount(&'a mut Mount, Handle),
}

/// What is behind `fd`, whatever it is.
fn opened(ctx: &mut WasiCtx, fd: u32, rights: Rights) -> Result<Opened<'_>, Errno> {
    let descriptor = ctx.descriptors.get(fd)?;
    descriptor.require(rights)?;
    match descriptor.object {
        Object::Stream(stream) => Ok(Opened::Stream(stream)),
        Object::Directory { mount, handle, .. } | Object::File { mount, handle, .. } => {
            Ok(Opened::InMount(ctx.mounts.get_mut(mount).ok_or(Errno::Badf)?, handle))
        }
    }
}

/// Sizes are signed to most systems.
fn check_size(size: u64) -> Result<(), Errno> {
    if i64::try_from(size).is_ok() { Ok(()) } else { Err(Errno::Fbig) }
}
