//! Handlers of arithmetic, and of branches decided by comparisons.

use core::marker::PhantomData;

use crate::exec::handler::{Exit, Flow, Instruction};
use crate::exec::operand::{Source, Target, Value};
use crate::exec::raw::State;
use crate::ops::{BinaryOp, UnaryOp};

/// `dst = lhs op rhs`
pub(crate) struct Binary<O, L, R, D>(PhantomData<(O, L, R, D)>);

impl<O, L, R, D> Instruction for Binary<O, L, R, D>
where
    O: BinaryOp,
    L: Source<O::In>,
    R: Source<O::In>,
    D: Target<O::Out>,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let lhs = L::get(state, 1);
        let rhs = R::get(state, 1 + L::UNITS);
        let at = 1 + L::UNITS + R::UNITS;
        match O::eval(lhs, rhs) {
            Ok(value) => {
                D::put(state, at, value);
                state.advance(at + D::UNITS);
                Flow::Next
            }
            Err(trap) => Flow::Exit(Exit::Trap(trap)),
        }
    }
}

/// `dst = lhs op immediate`, sign-extended from 32 bits
pub(crate) struct BinaryImm<O, L, D>(PhantomData<(O, L, D)>);

impl<O, L, D> Instruction for BinaryImm<O, L, D>
where
    O: BinaryOp<In: Value>,
    L: Source<O::In>,
    D: Target<O::Out>,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let lhs = L::get(state, 1);
        let at = 1 + L::UNITS;
        let rhs = O::In::from_bits(i64::from(state.unit32(at + D::UNITS) as i32) as u64);
        match O::eval(lhs, rhs) {
            Ok(value) => {
                D::put(state, at, value);
                state.advance(at + D::UNITS + 2);
                Flow::Next
            }
            Err(trap) => Flow::Exit(Exit::Trap(trap)),
        }
    }
}

/// `dst = lhs op immediate` of 64 bits
pub(crate) struct BinaryImm64<O, L, D>(PhantomData<(O, L, D)>);

impl<O, L, D> Instruction for BinaryImm64<O, L, D>
where
    O: BinaryOp<In: Value>,
    L: Source<O::In>,
    D: Target<O::Out>,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let lhs = L::get(state, 1);
        let at = 1 + L::UNITS;
        let rhs = O::In::from_bits(state.unit64(at + D::UNITS));
        match O::eval(lhs, rhs) {
            Ok(value) => {
                D::put(state, at, value);
                state.advance(at + D::UNITS + 4);
                Flow::Next
            }
            Err(trap) => Flow::Exit(Exit::Trap(trap)),
        }
    }
}

/// `dst = op src`
pub(crate) struct Unary<O, L, D>(PhantomData<(O, L, D)>);

impl<O, L, D> Instruction for Unary<O, L, D>
where
    O: UnaryOp,
    L: Source<O::In>,
    D: Target<O::Out>,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS;
        match O::eval(L::get(state, 1)) {
            Ok(value) => {
                D::put(state, at, value);
                state.advance(at + D::UNITS);
                Flow::Next
            }
            Err(trap) => Flow::Exit(Exit::Trap(trap)),
        }
    }
}

/// Branches to the target at `at`, or goes on behind it.
#[inline(always)]
pub(super) fn branch_if(state: &mut State, condition: bool, at: usize) -> Flow {
    if condition {
        state.branch(at);
        Flow::Taken
    } else {
        state.advance(at + 2);
        Flow::Next
    }
}

/// `if lhs op rhs, continue at the target`
pub(crate) struct BranchCompare<O, L, R>(PhantomData<(O, L, R)>);

impl<O, L, R> Instruction for BranchCompare<O, L, R>
where
    O: BinaryOp<Out = bool>,
    L: Source<O::In>,
    R: Source<O::In>,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let condition = matches!(O::eval(L::get(state, 1), R::get(state, 1 + L::UNITS)), Ok(true));
        branch_if(state, condition, 1 + L::UNITS + R::UNITS)
    }
}

/// `unless lhs op rhs, continue at the target`
pub(crate) struct BranchCompareNot<O, L, R>(PhantomData<(O, L, R)>);

impl<O, L, R> Instruction for BranchCompareNot<O, L, R>
where
    O: BinaryOp<Out = bool>,
    L: Source<O::In>,
    R: Source<O::In>,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let condition = matches!(O::eval(L::get(state, 1), R::get(state, 1 + L::UNITS)), Ok(true));
        branch_if(state, !condition, 1 + L::UNITS + R::UNITS)
    }
}
