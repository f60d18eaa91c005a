//! A fast check of function bodies that says "valid" or "don't know".
//!
//! It knows the operations that nearly all code consists of, and gives up at whatever else it meets: an operation of
//! another proposal, a limit, an error. What it gives up on is validated by wasmparser from the start, which thus has
//! the only word on what is not valid, and why. So this check may know less than wasmparser; it must never say more.

use alloc::vec::Vec;

use wasmparser::{ValidatorResources, WasmModuleResources};

use super::ModuleInner;
use crate::config::Config;
use crate::limits::ModuleLimits;
use crate::raw::OutOfMemory;
use crate::translate::Pins;
use crate::types::Mutability;

use code::Code;
use run::{Body, Frame, Locals};
use types::Types;

pub(super) mod code;
mod control;
// As for the execution of code, see `exec/dispatch.rs`, but for narrow builds: there the check of one instruction is a
// function of its own, to be small, and no handler that calls it with its state's address ends with a jump.
#[cfg_attr(all(whit_tail_calls, whit_wide, not(debug_assertions)), path = "check/tail.rs")]
#[cfg_attr(not(all(whit_tail_calls, whit_wide, not(debug_assertions))), path = "check/loop.rs")]
mod dispatcher;
mod run;
#[cfg(test)]
mod tests;
pub(super) mod types;

/// The most locals that wasmparser accepts, whatever an embedder allows.
const MOST_LOCALS: usize = 50_000;

/// Operands and blocks for which there is room at first.
const FEW_OPERANDS: usize = 64;
const FEW_FRAMES: usize = 16;

/// What bodies refer to: the module as far as it is known before its code.
pub(super) struct Scope<'m> {
    module: &'m ModuleInner,
    resources: &'m ValidatorResources,
    types: &'m Types,
    config: &'m Config,
}

impl<'m> Scope<'m> {
    /// What the bodies of `module` refer to, which wasmparser knows as `resources`; `types` are its types.
    pub(super) fn new(module: &'m ModuleInner, resources: &'m ValidatorResources, types: &'m Types) -> Self {
        Self { module, resources, types, config: module.engine.config() }
    }

    /// The type of global `index` and whether it can be assigned.
    #[cfg_attr(whit_wide, inline(always))]
    fn global(&self, index: u32) -> Option<(u8, bool)> {
        let ty = self.module.globals.get(index as usize)?.ty;
        Some((types::byte_of(ty.content)?, ty.mutability == Mutability::Var))
    }

    /// Something if memory `index` exists and has 32-bit addresses.
    #[cfg_attr(whit_wide, inline(always))]
    fn memory(&self, index: u32) -> Option<()> {
        let ty = self.module.memories.get(index as usize)?;
        (!ty.memory64 && !ty.shared).then_some(())
    }

    /// The type of the elements of table `index`, if it has 32-bit indices.
    fn table(&self, index: u32) -> Option<u8> {
        let ty = self.module.tables.get(index as usize)?.ty;
        if ty.table64 { None } else { types::byte_of_ref(ty.element) }
    }

    /// The type of the items of element segment `index`.
    fn elements(&self, index: u32) -> Option<u8> {
        match self.resources.element_type_at(index)? {
            wasmparser::RefType::FUNCREF => Some(types::FUNCREF),
            wasmparser::RefType::EXTERNREF => Some(types::EXTERNREF),
            _ => None,
        }
    }

    /// Something if code may refer to data segment `index`.
    fn data(&self, index: u32) -> Option<()> {
        (index < self.resources.data_count()?).then_some(())
    }

    /// Something if code may make references to function `index`.
    fn reference(&self, index: u32) -> Option<()> {
        let exists = (index as usize) < self.module.func_types.len();
        (exists && self.resources.is_function_referenced(index)).then_some(())
    }

    /// The signature of function `index`.
    #[cfg_attr(whit_wide, inline(always))]
    fn function(&self, index: u32) -> Option<types::Signature> {
        self.types.get(*self.module.func_types.get(index as usize)?)
    }
}

/// Checks bodies one after another with the same allocations.
#[derive(Default)]
pub(super) struct Checker {
    locals: Vec<u8>,
    /// How much each local is used, where locals may be pinned.
    weights: Vec<u32>,
    operands: Vec<u8>,
    frames: Vec<Frame>,
}

impl Checker {
    /// Which locals to pin of `body`, of a function of type `ty`, if it is known to be valid; otherwise it may be
    /// valid all the same.
    ///
    /// An instruction pushes `most_results` values at most.
    ///
    /// # Errors
    /// When memory runs out.
    pub(super) fn check(
        &mut self,
        scope: &Scope<'_>,
        limits: &ModuleLimits,
        most_results: usize,
        ty: u32,
        body: &[u8],
    ) -> Result<Option<Pins>, OutOfMemory> {
        let most = limits.operands.saturating_sub(most_results);
        let Some(signature) = scope.types.get(ty) else { return Ok(None) };
        let mut code = Code::new(body);
        self.locals.clear();
        extend(&mut self.locals, scope.types.params(signature))?;
        if self.declare(&mut code, limits.locals.min(MOST_LOCALS))?.is_none() {
            return Ok(None);
        }
        loop {
            self.reset_weights()?;
            let (len, room) = (self.operands.len(), self.operands.len().min(most));
            let operands = &mut self.operands[..room];
            let locals = Locals { types: &self.locals, weights: &mut self.weights };
            let body = Body::new(scope, locals, &mut self.frames, limits.labels);
            match body.check(signature, code.clone(), operands) {
                Ok(()) => return Ok(Some(self.pins())),
                Err(run::Doubt::Unknown) => return Ok(None),
                // From the start, with more room for whichever it was.
                Err(run::Doubt::Full) if self.frames.len() == self.frames.capacity() => {
                    self.frames
                        .try_reserve_exact((2 * self.frames.len()).max(FEW_FRAMES))
                        .map_err(|_| OutOfMemory)?;
                }
                Err(run::Doubt::Full) if len >= most => return Ok(None),
                Err(run::Doubt::Full) => {
                    let more = len.max(FEW_OPERANDS);
                    self.operands.try_reserve_exact(more).map_err(|_| OutOfMemory)?;
                    self.operands.resize(len + more, types::ANY);
                }
            }
        }
    }

    fn reset_weights(&mut self) -> Result<(), OutOfMemory> {
        if cfg!(whit_wide) {
            self.weights.clear();
            self.weights.try_reserve(self.locals.len()).map_err(|_| OutOfMemory)?;
            self.weights.resize(self.locals.len(), 0);
        }
        Ok(())
    }

    /// The locals that the body just checked uses most.
    fn pins(&self) -> Pins {
        Pins::heaviest(&self.weights, |local| matches!(self.locals[local], types::I32 | types::I64))
    }

    /// Reads the declarations of locals, `most` of them including parameters; nothing where one cannot be told.
    fn declare(&mut self, code: &mut Code<'_>, most: usize) -> Result<Option<()>, OutOfMemory> {
        let Some(groups) = code.u32() else { return Ok(None) };
        for _ in 0..groups {
            let (Some(count), Some(ty)) = (code.u32(), code.byte()) else { return Ok(None) };
            let len = self.locals.len().saturating_add(count as usize);
            if len > most || !types::is_value(ty) {
                return Ok(None);
            }
            self.locals.try_reserve(count as usize).map_err(|_| OutOfMemory)?;
            self.locals.resize(len, ty);
        }
        Ok(Some(()))
    }
}

/// Appends `items` to `list`.
fn extend(list: &mut Vec<u8>, items: &[u8]) -> Result<(), OutOfMemory> {
    list.try_reserve(items.len()).map_err(|_| OutOfMemory)?;
    list.extend_from_slice(items);
    Ok(())
}
