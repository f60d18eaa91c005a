//! Blocks and branch targets.

use super::Translator;
use super::operand::Assigned;
use super::primed::Primed;
use crate::error::Error;
use crate::ops::Type;

/// No entry: the end of a list of fixups.
pub(super) const NONE: u32 = u32::MAX;

/// Beyond this distance, a near branch may not suffice once others have become longer.
const DISTANT: u64 = i16::MAX as u64 / 8 * 7;

/// What a block is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// The function's body: a branch to it returns.
    Function,
    Block,
    /// With the position of its first instruction, and what that reads into the accumulator.
    Loop {
        start: u32,
        primed: Option<Primed>,
    },
    /// Before its `else`; with the fixup of the branch that skips this arm.
    If(u32),
    Else,
    /// A `try_table`, with the position of its first instruction and where its clauses are in the body.
    #[cfg(feature = "exceptions")]
    TryTable {
        start: u32,
        clauses: u32,
    },
    /// A `try` before its first `catch`, with the position of its first instruction.
    #[cfg(feature = "exceptions")]
    Try {
        start: u32,
    },
    /// A `try` after a `catch`, with the range of its body and the number of the handler that is being translated.
    #[cfg(feature = "exceptions")]
    Catch {
        start: u32,
        end: u32,
        handler: u32,
    },
}

/// The types that a block takes or gives.
#[derive(Clone, Copy, Debug)]
pub(super) enum Types {
    None,
    One(Type),
    /// The parameters of type `.0` of the module.
    Params(u32),
    /// The results of type `.0` of the module.
    Results(u32),
}

/// An open block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Control {
    pub(super) kind: Kind,
    /// Operands below its parameters.
    pub(super) operands: usize,
    /// Slot of its first parameter and result.
    pub(super) slot: usize,
    pub(super) params: Types,
    pub(super) results: Types,
    /// How many operands a branch to it takes.
    pub(super) arity: usize,
    /// The newest branch to its end.
    pub(super) branches: u32,
    /// The newest handler that goes on at its end.
    #[cfg(feature = "exceptions")]
    pub(super) caught: u32,
    /// The outermost block that something in it branches to, or more than there are.
    pub(super) leaves_to: usize,
    /// Which locals are assigned where it begins, and at all branches to its end so far.
    pub(super) assigned: Assigned,
    pub(super) assigned_at_end: Assigned,
    /// The charge that pays for what comes before it.
    pub(super) charge: Option<u32>,
    /// Code that brings a branch's operands in place and branches on, of the branch table whose targets are relative to
    /// there.
    pub(super) stub: Option<(u32, u32)>,
}

/// How far a branch leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// As far as one unit can say.
    Near,
    /// Anywhere: it has two units for the distance.
    Far,
}

/// A branch whose target is not known yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fixup {
    /// Where the distance goes.
    pub(super) at: u32,
    pub(super) reach: Reach,
    /// What it is counted from.
    pub(super) from: u32,
    /// The offset in the body of the branch.
    pub(super) origin: u32,
    /// The next older branch to the same target.
    pub(super) older: u32,
}

impl Translator<'_> {
    /// How many types there are.
    #[inline]
    pub(super) fn count(&self, types: Types) -> usize {
        match types {
            Types::None => 0,
            Types::One(_) => 1,
            Types::Params(ty) => self.func_type(ty).params().len(),
            Types::Results(ty) => self.func_type(ty).results().len(),
        }
    }

    /// Type number `index`.
    pub(super) fn type_at(&self, types: Types, index: usize) -> Type {
        match types {
            Types::One(ty) => ty,
            Types::Params(ty) => self.func_type(ty).params()[index].into(),
            Types::Results(ty) => self.func_type(ty).results()[index].into(),
            Types::None => Type::I32,
        }
    }

    /// The position in `controls` of the block that label `depth` names.
    pub(super) fn target(&self, depth: u32) -> usize {
        self.controls.len().saturating_sub(1 + depth as usize)
    }

    /// The same for a label that the instruction branches to.
    pub(super) fn branched_to(&mut self, depth: u32) -> usize {
        let target = self.target(depth);
        self.leave_to(target);
        target
    }

    /// Opens a block whose parameters are on the stack.
    pub(super) fn open(&mut self, kind: Kind, params: Types, results: Types) -> Result<(), Error> {
        let charge = self.charge_here()?;
        if matches!(kind, Kind::Loop { .. } | Kind::If(_)) {
            self.begin_block();
        }
        let operands = self.stack.operands.len() - self.count(params);
        let slot = match self.stack.operands.get(operands) {
            Some(first) => first.slot() as usize,
            None => self.stack.height(),
        };
        let arity = self.count(if matches!(kind, Kind::Loop { .. }) { params } else { results });
        self.controls.try_reserve(1)?;
        self.controls.push(Control {
            kind,
            operands,
            slot,
            params,
            results,
            arity,
            branches: NONE,
            #[cfg(feature = "exceptions")]
            caught: NONE,
            leaves_to: usize::MAX,
            assigned: self.stack.assigned,
            assigned_at_end: Assigned::ALL,
            charge,
            stub: None,
        });
        Ok(())
    }

    /// Opens the block that is the function's body.
    pub(super) fn open_function(&mut self) -> Result<(), Error> {
        self.open(Kind::Function, Types::None, Types::Results(self.type_index))
    }

    /// Adds a branch target, counted from `from`, to block `target`.
    pub(super) fn branch_target(&mut self, target: usize, from: usize, reach: Reach) -> Result<(), Error> {
        match self.controls[target].kind {
            Kind::Loop { start, primed } => {
                let primed = primed.filter(|primed| self.holds_primed(primed));
                let start = primed.map_or(start, |primed| primed.start);
                let branch = self.no_target(from, NONE, reach)?;
                self.set_target(&branch, start as usize);
            }
            _ => {
                self.assigned_at_end(target, self.stack.assigned);
                let older = self.controls[target].branches;
                self.controls[target].branches = self.fixup(from, older, reach)?;
            }
        }
        Ok(())
    }

    /// Notes that control comes to the end of block `target` from where these locals are `assigned`.
    pub(super) fn assigned_at_end(&mut self, target: usize, assigned: Assigned) {
        let at_end = &mut self.controls[target].assigned_at_end;
        *at_end = at_end.meet(assigned);
    }

    /// Adds a branch target, counted from `from`, that is set later; gives its number.
    pub(super) fn fixup(&mut self, from: usize, older: u32, reach: Reach) -> Result<u32, Error> {
        let branch = self.no_target(from, older, reach)?;
        self.fixups.try_reserve(1)?;
        self.fixups.push(branch);
        Ok((self.fixups.len() - 1) as u32)
    }

    /// Adds units for a branch target.
    fn no_target(&mut self, from: usize, older: u32, reach: Reach) -> Result<Fixup, Error> {
        let (at, from) = (self.units.len() as u32, from as u32);
        match reach {
            Reach::Near => self.unit(0),
            Reach::Far => self.unit32(0),
        }?;
        Ok(Fixup { at, reach, from, origin: self.offset() as u32, older })
    }

    /// Makes `target` the target of `branch`.
    pub(super) fn set_target(&mut self, branch: &Fixup, target: usize) {
        let distance = target as i64 - i64::from(branch.from);
        let at = branch.at as usize;
        match branch.reach {
            Reach::Near => {
                self.units[at] = distance as u16;
                self.too_far |= i16::try_from(distance).is_err();
                // One that there is no memory for is near in the next attempt too, which that may make the last but one.
                if distance.unsigned_abs() > DISTANT {
                    self.distant.add(branch.origin as usize, self.reader.len());
                }
            }
            Reach::Far => self.units.set32(at, distance as u32),
        }
    }

    /// Makes this point the target of branch `newest` and the older ones of its list.
    pub(super) fn bind(&mut self, newest: u32) {
        let mut next = newest;
        while let Some(fixup) = self.fixups.get(next as usize).copied() {
            self.set_target(&fixup, self.units.len());
            next = fixup.older;
        }
        self.stack.forget_held();
        self.begin_block();
    }
}
