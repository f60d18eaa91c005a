//! WASI preview 1 for Whit.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod abi;
pub mod backend;
mod call;
mod ctx;
mod fd;
mod link;
pub mod memfs;
mod path;

pub use abi::Errno;
pub use abi::calls::{Call, Outcome};
pub use abi::types::{ClockId, FileType};
pub use ctx::{WasiCtx, WasiCtxBuilder, WasiLimits};
pub use link::{add_imports_to_linker, add_to_linker};
