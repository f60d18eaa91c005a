//! Operations on tables. The driver does those on many elements, on slots.

use super::Translator;
use super::place::Place;
use super::stack::Operand;
use crate::error::Error;
use crate::ops::Type;
use crate::ops::{Bank, Op};
use crate::types::TableType;

impl Translator<'_> {
    fn table_type(&self, table: u32) -> &TableType {
        &self.module.tables[table as usize].ty
    }

    /// Pops the index of an indirect call through `table`, of 32 bits whatever the table's index type is.
    pub(super) fn callee_index(&mut self, table: u32) -> Result<Operand, Error> {
        let operand = self.stack.pop();
        if !self.table_type(table).table64 {
            return Ok(operand);
        }
        self.keep(Bank::Int)?;
        let place = self.place_for(Op::TableIndexFar, 0, &operand)?;
        self.result(Type::I32)?;
        self.emit(Op::TableIndexFar, &[place, Place::A])?;
        Ok(self.stack.pop())
    }

    fn table_immediates(&mut self, tables: &[u32], slot: u16) -> Result<(), Error> {
        for table in tables {
            let table = self.index(*table)?;
            self.unit(table)?;
        }
        self.unit(slot)
    }

    pub(super) fn table_get(&mut self) -> Result<(), Error> {
        let table = self.reader.u32();
        let index = self.stack.pop();
        self.keep(Bank::Int)?;
        let index = self.place_for(Op::TableGet, 0, &index)?;
        self.result(Type::Ref)?;
        self.emit(Op::TableGet, &[index, Place::A])?;
        let table = self.index(table)?;
        self.unit(table)
    }

    pub(super) fn table_set(&mut self) -> Result<(), Error> {
        let table = self.reader.u32();
        let value = self.stack.pop();
        let index = self.stack.pop();
        let index = self.place_for(Op::TableSet, 0, &index)?;
        let value = self.place_for(Op::TableSet, 1, &value)?;
        self.emit(Op::TableSet, &[index, value])?;
        let table = self.index(table)?;
        self.unit(table)
    }

    pub(super) fn table_size(&mut self) -> Result<(), Error> {
        let table = self.reader.u32();
        self.keep(Bank::Int)?;
        self.result(self.table_type(table).index_type().into())?;
        self.emit(Op::TableSize, &[Place::A])?;
        let table = self.index(table)?;
        self.unit(table)
    }

    pub(super) fn table_grow(&mut self) -> Result<(), Error> {
        let table = self.reader.u32();
        let slot = self.cold_operands(2)?;
        self.cold_result(Op::TableGrow, self.table_type(table).index_type().into())?;
        self.table_immediates(&[table], slot)
    }

    pub(super) fn table_fill(&mut self) -> Result<(), Error> {
        let table = self.reader.u32();
        let slot = self.cold_operands(3)?;
        self.emit(Op::TableFill, &[])?;
        self.table_immediates(&[table], slot)
    }

    pub(super) fn table_copy(&mut self) -> Result<(), Error> {
        let (destination, source) = (self.reader.u32(), self.reader.u32());
        let slot = self.cold_operands(3)?;
        self.emit(Op::TableCopy, &[])?;
        self.table_immediates(&[destination, source], slot)
    }

    pub(super) fn table_init(&mut self) -> Result<(), Error> {
        let (segment, table) = (self.reader.u32(), self.reader.u32());
        let slot = self.cold_operands(3)?;
        self.emit(Op::TableInit, &[])?;
        self.unit32(segment)?;
        self.table_immediates(&[table], slot)
    }

    pub(super) fn elem_drop(&mut self) -> Result<(), Error> {
        let segment = self.reader.u32();
        self.emit(Op::ElemDrop, &[])?;
        self.unit32(segment)
    }
}
