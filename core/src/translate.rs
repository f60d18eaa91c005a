//! From validated bodies to IR.

use alloc::boxed::Box;

use crate::error::Error;
use crate::ir::Code;
use crate::module::ModuleInner;

/// Translates the body of function `body` (counted without imports), which has been validated.
pub(crate) fn translate(module: &ModuleInner, body: u32) -> Result<Box<Code>, Error> {
    todo!()
}
