//! What the translator knows at a point of the code: locals, operands, and what the accumulators hold.

use alloc::vec::Vec;
use core::ops::Range;

use super::place::Place;
use crate::error::Error;
use crate::ir::HEADER;
use crate::ops::{BANKS, Bank, Type};

/// No entry: the end of a list of operands.
const NONE: u32 = u32::MAX;

/// Slots of locals and operands that a frame may have, so that signed 16-bit slot numbers reach them all.
pub(super) const MOST_SLOTS: usize = 32_000;

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

/// What an accumulator holds: the value of a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Held {
    place: Place,
    /// The slot itself has not been written.
    pub(super) dirty: bool,
}

impl Held {
    /// What an accumulator holds that holds nothing known.
    const NOTHING: Self = Self { place: Place::NOWHERE, dirty: false };

    #[inline]
    pub(super) fn new(slot: i16, dirty: bool) -> Self {
        Self { place: Place::slot(slot), dirty }
    }

    /// The slot.
    pub(super) fn slot(self) -> i16 {
        self.place.slot_number()
    }
}

impl Default for Held {
    fn default() -> Self {
        Self::NOTHING
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
enum Kind {
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
    payload: u64,
    /// From the lowest bit on, where it is if no accumulator holds its slot, its type, its kind and its own slot.
    packed: u64,
}

impl Operand {
    const TYPE: u32 = 32;
    const KIND: u32 = 40;
    const SLOT: u32 = 48;

    /// What an operand is but for its payload.
    #[inline]
    const fn pack(kind: Kind, ty: Type, place: Place, slot: i16) -> u64 {
        let upper = (ty as u64) << Self::TYPE | (kind as u64) << Self::KIND | (slot as u64) << Self::SLOT;
        place.bits() as u64 | upper
    }

    /// A value in its own slot, or about to be.
    #[inline]
    const fn temp(ty: Type, slot: i16) -> Self {
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
    const fn of_type(self, ty: Type) -> Self {
        let others = self.packed & !(0xFF << Self::TYPE);
        Self { packed: others | (ty as u64) << Self::TYPE, ..self }
    }

    #[inline]
    const fn is(self, kind: Kind) -> bool {
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
    fn local(self) -> Option<(usize, u32)> {
        self.is(Kind::Local).then_some((self.payload as u32 as usize, (self.payload >> 32) as u32))
    }
}

/// A parameter or local.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local {
    /// What an operand is that is this local, but for its own slot.
    packed: u64,
    /// The newest operand that is this local.
    newest: u32,
    /// Where it is when it is not in a register.
    pub(super) slot: i16,
    /// Its number in sets of locals that are assigned.
    number: u8,
}

impl Local {
    fn new(ty: Type) -> Self {
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

/// A set of locals that are assigned: a bit for each of the first behind the parameters, one for all parameters, which
/// always are, and one for the others, of which that is never known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assigned(u64);

impl Assigned {
    const PARAMETER: u8 = u64::BITS as u8 - 1;
    const UNKNOWN: u8 = u64::BITS as u8 - 2;
    /// What is assigned where a function begins.
    const PARAMETERS: Self = Self(1 << Self::PARAMETER);
    /// What is assigned where control does not come.
    pub(super) const ALL: Self = Self(!(1 << Self::UNKNOWN));

    /// Whether the local with this number is assigned.
    #[inline]
    fn has(self, number: u8) -> bool {
        self.0 >> (number & (u64::BITS as u8 - 1)) & 1 != 0
    }

    /// What is assigned besides once the local with this number is.
    #[inline]
    fn with(self, number: u8) -> Self {
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

/// Locals, operands and accumulators.
#[derive(Default)]
pub(super) struct Stack {
    pub(super) locals: Vec<Local>,
    pub(super) operands: Vec<Operand>,
    /// Slots in use, from the frame on.
    height: usize,
    /// The most slots that were in use.
    pub(super) highest: usize,
    /// What each accumulator holds, by [`Bank`].
    held: [Held; BANKS],
    /// What the accumulator held before the newest operand that was pushed into one, if its slot had that value too.
    before: Held,
    /// How many operands, from the bottom, are known to be neither locals nor in an accumulator alone.
    pub(super) settled: usize,
    /// Which locals are assigned, whichever way control comes to this point.
    pub(super) assigned: Assigned,
    /// The slots, from the first to the last, of locals that may be read before they are assigned.
    zeroed: Range<i16>,
}

impl Stack {
    /// Empties it for another function.
    pub(super) fn reset(&mut self) {
        self.locals.clear();
        self.operands.clear();
        self.height = HEADER;
        self.highest = HEADER;
        self.held = [Held::NOTHING; BANKS];
        self.settled = 0;
        self.assigned = Assigned::default();
        self.zeroed = 0..0;
    }

    /// Adds locals of these types: first the parameters, then the others.
    pub(super) fn declare(&mut self, types: impl ExactSizeIterator<Item = Type>) -> Result<(), Error> {
        self.locals.try_reserve(types.len())?;
        self.locals.extend(types.map(Local::new));
        Ok(())
    }

    /// Gives every local its slot, below the frame; `slots` is how many they take, and `params` how many of them are
    /// parameters.
    pub(super) fn place_locals(&mut self, params: usize, slots: usize) {
        let mut slot = -(slots as isize);
        for local in &mut self.locals {
            local.slot = slot as i16;
            local.set_place(Place::slot(local.slot));
            slot += local.ty().slots() as isize;
        }
        let (params, others) = self.locals.split_at_mut(params);
        for local in params {
            local.number = Assigned::PARAMETER;
        }
        for (local, number) in others.iter_mut().zip(0..Assigned::UNKNOWN) {
            local.number = number;
        }
    }

    /// Notes that a local is assigned.
    #[inline]
    pub(super) fn assign(&mut self, local: u32) {
        self.assigned = self.assigned.with(self.locals[local as usize].number);
    }

    /// The slots, from the first to the last, of locals that must start as zero: those that the code may read before it
    /// assigns them.
    pub(super) fn zeroed(&self) -> Range<i16> {
        self.zeroed.clone()
    }

    /// The slot of the next operand.
    pub(super) fn height(&self) -> usize {
        self.height
    }

    /// What an accumulator holds.
    pub(super) fn held(&self, bank: Bank) -> Option<Held> {
        let held = self.held[bank as usize];
        (held != Held::NOTHING).then_some(held)
    }

    /// Where the operand is, as things stand.
    #[inline]
    pub(super) fn place_of(&self, operand: Operand) -> Place {
        let held = self.held[operand.bank() as usize];
        if held.place == operand.place() { Place::A } else { operand.place() }
    }

    /// Whether an accumulator, and nothing else, has the operand's value.
    #[inline]
    pub(super) fn holds_alone(&self, operand: Operand) -> bool {
        let alone = Held { place: operand.place(), dirty: true };
        operand.is_temp() && self.held[operand.bank() as usize] == alone
    }

    /// Notes what an accumulator holds.
    #[inline]
    pub(super) fn hold(&mut self, bank: Bank, held: Option<Held>) {
        self.held[bank as usize] = held.unwrap_or(Held::NOTHING);
    }

    /// What the accumulator held before the newest operand that was pushed into one, as far as its slot had that too.
    pub(super) fn before(&self) -> Held {
        self.before
    }

    /// What all accumulators hold.
    pub(super) fn all_held(&self) -> [Held; BANKS] {
        self.held
    }

    /// Whether an accumulator holds the value of a slot that has not been written.
    #[inline]
    pub(super) fn any_alone(&self) -> bool {
        self.held[..Bank::Slots as usize].iter().any(|held| held.dirty)
    }

    /// Notes what all accumulators hold.
    pub(super) fn hold_all(&mut self, held: [Held; BANKS]) {
        self.held = held;
    }

    /// Notes that accumulators hold nothing known.
    pub(super) fn forget_held(&mut self) {
        self.held = [Held::NOTHING; BANKS];
    }

    /// Notes that `slot` has another value than what accumulators hold for it.
    #[inline]
    pub(super) fn forget_slot(&mut self, slot: i16) {
        let place = Place::slot(slot);
        // Nothing is held for vectors.
        for held in &mut self.held[..Bank::Slots as usize] {
            if held.place == place {
                *held = Held::NOTHING;
            }
        }
    }

    /// Whether the value that an accumulator alone holds is still an operand; its slot.
    #[inline]
    pub(super) fn must_keep(&self, bank: Bank) -> Option<i16> {
        let held = self.held[bank as usize];
        // Only operands are held alone, so the slot is none of a local.
        (held.dirty && (held.slot() as usize) < self.height).then_some(held.slot())
    }

    // `packed` is the operand but for its own slot. `slots`, which are its type's, are an argument so that they are a
    // constant where that is known.
    #[cfg_attr(whit_wide, inline(always))]
    fn push(&mut self, packed: u64, slots: usize, payload: u64) -> Result<(), Error> {
        if self.operands.len() == self.operands.capacity() {
            return self.push_with_growth(packed, slots, payload);
        }
        self.push_in_room(packed, slots, payload)
    }

    #[cold]
    #[inline(never)]
    fn push_with_growth(&mut self, packed: u64, slots: usize, payload: u64) -> Result<(), Error> {
        self.operands.try_reserve(1)?;
        self.push_in_room(packed, slots, payload)
    }

    #[cfg_attr(whit_wide, inline(always))]
    fn push_in_room(&mut self, packed: u64, slots: usize, payload: u64) -> Result<(), Error> {
        let slot = self.height;
        let operand = Operand { payload, packed: packed | (slot as u64) << Operand::SLOT };
        debug_assert_eq!(slots, operand.ty().slots());
        self.operands.push(operand);
        self.forget_slot(slot as i16);
        if slots == 2 {
            self.forget_slot(slot as i16 + 1);
        }
        self.height = slot + slots;
        if self.height > self.highest {
            self.highest = self.height;
            if self.height > MOST_SLOTS {
                return too_high();
            }
        }
        Ok(())
    }

    /// Pushes a value that is in its own slot, or about to be; gives the slot.
    #[inline]
    pub(super) fn push_temp(&mut self, ty: Type) -> Result<i16, Error> {
        let slot = self.height as i16;
        self.push(Operand::pack(Kind::Temp, ty, Place::slot(slot), 0), ty.slots(), 0)?;
        Ok(slot)
    }

    /// Pushes a value that the accumulator of its type holds and its slot does not.
    #[inline]
    pub(super) fn push_held(&mut self, ty: Type) -> Result<(), Error> {
        let place = Place::slot(self.height as i16);
        self.push(Operand::pack(Kind::Temp, ty, place, 0), 1, 0)?;
        let held = &mut self.held[Bank::of(ty) as usize];
        self.before = if held.dirty { Held::NOTHING } else { *held };
        *held = Held { place, dirty: true };
        Ok(())
    }

    /// Pushes a known value.
    #[inline]
    pub(super) fn push_const(&mut self, ty: Type, bits: u64) -> Result<(), Error> {
        self.push(Operand::pack(Kind::Const, ty, Place::constant(ty, bits), 0), 1, bits)
    }

    /// Pushes the value of a local.
    #[inline]
    pub(super) fn push_local(&mut self, local: u32) -> Result<(), Error> {
        let entry = self.locals[local as usize];
        if !self.assigned.has(entry.number) {
            return self.push_unassigned(local);
        }
        self.push_assigned(local)
    }

    #[inline(always)]
    fn push_assigned(&mut self, local: u32) -> Result<(), Error> {
        let entry = &mut self.locals[local as usize];
        let payload = u64::from(local) | u64::from(entry.newest) << 32;
        entry.newest = self.operands.len() as u32;
        let packed = entry.packed;
        match entry.ty() {
            Type::V128 => self.push_wide(packed, payload),
            _ => self.push(packed, 1, payload),
        }
    }

    #[inline(never)]
    fn push_wide(&mut self, packed: u64, payload: u64) -> Result<(), Error> {
        self.push(packed, 2, payload)
    }

    /// The same for a local that may not be assigned yet: it must start as zero.
    #[cold]
    #[inline(never)]
    fn push_unassigned(&mut self, local: u32) -> Result<(), Error> {
        let entry = &self.locals[local as usize];
        let (start, end) = (entry.slot, entry.slot + entry.ty().slots() as i16);
        let range = &self.zeroed;
        let empty = range.start == range.end;
        self.zeroed = if empty { start..end } else { range.start.min(start)..range.end.max(end) };
        self.assign(local);
        self.push_assigned(local)
    }

    /// Pops the topmost operand.
    #[inline]
    pub(super) fn pop(&mut self) -> Operand {
        let Some(operand) = self.operands.pop() else {
            // Validation rules this out.
            return Operand::constant(Type::I32, 0, HEADER as i16);
        };
        if self.operands.len() < self.settled {
            self.settled = self.operands.len();
        }
        self.height = operand.slot() as usize;
        if let Some((local, older)) = operand.local() {
            self.locals[local].newest = older;
        }
        operand
    }

    /// Says that the topmost operand, an `i32`, is the same number as an `i64`.
    pub(super) fn extend_unsigned(&mut self) {
        if let Some(operand) = self.operands.last_mut() {
            *operand = match operand.value() {
                Value::Const(bits) => Operand::constant(Type::I64, bits, operand.slot()),
                _ => operand.of_type(Type::I64),
            };
        }
    }

    /// Drops operands until `len` are left.
    pub(super) fn truncate(&mut self, len: usize) {
        while self.operands.len() > len {
            self.pop();
        }
    }

    /// The newest operand that is `local`, if there is one.
    pub(super) fn newest(&self, local: u32) -> Option<usize> {
        let newest = self.locals[local as usize].newest;
        (newest != NONE).then_some(newest as usize)
    }

    /// Notes that operand `index` is in its own slot. Where it is a local, it must be the newest such operand.
    pub(super) fn settle(&mut self, index: usize) {
        let Some(operand) = self.operands.get_mut(index) else { return };
        if let Some((local, older)) = operand.local() {
            self.locals[local].newest = older;
        }
        *operand = Operand::temp(operand.ty(), operand.slot());
    }
}

#[cold]
fn too_high() -> Result<(), Error> {
    Err(Error::limit("operands of a function", MOST_SLOTS, None))
}
