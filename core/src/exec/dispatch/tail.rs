//! Tail calls: every handler ends with a jump to the next one, and the state stays in registers.

#![allow(unsafe_code)]

#[cfg(feature = "exceptions")]
use crate::exec::exception;
use crate::exec::handler::{Exit, Flow, Instruction, Outcome};
use crate::exec::operand::{A, Bits, I, S, Z};
#[cfg(whit_wide)]
use crate::exec::operand::{P0, P1};
use crate::exec::raw::{Context, State};
#[cfg(whit_wide)]
use crate::exec::sequence;
#[cfg(feature = "simd")]
use crate::exec::simd;
use crate::exec::{call, control, memory, numeric, table, variable};
#[cfg(feature = "gc")]
use crate::exec::{object, reference};
use crate::ir::HEADER;
use crate::ops::{self, FUSED, OPCODES};
use crate::raw::CodePointer;

/// Calls the macro `$then` with the names and types of a handler's parameters: the only place that spells them.
macro_rules! with_registers {
    ($then:ident $($argument:tt)*) => {
        $then! {
            [ip: CodePointer, sp: *mut u64, context: *mut Context, acc: u64, p0: u64, p1: u64, f32: f32, f64: f64]
            $($argument)*
        }
    };
}

macro_rules! define {
    ([$($name:ident: $ty:ty),*]) => {
        type Handler = unsafe extern "C" fn($($ty),*) -> Outcome;

        /// Does one instruction and jumps to the next.
        unsafe extern "C" fn handler<T: Instruction>($($name: $ty),*) -> Outcome {
            let mut state = State { $($name),* };
            match T::execute(&mut state) {
                Flow::Next => {
                    let next = next(state.ip);
                    // SAFETY: handlers and state belong together; `next` gave the handler of the instruction at `ip`.
                    unsafe { next($(state.$name),*) }
                }
                Flow::Taken => {
                    let next = apart(next(state.ip));
                    // SAFETY: as above.
                    unsafe { next($(state.$name),*) }
                }
                Flow::Call(call) => state.stop_for(call),
                Flow::Exit(Exit::Finish) => state.finish(),
                // SAFETY: `out_of_bounds` asks for nothing but a state.
                Flow::Exit(Exit::OUT_OF_BOUNDS) => unsafe { out_of_bounds($(state.$name),*) },
                Flow::Exit(exit) => {
                    state.context_mut().exit = exit;
                    // SAFETY: `stop` asks for nothing but a state.
                    unsafe { stop($(state.$name),*) }
                }
            }
        }

        /// The end of a run for [`Exit::OUT_OF_BOUNDS`]: none of so many handlers says which exit it is.
        #[cold]
        #[inline(never)]
        unsafe extern "C" fn out_of_bounds($($name: $ty),*) -> Outcome {
            let mut state = State { $($name),* };
            state.context_mut().exit = Exit::OUT_OF_BOUNDS;
            // SAFETY: `stop` asks for nothing but a state.
            unsafe { stop($(state.$name),*) }
        }

        /// The end of a run for any other exit, apart from the handlers: none of them saves all.
        #[cold]
        #[inline(never)]
        unsafe extern "C" fn stop($($name: $ty),*) -> Outcome {
            State { $($name),* }.save();
            exited()
        }

        /// Runs from `state` until an instruction exits. Then the context says why and has what goes on of the state;
        /// the rest is returned.
        pub(crate) fn run(context: &mut Context, mut state: State) -> Outcome {
            // From here until the run ends, the context is reached through the state alone.
            state.context = context;
            let first = next(state.ip);
            // SAFETY: the driver gives a state that stands at an instruction, with a context filled from the store.
            unsafe { first($(state.$name),*) }
        }
    };
}

with_registers!(define);

/// The handler of the instruction at `ip`.
#[inline(always)]
fn next(ip: CodePointer) -> Handler {
    // SAFETY: `translate` emits only opcodes of the table, and `ip` stands at one.
    unsafe { *HANDLERS.as_ptr().add(usize::from(ip.unit(0))) }
}

/// The same handler, in a way that keeps the compiler from merging this jump with another of the same instruction:
/// each side of a conditional branch then has its own place in the branch predictor.
#[inline(always)]
#[expect(clippy::pointers_in_nomem_asm_block, reason = "nothing reads what is at the address")]
fn apart(handler: Handler) -> Handler {
    let mut handler = handler;
    // SAFETY: no instruction is executed.
    unsafe {
        core::arch::asm!("/* {0} */", inout(reg) handler, options(pure, nomem, nostack, preserves_flags));
    };
    handler
}

/// [`Outcome::EXIT`], hidden from the compiler: it would put the constant in place of what `stop` returns, and handlers
/// would call `stop` instead of jumping to it.
#[inline(always)]
fn exited() -> Outcome {
    let mut outcome = Outcome::EXIT;
    // SAFETY: no instruction is executed.
    unsafe {
        core::arch::asm!(
            "/* {0} {1} */", inout(reg) outcome.callee, inout(reg) outcome.bits,
            options(pure, nomem, nostack, preserves_flags),
        );
    };
    outcome
}

macro_rules! handlers {
    ($($opcode:literal $instruction:ty,)*) => {
        static HANDLERS: [Handler; OPCODES + FUSED.len()] = [$(handler::<$instruction>,)*];
    };
}

include!(concat!(env!("OUT_DIR"), "/handlers.rs"));
