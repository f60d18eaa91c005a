//! What was measured, to be read.

mod markdown;
mod plot;

pub(crate) use markdown::markdown;
pub(crate) use plot::plot;
