//! Typed function references: calls, and tests for null.

use super::Translator;
use super::control::Condition;
use crate::error::Error;
use crate::ops::{Op, Type};

impl Translator<'_> {
    pub(super) fn call_ref(&mut self) -> Result<(), Error> {
        let ty = self.reader.u32();
        let ty = self.func_type(ty);
        let operand = self.stack.pop();
        let op = [Op::CallRef0, Op::CallRef1, Op::CallRef2][self.pins];
        let place = self.place_for(op, 0, operand)?;
        let arguments = self.arguments(ty)?;
        self.emit(op, [place])?;
        self.unit(arguments)?;
        self.results(ty)
    }

    pub(super) fn return_call_ref(&mut self) -> Result<(), Error> {
        let ty = self.reader.u32();
        let ty = self.func_type(ty);
        let operand = self.stack.pop();
        let place = self.place_for(Op::ReturnCallRef, 0, operand)?;
        let arguments = self.arguments(ty)?;
        self.emit(Op::ReturnCallRef, [place])?;
        self.replacement(arguments, ty)
    }

    /// `ref.as_non_null`: the operand stays where it is.
    pub(super) fn ref_as_non_null(&mut self) -> Result<(), Error> {
        let Some(operand) = self.stack.operands.last().copied() else { return Ok(()) };
        let place = self.place_for(Op::RefAsNonNull, 0, operand)?;
        self.emit(Op::RefAsNonNull, [place])
    }

    /// `br_on_null`: the branch leaves the reference behind.
    pub(super) fn br_on_null(&mut self) -> Result<(), Error> {
        let depth = self.reader.u32();
        let target = self.branched_to(depth);
        self.settle_top(1)?;
        let reference = self.stack.pop();
        let direct = self.in_place(target, 0);
        self.conditional(target, direct, &Condition::of_null(self.sense(direct), reference.slot()))?;
        self.stack.push_temp(Type::Ref)?;
        Ok(())
    }

    /// `br_on_non_null`: the branch takes the reference along.
    pub(super) fn br_on_non_null(&mut self) -> Result<(), Error> {
        let depth = self.reader.u32();
        let target = self.branched_to(depth);
        self.settle_top(1)?;
        let Some(reference) = self.stack.operands.last().copied() else { return Ok(()) };
        let direct = self.in_place(target, 0);
        self.conditional(target, direct, &Condition::of_null(!self.sense(direct), reference.slot()))?;
        self.stack.pop();
        Ok(())
    }
}
