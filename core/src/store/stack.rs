//! Value stacks: frames and operands of a call and of everything that it calls.

use crate::error::Error;
use crate::limits::StoreLimits;
use crate::raw::Cells;
use crate::store::budget::Budget;

/// Slots of a new stack.
const FIRST_SLOTS: usize = 512;

/// A value stack. Frames name each other by distance, so it may move when it grows.
pub(crate) struct Stack {
    pub(crate) cells: Cells,
}

impl Stack {
    /// A stack, charged to `budget`.
    pub(crate) fn new(budget: &mut Budget, limits: &StoreLimits) -> Result<Self, Error> {
        let slots = FIRST_SLOTS.min(limits.value_stack / 8);
        budget.charge(slots * 8)?;
        match Cells::zeroed(slots) {
            Ok(cells) => Ok(Self { cells }),
            Err(error) => {
                budget.release(slots * 8);
                Err(error.into())
            }
        }
    }

    /// A stack of the slots `values`, charged to `budget`.
    pub(crate) fn with(budget: &mut Budget, values: &[u64]) -> Result<Self, Error> {
        let bytes = size_of_val(values);
        budget.charge(bytes)?;
        let mut cells = Cells::zeroed(values.len()).inspect_err(|_| budget.release(bytes))?;
        cells.as_mut_slice().copy_from_slice(values);
        Ok(Self { cells })
    }

    /// Takes the slots away.
    pub(crate) fn take(&mut self) -> Result<Self, Error> {
        let empty = Cells::zeroed(0)?;
        Ok(Self { cells: core::mem::replace(&mut self.cells, empty) })
    }

    /// Doubles the stack, up to the limit and within the budget; whether it grew.
    pub(crate) fn grow(&mut self, budget: &mut Budget, limits: &StoreLimits, least: usize) -> bool {
        let old = self.cells.len();
        let most = limits.value_stack / 8;
        let new = (old * 2).max(least).min(most);
        if new <= old || new < least || budget.charge((new - old) * 8).is_err() {
            return false;
        }
        let grown = self.cells.grow(new, 0).is_ok();
        if !grown {
            budget.release((new - old) * 8);
        }
        grown
    }

    /// Bytes that the stack occupies.
    pub(crate) fn footprint(&self) -> usize {
        self.cells.len() * 8
    }

    /// The slot number of address `sp`.
    pub(crate) fn index(&self, sp: *mut u64) -> usize {
        (sp as usize - self.cells.as_ptr() as usize) / 8
    }

    /// The address of slot `index`.
    pub(crate) fn address(&self, index: usize) -> *mut u64 {
        self.cells.as_ptr().wrapping_add(index)
    }
}
