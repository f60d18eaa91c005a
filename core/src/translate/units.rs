//! The code that a translation writes.

use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

use crate::error::Error;

/// Code units, and room behind them: to write there takes no more than the check that it is there.
#[derive(Default)]
pub(super) struct Units {
    room: Vec<u16>,
    len: usize,
}

impl Units {
    /// How many units are written.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Bytes that they and the room behind them occupy.
    pub(super) fn footprint(&self) -> usize {
        self.room.capacity() * size_of::<u16>()
    }

    pub(super) fn as_slice(&self) -> &[u16] {
        &self.room[..self.len]
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [u16] {
        &mut self.room[..self.len]
    }

    /// Makes room for `count` more units.
    pub(super) fn reserve(&mut self, count: usize) -> Result<(), Error> {
        let missing = (self.len + count).saturating_sub(self.room.len());
        if missing > 0 {
            self.room.try_reserve(missing)?;
            self.room.resize(self.room.capacity(), 0);
        }
        Ok(())
    }

    #[inline]
    pub(super) fn push(&mut self, unit: u16) -> Result<(), Error> {
        let Some(end) = self.room.get_mut(self.len) else { return self.push_with_growth(unit) };
        *end = unit;
        self.len += 1;
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn push_with_growth(&mut self, unit: u16) -> Result<(), Error> {
        self.reserve(1)?;
        self.push(unit)
    }

    /// The `N` units behind the end, if there is room for so many.
    #[inline]
    pub(super) fn next<const N: usize>(&mut self) -> Option<&mut [u16; N]> {
        self.room.get_mut(self.len..)?.first_chunk_mut()
    }

    /// Counts the first `count` units behind the end as written.
    #[inline]
    pub(super) fn advance(&mut self, count: usize) {
        self.len += count;
    }

    /// Keeps the first `len` units alone.
    #[inline]
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Writes an immediate of two units again, at position `at`.
    #[inline]
    pub(super) fn set32(&mut self, at: usize, value: u32) {
        self.room[at] = value as u16;
        self.room[at + 1] = (value >> 16) as u16;
    }

    /// Puts `unit` at position `at`, those from there on behind it.
    #[inline]
    pub(super) fn insert(&mut self, at: usize, unit: u16) -> Result<(), Error> {
        self.push(unit)?;
        // A loop, since those from there on are few.
        for later in (at + 1..self.len).rev() {
            self.room.swap(later - 1, later);
        }
        Ok(())
    }
}

impl Index<usize> for Units {
    type Output = u16;

    #[inline]
    fn index(&self, at: usize) -> &u16 {
        &self.room[at]
    }
}

impl IndexMut<usize> for Units {
    #[inline]
    fn index_mut(&mut self, at: usize) -> &mut u16 {
        &mut self.room[at]
    }
}
