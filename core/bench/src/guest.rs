//! What a program in this process sees of the world: the same for every engine, by Whit's WASI crate.
//!
//! [`WasiCtx::call`] works on any engine's memory, so engines differ only in how their host functions reach it.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use whit_wasi::WasiCtx;
use whit_wasi::backend::{Answer, Clock, Random, Stdio};
use whit_wasi::{ClockId, Errno};

use crate::cpu;
use crate::program::Program;

/// What a program has written.
#[derive(Clone, Default)]
pub(crate) struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    /// Takes what was written so far.
    pub(crate) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Stdio for Output {
    fn write(&mut self, from: &[u8]) -> Answer<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(from);
        Ok(from.len())
    }
}

/// Tells this thread's CPU time: programs that time themselves, as CoreMark does, are not disturbed by others.
struct CpuClock;

impl Clock for CpuClock {
    fn now(&mut self, _: ClockId) -> Answer<u64> {
        let time = cpu::of_thread().map_err(|_| Errno::Io)?;
        Ok(u64::try_from(time.as_nanos()).map_err(|_| Errno::Overflow)?)
    }

    fn resolution(&mut self, _: ClockId) -> Answer<u64> {
        Ok(1)
    }
}

/// Always the same: runs are to be alike.
struct NotRandom;

impl Random for NotRandom {
    fn fill(&mut self, into: &mut [u8]) -> Answer<()> {
        into.fill(7);
        Ok(())
    }
}

/// The world of `program`, which writes to `output`.
pub(crate) fn world(program: &Program, output: &Output) -> Result<WasiCtx> {
    let builder = WasiCtx::builder().arg(&program.name);
    let builder = program.args.iter().fold(builder, |builder, argument| builder.arg(argument));
    let streams = builder.stdout(Box::new(output.clone()));
    Ok(streams.clock(Box::new(CpuClock)).random(Box::new(NotRandom)).build()?)
}
