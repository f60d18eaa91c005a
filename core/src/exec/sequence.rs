//! Fused sequences: instructions one after the other, with one dispatch for all.
//!
//! The code of a sequence is that of its instructions, opcodes included; only the first opcode stands for more than its
//! own instruction. So branches may lead to any of them, and one that stops the sequence stands where it would alone.

use core::marker::PhantomData;
use core::sync::atomic::{Ordering, compiler_fence};

use crate::exec::handler::{Flow, Instruction};
use crate::exec::raw::State;

/// Does `H`, and if the next instruction follows, `R`.
#[cfg_attr(not(all(whit_tail_calls, whit_wide)), allow(dead_code))]
pub(crate) struct Then<H, R>(PhantomData<(H, R)>);

impl<H: Instruction, R: Instruction> Instruction for Then<H, R> {
    #[inline(always)]
    fn execute(state: &mut State) -> Flow {
        match H::execute(state) {
            Flow::Next => {
                // What memory holds is read anew, as each instruction does alone: to keep it, the compiler would need a
                // register that is not free.
                compiler_fence(Ordering::SeqCst);
                R::execute(state)
            }
            other => other,
        }
    }
}
