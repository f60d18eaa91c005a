//! What embedders touch, shaped like Wasmtime's API.

#[cfg(feature = "gc")]
mod any_ref;
mod call;
mod context;
#[cfg(feature = "exceptions")]
mod exception;
mod externs;
mod func;
mod global;
mod host_func;
mod instance;
mod linker;
mod memory;
mod raw;
mod reference;
mod resumable;
mod store;
mod table;
#[cfg(feature = "exceptions")]
mod tag;
mod typed;
mod value;

#[cfg(feature = "gc")]
pub use any_ref::AnyRef;
pub use context::{AsContext, AsContextMut, Caller, StoreContext, StoreContextMut};
#[cfg(feature = "exceptions")]
pub use exception::ExnRef;
pub use externs::{Extern, ExternRef};
pub use func::Func;
pub use global::Global;
pub use host_func::{IntoFunc, WasmReturn};
pub use instance::Instance;
pub use linker::Linker;
pub use memory::Memory;
#[cfg(any(feature = "gc", feature = "exceptions"))]
pub use reference::RootScope;
pub use resumable::{CallState, SuspendedCall, Suspension};
pub use store::Store;
pub use table::Table;
#[cfg(feature = "exceptions")]
pub use tag::Tag;
pub use typed::{TypedFunc, WasmParams, WasmResults, WasmTy};
pub use value::Val;
