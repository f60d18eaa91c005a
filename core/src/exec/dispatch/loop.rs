//! A match in a loop, for targets and builds where tail calls do not become jumps.

#![allow(unsafe_code)]

#[cfg(feature = "exceptions")]
use crate::exec::exception;
use crate::exec::handler::{Exit, Flow, ForeignCall, Instruction, Outcome};
use crate::exec::operand::{A, Bits, I, S, Z};
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
use crate::ir::HEADER;
use crate::ops;

/// Runs from `state` until an instruction exits. Then the context says why and has what goes on of the state; the rest
/// is returned.
pub(crate) fn run(context: &mut Context, mut state: State) -> Outcome {
    // From here until the run ends, the context is reached through the state alone.
    state.context = context;
    match dispatch(&mut state) {
        Ok(call) => state.stop_for(call),
        Err(Exit::Finish) => state.finish(),
        Err(exit) => {
            state.context_mut().exit = exit;
            state.save();
            Outcome::EXIT
        }
    }
}

macro_rules! handlers {
    ($($opcode:literal $instruction:ty,)*) => {
        /// Runs from `stopped` until an instruction exits, and leaves the state there. What of it goes on is saved
        /// outside of the match, which would get a copy of that for each instruction.
        fn dispatch(stopped: &mut State) -> Result<ForeignCall, Exit> {
            let mut state = *stopped;
            loop {
                #[cfg(feature = "profile")]
                crate::exec::profile::count(state.ip);
                let flow = match state.unit(0) {
                    $($opcode => <$instruction>::execute(&mut state),)*
                    // SAFETY: `translate` emits only opcodes of the table.
                    _ => unsafe { core::hint::unreachable_unchecked() },
                };
                let ended = match flow {
                    Flow::Next | Flow::Taken | Flow::Table => continue,
                    Flow::Call(call) => Ok(call),
                    Flow::Exit(exit) => Err(exit),
                };
                *stopped = state;
                return ended;
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/handlers.rs"));
