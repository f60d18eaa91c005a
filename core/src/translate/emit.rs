//! Writing instructions: operands get locations that the operation allows, results go to the accumulator first.

use super::Translator;
use super::stack::{Held, Operand, Value};
use crate::error::Error;
use crate::ops::Type;
use crate::ops::shape::Loc;
use crate::ops::{Bank, Op};

/// An operand as an instruction has it: where, and the unit that says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) loc: Loc,
    unit: u16,
}

impl Place {
    pub(super) const A: Self = Self { loc: Loc::A, unit: 0 };
    pub(super) const ZERO: Self = Self { loc: Loc::Z, unit: 0 };

    pub(super) fn slot(slot: i16) -> Self {
        Self { loc: Loc::S, unit: slot as u16 }
    }

    /// The slot that it is.
    #[cfg(feature = "simd")]
    pub(super) fn slot_number(self) -> i16 {
        self.unit as i16
    }

    fn immediate(value: i16) -> Self {
        Self { loc: Loc::I, unit: value as u16 }
    }

    fn pin(loc: Loc) -> Self {
        Self { loc, unit: 0 }
    }
}

/// How many units back an instruction may be changed, so that changes take constant time.
const FARTHEST_CHANGE: usize = 48;

/// The last instruction, while it can still be changed.
#[derive(Clone, Copy)]
pub(super) struct Last {
    /// Where it starts.
    pub(super) at: usize,
    pub(super) op: Op,
    pub(super) places: [Place; 4],
    pub(super) count: usize,
}

/// `bits` as a short immediate for an operand of type `ty`.
pub(super) fn short(ty: Type, bits: u64) -> Option<i16> {
    match ty {
        Type::I32 => i16::try_from(bits as u32 as i32).ok(),
        _ => i16::try_from(bits as i64).ok(),
    }
}

impl Translator<'_> {
    /// Writes one instruction without its immediates.
    #[inline]
    pub(super) fn emit<const N: usize>(&mut self, op: Op, places: &[Place; N]) -> Result<(), Error> {
        let mut all = [Place::A; 4];
        all[..N].copy_from_slice(places);
        self.emit_first(op, all, N)
    }

    /// The same with the first `count` of `places`.
    pub(super) fn emit_first(&mut self, op: Op, places: [Place; 4], count: usize) -> Result<(), Error> {
        let at = self.units.len();
        if at > self.most_units {
            return Err(Error::limit(
                "code units of a translated function",
                self.most_units,
                Some(self.origin),
            ));
        }
        if self.origins.is_some() {
            self.note_origin(at)?;
        }
        // Room for the longest instruction, so that nothing below can fail.
        self.units.try_reserve(16)?;
        self.units.push(op.opcode_of(places[..count].iter().map(|place| place.loc)));
        for place in &places[..count] {
            if place.loc.units() > 0 {
                self.units.push(place.unit);
            }
        }
        let last = Last { at, op, places, count };
        self.last = Some(last);
        self.note_producer(last);
        Ok(())
    }

    /// Keeps track of which instruction left its result in which accumulator.
    #[inline]
    fn note_producer(&mut self, last: Last) {
        let result = last.places[..last.count].last().map(|place| place.loc);
        if let Some(bank) = last.op.info().result {
            match result {
                Some(Loc::A) => self.producers[bank as usize] = Some(last),
                Some(Loc::S) => self.producers[bank as usize] = None,
                // Pinned locals leave the accumulator alone.
                _ => {}
            }
        } else if result == Some(Loc::A) && last.op.is_move() {
            self.producers = [None; 3];
        }
    }

    /// Adds an immediate of one unit to the last instruction.
    #[inline]
    pub(super) fn unit(&mut self, unit: u16) -> Result<(), Error> {
        self.units.try_reserve(1)?;
        self.units.push(unit);
        Ok(())
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
    pub(super) fn last_made(&self, operand: &Operand) -> Option<Last> {
        if !self.module.engine.config().fusion {
            return None;
        }
        let bank = Bank::of(operand.ty);
        let held = self.stack.held(bank) == Some(Held { slot: operand.slot, dirty: true });
        let last = self.last.filter(|_| held && matches!(operand.value, Value::Temp))?;
        let result = last.count.checked_sub(1)?;
        (last.op.info().result == Some(bank) && last.places[result].loc == Loc::A).then_some(last)
    }

    /// Takes back the last instruction, which left its result in the integer accumulator alone.
    ///
    /// The accumulator then has what it had before. The instruction's operands may name that; no operand of the stack
    /// is that value, so nothing else may rely on it.
    pub(super) fn take_back(&mut self, last: &Last) {
        self.units.truncate(last.at);
        self.last = None;
        self.stack.hold(Bank::Int, None);
        self.producers[Bank::Int as usize] = None;
    }

    /// Makes the last instruction, which leaves its result in the accumulator alone, put it at `place` too.
    fn redirect(&mut self, bank: Bank, place: Place) -> bool {
        let Some(last) = &mut self.last else { return false };
        let operands = last.op.info().operands;
        let Some(result) = last.count.checked_sub(1) else { return false };
        let wrote = last.op.info().result == Some(bank) && last.places[result].loc == Loc::A;
        if !wrote || operands[result].number(place.loc).is_none() {
            return false;
        }
        last.places[result] = place;
        let mut locs = [Loc::A; 4];
        let mut units = 1;
        for (index, place) in last.places[..last.count].iter().enumerate() {
            locs[index] = place.loc;
            units += place.loc.units();
        }
        self.units[last.at] = last.op.opcode(&locs[..last.count]);
        if place.loc.units() > 0 {
            self.units.insert(last.at + units - 1, place.unit);
        }
        self.producers[bank as usize] = None;
        true
    }

    /// Makes the last instruction, if it made the operand, a vector, put it in `slot` instead of the operand's own.
    #[cfg(feature = "simd")]
    fn redirect_vector(&mut self, operand: &Operand, slot: i16) -> bool {
        let Some(last) = &mut self.last else { return false };
        let Some(result) = last.count.checked_sub(1) else { return false };
        let made = last.op.info().vector && last.places[result] == Place::slot(operand.slot);
        if !made || !matches!(operand.value, Value::Temp) {
            return false;
        }
        last.places[result] = Place::slot(slot);
        let before: usize = last.places[..result].iter().map(|place| place.loc.units()).sum();
        self.units[last.at + 1 + before] = slot as u16;
        true
    }

    /// Makes the instruction that left the accumulator's value there, if it is a few instructions back in the same
    /// basic block, write `slot` too: the operand's own, which nothing in between can name.
    fn redirect_earlier(&mut self, bank: Bank, slot: i16) -> Result<bool, Error> {
        let Some(producer) = self.producers[bank as usize] else { return Ok(false) };
        let result = producer.count - 1;
        if self.units.len() - producer.at > FARTHEST_CHANGE || !producer.op.allows(result, Loc::S) {
            return Ok(false);
        }
        let mut locs = producer.places.map(|place| place.loc);
        locs[result] = Loc::S;
        let operands: usize = locs[..result].iter().map(|loc| loc.units()).sum();
        self.units[producer.at] = producer.op.opcode(&locs[..producer.count]);
        self.unit(0)?;
        let at = producer.at + 1 + operands;
        let end = self.units.len();
        self.units.copy_within(at..end - 1, at + 1);
        self.units[at] = slot as u16;
        self.producers[bank as usize] = None;
        for later in self.producers.iter_mut().chain([&mut self.last]).flatten() {
            if later.at > producer.at {
                later.at += 1;
            }
        }
        for (start, _) in
            self.origins.iter_mut().flatten().rev().take_while(|(start, _)| *start > producer.at)
        {
            *start += 1;
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
    pub(super) fn keep_all(&mut self) -> Result<(), Error> {
        if !self.stack.holds_any() {
            return Ok(());
        }
        self.keep(Bank::Int)?;
        self.keep(Bank::F32)?;
        self.keep(Bank::F64)
    }

    fn write_back(&mut self, bank: Bank, slot: i16) -> Result<(), Error> {
        if !self.redirect(bank, Place::slot(slot)) && !self.redirect_earlier(bank, slot)? {
            let copy = copy_op(bank);
            self.emit(copy, &[Place::A, Place::slot(slot)])?;
        }
        self.stack.hold(bank, Some(Held { slot, dirty: false }));
        Ok(())
    }

    /// The slot where the operand would be read if it is neither held nor pinned.
    fn source_slot(&self, operand: &Operand) -> i16 {
        match operand.value {
            Value::Local { local, .. } => self.stack.locals[local as usize].slot,
            _ => operand.slot,
        }
    }

    /// Where the operand is, as things stand.
    #[inline]
    pub(super) fn place_of(&self, operand: &Operand) -> Place {
        let slot = self.source_slot(operand);
        match operand.value {
            Value::Const(bits) => match short(operand.ty, bits) {
                Some(value) => Place::immediate(value),
                None => Place::slot(slot),
            },
            Value::Local { local, .. } if self.stack.locals[local as usize].pin.is_some() => {
                self.stack.locals[local as usize].pin.map_or(Place::A, Place::pin)
            }
            _ if self.stack.held(Bank::of(operand.ty)).is_some_and(|held| held.slot == slot) => Place::A,
            _ => Place::slot(slot),
        }
    }

    /// A place for operand number `index` of `op` that the operation allows; moves the value if it must.
    pub(super) fn place_for(&mut self, op: Op, index: usize, operand: &Operand) -> Result<Place, Error> {
        let place = self.place_of(operand);
        let known = matches!(operand.value, Value::Const(_));
        if op.allows(index, place.loc) && !(known && place.loc == Loc::S) {
            return Ok(place);
        }
        if op.allows(index, Loc::S) {
            return self.slot_of(operand);
        }
        self.load_accumulator(operand)?;
        Ok(Place::A)
    }

    /// The operand in a slot: its local's, or its own, to which it is moved if need be.
    pub(super) fn slot_of(&mut self, operand: &Operand) -> Result<Place, Error> {
        let bank = Bank::of(operand.ty);
        match (operand.value, self.place_of(operand).loc) {
            (Value::Temp, Loc::A) => {
                if self.stack.held(bank).is_some_and(|held| held.dirty) {
                    self.write_back(bank, operand.slot)?;
                }
                Ok(Place::slot(operand.slot))
            }
            (Value::Local { local, .. }, Loc::A | Loc::S) => {
                Ok(Place::slot(self.stack.locals[local as usize].slot))
            }
            (Value::Temp, _) => Ok(Place::slot(operand.slot)),
            _ => {
                self.move_to(operand, Place::slot(operand.slot))?;
                Ok(Place::slot(operand.slot))
            }
        }
    }

    /// Moves the operand into the accumulator of its type.
    pub(super) fn load_accumulator(&mut self, operand: &Operand) -> Result<(), Error> {
        if self.place_of(operand).loc == Loc::A {
            return Ok(());
        }
        let bank = Bank::of(operand.ty);
        self.keep(bank)?;
        self.move_to(operand, Place::A)?;
        self.stack.hold(bank, None);
        Ok(())
    }

    /// Writes code that copies the operand to `target`; accumulators that held the target's slot hold it no more.
    pub(super) fn move_to(&mut self, operand: &Operand, target: Place) -> Result<(), Error> {
        let bank = Bank::of(operand.ty);
        let source = self.place_of(operand);
        #[cfg(feature = "simd")]
        if operand.ty == Type::V128 {
            // No accumulator holds a slot of a vector.
            return if source == target { Ok(()) } else { self.emit(Op::V128Copy, &[source, target]) };
        }
        if let Value::Const(bits) = operand.value {
            self.emit_const(operand.ty, bits, target)?;
        } else if source != target {
            // A float in one slot goes to another as bits, without touching the accumulator.
            let op = if source.loc == Loc::A || target.loc == Loc::A { copy_op(bank) } else { Op::Copy };
            self.emit(op, &[source, target])?;
        }
        if target.loc == Loc::S {
            let slot = target.unit as i16;
            let held = self.stack.held(bank);
            self.stack.forget_slot(slot);
            if source.loc == Loc::A && !matches!(operand.value, Value::Const(_)) {
                // The slot that the accumulator mirrored keeps its value, but this one is read next.
                let dirty = held.is_some_and(|held| held.dirty && held.slot != slot)
                    && self.stack.must_keep(bank).is_some();
                if !dirty {
                    self.stack.hold(bank, Some(Held { slot, dirty: false }));
                }
            }
        }
        Ok(())
    }

    pub(super) fn emit_const(&mut self, ty: Type, bits: u64, target: Place) -> Result<(), Error> {
        match (ty, target.loc) {
            (Type::F32, Loc::A) => {
                self.emit(Op::ConstF32, &[target])?;
                return self.unit32(bits as u32);
            }
            (Type::F64, Loc::A) => {
                self.emit(Op::ConstF64, &[target])?;
                return self.unit64(bits);
            }
            _ => {}
        }
        let narrow = matches!(ty, Type::I32 | Type::F32);
        let small = if narrow { i16::try_from(bits as u32 as i32) } else { i16::try_from(bits as i64) };
        if let Ok(value) = small {
            self.emit(if narrow { Op::Const16 } else { Op::Const16S }, &[target])?;
            self.unit(value as u16)
        } else if narrow {
            self.emit(Op::Const32, &[target])?;
            self.unit32(bits as u32)
        } else if let Ok(value) = i32::try_from(bits as i64) {
            self.emit(Op::Const32S, &[target])?;
            self.unit32(value as u32)
        } else {
            self.emit(Op::Const64, &[target])?;
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
        match operand.value {
            Value::Temp => {
                let bank = Bank::of(operand.ty);
                if self.stack.held(bank) == Some(Held { slot: operand.slot, dirty: true }) {
                    self.write_back(bank, operand.slot)?;
                }
            }
            Value::Local { .. } | Value::Const(_) => {
                self.move_to(&operand, Place::slot(operand.slot))?;
                self.stack.settle(index);
            }
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
            if matches!(self.stack.operands[index].value, Value::Local { .. }) {
                self.settle(index)?;
            }
        }
        self.stack.settled = len;
        Ok(())
    }

    /// Assigns the operand, which has been popped, to a local.
    pub(super) fn assign(&mut self, local: u32, operand: &Operand) -> Result<(), Error> {
        let bank = Bank::of(operand.ty);
        let entry = self.stack.locals[local as usize];
        let target = entry.pin.map_or(Place::slot(entry.slot), Place::pin);
        if matches!(operand.value, Value::Local { local: same, .. } if same == local) {
            return Ok(());
        }
        #[cfg(feature = "simd")]
        if self.stack.newest(local).is_none() && self.redirect_vector(operand, entry.slot) {
            return Ok(());
        }
        let held = self.stack.held(bank) == Some(Held { slot: operand.slot, dirty: true });
        let fresh = matches!(operand.value, Value::Temp) && held;
        if fresh && self.stack.newest(local).is_none() && self.redirect(bank, target) {
            self.stack.forget_slot(entry.slot);
            let held = Held { slot: entry.slot, dirty: false };
            self.stack.hold(bank, (target.loc == Loc::S).then_some(held));
            return Ok(());
        }
        // Operands that are this local keep the value from before.
        while let Some(index) = self.stack.newest(local) {
            self.settle(index)?;
        }
        self.move_to(operand, target)
    }
}

fn copy_op(bank: Bank) -> Op {
    match bank {
        Bank::Int => Op::Copy,
        Bank::F32 => Op::CopyF32,
        Bank::F64 => Op::CopyF64,
    }
}
