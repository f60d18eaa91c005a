//! Handlers of operations on objects: fields, elements, tests and casts, small integers.

use core::marker::PhantomData;

use crate::exec::handler::{Exit, Flow, Instruction};
use crate::exec::operand::{Source, Target};
use crate::exec::raw::{Scalar, State};
use crate::trap::Trap;
use crate::types::layout::LENGTH;

const fn trap(trap: Trap) -> Flow {
    Flow::Exit(Exit::Trap(trap))
}

/// How a field or element becomes a slot's value.
pub(crate) trait Field {
    /// What the object holds.
    type Stored: Scalar;
    /// The value.
    fn widen(stored: Self::Stored) -> u64;
}

/// How a slot's value becomes a field or element.
pub(crate) trait FieldBits: Scalar {
    /// The value's lowest bits.
    fn narrow(value: u64) -> Self;
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident $stored:ident |$value:ident| $widen:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;
        impl Field for $name {
            type Stored = $stored;
            #[inline(always)]
            fn widen($value: $stored) -> u64 {
                $widen
            }
        }
    )*};
}

fields! {
    /// 8 bits, sign-extended.
    Signed8 i8 |value| u64::from(i32::from(value).cast_unsigned());
    /// 8 bits.
    Bits8 u8 |value| u64::from(value);
    /// 16 bits, sign-extended.
    Signed16 i16 |value| u64::from(i32::from(value).cast_unsigned());
    /// 16 bits.
    Bits16 u16 |value| u64::from(value);
    /// 32 bits, or a reference to a function.
    Bits32 u32 |value| u64::from(value);
    /// 64 bits.
    Bits64 u64 |value| value;
    /// A reference that may be to an object.
    Reference u32 |value| crate::value::widen(value);
}

macro_rules! bits {
    ($($ty:ident)*) => {$(
        impl FieldBits for $ty {
            #[inline(always)]
            fn narrow(value: u64) -> Self {
                value as Self
            }
        }
    )*};
}

bits! { u8 u16 u32 u64 }

/// `dst = the struct's field at the immediate`
pub(crate) struct Get<F, L, D>(PhantomData<(F, L, D)>);

impl<F: Field, L: Source<u64>, D: Target<u64>> Instruction for Get<F, L, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS + D::UNITS;
        let offset = state.unit32(at) as usize;
        let Some(value) = state.load_object::<F::Stored>(L::get(state, 1), offset) else {
            return trap(Trap::NullStructureReference);
        };
        D::put(state, 1 + L::UNITS, F::widen(value));
        state.advance(at + 2);
        Flow::Next
    }
}

/// `the struct's field at the immediate = src`
pub(crate) struct Set<M, L, R>(PhantomData<(M, L, R)>);

impl<M: FieldBits, L: Source<u64>, R: Source<u64>> Instruction for Set<M, L, R> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS + R::UNITS;
        let (object, value) = (L::get(state, 1), R::get(state, 1 + L::UNITS));
        let offset = state.unit32(at) as usize;
        if !state.store_object(object, offset, M::narrow(value)) {
            return trap(Trap::NullStructureReference);
        }
        state.advance(at + 2);
        Flow::Next
    }
}

/// `dst = the array's element`
pub(crate) struct GetElement<F, L, R, D>(PhantomData<(F, L, R, D)>);

impl<F: Field, L: Source<u64>, R: Source<u32>, D: Target<u64>> Instruction for GetElement<F, L, R, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS + R::UNITS;
        let (array, index) = (L::get(state, 1), R::get(state, 1 + L::UNITS));
        let element = match state.element::<F::Stored>(array, index) {
            Ok(element) => element,
            Err(reason) => return trap(reason),
        };
        D::put(state, at, F::widen(element.get()));
        state.advance(at + D::UNITS);
        Flow::Next
    }
}

/// `the array's element = src`
pub(crate) struct SetElement<M, L, R, V>(PhantomData<(M, L, R, V)>);

impl<M: FieldBits, L: Source<u64>, R: Source<u32>, V: Source<u64>> Instruction for SetElement<M, L, R, V> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS + R::UNITS;
        let (array, index) = (L::get(state, 1), R::get(state, 1 + L::UNITS));
        let element = match state.element::<M>(array, index) {
            Ok(element) => element,
            Err(reason) => return trap(reason),
        };
        element.set(M::narrow(V::get(state, at)));
        state.advance(at + V::UNITS);
        Flow::Next
    }
}

/// `dst = the array's length`
pub(crate) struct Length<L, D>(PhantomData<(L, D)>);

impl<L: Source<u64>, D: Target<u64>> Instruction for Length<L, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let Some(len) = state.load_object::<u32>(L::get(state, 1), LENGTH as usize) else {
            return trap(Trap::NullArrayReference);
        };
        D::put(state, 1 + L::UNITS, u64::from(len));
        state.advance(1 + L::UNITS + D::UNITS);
        Flow::Next
    }
}

/// `dst = whether src is of the type`
pub(crate) struct Test<L, D>(PhantomData<(L, D)>);

impl<L: Source<u64>, D: Target<u32>> Instruction for Test<L, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS + D::UNITS;
        let result = state.context().is_instance(L::get(state, 1), state.unit(at), state.unit32(at + 1));
        D::put(state, 1 + L::UNITS, u32::from(result));
        state.advance(at + 3);
        Flow::Next
    }
}

/// Traps unless src is of the type.
pub(crate) struct Cast<L>(PhantomData<L>);

impl<L: Source<u64>> Instruction for Cast<L> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let at = 1 + L::UNITS;
        if !state.context().is_instance(L::get(state, 1), state.unit(at), state.unit32(at + 1)) {
            return trap(Trap::CastFailure);
        }
        state.advance(at + 3);
        Flow::Next
    }
}

/// `dst = a reference to the lowest 31 bits of src`
pub(crate) struct MakeI31<L, D>(PhantomData<(L, D)>);

impl<L: Source<u32>, D: Target<u64>> Instruction for MakeI31<L, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let value: u32 = L::get(state, 1);
        D::put(state, 1 + L::UNITS, crate::value::i31(value));
        state.advance(1 + L::UNITS + D::UNITS);
        Flow::Next
    }
}

/// `dst = the integer that src refers to`, sign-extended if `SIGNED`
pub(crate) struct GetI31<const SIGNED: bool, L, D>(PhantomData<(L, D)>);

impl<const SIGNED: bool, L: Source<u32>, D: Target<u32>> Instruction for GetI31<SIGNED, L, D> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        let word: u32 = L::get(state, 1);
        if word == 0 {
            return trap(Trap::NullI31Reference);
        }
        let value = if SIGNED { (word.cast_signed() >> 1).cast_unsigned() } else { word >> 1 };
        D::put(state, 1 + L::UNITS, value);
        state.advance(1 + L::UNITS + D::UNITS);
        Flow::Next
    }
}
