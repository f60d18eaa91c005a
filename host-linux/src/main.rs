//! Runs WebAssembly programs with Whit.
fn main() {}
