//! Writing instructions: operands get locations that the operation allows, results go to the accumulator first.

use core::num::NonZeroU32;

use super::operand::{Operand, Value};
use super::place::{Place, Places};
use super::stack::Held;
use super::{Translator, Written};
use crate::error::Error;
use crate::ops::Type;
use crate::ops::shape::{Loc, MOST_OPERANDS};
use crate::ops::{BANKS, Bank, EDGES, Op};

/// Units of an instruction without its immediates, or a few more.
pub(super) const LONGEST: usize = 8;

/// How many units back an instruction may be changed, so that changes take constant time.
const FARTHEST_CHANGE: usize = 48;

/// The last instruction, while it can still be changed.
#[derive(Clone, Copy)]
pub(super) struct Last {
    /// Where it starts: not at zero, where the frame is made.
    at: NonZeroU32,
    pub(super) op: Op,
    pub(super) places: Places,
    /// The accumulator that has its result, the last operand.
    made_in: Option<Bank>,
}

impl Last {
    /// Where it starts.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at.get() as usize
    }

    /// Its opcode.
    pub(super) fn opcode(&self) -> u16 {
        self.op.opcode(&self.places.map(Place::number))
    }

    /// The comparison with the opposite result, if it is one.
    pub(super) fn negated(self) -> Option<Self> {
        Some(Self { op: self.op.negated()?, ..self })
    }

    /// The number of the last operand, the result.
    fn result(&self) -> usize {
        self.op.operands() - 1
    }

    /// Where the unit of the result is, or would be.
    fn result_at(&self) -> usize {
        let before: usize = self.places[..self.result()].iter().map(|place| place.units()).sum();
        self.at() + 1 + before
    }
}

/// A comparison whose result the instruction behind it compares with zero.
#[derive(Clone, Copy)]
pub(super) struct Inverted {
    pub(super) comparison: Last,
    /// What the accumulator held before the comparison, as far as a slot had that too.
    pub(super) before: Held,
    /// Where the instruction behind it starts.
    pub(super) at: usize,
}

impl Translator<'_> {
    /// Writes one instruction without its immediates.
    pub(super) fn emit<const N: usize>(&mut self, op: Op, places: [Place; N]) -> Result<(), Error> {
        let opcode = op.opcode(&places.map(Place::number));
        self.write(op, opcode, places)
    }

    /// The same when the opcode is known.
    pub(super) fn write<const N: usize>(
        &mut self,
        op: Op,
        opcode: u16,
        places: [Place; N],
    ) -> Result<(), Error> {
        let at = self.units.len();
        let keeps = self.keeps_written();
        if keeps && self.written.len() == self.written.capacity() {
            return self.write_with_growth(op, opcode, places);
        }
        let Some(units) = self.units.next::<LONGEST>() else {
            return self.write_with_growth(op, opcode, places);
        };
        if keeps {
            self.written.push(Written { at: at as u32, left: self.left as u32 });
        }
        units[0] = opcode;
        let mut len = 1;
        for place in places {
            units[len] = place.unit();
            len += place.units();
        }
        self.units.advance(len);
        let Some(result) = places.last() else {
            self.last = None;
            return Ok(());
        };
        let mut all = [Place::A; MOST_OPERANDS];
        all[..N].copy_from_slice(&places);
        let at = NonZeroU32::new(at as u32);
        let made_in = if result.is(Loc::A) { op.info().result } else { None };
        self.last = at.map(|at| Last { at, op, places: all, made_in });
        // Which instruction left its result in which accumulator.
        if let Some(bank) = made_in {
            self.producers[bank as usize] = at;
        } else if result.is(Loc::A) && op.info().moved {
            self.producers = [None; BANKS];
        } else if result.is(Loc::S)
            && let Some(bank) = op.info().result
        {
            self.producers[bank as usize] = None;
        }
        // Pinned locals leave the accumulator alone.
        Ok(())
    }

    /// The same with the first `count` of `places`.
    pub(super) fn emit_first(&mut self, op: Op, places: &Places, count: usize) -> Result<(), Error> {
        let [first, second, third, _] = *places;
        match count {
            0 => self.emit(op, []),
            1 => self.emit(op, [first]),
            2 => self.emit(op, [first, second]),
            3 => self.emit(op, [first, second, third]),
            _ => self.emit(op, *places),
        }
    }

    /// The same where a list must grow first, if the code may be as long.
    #[cold]
    #[inline(never)]
    fn write_with_growth<const N: usize>(
        &mut self,
        op: Op,
        opcode: u16,
        places: [Place; N],
    ) -> Result<(), Error> {
        self.check_units()?;
        self.units.reserve(LONGEST)?;
        self.written.try_reserve(usize::from(self.keeps_written()))?;
        self.write(op, opcode, places)
    }

    /// Whether it is kept which instructions are written.
    #[inline]
    pub(super) fn keeps_written(&self) -> bool {
        !EDGES.is_empty() || self.asked
    }

    /// Checks that the code is not too long.
    pub(super) fn check_units(&self) -> Result<(), Error> {
        let most = self.most_units;
        if self.units.len() > most {
            return Err(Error::limit("code units of a translated function", most, Some(self.base)));
        }
        Ok(())
    }

    /// An operation with one operand whose result goes to the integer accumulator.
    pub(super) fn simple(&mut self, op: Op, ty: Type) -> Result<(), Error> {
        let operand = self.stack.pop();
        self.keep(Bank::Int)?;
        let place = self.place_for(op, 0, operand)?;
        self.result(ty)?;
        self.emit(op, [place, Place::A])
    }

    /// An operation without operands whose result goes to the integer accumulator.
    pub(super) fn produce(&mut self, op: Op, ty: Type) -> Result<(), Error> {
        self.keep(Bank::Int)?;
        self.result(ty)?;
        self.emit(op, [Place::A])
    }

    /// Adds an immediate of one unit to the last instruction.
    #[inline]
    pub(super) fn unit(&mut self, unit: u16) -> Result<(), Error> {
        self.units.push(unit)
    }

    /// Adds the index of a table or memory, an immediate of one unit.
    pub(super) fn unit_index(&mut self, index: u32) -> Result<(), Error> {
        let unit = u16::try_from(index).map_err(|_| {
            Error::limit("index of a table or memory", usize::from(u16::MAX), Some(self.origin()))
        })?;
        self.unit(unit)
    }

    /// Adds an immediate of two units.
    pub(super) fn unit32(&mut self, value: u32) -> Result<(), Error> {
        self.unit(value as u16)?;
        self.unit((value >> 16) as u16)
    }

    /// Adds an immediate of four units.
    pub(super) fn unit64(&mut self, value: u64) -> Result<(), Error> {
        self.unit32(value as u32)?;
        self.unit32((value >> 32) as u32)
    }

    /// The last instruction, if it made the operand and left it in the accumulator alone.
    #[inline]
    pub(super) fn last_made(&self, operand: Operand) -> Option<Last> {
        if !self.fusion || !self.stack.holds_alone(operand) {
            return None;
        }
        self.last.filter(|last| last.made_in == Some(operand.bank()))
    }

    /// Takes back the last instruction, which left its result in the integer accumulator alone.
    ///
    /// The accumulator then has what it had `before`, which the instruction's operands may name.
    pub(super) fn take_back(&mut self, last: &Last, before: Held) {
        self.units.truncate(last.at());
        self.written.pop_if(|start| start.at == last.at.get());
        self.last = None;
        self.stack.hold(Bank::Int, Some(before));
        self.producers[Bank::Int as usize] = None;
    }

    /// Makes the last instruction, which leaves its result in the accumulator alone, put it at `place` too.
    #[inline]
    fn redirect(&mut self, bank: Bank, place: Place) -> Result<bool, Error> {
        let Some(last) = self.last.as_mut().filter(|last| last.made_in == Some(bank)) else {
            return Ok(false);
        };
        let result = last.result();
        let Some(part) = last.op.part(result, place.number()) else { return Ok(false) };
        last.places[result] = place;
        last.made_in = None;
        // In the accumulator, a result adds nothing.
        self.units[last.at()] += part;
        debug_assert_eq!(self.units[last.at()], last.opcode());
        if place.units() > 0 {
            self.units.insert(last.result_at(), place.unit())?;
        }
        self.producers[bank as usize] = None;
        Ok(true)
    }

    /// Makes the last instruction, if it made the operand, a vector, put it in `slot` instead of the operand's own.
    #[cfg(feature = "simd")]
    #[inline]
    fn redirect_vector(&mut self, operand: Operand, slot: i16) -> bool {
        if operand.ty() != Type::V128 || !operand.is_temp() {
            return false;
        }
        let Some(last) = &mut self.last else { return false };
        let result = last.result();
        if !last.op.info().vector || last.places[result] != operand.place() {
            return false;
        }
        last.places[result] = Place::slot(slot);
        self.units[last.result_at()] = slot as u16;
        true
    }

    /// Makes the instruction that left the accumulator's value there, if it is a few instructions back in the same
    /// basic block, write `slot` too: the operand's own, which nothing in between can name.
    fn redirect_earlier(&mut self, bank: Bank, slot: i16) -> Result<bool, Error> {
        let Some(producer) = self.producers[bank as usize] else { return Ok(false) };
        let at = producer.get() as usize;
        if self.units.len() - at > FARTHEST_CHANGE {
            return Ok(false);
        }
        let mut locs = [Loc::A; MOST_OPERANDS];
        let Some((op, operands)) = Op::decode(self.units[at], &mut locs) else { return Ok(false) };
        let Some(result) = operands.checked_sub(1) else { return Ok(false) };
        let Some(part) = op.part(result, Loc::S as usize) else { return Ok(false) };
        // In the accumulator, a result adds nothing.
        debug_assert!(locs[result] == Loc::A && op.info().result == Some(bank));
        self.units[at] += part;
        let before: usize = locs[..result].iter().map(|loc| loc.units()).sum();
        self.units.insert(at + 1 + before, slot as u16)?;
        self.producers[bank as usize] = None;
        let last = self.last.iter_mut().map(|last| &mut last.at);
        for later in self.producers.iter_mut().flatten().chain(last).filter(|later| **later > producer) {
            *later = later.saturating_add(1);
        }
        for later in self.written.iter_mut().rev().take_while(|start| start.at > producer.get()) {
            later.at += 1;
        }
        Ok(true)
    }

    /// Makes sure that the accumulator's value, if only it has it and it is still an operand, is in its slot.
    pub(super) fn keep(&mut self, bank: Bank) -> Result<(), Error> {
        if let Some(slot) = self.stack.must_keep(bank) {
            self.write_back(bank, slot)?;
        }
        Ok(())
    }

    /// The same for all accumulators.
    #[inline]
    pub(super) fn keep_all(&mut self) -> Result<(), Error> {
        if !self.stack.any_alone() {
            return Ok(());
        }
        self.keep(Bank::Int)?;
        self.keep(Bank::F32)?;
        self.keep(Bank::F64)
    }

    fn write_back(&mut self, bank: Bank, slot: i16) -> Result<(), Error> {
        if !self.redirect(bank, Place::slot(slot))? && !self.redirect_earlier(bank, slot)? {
            let copy = copy_op(bank);
            self.emit(copy, [Place::A, Place::slot(slot)])?;
        }
        self.stack.hold(bank, Some(Held::new(slot, false)));
        Ok(())
    }

    /// A place for operand number `index` of `op` that the operation allows; moves the value if it must.
    pub(super) fn place_for(&mut self, op: Op, index: usize, operand: Operand) -> Result<Place, Error> {
        let place = self.stack.place_of(operand);
        if op.allows(index, place.number()) {
            return Ok(place);
        }
        self.move_for(op, index, operand)
    }

    /// The same for an operand that has to be moved.
    fn move_for(&mut self, op: Op, index: usize, operand: Operand) -> Result<Place, Error> {
        if op.allows(index, Loc::S as usize) {
            return self.slot_of(operand);
        }
        self.load_accumulator(operand)?;
        Ok(Place::A)
    }

    /// The operand in a slot: its local's, or its own, to which it is moved if need be.
    pub(super) fn slot_of(&mut self, operand: Operand) -> Result<Place, Error> {
        if operand.place().is(Loc::S) {
            if self.stack.holds_alone(operand) {
                self.write_back(operand.bank(), operand.slot())?;
            }
            return Ok(operand.place());
        }
        let own = Place::slot(operand.slot());
        self.move_to(operand, own)?;
        Ok(own)
    }

    /// Moves the operand into the accumulator of its type.
    pub(super) fn load_accumulator(&mut self, operand: Operand) -> Result<(), Error> {
        if self.stack.place_of(operand).is(Loc::A) {
            return Ok(());
        }
        let bank = operand.bank();
        self.keep(bank)?;
        self.move_to(operand, Place::A)?;
        self.stack.hold(bank, None);
        Ok(())
    }

    /// Writes code that copies the operand to `target`; accumulators that held the target's slot hold it no more.
    pub(super) fn move_to(&mut self, operand: Operand, target: Place) -> Result<(), Error> {
        let bank = operand.bank();
        let source = self.stack.place_of(operand);
        #[cfg(feature = "simd")]
        if operand.ty() == Type::V128 {
            // No accumulator holds a slot of a vector.
            return if source == target { Ok(()) } else { self.emit(Op::V128Copy, [source, target]) };
        }
        if let Value::Const(bits) = operand.value() {
            self.emit_const(operand.ty(), bits, target)?;
        } else if source != target {
            // A float in one slot goes to another as bits, without touching the accumulator.
            let op = if source.is(Loc::A) || target.is(Loc::A) { copy_op(bank) } else { Op::Copy };
            self.emit(op, [source, target])?;
        }
        if target.is(Loc::S) {
            let slot = target.slot_number();
            let held = self.stack.held(bank);
            self.stack.forget_slot(slot);
            if source.is(Loc::A) && !matches!(operand.value(), Value::Const(_)) {
                // The slot that the accumulator mirrored keeps its value, but this one is read next.
                let dirty = held.is_some_and(|held| held.dirty && held.slot() != slot)
                    && self.stack.must_keep(bank).is_some();
                if !dirty {
                    self.stack.hold(bank, Some(Held::new(slot, false)));
                }
            }
        }
        Ok(())
    }

    pub(super) fn emit_const(&mut self, ty: Type, bits: u64, target: Place) -> Result<(), Error> {
        match (ty, target.loc()) {
            (Type::F32, Loc::A) => {
                self.emit(Op::ConstF32, [target])?;
                return self.unit32(bits as u32);
            }
            (Type::F64, Loc::A) => {
                self.emit(Op::ConstF64, [target])?;
                return self.unit64(bits);
            }
            _ => {}
        }
        let narrow = matches!(ty, Type::I32 | Type::F32);
        let small = if narrow { i16::try_from(bits as u32 as i32) } else { i16::try_from(bits as i64) };
        if let Ok(value) = small {
            self.emit(if narrow { Op::Const16 } else { Op::Const16S }, [target])?;
            self.unit(value as u16)
        } else if narrow {
            self.emit(Op::Const32, [target])?;
            self.unit32(bits as u32)
        } else if let Ok(value) = i32::try_from(bits as i64) {
            self.emit(Op::Const32S, [target])?;
            self.unit32(value as u32)
        } else {
            self.emit(Op::Const64, [target])?;
            self.unit64(bits)
        }
    }

    /// Pushes the result of the operation that is about to be written: it will be in the accumulator alone.
    ///
    /// Call it before [`Self::emit`], with the operation's operands popped and placed.
    pub(super) fn result(&mut self, ty: Type) -> Result<(), Error> {
        self.stack.push_held(ty)
    }

    /// Gives operand `index` its own slot if it is not there.
    pub(super) fn settle(&mut self, index: usize) -> Result<(), Error> {
        let operand = self.stack.operands[index];
        if !operand.is_temp() {
            self.move_to(operand, Place::slot(operand.slot()))?;
            self.stack.settle(index);
        } else {
            self.slot_of(operand)?;
        }
        Ok(())
    }

    /// Gives the `count` topmost operands their own slots.
    pub(super) fn settle_top(&mut self, count: usize) -> Result<(), Error> {
        let len = self.stack.operands.len();
        // First what accumulators hold, while the instruction that made it is the last one.
        self.keep_all()?;
        for index in (len - count..len).rev() {
            self.settle(index)?;
        }
        Ok(())
    }

    /// Gives every operand that is a local its own slot, and every accumulator's value too: what a label needs.
    /// Constants stay what they are.
    pub(super) fn settle_all(&mut self) -> Result<(), Error> {
        self.keep_all()?;
        let len = self.stack.operands.len();
        for index in (self.stack.settled..len).rev() {
            if matches!(self.stack.operands[index].value(), Value::Local(_)) {
                self.settle(index)?;
            }
        }
        self.stack.settled = len;
        Ok(())
    }

    /// Assigns the operand, which has been popped, to a local.
    pub(super) fn assign(&mut self, local: u32, operand: Operand) -> Result<(), Error> {
        self.stack.assign(local);
        if operand.value() == Value::Local(local) {
            return Ok(());
        }
        let entry = self.stack.locals[local as usize];
        if self.stack.newest(local).is_none() {
            #[cfg(feature = "simd")]
            if self.redirect_vector(operand, entry.slot) {
                return Ok(());
            }
            let bank = operand.bank();
            if self.stack.holds_alone(operand) && self.redirect(bank, entry.place())? {
                // A pinned local leaves the accumulator as it was.
                let slot = entry.place().is(Loc::S).then_some(Held::new(entry.slot, false));
                self.stack.forget_slot(entry.slot);
                self.stack.hold(bank, Some(slot.unwrap_or(self.stack.before())));
                return Ok(());
            }
        }
        // Operands that are this local keep the value from before.
        while let Some(index) = self.stack.newest(local) {
            self.settle(index)?;
        }
        self.move_to(operand, entry.place())
    }
}

fn copy_op(bank: Bank) -> Op {
    match bank {
        Bank::Int | Bank::Slots => Op::Copy,
        Bank::F32 => Op::CopyF32,
        Bank::F64 => Op::CopyF64,
    }
}
