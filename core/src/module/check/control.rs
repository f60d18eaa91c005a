//! Blocks, branches and calls.

use super::code::Written;
use super::run::{Doubt, Frame, Kind, Run};
use super::types::{FUNCREF, I32, Signature};

impl<'a> Run<'_, 'a> {
    /// Nothing after this can be reached, to the end of the block.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn leave_reach(&mut self) {
        self.height = self.body.base;
        self.body.reachable = false;
    }

    #[cfg_attr(whit_wide, inline(always))]
    fn push_all(&mut self, types: &[u8]) -> Option<()> {
        // Most blocks take and give nothing, and what a loop sets up is more than all else.
        if types.is_empty() {
            return Some(());
        }
        for ty in types {
            self.push(*ty)?;
        }
        Some(())
    }

    #[cfg_attr(whit_wide, inline(always))]
    fn pop_all(&mut self, types: &[u8]) -> Option<()> {
        if types.is_empty() {
            return Some(());
        }
        for ty in types.iter().rev() {
            self.pop(*ty)?;
        }
        Some(())
    }

    /// Opens a block, whose parameters have been popped.
    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn open(&mut self, kind: Kind, ty: Signature) -> Option<()> {
        // wasmparser wants to have room for one more.
        if self.body.frames.len() + 2 > self.body.most_frames {
            return None;
        }
        if self.body.frames.len() == self.body.frames.capacity() {
            self.body.doubt = Doubt::Full;
            return None;
        }
        self.body.frames.push(Frame { kind, ty, base: self.body.base, reachable: self.body.reachable });
        self.body.base = self.height;
        self.body.reachable = true;
        self.push_all(self.body.scope.types.params(ty))
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn block(&mut self, kind: Kind) -> Option<()> {
        let ty = match self.code.block_type()? {
            Written::Short(0x40) => Signature::NOTHING,
            Written::Short(ty) => Signature::single(ty)?,
            Written::Index(index) => self.body.scope.types.get(index)?,
        };
        if kind == Kind::If {
            self.pop(I32)?;
        }
        self.pop_all(self.body.scope.types.params(ty))?;
        self.body.loops.enter(kind == Kind::Loop);
        self.open(kind, ty)
    }

    /// The innermost block's results have been left, and nothing else.
    #[cfg_attr(whit_wide, inline(always))]
    fn close(&mut self, ty: Signature) -> Option<()> {
        self.pop_all(self.body.scope.types.results(ty))?;
        (self.height == self.body.base).then_some(())
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn else_(&mut self) -> Option<()> {
        let frame = self.body.frames.last_mut().filter(|frame| frame.kind == Kind::If)?;
        frame.kind = Kind::Block;
        let ty = frame.ty;
        self.close(ty)?;
        self.body.reachable = true;
        self.push_all(self.body.scope.types.params(ty))
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn end(&mut self) -> Option<()> {
        let frame = self.body.frames.pop()?;
        self.close(frame.ty)?;
        let types = self.body.scope.types;
        // Without `else`, an `if` gives what it takes.
        if frame.kind == Kind::If && types.params(frame.ty) != types.results(frame.ty) {
            return None;
        }
        self.body.loops.leave();
        self.body.base = frame.base;
        self.body.reachable = frame.reachable;
        self.push_all(types.results(frame.ty))
    }

    /// The types that a branch to label `depth` takes.
    #[cfg_attr(whit_wide, inline(always))]
    fn label(&self, depth: u32) -> Option<&'a [u8]> {
        let index = self.body.frames.len().checked_sub(1)?.checked_sub(depth as usize)?;
        let frame = self.body.frames.get(index)?;
        let types = self.body.scope.types;
        Some(if frame.kind == Kind::Loop { types.params(frame.ty) } else { types.results(frame.ty) })
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn br(&mut self) -> Option<()> {
        let depth = self.code.u32()?;
        let types = self.label(depth)?;
        self.pop_all(types)?;
        self.leave_reach();
        Some(())
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn br_if(&mut self) -> Option<()> {
        let depth = self.code.u32()?;
        self.pop(I32)?;
        let types = self.label(depth)?;
        self.pop_all(types)?;
        self.push_all(types)
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn br_table(&mut self) -> Option<()> {
        self.pop(I32)?;
        let count = self.code.u32()? as usize;
        if count >= self.code.remaining() {
            return None;
        }
        let height = self.height;
        let mut values = None;
        for _ in 0..=count {
            let depth = self.code.u32()?;
            let types = self.label(depth)?;
            // All take equally many, and what is there suits each.
            if *values.get_or_insert(types.len()) != types.len() {
                return None;
            }
            self.pop_all(types)?;
            self.height = height;
        }
        self.leave_reach();
        Some(())
    }

    /// The types that the function gives.
    #[cfg_attr(whit_wide, inline(always))]
    fn function_results(&self) -> Option<&'a [u8]> {
        Some(self.body.scope.types.results(self.body.frames.first()?.ty))
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn return_(&mut self) -> Option<()> {
        self.pop_all(self.function_results()?)?;
        self.leave_reach();
        Some(())
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn call(&mut self) -> Option<()> {
        let index = self.code.u32()?;
        let ty = self.body.scope.function(index)?;
        self.pop_all(self.body.scope.types.params(ty))?;
        self.push_all(self.body.scope.types.results(ty))
    }

    /// Reads the immediates of an indirect call and pops the index; gives the function's type.
    #[cfg_attr(whit_wide, inline(always))]
    fn indirect(&mut self) -> Option<Signature> {
        let (ty, table) = (self.code.u32()?, self.code.u32()?);
        if self.body.scope.table(table)? != FUNCREF {
            return None;
        }
        self.pop(I32)?;
        self.body.scope.types.get(ty)
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn call_indirect(&mut self) -> Option<()> {
        let ty = self.indirect()?;
        self.pop_all(self.body.scope.types.params(ty))?;
        self.push_all(self.body.scope.types.results(ty))
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn return_call(&mut self) -> Option<()> {
        let index = self.code.u32()?;
        let ty = self.body.scope.function(index)?;
        self.tail(ty)
    }

    #[cfg_attr(whit_wide, inline(always))]
    pub(super) fn return_call_indirect(&mut self) -> Option<()> {
        let ty = self.indirect()?;
        self.tail(ty)
    }

    /// A call to a function of type `ty`, whose results are returned.
    #[cfg_attr(whit_wide, inline(always))]
    fn tail(&mut self, ty: Signature) -> Option<()> {
        let types = self.body.scope.types;
        if !self.body.scope.config.tail_call || types.results(ty) != self.function_results()? {
            return None;
        }
        self.pop_all(types.params(ty))?;
        self.leave_reach();
        Some(())
    }
}
