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
    let done = if let Some((stream, flags)) = stream(ctx, fd, Rights::FD_READ)? {
        let stream = &mut ctx.streams[stream];
        let mut begun = false;
        let done = transfer(ctx.limits.io_vecs, guest, buffers, count, |into| {
            // It may wait for its first byte, but not for more than there is.
            let waits = begun || flags.contains(FdFlags::NONBLOCK);
            begun = true;
            if waits && stream.readable().is_none() { Err(Failure::NotReady) } else { stream.read(into) }
        });
        unless_nonblocking(flags, done)?
    } else {
        let limit = ctx.limits.io_vecs;
        let OpenFile { mount, handle, position, flags } = ctx.file(fd, Rights::FD_READ, Errno::Badf)?;
        let done = transfer(limit, guest, buffers, count, |into| {
            let read = mount.files.read_at(handle, *position, into)?;
            *position += read as u64;
            Ok(read)
        });
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
    let done = if let Some((stream, flags)) = stream(ctx, fd, Rights::FD_WRITE)? {
        let stream = &mut ctx.streams[stream];
        let done = transfer(ctx.limits.io_vecs, guest, buffers, count, |from| stream.write(from));
        unless_nonblocking(flags, done)?
    } else {
        let limit = ctx.limits.io_vecs;
        let OpenFile { mount, handle, position, flags } = ctx.file(fd, Rights::FD_WRITE, Errno::Badf)?;
        mount.check_writable()?;
        let done = transfer(limit, guest, buffers, count, |from| {
            if flags.contains(FdFlags::APPEND) {
                let (written, end) = mount.files.append(handle, from)?;
                *position = end;
                return Ok(written);
            }
            check_end(*position, from)?;
            let written = mount.files.write_at(handle, *position, from)?;
            *position += written as u64;
            Ok(written)
        });
        let done = unless_nonblocking(flags, done)?;
        store(&mut *mount.files, handle, flags)?;
        done
    };
    Ok(guest.write_u32(count, done)?)
}

pub(crate) fn fd_pread(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    buffers: IoVecs,
    offset: u64,
    count: u32,
) -> Answer<()> {
    let limit = ctx.limits.io_vecs;
    let OpenFile { mount, handle, flags, .. } = ctx.file(fd, Rights::FD_READ, Errno::Spipe)?;
    let mut offset = check_offset(offset)?;
    let done = transfer(limit, guest, buffers, count, |into| {
        let read = mount.files.read_at(handle, offset, into)?;
        offset += read as u64;
        Ok(read)
    });
    let done = unless_nonblocking(flags, done)?;
    Ok(guest.write_u32(count, done)?)
}

/// As POSIX has it, the offset counts even where `fd_write` would append.
pub(crate) fn fd_pwrite(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    buffers: IoVecs,
    offset: u64,
    count: u32,
) -> Answer<()> {
    let limit = ctx.limits.io_vecs;
    let OpenFile { mount, handle, flags, .. } = ctx.file(fd, Rights::FD_WRITE, Errno::Spipe)?;
    mount.check_writable()?;
    let mut offset = check_offset(offset)?;
    let done = transfer(limit, guest, buffers, count, |from| {
        check_end(offset, from)?;
        let written = mount.files.write_at(handle, offset, from)?;
        offset += written as u64;
        Ok(written)
    });
    let done = unless_nonblocking(flags, done)?;
    store(&mut *mount.files, handle, flags)?;
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
    let rights = if moves { Rights::FD_SEEK } else { Rights::NONE };
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
    let position = *ctx.file(fd, Rights::NONE, Errno::Spipe)?.position;
    Ok(guest.write_u64(result, position)?)
}

/// The index of the stream behind `fd`, with its flags, if it is one.
fn stream(ctx: &WasiCtx, fd: u32, rights: Rights) -> Result<Option<(usize, FdFlags)>, Errno> {
    let descriptor = ctx.descriptors.get(fd)?;
    let Object::Stream(stream) = descriptor.object else { return Ok(None) };
    descriptor.require(rights)?;
    Ok(Some((stream as usize, descriptor.flags)))
}

/// Does `action` with one buffer after the other, until one is not filled or emptied, and says how many bytes
/// that were. `count` is where that number will be written: nothing is done if it cannot be.
///
/// A failure behind the first byte ends the call, but is not told: what has happened, has happened, and the guest
/// will meet the failure again when it goes on.
fn transfer(
    limit: u32,
    guest: &mut Guest<'_>,
    buffers: IoVecs,
    count: u32,
    mut action: impl FnMut(&mut [u8]) -> Answer<usize>,
) -> Answer<u32> {
    guest.check_io_vecs(buffers, limit)?;
    guest.check(count, 4)?;
    let mut total = 0u32;
    for index in 0..buffers.count {
        // A buffer that was filled may have been laid over the list, so that nothing is known about what follows.
        let region = match guest.io_vec(buffers, index) {
            Ok(region) if region.length == 0 => continue,
            Ok(region) => region,
            Err(_) => break,
        };
        let Ok(bytes) = guest.bytes_mut(region) else { break };
        let length = bytes.len();
        match action(bytes) {
            Ok(done) => {
                total = total.saturating_add(u32::try_from(done.min(length)).unwrap_or(u32::MAX));
                if done < length {
                    break;
                }
            }
            Err(failure) if total == 0 => return Err(failure),
            Err(_) => break,
        }
    }
    Ok(total)
}

/// What a guest gets that does not want to wait.
fn unless_nonblocking<R>(flags: FdFlags, answer: Answer<R>) -> Answer<R> {
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
