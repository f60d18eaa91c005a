//! What a handler is, whatever dispatches it.

use crate::exec::raw::State;
use crate::trap::Trap;

/// What one instruction does.
///
/// One body serves every dispatcher. It may touch the machine only through [`State`], and must not let a reference
/// to it escape into a call, or the state would live in memory.
pub(crate) trait Instruction {
    /// Does it.
    fn execute(state: &mut State) -> Flow;
}

/// How execution goes on after an instruction.
pub(crate) enum Flow {
    /// At `state.ip`.
    Next,
    /// At `state.ip` too, by another jump of the machine: the taken side of a conditional branch.
    #[cfg_attr(not(all(whit_tail_calls, not(debug_assertions))), allow(dead_code))]
    Taken,
    /// Not before the driver has done something.
    Exit(Exit),
}

/// Why running code returns to the driver.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// The outermost function returned.
    Finish,
    /// The instruction at `ip` trapped.
    Trap(Trap),
    /// The fuel does not suffice for what the instruction at `ip` charges.
    Fuel,
    /// The function being called must be translated.
    Translate,
    /// The stack has no room for the frame of the function being called.
    StackFull,
    /// A function of the host or another instance is called.
    Foreign,
    /// A function called from another instance returned.
    ReturnForeign,
    /// The instruction at `ip` throws an exception.
    #[cfg(feature = "exceptions")]
    Throw,
    /// The instruction at `ip` needs the store.
    Cold,
}
