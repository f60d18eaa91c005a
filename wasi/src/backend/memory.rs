//! Memory that is held for a guest.

use alloc::vec::Vec;

use crate::Errno;

/// Counts memory that is held for a guest, so that it comes out of the budget of the guest's store.
///
/// A backend whose memory grows at the guest's wish keeps one and shows it ([`Files::memory`](super::Files::memory),
/// [`Net::memory`](super::Net::memory)). Before each of the guest's calls it is told how much more may be held.
///
/// ```
/// use whit_wasi::backend::Memory;
///
/// let mut memory = Memory::new();
/// let mut sent = Vec::<u8>::new();
/// memory.reserve(&mut sent, 100)?;
/// sent.extend_from_slice(&[0; 100]);
/// assert_eq!(memory.held(), 100);
/// memory.free(&mut sent);
/// assert_eq!(memory.held(), 0);
/// # Ok::<(), whit_wasi::Errno>(())
/// ```
#[derive(Clone, Debug)]
pub struct Memory {
    held: usize,
    room: usize,
}

impl Memory {
    /// Nothing held, and no limit to what may be.
    #[must_use]
    pub const fn new() -> Self {
        Self { held: 0, room: usize::MAX }
    }

    /// Bytes held.
    #[must_use]
    pub const fn held(&self) -> usize {
        self.held
    }

    /// Bytes that may be held beyond those that are.
    #[must_use]
    pub const fn room(&self) -> usize {
        self.room
    }

    /// Sets how many more bytes may be held.
    pub(crate) fn set_room(&mut self, room: usize) {
        self.room = room;
    }

    /// Counts `bytes` more.
    ///
    /// # Errors
    /// [`Errno::Nomem`] if there is no room for them; then nothing is counted.
    pub fn charge(&mut self, bytes: usize) -> Result<(), Errno> {
        self.room = self.room.checked_sub(bytes).ok_or(Errno::Nomem)?;
        self.held = self.held.saturating_add(bytes);
        Ok(())
    }

    /// Counts `bytes` less.
    pub fn release(&mut self, bytes: usize) {
        self.held = self.held.saturating_sub(bytes);
        self.room = self.room.saturating_add(bytes);
    }

    /// Makes room for `additional` more elements in `vec`, counted.
    ///
    /// # Errors
    /// [`Errno::Nomem`] if there is no memory for them, or no room.
    pub fn reserve<T>(&mut self, vec: &mut Vec<T>, additional: usize) -> Result<(), Errno> {
        if vec.capacity() - vec.len() >= additional {
            return Ok(());
        }
        // Twice as much, so that adding one by one stays linear, unless only the exact size fits.
        let twice = additional.max(vec.capacity());
        self.reserve_exact(vec, twice).or_else(|_| self.reserve_exact(vec, additional))
    }

    /// As [`reserve`](Self::reserve), but for no more than `additional`.
    ///
    /// # Errors
    /// As there.
    pub fn reserve_exact<T>(&mut self, vec: &mut Vec<T>, additional: usize) -> Result<(), Errno> {
        let needed = vec.len().checked_add(additional).ok_or(Errno::Nomem)?;
        let more = needed.saturating_sub(vec.capacity());
        let bytes = more.checked_mul(size_of::<T>()).ok_or(Errno::Nomem)?;
        self.charge(bytes)?;
        vec.try_reserve_exact(additional).map_err(|_| {
            self.release(bytes);
            Errno::Nomem
        })
    }

    /// Drops what is in `vec` and gives its memory back.
    pub fn free<T>(&mut self, vec: &mut Vec<T>) {
        self.release(vec.capacity() * size_of::<T>());
        *vec = Vec::new();
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}
