//! Whit: a WebAssembly interpreter for edge devices.

#![no_std]
#![deny(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod config;
mod engine;
mod error;
mod exec;
mod ir;
mod limits;
mod module;
mod raw;
mod store;
mod translate;
mod trap;
mod types;
