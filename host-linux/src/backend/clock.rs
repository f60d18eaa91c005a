//! The system's clocks.

use rustix::time::{ClockId as SystemClockId, Timespec, clock_getres, clock_gettime};
use whit_wasi::ClockId;
use whit_wasi::backend::{Answer, Clock};

/// The system's clocks.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&mut self, clock: ClockId) -> Answer<u64> {
        Ok(nanoseconds(clock_gettime(system(clock))))
    }

    fn resolution(&mut self, clock: ClockId) -> Answer<u64> {
        Ok(nanoseconds(clock_getres(system(clock))).max(1))
    }
}

fn system(clock: ClockId) -> SystemClockId {
    match clock {
        ClockId::Realtime => SystemClockId::Realtime,
        ClockId::Monotonic => SystemClockId::Monotonic,
        ClockId::ProcessCputime => SystemClockId::ProcessCPUTime,
        ClockId::ThreadCputime => SystemClockId::ThreadCPUTime,
    }
}

/// A time before 1970 or after 2554 does not fit and becomes the nearest that does.
fn nanoseconds(time: Timespec) -> u64 {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(time.tv_nsec).unwrap_or(0))
}
