//! Which functions were running: noted from the frames of a stopped call, looked up when somebody asks.

use crate::error::{Error, Frame, FrameInfo, Place, Running};
use crate::exec::Exit;
use crate::exec::frame::{finish, return_foreign};
use crate::exec::invocation::Invocation;
use crate::exec::raw::peek;
use crate::ir::HEADER;
use crate::module::ModuleInner;
use crate::raw::CodePointer;
use crate::store::StoreInner;

/// Frames of a backtrace at most, innermost ones first: a runaway recursion has thousands.
const MOST_FRAMES: usize = 64;

impl Running for ModuleInner {
    fn frame(&self, place: Place) -> Option<FrameInfo<'_>> {
        let (body, offset) = match place {
            Place::Entry(body) => (body, self.bodies[body as usize].span.start as usize),
            Place::At(ip) => {
                let (body, position) = self.locate(ip)?;
                (body, crate::translate::source_offset(self, body, position))
            }
        };
        let function = self.imported_funcs + body;
        Some(FrameInfo { function, name: self.function_name(function), offset })
    }
}

impl ModuleInner {
    /// The body whose code holds `ip`, and the unit at which.
    fn locate(&self, ip: CodePointer) -> Option<(u32, usize)> {
        self.bodies.iter().enumerate().find_map(|(body, entry)| {
            let position = ip.position_in(entry.code.get()?.units())?;
            Some((body as u32, position))
        })
    }
}

impl Invocation {
    /// Adds the frames of this invocation to the backtrace of `error`.
    pub(crate) fn add_backtrace(&self, store: &StoreInner, error: &mut Error) {
        let saved = &self.context.saved;
        let (mut ip, mut sp, mut instance) = (saved.ip, saved.sp, self.context.instance);
        let mut add = |instance: u32, place| {
            if let Some(entity) = store.instances.get(instance as usize) {
                error.push_frame(Frame { module: entity.module.inner.clone().into(), place });
            }
        };
        // A trap stands at its instruction; everything else stands behind the call that it returns to.
        let mut behind = 0;
        match self.context.exit() {
            // The callee has no frame yet: the current one is the caller's.
            Exit::Translate | Exit::StackFull => {
                add(instance, Place::Entry(saved.p1 as u32));
                ip = CodePointer::from_bits(saved.p0);
                behind = 1;
            }
            Exit::Foreign => behind = 1,
            _ => {}
        }
        for _ in 0..MOST_FRAMES {
            if ip == finish() {
                return;
            }
            if ip == return_foreign() {
                instance = peek(sp, HEADER as isize) as u32;
            } else {
                add(instance, Place::At(ip.sub(behind)));
            }
            ip = CodePointer::from_bits(peek(sp, 0));
            sp = sp.wrapping_byte_sub(peek(sp, 1) as usize);
            behind = 1;
        }
    }
}
