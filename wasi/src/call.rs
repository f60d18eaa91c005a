//! The functions of preview 1. Each decodes what is left to decode, asks the context, and encodes the answer.

pub(crate) mod args;
pub(crate) mod clock;
pub(crate) mod dir;
pub(crate) mod fd_io;
pub(crate) mod fd_meta;
pub(crate) mod path;
pub(crate) mod poll;
pub(crate) mod process;
pub(crate) mod random;
pub(crate) mod sock;

use crate::Errno;
use crate::abi::types::{ClockId, FstFlags};
use crate::backend::{Answer, SetTimes};
use crate::ctx::WasiCtx;

/// The times that `flags` asks for.
fn times(ctx: &mut WasiCtx, accessed: u64, modified: u64, flags: FstFlags) -> Answer<SetTimes> {
    let mut one = |given: FstFlags, present: FstFlags, time: u64| match (
        flags.contains(given),
        flags.contains(present),
    ) {
        (true, true) => Err(Errno::Inval.into()),
        (true, false) => Ok(Some(time)),
        (false, true) => ctx.clock.now(ClockId::Realtime).map(Some),
        (false, false) => Ok(None),
    };
    Ok(SetTimes {
        accessed: one(FstFlags::ATIM, FstFlags::ATIM_NOW, accessed)?,
        modified: one(FstFlags::MTIM, FstFlags::MTIM_NOW, modified)?,
    })
}
