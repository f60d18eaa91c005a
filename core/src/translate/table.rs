//! Operations on tables. The driver does those on many elements, on slots.

use super::Translator;
use super::operand::Operand;
use crate::error::Error;
use crate::ops::{Op, Type};
use crate::types::TableType;

impl Translator<'_> {
    fn table_type(&self, table: u32) -> &TableType {
        &self.module.tables[table as usize].ty
    }

    /// Pops the index of an indirect call through `table`, of 32 bits whatever the table's index type is.
    pub(super) fn callee_index(&mut self, table: u32) -> Result<Operand, Error> {
        if self.table_type(table).table64 {
            self.simple(Op::TableIndexFar, Type::I32)?;
        }
        Ok(self.stack.pop())
    }

    fn table_immediates(&mut self, tables: &[u32], slot: u16) -> Result<(), Error> {
        for table in tables {
            self.unit_index(*table)?;
        }
        self.unit(slot)
    }

    pub(super) fn table_get(&mut self) -> Result<(), Error> {
        let table = self.reader.u32();
        self.simple(Op::TableGet, Type::Ref)?;
        self.unit_index(table)
    }

    pub(super) fn table_set(&mut self) -> Result<(), Error> {
        let table = self.reader.u32();
        let value = self.stack.pop();
        let index = self.stack.pop();
        let index = self.place_for(Op::TableSet, 0, index)?;
        let value = self.place_for(Op::TableSet, 1, value)?;
        self.emit(Op::TableSet, [index, value])?;
        self.unit_index(table)
    }

    pub(super) fn table_size(&mut self) -> Result<(), Error> {
        let table = self.reader.u32();
        self.produce(Op::TableSize, self.table_type(table).index_type().into())?;
        self.unit_index(table)
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
        self.emit(Op::TableFill, [])?;
        self.table_immediates(&[table], slot)
    }

    pub(super) fn table_copy(&mut self) -> Result<(), Error> {
        let (destination, source) = (self.reader.u32(), self.reader.u32());
        let slot = self.cold_operands(3)?;
        self.emit(Op::TableCopy, [])?;
        self.table_immediates(&[destination, source], slot)
    }

    pub(super) fn table_init(&mut self) -> Result<(), Error> {
        let (segment, table) = (self.reader.u32(), self.reader.u32());
        let slot = self.cold_operands(3)?;
        self.emit(Op::TableInit, [])?;
        self.unit32(segment)?;
        self.table_immediates(&[table], slot)
    }

    pub(super) fn elem_drop(&mut self) -> Result<(), Error> {
        let segment = self.reader.u32();
        self.emit(Op::ElemDrop, [])?;
        self.unit32(segment)
    }
}
