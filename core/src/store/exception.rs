//! Exceptions as objects of the heap, and which functions of an instance catch any.

use alloc::vec::Vec;

use super::StoreInner;
use super::budget::Budget;
use super::collect::EXCEPTION;
use super::heap::CELL;
use crate::error::Error;
use crate::ir::handler::Handlers;
use crate::module::ModuleInner;
use crate::raw::{CodePointer, LiveSlots};
use crate::types::layout::{self, HEADER};
use crate::types::{FuncType, StorageType, ValType};
use crate::value::{cell, object};

/// The bodies of an instance that have handlers, so that one is found by an address in its code.
///
/// They are in sorted runs whose lengths are the powers of two that add up to their number, longest first: to add one
/// sorts the runs that become one, so that neither adding nor finding takes long, however many there are.
#[derive(Default)]
pub(crate) struct Catchers {
    bodies: Vec<u32>,
}

/// The address of the code of `body`.
fn address(module: &ModuleInner, body: u32) -> usize {
    module.bodies[body as usize].code.get().map_or(0, |code| code.units().as_ptr() as usize)
}

impl Catchers {
    /// Adds `body`, whose code is there.
    pub(crate) fn add(&mut self, budget: &mut Budget, module: &ModuleInner, body: u32) -> Result<(), Error> {
        budget.push(&mut self.bodies, body)?;
        let len = self.bodies.len();
        let run = 1 << len.trailing_zeros();
        self.bodies[len - run..].sort_unstable_by_key(|body| address(module, *body));
        Ok(())
    }

    /// The code units and handlers of the body that has `ip` among its units.
    pub(crate) fn find<'m>(
        &self,
        module: &'m ModuleInner,
        ip: CodePointer,
    ) -> Option<(&'m [u16], &'m Handlers)> {
        let mut rest = &self.bodies[..];
        while !rest.is_empty() {
            let (run, others) = rest.split_at(1 << rest.len().ilog2());
            rest = others;
            let after = run.partition_point(|body| address(module, *body) <= ip.address());
            let Some(body) = after.checked_sub(1).and_then(|before| run.get(before)) else { continue };
            let code = module.bodies[*body as usize].code.get()?;
            if ip.address() < code.units().as_ptr_range().end as usize {
                return Some((code.units(), code.handlers.as_deref()?));
            }
        }
        None
    }
}

impl StoreInner {
    /// What exceptions of `tag` carry.
    pub(crate) fn tag_type(&self, tag: u32) -> &FuncType {
        self.func_type(self.tags[tag as usize].ty)
    }

    /// Makes an exception of `tag` that carries `slots`; gives a reference to it. `running` is as for
    /// [`Self::make_object`].
    ///
    /// # Errors
    /// When there is no room for it.
    pub(crate) fn make_exception(
        &mut self,
        tag: u32,
        slots: &[u64],
        running: LiveSlots,
    ) -> Result<u64, Error> {
        let mut end = HEADER;
        for ty in self.tag_type(tag).params() {
            layout::place(&mut end, StorageType::Val(*ty));
        }
        let cell = self.make_object(EXCEPTION | tag, u64::from(end), Some(running))?;
        let (mut end, mut rest, mut index) = (HEADER, slots, 0);
        while let Some(ty) = self.tag_type(tag).params().get(index).copied() {
            let (value, others) = rest.split_at(ty.slots());
            let storage = StorageType::Val(ty);
            let offset = layout::place(&mut end, storage);
            self.put(cell as usize * CELL + offset as usize, storage, value);
            (rest, index) = (others, index + 1);
        }
        Ok(object(cell))
    }

    /// The first cell of the exception that `reference`, which is not null, refers to.
    fn exception_cell(&self, reference: u64) -> u32 {
        cell(reference as u32).unwrap_or(0)
    }

    /// The tag of the exception that `reference`, which is not null, refers to.
    pub(crate) fn exception_tag(&self, reference: u64) -> u32 {
        self.heap.kind(self.exception_cell(reference)) & !EXCEPTION
    }

    /// What the exception carries that `reference`, which is not null, refers to: types and slots.
    pub(crate) fn exception_fields(&self, reference: u64) -> impl Iterator<Item = (ValType, [u64; 2])> + '_ {
        let first = self.exception_cell(reference) as usize * CELL;
        let mut end = HEADER;
        self.tag_type(self.exception_tag(reference)).params().iter().map(move |ty| {
            let storage = StorageType::Val(*ty);
            let offset = layout::place(&mut end, storage);
            (*ty, self.stored(first + offset as usize, storage))
        })
    }
}
