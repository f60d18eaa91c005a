//! Which functions were running, read from the frames of a stopped call.

use alloc::string::String;

use crate::error::{Error, FrameInfo};
use crate::exec::Exit;
use crate::exec::frame::{finish, return_foreign};
use crate::exec::invocation::Invocation;
use crate::exec::raw::peek;
use crate::ir::HEADER;
use crate::module::Module;
use crate::raw::CodePointer;
use crate::store::StoreInner;

/// Frames of a backtrace at most, innermost ones first: a runaway recursion has thousands.
const MOST_FRAMES: usize = 64;

impl Invocation {
    /// Adds the frames of this invocation to the backtrace of `error`.
    pub(crate) fn add_backtrace(&self, store: &StoreInner, error: &mut Error) {
        let saved = &self.context.saved;
        let (mut ip, mut sp, mut instance) = (saved.ip, saved.sp, self.context.instance);
        // A trap stands at its instruction; everything else stands behind the call that it returns to.
        let mut behind = 0;
        match self.context.exit() {
            // The callee has no frame yet: the current one is the caller's.
            Exit::Translate | Exit::StackFull => {
                if let Some(module) = store.instances.get(instance as usize).map(|it| &it.module) {
                    add_function(module, saved.p1 as u32, 0, error);
                }
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
            } else if let Some(entity) = store.instances.get(instance as usize)
                && let Some((body, position)) = locate(&entity.module, ip)
            {
                add_function(&entity.module, body, position.saturating_sub(behind), error);
            }
            ip = CodePointer::from_bits(peek(sp, 0));
            sp = sp.wrapping_byte_sub(peek(sp, 1) as usize);
            behind = 1;
        }
    }
}

/// The body whose code holds `ip`, and the unit at which.
fn locate(module: &Module, ip: CodePointer) -> Option<(u32, usize)> {
    module.inner.bodies.iter().enumerate().find_map(|(body, entry)| {
        let position = ip.position_in(entry.code.get()?.units())?;
        Some((body as u32, position))
    })
}

fn add_function(module: &Module, body: u32, position: usize, error: &mut Error) {
    let function = module.inner.imported_funcs + body;
    let entry = &module.inner.bodies[body as usize];
    let offset = match entry.code.get() {
        Some(_) => crate::translate::source_offset(&module.inner, body, position),
        // The body has not been translated, perhaps because it is not valid.
        None => entry.span.start as usize,
    };
    let name = module.function_name(function).and_then(|name| {
        let mut copy = String::new();
        copy.try_reserve_exact(name.len()).ok()?;
        copy.push_str(name);
        Some(copy)
    });
    error.push_frame(FrameInfo { function, name, offset });
}
