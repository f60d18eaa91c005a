//! Fusing of sequences: a last pass over a function's code, which changes opcodes only.

use core::hint::select_unpredictable;

use super::Written;
use crate::ir::disasm;
use crate::ops::{EDGES, Edge, LONGEST, NOWHERE};

/// Gives each instruction the opcode of the fused sequence that makes the code from there on shortest to dispatch: of
/// the sequences after which there are fewest dispatches, no more than without them, the longest.
///
/// Every instruction, since a branch may lead to it, also in the middle of another sequence. `written` are all of them.
pub(super) fn fuse(units: &mut [u16], written: &[Written]) {
    debug_assert!(EDGES.is_empty() || are_all(units, written));
    // The opcodes of the instructions from one on, and the fewest dispatches from there to the end of the code, at
    // places that grow with the distance, modulo their number: one more than follow in a sequence.
    let mut opcodes = [NOWHERE; LONGEST];
    let mut dispatches = [0u32; LONGEST];
    let mut at = 0;
    for start in written.iter().rev() {
        let first = &mut units[start.at as usize];
        let opcode = *first;
        let mut fused = opcode;
        let mut fewest = dispatches[at];
        // No branch says which instructions start a sequence, or which sequences are fused: it would be guessed wrong.
        let mut node = Edge::root(opcode);
        let mut index = at;
        while let Some(edge) = Edge::find(node, opcodes[index]) {
            index = (index + 1) % LONGEST;
            let after = dispatches[index];
            let better = (edge.fused != NOWHERE) & (after <= fewest);
            fused = select_unpredictable(better, edge.fused, fused);
            fewest = select_unpredictable(better, after, fewest);
            node = edge.next;
        }
        *first = fused;
        at = (at + LONGEST - 1) % LONGEST;
        opcodes[at] = opcode;
        dispatches[at] = fewest + 1;
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
