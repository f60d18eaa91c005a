//! A match in a loop, for targets and builds where tail calls do not become jumps.

#![allow(unsafe_code)]

#[cfg(feature = "exceptions")]
use crate::exec::exception;
use crate::exec::handler::{Exit, Flow, Instruction, Outcome};
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

/// Runs from `state` until an instruction exits. Then the context says why and has what goes on of the state; the rest
/// is returned.
pub(crate) fn run(context: &mut Context, mut state: State) -> Outcome {
    // From here until the run ends, the context is reached through the state alone.
    state.context = context;
    dispatch(state)
}

macro_rules! handlers {
    ($($opcode:literal $instruction:ty,)*) => {
        fn dispatch(mut state: State) -> Outcome {
            loop {
                #[cfg(feature = "profile")]
                crate::exec::profile::count(state.ip);
                let flow = match state.unit(0) {
                    $($opcode => <$instruction>::execute(&mut state),)*
                    // SAFETY: `translate` emits only opcodes of the table.
                    _ => unsafe { core::hint::unreachable_unchecked() },
                };
                match flow {
                    Flow::Next | Flow::Taken => {}
                    Flow::Call(call) => return state.stop_for(call),
                    Flow::Exit(Exit::Finish) => return state.finish(),
                    Flow::Exit(exit) => {
                        let mut stopped = state;
                        stopped.context_mut().exit = exit;
                        stopped.save();
                        return Outcome::EXIT;
                    }
                }
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/handlers.rs"));
