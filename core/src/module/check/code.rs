//! Reading of bodies that nobody has validated: what wasmparser would refuse gives nothing.

/// The rest of a body's code. Reads past the end give nothing.
///
/// As an iterator, which is one address that moves, and one that does not.
#[derive(Clone)]
pub(super) struct Code<'a>(core::slice::Iter<'a, u8>);

/// The bits of five bytes, the most that 32-bit numbers have, that are clear in the last byte of a number.
const STOPS: u64 = 0x80_80_80_80_80;
/// The same of eight bytes.
const LONG_STOPS: u64 = 0x8080_8080_8080_8080;

/// A block's type as it is written.
pub(super) enum Written {
    /// `0x40`, or a value type.
    Short(u8),
    /// The index of a function type.
    Index(u32),
}

impl<'a> Code<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.iter())
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn is_at_end(&self) -> bool {
        self.0.as_slice().is_empty()
    }

    /// How many bytes follow.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn remaining(&self) -> usize {
        self.0.len()
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn byte(&mut self) -> Option<u8> {
        self.0.next().copied()
    }

    /// Passes over `len` bytes.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn skip(&mut self, len: usize) -> Option<()> {
        self.0 = self.0.as_slice().get(len..)?.iter();
        Some(())
    }

    /// The next eight bytes, or zeros where there are no more.
    #[cfg_attr(whit_wide, inline(always))]
    fn window(&self) -> u64 {
        match self.0.as_slice().first_chunk() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => last_window(self.0.as_slice()),
        }
    }

    /// An unsigned 32-bit number in LEB128.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn u32(&mut self) -> Option<u32> {
        let first = *self.0.as_slice().first()?;
        if first < 0x80 {
            self.0.next();
            return Some(u32::from(first));
        }
        let number = number(self.window())?;
        self.skip(number.len)?;
        u32::try_from(number.value()).ok()
    }

    /// Passes over a signed 32-bit number in LEB128.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn skip_i32(&mut self) -> Option<()> {
        let first = *self.0.as_slice().first()?;
        if first < 0x80 {
            self.0.next();
            return Some(());
        }
        let number = number(self.window())?;
        self.skip(number.len)?;
        // The bits of a fifth byte that do not fit repeat the sign.
        let fifth = number.bits >> 32;
        (!(0x08..0x78).contains(&fifth)).then_some(())
    }

    /// Passes over a signed 64-bit number in LEB128.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn skip_i64(&mut self) -> Option<()> {
        let stops = !self.window() & LONG_STOPS;
        if stops != 0 {
            return self.skip(stops.trailing_zeros() as usize / 8 + 1);
        }
        self.skip(8)?;
        if self.byte()? >= 0x80 {
            let tenth = self.byte()?;
            return matches!(tenth, 0x00 | 0x7F).then_some(());
        }
        Some(())
    }

    /// A block's type; what is no value type is found by who looks it up.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn block_type(&mut self) -> Option<Written> {
        let first = *self.0.as_slice().first()?;
        if first < 0x80 {
            self.0.next();
            return Some(if first < 0x40 { Written::Index(first.into()) } else { Written::Short(first) });
        }
        let number = number(self.window())?;
        self.skip(number.len)?;
        // It must not be negative.
        let value = number.value();
        let sign = value >> (7 * number.len - 1);
        if sign != 0 {
            return None;
        }
        u32::try_from(value).ok().map(Written::Index)
    }
}

/// The next eight bytes near the end.
#[cold]
#[inline(never)]
fn last_window(rest: &[u8]) -> u64 {
    let mut window = [0; 8];
    for (to, from) in window.iter_mut().zip(rest) {
        *to = *from;
    }
    u64::from_le_bytes(window)
}

/// A number in LEB128 of at most five bytes.
struct Number {
    /// Its bytes, the first in the lowest bits.
    bits: u64,
    len: usize,
}

/// The number at the start of `window`, if it ends within five bytes.
#[cfg_attr(whit_wide, inline(always))]
fn number(window: u64) -> Option<Number> {
    let stops = !window & STOPS;
    if stops == 0 {
        return None;
    }
    // Up to the first stop.
    let bits = window & (stops ^ (stops - 1));
    Some(Number { bits, len: stops.trailing_zeros() as usize / 8 + 1 })
}

impl Number {
    /// The value of an unsigned number; of a signed one, with zeros before its sign.
    #[cfg_attr(whit_wide, inline(always))]
    fn value(&self) -> u64 {
        let group = |index: u32| (self.bits >> (8 * index) & 0x7F) << (7 * index);
        group(0) | group(1) | group(2) | group(3) | group(4)
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
