//! Reading of validated bodies: no check is made twice, so nothing here can fail.
//!
//! A read past the end, which validation rules out, gives zeros; zero is `unreachable` as an opcode and ends every
//! other construct, so even a bug cannot make translation run on.

use core::slice;

use crate::ops::Type;
use crate::ops::atomic::FENCE;

/// Reads instructions.
#[derive(Clone)]
pub(super) struct Reader<'m> {
    bytes: &'m [u8],
    rest: slice::Iter<'m, u8>,
}

impl<'m> Reader<'m> {
    pub(super) fn new(bytes: &'m [u8]) -> Self {
        Self { bytes, rest: bytes.iter() }
    }

    /// Offset of the next byte.
    #[cfg(feature = "exceptions")]
    pub(super) fn position(&self) -> usize {
        self.bytes.len() - self.left()
    }

    /// How many bytes are left.
    #[inline]
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// How many bytes there are in all.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.as_slice().is_empty()
    }

    /// The next byte, if there is one.
    #[inline]
    pub(super) fn next(&mut self) -> Option<u8> {
        self.rest.next().copied()
    }

    #[inline]
    pub(super) fn byte(&mut self) -> u8 {
        self.next().unwrap_or(0)
    }

    #[inline]
    fn peek(&self) -> u8 {
        self.rest.as_slice().first().copied().unwrap_or(0)
    }

    /// Passes over `count` bytes.
    fn skip_bytes(&mut self, count: usize) {
        self.rest = self.rest.as_slice().get(count..).unwrap_or(&[]).iter();
    }

    /// Passes over a LEB128 number.
    fn skip_number(&mut self) {
        while self.byte() & 0x80 != 0 {}
    }

    /// An unsigned LEB128 number.
    #[inline]
    pub(super) fn u64(&mut self) -> u64 {
        let byte = self.peek();
        if byte & 0x80 != 0 {
            return self.number().0;
        }
        self.next();
        u64::from(byte)
    }

    #[inline]
    pub(super) fn u32(&mut self) -> u32 {
        self.u64() as u32
    }

    /// A signed LEB128 number.
    #[inline]
    pub(super) fn i64(&mut self) -> i64 {
        let byte = self.peek();
        if byte & 0x80 != 0 {
            let (bits, count) = self.number();
            let others = u64::BITS.saturating_sub(count);
            return (bits << others).cast_signed() >> others;
        }
        self.next();
        i64::from((byte << 1).cast_signed() >> 1)
    }

    /// The bits of a LEB128 number, and how many they are.
    fn number(&mut self) -> (u64, u32) {
        if let Some(number) = self.short_number() {
            return number;
        }
        let mut bits = 0;
        let mut count = 0;
        loop {
            let byte = self.byte();
            bits |= u64::from(byte & 0x7F).wrapping_shl(count);
            count += 7;
            if byte & 0x80 == 0 || count >= 70 {
                return (bits, count);
            }
        }
    }

    /// The same for a number of at most eight bytes where as many are left. Without a loop, since no machine guesses how
    /// long a number is.
    #[inline]
    fn short_number(&mut self) -> Option<(u64, u32)> {
        const LOWER: u64 = u64::from_le_bytes([0x7F; 8]);
        let next = u64::from_le_bytes(*self.rest.as_slice().first_chunk()?);
        let last = !next & !LOWER;
        if last == 0 {
            return None;
        }
        let len = last.trailing_zeros() / 8 + 1;
        self.skip_bytes(len as usize);
        let bits = next & (last ^ (last - 1)) & LOWER;
        // Two groups of seven bits become one of 14, two of these one of 28, and these the number.
        let bits = bits & 0x007F_007F_007F_007F | (bits & 0x7F00_7F00_7F00_7F00) >> 1;
        let bits = bits & 0x0000_3FFF_0000_3FFF | (bits & 0x3FFF_0000_3FFF_0000) >> 2;
        Some((bits & 0x0FFF_FFFF | bits >> 32 << 28, 7 * len))
    }

    /// `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> [u8; N] {
        let array = self.rest.as_slice().first_chunk().copied().unwrap_or([0; N]);
        self.skip_bytes(N);
        array
    }

    /// A value type.
    pub(super) fn val_type(&mut self) -> Type {
        match self.byte() {
            0x7F => Type::I32,
            0x7E => Type::I64,
            0x7D => Type::F32,
            0x7C => Type::F64,
            0x7B => Type::V128,
            0x63 | 0x64 => self.ref_type(),
            _ => Type::Ref,
        }
    }

    /// A heap type: the type of references to it.
    pub(super) fn ref_type(&mut self) -> Type {
        self.skip_number();
        Type::Ref
    }

    /// A block's type: none, one result, or the index of a function type.
    pub(super) fn block_type(&mut self) -> BlockType {
        let byte = self.peek();
        match byte {
            0x40 => {
                self.skip_bytes(1);
                BlockType::Empty
            }
            0x41..=0x7F => BlockType::Value(self.val_type()),
            _ => BlockType::Func(self.i64() as u32),
        }
    }

    /// The memory and offset of an access.
    #[inline]
    pub(super) fn memory_argument(&mut self) -> (u32, u64) {
        let flags = self.u32();
        let memory = if flags & 0x40 != 0 { self.u32() } else { 0 };
        (memory, self.u64())
    }

    /// Passes over the memory and offset of an access.
    #[inline]
    fn skip_memory_argument(&mut self) {
        let flags = self.u32();
        if flags & 0x40 != 0 {
            self.skip_number();
        }
        self.skip_number();
    }

    /// Passes over the clauses of a `try_table`.
    pub(super) fn skip_clauses(&mut self) {
        for _ in 0..self.u32() {
            self.clause();
            if self.is_at_end() {
                return;
            }
        }
    }

    /// A clause of a `try_table`.
    pub(super) fn clause(&mut self) -> Clause {
        let kind = self.byte();
        let tag = (kind < 2).then(|| self.u32());
        Clause { tag, reference: kind & 1 != 0, depth: self.u32() }
    }

    /// A reader of the same bytes that stands at `position`.
    #[cfg(feature = "exceptions")]
    pub(super) fn at(&self, position: usize) -> Self {
        Self { rest: self.bytes.get(position..).unwrap_or(&[]).iter(), ..*self }
    }

    /// Passes over the immediates of the instruction `opcode`.
    #[inline]
    pub(super) fn skip(&mut self, opcode: u8) {
        match opcode {
            0x28..=0x3E => self.skip_memory_argument(),
            0x02..=0x04 | 0x06 => {
                self.block_type();
            }
            0x07..=0x09
            | 0x0C
            | 0x0D
            | 0x10
            | 0x12
            | 0x14
            | 0x15
            | 0x18
            | 0xD5
            | 0xD6
            | 0x20..=0x26
            | 0x3F
            | 0x40..=0x42
            | 0xD0
            | 0xD2 => {
                self.skip_number();
            }
            0x1F => {
                self.block_type();
                self.skip_clauses();
            }
            0x43 => self.skip_bytes(4),
            0x44 => self.skip_bytes(8),
            0x0E => {
                for _ in 0..=self.u32() {
                    self.skip_number();
                    if self.is_at_end() {
                        return;
                    }
                }
            }
            0x11 | 0x13 => {
                self.skip_number();
                self.skip_number();
            }
            0x1C => {
                for _ in 0..self.u32() {
                    self.val_type();
                }
            }
            0xFE => match self.u32() {
                FENCE => self.skip_bytes(1),
                _ => self.skip_memory_argument(),
            },
            #[cfg(feature = "gc")]
            0xFB => {
                let immediates = match self.u32() {
                    2..=5 | 8..=10 | 17..=19 => 2,
                    15 | 26..=30 => 0,
                    // The flags have one byte, and fewer than seven bits.
                    24 | 25 => 4,
                    _ => 1,
                };
                for _ in 0..immediates {
                    self.skip_number();
                }
            }
            0xFC => {
                let immediates = match self.u32() {
                    8 | 10 | 12 | 14 => 2,
                    9 | 11 | 13 | 15..=17 => 1,
                    _ => 0,
                };
                for _ in 0..immediates {
                    self.skip_number();
                }
            }
            #[cfg(feature = "simd")]
            0xFD => match self.u32() {
                0x00..=0x0B | 0x5C | 0x5D => self.skip_memory_argument(),
                0x0C | 0x0D => self.skip_bytes(16),
                0x15..=0x22 => self.skip_bytes(1),
                0x54..=0x5B => {
                    self.skip_memory_argument();
                    self.skip_bytes(1);
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// A clause of a `try_table`.
#[cfg_attr(not(feature = "exceptions"), allow(dead_code))]
pub(super) struct Clause {
    /// The tag; any if there is none.
    pub(super) tag: Option<u32>,
    /// Whether it wants a reference to the exception.
    pub(super) reference: bool,
    /// The label that it branches to.
    pub(super) depth: u32,
}

/// The type of a block.
#[derive(Clone, Copy)]
pub(super) enum BlockType {
    /// Neither parameters nor results.
    Empty,
    /// One result.
    Value(Type),
    /// A function type.
    Func(u32),
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::Reader;

    /// `value` in `len` bytes.
    fn leb128(value: i64, len: usize) -> Vec<u8> {
        let mut bytes: Vec<_> = (0..len as u32).map(|at| (value >> (7 * at).min(63)) as u8 | 0x80).collect();
        bytes[len - 1] &= 0x7F;
        bytes
    }

    #[test]
    fn numbers_of_every_length() {
        for len in 1..=10 {
            // The greatest and least number of this length, what is next to them, and alternating bits.
            let most = i64::MAX >> u32::saturating_sub(64, 7 * len as u32);
            for value in [most, most - 1, most >> 1, most & 0x5555_5555_5555_5555, 0, -1, !most, !most + 1] {
                for behind in 0..=9 {
                    let mut bytes = leb128(value, len);
                    bytes.resize(len + behind, 0xFF);
                    let mut reader = Reader::new(&bytes);
                    assert_eq!((reader.i64(), reader.left()), (value, behind), "{bytes:x?}");
                    // What is no part of the number is its sign.
                    let unsigned = value as u64 & u64::MAX >> u32::saturating_sub(64, 7 * len as u32);
                    let mut reader = Reader::new(&bytes);
                    assert_eq!((reader.u64(), reader.left()), (unsigned, behind), "{bytes:x?}");
                }
            }
        }
    }
}
