//! Writing instructions: operands get locations that the operation allows, results go to the accumulator first.

use super::Translator;
use super::stack::{Held, Operand, Value};
use crate::error::Error;
use crate::ops::Type;
use crate::ops::shape::{Loc, MOST_OPERANDS};
use crate::ops::{Bank, Op};

/// An operand as an instruction has it: where, and the unit that says so.
///
/// In one number, since instructions are compared, copied and changed more often than written: the location in the lower
/// bits, above them whether it takes a unit, and in the upper half that unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place(u32);

impl Place {
    pub(super) const A: Self = Self::new(Loc::A, 0);
    pub(super) const ZERO: Self = Self::new(Loc::Z, 0);
    const UNITS: u32 = Loc::BITS;

    const fn new(loc: Loc, unit: u16) -> Self {
        Self(loc as u32 | (loc.units() as u32) << Self::UNITS | (unit as u32) << 16)
    }

    #[inline]
    pub(super) const fn slot(slot: i16) -> Self {
        Self::new(Loc::S, slot as u16)
    }

    #[inline]
    const fn immediate(value: i16) -> Self {
        Self::new(Loc::I, value as u16)
    }

    const fn pin(loc: Loc) -> Self {
        Self::new(loc, 0)
    }

    /// Where it is.
    #[inline]
    pub(super) const fn loc(self) -> Loc {
        Loc::numbered(self.number())
    }

    /// The number of the location.
    #[inline]
    const fn number(self) -> usize {
        (self.0 & ((1 << Loc::BITS) - 1)) as usize
    }

    /// How many units it takes.
    #[inline]
    const fn units(self) -> usize {
        (self.0 >> Self::UNITS & 1) as usize
    }

    /// The unit, if it takes one.
    const fn unit(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// The slot that it is.
    pub(super) const fn slot_number(self) -> i16 {
        self.unit() as i16
    }
}

/// The places of an instruction's operands, its result last; [`Place::A`] where it has fewer.
pub(super) type Places = [Place; MOST_OPERANDS];

/// Units of an instruction without its immediates, or a few more.
const LONGEST: usize = 8;
/// Units of immediates that an instruction has without being the start of a list.
const IMMEDIATES: usize = 8;

/// How many units back an instruction may be changed, so that changes take constant time.
const FARTHEST_CHANGE: usize = 48;

/// The last instruction, while it can still be changed.
#[derive(Clone, Copy)]
pub(super) struct Last {
    /// Where it starts.
    pub(super) at: usize,
    pub(super) op: Op,
    pub(super) places: Places,
}

impl Last {
    /// Its opcode.
    pub(super) fn opcode(&self) -> u16 {
        self.op.opcode(&self.places.map(Place::number))
    }

    /// The number of its last operand, the result if it has one.
    fn result(&self) -> Option<usize> {
        self.op.operands().checked_sub(1)
    }

    /// Units up to operand number `operand`.
    fn units_before(&self, operand: usize) -> usize {
        1 + self.places[..operand].iter().map(|place| place.units()).sum::<usize>()
    }
}

/// `bits` as a short immediate for an operand of type `ty`.
pub(super) fn short(ty: Type, bits: u64) -> Option<i16> {
    match ty {
        Type::I32 => i16::try_from(bits as u32 as i32).ok(),
        _ => i16::try_from(bits as i64).ok(),
    }
}

impl Operand {
    /// Whether it can be operand number `index` of `op` where it is: at `place`, as [`Translator::place_of`] says. A
    /// constant that is not short has to be moved to its slot first.
    #[inline(always)]
    pub(super) fn fits(&self, op: Op, index: usize, place: Place) -> bool {
        op.allows(index, place.loc()) && (place.loc() != Loc::S || !matches!(self.value, Value::Const(_)))
    }
}

impl Translator<'_> {
    /// Writes one instruction without its immediates.
    pub(super) fn emit<const N: usize>(&mut self, op: Op, places: &[Place; N]) -> Result<(), Error> {
        let at = self.units.len();
        self.make_room(at)?;
        let number = op.opcode(&places.map(Place::number));
        // All of them, since a copy of constant size takes fewer instructions.
        let mut units = [0; LONGEST];
        units[0] = number;
        let mut len = 1;
        for place in places {
            units[len] = place.unit();
            len += place.units();
        }
        self.units.extend_from_slice(&units);
        self.units.truncate(at + len);
        let mut last = Last { at, op, places: [Place::A; MOST_OPERANDS] };
        last.places[..N].copy_from_slice(places);
        self.last = Some(last);
        let Some(result) = places.last() else { return Ok(()) };
        // Which instruction left its result in which accumulator.
        match (op.info().result, result.loc()) {
            (Some(bank), Loc::A) => self.producers[bank as usize] = self.last,
            (Some(bank), Loc::S) => self.producers[bank as usize] = None,
            (None, Loc::A) if op.is_move() => self.producers = [None; 3],
            // Pinned locals leave the accumulator alone.
            _ => {}
        }
        Ok(())
    }

    /// The same with the first `count` of `places`.
    pub(super) fn emit_first(&mut self, op: Op, places: &Places, count: usize) -> Result<(), Error> {
        let [first, second, third, _] = *places;
        match count {
            0 => self.emit(op, &[]),
            1 => self.emit(op, &[first]),
            2 => self.emit(op, &[first, second]),
            3 => self.emit(op, &[first, second, third]),
            _ => self.emit(op, places),
        }
    }

    /// Makes room for the longest instruction and its immediates at position `at`, the end of the code.
    #[inline]
    fn make_room(&mut self, at: usize) -> Result<(), Error> {
        if self.units.capacity() - at < LONGEST + IMMEDIATES || at > self.most_units || self.origins.is_some()
        {
            self.make_more_room(at)?;
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn make_more_room(&mut self, at: usize) -> Result<(), Error> {
        if at > self.most_units {
            let most = self.most_units;
            return Err(Error::limit("code units of a translated function", most, Some(self.origin)));
        }
        if self.origins.is_some() {
            self.note_origin(at)?;
        }
        Ok(self.units.try_reserve(LONGEST + IMMEDIATES)?)
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
        if !self.fusion {
            return None;
        }
        let bank = Bank::of(operand.ty);
        let held = self.stack.holds_alone(bank, operand.slot);
        let last = self.last.filter(|_| held && matches!(operand.value, Value::Temp))?;
        let result = last.result()?;
        (last.op.info().result == Some(bank) && last.places[result].loc() == Loc::A).then_some(last)
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
        let Some(result) = last.result() else { return false };
        let wrote = last.op.info().result == Some(bank) && last.places[result].loc() == Loc::A;
        if !wrote || !last.op.allows(result, place.loc()) {
            return false;
        }
        last.places[result] = place;
        self.units[last.at] = last.opcode();
        if place.units() > 0 {
            self.units.insert(last.at + last.units_before(result), place.unit());
        }
        self.producers[bank as usize] = None;
        true
    }

    /// Makes the last instruction, if it made the operand, a vector, put it in `slot` instead of the operand's own.
    #[cfg(feature = "simd")]
    fn redirect_vector(&mut self, operand: &Operand, slot: i16) -> bool {
        let Some(last) = &mut self.last else { return false };
        let Some(result) = last.result() else { return false };
        let made = last.op.info().vector && last.places[result] == Place::slot(operand.slot);
        if !made || !matches!(operand.value, Value::Temp) {
            return false;
        }
        last.places[result] = Place::slot(slot);
        self.units[last.at + last.units_before(result)] = slot as u16;
        true
    }

    /// Makes the instruction that left the accumulator's value there, if it is a few instructions back in the same
    /// basic block, write `slot` too: the operand's own, which nothing in between can name.
    fn redirect_earlier(&mut self, bank: Bank, slot: i16) -> Result<bool, Error> {
        let Some(mut producer) = self.producers[bank as usize] else { return Ok(false) };
        let Some(result) = producer.result() else { return Ok(false) };
        if self.units.len() - producer.at > FARTHEST_CHANGE || !producer.op.allows(result, Loc::S) {
            return Ok(false);
        }
        producer.places[result] = Place::slot(slot);
        self.units[producer.at] = producer.opcode();
        self.unit(0)?;
        let at = producer.at + producer.units_before(result);
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

    /// Where the operand is, as things stand.
    #[inline]
    pub(super) fn place_of(&self, operand: &Operand) -> Place {
        let slot = match operand.value {
            Value::Const(bits) => {
                let own = Place::slot(operand.slot);
                return short(operand.ty, bits).map_or(own, Place::immediate);
            }
            Value::Local { local, .. } => {
                let local = &self.stack.locals[local as usize];
                if let Some(pin) = local.pin {
                    return Place::pin(pin);
                }
                local.slot
            }
            Value::Temp => operand.slot,
        };
        if self.stack.holds(Bank::of(operand.ty), slot) { Place::A } else { Place::slot(slot) }
    }

    /// A place for operand number `index` of `op` that the operation allows; moves the value if it must.
    pub(super) fn place_for(&mut self, op: Op, index: usize, operand: &Operand) -> Result<Place, Error> {
        let place = self.place_of(operand);
        if operand.fits(op, index, place) {
            return Ok(place);
        }
        self.move_for(op, index, operand)
    }

    /// The same for an operand that has to be moved.
    fn move_for(&mut self, op: Op, index: usize, operand: &Operand) -> Result<Place, Error> {
        if op.allows(index, Loc::S) {
            return self.slot_of(operand);
        }
        self.load_accumulator(operand)?;
        Ok(Place::A)
    }

    /// The operand in a slot: its local's, or its own, to which it is moved if need be.
    pub(super) fn slot_of(&mut self, operand: &Operand) -> Result<Place, Error> {
        let bank = Bank::of(operand.ty);
        match (operand.value, self.place_of(operand).loc()) {
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
        if self.place_of(operand).loc() == Loc::A {
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
            let op = if source.loc() == Loc::A || target.loc() == Loc::A { copy_op(bank) } else { Op::Copy };
            self.emit(op, &[source, target])?;
        }
        if target.loc() == Loc::S {
            let slot = target.slot_number();
            let held = self.stack.held(bank);
            self.stack.forget_slot(slot);
            if source.loc() == Loc::A && !matches!(operand.value, Value::Const(_)) {
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
        match (ty, target.loc()) {
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
                if self.stack.holds_alone(bank, operand.slot) {
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
        let held = self.stack.holds_alone(bank, operand.slot);
        let fresh = matches!(operand.value, Value::Temp) && held;
        if fresh && self.stack.newest(local).is_none() && self.redirect(bank, target) {
            self.stack.forget_slot(entry.slot);
            let held = Held { slot: entry.slot, dirty: false };
            self.stack.hold(bank, (target.loc() == Loc::S).then_some(held));
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
