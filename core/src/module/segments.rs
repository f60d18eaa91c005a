//! Items of element segments.

use alloc::vec::Vec;

use super::const_expr::{ConstScope, evaluate};
use super::reader::Reader;
use super::{ElementSegment, ModuleInner};
use crate::error::Error;

/// The references of an element segment, one after the other.
pub(crate) struct Items<'m> {
    reader: Reader<'m>,
    expressions: bool,
    stack: Vec<u64>,
}

impl ModuleInner {
    /// The references of `segment`.
    pub(crate) fn items(&self, segment: &ElementSegment) -> Items<'_> {
        let reader = Reader::new(self.bytes(segment.items));
        Items { reader, expressions: segment.expressions, stack: Vec::new() }
    }
}

impl Items<'_> {
    /// The next reference. Where it fails, it can be called again for the same one.
    ///
    /// # Errors
    /// When memory runs out, or there is no room for an object.
    pub(crate) fn next(&mut self, scope: &mut impl ConstScope) -> Result<u64, Error> {
        if !self.expressions {
            return Ok(self.reader.u32().map_or(0, |index| scope.function(index)));
        }
        let mut reader = self.reader.clone();
        evaluate(&mut reader, scope, &mut self.stack)?;
        self.reader = reader;
        Ok(self.stack.first().copied().unwrap_or(0))
    }
}
