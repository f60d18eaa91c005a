//! What a handler is, whatever dispatches it.

use crate::exec::HostCall;
use crate::exec::raw::State;
use crate::store::FuncEntity;
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
    /// Behind the call, when the driver has made it.
    Call(ForeignCall),
}

/// A call of a function of the host or another instance; valid until the invocation runs on.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct ForeignCall {
    /// The function's instance (low half) and index, see [`FuncEntity`]: one word, so that a call is two registers.
    pub(super) callee: u64,
    pub(super) arguments: *mut u64,
}

impl ForeignCall {
    /// A call of `callee` by what `state` stands at, with arguments from slot `arguments` on.
    #[inline(always)]
    pub(super) fn new(state: &State, callee: FuncEntity, arguments: u16) -> Self {
        let arguments = state.sp.wrapping_add(usize::from(arguments));
        Self { callee: u64::from(callee.instance) | u64::from(callee.index) << 32, arguments }
    }

    /// No call: of the host, it is none.
    pub(super) const NONE: Self = Self { callee: 0, arguments: core::ptr::null_mut() };

    #[inline]
    pub(super) fn instance(self) -> u32 {
        self.callee as u32
    }

    #[inline]
    pub(super) fn index(self) -> u32 {
        (self.callee >> 32) as u32
    }

    /// The call, if it is one of a host function.
    #[inline]
    pub(super) fn host(self) -> Option<HostCall> {
        let call = HostCall { func: self.index(), arguments: self.arguments };
        (self.instance() == FuncEntity::HOST).then_some(call)
    }
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
    /// A function of the host or another instance is called: [`Flow::Call`].
    Foreign,
    /// A function called from another instance returned.
    ReturnForeign,
    /// The instruction at `ip` throws an exception.
    #[cfg(feature = "exceptions")]
    Throw,
    /// The instruction at `ip` needs the store.
    Cold,
}
