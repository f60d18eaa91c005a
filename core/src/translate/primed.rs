//! What the integer accumulator holds where a loop begins.
//!
//! Many short loops read first what they computed last: a counter, or the next node of a list. From its slot, into which
//! it has just been stored, it comes some five cycles later than from the accumulator, and all else in the loop waits
//! for it.

use super::Translator;
use super::place::Place;
use super::reader::Reader;
use super::stack::Held;
use crate::error::Error;
use crate::ops::shape::Loc;
use crate::ops::{Bank, Op};

/// The instructions of a loop that are looked at: one with more takes so long that five cycles do not matter.
const MOST_INSTRUCTIONS: usize = 32;

/// A local that the integer accumulator holds where a loop begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Primed {
    /// Its slot, as the accumulator holds it.
    held: Held,
    /// Where a branch leads that comes with it in the accumulator; others lead to an instruction before, which reads
    /// it.
    pub(super) start: u32,
}

impl Translator<'_> {
    /// Reads into the accumulator what the loop that begins with the next instruction wants there, if that is known.
    pub(super) fn prime_loop(&mut self) -> Result<Option<Primed>, Error> {
        if !self.fusion {
            return Ok(None);
        }
        let Some(local) = first_and_last(self.reader.clone()) else { return Ok(None) };
        let local = self.stack.locals[local as usize];
        if !local.place().is(Loc::S) || Bank::of(local.ty()) != Bank::Int {
            return Ok(None);
        }
        self.emit(Op::Copy, [local.place(), Place::A])?;
        Ok(Some(Primed { held: Held::new(local.slot, false), start: self.units.len() as u32 }))
    }

    /// Notes that the accumulator holds `primed`.
    pub(super) fn hold_primed(&mut self, primed: &Primed) {
        self.stack.hold(Bank::Int, Some(primed.held));
    }

    /// Whether the accumulator holds `primed` at this point.
    pub(super) fn holds_primed(&self, primed: &Primed) -> bool {
        self.stack.held(Bank::Int) == Some(primed.held)
    }
}

/// The local that is an operand of a loop's first operation, if the accumulator has its value at the first branch back
/// to the loop's start, as far as the instructions tell; the next that `reader` gives is the loop's first.
fn first_and_last(mut reader: Reader<'_>) -> Option<u32> {
    let mut operands = [None; 2];
    // Whether an instruction computed the topmost operand, and which local was the last to get such.
    let mut computed = false;
    let mut last = None;
    for number in 0..MOST_INSTRUCTIONS {
        let opcode = reader.byte();
        match opcode {
            0x20 => {
                let local = reader.u32();
                if let Some(operand) = operands.get_mut(number) {
                    *operand = Some(local);
                }
                computed = false;
            }
            _ if operands[0].is_none() => return None,
            // br, br_if
            0x0C | 0x0D => match (reader.u32(), opcode) {
                (0, _) => return last.filter(|_| operands.contains(&last)),
                (_, 0x0D) => {}
                _ => return None,
            },
            // Other branches, and blocks.
            0x00 | 0x02..=0x0F | 0x18 | 0x19 | 0x1F => return None,
            // local.set, local.tee: of what was not computed, a copy, which leaves the accumulator alone.
            0x21 | 0x22 => {
                let local = Some(reader.u32());
                if computed {
                    last = local;
                } else if last == local {
                    last = None;
                }
                computed = false;
            }
            // Constants and stores.
            0x36..=0x3E | 0x41..=0x44 => {
                reader.skip(opcode);
                computed = false;
            }
            // Comparisons of integers become branches.
            0x45..=0x5A => computed = true,
            _ => {
                reader.skip(opcode);
                computed = true;
                last = None;
            }
        }
    }
    None
}
