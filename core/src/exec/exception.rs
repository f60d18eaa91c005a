//! Exceptions: throwing, and unwinding of frames to who catches.
//!
//! Nothing is done for exceptions before one is thrown. Then the frames of the call say which functions are running,
//! and the tables beside their code who catches.

use crate::error::{Error, ErrorKind};
use crate::exec::frame::{finish, return_foreign};
use crate::exec::handler::{Exit, Flow, Instruction};
use crate::exec::invocation::Invocation;
use crate::exec::raw::{State, peek, poke};
use crate::ir::HEADER;
use crate::ir::handler::Catch;
use crate::ops::{INFOS, Op};
use crate::raw::{CodePointer, LiveSlots};
use crate::store::StoreInner;
use crate::trap::Trap;

/// Throws an exception: the driver finds who catches it.
pub(crate) struct Throw;

impl Instruction for Throw {
    #[inline(always)]
    fn execute(_state: &mut State) -> Flow {
        Flow::Exit(Exit::Throw)
    }
}

/// What an exception is while it is thrown.
#[derive(Clone, Copy)]
enum Thrown {
    /// What it carries is in the slots from this one of the stack on.
    Slots { tag: u32, first: usize },
    /// Something may refer to it.
    Object(u64),
}

/// Where an exception is caught: the state of the call there.
struct Caught {
    ip: CodePointer,
    sp: *mut u64,
    instance: u32,
    depth: usize,
    catch: Catch,
}

impl Thrown {
    fn tag(self, store: &StoreInner) -> u32 {
        match self {
            Self::Slots { tag, .. } => tag,
            Self::Object(reference) => store.exception_tag(reference),
        }
    }
}

impl Invocation {
    /// Executes the throwing instruction at which the call stands.
    pub(super) fn throw(&mut self, store: &mut StoreInner) -> Result<(), Error> {
        let context = &self.context;
        let state = &context.saved;
        let thrown = if state.unit(0) == INFOS[Op::Throw.index()].base {
            let tag = store.instances[context.instance as usize].tags[state.unit32(1) as usize];
            Thrown::Slots { tag, first: self.stack.index(state.sp) + usize::from(state.unit(3)) }
        } else {
            let reference = peek(state.sp, state.unit(1) as isize);
            if reference as u32 == 0 {
                return Err(Trap::NullExceptionReference.into());
            }
            Thrown::Object(reference)
        };
        self.unwind(store, thrown, 0)
    }

    /// Goes on where the exception is caught that the called host function let pass, or threw; `error` if nobody does.
    #[cold]
    pub(crate) fn host_threw(&mut self, store: &mut StoreInner, mut error: Error) -> Result<(), Error> {
        let pending = core::mem::take(&mut store.pending);
        if pending != 0 {
            match self.unwind(store, Thrown::Object(pending), 1) {
                Ok(()) => return Ok(()),
                // Its backtrace starts where the exception was thrown.
                Err(other) if matches!(other.kind(), ErrorKind::Exception) => {}
                Err(other) => error = other,
            }
        }
        self.add_backtrace(store, &mut error);
        Err(error)
    }

    /// Goes on where `thrown` is caught. The call stands `behind` units behind what threw it.
    fn unwind(&mut self, store: &mut StoreInner, thrown: Thrown, behind: usize) -> Result<(), Error> {
        let tag = thrown.tag(store);
        let Some(caught) = self.catcher(store, tag, behind) else {
            store.pending = self.reference(store, thrown)?;
            return Err(Error::new(ErrorKind::Exception));
        };
        // While the frames are still there that hold what the exception carries.
        let reference = match caught.catch.reference {
            Some(slot) => Some((slot, self.reference(store, thrown)?)),
            None => None,
        };
        if caught.catch.tag.is_some() {
            let target = self.stack.index(caught.sp) + usize::from(caught.catch.payload);
            let cells = self.stack.cells.as_mut_slice();
            match thrown {
                Thrown::Slots { first, .. } => {
                    let count = store.tag_type(tag).param_slots();
                    cells.copy_within(first..first + count, target);
                }
                Thrown::Object(reference) => {
                    let mut place = target;
                    for (ty, slots) in store.exception_fields(reference) {
                        cells[place..place + ty.slots()].copy_from_slice(&slots[..ty.slots()]);
                        place += ty.slots();
                    }
                }
            }
        }
        if let Some((slot, reference)) = reference {
            poke(caught.sp, slot as isize, reference);
        }
        self.land(&caught);
        Ok(())
    }

    /// A reference to the exception `thrown`.
    fn reference(&mut self, store: &mut StoreInner, thrown: Thrown) -> Result<u64, Error> {
        match thrown {
            Thrown::Object(reference) => Ok(reference),
            Thrown::Slots { tag, first } => {
                let end = first + store.tag_type(tag).param_slots();
                let live = LiveSlots::new(&self.stack.cells, end);
                store.make_exception(tag, &self.stack.cells.as_mut_slice()[first..end], live)
            }
        }
    }

    /// Drops the frames above the one that catches, and goes on there.
    fn land(&mut self, caught: &Caught) {
        let saved = &mut self.context.saved;
        // The frame that throws has its pinned locals in registers, others have them at home.
        if cfg!(whit_wide) && saved.sp != caught.sp {
            saved.p0 = peek(caught.sp, 2);
            saved.p1 = peek(caught.sp, 3);
        }
        saved.ip = caught.ip;
        saved.sp = caught.sp;
        self.context.depth = caught.depth;
        self.enter(caught.instance);
    }

    /// Who catches an exception of `tag`.
    fn catcher(&self, store: &StoreInner, tag: u32, mut behind: usize) -> Option<Caught> {
        let context = &self.context;
        let (mut ip, mut sp) = (context.saved.ip, context.saved.sp);
        let (mut instance, mut depth) = (context.instance, context.depth);
        while ip != finish() {
            if ip == return_foreign() {
                instance = peek(sp, HEADER as isize) as u32;
            } else {
                let entity = &store.instances[instance as usize];
                let at = ip.sub(behind);
                if let Some((units, handlers)) = entity.catchers.find(&entity.module.inner, at)
                    && let Some(position) = at.position_in(units)
                    && let Some(catch) = handlers.find(position, |own| entity.tags[own as usize] == tag)
                {
                    let ip = CodePointer::new(units).add(catch.target as usize);
                    return Some(Caught { ip, sp, instance, depth, catch: *catch });
                }
                depth += 1;
            }
            ip = CodePointer::from_bits(peek(sp, 0));
            sp = sp.wrapping_byte_sub(peek(sp, 1) as usize);
            behind = 1;
        }
        None
    }
}
