//! Tail calls: every handler ends with a jump to the next one, and the state stays in registers.

#![allow(unsafe_code)]

#[cfg(feature = "exceptions")]
use crate::exec::exception;
use crate::exec::handler::{Exit, Flow, Instruction, Outcome};
use crate::exec::operand::{A, Bits, I, S, Z};
#[cfg(whit_wide)]
use crate::exec::operand::{P0, P1};
use crate::exec::raw::{Branch, Context, State};
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

/// Calls `$entry` for the number `$index`, each of the first with a call of its own, or `$other`.
macro_rules! by_entry {
    ($index:ident, $entry:ident, $other:ident, $arguments:tt) => {
        match $index {
            0 => $entry::<0> $arguments, 1 => $entry::<1> $arguments,
            2 => $entry::<2> $arguments, 3 => $entry::<3> $arguments,
            4 => $entry::<4> $arguments, 5 => $entry::<5> $arguments,
            6 => $entry::<6> $arguments, 7 => $entry::<7> $arguments,
            8 => $entry::<8> $arguments, 9 => $entry::<9> $arguments,
            10 => $entry::<10> $arguments, 11 => $entry::<11> $arguments,
            12 => $entry::<12> $arguments, 13 => $entry::<13> $arguments,
            14 => $entry::<14> $arguments, 15 => $entry::<15> $arguments,
            16 => $entry::<16> $arguments, 17 => $entry::<17> $arguments,
            18 => $entry::<18> $arguments, 19 => $entry::<19> $arguments,
            20 => $entry::<20> $arguments, 21 => $entry::<21> $arguments,
            22 => $entry::<22> $arguments, 23 => $entry::<23> $arguments,
            24 => $entry::<24> $arguments, 25 => $entry::<25> $arguments,
            26 => $entry::<26> $arguments, 27 => $entry::<27> $arguments,
            28 => $entry::<28> $arguments, 29 => $entry::<29> $arguments,
            30 => $entry::<30> $arguments, 31 => $entry::<31> $arguments,
            _ => $other $arguments,
        }
    };
}

macro_rules! define {
    ([$($name:ident: $ty:ty),*]) => {
        type Handler = unsafe extern "C" fn($($ty),*) -> Outcome;

        /// Does one instruction and jumps to the next.
        unsafe extern "C" fn handler<T: Instruction, const OPCODE: usize>($($name: $ty),*) -> Outcome {
            line();
            let mut state = State { $($name),* };
            match T::execute(&mut state) {
                Flow::Next => {
                    let next = next(state.ip);
                    // SAFETY: handlers and state belong together; `next` gave the handler of the instruction at `ip`.
                    unsafe { next($(state.$name),*) }
                }
                Flow::Taken => {
                    state.guess(Branch::Conditional(OPCODE));
                    let next = apart::<0>(next(state.ip));
                    // SAFETY: as above.
                    unsafe { next($(state.$name),*) }
                }
                // SAFETY: `state` stands before a table.
                Flow::Table => unsafe { branch_table($(state.$name),*) },
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

        /// Goes on at the entry that the accumulator chooses of the branch table before which `ip` stands.
        ///
        /// By a jump of the machine for each of the first entries: where control goes is predicted then. If the entry's
        /// address were computed from its number, all that follows would wait for that, as it reads from there.
        #[inline(never)]
        unsafe extern "C" fn branch_table($($name: $ty),*) -> Outcome {
            let mut state = State { $($name),* };
            let index = state.chosen_entry();
            state.acc = index.into();
            // SAFETY: `ip` stands before a branch table that has this entry.
            unsafe { by_entry!(index, entry, far_entry, ($(state.$name),*)) }
        }

        /// Goes on at entry `INDEX` of the branch table before which `ip` stands.
        #[inline(always)]
        unsafe extern "C" fn entry<const INDEX: u32>($($name: $ty),*) -> Outcome {
            let mut state = State { $($name),* };
            state.branch_entry(INDEX);
            state.guess(Branch::Entry(INDEX));
            let next = apart::<INDEX>(next(state.ip));
            // SAFETY: as in `handler`.
            unsafe { next($(state.$name),*) }
        }

        /// The same for the entry whose number the accumulator has.
        #[inline(always)]
        unsafe extern "C" fn far_entry($($name: $ty),*) -> Outcome {
            let mut state = State { $($name),* };
            state.branch_entry(state.acc as u32);
            let next = next(state.ip);
            // SAFETY: as in `handler`.
            unsafe { next($(state.$name),*) }
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
            Outcome::EXIT.opaque()
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

/// Makes the function that begins with this begin with a line of the machine's caches, which is what it decodes at a time.
#[inline(always)]
fn line() {
    // SAFETY: no instruction is executed but perhaps one of a byte that does nothing. The directive counts for the section,
    // which each function has to itself; where it has not, the directive does nothing.
    unsafe { core::arch::asm!(".p2align 6, , 1", options(nomem, nostack, preserves_flags)) }
}

/// The handler of the instruction at `ip`.
#[inline(always)]
fn next(ip: CodePointer) -> Handler {
    // SAFETY: `translate` emits only opcodes of the table, and `ip` stands at one.
    unsafe { *HANDLERS.as_ptr().add(usize::from(ip.unit(0))) }
}

/// The same handler, in a way that keeps the compiler from merging this jump with others of the same function, which have
/// no `SITE` or another one: each then has its own place in the branch predictor.
#[inline(always)]
#[expect(clippy::pointers_in_nomem_asm_block, reason = "nothing reads what is at the address")]
fn apart<const SITE: u32>(handler: Handler) -> Handler {
    let mut handler = handler;
    // SAFETY: no instruction is executed.
    unsafe {
        core::arch::asm!(
            "/* {0} {1} */", inout(reg) handler, const SITE, options(pure, nomem, nostack, preserves_flags),
        );
    }
    handler
}

macro_rules! handlers {
    ($($opcode:literal $instruction:ty,)*) => {
        static HANDLERS: [Handler; OPCODES + FUSED.len()] = [$(handler::<$instruction, $opcode>,)*];
    };
}

include!(concat!(env!("OUT_DIR"), "/handlers.rs"));
