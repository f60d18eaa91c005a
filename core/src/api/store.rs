//! The store: the embedder's data and everything that guests own.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::raw::HostFuncs;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::exec::Invocation;
use crate::limits::StoreLimits;
use crate::store::StoreInner;

/// What a [`Store`] holds; reached by embedders only through contexts, so that it cannot be moved or replaced
/// during a call.
pub(crate) struct StoreParts<T> {
    pub(crate) inner: StoreInner,
    pub(crate) hosts: HostFuncs<T>,
    /// Room for calls that no call uses: first of all for one that is not nested in another.
    pub(crate) idle: Option<Box<Invocation>>,
    #[expect(clippy::vec_box, reason = "a call takes one out and puts it back: a pointer, not the contents")]
    pub(crate) more_idle: Vec<Box<Invocation>>,
    pub(crate) data: T,
}

/// Instances and all that they own, within one budget, together with data of the embedder.
///
/// Handles such as [`Func`](crate::Func) or [`Memory`](crate::Memory) belong to one store. Nothing is taken out
/// of a store before it is dropped as a whole.
///
/// # Panics
/// Using a handle with another store than its own panics.
pub struct Store<T> {
    pub(crate) parts: StoreParts<T>,
}

impl<T> Store<T> {
    /// A store without limits beyond the default ones.
    #[must_use]
    pub fn new(engine: &Engine, data: T) -> Self {
        Self::with_limits(engine, data, StoreLimits::default())
    }

    /// A store that keeps to `limits`.
    #[must_use]
    pub fn with_limits(engine: &Engine, data: T, limits: StoreLimits) -> Self {
        let inner = StoreInner::new(engine.clone(), limits);
        Self { parts: StoreParts { inner, hosts: HostFuncs::new(), idle: None, more_idle: Vec::new(), data } }
    }

    /// The engine of the store.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.parts.inner.engine
    }

    /// The embedder's data.
    #[must_use]
    pub fn data(&self) -> &T {
        &self.parts.data
    }

    /// The embedder's data, to change.
    #[must_use]
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.parts.data
    }

    /// Drops the store and gives the embedder's data back.
    #[must_use]
    pub fn into_data(self) -> T {
        self.parts.data
    }

    /// Fuel left.
    ///
    /// # Errors
    /// When the engine does not [consume fuel](crate::Config::consume_fuel).
    pub fn get_fuel(&self) -> Result<u64, Error> {
        self.parts.inner.get_fuel()
    }

    /// Sets the fuel left to `fuel`.
    ///
    /// # Errors
    /// When the engine does not [consume fuel](crate::Config::consume_fuel).
    pub fn set_fuel(&mut self, fuel: u64) -> Result<(), Error> {
        self.parts.inner.set_fuel(fuel)
    }

    /// Bytes of the budget in use, among them what is kept to save time and given up for whatever else is charged.
    #[must_use]
    pub fn budget_used(&self) -> usize {
        self.parts.inner.budget.used()
    }

    /// Bytes of the [budget](crate::StoreLimits::budget) that are not in use.
    #[must_use]
    pub fn budget_left(&self) -> usize {
        self.parts.inner.budget.left()
    }

    /// Charges `bytes` to the budget: memory that a host function holds for the guest. They count until they are
    /// [released](Self::release).
    ///
    /// # Errors
    /// When fewer bytes are [left](Self::budget_left); then nothing is charged.
    pub fn charge(&mut self, bytes: usize) -> Result<(), Error> {
        self.parts.inner.budget.charge_host(bytes)
    }

    /// Gives `bytes` back to the budget that were [charged](Self::charge). What the engine holds itself cannot be given
    /// back: at most what was charged is.
    pub fn release(&mut self, bytes: usize) {
        self.parts.inner.budget.release_host(bytes);
    }

    /// The limits of the store.
    #[must_use]
    pub fn limits(&self) -> &StoreLimits {
        &self.parts.inner.limits
    }
}

impl StoreInner {
    fn check_fuel(&self) -> Result<(), Error> {
        if self.engine.config().fuel {
            Ok(())
        } else {
            Err(Error::with_message(ErrorKind::Usage, "the engine does not consume fuel"))
        }
    }

    pub(crate) fn get_fuel(&self) -> Result<u64, Error> {
        self.check_fuel().map(|()| self.fuel)
    }

    pub(crate) fn set_fuel(&mut self, fuel: u64) -> Result<(), Error> {
        self.check_fuel()?;
        self.fuel = fuel;
        Ok(())
    }
}
