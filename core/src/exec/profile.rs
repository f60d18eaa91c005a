//! Counting of executed instructions, for the tool that chooses which sequences of them are fused.

use core::cell::RefCell;
use core::fmt;

use hashbrown::HashMap;

use crate::ir::disasm;
use crate::raw::CodePointer;

/// What is known of one instruction in memory.
struct Entry {
    opcode: u16,
    /// Address behind it.
    end: u64,
    /// How often it was executed, and how often right after the instruction before it.
    count: u64,
    fell: u64,
}

#[derive(Default)]
struct Counts {
    entries: HashMap<u64, Entry>,
    /// Address behind the instruction that was executed last.
    expected: u64,
}

std::thread_local! {
    static COUNTS: RefCell<Counts> = RefCell::default();
}

/// Counts the instruction at `ip`, which is about to be executed.
pub(super) fn count(ip: CodePointer) {
    COUNTS.with_borrow_mut(|counts| {
        let address = ip.to_bits();
        let entry = counts.entries.entry(address).or_insert_with(|| {
            let opcode = ip.unit(0);
            let length = disasm::fixed_length(opcode);
            Entry { opcode, end: address + 2 * length as u64, count: 0, fell: 0 }
        });
        entry.count += 1;
        entry.fell += u64::from(address == counts.expected);
        counts.expected = entry.end;
    });
}

/// Writes what this thread has executed, by address: for each instruction how often, how often right after the one
/// before it, and what it is. An empty line stands between instructions that are not neighbours.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn fmt::Write) -> fmt::Result {
    COUNTS.with_borrow(|counts| {
        let mut entries: std::vec::Vec<_> = counts.entries.iter().collect();
        entries.sort_unstable_by_key(|(address, _)| **address);
        let mut expected = 0;
        for (address, entry) in entries {
            if *address != expected {
                writeln!(out)?;
            }
            expected = entry.end;
            writeln!(out, "{} {} {}", entry.count, entry.fell, disasm::Shape(entry.opcode))?;
        }
        Ok(())
    })
}
