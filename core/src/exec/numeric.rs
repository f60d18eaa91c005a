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

/// Arithmetic on numbers of 128 bits, half by half.
pub(crate) trait WideOp {
    /// Computes a half and what is carried to the next one.
    fn half(l: u64, r: u64, carry: bool) -> (u64, bool);
}

/// `lhs + rhs`
pub(crate) struct Add128;

impl WideOp for Add128 {
    #[inline(always)]
    fn half(l: u64, r: u64, carry: bool) -> (u64, bool) {
        let (sum, over) = l.overflowing_add(r);
        let (sum, again) = sum.overflowing_add(u64::from(carry));
        (sum, over | again)
    }
}

/// `lhs - rhs`
pub(crate) struct Sub128;

impl WideOp for Sub128 {
    #[inline(always)]
    fn half(l: u64, r: u64, carry: bool) -> (u64, bool) {
        let (difference, under) = l.overflowing_sub(r);
        let (difference, again) = difference.overflowing_sub(u64::from(carry));
        (difference, under | again)
    }
}

/// `two slots = lhs op rhs`, each of two halves, the low one first
pub(crate) struct Wide<O, L, LH, R, RH>(PhantomData<(O, L, LH, R, RH)>);

impl<O, L, LH, R, RH> Instruction for Wide<O, L, LH, R, RH>
where
    O: WideOp,
    L: Source<u64>,
    LH: Source<u64>,
    R: Source<u64>,
    RH: Source<u64>,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS + LH::UNITS;
        let end = at + R::UNITS + RH::UNITS;
        let slot = state.unit(end) as i16;
        let (low, carry) = O::half(L::get(state, 1), R::get(state, at), false);
        // Where the low half goes, no operand has its high half: that takes fewer registers than computing both first.
        state.set_slot(slot, low);
        let (high, _) = O::half(LH::get(state, 1 + L::UNITS), RH::get(state, at + R::UNITS), carry);
        state.set_slot(slot + 1, high);
        state.advance(end + 1);
        Flow::Next
    }
}

/// Multiplication of two numbers of 64 bits, whose product has 128.
pub(crate) trait Product {
    /// Computes the product.
    fn product(l: u64, r: u64) -> u128;
}

/// `lhs * rhs, signed`
pub(crate) struct Signed;

impl Product for Signed {
    #[inline(always)]
    fn product(l: u64, r: u64) -> u128 {
        (i128::from(l as i64) * i128::from(r as i64)) as u128
    }
}

/// `lhs * rhs, unsigned`
pub(crate) struct Unsigned;

impl Product for Unsigned {
    #[inline(always)]
    fn product(l: u64, r: u64) -> u128 {
        u128::from(l) * u128::from(r)
    }
}

/// `two slots = lhs * rhs`, the low half first
pub(crate) struct MulWide<O, L, R>(PhantomData<(O, L, R)>);

impl<O, L, R> Instruction for MulWide<O, L, R>
where
    O: Product,
    L: Source<u64>,
    R: Source<u64>,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let product = O::product(L::get(state, 1), R::get(state, 1 + L::UNITS));
        let at = 1 + L::UNITS + R::UNITS;
        let slot = state.unit(at) as i16;
        state.set_slot(slot, product as u64);
        state.set_slot(slot + 1, (product >> 64) as u64);
        state.advance(at + 1);
        Flow::Next
    }
}

/// `dst = src`, or the greatest number of 32 bits if that is less
#[cfg_attr(not(feature = "memory64"), allow(dead_code))]
pub(crate) struct Saturate<L, D>(PhantomData<(L, D)>);

impl<L: Source<u64>, D: Target<u32>> Instruction for Saturate<L, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value: u64 = L::get(state, 1);
        D::put(state, 1 + L::UNITS, value.min(u64::from(u32::MAX)) as u32);
        state.advance(1 + L::UNITS + D::UNITS);
        Flow::Next
    }
}

/// A float that may be a NaN.
pub(crate) trait Float: Value {
    /// The canonical NaN for every NaN.
    fn canonical(self) -> Self;
}

impl Float for f32 {
    #[inline(always)]
    fn canonical(self) -> Self {
        if self.is_nan() { Self::from_bits(0x7FC0_0000) } else { self }
    }
}

impl Float for f64 {
    #[inline(always)]
    fn canonical(self) -> Self {
        if self.is_nan() { Self::from_bits(0x7FF8_0000_0000_0000) } else { self }
    }
}

/// `dst = src, or the canonical NaN if src is one`
pub(crate) struct Canonical<V, L, D>(PhantomData<(V, L, D)>);

impl<V: Float, L: Source<V>, D: Target<V>> Instruction for Canonical<V, L, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value: V = L::get(state, 1);
        D::put(state, 1 + L::UNITS, value.canonical());
        state.advance(1 + L::UNITS + D::UNITS);
        Flow::Next
    }
}

/// Branches to the target at `at`, or goes on behind it.
#[inline(always)]
pub(super) fn branch_if(state: &mut State, condition: bool, at: usize) -> Flow {
    if condition {
        state.branch_near(at);
        Flow::Taken
    } else {
        state.advance(at + 1);
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
