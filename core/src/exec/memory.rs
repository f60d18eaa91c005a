//! Handlers of loads, stores and the hot operations on whole memories.

use core::marker::PhantomData;

use crate::exec::handler::{Exit, Flow, Instruction};
use crate::exec::operand::{Address, Source, Target};
use crate::exec::raw::{Scalar, State};
use crate::ops::{LoadOp, StoreOp};

pub(super) const OUT_OF_BOUNDS: Flow = Flow::Exit(Exit::OUT_OF_BOUNDS);

macro_rules! loads {
    ($($(#[$doc:meta])* $name:ident $address:ident $immediates:literal |$state:ident, $base:ident, $at:ident| $load:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name<O, L, D>(PhantomData<(O, L, D)>);

        impl<O, L, D> Instruction for $name<O, L, D>
        where
            O: LoadOp<Memory: Scalar>,
            L: Source<$address>,
            D: Target<O::Out>,
        {
            #[inline(always)]
            fn execute($state: &mut State) -> Flow {
                let $base = L::get($state, 1);
                let $at = 1 + L::UNITS + D::UNITS;
                let Some(value) = $load else { return OUT_OF_BOUNDS };
                D::put($state, 1 + L::UNITS, O::widen(value));
                $state.advance($at + $immediates);
                Flow::Next
            }
        }
    )*};
}

loads! {
    /// `dst = memory[addr + offset]`
    Load Address 1 |state, base, at| state.load(base, u32::from(state.unit(at)));
    /// `dst = memory[addr + offset]`, offset of 32 bits
    LoadWide Address 2 |state, base, at| state.load(base, state.unit32(at));
    /// `dst = memory n[addr + offset]`
    LoadOther Address 3 |state, base, at| state.load_other(state.unit(at), base, state.unit32(at + 1));
    /// `dst = memory n[addr + offset]`, both of 64 bits
    #[cfg_attr(not(feature = "memory64"), allow(dead_code))]
    LoadFar u64 5 |state, base, at| state.load_far(state.unit(at), base, state.unit64(at + 1));
}

macro_rules! stores {
    ($($(#[$doc:meta])* $name:ident $address:ident $immediates:literal |$state:ident, $base:ident, $value:ident, $at:ident| $store:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name<O, L, R>(PhantomData<(O, L, R)>);

        impl<O, L, R> Instruction for $name<O, L, R>
        where
            O: StoreOp<Memory: Scalar>,
            L: Source<$address>,
            R: Source<O::In>,
        {
            #[inline(always)]
            fn execute($state: &mut State) -> Flow {
                let $base = L::get($state, 1);
                let $value = O::narrow(R::get($state, 1 + L::UNITS));
                let $at = 1 + L::UNITS + R::UNITS;
                if !$store {
                    return OUT_OF_BOUNDS;
                }
                $state.advance($at + $immediates);
                Flow::Next
            }
        }
    )*};
}

stores! {
    /// `memory[addr + offset] = src`
    Store Address 1 |state, base, value, at| state.store(base, u32::from(state.unit(at)), value);
    /// `memory[addr + offset] = src`, offset of 32 bits
    StoreWide Address 2 |state, base, value, at| state.store(base, state.unit32(at), value);
    /// `memory n[addr + offset] = src`
    StoreOther Address 3 |state, base, value, at| state.store_other(state.unit(at), base, state.unit32(at + 1), value);
    /// `memory n[addr + offset] = src`, address and offset of 64 bits
    #[cfg_attr(not(feature = "memory64"), allow(dead_code))]
    StoreFar u64 5 |state, base, value, at| state.store_far(state.unit(at), base, state.unit64(at + 1), value);
}

/// `dst = memory[lhs + rhs + offset]`, the first sum modulo 2^32
pub(crate) struct LoadIndex<O, L, R, D>(PhantomData<(O, L, R, D)>);

impl<O, L, R, D> Instruction for LoadIndex<O, L, R, D>
where
    O: LoadOp<Memory: Scalar>,
    L: Source<u32>,
    R: Source<u32>,
    D: Target<O::Out>,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let lhs: u32 = L::get(state, 1);
        let rhs: u32 = R::get(state, 1 + L::UNITS);
        let at = 1 + L::UNITS + R::UNITS;
        let offset = u32::from(state.unit(at + D::UNITS));
        let Some(value) = state.load(lhs.wrapping_add(rhs).into(), offset) else { return OUT_OF_BOUNDS };
        D::put(state, at, O::widen(value));
        state.advance(at + D::UNITS + 1);
        Flow::Next
    }
}

/// `memory[lhs + rhs + offset] = src`, the first sum modulo 2^32
pub(crate) struct StoreIndex<O, L, R, V>(PhantomData<(O, L, R, V)>);

impl<O, L, R, V> Instruction for StoreIndex<O, L, R, V>
where
    O: StoreOp<Memory: Scalar>,
    L: Source<u32>,
    R: Source<u32>,
    V: Source<O::In>,
{
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let lhs: u32 = L::get(state, 1);
        let rhs: u32 = R::get(state, 1 + L::UNITS);
        let at = 1 + L::UNITS + R::UNITS;
        let value = O::narrow(V::get(state, at));
        let offset = u32::from(state.unit(at + V::UNITS));
        if !state.store(lhs.wrapping_add(rhs).into(), offset, value) {
            return OUT_OF_BOUNDS;
        }
        state.advance(at + V::UNITS + 1);
        Flow::Next
    }
}

/// `dst = pages of 64 KiB of the first memory`
pub(crate) struct Size<D>(PhantomData<D>);

impl<D: Target<u32>> Instruction for Size<D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let pages = state.context().memory_len() >> 16;
        D::put(state, 1, pages as u32);
        state.advance(1 + D::UNITS);
        Flow::Next
    }
}

/// Copies bytes in the first memory.
pub(crate) struct Copy;

impl Instruction for Copy {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let first = state.unit(1) as i16;
        let [destination, source, count] = [0, 1, 2].map(|index| state.slot(first + index) as u32);
        if !state.context().memory_copy(destination, source, count) {
            return OUT_OF_BOUNDS;
        }
        state.advance(2);
        Flow::Next
    }
}

/// Fills bytes of the first memory.
pub(crate) struct Fill;

impl Instruction for Fill {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let first = state.unit(1) as i16;
        let [destination, value, count] = [0, 1, 2].map(|index| state.slot(first + index) as u32);
        if !state.context().memory_fill(destination, value as u8, count) {
            return OUT_OF_BOUNDS;
        }
        state.advance(2);
        Flow::Next
    }
}
