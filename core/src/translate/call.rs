//! Calls.

use super::Translator;
use crate::error::Error;
use crate::ops::{BANKS, Op, Type};
use crate::types::FuncType;

impl Translator<'_> {
    /// Brings the topmost operands, which are the arguments of a call to a function of type `ty`, in their slots and
    /// pops them; everything that accumulators alone hold goes to slots too. Gives the first argument's slot.
    pub(super) fn arguments(&mut self, ty: &FuncType) -> Result<u16, Error> {
        let count = ty.params().len();
        self.settle_top(count)?;
        for _ in 0..count {
            self.stack.pop();
        }
        Ok(self.stack.height() as u16)
    }

    /// Pushes the results of a call: one in the accumulator, several in the arguments' slots.
    pub(super) fn results(&mut self, ty: &FuncType) -> Result<(), Error> {
        self.stack.forget_held();
        self.producers = [None; BANKS];
        match ty.results() {
            [result] if result.slots() == 1 => self.stack.push_held((*result).into()),
            results => {
                for result in results {
                    self.stack.push_temp((*result).into())?;
                }
                Ok(())
            }
        }
    }

    pub(super) fn call(&mut self) -> Result<(), Error> {
        let function = self.reader.u32();
        let ty = self.func_type(self.module.func_types[function as usize]);
        let arguments = self.arguments(ty)?;
        match function.checked_sub(self.module.imported_funcs) {
            Some(body) => {
                self.emit([Op::Call0, Op::Call1, Op::Call2][self.pins], [])?;
                self.unit32(body)?;
            }
            None => {
                self.emit(Op::CallImport, [])?;
                self.unit32(function)?;
            }
        }
        self.unit(arguments)?;
        self.results(ty)
    }

    pub(super) fn call_indirect(&mut self) -> Result<(), Error> {
        let (index, table) = (self.reader.u32(), self.reader.u32());
        let ty = self.func_type(index);
        let operand = self.callee_index(table)?;
        let op = [Op::CallIndirect0, Op::CallIndirect1, Op::CallIndirect2][self.pins];
        let place = self.place_for(op, 0, operand)?;
        let arguments = self.arguments(ty)?;
        self.emit(op, [place])?;
        self.unit32(index)?;
        self.unit_index(table)?;
        self.unit(arguments)?;
        self.results(ty)
    }

    pub(super) fn return_call(&mut self) -> Result<(), Error> {
        let function = self.reader.u32();
        let ty = self.func_type(self.module.func_types[function as usize]);
        let arguments = self.arguments(ty)?;
        match function.checked_sub(self.module.imported_funcs) {
            Some(body) => {
                self.emit(Op::ReturnCall, [])?;
                self.unit32(body)?;
            }
            None => {
                self.emit(Op::ReturnCallImport, [])?;
                self.unit32(function)?;
            }
        }
        self.replacement(arguments, ty)
    }

    pub(super) fn return_call_indirect(&mut self) -> Result<(), Error> {
        let (index, table) = (self.reader.u32(), self.reader.u32());
        let ty = self.func_type(index);
        let operand = self.callee_index(table)?;
        let place = self.place_for(Op::ReturnCallIndirect, 0, operand)?;
        let arguments = self.arguments(ty)?;
        self.emit(Op::ReturnCallIndirect, [place])?;
        self.unit32(index)?;
        self.unit_index(table)?;
        self.replacement(arguments, ty)
    }

    /// Ends the instruction of a call in place of this frame.
    pub(super) fn replacement(&mut self, arguments: u16, ty: &FuncType) -> Result<(), Error> {
        self.unit(arguments)?;
        self.unit(ty.param_slots() as u16)?;
        self.unit(self.local_slots as u16)?;
        self.leave_to(0);
        self.skip_unreachable()
    }

    /// `ref.func`
    pub(super) fn ref_func(&mut self) -> Result<(), Error> {
        let function = self.reader.u32();
        let own = function.checked_sub(self.module.imported_funcs);
        self.produce(if own.is_some() { Op::RefFunc } else { Op::RefFuncImported }, Type::Ref)?;
        self.unit32(own.unwrap_or(function))
    }

    /// Writes an operation that the driver does, whose result goes to a slot: pushes the result. The operation's
    /// operands have been popped.
    pub(super) fn cold_result(&mut self, op: Op, ty: Type) -> Result<(), Error> {
        self.keep_all()?;
        self.stack.push_temp(ty)?;
        self.emit(op, [])
    }

    /// Settles and pops the `count` topmost operands; gives the first one's slot.
    pub(super) fn cold_operands(&mut self, count: usize) -> Result<u16, Error> {
        self.settle_top(count)?;
        for _ in 0..count {
            self.stack.pop();
        }
        Ok(self.stack.height() as u16)
    }
}
