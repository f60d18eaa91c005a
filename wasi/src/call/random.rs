//! Randomness.

use crate::abi::guest::{Guest, Region};
use crate::backend::Answer;
use crate::ctx::WasiCtx;

pub(crate) fn random_get(ctx: &mut WasiCtx, guest: &mut Guest<'_>, buffer: Region) -> Answer<()> {
    ctx.random.fill(guest.bytes_mut(buffer)?)
}
