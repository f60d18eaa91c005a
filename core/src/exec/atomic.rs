//! Atomic instructions on one agent, which has the store to itself: what they do to memory is atomic as it is, and
//! nobody else waits or can be waited for.

use crate::ops::atomic::{Atomic, AtomicKind};
use crate::store::StoreInner;
use crate::trap::Trap;

/// What `memory.atomic.wait` gives: nobody has woken the agent, because the value is another or time is over.
const NOT_EQUAL: u64 = 1;
const TIMED_OUT: u64 = 2;

/// Does `atomic` in memory `memory` of the store at `base + offset`, with its other operands, and gives its result.
///
/// A wait whose value is equal times out at once: nobody could end it before. One without a timeout traps.
pub(super) fn execute(
    store: &mut StoreInner,
    memory: u32,
    atomic: Atomic,
    (base, offset): (u64, u64),
    [first, second]: [u64; 2],
) -> Result<u64, Trap> {
    let entity = &mut store.memories[memory as usize];
    let size = 1usize << atomic.log2;
    let address = base.checked_add(offset).ok_or(Trap::MemoryOutOfBounds)?;
    if address & (size as u64 - 1) != 0 {
        return Err(Trap::UnalignedAtomic);
    }
    let bytes = usize::try_from(address)
        .ok()
        .and_then(|start| entity.bytes.get_mut(start..)?.get_mut(..size))
        .ok_or(Trap::MemoryOutOfBounds)?;
    let mut whole = [0; 8];
    whole[..size].copy_from_slice(bytes);
    let before = u64::from_le_bytes(whole);
    let mask = u64::MAX >> (64 - 8 * size);
    let after = match atomic.kind {
        AtomicKind::Notify => return Ok(0),
        AtomicKind::Wait if !entity.ty.shared => return Err(Trap::ExpectedSharedMemory),
        AtomicKind::Wait if before != first => return Ok(NOT_EQUAL),
        AtomicKind::Wait if (second as i64) < 0 => return Err(Trap::EndlessWait),
        AtomicKind::Wait => return Ok(TIMED_OUT),
        AtomicKind::Load => return Ok(before),
        AtomicKind::Store | AtomicKind::Exchange => first,
        AtomicKind::Add => before.wrapping_add(first),
        AtomicKind::Sub => before.wrapping_sub(first),
        AtomicKind::And => before & first,
        AtomicKind::Or => before | first,
        AtomicKind::Xor => before ^ first,
        AtomicKind::CompareExchange if before != first & mask => return Ok(before),
        AtomicKind::CompareExchange => second,
    };
    bytes.copy_from_slice(&after.to_le_bytes()[..size]);
    Ok(before)
}
