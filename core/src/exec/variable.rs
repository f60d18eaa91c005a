//! Handlers of copies, constants, selections and globals.

use core::marker::PhantomData;

use crate::exec::handler::{Flow, Instruction};
use crate::exec::operand::{Source, Target, Value};
use crate::exec::raw::State;

/// `dst = src`, leaving the accumulator alone unless it is `dst`
pub(crate) struct Copy<V, L, D>(PhantomData<(V, L, D)>);

impl<V: Value, L: Source<V>, D: Target<V>> Instruction for Copy<V, L, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = L::get(state, 1);
        D::place(state, 1 + L::UNITS, value);
        state.advance(1 + L::UNITS + D::UNITS);
        Flow::Next
    }
}

/// How a constant stands in the code.
pub(crate) trait Constant {
    /// The type of the value.
    type Out;
    /// Code units that it occupies.
    const UNITS: usize;
    /// Reads it at unit `at`.
    fn read(state: &State, at: usize) -> Self::Out;
}

macro_rules! constants {
    ($($(#[$doc:meta])* $name:ident $ty:ident $units:literal |$state:ident, $at:ident| $value:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;
        impl Constant for $name {
            type Out = $ty;
            const UNITS: usize = $units;
            #[inline(always)]
            fn read($state: &State, $at: usize) -> $ty {
                $value
            }
        }
    )*};
}

constants! {
    /// An `i32` in one unit.
    Short32 u32 1 |state, at| u32::immediate(state.unit(at) as i16);
    /// An `i64` in one unit.
    Short64 u64 1 |state, at| u64::immediate(state.unit(at) as i16);
    /// An `i32`.
    Long32 u32 2 |state, at| state.unit32(at);
    /// An `i64` in two units.
    Long32Signed u64 2 |state, at| i64::from(state.unit32(at) as i32) as u64;
    /// An `i64`.
    Long64 u64 4 |state, at| state.unit64(at);
    /// An `f32`.
    Float32 f32 2 |state, at| f32::from_bits(state.unit32(at));
    /// An `f64`.
    Float64 f64 4 |state, at| f64::from_bits(state.unit64(at));
}

/// `dst = constant`, leaving the accumulator alone unless it is `dst`
pub(crate) struct Const<C, D>(PhantomData<(C, D)>);

impl<C: Constant, D: Target<C::Out>> Instruction for Const<C, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = C::read(state, 1 + D::UNITS);
        D::place(state, 1, value);
        state.advance(1 + D::UNITS + C::UNITS);
        Flow::Next
    }
}

/// `dst = cond != 0 ? lhs : rhs`
pub(crate) struct Select<V, C, L, R, D>(PhantomData<(V, C, L, R, D)>);

impl<V, C, L, R, D> Instruction for Select<V, C, L, R, D>
where
    V: Value,
    C: Source<u32>,
    L: Source<V>,
    R: Source<V>,
    D: Target<V>,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let condition = C::get(state, 1);
        let lhs = L::get(state, 1 + C::UNITS).to_bits();
        let rhs = R::get(state, 1 + C::UNITS + L::UNITS).to_bits();
        // A branch would be guessed wrong often: programs select where they cannot foresee.
        let value = core::hint::select_unpredictable(condition != 0, lhs, rhs);
        let at = 1 + C::UNITS + L::UNITS + R::UNITS;
        D::put(state, at, V::from_bits(value));
        state.advance(at + D::UNITS);
        Flow::Next
    }
}

/// `dst = the global's cell`
pub(crate) struct GlobalGet<D>(PhantomData<D>);

impl<D: Target<u64>> Instruction for GlobalGet<D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = state.global(state.unit(1 + D::UNITS).into());
        D::put(state, 1, value);
        state.advance(2 + D::UNITS);
        Flow::Next
    }
}

/// `the global's cell = src`
pub(crate) struct GlobalSet<L>(PhantomData<L>);

impl<L: Source<u64>> Instruction for GlobalSet<L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = L::get(state, 1);
        state.set_global(state.unit(1 + L::UNITS).into(), value);
        state.advance(2 + L::UNITS);
        Flow::Next
    }
}

/// `dst = the imported global's cell`
pub(crate) struct GlobalGetImported<D>(PhantomData<D>);

impl<D: Target<u64>> Instruction for GlobalGetImported<D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = state.load_imported_global(state.unit(1 + D::UNITS).into());
        D::put(state, 1, value);
        state.advance(2 + D::UNITS);
        Flow::Next
    }
}

/// `the imported global's cell = src`
pub(crate) struct GlobalSetImported<L>(PhantomData<L>);

impl<L: Source<u64>> Instruction for GlobalSetImported<L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value = L::get(state, 1);
        state.store_imported_global(state.unit(1 + L::UNITS).into(), value);
        state.advance(2 + L::UNITS);
        Flow::Next
    }
}
