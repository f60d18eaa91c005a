//! Blocks, branches and returns.

use super::emit::{Inverted, Last};
use super::labels::{Fixup, Kind, NONE, Reach, Types};
use super::operand::{Operand, Value};
use super::place::Place;
use super::reader::BlockType;
use super::{Far, Translator};
use crate::error::Error;
use crate::ops::shape::Loc;
use crate::ops::{Bank, Op};

/// A conditional branch that is about to be written: its operation and operands.
pub(super) struct Condition {
    op: Op,
    lhs: Place,
    rhs: Option<Place>,
}

impl Condition {
    /// A branch with one operand.
    fn one(op: Op, place: Place) -> Self {
        Self { op, lhs: place, rhs: None }
    }

    /// That the reference in `slot` is null, or that it is not: the lower half of a reference tells.
    #[cfg(feature = "gc")]
    pub(super) fn of_null(null: bool, slot: i16) -> Self {
        let op = if null { Op::BrIfEqz } else { Op::BrIfNez };
        Self::one(op, Place::slot(slot))
    }

    /// That the integer accumulator is not zero, or that it is.
    #[cfg(feature = "gc")]
    pub(super) fn of_accumulator(holds: bool) -> Self {
        let op = if holds { Op::BrIfNez } else { Op::BrIfEqz };
        Self::one(op, Place::A)
    }
}

impl Translator<'_> {
    /// Passes over an instruction that cannot be reached, but for what ends that state.
    pub(super) fn unreachable_instruction(&mut self, opcode: u8) -> Result<(), Error> {
        match opcode {
            0x02..=0x04 => {
                self.reader.block_type();
                self.skipped += 1;
                Ok(())
            }
            #[cfg(feature = "exceptions")]
            0x06 | 0x1F => {
                self.reader.skip(opcode);
                self.skipped += 1;
                Ok(())
            }
            #[cfg(feature = "exceptions")]
            0x07 | 0x18 | 0x19 if self.skipped == 0 => self.exception(opcode),
            #[cfg(feature = "exceptions")]
            0x18 => {
                self.reader.skip(opcode);
                self.skipped -= 1;
                Ok(())
            }
            0x05 if self.skipped == 0 => self.else_(),
            0x0B if self.skipped == 0 => self.end(),
            0x0B => {
                self.skipped -= 1;
                Ok(())
            }
            _ => {
                self.reader.skip(opcode);
                Ok(())
            }
        }
    }

    pub(super) fn unreachable(&mut self) -> Result<(), Error> {
        self.emit(Op::Unreachable, [])?;
        self.skip_unreachable()
    }

    /// Passes over what follows, which cannot be reached, up to what can be: the last thing that an instruction does, since
    /// the reader then stands behind another.
    pub(super) fn skip_unreachable(&mut self) -> Result<(), Error> {
        self.reachable = false;
        self.begin_block();
        while !self.reachable
            && let Some(opcode) = self.next_instruction()
        {
            self.unreachable_instruction(opcode)?;
        }
        Ok(())
    }

    pub(super) fn read_block_type(&mut self) -> (Types, Types) {
        match self.reader.block_type() {
            BlockType::Empty => (Types::None, Types::None),
            BlockType::Value(ty) => (Types::None, Types::One(ty)),
            BlockType::Func(ty) => (Types::Params(ty), Types::Results(ty)),
        }
    }

    pub(super) fn block(&mut self) -> Result<(), Error> {
        let (params, results) = self.read_block_type();
        self.settle_top(self.count(params))?;
        self.settle_all()?;
        self.open(Kind::Block, params, results)
    }

    pub(super) fn loop_(&mut self) -> Result<(), Error> {
        let (params, results) = self.read_block_type();
        self.settle_top(self.count(params))?;
        self.settle_all()?;
        self.stack.forget_held();
        let start = self.units.len() as u32;
        let primed = if self.count(params) == 0 { self.prime_loop()? } else { None };
        self.open(Kind::Loop { start, primed }, params, results)?;
        if let Some(primed) = &primed {
            self.hold_primed(primed);
        }
        Ok(())
    }

    pub(super) fn if_(&mut self) -> Result<(), Error> {
        let (params, results) = self.read_block_type();
        let condition = self.condition(self.sense(false))?;
        self.settle_top(self.count(params))?;
        self.settle_all()?;
        let skip = self.emit_skip(&condition)?;
        self.open(Kind::If(skip), params, results)
    }

    pub(super) fn else_(&mut self) -> Result<(), Error> {
        let innermost = self.controls.len() - 1;
        let control = self.controls[innermost];
        if self.reachable {
            self.settle_top(control.arity)?;
            self.emit_br(innermost)?;
        }
        self.stack.truncate(control.operands);
        self.stack.assigned = control.assigned;
        if let Kind::If(skip) = control.kind {
            self.bind(skip);
        }
        self.controls[innermost].kind = Kind::Else;
        self.reachable = true;
        self.push_types(control.params)
    }

    pub(super) fn push_types(&mut self, types: Types) -> Result<(), Error> {
        for index in 0..self.count(types) {
            self.stack.push_temp(self.type_at(types, index))?;
        }
        Ok(())
    }

    pub(super) fn end(&mut self) -> Result<(), Error> {
        let Some(control) = self.controls.last().copied() else { return Ok(()) };
        if control.kind == Kind::Function {
            if self.reachable {
                self.emit_return()?;
            }
            #[cfg(feature = "exceptions")]
            self.return_caught(&control)?;
            self.controls.pop();
            return Ok(());
        }
        let joins = control.branches != NONE || matches!(control.kind, Kind::If(_));
        #[cfg(feature = "exceptions")]
        let joins = joins || self.joins_handlers(&control);
        if joins && self.reachable {
            self.bring_results()?;
        }
        #[cfg(feature = "exceptions")]
        self.end_protected(&control)?;
        if joins {
            let innermost = self.controls.len() - 1;
            if self.reachable {
                self.assigned_at_end(innermost, self.stack.assigned);
            }
            if let Kind::If(skip) = control.kind {
                self.assigned_at_end(innermost, control.assigned);
                self.bind(skip);
            }
            self.stack.assigned = self.controls[innermost].assigned_at_end;
            self.bind(control.branches);
            #[cfg(feature = "exceptions")]
            self.bind_handlers(control.caught);
            self.stack.truncate(control.operands);
            self.push_types(control.results)?;
            self.reachable = true;
        } else if !self.reachable {
            self.stack.truncate(control.operands);
        }
        self.close();
        Ok(())
    }

    /// Gives the results of the innermost block the slots that the block's end wants them in.
    fn bring_results(&mut self) -> Result<(), Error> {
        let innermost = self.controls.len() - 1;
        if self.in_place(innermost, 0) {
            self.settle_top(self.arity(innermost))
        } else {
            self.carry(innermost)
        }
    }

    /// Pops the condition of a branch and finds the operation that branches if it holds, or if it does not.
    fn condition(&mut self, holds: bool) -> Result<Condition, Error> {
        let operand = self.stack.pop();
        if let Some(last) = self.last_made(operand)
            && let Some(condition) = branch_of(&last, holds)
        {
            self.take_back(&last, self.stack.before());
            // The opposite of a float comparison, which is no comparison.
            if let Some(Inverted { comparison, before, at }) = self.inverted
                && at == last.at()
                && let Some(condition) = branch_of(&comparison, !holds)
            {
                self.take_back(&comparison, before);
                return Ok(condition);
            }
            return Ok(condition);
        }
        let op = if holds { Op::BrIfNez } else { Op::BrIfEqz };
        let place = self.place_for(op, 0, operand)?;
        Ok(Condition::one(op, place))
    }

    /// Writes a conditional branch but for its target; gives the position that the target is counted from.
    fn emit_condition(&mut self, condition: &Condition) -> Result<usize, Error> {
        let from = self.units.len();
        match condition.rhs {
            Some(rhs) => self.emit(condition.op, [condition.lhs, rhs])?,
            None => self.emit(condition.op, [condition.lhs])?,
        }
        Ok(from)
    }

    /// How many operands a branch to block `target` takes.
    fn arity(&self, target: usize) -> usize {
        self.controls[target].arity
    }

    /// Whether the operands that a branch to block `target` takes, which are the topmost ones but for `above` more,
    /// have the slots that the block wants them in.
    pub(super) fn in_place(&self, target: usize, above: usize) -> bool {
        let operands = &self.stack.operands[..self.stack.operands.len() - above];
        let control = &self.controls[target];
        let first = operands.get(operands.len() - control.arity);
        control.kind != Kind::Function && first.is_none_or(|first| first.slot() as usize == control.slot)
    }

    /// Writes a branch to block `target`, from a place where its operands are on the stack and nothing is known
    /// about accumulators afterwards. Leaves the state as it was.
    pub(super) fn emit_branch(&mut self, target: usize) -> Result<(), Error> {
        if self.controls[target].kind == Kind::Function {
            return self.emit_return();
        }
        self.carry(target)?;
        self.emit_br(target)
    }

    /// Writes a branch to block `target`, whose operands are where the block wants them.
    fn emit_br(&mut self, target: usize) -> Result<(), Error> {
        let from = self.units.len();
        self.emit(Op::Br, [])?;
        self.branch_target(target, from, Reach::Far)
    }

    /// Writes code that copies the operands that a branch to block `target` takes to where the block wants them.
    fn carry(&mut self, target: usize) -> Result<(), Error> {
        let count = self.arity(target);
        let first = self.stack.operands.len() - count;
        let mut slot = self.controls[target].slot as i16;
        for index in 0..count {
            let operand = self.stack.operands[first + index];
            if self.stack.place_of(operand) != Place::slot(slot) {
                self.copy_only(operand, slot)?;
            }
            slot += operand.ty().slots() as i16;
        }
        Ok(())
    }

    /// Copies an operand to a slot without noting it.
    fn copy_only(&mut self, operand: Operand, slot: i16) -> Result<(), Error> {
        let held = self.stack.all_held();
        self.move_to(operand, Place::slot(slot))?;
        self.stack.hold_all(held);
        Ok(())
    }

    pub(super) fn br(&mut self) -> Result<(), Error> {
        let depth = self.reader.u32();
        let target = self.branched_to(depth);
        if self.controls[target].kind != Kind::Function && self.in_place(target, 0) {
            self.settle_top(self.arity(target))?;
        }
        self.emit_branch(target)?;
        self.skip_unreachable()
    }

    pub(super) fn br_if(&mut self) -> Result<(), Error> {
        let depth = self.reader.u32();
        let target = self.branched_to(depth);
        let direct = self.in_place(target, 1);
        let condition = self.condition(self.sense(direct))?;
        self.conditional(target, direct, &condition)
    }

    /// Whether the condition of a branch, which is `direct` or leads past copies and a branch, is to be that the branch
    /// is taken, or the opposite.
    pub(super) fn sense(&self, direct: bool) -> bool {
        direct || self.leads_far()
    }

    /// Whether the conditional branch of this instruction is to lead past a far one.
    fn leads_far(&self) -> bool {
        match &self.far {
            Far::None => false,
            Far::These(origins) => origins.contains(self.offset()),
            Far::All => true,
        }
    }

    /// Writes a branch past what follows, which `condition`, of [`Self::sense`] `false`, decides; gives the number of its
    /// target.
    ///
    /// A near branch, or where those do not suffice, one past a far branch.
    fn emit_skip(&mut self, condition: &Condition) -> Result<u32, Error> {
        let from = self.emit_condition(condition)?;
        let near = self.fixup(from, NONE, Reach::Near)?;
        if !self.leads_far() {
            return Ok(near);
        }
        let from = self.units.len();
        self.emit(Op::Br, [])?;
        let far = self.fixup(from, NONE, Reach::Far)?;
        // Only the condition leads here: what paid for it pays for this.
        let charge = self.charge;
        self.bind(near);
        self.charge = charge;
        Ok(far)
    }

    /// Writes a branch to block `target`. Where the operands that it takes have their places already, it is `direct`:
    /// taken if `condition` holds; else the condition leads past copies and a branch. In any case, it has the
    /// [`Self::sense`] for that.
    pub(super) fn conditional(
        &mut self,
        target: usize,
        direct: bool,
        condition: &Condition,
    ) -> Result<(), Error> {
        if direct && !self.leads_far() {
            self.settle_top(self.arity(target))?;
            let from = self.emit_condition(condition)?;
            self.branch_target(target, from, Reach::Near)?;
        } else {
            self.keep_all()?;
            // The accumulators have what they have here: branches and copies leave them alone, and a return leaves.
            let held = self.stack.all_held();
            let skip = self.emit_skip(condition)?;
            self.stack.hold_all(held);
            self.last = None;
            self.emit_branch(target)?;
            self.bind(skip);
            self.stack.hold_all(held);
        }
        self.begin_block();
        Ok(())
    }

    pub(super) fn br_table(&mut self) -> Result<(), Error> {
        let last = self.reader.u32();
        let operand = self.stack.pop();
        let index = self.place_for(Op::BrTable, 0, operand)?;
        // Operands are in slots before: the integer accumulator gets the index, and stubs rely on none.
        let depth = self.reader.clone().u32();
        self.settle_top(self.arity(self.target(depth)))?;
        self.emit(Op::BrTable, [index])?;
        self.stack.forget_held();
        let from = self.units.len() - 1;
        self.unit32(last)?;
        let entries = self.units.len();
        let targets = self.reader.clone();
        let bytes = (last as usize + 1) * 2;
        self.units.reserve(bytes)?;
        for _ in 0..=last {
            let depth = self.reader.u32();
            let target = self.branched_to(depth);
            if self.in_place(target, 0) {
                self.branch_target(target, from, Reach::Far)?;
            } else {
                self.unit32(0)?;
            }
        }
        self.last = None;
        self.branch_stubs(targets, entries, last, from)?;
        self.skip_unreachable()
    }

    /// Writes the code that brings operands in place for those targets of a branch table that want it.
    fn branch_stubs(
        &mut self,
        mut targets: super::Reader<'_>,
        entries: usize,
        last: u32,
        from: usize,
    ) -> Result<(), Error> {
        for entry in 0..=last as usize {
            let depth = targets.u32();
            let target = self.target(depth);
            if self.in_place(target, 0) {
                continue;
            }
            let stub = match self.controls[target].stub {
                Some((table, stub)) if table as usize == from => stub as usize,
                _ => {
                    let stub = self.units.len();
                    self.controls[target].stub = Some((from as u32, stub as u32));
                    self.last = None;
                    self.emit_branch(target)?;
                    stub
                }
            };
            let (at, from, origin) = ((entries + 2 * entry) as u32, from as u32, self.offset() as u32);
            let branch = Fixup { at, reach: Reach::Far, from, origin, older: NONE };
            self.set_target(&branch, stub);
        }
        Ok(())
    }

    pub(super) fn return_(&mut self) -> Result<(), Error> {
        self.leave_to(0);
        self.emit_return()?;
        self.skip_unreachable()
    }

    /// Writes a return of the topmost operands. Leaves what is known of them as it was.
    pub(super) fn emit_return(&mut self) -> Result<(), Error> {
        let results = self.ty.results();
        match results {
            [] => self.emit(Op::Return, []),
            [ty] if ty.slots() == 1 => {
                let Some(operand) = self.stack.operands.last().copied() else { return Ok(()) };
                let op = match Bank::of((*ty).into()) {
                    Bank::Int | Bank::Slots => Op::ReturnInt,
                    Bank::F32 => Op::ReturnF32,
                    Bank::F64 => Op::ReturnF64,
                };
                let mut place = self.stack.place_of(operand);
                if let Value::Const(bits) = operand.value() {
                    self.emit_const(operand.ty(), bits, Place::A)?;
                    place = Place::A;
                }
                self.emit(op, [place])
            }
            _ => {
                let first = self.stack.operands.len() - results.len();
                let slots: usize = results.iter().map(|ty| ty.slots()).sum();
                let from = self.stack.operands[first].slot();
                for index in first..self.stack.operands.len() {
                    let operand = self.stack.operands[index];
                    if !operand.is_temp() || !self.stack.place_of(operand).is(Loc::S) {
                        self.copy_only(operand, operand.slot())?;
                    }
                }
                self.emit(Op::ReturnMany, [])?;
                self.unit(from as u16)?;
                self.unit(slots as u16)?;
                self.unit(self.local_slots as u16)
            }
        }
    }
}

/// The branch that the comparison `last` decides, if it is one.
fn branch_of(last: &Last, holds: bool) -> Option<Condition> {
    let condition = |op| Some(Condition { op, lhs: last.places[0], rhs: Some(last.places[1]) });
    if !last.op.info().comparison {
        return None;
    }
    match (holds, last.op.negated()) {
        (true, _) => condition(last.op.derived(1)),
        (false, Some(negated)) => condition(negated.derived(1)),
        (false, None) => condition(last.op.derived(2)),
    }
}
