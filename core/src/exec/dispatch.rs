//! From one instruction to the next: the only place that chooses how.
//!
//! `build.rs` sets `whit_tail_calls` where the compiler turns a handler's last call into a jump. It does not do so for
//! handlers with the checks of a debug build: they call functions that take the state's address.

#[cfg_attr(all(whit_tail_calls, not(debug_assertions)), path = "dispatch/tail.rs")]
#[cfg_attr(not(all(whit_tail_calls, not(debug_assertions))), path = "dispatch/loop.rs")]
mod dispatcher;

pub(super) use dispatcher::run;
