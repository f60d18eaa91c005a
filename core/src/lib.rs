//! Whit: a WebAssembly interpreter for edge devices.

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

pub use api::{
    AsContext, AsContextMut, CallState, Caller, Extern, ExternRef, Func, Global, Instance, IntoFunc, Linker,
    Memory, Store, StoreContext, StoreContextMut, SuspendedCall, Suspension, Table, TypedFunc, Val,
    WasmParams, WasmResults, WasmReturn, WasmTy,
};
pub use config::{CompilationMode, Config};
pub use engine::Engine;
pub use error::{Error, ErrorKind, FrameInfo};
pub use exec::DISPATCH;
pub use limits::{ModuleLimits, PAGE_SIZE, StoreLimits};
#[doc(hidden)]
pub use module::foreign::is_inside as is_inside_wasmparser;
pub use module::{ExportType, ImportType, Module};
pub use ops::OPERAND_PROFILE;
pub use trap::Trap;
pub use types::{
    ExternType, FuncType, GlobalType, HeapType, Limits, MemoryType, Mutability, RefType, TableType, ValType,
};
