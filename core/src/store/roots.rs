//! References that the embedder has, which keep objects alive.

use alloc::vec::Vec;

use super::StoreInner;
use super::budget::Budget;
use crate::error::Error;
use crate::raw::LiveSlots;

/// References that the embedder has, in the order in which it got them.
#[derive(Default)]
pub(crate) struct Roots {
    entries: Vec<Root>,
    /// The serial number of the newest one.
    newest: u32,
}

struct Root {
    reference: u64,
    serial: u32,
}

/// A reference that the embedder has, by its place. What is at that place later has another serial number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RootIndex {
    index: u32,
    serial: u32,
}

impl Roots {
    /// Keeps `reference` until the roots are truncated.
    ///
    /// # Errors
    /// When the budget or memory runs out.
    pub(crate) fn push(&mut self, budget: &mut Budget, reference: u64) -> Result<RootIndex, Error> {
        let index = self.entries.len() as u32;
        self.newest = self.newest.wrapping_add(1);
        budget.push(&mut self.entries, Root { reference, serial: self.newest })?;
        Ok(RootIndex { index, serial: self.newest })
    }

    /// The reference, unless it has been given up.
    pub(crate) fn get(&self, root: RootIndex) -> Option<u64> {
        let entry = self.entries.get(root.index as usize)?;
        (entry.serial == root.serial).then_some(entry.reference)
    }

    /// How many there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Gives up all but the first `len`.
    #[inline]
    pub(crate) fn truncate(&mut self, len: usize) {
        self.entries.truncate(len);
    }

    /// All of them.
    pub(super) fn references(&self) -> impl Iterator<Item = u64> {
        self.entries.iter().map(|root| root.reference)
    }
}

/// A call that waits for the host, or none.
pub(crate) struct Waiting {
    /// The slots in use of its stack.
    pub(crate) live: LiveSlots,
    /// How many references the embedder had before: none where there was no object yet, for which nobody needs to say
    /// that a call waits.
    roots: usize,
}

impl Waiting {
    const NONE: Self = Self { live: LiveSlots::NONE, roots: 0 };
}

impl StoreInner {
    /// The innermost call waits for the host: the slots in use of its stack are `live` until [`Self::end_wait`].
    ///
    /// Nobody needs to say so where there has never been an object: no slot has one, and those to come are not put there
    /// before the end; nor does the embedder have a reference to one.
    #[inline(always)]
    pub(crate) fn begin_wait(&mut self, live: LiveSlots) {
        let roots = self.roots.len();
        if let Some(waiting) = self.innermost_wait() {
            *waiting = Waiting { live, roots };
        }
    }

    /// The innermost call waits no longer, if it did. The references that the embedder got meanwhile are given up: all of
    /// them where the wait began before there were objects.
    #[inline]
    pub(crate) fn end_wait(&mut self) {
        if !self.has_objects() {
            debug_assert_eq!(self.roots.len(), 0, "references to objects that never were");
        } else if let Some(waiting) = self.innermost_wait() {
            waiting.live = LiveSlots::NONE;
            let roots = waiting.roots;
            self.roots.truncate(roots);
        }
    }

    #[inline]
    fn innermost_wait(&mut self) -> Option<&mut Waiting> {
        self.host_depth.checked_sub(1).and_then(|depth| self.waiting.get_mut(depth))
    }

    /// Makes room to note that one more call waits.
    #[cold]
    #[inline(never)]
    pub(crate) fn reserve_wait(&mut self) -> Result<(), Error> {
        self.budget.push(&mut self.waiting, Waiting::NONE)
    }
}
