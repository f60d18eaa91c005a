//! What the translator knows at a point of the code: locals, operands, and what the accumulators hold.

use alloc::vec::Vec;
use core::ops::Range;

use super::operand::{Assigned, Kind, Local, NONE, Operand};
use super::place::Place;
use crate::error::Error;
use crate::ir::HEADER;
use crate::ops::{BANKS, Bank, Type};

/// Slots of locals and operands that a frame may have, so that signed 16-bit slot numbers reach them all.
pub(super) const MOST_SLOTS: usize = 32_000;

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

    /// What the accumulator held before the newest operand that was pushed into one, as far as its slot had that too: what
    /// it held before the last instruction, where that has its result there, since the two are one after the other.
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

    #[cfg_attr(whit_wide, inline(always))]
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

    // Apart, so that what is pushed most often has no question about its slots.
    #[inline(never)]
    fn push_wide(&mut self, packed: u64, payload: u64) -> Result<(), Error> {
        self.push(packed, 2, payload)
    }

    /// Pushes the value of a local that may not be assigned yet: it must start as zero.
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

    /// Says that the topmost operand has type `ty`, with as many slots.
    pub(super) fn retype(&mut self, ty: Type) {
        if let Some(operand) = self.operands.last_mut() {
            *operand = operand.of_type(ty);
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
