//! What was measured, to be read.

mod markdown;
mod plot;

pub(crate) use markdown::{markdown, table};
pub(crate) use plot::plot;
