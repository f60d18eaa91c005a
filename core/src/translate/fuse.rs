//! Fusing of sequences: a last pass over a function's code, which changes opcodes only.

use super::Written;
use crate::ir::disasm;
use crate::ops::{EDGES, Edge};

/// The instructions behind one that are looked at: more than any sequence has.
const LONGEST: usize = 8;

/// The instructions from one of the code on.
#[derive(Default)]
struct Following {
    /// The opcodes and fewest dispatches, to the end of the code, of the instructions from here on, of the nearest first;
    /// those of instruction `index` are at `(at + index) % LONGEST`.
    opcodes: [u16; LONGEST],
    dispatches: [u32; LONGEST],
    at: usize,
    /// How many there are.
    len: usize,
}

impl Following {
    /// The opcode of instruction `index` from here.
    #[inline(always)]
    fn opcode(&self, index: usize) -> Option<u16> {
        (index < self.len).then(|| self.opcodes[(self.at + index) % LONGEST])
    }

    /// The fewest dispatches from instruction `index` on.
    #[inline(always)]
    fn dispatches(&self, index: usize) -> u32 {
        if index < self.len { self.dispatches[(self.at + index) % LONGEST] } else { 0 }
    }

    /// Goes one instruction back.
    #[inline(always)]
    fn push(&mut self, opcode: u16, dispatches: u32) {
        self.at = (self.at + LONGEST - 1) % LONGEST;
        self.opcodes[self.at] = opcode;
        self.dispatches[self.at] = dispatches;
        self.len = (self.len + 1).min(LONGEST);
    }
}

/// Gives each instruction the opcode of the fused sequence that makes the code from there on shortest to dispatch.
///
/// Every instruction, since a branch may lead to it, also in the middle of another sequence. `written` are all of them.
pub(super) fn fuse(units: &mut [u16], written: &[Written]) {
    debug_assert!(EDGES.is_empty() || are_all(units, written));
    let mut following = Following::default();
    for start in written.iter().rev() {
        let first = &mut units[start.at as usize];
        let opcode = *first;
        let mut fewest = following.dispatches(0);
        if let Some(root) = Edge::root(opcode)
            && let Some((fused, after)) = best_sequence(root, &following)
        {
            *first = fused;
            fewest = after;
        }
        following.push(opcode, fewest + 1);
    }
}

/// Whether `written` are all instructions of `units`.
fn are_all(units: &[u16], written: &[Written]) -> bool {
    let mut position = 0;
    written.iter().all(|start| {
        let known = start.at as usize == position;
        position += disasm::length(&units[position..]).unwrap_or_default();
        known
    }) && position == units.len()
}

/// The longest sequence that begins with the instruction of edge `root`, before the code `following`, after which there
/// are fewest dispatches, and no more than without it; with its opcode, how many those are.
fn best_sequence(root: &Edge, following: &Following) -> Option<(u16, u32)> {
    let mut best = None;
    let mut fewest = following.dispatches(0);
    let mut edge = root;
    let mut index = 0;
    while let Some(longer) = following.opcode(index).and_then(|opcode| edge.next(opcode)) {
        index += 1;
        edge = longer;
        if let Some(fused) = edge.fused() {
            let after = following.dispatches(index);
            if after <= fewest {
                fewest = after;
                best = Some((fused, fewest));
            }
        }
    }
    best
}
