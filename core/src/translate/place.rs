//! Where operands are, as instructions have them.

use crate::ops::Type;
use crate::ops::shape::{Loc, MOST_OPERANDS};

/// An operand as an instruction has it: where, and the unit that says so.
///
/// In one number, since instructions are compared, copied and changed more often than written: the location in the lower
/// bits, above them whether it takes a unit, and in the upper half that unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place(u32);

impl Place {
    pub(super) const A: Self = Self::new(Loc::A, 0);
    pub(super) const ZERO: Self = Self::new(Loc::Z, 0);
    /// No place that an operand has.
    pub(super) const NOWHERE: Self = Self(u32::MAX);
    const UNITS: u32 = Loc::BITS;

    const fn new(loc: Loc, unit: u16) -> Self {
        Self(loc as u32 | (loc.units() as u32) << Self::UNITS | (unit as u32) << 16)
    }

    #[inline]
    pub(super) const fn slot(slot: i16) -> Self {
        Self::new(Loc::S, slot as u16)
    }

    pub(super) const fn pin(loc: Loc) -> Self {
        Self::new(loc, 0)
    }

    /// The constant `bits` of type `ty`: an immediate of one unit, if that will do.
    #[inline]
    pub(super) fn constant(ty: Type, bits: u64) -> Self {
        let value = if ty == Type::I32 { i64::from(bits as u32 as i32) } else { bits as i64 };
        match i16::try_from(value) {
            Ok(value) => Self::new(Loc::I, value as u16),
            Err(_) => Self::new(Loc::W, 0),
        }
    }

    /// The number that it is.
    #[inline]
    pub(super) const fn bits(self) -> u32 {
        self.0
    }

    /// The place that is this number.
    #[inline]
    pub(super) const fn of_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Where it is.
    #[inline]
    pub(super) const fn loc(self) -> Loc {
        Loc::numbered(self.number())
    }

    /// The number of the location.
    #[inline]
    pub(super) const fn number(self) -> usize {
        (self.0 & ((1 << Loc::BITS) - 1)) as usize
    }

    /// Whether it is at `loc`.
    #[inline]
    pub(super) const fn is(self, loc: Loc) -> bool {
        self.number() == loc as usize
    }

    /// How many units it takes.
    #[inline]
    pub(super) const fn units(self) -> usize {
        (self.0 >> Self::UNITS & 1) as usize
    }

    /// The unit, if it takes one.
    #[inline]
    pub(super) const fn unit(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// Whether it is a negative immediate.
    pub(super) const fn is_negative(self) -> bool {
        self.is(Loc::I) && self.unit() >> 15 == 1
    }

    /// The slot that it is.
    #[inline]
    pub(super) const fn slot_number(self) -> i16 {
        self.unit() as i16
    }
}

/// The places of an instruction's operands, its result last; [`Place::A`] where it has fewer.
pub(super) type Places = [Place; MOST_OPERANDS];
