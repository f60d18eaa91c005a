//! The heap of a store: objects that guests make, in one block of memory in which they never move.
//!
//! The heap is a row of cells of 8 bytes, and an object is named by its first cell. The first two cells stay zero, so that
//! null, where it is taken for the number of an object, is an array without elements. New objects are put one behind the
//! other in a free block, the *region*. When the next does not fit, what is left of the region goes back to the lists of
//! free blocks, of which there is one for each power of two of sizes, and a block that is large enough becomes the region.
//! Collections ([`collect`](super::collect)) make these lists anew.

use super::StoreInner;
use crate::error::Error;
use crate::raw::{Bytes, LiveSlots};
use crate::types::StorageType;
use crate::value::{MOST, widen};

/// Bytes of a cell.
pub(crate) const CELL: usize = 8;

/// Cells at the end that no object gets, so that one test against [`Heap::limit`] does for accesses of up to 16 bytes.
const SLACK: usize = 2;

/// The lowest cell that an object can have.
pub(super) const FIRST_OBJECT: u32 = 2;

/// Cells of the first heap, and the steps in which it grows.
const STEP: usize = 64;
const FIRST: usize = 512;

/// How many blocks of one list are tried that may or may not be large enough.
const TRIES: usize = 8;

/// The cells of a store's objects.
pub(crate) struct Heap {
    bytes: Bytes,
    /// For each cell, a bit that tells whether an object starts there.
    starts: Bytes,
    /// By base-2 logarithm of their size in cells, the newest free block; each names the next one. 0 is none.
    free: [u32; 32],
    /// How many cells the lists have.
    free_cells: usize,
    /// The region.
    next: u32,
    end: u32,
}

impl Heap {
    pub(crate) fn new() -> Self {
        let empty = || Bytes::zeroed(0).unwrap_or_else(|_| unreachable!("no bytes need no memory"));
        Self { bytes: empty(), starts: empty(), free: [0; 32], free_cells: 0, next: 0, end: 0 }
    }

    /// The address of the first cell.
    #[cfg(feature = "gc")]
    pub(crate) fn base(&mut self) -> *mut u8 {
        self.bytes.as_mut_ptr()
    }

    /// Accesses of up to 16 bytes that start before this byte are in the heap.
    #[cfg(feature = "gc")]
    pub(crate) fn limit(&self) -> usize {
        self.bytes.len().saturating_sub(2 * CELL - 1)
    }

    /// Whether there has never been an object.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.len() == 0
    }

    /// Bytes that it occupies.
    pub(crate) fn footprint(&self) -> usize {
        self.bytes.len() + self.starts.len()
    }

    /// Cells that objects can have.
    pub(super) fn cells(&self) -> usize {
        (self.bytes.len() / CELL).saturating_sub(SLACK)
    }

    /// Cells that no object has.
    pub(super) fn unused(&self) -> usize {
        self.free_cells + (self.end - self.next) as usize
    }

    /// The bytes from `at` on, which are in the heap; nothing where they are not.
    pub(crate) fn get(&self, at: usize, len: usize) -> Option<&[u8]> {
        self.bytes.get(at..at.checked_add(len)?)
    }

    /// The same, to change.
    pub(crate) fn get_mut(&mut self, at: usize, len: usize) -> Option<&mut [u8]> {
        self.bytes.get_mut(at..at.checked_add(len)?)
    }

    /// The word at byte `at`: 0 outside of the heap.
    pub(crate) fn word(&self, at: usize) -> u32 {
        let word = self.bytes.get(at..).and_then(|rest| rest.first_chunk());
        u32::from_le_bytes(word.copied().unwrap_or_default())
    }

    /// Sets the word at byte `at`.
    pub(crate) fn set_word(&mut self, at: usize, value: u32) {
        self.write(at, value.to_le_bytes());
    }

    /// Puts `bytes` at byte `at`, where they are in the heap: a single instruction for a length that is known.
    #[inline]
    fn write<const N: usize>(&mut self, at: usize, bytes: [u8; N]) {
        if let Some(place) = self.bytes.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
            *place = bytes;
        }
    }

    /// Puts the value that starts at `values`, of `2^size_log2` bytes, at byte `at`.
    #[inline]
    pub(super) fn put(&mut self, at: usize, size_log2: u32, values: &[u64]) {
        let [low, high] = value(values);
        match size_log2 {
            0 => self.write(at, (low as u8).to_le_bytes()),
            1 => self.write(at, (low as u16).to_le_bytes()),
            2 => self.set_word(at, low as u32),
            3 => self.write(at, low.to_le_bytes()),
            _ => self.write(at, bytes([low, high])),
        }
    }

    /// What the object at `cell` is.
    pub(crate) fn kind(&self, cell: u32) -> u32 {
        self.word(cell as usize * CELL)
    }

    /// The collector's word of the object at `cell`.
    pub(super) fn link(&self, cell: u32) -> u32 {
        self.word(cell as usize * CELL + 4)
    }

    pub(super) fn set_link(&mut self, cell: u32, link: u32) {
        self.set_word(cell as usize * CELL + 4, link);
    }

    /// Whether an object starts at `cell`.
    pub(crate) fn is_object(&self, cell: u32) -> bool {
        let bits = self.starts.get(cell as usize / 8).copied().unwrap_or(0);
        bits >> (cell % 8) & 1 != 0
    }

    /// The first object from `cell` on.
    pub(super) fn object_from(&self, cell: u32) -> Option<u32> {
        let mut at = cell as usize / 8;
        let mut bits = self.starts.get(at)? >> (cell % 8) << (cell % 8);
        while bits == 0 {
            at += 1;
            // Most of a heap that is large are stretches without objects, or inside of one.
            while self.starts.get(at..at + 8).is_some_and(|stretch| stretch == [0; 8]) {
                at += 8;
            }
            bits = *self.starts.get(at)?;
        }
        Some((at * 8) as u32 + bits.trailing_zeros())
    }

    /// No object is at `cell` any more.
    pub(super) fn forget(&mut self, cell: u32) {
        if let Some(bits) = self.starts.get_mut(cell as usize / 8) {
            *bits &= !(1 << (cell % 8));
        }
    }

    /// Takes all blocks off the lists.
    pub(super) fn forget_free(&mut self) {
        self.free = [0; 32];
        (self.free_cells, self.next, self.end) = (0, 0, 0);
    }

    /// Makes the cells from `first` up to `end` a free block.
    pub(super) fn release(&mut self, first: u32, end: u32) {
        if first < end {
            let class = (end - first).ilog2() as usize;
            self.set_word(first as usize * CELL, end - first);
            self.set_word(first as usize * CELL + 4, self.free[class]);
            self.free[class] = first;
            self.free_cells += (end - first) as usize;
        }
    }

    /// Takes block `first` of list `class`, which is behind block `before` or the list's first, for the region.
    fn use_block(&mut self, class: usize, before: Option<u32>, first: u32) {
        let (size, next) = (self.kind(first), self.link(first));
        match before {
            Some(before) => self.set_link(before, next),
            None => self.free[class] = next,
        }
        self.free_cells -= size as usize;
        self.release(self.next, self.end);
        (self.next, self.end) = (first, first + size);
    }

    /// Makes a block of at least `cells` cells the region, if there is one; looks at no more than a few that may be too
    /// small, unless it is to be `thorough`.
    fn find_block(&mut self, cells: u32, thorough: bool) -> bool {
        let class = cells.ilog2() as usize;
        let mut before = None;
        let mut block = self.free[class];
        let mut tries = if thorough { usize::MAX } else { TRIES };
        while block != 0 && tries > 0 {
            if self.kind(block) >= cells {
                self.use_block(class, before, block);
                return true;
            }
            (before, block) = (Some(block), self.link(block));
            tries -= 1;
        }
        let larger = (class + 1..self.free.len()).find(|class| self.free[*class] != 0);
        if let Some(class) = larger {
            self.use_block(class, None, self.free[class]);
        }
        larger.is_some()
    }

    /// Makes an object of kind `kind` and `cells` cells, which are zero but for the header, if there is room.
    fn take(&mut self, kind: u32, cells: u32, thorough: bool) -> Option<u32> {
        if self.end - self.next < cells && !self.find_block(cells, thorough) {
            return None;
        }
        let first = self.next;
        self.next += cells;
        self.get_mut(first as usize * CELL, cells as usize * CELL)?.fill(0);
        self.set_word(first as usize * CELL, kind);
        *self.starts.get_mut(first as usize / 8)? |= 1 << (first % 8);
        Some(first)
    }

    /// Makes it `cells` cells long, which is more than before.
    fn grow(&mut self, cells: usize) -> Result<(), Error> {
        let end = self.cells().max(FIRST_OBJECT as usize) as u32;
        self.starts.grow(cells / 8)?;
        self.bytes.grow(cells * CELL)?;
        let new = self.cells() as u32;
        if self.end == end {
            self.end = new;
        } else {
            self.release(end, new);
        }
        Ok(())
    }
}

/// The bytes of what `slots` hold.
pub(super) fn bytes(slots: [u64; 2]) -> [u8; 16] {
    (u128::from(slots[0]) | u128::from(slots[1]) << 64).to_le_bytes()
}

/// The value that starts at `values`, one or two slots.
pub(super) fn value(values: &[u64]) -> [u64; 2] {
    [0, 1].map(|index| values.get(index).copied().unwrap_or(0))
}

impl StoreInner {
    /// Puts the value that starts at `values` at byte `at` of the heap.
    pub(crate) fn put(&mut self, at: usize, storage: StorageType, values: &[u64]) {
        self.heap.put(at, storage.size_log2(), values);
    }

    /// The slots of what is at byte `at` of the heap, integers zero-extended.
    pub(crate) fn stored(&self, at: usize, storage: StorageType) -> [u64; 2] {
        let mut bytes = [0; 16];
        let size = 1 << storage.size_log2();
        bytes[..size].copy_from_slice(self.heap.get(at, size).unwrap_or(&[0; 16][..size]));
        let bits = u128::from_le_bytes(bytes);
        let low = if storage.is_traced() { widen(bits as u32) } else { bits as u64 };
        [low, (bits >> 64) as u64]
    }

    /// Makes an object of kind `kind` and `size` bytes, which are zero but for the header; gives its first cell.
    ///
    /// Where there is no room, garbage is collected first, if `running` tells which slots of the running call are in
    /// use (none, where the embedder makes the object); then the heap grows.
    ///
    /// # Errors
    /// When the budget, another limit or memory does not allow it.
    pub(crate) fn make_object(
        &mut self,
        kind: u32,
        size: u64,
        running: Option<LiveSlots>,
    ) -> Result<u32, Error> {
        let cells = size.div_ceil(CELL as u64);
        let cells = u32::try_from(cells).ok().filter(|cells| *cells < MOST);
        let cells = cells.ok_or_else(|| Error::limit("cells of an object", MOST as usize, None))?;
        if let Some(first) = self.heap.take(kind, cells, false) {
            return Ok(first);
        }
        if let Some(running) = running {
            self.collect(running);
            // Unless much is free then, the next collection would come too soon.
            if self.heap.unused() >= self.heap.cells() / 2
                && let Some(first) = self.heap.take(kind, cells, false)
            {
                return Ok(first);
            }
        }
        let grown = self.grow_heap(cells);
        match (self.heap.take(kind, cells, true), grown) {
            (Some(first), _) => Ok(first),
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(Error::limit("cells of an object", MOST as usize, None)),
        }
    }

    /// Grows the heap so that an object of `cells` cells fits: to twice its size if the budget allows, or less.
    fn grow_heap(&mut self, cells: u32) -> Result<(), Error> {
        let before = self.heap.bytes.len() / CELL;
        let least = (cells as usize + SLACK + FIRST_OBJECT as usize).next_multiple_of(STEP);
        let mut more = least.max(before).max(FIRST);
        loop {
            let result = self.grow_heap_to(before, before + more);
            if result.is_ok() || more == least {
                return result;
            }
            more = (more / 2).next_multiple_of(STEP).max(least);
        }
    }

    fn grow_heap_to(&mut self, before: usize, cells: usize) -> Result<(), Error> {
        let most = (self.limits.heap_size / CELL).min(MOST as usize);
        if cells > most {
            return Err(Error::limit("bytes of the heap", most.saturating_mul(CELL), None));
        }
        let charged = (cells - before) * CELL + (cells - before) / 8;
        self.budget.charge(charged)?;
        self.moves += 1;
        let (old, result) = (self.heap.footprint(), self.heap.grow(cells));
        if result.is_err() {
            // The bits may have grown without the cells; they are smaller than what they are of.
            self.budget.release(charged - (self.heap.footprint() - old));
        }
        result
    }
}
