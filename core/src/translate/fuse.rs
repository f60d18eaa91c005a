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
    let after = |starts: &[Start], index: usize| starts.get(index).map_or(0, |start| start.dispatches);
    for index in (0..starts.len()).rev() {
        let mut best = after(starts, index + 1);
        let mut chosen = None;
        let mut edge = Edge::root(starts[index].opcode);
        let mut next = index + 1;
        while let Some(known) = edge {
            if let Some(fused) = known.fused()
                && after(starts, next) <= best
            {
                best = after(starts, next);
                chosen = Some(fused);
            }
            edge = starts.get(next).and_then(|start| known.next(start.opcode));
            next += 1;
        }
        starts[index].dispatches = best + 1;
        if let Some(fused) = chosen {
            units[starts[index].position as usize] = fused;
        }
    }
    Ok(())
}
