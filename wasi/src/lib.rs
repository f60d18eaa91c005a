//! WASI preview 1 for Whit.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod abi;
pub mod backend;

pub use abi::Errno;
pub use abi::types::{ClockId, FileType};
