//! A table from small numbers to values, for backends that hand out handles.

use alloc::vec::Vec;

use super::{Handle, Memory};

/// Values behind [`Handle`]s; growing it can fail instead of aborting.
///
/// ```
/// use whit_wasi::backend::Slots;
///
/// let mut open = Slots::new();
/// let handle = open.insert("a file").unwrap();
/// assert_eq!(open.get(handle), Some(&"a file"));
/// assert_eq!(open.remove(handle), Some("a file"));
/// assert_eq!(open.get(handle), None);
/// ```
#[derive(Debug)]
pub struct Slots<T>(Vec<Option<T>>);

impl<T> Slots<T> {
    /// An empty table.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Puts `value` into the lowest free slot; nothing if there is no memory for it.
    pub fn insert(&mut self, value: T) -> Option<Handle> {
        self.insert_in(value, &mut Memory::new())
    }

    /// As [`insert`](Self::insert), but the table's memory counts as part of `memory`.
    pub fn insert_in(&mut self, value: T, memory: &mut Memory) -> Option<Handle> {
        let index = match self.0.iter().position(Option::is_none) {
            Some(index) => index,
            None => {
                memory.reserve(&mut self.0, 1).ok()?;
                self.0.push(None);
                self.0.len() - 1
            }
        };
        let handle = Handle(u32::try_from(index).ok()?);
        self.0[index] = Some(value);
        Some(handle)
    }

    /// The value behind `handle`.
    #[must_use]
    pub fn get(&self, handle: Handle) -> Option<&T> {
        self.0.get(handle.0 as usize)?.as_ref()
    }

    /// The value behind `handle`, to change.
    pub fn get_mut(&mut self, handle: Handle) -> Option<&mut T> {
        self.0.get_mut(handle.0 as usize)?.as_mut()
    }

    /// Takes the value behind `handle` out.
    pub fn remove(&mut self, handle: Handle) -> Option<T> {
        self.0.get_mut(handle.0 as usize)?.take()
    }
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self::new()
    }
}
