//! Names of things that modules can import.

use super::{AsContext, AsContextMut, Caller, Extern, Instance, IntoFunc, Val};
use crate::engine::Engine;
use crate::error::Error;
use crate::module::Module;
use crate::types::FuncType;

/// Gives modules what they import, by name.
///
/// Host functions belong to no store until a module that imports them is instantiated, so that one linker serves
/// many stores.
pub struct Linker<T> {
    engine: Engine,
    shadowing: bool,
    types: core::marker::PhantomData<fn(T)>,
}

impl<T> Linker<T> {
    /// A linker that knows no names.
    #[must_use]
    pub fn new(engine: &Engine) -> Self {
        Self { engine: engine.clone(), shadowing: false, types: core::marker::PhantomData }
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Sets whether a name can be defined again.
    pub fn allow_shadowing(&mut self, allow: bool) -> &mut Self {
        self.shadowing = allow;
        self
    }

    /// Defines `name` of `module` as `item`, which lives in `store`.
    ///
    /// # Errors
    /// When the name is taken or memory runs out.
    pub fn define(
        &mut self,
        store: impl AsContext<Data = T>,
        module: &str,
        name: &str,
        item: impl Into<Extern>,
    ) -> Result<&mut Self, Error> {
        todo!()
    }

    /// Defines `name` of `module` as the host function `func`; see [`Func::wrap`](crate::Func::wrap).
    ///
    /// # Errors
    /// When the name is taken or memory runs out.
    pub fn func_wrap<P, R>(
        &mut self,
        module: &str,
        name: &str,
        func: impl IntoFunc<T, P, R>,
    ) -> Result<&mut Self, Error> {
        todo!()
    }

    /// Defines `name` of `module` as the host function `func` of type `ty`; see [`Func::new`](crate::Func::new).
    ///
    /// # Errors
    /// When the name is taken or memory runs out.
    pub fn func_new(
        &mut self,
        module: &str,
        name: &str,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<&mut Self, Error> {
        todo!()
    }

    /// Defines everything that `instance` exports under the name `module`.
    ///
    /// # Errors
    /// When a name is taken or memory runs out.
    pub fn instance(
        &mut self,
        store: impl AsContextMut<Data = T>,
        module: &str,
        instance: Instance,
    ) -> Result<&mut Self, Error> {
        todo!()
    }

    /// Defines every function that `module` imports and this linker does not know as one that fails when called,
    /// naming what is missing.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn define_unknown_imports_as_traps(&mut self, module: &Module) -> Result<(), Error> {
        todo!()
    }

    /// What `name` of `module` is in `store`.
    #[must_use]
    pub fn get(&self, store: impl AsContextMut<Data = T>, module: &str, name: &str) -> Option<Extern> {
        todo!()
    }

    /// Instantiates `module` with what this linker knows and runs its start function.
    ///
    /// # Errors
    /// As for [`Instance::new`].
    pub fn instantiate(
        &self,
        store: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<Instance, Error> {
        todo!()
    }
}
