//! Which locals live in machine registers: the two integer ones that are used most, by a first look at the body.

use alloc::vec::Vec;

use super::reader::Reader;
use crate::error::Error;

/// How much more a use counts for each loop around it, as a power of two.
const LOOP_WEIGHT_LOG2: u32 = 3;

/// How many loops deep uses still count more.
const DEEPEST: u32 = 5;

/// A local is pinned when its uses weigh at least this much.
const LEAST_WEIGHT: u32 = 2;

/// The two locals of highest weight among those for which `eligible`, the heavier one first.
pub(super) fn choose(
    mut reader: Reader<'_>,
    locals: usize,
    eligible: impl Fn(usize) -> bool,
) -> Result<[Option<usize>; 2], Error> {
    let mut weights: Vec<u32> = Vec::new();
    weights.try_reserve(locals)?;
    weights.resize(locals, 0);
    // Which blocks are loops, the innermost in the lowest bit; deeper nesting than 128 counts as no loop.
    let mut loops = 0u128;
    while !reader.is_at_end() {
        let opcode = reader.byte();
        match opcode {
            0x02 | 0x04 => loops <<= 1,
            0x03 => loops = loops << 1 | 1,
            0x0B => loops >>= 1,
            0x20..=0x22 => {
                let local = reader.u32() as usize;
                let depth = loops.count_ones().min(DEEPEST);
                if let Some(weight) = weights.get_mut(local) {
                    *weight = weight.saturating_add(1 << (LOOP_WEIGHT_LOG2 * depth));
                }
                continue;
            }
            _ => {}
        }
        reader.skip(opcode);
    }
    let mut best: [Option<usize>; 2] = [None; 2];
    for (local, weight) in weights.iter().enumerate() {
        if *weight < LEAST_WEIGHT || !eligible(local) {
            continue;
        }
        if best[0].is_none_or(|other| weights[other] < *weight) {
            best = [Some(local), best[0]];
        } else if best[1].is_none_or(|other| weights[other] < *weight) {
            best[1] = Some(local);
        }
    }
    Ok(best)
}
