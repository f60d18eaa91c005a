//! Exceptions: throwing them from host functions, and looking at those that nothing caught.

use super::call::{Slots, check_values, store_values};
use super::reference::Reference;
use super::{AsContext, AsContextMut, Caller, Store, StoreContextMut, Tag, Val};
use crate::error::{Error, ErrorKind};
use crate::raw::LiveSlots;
use crate::store::StoreInner;

/// A reference to an exception, which is kept as [`RootScope`](crate::RootScope) says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExnRef(pub(crate) Reference);

impl ExnRef {
    /// Makes an exception of `tag` that carries `fields`.
    ///
    /// # Errors
    /// When `fields` are not of the types that the tag says, or there is no room for the exception.
    ///
    /// # Panics
    /// When `tag` or a reference among `fields` belongs to another store.
    pub fn new(mut store: impl AsContextMut, tag: Tag, fields: &[Val]) -> Result<Self, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        inner.check(tag.store);
        let ty = inner.tag_type(tag.index);
        check_values(inner, ty.params(), fields)?;
        let mut slots = Slots::new(ty.param_slots())?;
        store_values(inner, fields, slots.as_mut_slice());
        let made = inner.make_exception(tag.index, slots.as_mut_slice(), LiveSlots::NONE)?;
        Reference::from_slot(inner, made)?.map(Self).ok_or_else(given_up)
    }

    /// The tag.
    ///
    /// # Errors
    /// When the reference has been given up.
    ///
    /// # Panics
    /// When the exception belongs to another store.
    pub fn tag(&self, store: impl AsContext) -> Result<Tag, Error> {
        let inner = &store.as_context().parts.inner;
        Ok(Tag { store: inner.id, index: inner.exception_tag(self.to_slot(inner)?) })
    }

    /// What the exception carries as field `index`.
    ///
    /// # Errors
    /// When it has no such field, the reference has been given up, or there is no room to keep a reference.
    ///
    /// # Panics
    /// When the exception belongs to another store.
    pub fn field(&self, mut store: impl AsContextMut, index: usize) -> Result<Val, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let field = inner.exception_fields(self.to_slot(inner)?).nth(index);
        let none = || Error::with_message(ErrorKind::Usage, "the exception has no such field");
        let (ty, slots) = field.ok_or_else(none)?;
        Val::from_slots(ty, inner, &slots)
    }

    fn to_slot(self, store: &StoreInner) -> Result<u64, Error> {
        self.0.to_slot(store).ok_or_else(given_up)
    }
}

fn given_up() -> Error {
    Error::with_message(ErrorKind::Usage, "the reference to an exception has been given up")
}

impl StoreInner {
    /// The error that throws `exception` where a host function returns it.
    fn throw(&mut self, exception: ExnRef) -> Error {
        match exception.to_slot(self) {
            Ok(reference) => {
                self.pending = reference;
                Error::new(ErrorKind::Exception)
            }
            Err(error) => error,
        }
    }

    fn take_pending_exception(&mut self) -> Result<Option<ExnRef>, Error> {
        let taken = Reference::from_slot(self, self.pending)?;
        self.pending = 0;
        Ok(taken.map(ExnRef))
    }
}

macro_rules! throwing {
    ($($ty:ident<$($lifetime:lifetime)? T>)*) => {$(
        impl<T> $ty<$($lifetime,)? T> {
            /// Throws `exception`, for a host function to return: the guest that called it may catch it. It is the
            /// store's pending exception until then.
            ///
            /// # Errors
            /// Always: with [`ErrorKind::Exception`], unless the reference has been given up.
            ///
            /// # Panics
            /// When the exception belongs to another store.
            pub fn throw<R>(&mut self, exception: ExnRef) -> Result<R, Error> {
                Err(self.as_context_mut().parts.inner.throw(exception))
            }

            /// Takes the exception that nothing caught, after a call failed with [`ErrorKind::Exception`]. A host
            /// function that returns this error without taking the exception lets it pass.
            ///
            /// # Errors
            /// When there is no room to keep a reference to it.
            pub fn take_pending_exception(&mut self) -> Result<Option<ExnRef>, Error> {
                self.as_context_mut().parts.inner.take_pending_exception()
            }
        }
    )*};
}

throwing! { Store<T> StoreContextMut<'_ T> Caller<'_ T> }
