//! References that the embedder has: to host values, small integers and objects.

#[cfg(any(feature = "gc", feature = "exceptions"))]
use super::{AsContext, AsContextMut, StoreContext, StoreContextMut};
use crate::error::Error;
use crate::store::StoreInner;
#[cfg(any(feature = "gc", feature = "exceptions"))]
use crate::store::roots::RootIndex;
#[cfg(any(feature = "gc", feature = "exceptions"))]
use crate::value;

/// A reference that is not null, of any hierarchy but that of functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Reference {
    store: usize,
    held: Held,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Held {
    /// As slots have it: not to an object.
    Plain(u64),
    /// To an object, which the store keeps for the embedder.
    #[cfg(any(feature = "gc", feature = "exceptions"))]
    Object(RootIndex),
}

impl Reference {
    /// A reference that is not to an object.
    pub(crate) fn plain(store: &StoreInner, slot: u64) -> Self {
        Self { store: store.id, held: Held::Plain(slot) }
    }

    /// The reference in `slot`; nothing for null.
    ///
    /// # Errors
    /// When there is no room to keep the object.
    pub(crate) fn from_slot(store: &mut StoreInner, slot: u64) -> Result<Option<Self>, Error> {
        if slot as u32 == 0 {
            return Ok(None);
        }
        #[cfg(any(feature = "gc", feature = "exceptions"))]
        if value::cell(slot as u32).is_some() {
            let root = store.roots.push(&mut store.budget, slot)?;
            return Ok(Some(Self { store: store.id, held: Held::Object(root) }));
        }
        Ok(Some(Self::plain(store, slot)))
    }

    /// The reference as slots have it; nothing if it has been given up.
    ///
    /// # Panics
    /// When it belongs to another store.
    pub(crate) fn to_slot(self, store: &StoreInner) -> Option<u64> {
        store.check(self.store);
        match self.held {
            Held::Plain(slot) => Some(slot),
            #[cfg(any(feature = "gc", feature = "exceptions"))]
            Held::Object(root) => store.roots.get(root),
        }
    }
}

#[cfg(any(feature = "gc", feature = "exceptions"))]
/// A store in which references to objects are kept until this is dropped.
///
/// What the embedder gets a reference to, the collector does not free: in a host function, until that returns;
/// elsewhere until the scope ends in which it got the reference, or the store. A reference that has been given up is of
/// no type, and using it is an error.
pub struct RootScope<C: AsContextMut> {
    store: C,
    roots: usize,
}

#[cfg(any(feature = "gc", feature = "exceptions"))]
impl<C: AsContextMut> RootScope<C> {
    /// Opens a scope in `store`.
    pub fn new(mut store: C) -> Self {
        let roots = store.as_context_mut().parts.inner.roots.len();
        Self { store, roots }
    }
}

#[cfg(any(feature = "gc", feature = "exceptions"))]
impl<C: AsContextMut> Drop for RootScope<C> {
    fn drop(&mut self) {
        self.store.as_context_mut().parts.inner.roots.truncate(self.roots);
    }
}

#[cfg(any(feature = "gc", feature = "exceptions"))]
impl<C: AsContextMut> AsContext for RootScope<C> {
    type Data = C::Data;

    fn as_context(&self) -> StoreContext<'_, C::Data> {
        self.store.as_context()
    }
}

#[cfg(any(feature = "gc", feature = "exceptions"))]
impl<C: AsContextMut> AsContextMut for RootScope<C> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, C::Data> {
        self.store.as_context_mut()
    }
}
