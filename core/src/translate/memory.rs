//! Loads, stores and operations on whole memories.

use super::Translator;
use super::emit::Last;
use super::operand::{Operand, Value};
use super::place::Place;
use crate::error::Error;
use crate::limits::PAGE_SIZE;
use crate::ops::Type;
use crate::ops::atomic::{Atomic, FENCE};
use crate::ops::shape::Loc;
use crate::ops::{Access, Bank, Op};
use crate::types::MemoryType;

/// Which of a row's operations an access needs, and the address's place in it.
struct Address {
    op: Op,
    places: [Place; 2],
    memory: u32,
    offset: u64,
    form: Form,
}

/// A row's operations, in their order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Short,
    Wide,
    Other,
    /// The address is the sum of two operands.
    Index,
    /// The address has 64 bits.
    Far,
}

impl Address {
    /// How many operands the value comes after.
    fn count(&self) -> usize {
        if self.form == Form::Index { 2 } else { 1 }
    }
}

impl<'m> Translator<'m> {
    pub(super) fn memory_type(&self, memory: u32) -> &'m MemoryType {
        &self.module.memories[memory as usize]
    }

    #[cfg_attr(whit_wide, inline(always))]
    fn address(&mut self, op: Op, operand: Operand, memory: u32, offset: u64) -> Result<Address, Error> {
        let far = self.memory_type(memory).memory64;
        if far || memory > 0 {
            let (op, form) = if far { (op.derived(4), Form::Far) } else { (op.derived(2), Form::Other) };
            let place = self.place_for(op, 0, operand)?;
            return Ok(Address { op, places: [place; 2], memory, offset, form });
        }
        if let Value::Const(base) = operand.value()
            && let Some(address) = (base as u32).checked_add(offset as u32)
        {
            return Ok(Address {
                op: op.derived(1),
                places: [Place::ZERO; 2],
                memory,
                offset: u64::from(address),
                form: Form::Wide,
            });
        }
        if offset <= u64::from(u16::MAX)
            && let Some(places) = self.take_sum(op, operand)
        {
            return Ok(Address { op: op.derived(3), places, memory, offset, form: Form::Index });
        }
        let (op, form) =
            if offset <= u64::from(u16::MAX) { (op, Form::Short) } else { (op.derived(1), Form::Wide) };
        let place = self.place_for(op, 0, operand)?;
        Ok(Address { op, places: [place; 2], memory, offset, form })
    }

    /// The addition that the last instruction is, if it made the address and `op`, an access, can do it.
    fn sum(&self, op: Op, operand: Operand) -> Option<Last> {
        let last = self.last_made(operand).filter(|last| last.op == Op::I32Add)?;
        op.derived(3).allows(1, last.places[1].number()).then_some(last)
    }

    /// Takes back [`Self::sum`]; gives its operands.
    fn take_sum(&mut self, op: Op, operand: Operand) -> Option<[Place; 2]> {
        let last = self.sum(op, operand)?;
        self.take_back(&last, self.stack.before());
        let [lhs, rhs, ..] = last.places;
        Some([lhs, rhs])
    }

    /// Writes the load or store of a value at `value`.
    fn access(&mut self, address: &Address, value: Place) -> Result<(), Error> {
        let [base, index] = address.places;
        match address.form {
            Form::Index => self.emit(address.op, [base, index, value])?,
            _ => self.emit(address.op, [base, value])?,
        }
        match address.form {
            Form::Short | Form::Index => self.unit(address.offset as u16),
            Form::Wide => self.unit32(address.offset as u32),
            Form::Other | Form::Far => {
                self.unit_index(address.memory)?;
                if address.form == Form::Far {
                    return self.unit64(address.offset);
                }
                self.unit32(address.offset as u32)
            }
        }
    }

    pub(super) fn load(&mut self, access: Access) -> Result<(), Error> {
        let (memory, offset) = self.reader.memory_argument();
        self.load_from(access, memory, offset)
    }

    pub(super) fn load_from(&mut self, access: Access, memory: u32, offset: u64) -> Result<(), Error> {
        let operand = self.stack.pop();
        let address = self.address(access.op, operand, memory, offset)?;
        self.keep(Bank::of(access.value))?;
        self.result(access.value)?;
        self.access(&address, Place::A)
    }

    pub(super) fn store(&mut self, access: Access) -> Result<(), Error> {
        let (memory, offset) = self.reader.memory_argument();
        self.store_to(access, memory, offset)
    }

    pub(super) fn store_to(&mut self, access: Access, memory: u32, offset: u64) -> Result<(), Error> {
        let value = self.stack.pop();
        let operand = self.stack.pop();
        // A float that is not in its accumulator is stored as the bits that its slot or constant has.
        let bits = self.memory_type(memory).memory64 || !self.stack.place_of(value).is(Loc::A);
        let op = match access.value {
            Type::F32 if bits => Op::Store32,
            Type::F64 if bits => Op::Store64,
            _ => access.op,
        };
        // What has to be moved is moved before a sum is taken back: its slot may be that of the sum's second operand.
        let own = Place::slot(value.slot());
        let moved = if self.sum(op, operand).is_some_and(|sum| sum.places.contains(&own)) {
            let place = self.place_for(op.derived(3), 2, value)?;
            (place != self.stack.place_of(value)).then_some(place)
        } else {
            None
        };
        let address = self.address(op, operand, memory, offset)?;
        let source = if let Some(place) = moved {
            place
        } else if access.op != op && self.stack.place_of(value).is(Loc::A) {
            self.slot_of(value)?
        } else {
            self.place_for(address.op, address.count(), value)?
        };
        self.access(&address, source)
    }

    pub(super) fn memory_size(&mut self) -> Result<(), Error> {
        let memory = self.reader.u32();
        let ty = self.memory_type(memory);
        if memory == 0 && !ty.memory64 && ty.page_size() == PAGE_SIZE {
            return self.produce(Op::MemorySize, Type::I32);
        }
        let slot = self.stack.height() as u16;
        self.cold_result(Op::MemorySizeOther, ty.index_type().into())?;
        self.unit_index(memory)?;
        self.unit(slot)
    }

    pub(super) fn memory_grow(&mut self) -> Result<(), Error> {
        let memory = self.reader.u32();
        let slot = self.cold_operands(1)?;
        self.cold_result(Op::MemoryGrow, self.memory_type(memory).index_type().into())?;
        self.unit_index(memory)?;
        self.unit(slot)
    }

    pub(super) fn memory_copy(&mut self) -> Result<(), Error> {
        let (destination, source) = (self.reader.u32(), self.reader.u32());
        let slot = self.cold_operands(3)?;
        if destination == 0 && source == 0 && !self.memory_type(0).memory64 {
            self.emit(Op::MemoryCopy, [])?;
        } else {
            self.emit(Op::MemoryCopyBetween, [])?;
            for memory in [destination, source] {
                self.unit_index(memory)?;
            }
        }
        self.unit(slot)
    }

    pub(super) fn memory_fill(&mut self) -> Result<(), Error> {
        let memory = self.reader.u32();
        let slot = self.cold_operands(3)?;
        if memory == 0 && !self.memory_type(0).memory64 {
            self.emit(Op::MemoryFill, [])?;
        } else {
            self.emit(Op::MemoryFillOther, [])?;
            self.unit_index(memory)?;
        }
        self.unit(slot)
    }

    pub(super) fn memory_init(&mut self) -> Result<(), Error> {
        let (segment, memory) = (self.reader.u32(), self.reader.u32());
        let slot = self.cold_operands(3)?;
        self.emit(Op::MemoryInit, [])?;
        self.unit32(segment)?;
        self.unit_index(memory)?;
        self.unit(slot)
    }

    pub(super) fn data_drop(&mut self) -> Result<(), Error> {
        let segment = self.reader.u32();
        self.emit(Op::DataDrop, [])?;
        self.unit32(segment)
    }

    /// The instructions after the prefix 0xFE.
    pub(super) fn atomic(&mut self) -> Result<(), Error> {
        let opcode = self.reader.u32();
        if opcode == FENCE {
            self.reader.byte();
            return Ok(());
        }
        let Some(atomic) = Atomic::decode(opcode) else { return Err(self.unknown(0xFE00 | opcode)) };
        let (memory, offset) = self.reader.memory_argument();
        let slot = self.cold_operands(atomic.operands())?;
        match atomic.result() {
            Some(ty) => self.cold_result(Op::Atomic, ty)?,
            None => self.emit(Op::Atomic, [])?,
        }
        self.unit(opcode as u16)?;
        self.unit_index(memory)?;
        self.unit64(offset)?;
        self.unit(slot)
    }
}
