//! Arithmetic and comparisons.

use super::Translator;
use super::emit::Inverted;
use super::operand::{Operand, Value};
use super::place::Place;
use crate::error::Error;
use crate::ops::Type;
use crate::ops::shape::{Loc, MOST_OPERANDS};
use crate::ops::{Bank, Numeric, Op};

/// Whether instruction `opcode` computes a float, of which a NaN has bits that the specification leaves open.
pub(super) fn computes_float(opcode: u8) -> bool {
    // ceil to max of both types, f32.demote_f64 and f64.promote_f32
    matches!(opcode, 0x8D..=0x97 | 0x9B..=0xA5 | 0xB6 | 0xBB)
}

impl Translator<'_> {
    /// Makes the float that the last instruction computed canonical, if it is a NaN.
    pub(super) fn canonicalize(&mut self, ty: Type) -> Result<(), Error> {
        let operand = self.stack.pop();
        let op = if ty == Type::F32 { Op::CanonicalF32 } else { Op::CanonicalF64 };
        let place = self.place_for(op, 0, operand)?;
        self.result(ty)?;
        self.emit(op, [place, Place::A])
    }

    /// An operation with one or two operands.
    pub(super) fn numeric(&mut self, numeric: Numeric) -> Result<(), Error> {
        if numeric.binary {
            let rhs = self.stack.pop();
            let lhs = self.stack.pop();
            self.binary(numeric, lhs, rhs)
        } else {
            let operand = self.stack.pop();
            self.keep(Bank::of(numeric.result))?;
            let source = self.place_for(numeric.op, 0, operand)?;
            self.result(numeric.result)?;
            self.emit(numeric.op, [source, Place::A])
        }
    }

    fn binary(&mut self, numeric: Numeric, lhs: Operand, rhs: Operand) -> Result<(), Error> {
        self.keep(Bank::of(numeric.result))?;
        let (mut op, mut lhs, mut rhs) = (numeric.op, lhs, rhs);
        let mut places = [self.stack.place_of(lhs), self.stack.place_of(rhs)];
        // One order of operands instead of two, constants last: there are fewer opcodes, and more sequences alike.
        if places[0].number() > places[1].number()
            && let Some(swapped) = op.swapped()
        {
            (op, lhs, rhs) = (swapped, rhs, lhs);
            places.swap(0, 1);
        }
        if places[1].number() >= Loc::W as usize
            && let Some(immediate) = immediate(rhs)
            && op.info().wide_immediate
        {
            let op = op.derived(1);
            let lhs = self.place_for(op, 0, lhs)?;
            self.result(numeric.result)?;
            self.emit(op, [lhs, Place::A])?;
            return match immediate {
                Immediate::Half(value) => self.unit32(value),
                Immediate::Whole(value) => self.unit64(value),
            };
        }
        let [lhs_place, rhs_place] = places;
        let mut places = [lhs_place, rhs_place, Place::A];
        let opcode = match op.opcode_if_allowed(&places.map(Place::number)) {
            Some(opcode) => opcode,
            None => {
                // Moving one may change where the other is.
                places = [self.place_for(op, 0, lhs)?, self.place_for(op, 1, rhs)?, Place::A];
                op.opcode(&places.map(Place::number))
            }
        };
        self.result(numeric.result)?;
        self.write(op, opcode, places)
    }

    /// An operation on `count` halves of 128-bit numbers, with two as results: all are in slots.
    pub(super) fn wide(&mut self, op: Op, count: usize) -> Result<(), Error> {
        let mut places = [Place::A; MOST_OPERANDS];
        for place in places[..count].iter_mut().rev() {
            let operand = self.stack.pop();
            *place = self.slot_of(operand)?;
        }
        let slot = self.stack.push_temp(Type::I64)?;
        self.stack.push_temp(Type::I64)?;
        self.emit_first(op, &places, count)?;
        self.unit(slot as u16)
    }

    /// Whether an operand is zero (or null): a comparison with zero, or the opposite of the comparison that made it.
    pub(super) fn eqz(&mut self, ty: Type) -> Result<(), Error> {
        let Some(operand) = self.stack.operands.last().copied() else { return Ok(()) };
        if let Some(last) = self.last_made(operand)
            && let Some(last) = last.negated()
        {
            // The operand becomes the opposite.
            self.stack.retype(Type::I32);
            self.inverted = None;
            self.units[last.at()] = last.opcode();
            self.last = Some(last);
            return Ok(());
        }
        self.stack.pop();
        let op = if ty == Type::I32 { Op::I32Eq } else { Op::I64Eq };
        let before = self.stack.before();
        let comparison = self.last_made(operand).filter(|last| last.op.info().comparison);
        self.keep(Bank::Int)?;
        let lhs = self.place_for(op, 0, operand)?;
        let zero = Place::constant(ty, 0);
        self.result(Type::I32)?;
        self.inverted = comparison.map(|comparison| Inverted { comparison, before, at: self.units.len() });
        self.emit(op, [lhs, zero, Place::A])
    }

    /// `i64.extend_i32_u`: slots and accumulator hold `i32` values zero-extended, so only the type changes.
    pub(super) fn extend_unsigned(&mut self) -> Result<(), Error> {
        self.stack.retype(Type::I64);
        Ok(())
    }
}

/// A right operand that stands in the code.
enum Immediate {
    /// In two units.
    Half(u32),
    /// In four units.
    Whole(u64),
}

/// The constant `operand` as an immediate, unless a short one will do.
fn immediate(operand: Operand) -> Option<Immediate> {
    if operand.place().is(Loc::I) && operand.bank() == Bank::Int {
        return None;
    }
    let Value::Const(bits) = operand.value() else { return None };
    match operand.ty() {
        Type::F32 => Some(Immediate::Half(bits as u32)),
        Type::F64 => Some(Immediate::Whole(bits)),
        Type::I32 => Some(Immediate::Half(bits as u32)),
        _ => i32::try_from(bits as i64).ok().map(|value| Immediate::Half(value as u32)),
    }
}
