//! Clocks.

use crate::abi::guest::Guest;
use crate::abi::types::ClockId;
use crate::backend::Answer;
use crate::ctx::WasiCtx;

pub(crate) fn clock_res_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    id: ClockId,
    resolution: u32,
) -> Answer<()> {
    let value = ctx.clock.resolution(id)?;
    Ok(guest.write_u64(resolution, value)?)
}

/// The precision that the guest asks for is not needed: every answer is as precise as the clock is.
pub(crate) fn clock_time_get(
    ctx: &mut WasiCtx,
    guest: &mut Guest<'_>,
    id: ClockId,
    _precision: u64,
    time: u32,
) -> Answer<()> {
    let value = ctx.clock.now(id)?;
    Ok(guest.write_u64(time, value)?)
}
