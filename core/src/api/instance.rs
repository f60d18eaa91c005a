//! Instances of modules.

use super::{
    AsContext, AsContextMut, Extern, Func, Global, Memory, Table, TypedFunc, WasmParams, WasmResults,
};
use crate::error::Error;
use crate::module::Module;
use crate::store::StoreInner;

/// An instance of a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instance {
    store: u32,
    index: u32,
}

impl Instance {
    /// Instantiates `module` with `imports`, one for each of the module's in the same order, and runs its start
    /// function.
    ///
    /// # Errors
    /// When imports do not fit, limits or memory run out, or initialising or the start function traps.
    pub fn new(mut store: impl AsContextMut, module: &Module, imports: &[Extern]) -> Result<Self, Error> {
        todo!()
    }

    pub(crate) fn from_index(store: &StoreInner, index: u32) -> Self {
        Self { store: store.id, index }
    }

    /// The module.
    pub fn module<'a>(&self, store: &'a impl AsContext) -> &'a Module {
        let inner = &store.as_context().parts.inner;
        inner.check(self.store);
        &inner.instances[self.index as usize].module
    }

    /// What the instance exports as `name`.
    #[must_use]
    pub fn get_export(&self, store: impl AsContext, name: &str) -> Option<Extern> {
        todo!()
    }

    /// The function that the instance exports as `name`.
    #[must_use]
    pub fn get_func(&self, store: impl AsContext, name: &str) -> Option<Func> {
        self.get_export(store, name)?.into_func()
    }

    /// The table that the instance exports as `name`.
    #[must_use]
    pub fn get_table(&self, store: impl AsContext, name: &str) -> Option<Table> {
        self.get_export(store, name)?.into_table()
    }

    /// The memory that the instance exports as `name`.
    #[must_use]
    pub fn get_memory(&self, store: impl AsContext, name: &str) -> Option<Memory> {
        self.get_export(store, name)?.into_memory()
    }

    /// The global that the instance exports as `name`.
    #[must_use]
    pub fn get_global(&self, store: impl AsContext, name: &str) -> Option<Global> {
        self.get_export(store, name)?.into_global()
    }

    /// The function of parameters `P` and results `R` that the instance exports as `name`.
    ///
    /// # Errors
    /// When there is none, or its type is another.
    pub fn get_typed_func<P: WasmParams, R: WasmResults>(
        &self,
        store: impl AsContext,
        name: &str,
    ) -> Result<TypedFunc<P, R>, Error> {
        todo!()
    }

    /// Everything that the instance exports, with its name.
    pub fn exports<'a>(&self, store: &'a impl AsContext) -> impl Iterator<Item = (&'a str, Extern)> {
        core::iter::empty()
    }
}
