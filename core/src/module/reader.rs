//! Decoding of bytes that have been validated, and of custom sections, which nobody validates.

/// A position in bytes. Every read gives nothing at the end of the bytes or where a number is too long.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) const fn remaining(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    /// The next `len` bytes.
    pub(crate) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(taken)
    }

    /// The bits of a number of at most `width` bits in LEB128 and how many of them there are.
    fn leb(&mut self, width: u32) -> Option<(u64, u32)> {
        let mut value = 0;
        let mut shift = 0;
        while shift < width {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some((value, shift));
            }
        }
        None
    }

    fn signed(&mut self, width: u32) -> Option<i64> {
        let (value, bits) = self.leb(width)?;
        let unused = 64u32.saturating_sub(bits);
        Some((value << unused).cast_signed() >> unused)
    }

    /// An unsigned 32-bit number in LEB128.
    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.leb(32).map(|(value, _)| value as u32)
    }

    /// A signed 32-bit number in LEB128.
    pub(crate) fn i32(&mut self) -> Option<i32> {
        self.signed(32).map(|value| value as i32)
    }

    /// A signed 64-bit number in LEB128.
    pub(crate) fn i64(&mut self) -> Option<i64> {
        self.signed(64)
    }

    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*taken)
    }

    /// A number of bytes in LEB128, then the bytes.
    pub(crate) fn sized(&mut self) -> Option<&'a [u8]> {
        let len = self.u32()?;
        self.take(len as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::Reader;

    #[test]
    fn numbers() {
        assert_eq!(Reader::new(&[0xe5, 0x8e, 0x26]).u32(), Some(624_485));
        assert_eq!(Reader::new(&[0xff, 0xff, 0xff, 0xff, 0x0f]).u32(), Some(u32::MAX));
        assert_eq!(Reader::new(&[0x7f]).i32(), Some(-1));
        assert_eq!(Reader::new(&[0x80, 0x80, 0x80, 0x80, 0x78]).i32(), Some(i32::MIN));
        assert_eq!(Reader::new(&[0xc0, 0xbb, 0x78]).i64(), Some(-123_456));
        let least = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f];
        assert_eq!(Reader::new(&least).i64(), Some(i64::MIN));
    }

    #[test]
    fn garbage_gives_nothing() {
        assert_eq!(Reader::new(&[0x80, 0x80]).u32(), None);
        assert_eq!(Reader::new(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00]).u32(), None);
        assert_eq!(Reader::new(&[0x05, 0x00]).sized(), None);
    }
}
