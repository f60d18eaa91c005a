//! Runs the official test suite.
fn main() {}
