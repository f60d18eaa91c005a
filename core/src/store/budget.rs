//! The store's budget: every byte held for the guest is charged before it is allocated, but for memory that is kept for
//! translation, which is there already and gives way.

use alloc::vec::Vec;

use crate::error::Error;
use crate::translate::Buffers;

/// Bytes of memory for translation that a store keeps at most: what most functions need. A program calls many of them
/// for the first time, one after the other, as it starts.
const MOST_KEPT: usize = 16 << 10;

/// Bytes that may be used, and bytes that are.
pub(crate) struct Budget {
    limit: usize,
    /// Bytes charged: those in use but for those that are kept.
    charged: usize,
    /// Those of them that the embedder charged.
    host: usize,
    /// Memory for the translation of functions that are called first. It only saves time, so it makes room for whatever
    /// is charged.
    buffers: Buffers,
    /// Bytes that the buffers occupy.
    kept: usize,
}

impl Budget {
    /// A budget of `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, charged: 0, host: 0, buffers: Buffers::default(), kept: 0 }
    }

    /// Bytes in use.
    pub(crate) const fn used(&self) -> usize {
        self.charged + self.kept
    }

    /// Bytes that are not in use.
    pub(crate) const fn left(&self) -> usize {
        self.limit - self.used()
    }

    /// Bytes charged.
    pub(crate) const fn charged(&self) -> usize {
        self.charged
    }

    /// Charges `bytes`, or fails and changes nothing.
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), Error> {
        if bytes > self.left() {
            self.make_room(bytes)?;
        }
        self.charged += bytes;
        Ok(())
    }

    /// Gives the buffers up for `bytes`, if that is enough.
    #[cold]
    fn make_room(&mut self, bytes: usize) -> Result<(), Error> {
        if bytes > self.limit - self.charged {
            return Err(Error::limit("bytes used by the store", self.limit, None));
        }
        drop(self.take_buffers());
        Ok(())
    }

    /// Memory for the translation of a function.
    pub(crate) fn take_buffers(&mut self) -> Buffers {
        self.kept = 0;
        core::mem::take(&mut self.buffers)
    }

    /// Keeps `buffers` for the next translation, unless they are large, also beside what is left, or the device is so
    /// small that it has better uses for the memory.
    pub(crate) fn keep_buffers(&mut self, buffers: Buffers) {
        let bytes = buffers.footprint();
        if cfg!(whit_wide) && bytes <= MOST_KEPT.min(self.left() / 16) {
            self.kept = bytes;
            self.buffers = buffers;
        }
    }

    /// Gives `bytes` back.
    pub(crate) fn release(&mut self, bytes: usize) {
        self.charged = self.charged.saturating_sub(bytes);
    }

    /// Charges `bytes` that the embedder holds, or fails and charges nothing.
    pub(crate) fn charge_host(&mut self, bytes: usize) -> Result<(), Error> {
        self.charge(bytes)?;
        self.host += bytes;
        Ok(())
    }

    /// Gives `bytes` back that the embedder charged; never any that it did not.
    pub(crate) fn release_host(&mut self, bytes: usize) {
        let bytes = bytes.min(self.host);
        self.host -= bytes;
        self.release(bytes);
    }

    /// Makes room for `additional` more elements in `vec`, charged.
    pub(crate) fn reserve<T>(&mut self, vec: &mut Vec<T>, additional: usize) -> Result<(), Error> {
        if vec.capacity() - vec.len() >= additional {
            return Ok(());
        }
        let before = vec.capacity();
        // Double, so that pushing one by one stays linear, unless only the exact size fits.
        self.reserve_exact(vec, additional.max(before).max(4))
            .or_else(|_| self.reserve_exact(vec, additional))
    }

    fn reserve_exact<T>(&mut self, vec: &mut Vec<T>, additional: usize) -> Result<(), Error> {
        let more = (vec.len() + additional).saturating_sub(vec.capacity());
        let bytes = more.saturating_mul(size_of::<T>());
        self.charge(bytes)?;
        vec.try_reserve_exact(additional).inspect_err(|_| self.release(bytes))?;
        Ok(())
    }

    /// Appends `value` to `vec`, charged.
    pub(crate) fn push<T>(&mut self, vec: &mut Vec<T>, value: T) -> Result<(), Error> {
        self.reserve(vec, 1)?;
        vec.push(value);
        Ok(())
    }
}
