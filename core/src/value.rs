//! References as slots of frames, cells of globals and elements of tables have them.
//!
//! The lower half tells what a reference is; 0 is null. A reference to a function is one more than the function's
//! number in the store. Of the others, which one hierarchy can pass to another, the lowest bits tell:
//!
//! - `…1`: an integer of 31 bits, above that bit;
//! - `…10`: a host value, one more than its number above these bits;
//! - `…00`: an object of the store's heap, its first cell's number above these bits.
//!
//! An object's upper half is [`OBJECT`], which other values seldom have: the collector, which cannot tell what a slot of
//! a frame is, takes for a reference what has that half and names an object. Objects keep the lower halves alone.

/// The upper half of a reference to an object, in place.
#[cfg(any(feature = "gc", feature = "exceptions"))]
pub(crate) const OBJECT: u64 = 0xFFFA_6C00 << 32;

/// The most host values, and the most cells of a heap.
pub(crate) const MOST: u32 = (1 << 30) - 1;

/// A reference to the object at cell `cell`, which is not 0.
#[cfg(any(feature = "gc", feature = "exceptions"))]
pub(crate) const fn object(cell: u32) -> u64 {
    OBJECT | (cell as u64) << 2
}

/// The cell of the object that a lower half names, if it names one.
#[cfg(any(feature = "gc", feature = "exceptions"))]
pub(crate) const fn cell(word: u32) -> Option<u32> {
    if word & 3 == 0 && word != 0 { Some(word >> 2) } else { None }
}

/// A reference to host value `index`.
pub(crate) const fn host(index: u32) -> u64 {
    (index as u64 + 1) << 2 | 2
}

/// The number of the host value that a lower half names, if it names one.
pub(crate) const fn host_value(word: u32) -> Option<u32> {
    if word & 3 == 2 { (word >> 2).checked_sub(1) } else { None }
}

/// The lowest 31 bits of `value` as a reference.
#[cfg(feature = "gc")]
pub(crate) const fn i31(value: u32) -> u64 {
    (value << 1 | 1) as u64
}

/// The reference that an object keeps as `word`, not to a function.
#[cfg(any(feature = "gc", feature = "exceptions"))]
#[inline(always)]
pub(crate) const fn widen(word: u32) -> u64 {
    match cell(word) {
        Some(_) => OBJECT | word as u64,
        None => word as u64,
    }
}

/// What a test or cast asks of a reference that is not null.
#[cfg(feature = "gc")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u16)]
pub(crate) enum Target {
    /// Nothing: its hierarchy has no other references.
    Top,
    /// An integer or an object, not a host value.
    Eq,
    I31,
    Struct,
    Array,
    /// That it be null.
    Bottom,
    /// A type that a module defines.
    Defined,
}

#[cfg(feature = "gc")]
impl Target {
    const NULLABLE: u16 = 1 << 15;

    /// The abstract heap type that is encoded as `byte`.
    pub(crate) const fn of_byte(byte: u8) -> Self {
        match byte {
            0x6A => Self::Array,
            0x6B => Self::Struct,
            0x6C => Self::I31,
            0x6D => Self::Eq,
            0x71..=0x74 => Self::Bottom,
            _ => Self::Top,
        }
    }

    /// The target, and whether null will do, as one unit of code.
    pub(crate) const fn pack(self, nullable: bool) -> u16 {
        self as u16 | if nullable { Self::NULLABLE } else { 0 }
    }

    /// The same from a unit of code.
    #[inline(always)]
    pub(crate) const fn unpack(unit: u16) -> (Self, bool) {
        let target = match unit & !Self::NULLABLE {
            1 => Self::Eq,
            2 => Self::I31,
            3 => Self::Struct,
            4 => Self::Array,
            5 => Self::Bottom,
            6 => Self::Defined,
            _ => Self::Top,
        };
        (target, unit & Self::NULLABLE != 0)
    }
}

#[cfg(all(test, feature = "gc"))]
mod tests {
    use super::{cell, host, host_value, i31, object, widen};

    #[test]
    fn words_tell_what_they_name() {
        for (reference, named) in [(0, (None, None)), (i31(5), (None, None)), (i31(u32::MAX), (None, None))] {
            assert_eq!((cell(reference as u32), host_value(reference as u32)), named);
            assert_eq!(widen(reference as u32), reference);
        }
        assert_eq!((cell(object(7) as u32), host_value(object(7) as u32)), (Some(7), None));
        assert_eq!((cell(host(0) as u32), host_value(host(0) as u32)), (None, Some(0)));
        for reference in [host(9), object(1), object(super::MOST)] {
            assert_eq!(widen(reference as u32), reference);
        }
    }
}
