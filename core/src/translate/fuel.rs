//! Fuel: where each instruction is paid for.
//!
//! One charge pays for a basic block, and for the code behind the blocks in it that control leaves only at their ends:
//! whoever gets to the charge gets there too, and as often. So what a call has paid when it returns is what it has
//! executed; one that traps or throws has paid for what it would have gone on with, besides.

use super::Translator;
use crate::error::Error;
use crate::ops::Op;

/// What one instruction charges.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Charge {
    /// Where the fuel goes in the code, once there is something to pay for.
    at: Option<usize>,
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
        if self.counts_fuel && !is_free(opcode) { self.charge() } else { Ok(()) }
    }

    fn charge(&mut self) -> Result<(), Error> {
        let Some(charge) = self.charge_here()? else { return Ok(()) };
        let at = match self.charges[charge].at {
            Some(at) => at,
            None => {
                self.emit(Op::Fuel, &[])?;
                let at = self.units.len();
                self.unit32(0)?;
                self.last = None;
                at
            }
        };
        let fuel = self.charges[charge].fuel + 1;
        self.charges[charge] = Charge { at: Some(at), fuel };
        self.units[at] = fuel as u16;
        self.units[at + 1] = (fuel >> 16) as u16;
        Ok(())
    }

    /// The number of the charge that pays for this point, if the code is to count fuel.
    pub(super) fn charge_here(&mut self) -> Result<Option<usize>, Error> {
        if self.counts_fuel && self.charge.is_none() {
            self.charges.try_reserve(1)?;
            self.charge = Some(self.charges.len());
            self.charges.push(Charge::default());
        }
        Ok(self.charge)
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
