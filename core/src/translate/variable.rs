//! Locals, globals and `select`.

use super::Translator;
use super::operand::Operand;
use super::place::Place;
use crate::error::Error;
use crate::ops::Type;
use crate::ops::shape::Loc;
use crate::ops::{Bank, Op};

impl Translator<'_> {
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn local_get(&mut self) -> Result<(), Error> {
        let local = self.reader.u32();
        self.stack.push_local(local)
    }

    pub(super) fn local_set(&mut self) -> Result<(), Error> {
        let local = self.reader.u32();
        let operand = self.stack.pop();
        self.assign(local, operand)
    }

    pub(super) fn local_tee(&mut self) -> Result<(), Error> {
        let local = self.reader.u32();
        let operand = self.stack.pop();
        self.assign(local, operand)?;
        self.stack.push_local(local)
    }

    /// The operation for global `index`: the one for imported globals with its number, or the other with its cell.
    fn global(&self, index: u32, defined: Op, imported: Op) -> (Op, u32, Type) {
        let global = &self.module.globals[index as usize];
        let ty = global.ty.content.into();
        if index < self.module.imported_globals {
            return (imported, index, ty);
        }
        (defined, global.cell, ty)
    }

    pub(super) fn global_get(&mut self) -> Result<(), Error> {
        let index = self.reader.u32();
        let (op, number, ty) = self.global(index, Op::GlobalGet, Op::GlobalGetImported);
        #[cfg(feature = "simd")]
        if ty == Type::V128 {
            let imported = op == Op::GlobalGetImported;
            let op = if imported { Op::V128GlobalGetImported } else { Op::V128GlobalGet };
            self.vector_result(op, &[], ty)?;
            return self.unit32(number);
        }
        let Ok(number) = u16::try_from(number) else {
            let slot = self.stack.height() as u16;
            self.cold_result(Op::GlobalGetFar, ty)?;
            self.unit32(index)?;
            return self.unit(slot);
        };
        self.keep(Bank::Int)?;
        if Bank::of(ty) == Bank::Int {
            self.result(ty)?;
            self.emit(op, [Place::A])?;
        } else {
            // Bits go through the integer accumulator to the slot of the float.
            self.stack.hold(Bank::Int, None);
            let slot = self.stack.push_temp(ty)?;
            self.emit(op, [Place::slot(slot)])?;
        }
        self.unit(number)
    }

    pub(super) fn global_set(&mut self) -> Result<(), Error> {
        let index = self.reader.u32();
        let (op, number, ty) = self.global(index, Op::GlobalSet, Op::GlobalSetImported);
        #[cfg(feature = "simd")]
        if ty == Type::V128 {
            let operand = self.stack.pop();
            let imported = op == Op::GlobalSetImported;
            let op = if imported { Op::V128GlobalSetImported } else { Op::V128GlobalSet };
            let place = self.slot_of(operand)?;
            self.emit(op, [place])?;
            return self.unit32(number);
        }
        let Ok(number) = u16::try_from(number) else {
            let slot = self.cold_operands(1)?;
            self.emit(Op::GlobalSetFar, [])?;
            self.unit32(index)?;
            return self.unit(slot);
        };
        let operand = self.stack.pop();
        let place =
            if Bank::of(ty) == Bank::Int { self.place_for(op, 0, operand)? } else { self.slot_of(operand)? };
        self.emit(op, [place])?;
        self.unit(number)
    }

    pub(super) fn select(&mut self) -> Result<(), Error> {
        let condition = self.stack.pop();
        let rhs = self.stack.pop();
        let lhs = self.stack.pop();
        let ty = lhs.ty();
        #[cfg(feature = "simd")]
        if ty == Type::V128 {
            return self.vector_result(Op::V128Select, &[condition, lhs, rhs], ty);
        }
        let op = match Bank::of(ty) {
            Bank::Int | Bank::Slots => Op::Select,
            Bank::F32 => Op::SelectF32,
            Bank::F64 => Op::SelectF64,
        };
        self.keep(Bank::of(ty))?;
        let lhs_place = self.selected(op, 1, lhs)?;
        let rhs_place = self.selected(op, 2, rhs)?;
        let place = self.place_for(op, 0, condition)?;
        self.result(ty)?;
        self.emit(op, [place, lhs_place, rhs_place, Place::A])
    }

    /// A place for an operand that `select` chooses from: the accumulator is the condition's, and immediates have 32 bits.
    fn selected(&mut self, op: Op, index: usize, operand: Operand) -> Result<Place, Error> {
        let place = self.stack.place_of(operand);
        match place.loc() {
            Loc::A => self.slot_of(operand),
            _ if operand.ty() != Type::I32 && place.is_negative() => self.slot_of(operand),
            _ => self.place_for(op, index, operand),
        }
    }
}
