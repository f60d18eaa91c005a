//! Items of element segments.

use alloc::vec::Vec;

use super::const_expr::{ConstScope, evaluate};
use super::reader::Reader;
use super::{ElementSegment, ModuleInner};
use crate::error::Error;

impl ModuleInner {
    /// Calls `each` with every reference of `segment`, in order.
    pub(crate) fn references(
        &self,
        segment: &ElementSegment,
        scope: &impl ConstScope,
        mut each: impl FnMut(u64),
    ) -> Result<(), Error> {
        let mut reader = Reader::new(self.bytes(segment.items));
        let mut stack = Vec::new();
        for _ in 0..segment.count {
            let reference = if segment.expressions {
                evaluate(&mut reader, scope, &mut stack)?;
                stack.first().copied()
            } else {
                reader.u32().map(|index| scope.function(index))
            };
            each(reference.unwrap_or(0));
        }
        Ok(())
    }
}
