//! Stacks of calls that stopped: the store keeps them until the calls go on or nobody can resume them.

use super::StoreInner;
use super::stack::Stack;
use crate::error::Error;
use crate::raw::Shared;

/// The stack of a call that stopped and can go on.
pub(crate) struct ParkedStack {
    stack: Stack,
    /// The integer accumulator, which may have a reference that no slot has.
    #[cfg_attr(not(any(feature = "gc", feature = "exceptions")), allow(dead_code))]
    accumulator: u64,
    /// What the store is charged for the call.
    footprint: usize,
    /// Shared with the owner of the call: once the store is the only owner, nobody can resume it.
    token: Shared<()>,
}

impl ParkedStack {
    /// The slots, and the accumulator. Which of them are in use is not known.
    #[cfg(any(feature = "gc", feature = "exceptions"))]
    pub(super) fn values(&self) -> impl Iterator<Item = u64> {
        self.stack.cells.values().chain([self.accumulator])
    }
}

/// What the owner of a call that stopped has of its stack.
pub(crate) struct Ticket {
    index: usize,
    token: Shared<()>,
}

impl StoreInner {
    /// Keeps the stack and the integer accumulator of a call that stopped; the store is charged `footprint` bytes for the
    /// call.
    ///
    /// # Errors
    /// When the budget or memory runs out: then the call is lost.
    pub(crate) fn park(&mut self, stack: Stack, accumulator: u64, footprint: usize) -> Result<Ticket, Error> {
        self.forget_dropped();
        let size = stack.footprint();
        self.try_park(stack, accumulator, footprint).inspect_err(|_| self.budget.release(size))
    }

    fn try_park(&mut self, stack: Stack, accumulator: u64, footprint: usize) -> Result<Ticket, Error> {
        let index = match self.parked.iter().position(Option::is_none) {
            Some(index) => index,
            None => {
                self.budget.push(&mut self.parked, None)?;
                self.parked.len() - 1
            }
        };
        let token = Shared::try_new(())?;
        self.parked[index] = Some(ParkedStack { stack, accumulator, footprint, token: token.clone() });
        Ok(Ticket { index, token })
    }

    /// Gives back the stack of a call that is to go on.
    pub(crate) fn unpark(&mut self, ticket: &Ticket) -> Option<Stack> {
        let place = self.parked.get_mut(ticket.index)?;
        let mine = place.as_ref().is_some_and(|parked| parked.token.same(&ticket.token));
        if mine { place.take().map(|parked| parked.stack) } else { None }
    }

    /// Frees the stacks of calls that nobody can resume.
    fn forget_dropped(&mut self) {
        for place in &mut self.parked {
            if place.as_ref().is_some_and(|parked| parked.token.is_sole_owner())
                && let Some(parked) = place.take()
            {
                self.budget.release(parked.footprint);
            }
        }
    }
}
