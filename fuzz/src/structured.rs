//! Programs that are hard on the translator, in Whit and in wasmi.

use arbitrary::Unstructured;

use crate::plan::Plan;
use crate::{differential, program};

/// Makes a program from `data` and compares what the engines do with it.
///
/// # Panics
/// When they differ.
pub fn run(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let (Ok(seed), Ok(choice)) = (input.arbitrary(), input.arbitrary()) else { return };
    let Ok(module) = program::generate(&mut input) else { return };
    differential::compare(&module, &Plan::new(seed, choice));
}
