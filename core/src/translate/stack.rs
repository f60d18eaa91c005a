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
        match ty as u8 & 3 {
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

/// An entry of the operand stack: 16 bytes, which two registers hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand {
    /// The bits of a constant; the index of a local and, above it, the next older operand that is this local.
    payload: u64,
    /// Where it is if no accumulator holds its slot.
    pub(super) place: Place,
    /// Its own slot, whether or not the value is there.
    pub(super) slot: i16,
    pub(super) ty: Type,
    kind: Kind,
}

impl Operand {
    /// A value in its own slot, or about to be.
    #[inline]
    const fn temp(ty: Type, slot: i16) -> Self {
        Self { payload: 0, place: Place::slot(slot), slot, ty, kind: Kind::Temp }
    }

    /// A known value.
    #[inline]
    pub(super) fn constant(ty: Type, bits: u64, slot: i16) -> Self {
        Self { payload: bits, place: Place::constant(ty, bits), slot, ty, kind: Kind::Const }
    }

    /// What the value is.
    #[inline]
    pub(super) fn value(&self) -> Value {
        match self.kind {
            Kind::Temp => Value::Temp,
            Kind::Local => Value::Local(self.payload as u32),
            Kind::Const => Value::Const(self.payload),
        }
    }

    /// Whether it is neither a local nor known.
    #[inline]
    pub(super) fn is_temp(&self) -> bool {
        self.kind == Kind::Temp
    }

    /// The local that it is, and the next older operand that is this local.
    #[inline]
    fn local(&self) -> Option<(usize, u32)> {
        (self.kind == Kind::Local).then_some((self.payload as u32 as usize, (self.payload >> 32) as u32))
    }
}

/// A parameter or local.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local {
    /// Its slot, or `P0` or `P1` if it is pinned.
    pub(super) place: Place,
    /// The newest operand that is this local.
    newest: u32,
    /// Where it is when it is not in a register.
    pub(super) slot: i16,
    pub(super) ty: Type,
}

impl Local {
    pub(super) fn new(ty: Type) -> Self {
        Self { place: Place::NOWHERE, newest: NONE, slot: 0, ty }
    }
}

/// A set of locals that are assigned, of the first 64 behind the parameters: a bit for each. Of others, nothing is known.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Assigned(u64);

impl Assigned {
    /// What is assigned where control does not come.
    pub(super) const ALL: Self = Self(u64::MAX);

    /// The local with this number, not counting parameters.
    #[inline]
    fn one(number: u32) -> Self {
        Self(if number < u64::BITS { 1 << number } else { 0 })
    }

    /// What is assigned where control comes from two places.
    #[inline]
    pub(super) fn meet(self, other: Self) -> Self {
        Self(self.0 & other.0)
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
    /// How many of the locals are parameters.
    params: u32,
    /// Which of the others are assigned, whichever way control comes to this point.
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

    /// Adds the parameters, before the other locals.
    pub(super) fn declare_params(
        &mut self,
        params: impl ExactSizeIterator<Item = Type>,
    ) -> Result<(), Error> {
        self.params = params.len() as u32;
        self.locals.try_reserve(params.len())?;
        self.locals.extend(params.map(Local::new));
        Ok(())
    }

    /// Notes that a local is assigned.
    #[inline]
    pub(super) fn assign(&mut self, local: u32) {
        self.assigned.0 |= Assigned::one(local.wrapping_sub(self.params)).0;
    }

    /// The slots, from the first to the last, of locals that must start as zero: those that the code may read before it
    /// assigns them.
    pub(super) fn zeroed(&self) -> Range<i16> {
        self.zeroed.clone()
    }

    /// Notes that a local is read: if it may not be assigned, it must start as zero.
    #[inline]
    fn read(&mut self, local: u32) {
        if local >= self.params && self.assigned.0 & Assigned::one(local - self.params).0 == 0 {
            let entry = &self.locals[local as usize];
            let (start, end) = (entry.slot, entry.slot + entry.ty.slots() as i16);
            let range = &self.zeroed;
            let empty = range.start == range.end;
            self.zeroed = if empty { start..end } else { range.start.min(start)..range.end.max(end) };
            self.assign(local);
        }
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
    pub(super) fn place_of(&self, operand: &Operand) -> Place {
        let held = self.held[Bank::of(operand.ty) as usize];
        if held.place == operand.place { Place::A } else { operand.place }
    }

    /// Whether an accumulator, and nothing else, has the operand's value.
    #[inline]
    pub(super) fn holds_alone(&self, operand: &Operand) -> bool {
        let alone = Held { place: operand.place, dirty: true };
        operand.is_temp() && self.held[Bank::of(operand.ty) as usize] == alone
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

    // Parts instead of an operand, which would go through memory on its way to `push_with_growth`.
    //
    // `slots`, which are the type's, are an argument so that they are a constant where that is known.
    #[cfg_attr(whit_wide, inline(always))]
    fn push(&mut self, kind: Kind, ty: Type, slots: usize, place: Place, payload: u64) -> Result<(), Error> {
        if self.operands.len() == self.operands.capacity() {
            return self.push_with_growth(kind, ty, place, payload);
        }
        self.push_in_room(kind, ty, slots, place, payload)
    }

    #[cold]
    #[inline(never)]
    fn push_with_growth(&mut self, kind: Kind, ty: Type, place: Place, payload: u64) -> Result<(), Error> {
        self.operands.try_reserve(1)?;
        self.push_in_room(kind, ty, ty.slots(), place, payload)
    }

    #[cfg_attr(whit_wide, inline(always))]
    fn push_in_room(
        &mut self,
        kind: Kind,
        ty: Type,
        slots: usize,
        place: Place,
        payload: u64,
    ) -> Result<(), Error> {
        debug_assert_eq!(slots, ty.slots());
        let slot = self.height as i16;
        self.operands.push(Operand { payload, place, slot, ty, kind });
        self.forget_slot(slot);
        if slots == 2 {
            self.forget_slot(slot + 1);
        }
        self.height += slots;
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
        self.push(Kind::Temp, ty, ty.slots(), Place::slot(slot), 0)?;
        Ok(slot)
    }

    /// Pushes a value that the accumulator of its type holds and its slot does not.
    #[inline]
    pub(super) fn push_held(&mut self, ty: Type) -> Result<(), Error> {
        let place = Place::slot(self.height as i16);
        self.push(Kind::Temp, ty, 1, place, 0)?;
        let held = &mut self.held[Bank::of(ty) as usize];
        self.before = if held.dirty { Held::NOTHING } else { *held };
        *held = Held { place, dirty: true };
        Ok(())
    }

    /// Pushes a known value.
    #[inline]
    pub(super) fn push_const(&mut self, ty: Type, bits: u64) -> Result<(), Error> {
        self.push(Kind::Const, ty, 1, Place::constant(ty, bits), bits)
    }

    /// Pushes the value of a local.
    #[inline]
    pub(super) fn push_local(&mut self, local: u32) -> Result<(), Error> {
        self.read(local);
        let index = self.operands.len() as u32;
        let entry = &mut self.locals[local as usize];
        let payload = u64::from(local) | u64::from(entry.newest) << 32;
        entry.newest = index;
        let (ty, place) = (entry.ty, entry.place);
        match ty.slots() {
            1 => self.push(Kind::Local, ty, 1, place, payload),
            slots => self.push(Kind::Local, ty, slots, place, payload),
        }
    }

    /// Pops the topmost operand.
    #[inline]
    pub(super) fn pop(&mut self) -> Operand {
        let Some(operand) = self.operands.pop() else {
            // Validation rules this out.
            return Operand::constant(Type::I32, 0, HEADER as i16);
        };
        self.settled = self.settled.min(self.operands.len());
        self.height = operand.slot as usize;
        if let Some((local, older)) = operand.local() {
            self.locals[local].newest = older;
        }
        operand
    }

    /// Says that the topmost operand, an `i32`, is the same number as an `i64`.
    pub(super) fn extend_unsigned(&mut self) {
        if let Some(operand) = self.operands.last_mut() {
            operand.ty = Type::I64;
            if operand.kind == Kind::Const {
                operand.place = Place::constant(Type::I64, operand.payload);
            }
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
        *operand = Operand::temp(operand.ty, operand.slot);
    }
}

#[cold]
fn too_high() -> Result<(), Error> {
    Err(Error::limit("operands of a function", MOST_SLOTS, None))
}
