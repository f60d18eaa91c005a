//! The logic of the fuzz targets, apart from libFuzzer, so that stable `cargo test` replays inputs.
//!
//! Each target is a module with a function `run` that panics when it has found something:
//!
//! * [`decode`] loads any bytes in every mode, and runs what is a module.
//! * [`differential`] runs modules made by wasm-smith in Whit and in wasmi.
//! * [`structured`] does the same with programs that are made to be hard on the translator: many locals, operands kept
//!   over blocks, every kind of branch.

pub mod decode;
pub mod differential;
pub mod structured;

mod on_wasmi;
mod on_whit;
mod plan;
mod program;
mod trace;
