//! Tail calls: every handler ends with a jump to the next one, and the state stays in registers.

#![allow(unsafe_code)]

#[cfg(feature = "exceptions")]
use crate::exec::exception;
use crate::exec::handler::{Exit, Flow, ForeignCall, Instruction};
use crate::exec::operand::{A, I, S, Z};
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
use crate::ops::{self, FUSED, OPCODES};
use crate::raw::CodePointer;

/// The same value, which the compiler knows nothing about.
///
/// It keeps a jump to the next handler from being merged with another of the same instruction: each side of a
/// conditional branch then has its own place in the branch predictor.
macro_rules! opaque {
    ($value:expr) => {{
        let mut value = $value;
        // SAFETY: no instruction is executed.
        unsafe {
            core::arch::asm!("/* {0} */", inout(reg) value, options(pure, nomem, nostack, preserves_flags));
        };
        value
    }};
}

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
        type Handler = unsafe extern "C" fn($($ty),*) -> ForeignCall;

        /// Does one instruction and jumps to the next.
        unsafe extern "C" fn handler<T: Instruction>($($name: $ty),*) -> ForeignCall {
            let mut state = State { $($name),* };
            match T::execute(&mut state) {
                Flow::Next => {
                    let next = next(state.ip);
                    // SAFETY: handlers and state belong together; `next` gave the handler of the instruction at `ip`.
                    unsafe { next($(state.$name),*) }
                }
                Flow::Taken => {
                    let next = opaque!(next(state.ip));
                    // SAFETY: as above.
                    unsafe { next($(state.$name),*) }
                }
                Flow::Call(call) => {
                    state.context_mut().exit = Exit::Foreign;
                    state.save_for_call();
                    call
                }
                Flow::Exit(exit) => {
                    state.context_mut().exit = exit;
                    // SAFETY: `stop` asks for nothing but a state.
                    unsafe { stop($(state.$name),*) }
                }
            }
        }

        /// Saves the state for the driver.
        #[cold]
        #[inline(never)]
        unsafe extern "C" fn stop($($name: $ty),*) -> ForeignCall {
            let mut state = State { $($name),* };
            let saved = state;
            state.context_mut().saved = saved;
            // As if it were not known: the jumps to here would become calls, followed by the constant.
            ForeignCall { callee: opaque!(ForeignCall::NONE.callee), arguments: opaque!(ForeignCall::NONE.arguments) }
        }

        /// Runs from `state` until an instruction exits, which it returns; saves the state then.
        pub(crate) fn run(context: &mut Context, mut state: State) -> ForeignCall {
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

macro_rules! handlers {
    ($($opcode:literal $instruction:ty,)*) => {
        static HANDLERS: [Handler; OPCODES + FUSED.len()] = [$(handler::<$instruction>,)*];
    };
}

include!(concat!(env!("OUT_DIR"), "/handlers.rs"));
