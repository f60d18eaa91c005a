//! Names of things that modules can import.

use alloc::string::String;
use alloc::vec::Vec;

use hashbrown::{Equivalent, HashMap};

use super::raw::HostFunc;
use super::store::StoreParts;
use super::{AsContext, AsContextMut, Caller, Extern, Instance, IntoFunc, Val, host_func};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::module::{ImportType, Module};
use crate::raw::Shared;
use crate::store::{ExternIndex, incompatible};
use crate::types::defined::DefinedType;
use crate::types::{ExternType, FuncType};

/// Both parts of a name.
#[derive(PartialEq, Eq, Hash)]
struct Name {
    module: String,
    name: String,
}

/// Both parts of a name, borrowed.
#[derive(Hash)]
struct NameRef<'a> {
    module: &'a str,
    name: &'a str,
}

impl Equivalent<Name> for NameRef<'_> {
    fn equivalent(&self, key: &Name) -> bool {
        self.module == key.module && self.name == key.name
    }
}

/// What a name stands for.
enum Definition<T> {
    /// Something that a store has.
    Extern(Extern),
    /// A host function, which a store gets when it is needed there.
    Func(Shared<DefinedType>, HostFunc<T>),
}

impl<T> Definition<T> {
    fn item(&self, parts: &mut StoreParts<T>) -> Result<Extern, Error> {
        match self {
            Self::Extern(item) => Ok(*item),
            Self::Func(ty, func) => Ok(Extern::Func(parts.add_host_func(ty, func.clone())?)),
        }
    }
}

fn copy(text: &str) -> Result<String, Error> {
    let mut copy = String::new();
    copy.try_reserve_exact(text.len())?;
    copy.push_str(text);
    Ok(copy)
}

/// Gives modules what they import, by name.
///
/// Host functions belong to no store until a module that imports them is instantiated, so that one linker serves
/// many stores.
pub struct Linker<T> {
    engine: Engine,
    shadowing: bool,
    definitions: HashMap<Name, Definition<T>>,
}

impl<T> Linker<T> {
    /// A linker that knows no names.
    #[must_use]
    pub fn new(engine: &Engine) -> Self {
        Self { engine: engine.clone(), shadowing: false, definitions: HashMap::new() }
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
        let item = item.into();
        item.to_index(&store.as_context().parts.inner);
        self.insert(module, name, Definition::Extern(item))
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
        let (ty, func) = func.into_func()?.into_host_func()?;
        let ty = self.engine.types().func(ty)?;
        self.insert(module, name, Definition::Func(ty, func))
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
        let interned = self.engine.types().func(ty.try_clone()?)?;
        self.insert(module, name, Definition::Func(interned, host_func::untyped(ty, func)?))
    }

    /// Defines everything that `instance` exports under the name `module`.
    ///
    /// # Errors
    /// When a name is taken or memory runs out.
    pub fn instance(
        &mut self,
        store: impl AsContext<Data = T>,
        module: &str,
        instance: Instance,
    ) -> Result<&mut Self, Error> {
        for (name, item) in instance.exports(&store) {
            self.insert(module, name, Definition::Extern(item))?;
        }
        Ok(self)
    }

    /// Defines every function that `module` imports and this linker does not know as one that fails when called,
    /// naming what is missing.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn define_unknown_imports_as_traps(&mut self, module: &Module) -> Result<(), Error> {
        for import in module.imports() {
            let ExternType::Func(ty) = import.ty else {
                continue;
            };
            if self.find(&import).is_some() {
                continue;
            }
            let (in_module, name) = (copy(import.module)?, copy(import.name)?);
            self.func_new(import.module, import.name, ty.try_clone()?, move |_, _, _| {
                let text = format_args!("unknown import: `{in_module}` `{name}` was called");
                Err(Error::format(ErrorKind::Link, text))
            })?;
        }
        Ok(())
    }

    /// The parts of a store of this linker's engine, which knows the types of host functions.
    fn parts<'s>(&self, store: &'s mut impl AsContextMut<Data = T>) -> Result<&'s mut StoreParts<T>, Error> {
        let parts = store.as_context_mut().parts;
        if !parts.inner.engine.same(&self.engine) {
            return Err(Error::with_message(ErrorKind::Usage, "the linker belongs to another engine"));
        }
        Ok(parts)
    }

    fn insert(&mut self, module: &str, name: &str, definition: Definition<T>) -> Result<&mut Self, Error> {
        let known = self.definitions.get_mut(&NameRef { module, name });
        match known {
            Some(_) if !self.shadowing => {
                let text = format_args!("`{module}` `{name}` is defined already");
                return Err(Error::format(ErrorKind::Usage, text));
            }
            Some(known) => *known = definition,
            None => {
                let key = Name { module: copy(module)?, name: copy(name)? };
                self.definitions.try_reserve(1)?;
                self.definitions.insert(key, definition);
            }
        }
        Ok(self)
    }

    fn find(&self, import: &ImportType<'_>) -> Option<&Definition<T>> {
        self.definitions.get(&NameRef { module: import.module, name: import.name })
    }

    /// What `name` of `module` is in `store`. A host function is added to the store each time; nothing is given where
    /// the store's budget does not allow that, or the store belongs to another engine.
    #[must_use]
    pub fn get(&self, mut store: impl AsContextMut<Data = T>, module: &str, name: &str) -> Option<Extern> {
        let parts = self.parts(&mut store).ok()?;
        self.definitions.get(&NameRef { module, name })?.item(parts).ok()
    }

    /// Instantiates `module` with what this linker knows and runs its start function.
    ///
    /// # Errors
    /// As for [`Instance::new`], and when the store belongs to another engine than the linker.
    pub fn instantiate(
        &self,
        mut store: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<Instance, Error> {
        let parts = self.parts(&mut store)?;
        for import in module.imports() {
            // Found before anything is added to the store.
            match (self.find(&import), import.ty) {
                (Some(Definition::Func(given, _)), ExternType::Func(wanted))
                    if *given.func_type() == *wanted => {}
                (Some(Definition::Func(given, _)), _) => {
                    return Err(incompatible(&import, &ExternType::Func(given.func_type())));
                }
                (Some(Definition::Extern(_)), _) => {}
                (None, ty) => {
                    let ImportType { module, name, .. } = import;
                    let text = format_args!("unknown import: `{module}` `{name}` ({ty})");
                    return Err(Error::format(ErrorKind::Link, text));
                }
            }
        }
        let mut items = Vec::<ExternIndex>::new();
        items.try_reserve_exact(module.imports().len())?;
        for import in module.imports() {
            if let Some(definition) = self.find(&import) {
                let item = definition.item(parts)?;
                items.push(item.to_index(&parts.inner));
            }
        }
        Instance::instantiate(parts, module, &items)
    }
}
