//! A match in a loop, for targets and builds where tail calls do not become jumps.

#![allow(unsafe_code)]

#[cfg(feature = "exceptions")]
use crate::exec::exception;
use crate::exec::handler::{Exit, Flow, Instruction};
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

/// Runs from `state` until an instruction exits, which it returns; saves the state then.
pub(crate) fn run(context: &mut Context, mut state: State) -> Exit {
    // From here until the run ends, the context is reached through the state alone.
    state.context = context;
    let exit = dispatch(&mut state);
    context.saved = state;
    context.exit = exit;
    exit
}

macro_rules! handlers {
    ($($opcode:literal $instruction:ty,)*) => {
        fn dispatch(stopped: &mut State) -> Exit {
            let mut state = *stopped;
            loop {
                #[cfg(feature = "profile")]
                crate::exec::profile::count(state.ip);
                let flow = match state.unit(0) {
                    $($opcode => <$instruction>::execute(&mut state),)*
                    // SAFETY: `translate` emits only opcodes of the table.
                    _ => unsafe { core::hint::unreachable_unchecked() },
                };
                if let Flow::Exit(exit) = flow {
                    *stopped = state;
                    return exit;
                }
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/handlers.rs"));
