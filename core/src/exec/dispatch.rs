//! From one instruction to the next: the only place that chooses how.
//!
//! `build.rs` sets `whit_tail_calls` where the compiler turns a handler's last call into a jump.

#[cfg_attr(whit_tail_calls, path = "dispatch/tail.rs")]
#[cfg_attr(not(whit_tail_calls), path = "dispatch/loop.rs")]
mod dispatcher;

pub(super) use dispatcher::run;
