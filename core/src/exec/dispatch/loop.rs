//! A match in a loop, for targets and builds where tail calls do not become jumps.

#![allow(unsafe_code)]

#[cfg(feature = "exceptions")]
use crate::exec::exception;
use crate::exec::handler::{Exit, Flow, ForeignCall, Instruction};
use crate::exec::operand::{A, I, S, Z};
#[cfg(whit_wide)]
use crate::exec::operand::{P0, P1};
use crate::exec::raw::{Context, State};
#[cfg(all(whit_tail_calls, whit_wide))]
use crate::exec::sequence;
#[cfg(feature = "simd")]
use crate::exec::simd;
use crate::exec::{call, control, memory, numeric, table, variable};
#[cfg(feature = "gc")]
use crate::exec::{object, reference};
use crate::ops;

/// Runs from `state` until an instruction exits. Then the context says why and has what goes on of the state; a call
/// for which it exits is returned.
pub(crate) fn run(context: &mut Context, mut state: State) -> ForeignCall {
    // From here until the run ends, the context is reached through the state alone.
    state.context = context;
    let (exit, call) = dispatch(&mut state);
    state.exit(exit);
    call
}

macro_rules! handlers {
    ($($opcode:literal $instruction:ty,)*) => {
        fn dispatch(stopped: &mut State) -> (Exit, ForeignCall) {
            let mut state = *stopped;
            loop {
                #[cfg(feature = "profile")]
                crate::exec::profile::count(state.ip);
                let flow = match state.unit(0) {
                    $($opcode => <$instruction>::execute(&mut state),)*
                    // SAFETY: `translate` emits only opcodes of the table.
                    _ => unsafe { core::hint::unreachable_unchecked() },
                };
                let (exit, call) = match flow {
                    Flow::Next | Flow::Taken => continue,
                    Flow::Call(call) => (Exit::Foreign, call),
                    Flow::Exit(exit) => (exit, ForeignCall::NONE),
                };
                *stopped = state;
                return (exit, call);
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/handlers.rs"));
