//! Handlers of calls and returns.
//!
//! A call leaves in the registers where the arguments are (`acc`), where to return (`p0`) and which body is called
//! (`p1`), and goes to the entry of the callee: `Enter`, or `Translate` where there is no code yet.

use core::marker::PhantomData;

use crate::exec::handler::{Exit, Flow, ForeignCall, Instruction};
use crate::exec::operand::{Source, Target, Value};
use crate::exec::raw::State;

/// Makes a frame.
pub(crate) struct Enter<const ZERO: usize>;

impl<const ZERO: usize> Instruction for Enter<ZERO> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        if !state.enter::<ZERO>() {
            return Flow::Exit(Exit::StackFull);
        }
        state.advance(6);
        Flow::Next
    }
}

/// Calls a function of the instance.
pub(crate) struct Call<const PINS: usize>;

impl<const PINS: usize> Instruction for Call<PINS> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        state.keep_pins::<PINS>();
        state.call(state.unit32(1), state.unit(3), 4);
        Flow::Next
    }
}

/// Calls an imported function.
pub(crate) struct CallImport;

impl Instruction for CallImport {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let callee = state.imported_func(state.unit32(1)).entity;
        let arguments = state.unit(3);
        state.advance(4);
        Flow::Call(ForeignCall::new(state, callee, arguments))
    }
}

/// Calls through a table.
pub(crate) struct CallIndirect<const PINS: usize, L>(PhantomData<L>);

impl<const PINS: usize, L: Source<u32>> Instruction for CallIndirect<PINS, L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS;
        let index = L::get(state, 1);
        match state.indirect(state.unit(at + 2), index, state.unit32(at)) {
            Ok(entity) => {
                let arguments = state.unit(at + 3);
                if entity.instance != state.context().instance {
                    state.advance(at + 4);
                    return Flow::Call(ForeignCall::new(state, entity, arguments));
                }
                state.keep_pins::<PINS>();
                state.call(entity.index, arguments, at + 4);
                Flow::Next
            }
            Err(trap) => Flow::Exit(Exit::Trap(trap)),
        }
    }
}

/// Calls a function of the instance in place of this frame.
pub(crate) struct ReturnCall;

impl Instruction for ReturnCall {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let body = state.unit32(1);
        let arguments = state.replace_frame(state.unit(3), state.unit(4), state.unit(5));
        state.call(body, arguments, 0);
        Flow::Next
    }
}

/// Calls an imported function in place of this frame.
pub(crate) struct ReturnCallImport;

impl Instruction for ReturnCallImport {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let callee = state.imported_func(state.unit32(1)).entity;
        let arguments = state.replace_frame(state.unit(3), state.unit(4), state.unit(5));
        Flow::Call(ForeignCall::new(state, callee, arguments))
    }
}

/// Calls through a table in place of this frame.
pub(crate) struct ReturnCallIndirect<L>(PhantomData<L>);

impl<L: Source<u32>> Instruction for ReturnCallIndirect<L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS;
        let index = L::get(state, 1);
        match state.indirect(state.unit(at + 2), index, state.unit32(at)) {
            Ok(entity) => {
                let arguments =
                    state.replace_frame(state.unit(at + 3), state.unit(at + 4), state.unit(at + 5));
                if entity.instance != state.context().instance {
                    return Flow::Call(ForeignCall::new(state, entity, arguments));
                }
                state.call(entity.index, arguments, 0);
                Flow::Next
            }
            Err(trap) => Flow::Exit(Exit::Trap(trap)),
        }
    }
}

/// Returns nothing.
pub(crate) struct Return;

impl Instruction for Return {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        state.leave();
        Flow::Next
    }
}

/// Returns several values, in the slots of the arguments.
pub(crate) struct ReturnMany;

impl Instruction for ReturnMany {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        state.replace_frame(state.unit(1), state.unit(2), state.unit(3));
        Flow::Next
    }
}

/// Returns one value in the accumulator of its type.
pub(crate) struct ReturnValue<V, L>(PhantomData<(V, L)>);

impl<V: Value, L: Source<V>> Instruction for ReturnValue<V, L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = L::get(state, 1);
        <crate::exec::operand::A as Target<V>>::put(state, 1, value);
        state.leave();
        Flow::Next
    }
}

macro_rules! stops {
    ($($(#[$doc:meta])* $name:ident $exit:ident)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;
        impl Instruction for $name {
            #[inline(always)]
            fn execute(_state: &mut State) -> Flow {
                Flow::Exit(Exit::$exit)
            }
        }
    )*};
}

stops! {
    /// The outermost function returned.
    Finish Finish
    /// A function called from another instance returned.
    ReturnForeign ReturnForeign
    /// The function being called has no code yet.
    Translate Translate
}
