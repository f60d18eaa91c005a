//! Time.

use super::Answer;
use crate::Errno;
use crate::abi::types::ClockId;

/// Tells the time, in nanoseconds.
///
/// ```
/// use whit_wasi::backend::{Answer, Clock};
/// use whit_wasi::{ClockId, Errno};
///
/// /// A board that counts milliseconds since it was started, and knows no date.
/// struct Ticks(u64);
///
/// impl Clock for Ticks {
///     fn now(&mut self, clock: ClockId) -> Answer<u64> {
///         match clock {
///             ClockId::Realtime | ClockId::Monotonic => Ok(self.0 * 1_000_000),
///             _ => Err(Errno::Inval.into()),
///         }
///     }
///
///     fn resolution(&mut self, _: ClockId) -> Answer<u64> {
///         Ok(1_000_000)
///     }
/// }
///
/// assert_eq!(Ticks(3).now(ClockId::Monotonic), Ok(3_000_000));
/// ```
pub trait Clock: Send {
    /// The time of `clock`; [`Errno::Inval`] if there is no such clock here.
    fn now(&mut self, clock: ClockId) -> Answer<u64>;

    /// The smallest step of `clock`, not zero.
    fn resolution(&mut self, clock: ClockId) -> Answer<u64>;
}

/// No clock at all: every question answers [`Errno::Inval`].
#[derive(Clone, Copy, Debug, Default)]
pub struct NoClock;

impl Clock for NoClock {
    fn now(&mut self, _: ClockId) -> Answer<u64> {
        Err(Errno::Inval.into())
    }

    fn resolution(&mut self, _: ClockId) -> Answer<u64> {
        Err(Errno::Inval.into())
    }
}
