//! Tags of a store.

use super::{AsContext, AsContextMut};
use crate::error::{Error, ErrorKind};
use crate::store::TagEntity;
use crate::types::FuncType;

/// A tag: which exceptions a handler catches, and what they carry.
///
/// Two tags of equal types are still different.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tag {
    pub(crate) store: usize,
    pub(crate) index: u32,
}

impl Tag {
    /// Makes a tag for exceptions that carry the parameters of `ty`.
    ///
    /// # Errors
    /// When `ty` has results, or the store's budget or memory runs out.
    pub fn new(mut store: impl AsContextMut, ty: &FuncType) -> Result<Self, Error> {
        if !ty.results().is_empty() {
            return Err(Error::with_message(ErrorKind::Usage, "the type of a tag has no results"));
        }
        let inner = &mut store.as_context_mut().parts.inner;
        let index = inner.next_index(inner.tags.len(), "tags")?;
        let ty = inner.engine.types().func(ty.try_clone()?)?;
        let ty = inner.intern_given(&ty)?;
        inner.budget.push(&mut inner.tags, TagEntity { ty })?;
        Ok(Self { store: inner.id, index })
    }

    /// The type.
    pub fn ty<'a>(&self, store: &'a impl AsContext) -> &'a FuncType {
        let inner = &store.as_context().parts.inner;
        inner.check(self.store);
        inner.func_type(inner.tags[self.index as usize].ty)
    }
}
