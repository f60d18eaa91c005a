//! Printing of IR, one instruction a line.

use core::fmt;

#[cfg(feature = "exceptions")]
use crate::ir::handler::{Action, Catch, Handlers};
use crate::ops::shape::{Imm, Loc};
use crate::ops::{self, LENGTHS, Op};

/// Prints code: `position: name operands immediates`, and after the first one of a fused sequence how many follow.
pub(crate) struct Listing<'a>(pub(crate) &'a [u16]);

/// Prints who catches exceptions, one handler a line.
#[cfg(feature = "exceptions")]
pub(crate) struct Catchers<'a>(pub(crate) &'a Handlers);

#[cfg(feature = "exceptions")]
impl fmt::Display for Catchers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for handler in self.0.as_slice() {
            write!(f, "in {}..{} at level {}: ", handler.start, handler.end, handler.level)?;
            match &handler.action {
                Action::Delegate(level) => writeln!(f, "delegate to level {level}")?,
                Action::Catch(Catch { tag, target, payload, reference }) => {
                    match tag {
                        Some(tag) => write!(f, "catch #{tag} s{payload}")?,
                        None => f.write_str("catch_all")?,
                    }
                    if let Some(slot) = reference {
                        write!(f, " ref s{slot}")?;
                    }
                    writeln!(f, " -> {target}")?;
                }
            }
        }
        Ok(())
    }
}

/// Units of the instruction of this opcode, without the targets of a branch table.
#[inline]
pub(crate) fn fixed_length(opcode: u16) -> usize {
    usize::from(LENGTHS[usize::from(opcode)])
}

/// How many units the instruction at the start of `units` occupies.
#[inline]
pub(crate) fn length(units: &[u16]) -> Option<usize> {
    let opcode = *units.first()?;
    let mut length = fixed_length(opcode);
    if ops::is_branch_table(opcode) {
        let last = u32::from(*units.get(length - 2)?) | u32::from(*units.get(length - 1)?) << 16;
        length += 2 * (last as usize + 1);
    }
    (length <= units.len()).then_some(length)
}

/// An opcode as the lists of fused sequences have it: the operation's name and its operands' locations.
#[cfg(feature = "profile")]
pub(crate) struct Shape(pub(crate) u16);

#[cfg(feature = "profile")]
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut locs = [Loc::A; 4];
        let Some((op, count)) = Op::decode(self.0, &mut locs) else { return f.write_str("?") };
        f.write_str(op.name())?;
        locs[..count].iter().try_for_each(|loc| write!(f, " {}", loc.name()))
    }
}

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut position = 0;
        while position < self.0.len() {
            let units = &self.0[position..];
            let Some(length) = length(units) else { return writeln!(f, "{position}: ?") };
            write!(f, "{position}: ")?;
            instruction(f, position, &units[..length])?;
            match ops::instructions(units[0]) {
                1 => writeln!(f)?,
                count => writeln!(f, " | {} more", count - 1)?,
            }
            position += length;
        }
        Ok(())
    }
}

fn instruction(f: &mut fmt::Formatter<'_>, position: usize, units: &[u16]) -> fmt::Result {
    let mut locs = [Loc::A; 4];
    let Some((op, count)) = Op::decode(units[0], &mut locs) else { return f.write_str("?") };
    f.write_str(op.name())?;
    let mut at = 1;
    for loc in &locs[..count] {
        match loc {
            Loc::S => write!(f, " s{}", units[at] as i16)?,
            Loc::I => write!(f, " {}", units[at] as i16)?,
            Loc::Z => f.write_str(" zero")?,
            other => write!(f, " {}", other.name())?,
        }
        at += loc.units();
    }
    for imm in op.immediates() {
        let wide = |at: usize| u32::from(units[at]) | u32::from(units[at + 1]) << 16;
        match imm {
            Imm::u16 => write!(f, " #{}", units[at])?,
            Imm::u32 => write!(f, " #{}", wide(at))?,
            Imm::u64 => write!(f, " #{}", u64::from(wide(at)) | u64::from(wide(at + 2)) << 32)?,
            Imm::slot => write!(f, " s{}", units[at] as i16)?,
            Imm::near => write!(f, " -> {}", position as i64 + i64::from(units[at] as i16))?,
            Imm::rel => write!(f, " -> {}", position as i64 + i64::from(wide(at) as i32))?,
        }
        at += imm.units();
    }
    // Behind a branch table's immediate.
    let from = position + at - 3;
    for pair in units[at..].chunks_exact(2) {
        let distance = (u32::from(pair[0]) | u32::from(pair[1]) << 16) as i32;
        write!(f, " -> {}", from as i64 + i64::from(distance))?;
    }
    Ok(())
}
