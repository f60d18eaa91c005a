//! Sockets.

use crate::Errno;
use crate::abi::guest::{Guest, IoVecs};
use crate::abi::types::{FdFlags, RiFlags, Rights, SdFlags};
use crate::backend::{Answer, Event, Failure, Handle, Stream};
use crate::ctx::{Begun, WasiCtx};
use crate::fd::{Descriptor, Object};

pub(crate) fn sock_accept(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    flags: FdFlags,
    accepted: u32,
) -> Answer<()> {
    let (listener, socket) = socket(ctx, fd, Rights::SOCK_ACCEPT)?;
    if !FdFlags::NONBLOCK.contains(flags) {
        return Err(Errno::Inval.into());
    }
    guest.check(accepted, 4)?;
    ctx.reserve()?;
    let event = Event::Readable(Stream::Socket(socket));
    let connection = ctx.when(event, listener.flags, |ctx| ctx.net.accept(socket))?;
    let descriptor = listener.accepted(connection, flags);
    let number = ctx.insert(descriptor)?;
    Ok(guest.write_u32(accepted, number)?)
}

pub(crate) fn sock_recv(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    buffers: IoVecs,
    flags: RiFlags,
    count: u32,
    received: u32,
) -> Answer<()> {
    let (descriptor, socket) = socket(ctx, fd, Rights::FD_READ)?;
    let total = guest.check_io_vecs(buffers, ctx.limits.io_vecs, count)?;
    guest.check(received, 2)?;
    let peek = flags.contains(RiFlags::PEEK);
    let all = flags.contains(RiFlags::WAITALL) && !peek && !descriptor.flags.contains(FdFlags::NONBLOCK);
    let mut done = match ctx.begun.take() {
        Some(Begun::Receive { fd: same, buffers: these, done }) if all && (same, these) == (fd, buffers) => {
            done
        }
        _ => 0,
    };
    loop {
        let stream = Stream::Socket(socket);
        match ctx.read_stream(guest, stream, descriptor.flags, buffers, done, peek) {
            Ok(more) => {
                done = done.saturating_add(more);
                if !all || more == 0 || done >= total {
                    break;
                }
            }
            Err(Failure::NotReady) => {
                ctx.begun = all.then_some(Begun::Receive { fd, buffers, done });
                return Err(Failure::NotReady);
            }
            // It will come again.
            Err(_) if done > 0 => break,
            Err(failure) => return Err(failure),
        }
    }
    guest.write_u32(count, done)?;
    // The one flag there is tells of datagrams that were cut off.
    Ok(guest.write(received, &[0, 0])?)
}

/// No flags are defined.
pub(crate) fn sock_send(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    fd: u32,
    buffers: IoVecs,
    flags: u32,
    count: u32,
) -> Answer<()> {
    let (descriptor, socket) = socket(ctx, fd, Rights::FD_WRITE)?;
    if flags != 0 {
        return Err(Errno::Inval.into());
    }
    guest.check_io_vecs(buffers, ctx.limits.io_vecs, count)?;
    let done = ctx.write_stream(guest, Stream::Socket(socket), descriptor.flags, buffers)?;
    Ok(guest.write_u32(count, done)?)
}

pub(crate) fn sock_shutdown(ctx: &mut WasiCtx, _guest: &mut Guest<'_>, fd: u32, how: SdFlags) -> Answer<()> {
    let (_, socket) = socket(ctx, fd, Rights::SOCK_SHUTDOWN)?;
    ctx.net.shutdown(socket, how)
}

/// The socket behind `fd`.
fn socket(ctx: &WasiCtx, fd: u32, rights: Rights) -> Result<(Descriptor, Handle), Errno> {
    let descriptor = *ctx.descriptors.get(fd)?;
    let Object::Stream(Stream::Socket(socket)) = descriptor.object else { return Err(Errno::Notsock) };
    descriptor.require(rights)?;
    Ok((descriptor, socket))
}
