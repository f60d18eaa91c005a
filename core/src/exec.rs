//! Execution of the IR.
//!
//! The executor knows nothing of the embedder's data: an [`Invocation`] runs until it is done or needs the host.

mod atomic;
mod backtrace;
mod call;
mod cold;
mod control;
mod dispatch;
#[cfg(feature = "exceptions")]
mod exception;
mod frame;
mod handler;
#[cfg(feature = "gc")]
mod heap;
mod invocation;
mod memory;
mod numeric;
#[cfg(feature = "gc")]
mod object;
mod operand;
#[cfg(feature = "profile")]
pub(crate) mod profile;
mod raw;
#[cfg(feature = "gc")]
mod reference;
mod sequence;
#[cfg(feature = "simd")]
mod simd;
mod table;
#[cfg(test)]
mod tests;
mod variable;

pub(crate) use handler::Outcome;
use handler::{Exit, ForeignCall};
pub(crate) use invocation::{HostCall, Invocation, Stop};

/// How this build goes from one instruction to the next: by `tail calls` or a `match loop`.
pub const DISPATCH: &str =
    if cfg!(all(whit_tail_calls, not(debug_assertions))) { "tail calls" } else { "match loop" };
