//! Structs, arrays, small integers, tests and casts.

use super::Translator;
use super::control::Condition;
use super::place::Place;
use crate::error::Error;
use crate::ops::{Bank, Op, Type};
use crate::types::StorageType;
use crate::types::layout::Field;
use crate::value::Target;

/// How an instruction that reads a field extends what it has fewer than 32 bits of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extend {
    Signed,
    Unsigned,
}

/// Which of the operations that read is the right one, from the first: [`Op::StructGet8S`] or [`Op::ArrayGet8S`].
fn reading(storage: StorageType, extend: Extend) -> u16 {
    match (storage.size_log2(), extend) {
        (0, Extend::Signed) => 0,
        (0, Extend::Unsigned) => 1,
        (1, Extend::Signed) => 2,
        (1, Extend::Unsigned) => 3,
        (2, _) if storage.is_traced() => 6,
        (2, _) => 4,
        _ => 5,
    }
}

impl<'m> Translator<'m> {
    /// The instructions after the prefix 0xFB.
    pub(super) fn object(&mut self) -> Result<(), Error> {
        match self.reader.u32() {
            0 => self.struct_new(),
            1 => self.made(Op::StructNewDefault, 0, 1),
            2 | 4 => self.struct_get(Extend::Unsigned),
            3 => self.struct_get(Extend::Signed),
            5 => self.struct_set(),
            6 => self.made(Op::ArrayNew, 2, 1),
            7 => self.made(Op::ArrayNewDefault, 1, 1),
            8 => self.array_new_fixed(),
            9 => self.made(Op::ArrayNewData, 2, 2),
            10 => self.made(Op::ArrayNewElem, 2, 2),
            11 | 13 => self.array_get(Extend::Unsigned),
            12 => self.array_get(Extend::Signed),
            14 => self.array_set(),
            15 => self.simple(Op::ArrayLen, Type::I32),
            16 => self.elements(Op::ArrayFill, 4, 1),
            17 => self.array_copy(),
            18 => self.elements(Op::ArrayInitData, 4, 2),
            19 => self.elements(Op::ArrayInitElem, 4, 2),
            20 => self.ref_test(false),
            21 => self.ref_test(true),
            22 => self.ref_cast(false),
            23 => self.ref_cast(true),
            24 => self.br_on_cast(true),
            25 => self.br_on_cast(false),
            // References of both hierarchies look the same.
            26 | 27 => Ok(()),
            28 => self.simple(Op::RefI31, Type::Ref),
            29 => self.simple(Op::I31GetS, Type::I32),
            30 => self.simple(Op::I31GetU, Type::I32),
            opcode => Err(self.unknown(0xFB00 | opcode)),
        }
    }

    /// Writes an operation that the driver does, with `count` operands and immediates `immediates`; its result is a
    /// reference to what it makes.
    fn make(&mut self, op: Op, count: usize, immediates: &[u32]) -> Result<(), Error> {
        let slot = self.cold_operands(count)?;
        self.cold_result(op, Type::Ref)?;
        for immediate in immediates {
            self.unit32(*immediate)?;
        }
        self.unit(slot)
    }

    /// The same with `numbers` immediates of the instruction.
    fn made(&mut self, op: Op, count: usize, numbers: usize) -> Result<(), Error> {
        let mut immediates = [0; 2];
        for immediate in &mut immediates[..numbers] {
            *immediate = self.reader.u32();
        }
        self.make(op, count, &immediates[..numbers])
    }

    fn struct_new(&mut self) -> Result<(), Error> {
        let ty = self.reader.u32();
        let count = self.module.types[ty as usize].fields().len();
        self.make(Op::StructNew, count, &[ty])
    }

    fn array_new_fixed(&mut self) -> Result<(), Error> {
        let (ty, len) = (self.reader.u32(), self.reader.u32());
        self.make(Op::ArrayNewFixed, len as usize, &[ty, len])
    }

    /// Writes an operation that the driver does on elements of an array, with `count` operands, and `numbers` immediates
    /// of the instruction.
    fn elements(&mut self, op: Op, count: usize, numbers: usize) -> Result<(), Error> {
        let slot = self.cold_operands(count)?;
        self.emit(op, [])?;
        for _ in 0..numbers {
            let number = self.reader.u32();
            self.unit32(number)?;
        }
        self.unit(slot)
    }

    fn array_copy(&mut self) -> Result<(), Error> {
        self.elements(Op::ArrayCopy, 5, 1)?;
        // The type of the array that is copied from tells nothing more.
        self.reader.u32();
        Ok(())
    }

    fn field(&mut self) -> Field {
        let (ty, field) = (self.reader.u32(), self.reader.u32());
        self.module.types[ty as usize].fields()[field as usize]
    }

    fn element(&mut self) -> (u32, StorageType) {
        let ty = self.reader.u32();
        (ty, self.module.types[ty as usize].element())
    }

    /// Writes an operation that reads a field or element into the integer accumulator, if it is for that.
    fn read<const N: usize>(
        &mut self,
        op: Op,
        mut places: [Place; N],
        storage: StorageType,
    ) -> Result<(), Error> {
        let ty = storage.unpacked().into();
        let result = N - 1;
        if Bank::of(ty) == Bank::Int {
            self.result(ty)?;
            places[result] = Place::A;
        } else {
            // Bits go through the integer accumulator to the slot of the float.
            self.stack.hold(Bank::Int, None);
            places[result] = Place::slot(self.stack.push_temp(ty)?);
        }
        self.emit(op, places)
    }

    fn struct_get(&mut self, extend: Extend) -> Result<(), Error> {
        let Field { ty, offset } = self.field();
        if ty.storage.size_log2() == 4 {
            let slot = self.cold_operands(1)?;
            self.cold_result(Op::StructGetVector, Type::V128)?;
            self.unit32(offset)?;
            return self.unit(slot);
        }
        let op = Op::StructGet8S.derived(reading(ty.storage, extend));
        let operand = self.stack.pop();
        self.keep(Bank::Int)?;
        let place = self.place_for(op, 0, operand)?;
        self.read(op, [place, Place::A], ty.storage)?;
        self.unit32(offset)
    }

    fn struct_set(&mut self) -> Result<(), Error> {
        let Field { ty, offset } = self.field();
        if ty.storage.size_log2() == 4 {
            let slot = self.cold_operands(2)?;
            self.emit(Op::StructSetVector, [])?;
            self.unit32(offset)?;
            return self.unit(slot);
        }
        let op = Op::StructSet8.derived(ty.storage.size_log2() as u16);
        let value = self.stack.pop();
        let object = self.stack.pop();
        let object = self.place_for(op, 0, object)?;
        let value = self.written(op, 1, value)?;
        self.emit(op, [object, value])?;
        self.unit32(offset)
    }

    /// A place for a value that is written to a field or element: of a float, the slot.
    fn written(&mut self, op: Op, index: usize, value: super::operand::Operand) -> Result<Place, Error> {
        if value.bank() == Bank::Int { self.place_for(op, index, value) } else { self.slot_of(value) }
    }

    fn array_get(&mut self, extend: Extend) -> Result<(), Error> {
        let (ty, storage) = self.element();
        if storage.size_log2() == 4 {
            let slot = self.cold_operands(2)?;
            self.cold_result(Op::ArrayGetVector, Type::V128)?;
            self.unit32(ty)?;
            return self.unit(slot);
        }
        let op = Op::ArrayGet8S.derived(reading(storage, extend));
        let index = self.stack.pop();
        let array = self.stack.pop();
        self.keep(Bank::Int)?;
        let array = self.place_for(op, 0, array)?;
        let index = self.place_for(op, 1, index)?;
        self.read(op, [array, index, Place::A], storage)
    }

    fn array_set(&mut self) -> Result<(), Error> {
        let (ty, storage) = self.element();
        if storage.size_log2() == 4 {
            let slot = self.cold_operands(3)?;
            self.emit(Op::ArraySetVector, [])?;
            self.unit32(ty)?;
            return self.unit(slot);
        }
        let op = Op::ArraySet8.derived(storage.size_log2() as u16);
        let value = self.stack.pop();
        let index = self.stack.pop();
        let array = self.stack.pop();
        let array = self.place_for(op, 0, array)?;
        let index = self.place_for(op, 1, index)?;
        let value = self.written(op, 2, value)?;
        self.emit(op, [array, index, value])
    }

    /// Reads the heap type of a test, and adds the test's immediates to the last instruction.
    fn test_immediates(&mut self, nullable: bool, heap: i64) -> Result<(), Error> {
        let (target, ty) = match u32::try_from(heap) {
            Ok(ty) => (Target::Defined, ty),
            Err(_) => (Target::of_byte(heap as u8 & 0x7F), 0),
        };
        self.unit(target.pack(nullable))?;
        self.unit32(ty)
    }

    fn ref_test(&mut self, nullable: bool) -> Result<(), Error> {
        let heap = self.reader.i64();
        self.simple(Op::RefTest, Type::I32)?;
        self.test_immediates(nullable, heap)
    }

    /// `ref.cast`: the operand stays where it is.
    fn ref_cast(&mut self, nullable: bool) -> Result<(), Error> {
        let heap = self.reader.i64();
        let Some(operand) = self.stack.operands.last().copied() else { return Ok(()) };
        let place = self.place_for(Op::RefCast, 0, operand)?;
        self.emit(Op::RefCast, [place])?;
        self.test_immediates(nullable, heap)
    }

    /// `br_on_cast` (if the branch is taken where the cast `succeeds`) and `br_on_cast_fail`: the reference is on the
    /// stack either way.
    fn br_on_cast(&mut self, succeeds: bool) -> Result<(), Error> {
        let flags = self.reader.byte();
        let depth = self.reader.u32();
        self.reader.i64();
        let heap = self.reader.i64();
        let target = self.branched_to(depth);
        self.settle_top(1)?;
        let Some(reference) = self.stack.operands.last().copied() else { return Ok(()) };
        self.stack.hold(Bank::Int, None);
        self.emit(Op::RefTest, [Place::slot(reference.slot()), Place::A])?;
        self.test_immediates(flags & 2 != 0, heap)?;
        let direct = self.in_place(target, 0);
        self.conditional(target, direct, &Condition::of_accumulator(succeeds == self.sense(direct)))
    }
}
