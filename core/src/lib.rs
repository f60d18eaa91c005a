//! Whit: a WebAssembly interpreter for edge devices.
//!
//! The same engine runs on a microcontroller and on a gateway: it needs no operating system, allocates only what a
//! [budget](StoreLimits::budget) allows, gives an error where memory runs out, and runs guests without using the
//! native stack, so that a call can [stop and go on](Func::call_resumable) later.
//!
//! The API has the shape of Wasmtime's: an [`Engine`] loads a [`Module`], a [`Linker`] knows what modules may import,
//! and a [`Store`] owns instances and everything that they own.
//!
//! ```
//! use whit::{Caller, Config, Engine, Error, Linker, Module, Store};
//!
//! # fn main() -> Result<(), Error> {
//! let engine = Engine::new(&Config::new())?;
//! let bytes = wat::parse_str(
//!     r#"(module
//!         (import "host" "note" (func $note (param i32)))
//!         (func (export "double") (param $n i32) (result i32)
//!             (call $note (local.get $n))
//!             (i32.mul (local.get $n) (i32.const 2))))"#,
//! )
//! .unwrap();
//! let module = Module::new(&engine, &bytes)?;
//!
//! let mut linker = Linker::new(&engine);
//! linker.func_wrap("host", "note", |mut caller: Caller<'_, Vec<i32>>, n: i32| caller.data_mut().push(n))?;
//!
//! let mut store = Store::new(&engine, Vec::new());
//! let instance = linker.instantiate(&mut store, &module)?;
//! let double = instance.get_typed_func::<i32, i32>(&store, "double")?;
//! assert_eq!(double.call(&mut store, 21)?, 42);
//! assert_eq!(store.data(), &[21]);
//! # Ok(())
//! # }
//! ```
//!
//! # Handles
//! [`Func`], [`Memory`], [`Table`], [`Global`], [`Instance`], `Tag`, [`ExternRef`] and `ExnRef` are numbers that stand for something in
//! one store. Using one with another store than its own panics; nothing that a guest does can cause that.

#![no_std]
#![deny(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod api;
mod config;
mod engine;
mod error;
#[allow(unsafe_code)]
mod exec;
mod ir;
mod limits;
mod module;
mod ops;
mod raw;
mod store;
mod translate;
mod trap;
mod types;
mod value;

#[cfg(feature = "gc")]
pub use api::AnyRef;
#[cfg(any(feature = "gc", feature = "exceptions"))]
pub use api::RootScope;
pub use api::{
    AsContext, AsContextMut, CallState, Caller, Extern, ExternRef, Func, Global, Instance, IntoFunc, Linker,
    Memory, Store, StoreContext, StoreContextMut, SuspendedCall, Suspension, Table, TypedFunc, Val,
    WasmParams, WasmResults, WasmReturn, WasmTy,
};
#[cfg(feature = "exceptions")]
pub use api::{ExnRef, Tag};
pub use config::{CompilationMode, Config};
pub use engine::Engine;
pub use error::{Error, ErrorKind, FrameInfo};
pub use exec::DISPATCH;
#[cfg(feature = "profile")]
pub use exec::profile::write as write_profile;
pub use limits::{ModuleLimits, PAGE_SIZE, StoreLimits};
#[doc(hidden)]
pub use module::foreign::is_inside as is_inside_wasmparser;
pub use module::{ExportType, ImportType, Module};
pub use ops::OPERAND_PROFILE;
pub use trap::Trap;
pub use types::{
    CompositeKind, ConcreteType, ExternType, FieldType, FuncType, GlobalType, HeapType, Limits, MemoryType,
    Mutability, RefType, StorageType, TableType, ValType,
};

/// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
