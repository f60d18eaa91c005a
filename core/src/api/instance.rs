//! Instances of modules.

use alloc::vec::Vec;

use super::call;
use super::store::StoreParts;
use super::{
    AsContext, AsContextMut, Extern, Func, Global, Memory, Table, TypedFunc, WasmParams, WasmResults,
};
use crate::error::{Error, ErrorKind};
use crate::module::Module;
use crate::store::{ExternIndex, InstanceEntity, StoreInner};

/// An instance of a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instance {
    store: usize,
    index: u32,
}

impl Instance {
    /// Instantiates `module` with `imports`, one for each of the module's in the same order, and runs its start
    /// function.
    ///
    /// # Errors
    /// When imports do not fit, limits or memory run out, or initialising or the start function traps.
    pub fn new(mut store: impl AsContextMut, module: &Module, imports: &[Extern]) -> Result<Self, Error> {
        let parts = store.as_context_mut().parts;
        let mut items = Vec::new();
        items.try_reserve_exact(imports.len())?;
        items.extend(imports.iter().map(|import| import.to_index(&parts.inner)));
        Self::instantiate(parts, module, &items)
    }

    pub(crate) fn instantiate<T>(
        parts: &mut StoreParts<T>,
        module: &Module,
        imports: &[ExternIndex],
    ) -> Result<Self, Error> {
        let index = parts.inner.instantiate(module, imports)?;
        if let Some(start) = module.inner.start {
            let start = parts.inner.instances[index as usize].func(start);
            let start = parts.inner.funcs[start as usize];
            call::call_typed::<T, (), ()>(parts, start, ())?;
        }
        Ok(Self::from_index(&parts.inner, index))
    }

    fn entity<'a>(&self, store: &'a StoreInner) -> &'a InstanceEntity {
        store.check(self.store);
        &store.instances[self.index as usize]
    }

    pub(crate) fn from_index(store: &StoreInner, index: u32) -> Self {
        Self { store: store.id, index }
    }

    /// The module.
    pub fn module<'a>(&self, store: &'a impl AsContext) -> &'a Module {
        &self.entity(&store.as_context().parts.inner).module
    }

    /// What the instance exports as `name`.
    #[must_use]
    pub fn get_export(&self, store: impl AsContext, name: &str) -> Option<Extern> {
        let store = store.as_context();
        let inner = &store.parts.inner;
        let instance = self.entity(inner);
        let export = instance.module.inner.find_export(name)?;
        Some(Extern::from_index(inner, instance.entry(export.kind, export.index)))
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
        let Some(func) = self.get_func(&store, name) else {
            return Err(Error::format(ErrorKind::Usage, format_args!("no function is exported as `{name}`")));
        };
        func.typed(store)
    }

    /// Everything that the instance exports, with its name.
    pub fn exports<'a>(&self, store: &'a impl AsContext) -> impl Iterator<Item = (&'a str, Extern)> {
        let inner = &store.as_context().parts.inner;
        let instance = self.entity(inner);
        let module = &instance.module.inner;
        module.exports.iter().map(move |export| {
            let item = instance.entry(export.kind, export.index);
            (module.text(export.name), Extern::from_index(inner, item))
        })
    }
}
