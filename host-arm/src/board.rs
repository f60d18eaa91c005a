//! The chosen board. Everything that depends on a chip is in the board's folder.
//!
//! A board offers `CLOCK_HZ`, the clock of the processor once `start` has run; `HEAP_BYTES`, what its RAM can spare;
//! and `start() -> Console`, whose `write` sends a byte and whose `read` gives a received byte if there is one.

#[cfg(feature = "mps2-an386")]
mod mps2_an386;
#[cfg(feature = "mps2-an386")]
pub(crate) use mps2_an386::{CLOCK_HZ, Console, HEAP_BYTES, start};

#[cfg(feature = "netduinoplus2")]
mod netduinoplus2;
#[cfg(feature = "netduinoplus2")]
pub(crate) use netduinoplus2::{CLOCK_HZ, Console, HEAP_BYTES, start};
