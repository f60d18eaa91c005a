//! Which locals live in machine registers: the two integer ones that are used most, by a first look at the body.
//!
//! The check of bodies looks at every instruction anyway, so it counts uses too; [`choose`] does where it did not.

use alloc::vec::Vec;

use super::reader::Reader;
use crate::error::Error;

/// How much a use counts by the number of loops around it.
static WEIGHTS: [u32; DEEPEST as usize + 1] = [1, 1 << 3, 1 << 6, 1 << 9, 1 << 12, 1 << 15];

/// How many loops deep uses still count more.
const DEEPEST: u8 = 5;

/// A local is pinned when its uses weigh at least this much.
const LEAST_WEIGHT: u32 = 2;

/// The pinned locals of a function, the one that is used more first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pins([u16; 2]);

impl Pins {
    const NONE: u16 = u16::MAX;
    /// Nobody has looked at the body.
    pub(crate) const UNKNOWN: Self = Self([Self::NONE - 1; 2]);

    /// The two locals of highest weight among those for which `eligible`.
    pub(crate) fn heaviest(weights: &[u32], eligible: impl Fn(usize) -> bool) -> Self {
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
        Self(best.map(|local| local.map_or(Self::NONE, |local| local as u16)))
    }

    /// The indices of the locals.
    pub(super) fn locals(self) -> [Option<usize>; 2] {
        self.0.map(|local| (local < Self::UNKNOWN.0[0]).then_some(usize::from(local)))
    }
}

/// The loops around an instruction.
#[derive(Clone, Copy)]
pub(crate) struct Loops {
    /// Which of the innermost 64 blocks are loops, the innermost in the lowest bit.
    blocks: u64,
    /// How many they are.
    deep: u8,
    weight: u32,
}

impl Loops {
    pub(crate) const NONE: Self = Self { blocks: 0, deep: 0, weight: 1 };

    /// How much a use of a local weighs here.
    #[cfg_attr(whit_wide, inline(always))]
    pub(crate) fn weight(&self) -> u32 {
        self.weight
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(crate) fn enter(&mut self, is_loop: bool) {
        let outermost = (self.blocks >> 63) as u8;
        self.blocks = self.blocks << 1 | u64::from(is_loop);
        self.set(self.deep + u8::from(is_loop) - outermost);
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(crate) fn leave(&mut self) {
        let innermost = (self.blocks & 1) as u8;
        self.blocks >>= 1;
        self.set(self.deep - innermost);
    }

    #[cfg_attr(whit_wide, inline(always))]
    fn set(&mut self, deep: u8) {
        self.deep = deep;
        self.weight = WEIGHTS[usize::from(deep.min(DEEPEST))];
    }
}

/// The locals to pin of a body among those for which `eligible`; `weights` is memory to use.
pub(super) fn choose(
    mut reader: Reader<'_>,
    locals: usize,
    eligible: impl Fn(usize) -> bool,
    weights: &mut Vec<u32>,
) -> Result<Pins, Error> {
    weights.clear();
    weights.try_reserve(locals)?;
    weights.resize(locals, 0);
    let mut loops = Loops::NONE;
    while !reader.is_at_end() {
        let opcode = reader.byte();
        match opcode {
            0x20..=0x22 => {
                let local = reader.u32() as usize;
                if let Some(sum) = weights.get_mut(local) {
                    *sum = sum.saturating_add(loops.weight());
                }
                continue;
            }
            // Arithmetic has no immediates.
            0x45..=0xC4 => continue,
            0x02..=0x04 | 0x06 | 0x1F => loops.enter(opcode == 0x03),
            0x0B | 0x18 => loops.leave(),
            _ => {}
        }
        reader.skip(opcode);
    }
    Ok(Pins::heaviest(weights, eligible))
}
