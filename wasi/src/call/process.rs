//! The program as a whole.

use crate::Errno;
use crate::abi::calls::Outcome;
use crate::abi::guest::Guest;
use crate::backend::{Answer, Failure, Pause};
use crate::ctx::{Begun, WasiCtx};

pub(crate) fn proc_exit(_ctx: &mut WasiCtx, _guest: &mut Guest<'_>, status: u32) -> Outcome {
    Outcome::Exit(status.cast_signed())
}

/// There are no signals: a guest ends itself by `proc_exit` or a trap.
pub(crate) fn proc_raise(_ctx: &mut WasiCtx, _guest: &mut Guest<'_>, _signal: u32) -> Answer<()> {
    Err(Errno::Notsup.into())
}

pub(crate) fn sched_yield(ctx: &mut WasiCtx, _guest: &mut Guest<'_>) -> Answer<()> {
    if ctx.begun.take() == Some(Begun::Yield) {
        return Ok(());
    }
    let answer = ctx.wait.pause(&Pause::default());
    ctx.begun = (answer == Err(Failure::NotReady)).then_some(Begun::Yield);
    answer
}
