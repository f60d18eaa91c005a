//! Reading of the code section and of bodies that nobody has validated: what wasmparser would refuse gives nothing.

/// The rest of the section, or of a body's code. Reads past the end give nothing.
///
/// As an iterator, which is one address that moves, and one that does not.
#[derive(Clone)]
pub(in crate::module) struct Code<'a>(core::slice::Iter<'a, u8>);

/// A block's type as it is written.
pub(super) enum Written {
    /// `0x40`, or a value type.
    Short(u8),
    /// The index of a function type.
    Index(u32),
}

impl<'a> Code<'a> {
    pub(in crate::module) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.iter())
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(in crate::module) fn is_at_end(&self) -> bool {
        self.0.as_slice().is_empty()
    }

    /// How many bytes follow.
    #[cfg_attr(whit_wide, inline(always))]
    pub(in crate::module) fn remaining(&self) -> usize {
        self.0.len()
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn byte(&mut self) -> Option<u8> {
        self.0.next().copied()
    }

    /// The next `len` bytes.
    #[cfg_attr(whit_wide, inline(always))]
    pub(in crate::module) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.as_slice().split_at_checked(len)?;
        self.0 = rest.iter();
        Some(taken)
    }

    /// Passes over `len` bytes.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn skip(&mut self, len: usize) -> Option<()> {
        self.take(len).map(drop)
    }

    /// The bits of a number in LEB128 of at most five groups of seven, and how many groups it has.
    ///
    /// Without a loop, whose shifts by a variable would want registers that the check has other uses for.
    #[cfg_attr(whit_wide, inline(always))]
    #[cfg_attr(not(whit_wide), inline(never))]
    fn groups(&mut self) -> Option<(u64, u32)> {
        let mut bits = u64::from(self.byte()?);
        if bits < 0x80 {
            return Some((bits, 1));
        }
        bits &= 0x7F;
        bits |= u64::from(self.byte()?) << 7;
        if bits < 1 << 14 {
            return Some((bits, 2));
        }
        bits &= (1 << 14) - 1;
        bits |= u64::from(self.byte()?) << 14;
        if bits < 1 << 21 {
            return Some((bits, 3));
        }
        bits &= (1 << 21) - 1;
        bits |= u64::from(self.byte()?) << 21;
        if bits < 1 << 28 {
            return Some((bits, 4));
        }
        bits &= (1 << 28) - 1;
        bits |= u64::from(self.byte()?) << 28;
        (bits < 1 << 35).then_some((bits, 5))
    }

    /// An unsigned 32-bit number in LEB128.
    #[cfg_attr(whit_wide, inline(always))]
    pub(in crate::module) fn u32(&mut self) -> Option<u32> {
        let (bits, _) = self.groups()?;
        u32::try_from(bits).ok()
    }

    /// Passes over a number in LEB128, if four bytes are left and it ends within them: no such number is too large.
    /// Nothing is asked about its length, since no machine guesses that.
    #[cfg_attr(whit_wide, inline(always))]
    fn skip_short(&mut self) -> bool {
        let Some(next) = self.0.as_slice().first_chunk() else { return false };
        let last = !u32::from_le_bytes(*next) & 0x8080_8080;
        let len = (last.trailing_zeros() / 8 + 1) as usize;
        last != 0 && self.skip(len).is_some()
    }

    /// Passes over an unsigned 32-bit number in LEB128.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn skip_u32(&mut self) -> Option<()> {
        if self.skip_short() { Some(()) } else { self.u32().map(drop) }
    }

    /// Passes over a signed 32-bit number in LEB128.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn skip_i32(&mut self) -> Option<()> {
        if self.skip_short() {
            return Some(());
        }
        let (bits, groups) = self.groups()?;
        // The bits of a fifth group that do not fit repeat the sign.
        (groups < 5 || !(0x08..0x78).contains(&(bits >> 28))).then_some(())
    }

    /// Passes over a signed 64-bit number in LEB128.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn skip_i64(&mut self) -> Option<()> {
        if self.skip_short() {
            return Some(());
        }
        let mut groups = 1;
        while self.byte()? >= 0x80 {
            groups += 1;
            if groups == 10 {
                // The bits that do not fit repeat the sign.
                return matches!(self.byte()?, 0x00 | 0x7F).then_some(());
            }
        }
        Some(())
    }

    /// A block's type; what is no value type is found by who looks it up.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn block_type(&mut self) -> Option<Written> {
        let (bits, groups) = self.groups()?;
        if groups == 1 && bits >= 0x40 {
            return Some(Written::Short(bits as u8));
        }
        // It must not be negative.
        if bits >> (7 * groups - 1) != 0 {
            return None;
        }
        u32::try_from(bits).ok().map(Written::Index)
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Written};

    fn u32(bytes: &[u8]) -> Option<u32> {
        let mut code = Code::new(bytes);
        code.u32().filter(|_| code.is_at_end())
    }

    fn index(bytes: &[u8]) -> Option<u32> {
        let mut code = Code::new(bytes);
        match code.block_type() {
            Some(Written::Index(index)) if code.is_at_end() => Some(index),
            _ => None,
        }
    }

    fn is_i32(bytes: &[u8]) -> bool {
        let mut code = Code::new(bytes);
        code.skip_i32().is_some() && code.is_at_end()
    }

    fn is_i64(bytes: &[u8]) -> bool {
        let mut code = Code::new(bytes);
        code.skip_i64().is_some() && code.is_at_end()
    }

    #[test]
    fn unsigned_numbers() {
        assert_eq!(u32(&[0x05]), Some(5));
        assert_eq!(u32(&[0xe5, 0x8e, 0x26]), Some(624_485));
        assert_eq!(u32(&[0x80, 0x80, 0x80, 0x80, 0x00]), Some(0));
        assert_eq!(u32(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Some(u32::MAX));
        assert_eq!(u32(&[0xff, 0xff, 0xff, 0xff, 0x1f]), None);
        assert_eq!(u32(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00]), None);
        assert_eq!(u32(&[0x80]), None);
        assert_eq!(u32(&[]), None);
    }

    #[test]
    fn signed_numbers() {
        assert!(is_i32(&[0x7f]) && is_i32(&[0x80, 0x80, 0x80, 0x80, 0x78]));
        assert!(is_i32(&[0xff, 0xff, 0xff, 0xff, 0x07]) && is_i32(&[0xff, 0xff, 0xff, 0xff, 0x7f]));
        assert!(!is_i32(&[0xff, 0xff, 0xff, 0xff, 0x0f]) && !is_i32(&[0x80, 0x80, 0x80, 0x80, 0x70]));
        assert!(!is_i32(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00]) && !is_i32(&[0x80]));
        assert!(is_i64(&[0x7f]) && is_i64(&[0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]));
        let long = |tenth| [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, tenth];
        assert!(is_i64(&long(0x00)) && is_i64(&long(0x7f)));
        assert!(!is_i64(&long(0x01)) && !is_i64(&long(0x80)) && !is_i64(&[0x80; 8]));
    }

    #[test]
    fn passing_over_numbers_stops_behind_them() {
        for groups in 1..=5 {
            let mut bytes = [0x80; 9];
            bytes[groups - 1..].fill(0x01);
            let mut code = Code::new(&bytes);
            let copies = [code.clone(), code.clone()];
            assert!(code.skip_u32().is_some());
            let [mut i32, mut i64] = copies;
            assert!(i32.skip_i32().is_some() && i64.skip_i64().is_some());
            assert_eq!([code, i32, i64].map(|code| code.remaining()), [9 - groups; 3]);
        }
        // Where fewer than four bytes are left.
        let mut code = Code::new(&[0x80, 0x01, 0x01]);
        assert!(code.skip_u32().is_some() && code.remaining() == 1);
        assert!(code.skip_i32().is_some() && code.is_at_end() && code.skip_u32().is_none());
    }

    #[test]
    fn block_types() {
        assert_eq!(index(&[0x3f]), Some(63));
        assert_eq!(index(&[0xc0, 0x00]), Some(64));
        assert_eq!(index(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Some(u32::MAX));
        // Negative, or of a value type in too many bytes.
        assert_eq!(index(&[0x80, 0x40]), None);
        assert_eq!(index(&[0xff, 0x7f]), None);
        assert_eq!(index(&[0xff, 0xff, 0xff, 0xff, 0x1f]), None);
        assert!(matches!(Code::new(&[0x40]).block_type(), Some(Written::Short(0x40))));
    }
}
