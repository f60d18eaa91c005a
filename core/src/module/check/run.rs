//! The instructions of a body, but for blocks and branches.

use alloc::vec::Vec;

use super::Scope;
use super::code::Code;
use super::dispatcher;
use super::types::{
    ANY, F32, F64, FUNCREF, I32, I64, Signature, byte_of_number, is_number, is_reference, is_value,
};
use crate::ops::{ACCESS, NUMERIC, NUMERIC_FC};
use crate::translate::Loops;

/// Why a body is not known to be valid.
pub(super) enum Doubt {
    /// It is not valid, or has something that is not checked here.
    Unknown,
    /// There is no room for its operands or blocks.
    Full,
}

/// What a block is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A block, an `else` or the body itself.
    Block,
    Loop,
    If,
}

/// An open block.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) ty: Signature,
    /// Of the block around it: how many operands it may not touch, and whether its code can be reached.
    pub(super) base: usize,
    pub(super) reachable: bool,
}

/// The parameters and locals of a body.
pub(super) struct Locals<'a> {
    pub(super) types: &'a [u8],
    /// How much each is used; empty where nobody wants to know.
    pub(super) weights: &'a mut [u32],
}

/// A body, and where its check stands: what blocks and branches change.
pub(super) struct Body<'a> {
    pub(super) scope: &'a Scope<'a>,
    locals: Locals<'a>,
    pub(super) loops: Loops,
    /// How many operands the innermost block may not touch, and whether its code can be reached.
    pub(super) base: usize,
    pub(super) reachable: bool,
    pub(super) frames: &'a mut Vec<Frame>,
    pub(super) most_frames: usize,
    pub(super) doubt: Doubt,
}

/// A check of one body under way.
///
/// All but the body is what every instruction changes: it can stay in registers from one to the next.
pub(super) struct Run<'r, 'a> {
    pub(super) code: Code<'a>,
    /// The types of the operands, and room for more.
    pub(super) operands: &'r mut [u8],
    /// How many operands there are.
    pub(super) height: usize,
    pub(super) body: &'r mut Body<'a>,
}

/// Whether a body goes on after an instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    End,
}

/// What a numeric instruction takes and gives.
#[derive(Clone, Copy)]
struct Numbers {
    /// Zero for what is no numeric instruction.
    operand: u8,
    result: u8,
    binary: bool,
}

const fn numbers(operand: u8, result: u8, binary: bool) -> Numbers {
    Numbers { operand, result, binary }
}

/// The numeric instructions by opcode.
static NUMBERS: [Numbers; 256] = {
    let mut table = [numbers(ANY, ANY, false); 256];
    let mut opcode = 0;
    while opcode < 256 {
        if let Some(numeric) = NUMERIC[opcode]
            && let (Some(operand), Some(result)) =
                (byte_of_number(numeric.operand), byte_of_number(numeric.result))
        {
            table[opcode] = numbers(operand, result, numeric.binary);
        }
        opcode += 1;
    }
    // Those that translation treats apart: i32.eqz, i64.eqz, i64.extend_i32_u.
    table[0x45] = numbers(I32, I32, false);
    table[0x50] = numbers(I64, I32, false);
    table[0xAD] = numbers(I32, I64, false);
    table
};

/// The largest alignment of loads and stores, from opcode 0x28 on, as a power of two.
static ALIGNMENTS: [u8; 23] = [2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2];

impl<'a> Body<'a> {
    pub(super) fn new(
        scope: &'a Scope<'a>,
        locals: Locals<'a>,
        frames: &'a mut Vec<Frame>,
        most_frames: usize,
    ) -> Self {
        frames.clear();
        let doubt = Doubt::Unknown;
        Self { scope, locals, loops: Loops::NONE, base: 0, reachable: true, frames, most_frames, doubt }
    }

    /// Checks `code`, the body of a function of type `ty`, with room for `operands`.
    pub(super) fn check(mut self, ty: Signature, code: Code<'a>, operands: &mut [u8]) -> Result<(), Doubt> {
        let mut run = Run { code, operands, height: 0, body: &mut self };
        // Its parameters are locals.
        let opened = run.open(Kind::Block, Signature::of_results(ty));
        if opened.is_none() || dispatcher::run(run).is_none() {
            return Err(self.doubt);
        }
        Ok(())
    }
}

/// Where locals are pinned, there are registers for the state of a check too: all that it calls is inlined, so that it
/// can live there. Elsewhere that would be three times the machine code.
impl<'a> Run<'_, 'a> {
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn push(&mut self, ty: u8) -> Option<()> {
        let Some(place) = self.operands.get_mut(self.height) else {
            self.body.doubt = Doubt::Full;
            return None;
        };
        *place = ty;
        self.height += 1;
        Some(())
    }

    /// Pops an operand of whichever type.
    #[cfg_attr(whit_wide, inline(always))]
    fn pop_any(&mut self) -> Option<u8> {
        if self.height > self.body.base {
            self.height -= 1;
            return self.operands.get(self.height).copied();
        }
        if self.body.reachable { None } else { Some(ANY) }
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn pop(&mut self, ty: u8) -> Option<()> {
        let found = self.pop_any()?;
        (found == ty || found == ANY).then_some(())
    }

    /// Pops an operand of type `operand` and pushes one of type `result`.
    #[cfg_attr(whit_wide, inline(always))]
    fn turn(&mut self, operand: u8, result: u8) -> Option<()> {
        if self.height > self.body.base {
            let top = self.operands.get_mut(self.height - 1)?;
            if *top != operand && *top != ANY {
                return None;
            }
            *top = result;
            return Some(());
        }
        self.pop(operand)?;
        self.push(result)
    }

    /// Checks the instruction with `opcode`, which has been read.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn instruction(&mut self, opcode: u8) -> Option<Flow> {
        match opcode {
            0x00 => self.leave_reach(),
            0x01 => {}
            0x02..=0x04 => {
                self.block([Kind::Block, Kind::Loop, Kind::If][usize::from(opcode - 0x02)])?;
            }
            0x05 => self.else_()?,
            0x0B => {
                self.end()?;
                if self.body.frames.is_empty() {
                    return self.code.is_at_end().then_some(Flow::End);
                }
            }
            0x0C => self.br()?,
            0x0D => self.br_if()?,
            0x0E => self.br_table()?,
            0x0F => self.return_()?,
            0x10 => self.call()?,
            0x11 => self.call_indirect()?,
            0x12 => self.return_call()?,
            0x13 => self.return_call_indirect()?,
            0x1A => {
                self.pop_any()?;
            }
            0x1B => self.select()?,
            0x1C => self.select_typed()?,
            0x20 => {
                let ty = self.local()?;
                self.push(ty)?;
            }
            0x21 => {
                let ty = self.local()?;
                self.pop(ty)?;
            }
            0x22 => {
                let ty = self.local()?;
                self.turn(ty, ty)?;
            }
            0x23 => {
                let index = self.code.u32()?;
                let (ty, _) = self.body.scope.global(index)?;
                self.push(ty)?;
            }
            0x24 => {
                let index = self.code.u32()?;
                let (ty, _) = self.body.scope.global(index).filter(|(_, assignable)| *assignable)?;
                self.pop(ty)?;
            }
            0x25 | 0x26 => self.table_access(opcode)?,
            0x28..=0x35 => {
                let ty = self.access(opcode)?;
                self.turn(I32, ty)?;
            }
            0x36..=0x3E => {
                let ty = self.access(opcode)?;
                self.pop(ty)?;
                self.pop(I32)?;
            }
            0x3F | 0x40 => self.memory_size(opcode)?,
            0x41 => {
                self.code.skip_i32()?;
                self.push(I32)?;
            }
            0x42 => {
                self.code.skip_i64()?;
                self.push(I64)?;
            }
            0x43 => {
                self.code.skip(4)?;
                self.push(F32)?;
            }
            0x44 => {
                self.code.skip(8)?;
                self.push(F64)?;
            }
            0xD0..=0xD2 => self.reference(opcode)?,
            0xFC => self.prefixed()?,
            _ => self.numeric(NUMBERS[usize::from(opcode)])?,
        }
        Some(Flow::Next)
    }

    /// The type of the local that follows.
    #[cfg_attr(whit_wide, inline(always))]
    fn local(&mut self) -> Option<u8> {
        let index = self.code.u32()? as usize;
        if let Some(weight) = self.body.locals.weights.get_mut(index) {
            // One that would overflow stays what it is.
            if let Some(sum) = weight.checked_add(self.body.loops.weight()) {
                *weight = sum;
            }
        }
        self.body.locals.types.get(index).copied()
    }

    #[cfg_attr(whit_wide, inline(always))]
    fn numeric(&mut self, numbers: Numbers) -> Option<()> {
        if numbers.operand == ANY {
            return None;
        }
        if numbers.binary {
            self.pop(numbers.operand)?;
        }
        self.turn(numbers.operand, numbers.result)
    }

    /// Reads the immediates of load or store `opcode`; gives the type of the value.
    #[cfg_attr(whit_wide, inline(always))]
    fn access(&mut self, opcode: u8) -> Option<u8> {
        let row = usize::from(opcode - 0x28);
        let flags = self.code.u32()?;
        if flags <= u32::from(ALIGNMENTS[row]) {
            self.body.scope.memory(0)?;
        } else {
            let memory = flags & 0x40 != 0 && self.body.scope.config.multi_memory;
            if !memory || flags & !0x40 > u32::from(ALIGNMENTS[row]) {
                return None;
            }
            let index = self.code.u32()?;
            self.body.scope.memory(index)?;
        }
        self.code.skip_u32()?;
        byte_of_number(ACCESS[row].value)
    }

    /// Reads the index of a memory, which is a zero byte where there cannot be several.
    #[cfg_attr(whit_wide, inline(always))]
    fn memory_index(&mut self) -> Option<()> {
        let index =
            if self.body.scope.config.multi_memory { self.code.u32()? } else { u32::from(self.code.byte()?) };
        self.body.scope.memory(index)
    }

    /// `memory.size` and `memory.grow`.
    #[cfg_attr(whit_wide, inline(always))]
    fn memory_size(&mut self, opcode: u8) -> Option<()> {
        self.memory_index()?;
        if opcode == 0x40 {
            self.pop(I32)?;
        }
        self.push(I32)
    }

    #[cfg_attr(whit_wide, inline(always))]
    fn select(&mut self) -> Option<()> {
        self.pop(I32)?;
        let (rhs, lhs) = (self.pop_any()?, self.pop_any()?);
        let ty = if rhs == ANY { lhs } else { rhs };
        let alike = lhs == ty || lhs == ANY;
        if !alike || !(is_number(ty) || ty == ANY) {
            return None;
        }
        self.push(ty)
    }

    #[cfg_attr(whit_wide, inline(always))]
    fn select_typed(&mut self) -> Option<()> {
        let count = self.code.u32()?;
        let ty = self.code.byte().filter(|ty| count == 1 && is_value(*ty))?;
        self.pop(I32)?;
        self.pop(ty)?;
        self.pop(ty)?;
        self.push(ty)
    }

    /// `ref.null`, `ref.is_null` and `ref.func`.
    #[cfg_attr(whit_wide, inline(always))]
    fn reference(&mut self, opcode: u8) -> Option<()> {
        match opcode {
            0xD0 => {
                let ty = self.code.byte().filter(|ty| is_reference(*ty))?;
                self.push(ty)
            }
            0xD1 => {
                let ty = self.pop_any()?;
                if !is_reference(ty) && ty != ANY {
                    return None;
                }
                self.push(I32)
            }
            _ => {
                let index = self.code.u32()?;
                self.body.scope.reference(index)?;
                self.push(FUNCREF)
            }
        }
    }

    /// `table.get` and `table.set`.
    #[cfg_attr(whit_wide, inline(always))]
    fn table_access(&mut self, opcode: u8) -> Option<()> {
        let index = self.code.u32()?;
        let ty = self.body.scope.table(index)?;
        if opcode == 0x25 {
            self.pop(I32)?;
            self.push(ty)
        } else {
            self.pop(ty)?;
            self.pop(I32)
        }
    }

    #[cfg_attr(whit_wide, inline(always))]
    fn prefixed(&mut self) -> Option<()> {
        let opcode = self.code.u32()?;
        match opcode {
            0..=7 => {
                let numeric = NUMERIC_FC[opcode as usize]?;
                let (operand, result) = (byte_of_number(numeric.operand)?, byte_of_number(numeric.result)?);
                self.numeric(numbers(operand, result, numeric.binary))
            }
            8 => {
                let (segment, memory) = (self.code.u32()?, self.code.u32()?);
                self.body.scope.data(segment)?;
                self.body.scope.memory(memory)?;
                self.pop_three()
            }
            9 => {
                let segment = self.code.u32()?;
                self.body.scope.data(segment)
            }
            10 => {
                let (to, from) = (self.code.u32()?, self.code.u32()?);
                self.body.scope.memory(to)?;
                self.body.scope.memory(from)?;
                self.pop_three()
            }
            11 => {
                let memory = self.code.u32()?;
                self.body.scope.memory(memory)?;
                self.pop_three()
            }
            12..=17 => self.table(opcode),
            _ => None,
        }
    }

    /// Pops an address, another or a value, and a length.
    #[cfg_attr(whit_wide, inline(always))]
    fn pop_three(&mut self) -> Option<()> {
        self.pop(I32)?;
        self.pop(I32)?;
        self.pop(I32)
    }

    /// The operations on tables after the prefix 0xFC.
    #[cfg_attr(whit_wide, inline(always))]
    fn table(&mut self, opcode: u32) -> Option<()> {
        let index = self.code.u32()?;
        match opcode {
            // table.init
            12 => {
                let table = self.code.u32()?;
                let (items, table) = (self.body.scope.elements(index)?, self.body.scope.table(table)?);
                if items != table {
                    return None;
                }
                self.pop_three()
            }
            // elem.drop
            13 => self.body.scope.elements(index).map(|_| ()),
            // table.copy
            14 => {
                let from = self.code.u32()?;
                if self.body.scope.table(index)? != self.body.scope.table(from)? {
                    return None;
                }
                self.pop_three()
            }
            // table.grow
            15 => {
                let ty = self.body.scope.table(index)?;
                self.pop(I32)?;
                self.pop(ty)?;
                self.push(I32)
            }
            // table.size
            16 => {
                self.body.scope.table(index)?;
                self.push(I32)
            }
            // table.fill
            _ => {
                let ty = self.body.scope.table(index)?;
                self.pop(I32)?;
                self.pop(ty)?;
                self.pop(I32)
            }
        }
    }
}
