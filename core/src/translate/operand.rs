//! Operands and locals, as the translator knows them.

use super::place::Place;
use crate::ops::{Bank, Type};

/// No entry: the end of a list of operands.
pub(super) const NONE: u32 = u32::MAX;

impl Bank {
    /// The accumulator for values of type `ty`.
    #[inline]
    pub(super) const fn of(ty: Type) -> Self {
        Self::numbered(ty as u8)
    }

    /// The accumulator for values of the type with this number.
    #[inline]
    const fn numbered(ty: u8) -> Self {
        match ty & 3 {
            0 => Self::Int,
            1 => Self::F32,
            2 => Self::F64,
            _ => Self::Slots,
        }
    }
}

/// What an operand's value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value {
    /// In its own slot, or in the accumulator that holds that slot.
    Temp,
    /// In the local, which has not been assigned since.
    Local(u32),
    /// Known: the bits of a slot.
    Const(u64),
}

/// What the payload of an operand is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Temp,
    Local,
    Const,
}

/// An entry of the operand stack: two numbers, which registers hold and memory has as they were written.
///
/// An operand is pushed by one instruction and popped by the next, when what was written in parts could not be read as a
/// whole yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand {
    /// The bits of a constant; the index of a local and, above it, the next older operand that is this local.
    pub(super) payload: u64,
    /// From the lowest bit on, where it is if no accumulator holds its slot, its type, its kind and its own slot.
    pub(super) packed: u64,
}

const _: () = assert!(size_of::<Operand>() == 16 && size_of::<Local>() == 16);

impl Operand {
    const TYPE: u32 = 32;
    const KIND: u32 = 40;
    pub(super) const SLOT: u32 = 48;

    /// What an operand is but for its payload.
    #[inline]
    pub(super) const fn pack(kind: Kind, ty: Type, place: Place, slot: i16) -> u64 {
        let upper = (ty as u64) << Self::TYPE | (kind as u64) << Self::KIND | (slot as u64) << Self::SLOT;
        place.bits() as u64 | upper
    }

    /// A value in its own slot, or about to be.
    #[inline]
    pub(super) const fn temp(ty: Type, slot: i16) -> Self {
        Self { payload: 0, packed: Self::pack(Kind::Temp, ty, Place::slot(slot), slot) }
    }

    /// A known value.
    #[inline]
    pub(super) fn constant(ty: Type, bits: u64, slot: i16) -> Self {
        Self { payload: bits, packed: Self::pack(Kind::Const, ty, Place::constant(ty, bits), slot) }
    }

    /// Where it is if no accumulator holds its slot.
    #[inline]
    pub(super) const fn place(self) -> Place {
        Place::of_bits(self.packed as u32)
    }

    /// Its own slot, whether or not the value is there.
    #[inline]
    pub(super) const fn slot(self) -> i16 {
        (self.packed as i64 >> Self::SLOT) as i16
    }

    #[inline]
    pub(super) const fn ty(self) -> Type {
        Type::numbered((self.packed >> Self::TYPE) as u8)
    }

    /// The accumulator for such values.
    #[inline]
    pub(super) const fn bank(self) -> Bank {
        Bank::numbered((self.packed >> Self::TYPE) as u8)
    }

    /// The same, of another type with as many slots.
    #[inline]
    pub(super) fn of_type(self, ty: Type) -> Self {
        // Which constants an immediate of one unit is depends on the type.
        if let Value::Const(bits) = self.value() {
            return Self::constant(ty, bits, self.slot());
        }
        let others = self.packed & !(0xFF << Self::TYPE);
        Self { packed: others | (ty as u64) << Self::TYPE, ..self }
    }

    #[inline]
    pub(super) const fn is(self, kind: Kind) -> bool {
        (self.packed >> Self::KIND) as u8 == kind as u8
    }

    /// What the value is.
    #[inline]
    pub(super) fn value(self) -> Value {
        if self.is(Kind::Temp) {
            Value::Temp
        } else if self.is(Kind::Local) {
            Value::Local(self.payload as u32)
        } else {
            Value::Const(self.payload)
        }
    }

    /// Whether it is neither a local nor known.
    #[inline]
    pub(super) fn is_temp(self) -> bool {
        self.is(Kind::Temp)
    }

    /// The local that it is, and the next older operand that is this local.
    #[inline]
    pub(super) fn local(self) -> Option<(usize, u32)> {
        self.is(Kind::Local).then_some((self.payload as u32 as usize, (self.payload >> 32) as u32))
    }
}

/// A parameter or local.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local {
    /// As [`Operand::packed`] of an operand that is this local, without its own slot.
    pub(super) packed: u64,
    /// The newest operand that is this local.
    pub(super) newest: u32,
    /// Where it is when it is not in a register.
    pub(super) slot: i16,
    /// Its number in sets of locals that are assigned.
    pub(super) number: u8,
}

impl Local {
    pub(super) fn new(ty: Type) -> Self {
        let packed = Operand::pack(Kind::Local, ty, Place::NOWHERE, 0);
        Self { packed, newest: NONE, slot: 0, number: Assigned::UNKNOWN }
    }

    #[inline]
    const fn operand(self) -> Operand {
        Operand { payload: 0, packed: self.packed }
    }

    /// Its slot, or `P0` or `P1` if it is pinned.
    #[inline]
    pub(super) const fn place(self) -> Place {
        self.operand().place()
    }

    /// Says where it is.
    pub(super) const fn set_place(&mut self, place: Place) {
        self.packed = Operand::pack(Kind::Local, self.ty(), place, 0);
    }

    #[inline]
    pub(super) const fn ty(self) -> Type {
        self.operand().ty()
    }
}

/// A set of locals that are assigned: a bit for each of the first 62 behind the parameters, one that all parameters share,
/// which is set, and one that all others share, which is not, since of these nothing is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assigned(u64);

impl Assigned {
    pub(super) const PARAMETER: u8 = u64::BITS as u8 - 1;
    pub(super) const UNKNOWN: u8 = u64::BITS as u8 - 2;
    /// What is assigned where a function begins.
    const PARAMETERS: Self = Self(1 << Self::PARAMETER);
    /// What is assigned where control does not come.
    pub(super) const ALL: Self = Self(!(1 << Self::UNKNOWN));

    /// Whether the local with this number is assigned.
    #[inline]
    pub(super) fn has(self, number: u8) -> bool {
        self.0 >> (number & (u64::BITS as u8 - 1)) & 1 != 0
    }

    /// What is assigned besides once the local with this number is.
    #[inline]
    pub(super) fn with(self, number: u8) -> Self {
        Self((self.0 | 1 << (number & (u64::BITS as u8 - 1))) & Self::ALL.0)
    }

    /// What is assigned where control comes from two places.
    #[inline]
    pub(super) fn meet(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Default for Assigned {
    fn default() -> Self {
        Self::PARAMETERS
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Operand, Value};
    use crate::ops::{Bank, Type};

    #[test]
    fn operands_are_what_was_packed() {
        for ty in [Type::I32, Type::I64, Type::F32, Type::F64, Type::Ref, Type::V128] {
            for slot in [-32_000, -1, 0, 1, 32_000] {
                let temp = Operand::temp(ty, slot);
                assert_eq!((temp.ty(), temp.bank(), temp.slot()), (ty, Bank::of(ty), slot));
                assert!(temp.is_temp() && temp.place().slot_number() == slot);
                let packed = Operand::pack(Kind::Local, ty, temp.place(), -slot);
                let local = Operand { payload: 7 | 9 << 32, packed };
                assert_eq!((local.value(), local.local()), (Value::Local(7), Some((7, 9))));
                assert_eq!((local.ty(), local.place(), local.slot()), (ty, temp.place(), -slot));
                let constant = Operand::constant(ty, 5, slot);
                assert_eq!((constant.value(), constant.slot()), (Value::Const(5), slot));
                let other = constant.of_type(Type::F64);
                assert_eq!((other.ty(), other.place(), other.slot()), (Type::F64, constant.place(), slot));
            }
        }
    }
}
