//! Handlers of operations on vectors.

use core::marker::PhantomData;

use crate::exec::handler::{Flow, Instruction};
use crate::exec::memory::OUT_OF_BOUNDS;
use crate::exec::numeric::Float;
use crate::exec::operand::{Address, S, Source, Target};
use crate::exec::raw::{Lanes, Scalar, State};
use crate::ops::lanes::{shuffle, u8x16, u64x2};
use crate::ops::simd::{VectorBinary, VectorShift, VectorTernary, VectorUnary};
use crate::ops::{LoadOp, StoreOp};

/// `dst = op src`
pub(crate) struct Unary<O, L, D>(PhantomData<(O, L, D)>);

impl<O: VectorUnary<In: Lanes, Out: Lanes>> Instruction for Unary<O, S, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let result = O::eval(state.vector(1));
        state.set_vector(2, result);
        state.advance(3);
        Flow::Next
    }
}

/// `dst = src, with the canonical NaN for lanes that are one`
pub(crate) struct Canonical<V, const N: usize, L, D>(PhantomData<(V, L, D)>);

impl<V: Float, const N: usize> Instruction for Canonical<V, N, S, S>
where
    [V; N]: Lanes,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let lanes: [V; N] = state.vector(1);
        state.set_vector(2, lanes.map(V::canonical));
        state.advance(3);
        Flow::Next
    }
}

/// `dst = lhs op rhs`
pub(crate) struct Binary<O, L, R, D>(PhantomData<(O, L, R, D)>);

impl<O: VectorBinary<In: Lanes, Out: Lanes>> Instruction for Binary<O, S, S, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let result = O::eval(state.vector(1), state.vector(2));
        state.set_vector(3, result);
        state.advance(4);
        Flow::Next
    }
}

/// `dst = op a b c`
pub(crate) struct Ternary<O, A, B, C, D>(PhantomData<(O, A, B, C, D)>);

impl<O: VectorTernary<In: Lanes, Last: Lanes, Out: Lanes>> Instruction for Ternary<O, S, S, S, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let result = O::eval(state.vector(1), state.vector(2), state.vector(3));
        state.set_vector(4, result);
        state.advance(5);
        Flow::Next
    }
}

/// `dst = src shifted by count`
pub(crate) struct Shift<O, L, R, D>(PhantomData<(O, L, R, D)>);

impl<O: VectorShift<In: Lanes>, R: Source<u32>> Instruction for Shift<O, S, R, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let result = O::eval(state.vector(1), R::get(state, 2));
        state.set_vector(2 + R::UNITS, result);
        state.advance(3 + R::UNITS);
        Flow::Next
    }
}

/// `dst = what is true of src`
pub(crate) struct Test<O, L, D>(PhantomData<(O, L, D)>);

impl<O: VectorUnary<In: Lanes, Out = u32>, D: Target<u32>> Instruction for Test<O, S, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let result = O::eval(state.vector(1));
        D::put(state, 2, result);
        state.advance(2 + D::UNITS);
        Flow::Next
    }
}

/// `dst = lanes made of src`
pub(crate) struct Splat<O, L, D>(PhantomData<(O, L, D)>);

impl<O: VectorUnary<Out: Lanes>, L: Source<O::In>> Instruction for Splat<O, L, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let result = O::eval(L::get(state, 1));
        state.set_vector(1 + L::UNITS, result);
        state.advance(2 + L::UNITS);
        Flow::Next
    }
}

/// `dst = lane of src`
pub(crate) struct Extract<O, L, D>(PhantomData<(O, L, D)>);

impl<O: LoadOp<Memory: Scalar>, D: Target<O::Out>> Instruction for Extract<O, S, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let lane = O::widen(state.lane(1, state.unit(2 + D::UNITS)));
        D::put(state, 2, lane);
        state.advance(3 + D::UNITS);
        Flow::Next
    }
}

/// `dst = src with another lane`
pub(crate) struct Replace<O, L, R, D>(PhantomData<(O, L, R, D)>);

impl<O: StoreOp<Memory: Scalar>, R: Source<O::In>> Instruction for Replace<O, S, R, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let lane = O::narrow(R::get(state, 2));
        let vector: u64x2 = state.vector(1);
        let at = 2 + R::UNITS;
        state.set_vector(at, vector);
        state.set_lane(at, state.unit(at + 1), lane);
        state.advance(at + 2);
        Flow::Next
    }
}

/// `dst = lanes made of memory[addr + offset]`
pub(crate) struct Load<O, L, D>(PhantomData<(O, L, D)>);

impl<O: VectorUnary<In: Scalar, Out: Lanes>, L: Source<Address>> Instruction for Load<O, L, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let base = L::get(state, 1);
        let at = 1 + L::UNITS;
        let Some(value) = state.load(base, state.unit32(at + 1)) else { return OUT_OF_BOUNDS };
        state.set_vector(at, O::eval(value));
        state.advance(at + 3);
        Flow::Next
    }
}

/// `dst = lanes of memory[addr + offset], widened`
pub(crate) struct LoadLanes<O, const N: usize, L, D>(PhantomData<(O, L, D)>);

impl<O: LoadOp<Memory: Scalar>, const N: usize, L: Source<Address>> Instruction for LoadLanes<O, N, L, S>
where
    [O::Out; N]: Lanes,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let base = L::get(state, 1);
        let at = 1 + L::UNITS;
        let lanes = state.load_lanes(base, state.unit32(at + 1), O::widen);
        let Some(value) = lanes else { return OUT_OF_BOUNDS };
        state.set_vector::<[O::Out; N]>(at, value);
        state.advance(at + 3);
        Flow::Next
    }
}

/// `dst = memory[addr + offset]`
pub(crate) struct Load128<L, D>(PhantomData<(L, D)>);

impl<L: Source<Address>> Instruction for Load128<L, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let base = L::get(state, 1);
        let at = 1 + L::UNITS;
        let Some(value) = state.load_vector::<u64x2>(base, state.unit32(at + 1)) else {
            return OUT_OF_BOUNDS;
        };
        state.set_vector(at, value);
        state.advance(at + 3);
        Flow::Next
    }
}

/// `memory[addr + offset] = src`
pub(crate) struct Store128<L, R>(PhantomData<(L, R)>);

impl<L: Source<Address>> Instruction for Store128<L, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let base = L::get(state, 1);
        let at = 1 + L::UNITS;
        let value: u64x2 = state.vector(at);
        if !state.store_vector(base, state.unit32(at + 1), value) {
            return OUT_OF_BOUNDS;
        }
        state.advance(at + 3);
        Flow::Next
    }
}

/// `dst = src`
pub(crate) struct Copy<L, D>(PhantomData<(L, D)>);

impl Instruction for Copy<S, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value: u64x2 = state.vector(1);
        state.set_vector(2, value);
        state.advance(3);
        Flow::Next
    }
}

/// `dst = constant`
pub(crate) struct Const<D>(PhantomData<D>);

impl Instruction for Const<S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = [state.unit64(2), state.unit64(6)];
        state.set_vector(1, value);
        state.advance(10);
        Flow::Next
    }
}

/// `dst = cond != 0 ? lhs : rhs`
pub(crate) struct Select<C, L, R, D>(PhantomData<(C, L, R, D)>);

impl<C: Source<u32>> Instruction for Select<C, S, S, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + C::UNITS;
        let chosen = if C::get(state, 1) != 0 { at } else { at + 1 };
        let value: u64x2 = state.vector(chosen);
        state.set_vector(at + 2, value);
        state.advance(at + 3);
        Flow::Next
    }
}

/// `dst = the lanes of lhs and rhs that the immediates name`
pub(crate) struct Shuffle<L, R, D>(PhantomData<(L, R, D)>);

impl Instruction for Shuffle<S, S, S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let lanes: u8x16 = state.immediate_vector(4);
        let result = shuffle(state.vector(1), state.vector(2), lanes);
        state.set_vector(3, result);
        state.advance(12);
        Flow::Next
    }
}

/// `dst = the global's cells`
pub(crate) struct GlobalGet<D>(PhantomData<D>);

impl Instruction for GlobalGet<S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = state.global_vector(state.unit32(2));
        state.set_vector(1, value);
        state.advance(4);
        Flow::Next
    }
}

/// `the global's cells = src`
pub(crate) struct GlobalSet<L>(PhantomData<L>);

impl Instruction for GlobalSet<S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = state.vector(1);
        state.set_global_vector(state.unit32(2), value);
        state.advance(4);
        Flow::Next
    }
}

/// `dst = the imported global's cells`
pub(crate) struct GlobalGetImported<D>(PhantomData<D>);

impl Instruction for GlobalGetImported<S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = state.imported_global_vector(state.unit32(2));
        state.set_vector(1, value);
        state.advance(4);
        Flow::Next
    }
}

/// `the imported global's cells = src`
pub(crate) struct GlobalSetImported<L>(PhantomData<L>);

impl Instruction for GlobalSetImported<S> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = state.vector(1);
        state.set_imported_global_vector(state.unit32(2), value);
        state.advance(4);
        Flow::Next
    }
}
