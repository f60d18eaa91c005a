//! Handlers of branches, fuel, and the operations that the driver does.

use core::marker::PhantomData;

use crate::exec::handler::{Exit, Flow, Instruction};
use crate::exec::numeric::branch_if;
use crate::exec::operand::Source;
use crate::exec::raw::{Branch, State};
use crate::trap::Trap;

/// `continue at the target`
pub(crate) struct Br;

impl Instruction for Br {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        state.branch(1);
        state.guess(Branch::Unconditional);
        Flow::Next
    }
}

/// `continue at the target if src is not zero`
pub(crate) struct BrIf<L>(PhantomData<L>);

impl<L: Source<u32>> Instruction for BrIf<L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let condition = L::get(state, 1) != 0;
        branch_if(state, condition, 1 + L::UNITS)
    }
}

/// `continue at the target if src is zero`
pub(crate) struct BrUnless<L>(PhantomData<L>);

impl<L: Source<u32>> Instruction for BrUnless<L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let condition = L::get(state, 1) == 0;
        branch_if(state, condition, 1 + L::UNITS)
    }
}

/// `continue at target number src`
///
/// The immediate is the number of the last target; a target of two units each follows, relative to the unit before the
/// immediate.
pub(crate) struct BrTable<L>(PhantomData<L>);

impl<L: Source<u32>> Instruction for BrTable<L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let index = L::get(state, 1);
        state.acc = index.into();
        state.advance(L::UNITS);
        // A loop goes on from here: with another way on, its match takes the compiler many minutes.
        if cfg!(all(whit_tail_calls, not(debug_assertions))) {
            return Flow::Table;
        }
        state.branch_entry(state.chosen_entry());
        Flow::Next
    }
}

/// Traps.
pub(crate) struct Unreachable;

impl Instruction for Unreachable {
    #[inline(always)]
    fn execute(_state: &mut State) -> Flow {
        Flow::Exit(Exit::Trap(Trap::Unreachable))
    }
}

/// Stands for opcodes that translation never writes: those of operands that it would have swapped, and of operations
/// that the build does without.
pub(crate) struct Never;

impl Instruction for Never {
    #[inline(always)]
    fn execute(_state: &mut State) -> Flow {
        Flow::Exit(Exit::Trap(Trap::Unreachable))
    }
}

/// Charges fuel, or stops before anything is done that it pays for: the driver then gives back what was charged.
pub(crate) struct Fuel;

impl Fuel {
    /// What the instruction at `ip` charges.
    #[inline(always)]
    pub(super) fn cost(state: &State) -> i64 {
        i64::from(state.unit32(1))
    }
}

impl Instruction for Fuel {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let cost = Self::cost(state);
        let left = &mut state.context_mut().fuel;
        *left -= cost;
        if *left < 0 {
            return Flow::Exit(Exit::Fuel);
        }
        state.advance(3);
        Flow::Next
    }
}

/// Whatever needs the store: the driver decodes it.
pub(crate) struct Cold;

impl Instruction for Cold {
    #[inline(always)]
    fn execute(_state: &mut State) -> Flow {
        Flow::Exit(Exit::Cold)
    }
}
