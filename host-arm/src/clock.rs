//! Time since start, from the processor's own timer.

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::interrupt;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{SCB, SYST};

use crate::board::CLOCK_HZ;

const TICKS_PER_SECOND: u32 = 1000;
const CYCLES_PER_TICK: u32 = CLOCK_HZ / TICKS_PER_SECOND;
const CYCLES_PER_MICROSECOND: u32 = CLOCK_HZ / 1_000_000;

/// Ticks since start; the high half is added when the low half wraps.
static TICKS: AtomicU32 = AtomicU32::new(0);
static WRAPS: AtomicU32 = AtomicU32::new(0);

/// Starts counting.
pub(crate) fn start(timer: &mut SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(CYCLES_PER_TICK - 1);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

#[cortex_m_rt::exception]
fn SysTick() {
    if TICKS.fetch_add(1, Ordering::Relaxed) == u32::MAX {
        WRAPS.fetch_add(1, Ordering::Relaxed);
    }
}

/// Microseconds since start.
pub(crate) fn microseconds() -> u64 {
    let (ticks, cycles) = interrupt::free(|_| {
        let before = SYST::get_current();
        // A tick that waits to be counted: where interrupts were masked, or since the line above.
        let waiting = SCB::is_pendst_pending();
        let current = if waiting { SYST::get_current() } else { before };
        let ticks = u64::from(WRAPS.load(Ordering::Relaxed)) << 32 | u64::from(TICKS.load(Ordering::Relaxed));
        (ticks + u64::from(waiting), CYCLES_PER_TICK.saturating_sub(1 + current))
    });
    ticks * u64::from(1_000_000 / TICKS_PER_SECOND) + u64::from(cycles / CYCLES_PER_MICROSECOND)
}
