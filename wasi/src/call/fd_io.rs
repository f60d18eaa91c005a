//! Reading, writing and positions.

use crate::Errno;
use crate::abi::guest::{Guest, IoVecs};
use crate::abi::types::{FdFlags, Rights, Whence};
use crate::backend::{Answer, Failure, Files, Handle};
use crate::ctx::{OpenFile, WasiCtx};
use crate::fd::Object;

pub(crate) fn fd_read(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    buffers: IoVecs,
    count: u32,
) -> Answer<()> {
    read(ctx, guest, fd, buffers, None, count)
}

pub(crate) fn fd_pread(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    buffers: IoVecs,
    offset: u64,
    count: u32,
) -> Answer<()> {
    read(ctx, guest, fd, buffers, Some(offset), count)
}

/// Reads at `offset`, or else at the position and moves that.
fn read(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    buffers: IoVecs,
    offset: Option<u64>,
    count: u32,
) -> Answer<()> {
    let limit = ctx.limits.io_vecs;
    let descriptor = *ctx.descriptors.get(fd)?;
    let done = if let (Object::Stream(stream), None) = (descriptor.object, offset) {
        descriptor.require(Rights::FD_READ)?;
        guest.check_io_vecs(buffers, limit, count)?;
        ctx.read_stream(guest, stream, descriptor.flags, buffers, 0, false)?
    } else {
        let OpenFile { mount, handle, position, flags } =
            ctx.file(fd, with_offset(Rights::FD_READ, offset), Errno::Spipe)?;
        guest.check_io_vecs(buffers, limit, count)?;
        let mut at = check_offset(offset.unwrap_or(*position))?;
        let done = guest.transfer(buffers, 0, |into| {
            let read = mount.files.read_at(handle, at, into)?;
            at += read as u64;
            Ok(read)
        });
        if offset.is_none() {
            *position = at;
        }
        unless_nonblocking(flags, done)?
    };
    Ok(guest.write_u32(count, done)?)
}

pub(crate) fn fd_write(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    buffers: IoVecs,
    count: u32,
) -> Answer<()> {
    write(ctx, guest, fd, buffers, None, count)
}

pub(crate) fn fd_pwrite(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    buffers: IoVecs,
    offset: u64,
    count: u32,
) -> Answer<()> {
    write(ctx, guest, fd, buffers, Some(offset), count)
}

/// Writes at `offset`, as POSIX has it even to a file that is appended to, or else at the position and moves that.
fn write(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    buffers: IoVecs,
    offset: Option<u64>,
    count: u32,
) -> Answer<()> {
    let limit = ctx.limits.io_vecs;
    let descriptor = *ctx.descriptors.get(fd)?;
    let done = if let (Object::Stream(stream), None) = (descriptor.object, offset) {
        descriptor.require(Rights::FD_WRITE)?;
        guest.check_io_vecs(buffers, limit, count)?;
        ctx.write_stream(guest, stream, descriptor.flags, buffers)?
    } else {
        let OpenFile { mount, handle, position, flags } =
            ctx.file(fd, with_offset(Rights::FD_WRITE, offset), Errno::Spipe)?;
        mount.check_writable()?;
        guest.check_io_vecs(buffers, limit, count)?;
        let appends = offset.is_none() && flags.contains(FdFlags::APPEND);
        let mut at = check_offset(offset.unwrap_or(*position))?;
        let done = guest.transfer(buffers, 0, |from| {
            let (written, end) = if appends {
                mount.files.append(handle, from)?
            } else {
                check_end(at, from)?;
                let written = mount.files.write_at(handle, at, from)?;
                (written, at + written as u64)
            };
            at = end;
            Ok(written)
        });
        if offset.is_none() {
            *position = at;
        }
        let done = unless_nonblocking(flags, done)?;
        store(&mut mount.files, handle, flags)?;
        done
    };
    Ok(guest.write_u32(count, done)?)
}

pub(crate) fn fd_seek(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    delta: i64,
    whence: u32,
    result: u32,
) -> Answer<()> {
    let whence = guest.whence(whence)?;
    // To ask for the position is allowed to whoever may tell it.
    let moves = whence != Whence::Cur || delta != 0;
    let rights = if moves { Rights::FD_SEEK } else { Rights::FD_TELL };
    let OpenFile { mount, handle, position, .. } = ctx.file(fd, rights, Errno::Spipe)?;
    guest.check(result, 8)?;
    let base = match whence {
        Whence::Set => 0,
        Whence::Cur => *position,
        Whence::End => mount.files.stat(handle)?.size,
    };
    let target = base.checked_add_signed(delta).ok_or(Errno::Inval)?;
    *position = check_offset(target)?;
    Ok(guest.write_u64(result, target)?)
}

pub(crate) fn fd_tell(ctx: &mut WasiCtx, guest: &mut Guest<'_>, fd: u32, result: u32) -> Answer<()> {
    let position = *ctx.file(fd, Rights::FD_TELL, Errno::Spipe)?.position;
    Ok(guest.write_u64(result, position)?)
}

/// What it takes to read or write at `offset`, or else at the position.
fn with_offset(direction: Rights, offset: Option<u64>) -> Rights {
    if offset.is_some() { direction.union(Rights::FD_SEEK) } else { direction }
}

/// What a guest gets that does not want to wait.
fn unless_nonblocking(flags: FdFlags, answer: Answer<u32>) -> Answer<u32> {
    match answer {
        Err(Failure::NotReady) if flags.contains(FdFlags::NONBLOCK) => Err(Errno::Again.into()),
        answer => answer,
    }
}

/// Offsets are signed to most systems.
fn check_offset(offset: u64) -> Result<u64, Errno> {
    if i64::try_from(offset).is_ok() { Ok(offset) } else { Err(Errno::Inval) }
}

fn check_end(offset: u64, from: &[u8]) -> Result<(), Errno> {
    let end = offset.checked_add(from.len() as u64).ok_or(Errno::Fbig)?;
    check_offset(end).map(|_| ()).map_err(|_| Errno::Fbig)
}

/// Stores what was written, if the descriptor's flags ask for it.
///
/// A backend that is not ready with it goes on by itself: the guest cannot be suspended here, because its call would
/// write a second time when it is resumed.
fn store(files: &mut dyn Files, handle: Handle, flags: FdFlags) -> Answer<()> {
    if !flags.contains(FdFlags::SYNC) && !flags.contains(FdFlags::DSYNC) {
        return Ok(());
    }
    match files.sync(handle, !flags.contains(FdFlags::SYNC)) {
        Err(Failure::NotReady) => Ok(()),
        answer => answer,
    }
}
