//! How objects of the heap are laid out: structs, arrays and exceptions.
//!
//! An object starts with a header of 8 bytes: what it is, and a word that the collector uses. The fields of a struct
//! follow, each at a multiple of its size, so that those of a supertype are where they are in its subtypes. An array
//! has its length behind the header, then its elements. A reference takes 4 bytes.

#[cfg(any(feature = "gc", feature = "exceptions"))]
use super::HeapType;
use super::{FieldType, StorageType, ValType};

/// Bytes of an object's header.
pub(crate) const HEADER: u32 = 8;

/// Where an array's length stands, in bytes from its start.
#[cfg(any(feature = "gc", feature = "exceptions"))]
pub(crate) const LENGTH: u32 = HEADER;

impl StorageType {
    /// Base-2 logarithm of the bytes that it takes in an object.
    pub(crate) const fn size_log2(self) -> u32 {
        match self {
            Self::I8 => 0,
            Self::I16 => 1,
            Self::Val(ValType::I32 | ValType::F32 | ValType::Ref(_)) => 2,
            Self::Val(ValType::I64 | ValType::F64) => 3,
            Self::Val(ValType::V128) => 4,
        }
    }

    /// Whether it is a reference that may keep an object alive: to anything but a function.
    #[cfg(any(feature = "gc", feature = "exceptions"))]
    pub(crate) fn is_traced(self) -> bool {
        matches!(self, Self::Val(ValType::Ref(ty)) if ty.heap.top() != HeapType::Func)
    }

    /// What its place in an object is a multiple of: objects themselves are at multiples of 8 bytes.
    const fn align(self) -> u32 {
        let size = 1 << self.size_log2();
        if size > 8 { 8 } else { size }
    }

    /// Where the elements of an array start, in bytes from its own start.
    #[cfg(any(feature = "gc", feature = "exceptions"))]
    pub(crate) const fn elements(self) -> u32 {
        (LENGTH + 4).next_multiple_of(self.align())
    }
}

/// Gives storage its place behind what ends at `end`, and moves `end` behind it.
pub(crate) fn place(end: &mut u32, storage: StorageType) -> u32 {
    let at = end.next_multiple_of(storage.align());
    *end = at + (1 << storage.size_log2());
    at
}

/// A struct's field and its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) ty: FieldType,
    /// In bytes from the start of the struct.
    #[cfg_attr(not(any(feature = "gc", feature = "exceptions")), allow(dead_code))]
    pub(crate) offset: u32,
}

#[cfg(any(feature = "gc", feature = "exceptions"))]
impl Field {
    /// Where the field ends.
    pub(crate) const fn end(&self) -> u32 {
        self.offset + (1 << self.ty.storage.size_log2())
    }
}

#[cfg(all(test, feature = "gc"))]
mod tests {
    use super::{HEADER, place};
    use crate::types::{StorageType, ValType};

    #[test]
    fn fields_are_aligned() {
        let mut end = HEADER;
        let fields = [
            (StorageType::I8, 8),
            (StorageType::I16, 10),
            (StorageType::Val(ValType::FUNCREF), 12),
            (StorageType::I8, 16),
            (StorageType::Val(ValType::F64), 24),
            (StorageType::Val(ValType::V128), 32),
            (StorageType::I8, 48),
        ];
        for (storage, offset) in fields {
            assert_eq!(place(&mut end, storage), offset);
        }
        assert_eq!(end, 49);
    }

    #[test]
    fn elements_follow_the_length() {
        assert_eq!(StorageType::I8.elements(), 12);
        assert_eq!(StorageType::Val(ValType::I32).elements(), 12);
        assert_eq!(StorageType::Val(ValType::V128).elements(), 16);
    }
}
