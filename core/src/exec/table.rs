//! Handlers of tables' elements and of references to functions.

use core::marker::PhantomData;

use crate::exec::handler::{Exit, Flow, Instruction};
use crate::exec::operand::{Source, Target};
use crate::exec::raw::State;
use crate::trap::Trap;

/// `dst = the table's element`
pub(crate) struct Get<L, D>(PhantomData<(L, D)>);

impl<L: Source<u64>, D: Target<u64>> Instruction for Get<L, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS + D::UNITS;
        let Some(element) = state.table_element(state.unit(at), L::get(state, 1)) else {
            return Flow::Exit(Exit::Trap(Trap::TableOutOfBounds));
        };
        D::put(state, 1 + L::UNITS, element);
        state.advance(at + 1);
        Flow::Next
    }
}

/// `the table's element = src`
pub(crate) struct Set<L, R>(PhantomData<(L, R)>);

impl<L: Source<u64>, R: Source<u64>> Instruction for Set<L, R> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS + R::UNITS;
        let value = R::get(state, 1 + L::UNITS);
        if !state.set_table_element(state.unit(at), L::get(state, 1), value) {
            return Flow::Exit(Exit::Trap(Trap::TableOutOfBounds));
        }
        state.advance(at + 1);
        Flow::Next
    }
}

/// `dst = how many elements the table has`
pub(crate) struct Size<D>(PhantomData<D>);

impl<D: Target<u64>> Instruction for Size<D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let elements = state.table_len(state.unit(1 + D::UNITS));
        D::put(state, 1, elements as u64);
        state.advance(2 + D::UNITS);
        Flow::Next
    }
}

/// `dst = a reference to a function of the module's own`
pub(crate) struct RefFunc<D>(PhantomData<D>);

impl<D: Target<u64>> Instruction for RefFunc<D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let func = state.context().first_func + state.unit32(1 + D::UNITS);
        D::put(state, 1, u64::from(func) + 1);
        state.advance(3 + D::UNITS);
        Flow::Next
    }
}

/// `dst = a reference to an imported function`
pub(crate) struct RefFuncImported<D>(PhantomData<D>);

impl<D: Target<u64>> Instruction for RefFuncImported<D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let func = state.imported_func(state.unit32(1 + D::UNITS)).index;
        D::put(state, 1, u64::from(func) + 1);
        state.advance(3 + D::UNITS);
        Flow::Next
    }
}
