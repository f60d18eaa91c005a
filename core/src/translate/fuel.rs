//! Fuel: where each instruction is paid for.
//!
//! One charge pays for a basic block, and for the code behind the blocks in it that control leaves only at their ends:
//! whoever gets to the charge gets there too, and as often. So what a call has paid when it returns is what it has
//! executed; one that traps or throws has paid for what it would have gone on with, besides.

use super::Translator;
use crate::error::Error;
use crate::ops::Op;

/// What one instruction of the code charges.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Charge {
    /// Where the fuel goes in the code, if there is any to pay.
    at: u32,
    fuel: u32,
}

/// Whether the instruction `opcode` takes no fuel: one that does nothing but mark where a block begins, goes on or ends,
/// and those of which nothing is left. Every loop has others, or it would not branch back.
fn is_free(opcode: u8) -> bool {
    // nop, block, loop, else, try, catch, end, delegate, catch_all, drop, try_table
    matches!(opcode, 0x01..=0x03 | 0x05..=0x07 | 0x0B | 0x18..=0x1A | 0x1F)
}

impl Translator<'_> {
    /// Has the instruction `opcode` paid for, if the code is to count fuel.
    #[inline]
    pub(super) fn pay(&mut self, opcode: u8) -> Result<(), Error> {
        if !self.counts_fuel || is_free(opcode) {
            return Ok(());
        }
        let Some(number) = self.charge_here()? else { return Ok(()) };
        let charge = &mut self.charges[number as usize];
        charge.fuel += 1;
        if charge.fuel == 1 { self.emit_charge(number) } else { Ok(()) }
    }

    /// Writes the instruction of charge `number`, but for how much it is.
    fn emit_charge(&mut self, number: u32) -> Result<(), Error> {
        self.emit(Op::Fuel, [])?;
        self.charges[number as usize].at = self.units.len() as u32;
        self.unit32(0)?;
        // What was written before must not change where the fuel goes.
        self.seal();
        Ok(())
    }

    /// The number of the charge that pays for this point, if the code is to count fuel.
    #[inline]
    pub(super) fn charge_here(&mut self) -> Result<Option<u32>, Error> {
        if self.counts_fuel && self.charge.is_none() {
            self.charges.try_reserve(1)?;
            self.charge = Some(self.charges.len() as u32);
            self.charges.push(Charge::default());
        }
        Ok(self.charge)
    }

    /// Completes the instructions that charge fuel, once all of the body has been seen.
    pub(super) fn complete_charges(&mut self) {
        for charge in self.charges.iter().filter(|charge| charge.fuel > 0) {
            self.units.set32(charge.at as usize, charge.fuel);
        }
    }

    /// Block `target` is branched to, so control leaves those inside it here.
    pub(super) fn leave_to(&mut self, target: usize) {
        if let Some(innermost) = self.controls.last_mut() {
            innermost.leaves_to = innermost.leaves_to.min(target);
        }
    }

    /// Closes the innermost block: if control leaves it only here, what follows is paid with what came before it.
    pub(super) fn close(&mut self) {
        let Some(control) = self.controls.pop() else { return };
        self.leave_to(control.leaves_to);
        let level = self.controls.len();
        if self.reachable && control.leaves_to >= level {
            self.charge = control.charge;
        }
    }
}
