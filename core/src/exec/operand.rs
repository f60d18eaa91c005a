//! Operand locations as types: handlers are generic over them.

use crate::exec::raw::State;

/// A value that an accumulator or a slot holds.
pub(crate) trait Value: Copy {
    /// From a slot's bits.
    fn from_bits(bits: u64) -> Self;
    /// To a slot's bits; 32-bit values are zero-extended.
    fn to_bits(self) -> u64;
    /// The accumulator of the type.
    fn accumulator(state: &State) -> Self;
    /// Sets the accumulator of the type.
    fn accumulate(self, state: &mut State);
    /// From an immediate.
    #[inline(always)]
    fn immediate(value: i16) -> Self {
        Self::from_bits(i64::from(value) as u64)
    }
}

/// An address in a memory with addresses of 32 bits: a `u32` that is read without cutting off what is above it, which
/// is zero. It is never an immediate.
#[derive(Clone, Copy)]
pub(crate) struct Address(pub(super) usize);

impl Address {
    #[inline(always)]
    fn from_bits(bits: u64) -> Self {
        debug_assert!(bits <= u64::from(u32::MAX), "a 32-bit value has more than 32 bits");
        Self(bits as usize)
    }
}

impl From<u32> for Address {
    #[inline(always)]
    fn from(address: u32) -> Self {
        Self(address as usize)
    }
}

/// An integer of either size, or a reference. An immediate is one of 32 bits.
#[derive(Clone, Copy)]
pub(crate) struct Bits(u64);

macro_rules! values {
    ($($ty:ident: $from:expr, $to:expr, $field:ident $(, immediate $immediate:expr)?;)*) => {$(
        impl Value for $ty {
            #[inline(always)]
            fn from_bits(bits: u64) -> Self {
                let from: fn(u64) -> Self = $from;
                from(bits)
            }
            #[inline(always)]
            fn to_bits(self) -> u64 {
                let to: fn(Self) -> u64 = $to;
                to(self)
            }
            #[inline(always)]
            fn accumulator(state: &State) -> Self {
                values!(@get state $field $ty)
            }
            #[inline(always)]
            fn accumulate(self, state: &mut State) {
                values!(@set state $field self)
            }
            $(
                #[inline(always)]
                fn immediate(value: i16) -> Self {
                    let immediate: fn(i16) -> Self = $immediate;
                    immediate(value)
                }
            )?
        }
    )*};
    (@get $state:ident acc $ty:ident) => { <$ty as Value>::from_bits($state.acc) };
    (@get $state:ident $field:ident $ty:ident) => { $state.$field };
    (@set $state:ident acc $value:ident) => { $state.acc = Value::to_bits($value) };
    (@set $state:ident $field:ident $value:ident) => { $state.$field = $value };
}

values! {
    u32: |bits| bits as u32, u64::from, acc;
    u64: |bits| bits, |value| value, acc;
    bool: |bits| bits != 0, u64::from, acc;
    Address: Address::from_bits, |address| address.0 as u64, acc;
    Bits: Bits, |value| value.0, acc, immediate |value| Bits(i32::from(value) as u32 as u64);
    f32: |bits| f32::from_bits(bits as u32), |value| u64::from(value.to_bits()), f32;
    f64: f64::from_bits, f64::to_bits, f64;
}

/// Where an operand is read.
pub(crate) trait Source<V> {
    /// Code units that the operand occupies.
    const UNITS: usize;
    /// The value; the operand stands at unit `at`.
    fn get(state: &State, at: usize) -> V;
}

/// Where a result goes.
pub(crate) trait Target<V> {
    /// Code units that the operand occupies.
    const UNITS: usize;
    /// Puts a result there and, unless it is a pinned local, in the accumulator too.
    fn put(state: &mut State, at: usize, value: V);
    /// Puts a value there and nowhere else.
    fn place(state: &mut State, at: usize, value: V);
}

/// The accumulator.
pub(crate) struct A;
/// The first pinned local.
#[cfg_attr(not(whit_wide), allow(dead_code))]
pub(crate) struct P0;
/// The second pinned local.
#[cfg_attr(not(whit_wide), allow(dead_code))]
pub(crate) struct P1;
/// A slot.
pub(crate) struct S;
/// An immediate.
pub(crate) struct I;
/// Zero.
pub(crate) struct Z;

macro_rules! sources {
    ($($loc:ident $units:literal |$state:ident, $at:ident| $value:expr;)*) => {$(
        impl<V: Value> Source<V> for $loc {
            const UNITS: usize = $units;
            #[inline(always)]
            fn get($state: &State, $at: usize) -> V {
                $value
            }
        }
    )*};
}

sources! {
    A 0 |state, _at| V::accumulator(state);
    P0 0 |state, _at| V::from_bits(state.p0);
    P1 0 |state, _at| V::from_bits(state.p1);
    S 1 |state, at| V::from_bits(state.slot(state.unit(at) as i16));
    I 1 |state, at| V::immediate(state.unit(at) as i16);
    Z 0 |_state, _at| V::from_bits(0);
}

impl<V: Value> Target<V> for A {
    const UNITS: usize = 0;
    #[inline(always)]
    fn put(state: &mut State, _at: usize, value: V) {
        value.accumulate(state);
    }
    #[inline(always)]
    fn place(state: &mut State, _at: usize, value: V) {
        value.accumulate(state);
    }
}

impl<V: Value> Target<V> for S {
    const UNITS: usize = 1;
    #[inline(always)]
    fn put(state: &mut State, at: usize, value: V) {
        state.set_slot(state.unit(at) as i16, value.to_bits());
        value.accumulate(state);
    }
    #[inline(always)]
    fn place(state: &mut State, at: usize, value: V) {
        state.set_slot(state.unit(at) as i16, value.to_bits());
    }
}

macro_rules! pinned {
    ($($loc:ident $field:ident)*) => {$(
        impl<V: Value> Target<V> for $loc {
            const UNITS: usize = 0;
            #[inline(always)]
            fn put(state: &mut State, _at: usize, value: V) {
                state.$field = value.to_bits();
            }
            #[inline(always)]
            fn place(state: &mut State, _at: usize, value: V) {
                state.$field = value.to_bits();
            }
        }
    )*};
}

pinned! { P0 p0 P1 p1 }
