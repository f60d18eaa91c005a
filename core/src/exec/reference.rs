//! Handlers of calls by reference.

use core::marker::PhantomData;

use crate::exec::handler::{Exit, Flow, ForeignCall, Instruction};
use crate::exec::operand::Source;
use crate::exec::raw::State;
use crate::trap::Trap;

/// Calls the function that a reference points at.
pub(crate) struct CallRef<const PINS: usize, L>(PhantomData<L>);

impl<const PINS: usize, L: Source<u64>> Instruction for CallRef<PINS, L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS;
        let Some(entity) = state.referenced(L::get(state, 1)) else {
            return Flow::Exit(Exit::Trap(Trap::NullFunctionReference));
        };
        let arguments = state.unit(at);
        if entity.instance != state.context().instance {
            state.advance(at + 1);
            return Flow::Call(ForeignCall::new(state, entity, arguments));
        }
        state.keep_pins::<PINS>();
        state.call(entity.index, arguments, at + 1);
        Flow::Next
    }
}

/// Calls the function that a reference points at in place of this frame.
pub(crate) struct ReturnCallRef<L>(PhantomData<L>);

impl<L: Source<u64>> Instruction for ReturnCallRef<L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS;
        let Some(entity) = state.referenced(L::get(state, 1)) else {
            return Flow::Exit(Exit::Trap(Trap::NullFunctionReference));
        };
        let arguments = state.replace_frame(state.unit(at), state.unit(at + 1), state.unit(at + 2));
        if entity.instance != state.context().instance {
            return Flow::Call(ForeignCall::new(state, entity, arguments));
        }
        state.call(entity.index, arguments, 0);
        Flow::Next
    }
}

/// Traps if a reference is null.
pub(crate) struct AsNonNull<L>(PhantomData<L>);

impl<L: Source<u64>> Instruction for AsNonNull<L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        if L::get(state, 1) == 0 {
            return Flow::Exit(Exit::Trap(Trap::NullReference));
        }
        state.advance(1 + L::UNITS);
        Flow::Next
    }
}
