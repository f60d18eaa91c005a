//! WASI preview 1 for Whit: programs made for `wasm32-wasip1` run, on Linux and on a board without an operating
//! system, and reach nothing but what they were given.
//!
//! A [`WasiCtx`] lies in the data of a store and says what its guest sees: arguments, variables, streams,
//! directories, clocks, randomness. [`add_to_linker`] gives a linker the functions. What the calls come to is done by
//! the traits of [`backend`]; [`memfs`] and [`archive`] are file systems that need nothing below them.
//!
//! ```
//! use whit::{Config, Engine, Error, Linker, Module, Store};
//! use whit_wasi::backend::{Answer, Stdio};
//! use whit_wasi::{WasiCtx, add_to_linker};
//!
//! /// Where the guest writes to.
//! struct Print;
//!
//! impl Stdio for Print {
//!     fn write(&mut self, from: &[u8]) -> Answer<usize> {
//!         print!("{}", String::from_utf8_lossy(from));
//!         Ok(from.len())
//!     }
//! }
//!
//! let program = wat::parse_str(r#"(module
//!     (import "wasi_snapshot_preview1" "fd_write"
//!         (func $write (param i32 i32 i32 i32) (result i32)))
//!     (memory (export "memory") 1)
//!     (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
//!     (func (export "_start")
//!         (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"#).unwrap();
//!
//! let engine = Engine::new(&Config::new())?;
//! let module = Module::new(&engine, &program)?;
//! let wasi = WasiCtx::builder().arg("hello").stdout(Box::new(Print)).build()?;
//! let mut store = Store::new(&engine, wasi);
//! let mut linker = Linker::new(&engine);
//! add_to_linker(&mut linker, |wasi| wasi)?;
//! let instance = linker.instantiate(&mut store, &module)?;
//! instance.get_typed_func::<(), ()>(&mut store, "_start")?.call(&mut store, ())?;
//! # Ok::<(), Error>(())
//! ```
//!
//! `proc_exit` ends the call with an error that has an [exit status](whit::Error::exit_status). A backend that is not
//! ready [suspends](whit::Error::is_suspend) the guest; `Func::call_resumable` gets such a call going again.
//!
//! # What keeps a guest inside
//!
//! Its pointers are followed in one place, with bounds checked, and no number that it passes sizes an allocation
//! without a limit ([`WasiLimits`]). What is held for it from call to call (descriptors, files in memory, the buffers of
//! backends) comes out of the budget of its store. Its paths are walked name by name, from an open directory to the next, so that
//! neither `..` nor a link nor a rename in between leads out of the tree, whatever the backend is.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod abi;
pub mod archive;
pub mod backend;
mod call;
mod ctx;
mod fd;
mod link;
pub mod memfs;
mod path;
mod quota;
mod stream;
mod trace;

pub use abi::Errno;
pub use abi::calls::{Call, Outcome};
pub use abi::types::{ClockId, FileType, SdFlags};
pub use ctx::{WasiCtx, WasiCtxBuilder, WasiLimits};
pub use link::{add_imports_to_linker, add_to_linker};
