//! Operations on vectors, which have two slots each and no accumulator.

use super::Translator;
use super::operand::Operand;
use super::place::Place;
use crate::error::Error;
use crate::ops::Type;
use crate::ops::shape::{Loc, MOST_OPERANDS};
use crate::ops::simd::{VECTOR, Vector};
use crate::ops::{Bank, Op};

impl Translator<'_> {
    /// An instruction after the prefix 0xFD.
    pub(super) fn vector(&mut self) -> Result<(), Error> {
        let code = self.reader.u32();
        match code {
            0x00 => self.vector_load(),
            0x0B => self.vector_store(),
            0x0C => {
                self.vector_result(Op::V128Const, &[], Type::V128)?;
                self.vector_immediate()
            }
            0x0D => {
                self.vector_operation(Op::I8x16Shuffle, Type::V128, false)?;
                self.vector_immediate()
            }
            _ => match VECTOR.get(code as usize).copied().flatten() {
                Some(vector) => {
                    self.vector_row(vector)?;
                    match self.canonical_lanes(code) {
                        Some(op) => self.vector_operation(op, Type::V128, false),
                        None => Ok(()),
                    }
                }
                None => Err(self.unknown(0xFD_0000 | code)),
            },
        }
    }

    /// What makes the lanes canonical that instruction `code` computed, where that is asked for.
    fn canonical_lanes(&self, code: u32) -> Option<Op> {
        if !self.canonical_nans {
            return None;
        }
        match code {
            // ceil to nearest, demote, sqrt to max, relaxed madd, nmadd, min and max
            0x67..=0x6A | 0x5E | 0xE3..=0xE9 | 0x105 | 0x106 | 0x10D | 0x10E => Some(Op::F32x4Canonical),
            0x74 | 0x75 | 0x7A | 0x94 | 0x5F | 0xEF | 0xF0..=0xF5 | 0x107 | 0x108 | 0x10F | 0x110 => {
                Some(Op::F64x2Canonical)
            }
            _ => None,
        }
    }

    fn vector_row(&mut self, vector: Vector) -> Result<(), Error> {
        match vector {
            Vector::Plain { op, result } => self.vector_operation(op, result, false),
            Vector::Swapped { op } => self.vector_operation(op, Type::V128, true),
            Vector::Lane { op, result } => {
                let lane = self.reader.byte();
                self.vector_operation(op, result, false)?;
                self.unit(u16::from(lane))
            }
            Vector::Load { op, scalar, then } => {
                let (memory, offset) = self.reader.memory_argument();
                if self.is_near(memory) {
                    self.vector_operation(op, Type::V128, false)?;
                    return self.unit32(offset as u32);
                }
                self.load_from(scalar, memory, offset)?;
                then.into_iter().flatten().try_for_each(|op| self.vector_operation(op, Type::V128, false))
            }
            Vector::LoadLane { scalar, op } => {
                let (memory, offset) = self.reader.memory_argument();
                let lane = self.reader.byte();
                let vector = self.stack.pop();
                self.load_from(scalar, memory, offset)?;
                let loaded = self.stack.pop();
                self.vector_result(op, &[vector, loaded], Type::V128)?;
                self.unit(u16::from(lane))
            }
            Vector::StoreLane { op, scalar } => {
                let (memory, offset) = self.reader.memory_argument();
                let lane = self.reader.byte();
                self.vector_operation(op, scalar.value, false)?;
                self.unit(u16::from(lane))?;
                self.store_to(scalar, memory, offset)
            }
        }
    }

    /// Pops the operands of `op`, writes it without its immediates, and pushes its result.
    fn vector_operation(&mut self, op: Op, result: Type, swapped: bool) -> Result<(), Error> {
        let count = op.operands() - 1;
        let mut operands = [Operand::constant(result, 0, 0); 3];
        for operand in operands[..count].iter_mut().rev() {
            *operand = self.stack.pop();
        }
        if swapped {
            operands.swap(0, 1);
        }
        self.vector_result(op, &operands[..count], result)
    }

    /// Writes `op`, whose operands have been popped, without its immediates, and pushes its result.
    pub(super) fn vector_result(&mut self, op: Op, operands: &[Operand], result: Type) -> Result<(), Error> {
        if result != Type::V128 {
            self.keep(Bank::of(result))?;
        }
        let mut places = [Place::A; MOST_OPERANDS];
        for (index, &operand) in operands.iter().enumerate() {
            places[index] = self.place_for(op, index, operand)?;
        }
        if result == Type::V128 {
            places[operands.len()] = Place::slot(self.stack.push_temp(result)?);
        } else {
            self.result(result)?;
        }
        self.emit_first(op, &places, operands.len() + 1)
    }

    /// The 16 bytes that the instruction has as immediate.
    fn vector_immediate(&mut self) -> Result<(), Error> {
        let [low, high] = [self.reader.array(), self.reader.array()].map(u64::from_le_bytes);
        self.unit64(low)?;
        self.unit64(high)
    }

    fn vector_load(&mut self) -> Result<(), Error> {
        let (memory, offset) = self.reader.memory_argument();
        if self.is_near(memory) {
            self.vector_operation(Op::V128Load, Type::V128, false)?;
            return self.unit32(offset as u32);
        }
        let address = self.stack.pop();
        let place = self.slot_of(address)?;
        self.keep(Bank::Int)?;
        // The address may be in the slot of the lower half.
        self.half(Op::Load64, place, address.slot() + 1, memory, self.upper(memory, offset))?;
        self.half(Op::Load64, place, address.slot(), memory, offset)?;
        self.stack.hold(Bank::Int, None);
        self.producers[Bank::Int as usize] = None;
        self.stack.push_temp(Type::V128)?;
        self.last = None;
        Ok(())
    }

    fn vector_store(&mut self) -> Result<(), Error> {
        let (memory, offset) = self.reader.memory_argument();
        let vector = self.stack.pop();
        let address = self.stack.pop();
        let source = self.slot_of(vector)?;
        if self.is_near(memory) {
            let place = self.place_for(Op::V128Store, 0, address)?;
            self.emit(Op::V128Store, [place, source])?;
            return self.unit32(offset as u32);
        }
        let place = self.slot_of(address)?;
        let slot = source.slot_number();
        // The upper half first: where it fits, the lower one does, so that a trap comes before any byte is written.
        self.half(Op::Store64, place, slot + 1, memory, self.upper(memory, offset))?;
        self.half(Op::Store64, place, slot, memory, offset)
    }

    /// A load or store of half a vector in a memory that is not near.
    fn half(&mut self, op: Op, address: Place, slot: i16, memory: u32, offset: u64) -> Result<(), Error> {
        let far = self.memory_type(memory).memory64;
        let op = op.derived(if far { 4 } else { 2 });
        let direct = op.allows(1, Loc::S as usize);
        let value = if direct { Place::slot(slot) } else { Place::A };
        self.emit(op, [address, value])?;
        self.unit_index(memory)?;
        if far {
            self.unit64(offset)?;
        } else {
            self.unit32(offset as u32)?;
        }
        if direct { Ok(()) } else { self.emit(Op::Copy, [Place::A, Place::slot(slot)]) }
    }

    /// Whether it is the first memory, with addresses of 32 bits.
    fn is_near(&self, memory: u32) -> bool {
        memory == 0 && !self.memory_type(memory).memory64
    }

    /// The offset of the upper half of a vector. No memory has eight bytes at the last offset that there is.
    fn upper(&self, memory: u32, offset: u64) -> u64 {
        let last = if self.memory_type(memory).memory64 { u64::MAX } else { u64::from(u32::MAX) };
        offset.saturating_add(8).min(last)
    }
}
