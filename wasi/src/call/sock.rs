//! Sockets: there is no way to give a guest one, so a descriptor is never a socket.

use crate::Errno;
use crate::abi::guest::{Guest, IoVecs};
use crate::abi::types::FdFlags;
use crate::backend::Answer;
use crate::ctx::WasiCtx;

pub(crate) fn sock_accept(
    ctx: &mut WasiCtx,
    _guest: &mut Guest<'_>,
    fd: u32,
    _flags: FdFlags,
    _accepted: u32,
) -> Answer<()> {
    refuse(ctx, fd)
}

pub(crate) fn sock_recv(
    ctx: &mut WasiCtx,
    _guest: &mut Guest<'_>,
    fd: u32,
    _buffers: IoVecs,
    _flags: u32,
    _count: u32,
    _received: u32,
) -> Answer<()> {
    refuse(ctx, fd)
}

pub(crate) fn sock_send(
    ctx: &mut WasiCtx,
    _guest: &mut Guest<'_>,
    fd: u32,
    _buffers: IoVecs,
    _flags: u32,
    _count: u32,
) -> Answer<()> {
    refuse(ctx, fd)
}

pub(crate) fn sock_shutdown(ctx: &mut WasiCtx, _guest: &mut Guest<'_>, fd: u32, _how: u32) -> Answer<()> {
    refuse(ctx, fd)
}

fn refuse(ctx: &mut WasiCtx, fd: u32) -> Answer<()> {
    ctx.descriptors.get(fd)?;
    Err(Errno::Notsock.into())
}
