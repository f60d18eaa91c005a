//! Vectors in slots, in the code and in linear memory.

use super::{Scalar, State, effective};
use crate::exec::operand::Address;
use crate::ops::lanes::*;

/// A vector as lanes: any bits are one.
pub(crate) trait Lanes: Copy {}

macro_rules! shapes {
    ($($name:ident)*) => {$(
        impl Lanes for $name {}
        const _: () = assert!(size_of::<$name>() == 16);
    )*};
}

shapes! { i8x16 u8x16 i16x8 u16x8 i32x4 u32x4 i64x2 u64x2 f32x4 f64x2 }

impl State {
    /// The address of the slots that operand `at` names.
    #[inline(always)]
    fn slots(&self, at: usize) -> *mut u64 {
        self.sp.wrapping_offset(self.unit(at) as i16 as isize)
    }

    /// The vector in the slots that operand `at` names.
    #[inline(always)]
    pub(in crate::exec) fn vector<V: Lanes>(&self, at: usize) -> V {
        // SAFETY: as for `slot`; `translate` gives a vector two slots.
        unsafe { self.slots(at).cast::<V>().read_unaligned() }
    }

    #[inline(always)]
    pub(in crate::exec) fn set_vector<V: Lanes>(&mut self, at: usize, value: V) {
        // SAFETY: as for `vector`.
        unsafe { self.slots(at).cast::<V>().write_unaligned(value) }
    }

    /// Lane `lane` of the vector in the slots that operand `at` names.
    #[inline(always)]
    pub(in crate::exec) fn lane<M: Scalar>(&self, at: usize, lane: u16) -> M {
        // SAFETY: as for `vector`; validation has checked the lane.
        unsafe { self.slots(at).cast::<M>().add(usize::from(lane)).read_unaligned() }
    }

    #[inline(always)]
    pub(in crate::exec) fn set_lane<M: Scalar>(&mut self, at: usize, lane: u16, value: M) {
        // SAFETY: as for `lane`.
        unsafe { self.slots(at).cast::<M>().add(usize::from(lane)).write_unaligned(value) }
    }

    /// The vector in the eight units from `at` on.
    #[inline(always)]
    pub(in crate::exec) fn immediate_vector<V: Lanes>(&self, at: usize) -> V {
        // SAFETY: as for `unit`; the units are consecutive and the target little-endian.
        unsafe { self.ip.0.add(at).cast::<V>().read_unaligned() }
    }

    /// The address of a vector in the first memory.
    #[inline(always)]
    fn address<V: Lanes>(&self, base: Address, offset: u32) -> Option<*mut V> {
        let context = self.context();
        // The limit is for eight bytes, those of the upper half.
        let upper = effective(base, offset, usize::MAX)?.checked_add(8)?;
        (upper < context.limits[3]).then(|| context.memory.wrapping_add(upper - 8).cast())
    }

    /// Reads the first memory.
    #[inline(always)]
    pub(in crate::exec) fn load_vector<V: Lanes>(&self, base: Address, offset: u32) -> Option<V> {
        let pointer = self.address::<V>(base, offset)?;
        // SAFETY: `address` checked the bounds.
        Some(unsafe { pointer.read_unaligned() })
    }

    /// Reads eight bytes of the first memory as lanes, of which `widen` makes those of a vector.
    #[inline(always)]
    pub(in crate::exec) fn load_lanes<M: Scalar, T, const N: usize>(
        &self,
        base: Address,
        offset: u32,
        widen: impl Fn(M) -> T,
    ) -> Option<[T; N]> {
        const { assert!(size_of::<M>() * N == 8) };
        let context = self.context();
        let address = effective(base, offset, context.limits[3])?;
        let lanes = context.memory.wrapping_add(address).cast::<M>();
        // One by one: an array of eight bytes would become an integer, and its lanes be shifted out of it.
        // SAFETY: the limit leaves room for eight bytes below the memory's end.
        Some(core::array::from_fn(|lane| widen(unsafe { lanes.add(lane).read_unaligned() })))
    }

    /// Writes the first memory; whether the address is in bounds.
    #[inline(always)]
    #[must_use]
    pub(in crate::exec) fn store_vector<V: Lanes>(&mut self, base: Address, offset: u32, value: V) -> bool {
        let Some(pointer) = self.address::<V>(base, offset) else { return false };
        // SAFETY: `address` checked the bounds.
        unsafe { pointer.write_unaligned(value) };
        true
    }

    #[inline(always)]
    pub(in crate::exec) fn global_vector(&self, cell: u32) -> u64x2 {
        [self.global(cell), self.global(cell + 1)]
    }

    #[inline(always)]
    pub(in crate::exec) fn set_global_vector(&mut self, cell: u32, value: u64x2) {
        self.set_global(cell, value[0]);
        self.set_global(cell + 1, value[1]);
    }

    #[inline(always)]
    pub(in crate::exec) fn imported_global_vector(&self, index: u32) -> u64x2 {
        // SAFETY: as for `load_imported_global`; a global that is a vector has two cells.
        unsafe { self.imported_global(index).cast::<u64x2>().read() }
    }

    #[inline(always)]
    pub(in crate::exec) fn set_imported_global_vector(&mut self, index: u32, value: u64x2) {
        // SAFETY: as for `imported_global_vector`; running code has the store to itself.
        unsafe { self.imported_global(index).cast::<u64x2>().write(value) }
    }
}
