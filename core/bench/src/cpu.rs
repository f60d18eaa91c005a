//! CPU time, which other programs on the machine change little.

use std::time::Duration;

use anyhow::Result;
use nix::time::{ClockId, clock_gettime};

/// What this thread has used.
pub(crate) fn of_thread() -> Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?.into())
}
