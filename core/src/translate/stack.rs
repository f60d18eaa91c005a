//! What the translator knows at a point of the code: locals, operands, and what the accumulators hold.

use alloc::vec::Vec;

use crate::error::Error;
use crate::ir::HEADER;
use crate::ops::Bank;
use crate::ops::Type;
use crate::ops::shape::Loc;

/// No entry: the end of a list of operands.
const NONE: u32 = u32::MAX;

/// Slots of locals and operands that a frame may have, so that signed 16-bit slot numbers reach them all.
pub(super) const MOST_SLOTS: usize = 32_000;

impl Bank {
    /// The accumulator for values of type `ty`; vectors travel in slots alone.
    pub(super) fn of(ty: Type) -> Self {
        match ty {
            Type::F32 => Self::F32,
            Type::F64 => Self::F64,
            _ => Self::Int,
        }
    }
}

/// What an accumulator holds: the value of a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Held {
    pub(super) slot: i16,
    /// The slot itself has not been written.
    pub(super) dirty: bool,
}

/// What an accumulator holds that holds nothing known: the slot has a number that no slot has.
const NOTHING: Held = Held { slot: i16::MIN, dirty: false };

impl Default for Held {
    fn default() -> Self {
        NOTHING
    }
}

/// Where an operand's value is to be found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value {
    /// In its own slot, or in the accumulator that holds that slot.
    Temp,
    /// In the local, which has not been assigned since; the next older operand that is this local.
    Local { local: u32, older: u32 },
    /// Known: the bits of a slot.
    Const(u64),
}

/// An entry of the operand stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand {
    pub(super) value: Value,
    pub(super) ty: Type,
    /// Its own slot, whether or not the value is there.
    pub(super) slot: i16,
}

/// A parameter or local.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local {
    pub(super) ty: Type,
    pub(super) slot: i16,
    /// `P0` or `P1` if it is pinned.
    pub(super) pin: Option<Loc>,
    /// The newest operand that is this local.
    newest: u32,
}

impl Local {
    pub(super) fn new(ty: Type) -> Self {
        Self { ty, slot: 0, pin: None, newest: NONE }
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
    held: [Held; 3],
    /// How many operands, from the bottom, are known to be neither locals nor in an accumulator alone.
    pub(super) settled: usize,
}

impl Stack {
    /// Empties it for another function.
    pub(super) fn reset(&mut self) {
        self.locals.clear();
        self.operands.clear();
        self.height = HEADER;
        self.highest = HEADER;
        self.held = [NOTHING; 3];
        self.settled = 0;
    }

    /// The slot of the next operand.
    pub(super) fn height(&self) -> usize {
        self.height
    }

    /// What an accumulator holds.
    pub(super) fn held(&self, bank: Bank) -> Option<Held> {
        let held = self.held[bank as usize];
        (held != NOTHING).then_some(held)
    }

    /// Whether an accumulator holds the value of `slot`.
    #[inline]
    pub(super) fn holds(&self, bank: Bank, slot: i16) -> bool {
        self.held[bank as usize].slot == slot
    }

    /// Whether an accumulator, and nothing else, holds the value of `slot`.
    #[inline]
    pub(super) fn holds_alone(&self, bank: Bank, slot: i16) -> bool {
        self.held[bank as usize] == Held { slot, dirty: true }
    }

    /// Notes what an accumulator holds.
    pub(super) fn hold(&mut self, bank: Bank, held: Option<Held>) {
        self.held[bank as usize] = held.unwrap_or(NOTHING);
    }

    /// What all accumulators hold.
    pub(super) fn all_held(&self) -> [Held; 3] {
        self.held
    }

    /// Whether an accumulator holds the value of a slot.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn holds_any(&self) -> bool {
        self.held != [NOTHING; 3]
    }

    /// Notes what all accumulators hold.
    pub(super) fn hold_all(&mut self, held: [Held; 3]) {
        self.held = held;
    }

    /// Notes that accumulators hold nothing known.
    pub(super) fn forget_held(&mut self) {
        self.held = [NOTHING; 3];
    }

    /// Notes that `slot` has another value than what accumulators hold for it.
    #[inline]
    pub(super) fn forget_slot(&mut self, slot: i16) {
        for held in &mut self.held {
            if held.slot == slot {
                *held = NOTHING;
            }
        }
    }

    /// Whether the value that an accumulator alone holds is still an operand.
    pub(super) fn must_keep(&self, bank: Bank) -> Option<i16> {
        let held = self.held[bank as usize];
        (held.dirty && usize::try_from(held.slot).is_ok_and(|slot| slot < self.height)).then_some(held.slot)
    }

    #[cfg_attr(whit_wide, inline(always))]
    fn push(&mut self, value: Value, ty: Type) -> Result<i16, Error> {
        let slot = self.height as i16;
        self.operands.try_reserve(1)?;
        self.operands.push(Operand { value, ty, slot });
        if ty.slots() == 2 {
            self.forget_slot(slot + 1);
        }
        self.height += ty.slots();
        if self.height > self.highest {
            self.highest = self.height;
            if self.height > MOST_SLOTS {
                return Err(too_high());
            }
        }
        Ok(slot)
    }

    /// Pushes a value that is in its own slot, or about to be.
    #[inline]
    pub(super) fn push_temp(&mut self, ty: Type) -> Result<i16, Error> {
        let slot = self.push(Value::Temp, ty)?;
        self.forget_slot(slot);
        Ok(slot)
    }

    /// Pushes a value that the accumulator of its type holds and its slot does not.
    #[inline]
    pub(super) fn push_held(&mut self, ty: Type) -> Result<(), Error> {
        let slot = self.push_temp(ty)?;
        self.hold(Bank::of(ty), Some(Held { slot, dirty: true }));
        Ok(())
    }

    /// Pushes a known value.
    #[inline]
    pub(super) fn push_const(&mut self, ty: Type, bits: u64) -> Result<(), Error> {
        let slot = self.push(Value::Const(bits), ty)?;
        self.forget_slot(slot);
        Ok(())
    }

    /// Pushes the value of a local.
    #[inline]
    pub(super) fn push_local(&mut self, local: u32) -> Result<(), Error> {
        let index = self.operands.len() as u32;
        let Local { ty, newest, .. } = self.locals[local as usize];
        let slot = self.push(Value::Local { local, older: newest }, ty)?;
        self.locals[local as usize].newest = index;
        self.forget_slot(slot);
        Ok(())
    }

    /// Pops the topmost operand.
    #[inline]
    pub(super) fn pop(&mut self) -> Operand {
        let Some(operand) = self.operands.pop() else {
            // Validation rules this out.
            return Operand { value: Value::Const(0), ty: Type::I32, slot: HEADER as i16 };
        };
        self.settled = self.settled.min(self.operands.len());
        self.height -= operand.ty.slots();
        if let Value::Local { local, older } = operand.value {
            self.locals[local as usize].newest = older;
        }
        operand
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
        if let Value::Local { local, older } = self.operands[index].value {
            self.locals[local as usize].newest = older;
        }
        self.operands[index].value = Value::Temp;
    }
}

#[cold]
fn too_high() -> Error {
    Error::limit("operands of a function", MOST_SLOTS, None)
}
