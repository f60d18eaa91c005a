//! Validation of function bodies.

pub(crate) struct Resources;
