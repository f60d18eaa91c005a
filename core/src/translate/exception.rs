//! Exceptions: code for what throws, and the table of who catches.
//!
//! A protected range has no instruction more than a block. When an exception is caught, execution goes on at the
//! target of the handler, with what the exception carries in the slots of the label's operands. What the target needs
//! besides is in slots already, since it was settled when the block that the label belongs to was opened.

use super::Translator;
use super::labels::{Control, Kind, NONE};
use crate::error::Error;
use crate::ir::handler::{Action, Catch, Handler};
use crate::ops::{Op, Type};

/// Handlers that a function may have.
const MOST_HANDLERS: usize = 65_536;

impl Translator<'_> {
    /// An instruction that throws or catches.
    pub(super) fn exception(&mut self, opcode: u8) -> Result<(), Error> {
        match opcode {
            0x06 => self.try_(),
            0x07 => {
                let tag = self.reader.u32();
                self.catch(Some(tag))
            }
            0x08 => self.throw(),
            0x09 => self.rethrow(),
            0x0A => {
                let slot = self.cold_operands(1)?;
                self.throw_ref(slot)
            }
            0x18 => self.delegate(),
            0x19 => self.catch(None),
            _ => self.try_table(),
        }
    }

    fn throw(&mut self) -> Result<(), Error> {
        let tag = self.reader.u32();
        let count = self.func_type(self.module.tags[tag as usize]).params().len();
        let slot = self.cold_operands(count)?;
        self.emit(Op::Throw, [])?;
        self.unit32(tag)?;
        self.unit(slot)?;
        self.skip_unreachable()
    }

    fn throw_ref(&mut self, slot: u16) -> Result<(), Error> {
        self.emit(Op::ThrowRef, [])?;
        self.unit(slot)?;
        self.skip_unreachable()
    }

    /// `rethrow`: the operand below what a `catch` gives refers to the exception.
    fn rethrow(&mut self) -> Result<(), Error> {
        let depth = self.reader.u32();
        let control = self.controls[self.target(depth)];
        let slot = control.slot as u16;
        if let Kind::Catch { handler, .. } = control.kind
            && let Action::Catch(catch) = &mut self.handlers[handler as usize].action
        {
            catch.reference = Some(slot);
        }
        self.throw_ref(slot)
    }

    /// Begins a protected range; gives the position of its first instruction.
    fn protect(&mut self, params: usize) -> Result<u32, Error> {
        self.settle_top(params)?;
        self.settle_all()?;
        // What is written from here on must not change where the range starts.
        self.seal();
        Ok(self.units.len() as u32)
    }

    fn try_(&mut self) -> Result<(), Error> {
        let (params, results) = self.read_block_type();
        let start = self.protect(self.count(params))?;
        self.open(Kind::Try { start }, params, results)
    }

    fn try_table(&mut self) -> Result<(), Error> {
        let (params, results) = self.read_block_type();
        let clauses = self.reader.position() as u32;
        self.reader.skip_clauses();
        let start = self.protect(self.count(params))?;
        self.open(Kind::TryTable { start, clauses }, params, results)
    }

    /// `catch` or, without a tag, `catch_all`.
    ///
    /// What a `catch` gives has another operand below it, which refers to the exception if there is a `rethrow`.
    fn catch(&mut self, tag: Option<u32>) -> Result<(), Error> {
        let innermost = self.controls.len() - 1;
        if self.reachable {
            self.emit_branch(innermost)?;
        }
        let control = self.controls[innermost];
        let (start, end) = match control.kind {
            Kind::Try { start } => (start, self.units.len() as u32),
            Kind::Catch { start, end, .. } => (start, end),
            // Validation rules this out.
            _ => (0, 0),
        };
        self.stack.truncate(control.operands);
        self.stack.assigned = control.assigned;
        self.stack.forget_held();
        self.begin_block();
        self.reachable = true;
        self.stack.push_temp(Type::Ref)?;
        let payload = self.stack.height() as u16;
        if let Some(tag) = tag {
            for ty in self.func_type(self.module.tags[tag as usize]).params() {
                self.stack.push_temp((*ty).into())?;
            }
        }
        let target = self.units.len() as u32;
        let catch = Catch { tag, target, payload, reference: None };
        let handler = self.handler(start, end, innermost, Action::Catch(catch))?;
        self.controls[innermost].kind = Kind::Catch { start, end, handler };
        Ok(())
    }

    /// `delegate`: ends a `try` and leaves its exceptions to a block around it.
    fn delegate(&mut self) -> Result<(), Error> {
        let depth = self.reader.u32();
        let innermost = self.controls.len() - 1;
        if let Kind::Try { start } = self.controls[innermost].kind {
            // The label is one of those around the block.
            let level = self.target(depth + 1) as u32;
            let end = self.units.len() as u32;
            self.handler(start, end, innermost, Action::Delegate(level))?;
        }
        self.end()
    }

    /// Adds a handler for what is thrown from `start` to `end` in block `level`; gives its number.
    fn handler(&mut self, start: u32, end: u32, level: usize, action: Action) -> Result<u32, Error> {
        let number = self.handlers.len();
        if number >= MOST_HANDLERS {
            return Err(Error::limit("exception handlers of a function", MOST_HANDLERS, Some(self.origin())));
        }
        self.handlers.try_reserve(1)?;
        let level = level as u32;
        self.handlers.push(Handler { start, end, level, action });
        Ok(number as u32)
    }

    /// Ends the protected range of the innermost block, if it has one.
    pub(super) fn end_protected(&mut self, control: &Control) -> Result<(), Error> {
        if let Kind::TryTable { start, clauses } = control.kind {
            self.clauses(start, clauses)?;
        }
        if matches!(control.kind, Kind::TryTable { .. } | Kind::Try { .. }) {
            // What is written from here on must not change where the range ends.
            self.begin_block();
        }
        Ok(())
    }

    /// Adds the handlers of a `try_table`, the innermost block, which ends here.
    fn clauses(&mut self, start: u32, clauses: u32) -> Result<(), Error> {
        let end = self.units.len() as u32;
        let innermost = self.controls.len() - 1;
        let mut reader = self.reader.at(clauses as usize);
        for _ in 0..reader.u32() {
            let clause = reader.clause();
            let number = self.handlers.len() as u32;
            // The label is one of those around the block.
            let label = self.branched_to(clause.depth + 1);
            self.assigned_at_end(label, self.controls[innermost].assigned);
            let block = &mut self.controls[label];
            let target = match block.kind {
                Kind::Loop { start, .. } => start,
                // The number of the next older handler with this target, until it is known.
                _ => core::mem::replace(&mut block.caught, number),
            };
            let payload = block.slot;
            let slots =
                clause.tag.map_or(0, |tag| self.func_type(self.module.tags[tag as usize]).param_slots());
            let reference = clause.reference.then_some((payload + slots) as u16);
            let catch = Catch { tag: clause.tag, target, payload: payload as u16, reference };
            self.handler(start, end, innermost, Action::Catch(catch))?;
        }
        Ok(())
    }

    /// Whether handlers go on at the end of the block, or its operands are not where the end wants them.
    pub(super) fn joins_handlers(&self, control: &Control) -> bool {
        control.caught != NONE || self.reachable && matches!(control.kind, Kind::Catch { .. })
    }

    /// Makes this point the target of handler `newest` and the older ones of its list.
    pub(super) fn bind_handlers(&mut self, newest: u32) {
        let here = self.units.len() as u32;
        let mut next = newest;
        while let Some(Handler { action: Action::Catch(catch), .. }) = self.handlers.get_mut(next as usize) {
            next = core::mem::replace(&mut catch.target, here);
        }
    }

    /// Writes the code for exceptions that are caught by a branch to the function's label: a return.
    pub(super) fn return_caught(&mut self, control: &Control) -> Result<(), Error> {
        if control.caught == NONE {
            return Ok(());
        }
        self.begin_block();
        self.stack.truncate(0);
        self.stack.forget_held();
        self.bind_handlers(control.caught);
        self.push_types(control.results)?;
        self.emit_return()
    }
}
