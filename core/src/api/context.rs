//! Borrowed stores: what functions of this API take, so that they work inside and outside of host functions.

use super::store::{Store, StoreParts};
use super::{Extern, Func, Instance, Memory};
use crate::engine::Engine;
use crate::error::Error;
use crate::store::FuncEntity;

/// Something that gives read access to a store.
pub trait AsContext {
    /// The embedder's data in the store.
    type Data;

    /// The store, to read.
    fn as_context(&self) -> StoreContext<'_, Self::Data>;
}

/// Something that gives full access to a store.
pub trait AsContextMut: AsContext {
    /// The store, to change.
    fn as_context_mut(&mut self) -> StoreContextMut<'_, Self::Data>;
}

/// A store that is borrowed to read.
pub struct StoreContext<'a, T> {
    pub(crate) parts: &'a StoreParts<T>,
}

/// A store that is borrowed to change.
pub struct StoreContextMut<'a, T> {
    pub(crate) parts: &'a mut StoreParts<T>,
}

/// What a host function gets of the store that it is called in, and of the instance that calls it.
pub struct Caller<'a, T> {
    pub(crate) parts: &'a mut StoreParts<T>,
    /// The calling instance, or [`FuncEntity::HOST`]; so that a caller fits in two registers.
    pub(crate) instance: u32,
}

impl<T> Clone for StoreContext<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for StoreContext<'_, T> {}

impl<'a, T> StoreContext<'a, T> {
    /// The embedder's data.
    #[must_use]
    pub fn data(&self) -> &'a T {
        &self.parts.data
    }

    /// The engine of the store.
    #[must_use]
    pub fn engine(&self) -> &'a Engine {
        &self.parts.inner.engine
    }
}

impl<T> StoreContextMut<'_, T> {
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

    /// The engine of the store.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.parts.inner.engine
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
}

impl<T> Caller<'_, T> {
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

    /// The engine of the store.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.parts.inner.engine
    }

    /// What the calling instance exports as `name`; nothing when the embedder called the host function itself.
    #[must_use]
    pub fn get_export(&self, name: &str) -> Option<Extern> {
        if self.instance == FuncEntity::HOST {
            return None;
        }
        Instance::from_index(&self.parts.inner, self.instance).get_export(self, name)
    }

    /// The memory that the calling instance exports as `name`.
    #[must_use]
    pub fn get_memory(&self, name: &str) -> Option<Memory> {
        self.get_export(name)?.into_memory()
    }

    /// The function that the calling instance exports as `name`.
    #[must_use]
    pub fn get_func(&self, name: &str) -> Option<Func> {
        self.get_export(name)?.into_func()
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
}

impl<T> AsContext for Store<T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext { parts: &self.parts }
    }
}

impl<T> AsContextMut for Store<T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        StoreContextMut { parts: &mut self.parts }
    }
}

impl<T> AsContext for StoreContext<'_, T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        *self
    }
}

impl<T> AsContext for StoreContextMut<'_, T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext { parts: self.parts }
    }
}

impl<T> AsContextMut for StoreContextMut<'_, T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        StoreContextMut { parts: self.parts }
    }
}

impl<T> AsContext for Caller<'_, T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext { parts: self.parts }
    }
}

impl<T> AsContextMut for Caller<'_, T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        StoreContextMut { parts: self.parts }
    }
}

impl<C: AsContext> AsContext for &C {
    type Data = C::Data;

    fn as_context(&self) -> StoreContext<'_, C::Data> {
        C::as_context(self)
    }
}

impl<C: AsContext> AsContext for &mut C {
    type Data = C::Data;

    fn as_context(&self) -> StoreContext<'_, C::Data> {
        C::as_context(self)
    }
}

impl<C: AsContextMut> AsContextMut for &mut C {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, C::Data> {
        C::as_context_mut(self)
    }
}
