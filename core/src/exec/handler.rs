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
    /// At the target that the integer accumulator tells of the branch table whose immediate is the next unit. A loop's
    /// instructions go there by themselves.
    #[cfg_attr(not(all(whit_tail_calls, not(debug_assertions))), allow(dead_code))]
    Table,
    /// Not before the driver has done something.
    Exit(Exit),
    /// Behind the call, when the driver has made it.
    Call(ForeignCall),
}

/// A call of a function of the host or another instance; valid until the invocation runs on.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct ForeignCall {
    /// The function's instance (low half) and index, see [`FuncEntity`].
    callee: u64,
    pub(super) arguments: *mut u64,
}

impl ForeignCall {
    /// A call of `callee` by what `state` stands at, with arguments from slot `arguments` on.
    #[inline(always)]
    pub(super) fn new(state: &State, callee: FuncEntity, arguments: u16) -> Self {
        let arguments = state.sp.wrapping_add(usize::from(arguments));
        Self { callee: u64::from(callee.instance) | u64::from(callee.index) << 32, arguments }
    }

    #[inline]
    pub(super) fn instance(self) -> u32 {
        self.callee as u32
    }

    #[inline]
    pub(super) fn index(self) -> u32 {
        (self.callee >> 32) as u32
    }
}

/// What a run gives to the driver beside what it leaves in the context: two words, in registers where they are of 64 bits.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Outcome {
    /// The callee of a [`ForeignCall`], or what else has happened, with [`Self::NO_INSTANCE`] for the instance.
    pub(super) callee: u64,
    /// The address of the call's arguments, or the integer accumulator of a run that finished.
    pub(super) bits: u64,
}

impl Outcome {
    /// No instance has this number: [`StoreInner::next_index`](crate::store::StoreInner::next_index) gives lower ones.
    const NO_INSTANCE: u64 = FuncEntity::HOST as u64 - 1;

    /// The outermost function returned. As a signed number it is small, and so are instructions that compare with it.
    const FINISHED: u64 = Self::NO_INSTANCE | (u32::MAX as u64) << 32;

    /// Nothing has happened yet: the context tells from where to run.
    pub(crate) const READY: Self = Self { callee: Self::NO_INSTANCE, bits: 0 };

    /// Only the context tells what happened.
    pub(super) const EXIT: Self = Self { callee: Self::NO_INSTANCE | 1 << 32, bits: 0 };

    #[inline(always)]
    pub(super) fn call(call: ForeignCall) -> Self {
        Self { callee: call.callee, bits: call.arguments.expose_provenance() as u64 }
    }

    /// The outermost function returned, with this in the integer accumulator.
    #[inline(always)]
    pub(super) fn finished(acc: u64) -> Self {
        Self { callee: Self::FINISHED, bits: acc }
    }

    #[inline]
    pub(super) fn is_ready(self) -> bool {
        self.callee == Self::READY.callee
    }

    /// The integer accumulator, if the outermost function returned.
    #[inline(always)]
    pub(crate) fn result(self) -> Option<u64> {
        (self.callee == Self::FINISHED).then_some(self.bits)
    }

    /// The call that the run stopped for, if it is one of a host function.
    #[inline(always)]
    pub(crate) fn host(self) -> Option<HostCall> {
        let call = self.foreign();
        (call.instance() == FuncEntity::HOST)
            .then_some(HostCall { func: call.index(), arguments: call.arguments })
    }

    /// The call that the run stopped for, which the context tells that it did.
    #[inline]
    pub(super) fn foreign(self) -> ForeignCall {
        let arguments = core::ptr::with_exposed_provenance_mut(self.bits as usize);
        ForeignCall { callee: self.callee, arguments }
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

impl Exit {
    /// The trap that most handlers can have.
    pub(super) const OUT_OF_BOUNDS: Self = Self::Trap(Trap::MemoryOutOfBounds);
}
