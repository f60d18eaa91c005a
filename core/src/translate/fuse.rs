//! Fusing of sequences: a last pass over a function's code, which changes opcodes only.

use alloc::vec::Vec;

use crate::error::Error;
use crate::ir::disasm;
use crate::ops::{EDGES, Edge};

/// Units of most instructions, so that the list of starts seldom grows.
const UNITS: usize = 3;

/// What starts at a position of the code.
pub(super) struct Start {
    position: u32,
    opcode: u16,
    /// The fewest dispatches from here to the end of the code, if all were executed in order.
    dispatches: u32,
}

/// Gives each instruction the opcode of the fused sequence that makes the code from there on shortest to dispatch.
///
/// Every instruction, since a branch may lead to it, also in the middle of another sequence. `starts` is memory to use.
pub(super) fn fuse(units: &mut [u16], starts: &mut Vec<Start>) -> Result<(), Error> {
    if EDGES.is_empty() {
        return Ok(());
    }
    starts.clear();
    starts.try_reserve(units.len() / UNITS)?;
    let mut position = 0;
    while let Some(length) = disasm::length(&units[position..]) {
        starts.try_reserve(1)?;
        starts.push(Start { position: position as u32, opcode: units[position], dispatches: 0 });
        position += length;
    }
    let mut after = 0;
    for index in (0..starts.len()).rev() {
        if let Some(root) = Edge::root(starts[index].opcode)
            && let Some((fused, fewest)) = best_sequence(root, &starts[index + 1..], after)
        {
            units[starts[index].position as usize] = fused;
            after = fewest;
        }
        after += 1;
        starts[index].dispatches = after;
    }
    Ok(())
}

/// The fewest dispatches from instruction `index` of `code` on.
fn dispatches(code: &[Start], index: usize) -> u32 {
    code.get(index).map_or(0, |start| start.dispatches)
}

/// The longest sequence that begins with the instruction of edge `root`, before the code `following`, after which there
/// are fewest dispatches, and no more than `most`; with its opcode, how many those are.
fn best_sequence(root: &Edge, following: &[Start], most: u32) -> Option<(u16, u32)> {
    let mut best = None;
    let mut fewest = most;
    let mut edge = root;
    for (index, start) in following.iter().enumerate() {
        let Some(longer) = edge.next(start.opcode) else { break };
        edge = longer;
        let after = dispatches(following, index + 1);
        if let Some(fused) = edge.fused()
            && after <= fewest
        {
            fewest = after;
            best = Some((fused, fewest));
        }
    }
    best
}
