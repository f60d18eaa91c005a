//! The store's budget: every byte held for the guest is charged before it is allocated.

use alloc::vec::Vec;

use crate::error::Error;

/// Bytes that may be used, and bytes that are.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    used: usize,
    /// Those of the bytes in use that the embedder charged.
    host: usize,
}

impl Budget {
    /// A budget of `limit` bytes.
    pub(crate) const fn new(limit: usize) -> Self {
        Self { limit, used: 0, host: 0 }
    }

    /// Bytes in use.
    pub(crate) const fn used(&self) -> usize {
        self.used
    }

    /// Bytes that can still be charged.
    pub(crate) const fn left(&self) -> usize {
        self.limit - self.used
    }

    /// Charges `bytes`, or fails and charges nothing.
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), Error> {
        let used = self.used.checked_add(bytes).filter(|used| *used <= self.limit);
        self.used = used.ok_or_else(|| Error::limit("bytes used by the store", self.limit, None))?;
        Ok(())
    }

    /// Gives `bytes` back.
    pub(crate) fn release(&mut self, bytes: usize) {
        self.used = self.used.saturating_sub(bytes);
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
