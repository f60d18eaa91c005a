//! The state of running code: the one place where code units, slots and linear memory are read through pointers.
//!
//! The methods are safe to call for handlers because of who keeps what: `translate` emits only opcodes of the table
//! with operands of the shapes that the table gives, slots within the frame that `Enter` has checked against the
//! stack's end, and indices that validation has checked; [`Context`] is filled from a live store before each run.

#![allow(unsafe_code)]

#[cfg(feature = "gc")]
mod object;
mod table;
#[cfg(feature = "simd")]
mod vector;

use crate::exec::Exit;
use crate::exec::frame::finish;
use crate::exec::handler::{ForeignCall, Outcome};
use crate::exec::operand::Address;
use crate::ir::HEADER;
use crate::raw::{CellPointer, CodePointer};
#[cfg(feature = "gc")]
use crate::store::types::TypeInfo;
use crate::store::{FuncEntity, ImportedFunc};
#[cfg(feature = "simd")]
pub(crate) use vector::Lanes;

impl CodePointer {
    /// Points nowhere: the state of a context that has not run.
    pub(super) const NONE: Self = Self(core::ptr::null());

    /// How many units after the first of `units` this one is, if it is one of them.
    pub(crate) fn position_in(self, units: &[u16]) -> Option<usize> {
        let bytes = (self.0 as usize).checked_sub(units.as_ptr() as usize)?;
        (bytes / 2 < units.len()).then_some(bytes / 2)
    }

    pub(super) fn to_bits(self) -> u64 {
        self.0.expose_provenance() as u64
    }

    pub(super) fn from_bits(bits: u64) -> Self {
        Self(core::ptr::with_exposed_provenance(bits as usize))
    }

    /// The unit `at` places on.
    #[cfg(any(feature = "profile", all(whit_tail_calls, not(debug_assertions))))]
    pub(super) fn unit(self, at: usize) -> u16 {
        // SAFETY: stopped calls stand at an instruction, whose operands `translate` wrote in full.
        unsafe { *self.0.add(at) }
    }

    /// The position `units` places on.
    pub(super) fn add(self, units: usize) -> Self {
        Self(self.0.wrapping_add(units))
    }

    /// The position `units` places before.
    pub(super) fn sub(self, units: usize) -> Self {
        Self(self.0.wrapping_sub(units))
    }
}

/// Address and length of a memory.
#[derive(Clone, Copy)]
pub(crate) struct MemoryView {
    pub(super) base: *mut u8,
    pub(super) len: usize,
}

/// Address and length, in elements, of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TableView {
    pub(super) base: *mut u64,
    pub(super) len: usize,
}

/// What leads to another instruction, as far as [`State::guess`] tells it apart.
#[derive(Clone, Copy)]
#[cfg_attr(not(all(whit_tail_calls, not(debug_assertions))), allow(dead_code))]
pub(super) enum Branch {
    Unconditional,
    /// With this opcode; some others share its guess.
    Conditional(usize),
    /// One of the first entries of a branch table.
    Entry(u32),
}

impl Branch {
    const CONDITIONAL: usize = 6;
    const ENTRIES: usize = 32;
    /// How many guesses there are. None where a loop dispatches, which takes longer than to compute a target.
    const GUESSES: usize = if cfg!(all(whit_tail_calls, not(debug_assertions))) {
        1 + Self::CONDITIONAL + Self::ENTRIES
    } else {
        0
    };

    /// The number of its guess.
    #[inline(always)]
    const fn guess(self) -> usize {
        match self {
            Self::Unconditional => 0,
            Self::Conditional(opcode) => 1 + opcode % Self::CONDITIONAL,
            Self::Entry(index) => 1 + Self::CONDITIONAL + index as usize,
        }
    }
}

/// What running code reaches through one pointer: views of the current instance, and where a stopped call stands.
///
/// What many handlers use is in the first 128 bytes: their instructions are shorter there.
#[repr(C)]
pub(crate) struct Context {
    /// For accesses of 1, 2, 4 and 8 bytes to the first memory: the lowest address that is out of bounds.
    pub(super) limits: [usize; 4],
    pub(super) memory: *mut u8,
    /// Entry of each function with a body.
    pub(super) code: *const CodePointer,
    /// The stack's end.
    pub(super) stack_end: *mut u64,
    /// Calls that may still be nested.
    pub(super) depth: usize,
    /// Fuel left: less than none while the run stops at an instruction that asked for more.
    pub(super) fuel: i64,
    /// Where branches led last, by [`State::guess`].
    guesses: [u64; Branch::GUESSES],
    pub(super) globals: *mut u64,
    pub(super) funcs: *const FuncEntity,
    /// Canonical types of the instance's types.
    pub(super) types: *const u32,
    /// The first table.
    pub(super) table: TableView,
    pub(super) exit: Exit,
    /// The instance's tables, when there are several.
    pub(super) tables: *const TableView,
    pub(super) imported_globals: *const CellPointer,
    pub(super) imported_funcs: *const ImportedFunc,
    pub(super) memories: *const MemoryView,
    /// The heap, and the lowest address in it that is out of bounds for 16 bytes.
    #[cfg(feature = "gc")]
    pub(super) heap: *mut u8,
    #[cfg(feature = "gc")]
    pub(super) heap_end: usize,
    /// The types of the store, and their ancestors.
    #[cfg(feature = "gc")]
    pub(super) type_infos: *const TypeInfo,
    #[cfg(feature = "gc")]
    pub(super) type_count: usize,
    #[cfg(feature = "gc")]
    pub(super) ancestors: *const u32,
    pub(super) instance: u32,
    /// The store's number of the instance's first function that is not imported.
    pub(super) first_func: u32,
    /// What the exit leaves of the state: [`State::finish`] and [`State::stop_for`] only parts, other exits all.
    pub(super) saved: State,
}

// SAFETY: the pointers are followed only while the store they come from is borrowed, and set anew before.
unsafe impl Send for Context {}
// SAFETY: as for `Send`.
unsafe impl Sync for Context {}

impl Context {
    /// The rest of [`State::stop_for`], apart from the handlers: they leave by jumps alone, and have no end of their own
    /// where all ways out would meet.
    #[inline(never)]
    unsafe extern "C" fn stop_for(
        ip: CodePointer,
        sp: *mut u64,
        context: *mut Self,
        call: ForeignCall,
    ) -> Outcome {
        // SAFETY: the caller has a context.
        let context = unsafe { &mut *context };
        context.exit = Exit::Foreign;
        (context.saved.ip, context.saved.sp) = (ip, sp);
        Outcome::call(call).opaque()
    }

    pub(super) const fn new() -> Self {
        use core::ptr::{null, null_mut};
        Self {
            limits: [0; 4],
            memory: null_mut(),
            code: null(),
            stack_end: null_mut(),
            depth: 0,
            fuel: 0,
            guesses: [0; Branch::GUESSES],
            globals: null_mut(),
            funcs: null(),
            types: null(),
            table: TableView { base: null_mut(), len: 0 },
            exit: Exit::Finish,
            tables: null(),
            imported_globals: null(),
            imported_funcs: null(),
            memories: null(),
            #[cfg(feature = "gc")]
            heap: null_mut(),
            #[cfg(feature = "gc")]
            heap_end: 0,
            #[cfg(feature = "gc")]
            type_infos: null(),
            #[cfg(feature = "gc")]
            type_count: 0,
            #[cfg(feature = "gc")]
            ancestors: null(),
            instance: u32::MAX,
            first_func: 0,
            saved: State {
                ip: CodePointer::NONE,
                sp: null_mut(),
                context: null_mut(),
                acc: 0,
                p0: 0,
                p1: 0,
                f32: 0.0,
                f64: 0.0,
            },
        }
    }

    /// Sets the view of the first memory.
    pub(super) fn set_memory(&mut self, base: *mut u8, len: usize) {
        self.memory = base;
        for (log2, limit) in self.limits.iter_mut().enumerate() {
            *limit = (len + 1).saturating_sub(1 << log2);
        }
    }

    /// A digest of all views, to tell whether they have changed.
    pub(super) fn views(&self) -> ([usize; 12], [u64; 2]) {
        let addresses = [
            self.memory as usize,
            self.limits[0],
            self.code as usize,
            self.globals as usize,
            self.funcs as usize,
            self.types as usize,
            self.table.base as usize,
            self.imported_globals as usize,
            self.imported_funcs as usize,
            #[cfg(feature = "gc")]
            (self.heap as usize),
            #[cfg(feature = "gc")]
            self.heap_end,
            #[cfg(feature = "gc")]
            (self.type_infos as usize),
            #[cfg(not(feature = "gc"))]
            0,
            #[cfg(not(feature = "gc"))]
            0,
            #[cfg(not(feature = "gc"))]
            0,
        ];
        (addresses, [self.table.len as u64, u64::from(self.instance)])
    }

    /// Why running code returned last.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// Length in bytes of the first memory.
    pub(super) fn memory_len(&self) -> usize {
        self.limits[0]
    }

    /// Copies `count` bytes within the first memory, if both ranges lie in it.
    ///
    /// A method of the context: a call that took the state's address would end the tail calls.
    #[inline(never)]
    #[must_use]
    pub(super) fn memory_copy(&self, destination: u32, source: u32, count: u32) -> bool {
        let (destination, source, count) = (destination as usize, source as usize, count as usize);
        let fits = |start: usize| start.checked_add(count).is_some_and(|end| end <= self.memory_len());
        let ok = fits(destination) && fits(source);
        if ok {
            // SAFETY: both ranges were just checked to lie in the memory.
            unsafe { self.memory.add(source).copy_to(self.memory.add(destination), count) };
        }
        ok
    }

    /// Fills `count` bytes of the first memory, if they lie in it.
    #[inline(never)]
    #[must_use]
    pub(super) fn memory_fill(&self, destination: u32, value: u8, count: u32) -> bool {
        let (destination, count) = (destination as usize, count as usize);
        let ok = destination.checked_add(count).is_some_and(|end| end <= self.memory_len());
        if ok {
            // SAFETY: the range was just checked to lie in the memory.
            unsafe { self.memory.add(destination).write_bytes(value, count) };
        }
        ok
    }
}

/// The registers of running code; by value, so that they stay in machine registers.
#[derive(Clone, Copy)]
pub(crate) struct State {
    /// The instruction.
    pub(super) ip: CodePointer,
    /// The frame: locals below it, header and operands from it on.
    pub(super) sp: *mut u64,
    pub(super) context: *mut Context,
    /// The integer accumulator.
    pub(super) acc: u64,
    pub(super) p0: u64,
    pub(super) p1: u64,
    /// The float accumulators.
    pub(super) f32: f32,
    pub(super) f64: f64,
}

impl State {
    /// Puts the result of a host function, whose bits these are, where code looks for it: in the accumulator of its
    /// type, here in all.
    #[inline]
    pub(super) fn set_result(&mut self, bits: u64) {
        (self.acc, self.f32, self.f64) = (bits, f32::from_bits(bits as u32), f64::from_bits(bits));
    }

    /// Where the outermost function starts, number `body` of the instance that `context` shows: its frame at `sp`, its
    /// arguments behind the place of a header.
    #[inline(always)]
    pub(super) fn entry(context: &Context, sp: *mut u64, body: u32) -> Self {
        // SAFETY: who calls has found the function in the instance, which has an entry for each body.
        let ip = unsafe { *context.code.add(body as usize) };
        let (acc, p0, p1) = ((HEADER * 8) as u64, finish().to_bits(), u64::from(body));
        Self { ip, sp, context: core::ptr::null_mut(), acc, p0, p1, f32: 0.0, f64: 0.0 }
    }

    /// Ends the run for `call`. Behind it the accumulators are those of its results, and are not saved.
    #[inline(always)]
    pub(super) fn stop_for(mut self, call: ForeignCall) -> Outcome {
        let Self { ip, sp, p0, p1, .. } = self;
        let context = self.context_mut();
        (context.saved.p0, context.saved.p1) = (p0, p1);
        // SAFETY: the state's context is there as long as the run.
        unsafe { Context::stop_for(ip, sp, context, call) }
    }

    /// Ends the run because the outermost function returned: nothing goes on but its result.
    #[inline(always)]
    pub(super) fn finish(mut self) -> Outcome {
        let Self { acc, f32, f64, .. } = self;
        let context = self.context_mut();
        context.exit = Exit::Finish;
        (context.saved.f32, context.saved.f64) = (f32, f64);
        Outcome::finished(acc)
    }

    /// Saves all.
    #[inline(always)]
    pub(super) fn save(&mut self) {
        let saved = *self;
        self.context_mut().saved = saved;
    }
}

/// The same address, of which the compiler does not know how it was computed.
#[cfg(all(whit_tail_calls, not(debug_assertions)))]
#[inline(always)]
#[expect(clippy::pointers_in_nomem_asm_block, reason = "nothing reads what is at the address")]
fn opaque(mut address: *const u16) -> *const u16 {
    // SAFETY: no instruction is executed.
    unsafe {
        core::arch::asm!("/* {0} */", inout(reg) address, options(pure, nomem, nostack, preserves_flags));
    }
    address
}

#[cfg(all(whit_tail_calls, not(debug_assertions)))]
impl Outcome {
    /// The same, of which the compiler does not know how it was made: it would make it a second time behind the call of a
    /// function that returns it, which handlers would then call instead of jumping to it.
    #[inline(always)]
    pub(super) fn opaque(mut self) -> Self {
        // SAFETY: no instruction is executed.
        unsafe {
            core::arch::asm!(
                "/* {0} {1} */", inout(reg) self.callee, inout(reg) self.bits,
                options(pure, nomem, nostack, preserves_flags),
            );
        }
        self
    }
}

#[cfg(not(all(whit_tail_calls, not(debug_assertions))))]
impl Outcome {
    /// The same: a loop calls nothing.
    #[inline(always)]
    fn opaque(self) -> Self {
        self
    }
}

/// The same address: in a loop, it makes no difference what the compiler knows.
#[cfg(not(all(whit_tail_calls, not(debug_assertions))))]
#[inline(always)]
fn opaque(address: *const u16) -> *const u16 {
    address
}

/// What memory can hold as a whole.
pub(crate) trait Scalar: Copy {
    /// Base-2 logarithm of the size in bytes.
    const LOG2: usize = size_of::<Self>().trailing_zeros() as usize;
}

impl Scalar for u8 {}
impl Scalar for i8 {}
impl Scalar for u16 {}
impl Scalar for i16 {}
impl Scalar for u32 {}
impl Scalar for i32 {}
impl Scalar for u64 {}
impl Scalar for f32 {}
impl Scalar for f64 {}

#[cfg(target_endian = "big")]
compile_error!("linear memory is little-endian, and so must be the target");

/// `base + offset`, if that is below `limit`.
#[inline(always)]
fn effective(base: Address, offset: u32, limit: usize) -> Option<usize> {
    #[cfg(target_pointer_width = "64")]
    let address = base.0.wrapping_add(offset as usize);
    #[cfg(not(target_pointer_width = "64"))]
    let address = base.0.checked_add(offset as usize)?;
    (address < limit).then_some(address)
}

impl State {
    #[inline(always)]
    pub(super) fn context(&self) -> &Context {
        // SAFETY: `run` sets the pointer to a context that outlives the run.
        unsafe { &*self.context }
    }

    #[inline(always)]
    pub(super) fn context_mut(&mut self) -> &mut Context {
        // SAFETY: as for `context`; no other reference to it is kept.
        unsafe { &mut *self.context }
    }

    /// The code unit `at` places after the opcode.
    #[inline(always)]
    pub(super) fn unit(&self, at: usize) -> u16 {
        // SAFETY: `translate` writes every operand that the operation's row names.
        unsafe { *self.ip.0.add(at) }
    }

    /// Two code units, low half first.
    #[inline(always)]
    pub(super) fn unit32(&self, at: usize) -> u32 {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as for `unit`; the units are consecutive and the target little-endian.
        return unsafe { self.ip.0.add(at).cast::<u32>().read_unaligned() };
        #[cfg(not(target_arch = "x86_64"))]
        return u32::from(self.unit(at)) | u32::from(self.unit(at + 1)) << 16;
    }

    /// Four code units, low quarter first.
    #[inline(always)]
    pub(super) fn unit64(&self, at: usize) -> u64 {
        u64::from(self.unit32(at)) | u64::from(self.unit32(at + 2)) << 32
    }

    #[inline(always)]
    pub(super) fn slot(&self, index: i16) -> u64 {
        // SAFETY: `translate` names only slots of the frame that `enter` has checked.
        unsafe { *self.sp.offset(index as isize) }
    }

    #[inline(always)]
    pub(super) fn set_slot(&mut self, index: i16, value: u64) {
        // SAFETY: as for `slot`.
        unsafe { *self.sp.offset(index as isize) = value }
    }

    /// Goes on with the instruction `units` on.
    #[inline(always)]
    pub(super) fn advance(&mut self, units: usize) {
        self.ip = self.ip.add(units);
    }

    /// Goes on at the branch target at operand `at`.
    #[inline(always)]
    pub(super) fn branch(&mut self, at: usize) {
        self.jump(self.unit32(at) as i32 as isize);
    }

    /// Goes on at the near branch target at operand `at`.
    #[inline(always)]
    pub(super) fn branch_near(&mut self, at: usize) {
        self.jump(self.unit(at) as i16 as isize);
    }

    /// Goes on `distance` units from here.
    #[inline(always)]
    fn jump(&mut self, distance: isize) {
        // What was advanced before is added while the distance is being read: where control goes from branch to branch,
        // nothing takes longer than to follow it.
        let here = opaque(self.ip.0);
        // Computed once, not a second time to read the opcode there.
        self.ip.0 = opaque(here.wrapping_offset(distance));
    }

    /// Goes on where `branch` has just led, by its guess if that is the same place, which becomes its guess otherwise.
    ///
    /// A branch reads how far it leads where it stands, and what follows reads its operands where it leads: in a short
    /// loop, nothing takes longer than this chain of loads. A guess has been there before, and the machine goes on from
    /// it while it checks that it is right.
    #[inline(always)]
    pub(super) fn guess(&mut self, branch: Branch) {
        let target = self.ip.to_bits();
        let Some(guess) = self.context_mut().guesses.get_mut(branch.guess()) else { return };
        if *guess == target {
            // SAFETY: it is a reference. Read again, as the compiler would take the target that it equals.
            self.ip = CodePointer::from_bits(unsafe { (&raw const *guess).read_volatile() });
        } else {
            *guess = target;
        }
    }

    /// Which entry the integer accumulator chooses of the branch table whose immediate is the next unit.
    #[inline(always)]
    pub(super) fn chosen_entry(&self) -> u32 {
        (self.acc as u32).min(self.unit32(1))
    }

    /// Goes on at entry `index` of the branch table whose immediate is the next unit.
    #[inline(always)]
    pub(super) fn branch_entry(&mut self, index: u32) {
        self.branch(3 + 2 * index as usize);
    }

    /// Reads the first memory.
    #[inline(always)]
    pub(super) fn load<M: Scalar>(&self, base: Address, offset: u32) -> Option<M> {
        let context = self.context();
        let address = effective(base, offset, context.limits[M::LOG2])?;
        // SAFETY: the limit leaves room for `M` below the memory's end.
        Some(unsafe { context.memory.add(address).cast::<M>().read_unaligned() })
    }

    /// Writes the first memory; whether the address is in bounds.
    #[inline(always)]
    #[must_use]
    pub(super) fn store<M: Scalar>(&mut self, base: Address, offset: u32, value: M) -> bool {
        let context = self.context();
        let Some(address) = effective(base, offset, context.limits[M::LOG2]) else { return false };
        // SAFETY: the limit leaves room for `M` below the memory's end.
        unsafe { context.memory.add(address).cast::<M>().write_unaligned(value) };
        true
    }

    fn other_memory<M: Scalar>(&self, memory: u16, base: Address, offset: u32) -> Option<*mut M> {
        // SAFETY: validation has checked the index; `Invocation::view` made a view of each memory.
        let view = unsafe { *self.context().memories.add(usize::from(memory)) };
        let address = effective(base, offset, (view.len + 1).saturating_sub(size_of::<M>()))?;
        Some(view.base.wrapping_add(address).cast())
    }

    /// Reads a memory other than the first.
    #[inline(always)]
    pub(super) fn load_other<M: Scalar>(&self, memory: u16, base: Address, offset: u32) -> Option<M> {
        let pointer = self.other_memory::<M>(memory, base, offset)?;
        // SAFETY: `other_memory` checked the bounds.
        Some(unsafe { pointer.read_unaligned() })
    }

    /// Writes a memory other than the first; whether the address is in bounds.
    #[inline(always)]
    #[must_use]
    pub(super) fn store_other<M: Scalar>(
        &mut self,
        memory: u16,
        base: Address,
        offset: u32,
        value: M,
    ) -> bool {
        let Some(pointer) = self.other_memory::<M>(memory, base, offset) else { return false };
        // SAFETY: `other_memory` checked the bounds.
        unsafe { pointer.write_unaligned(value) };
        true
    }

    /// Where a memory with addresses of 64 bits has `base + offset`, if `M` fits there.
    #[cfg_attr(not(feature = "memory64"), allow(dead_code))]
    #[inline(always)]
    fn far<M: Scalar>(&self, memory: u16, base: u64, offset: u64) -> Option<*mut M> {
        // SAFETY: validation has checked the index; where a memory has such addresses, each has a view.
        let view = unsafe { *self.context().memories.add(usize::from(memory)) };
        let end = base.checked_add(offset)?.checked_add(size_of::<M>() as u64)?;
        let address = end.wrapping_sub(size_of::<M>() as u64);
        (end <= view.len as u64).then(|| view.base.wrapping_add(address as usize).cast())
    }

    /// Reads a memory with addresses of 64 bits.
    #[cfg_attr(not(feature = "memory64"), allow(dead_code))]
    #[inline(always)]
    pub(super) fn load_far<M: Scalar>(&self, memory: u16, base: u64, offset: u64) -> Option<M> {
        let pointer = self.far::<M>(memory, base, offset)?;
        // SAFETY: `far` checked the bounds.
        Some(unsafe { pointer.read_unaligned() })
    }

    /// Writes a memory with addresses of 64 bits; whether the address is in bounds.
    #[cfg_attr(not(feature = "memory64"), allow(dead_code))]
    #[inline(always)]
    #[must_use]
    pub(super) fn store_far<M: Scalar>(&mut self, memory: u16, base: u64, offset: u64, value: M) -> bool {
        let Some(pointer) = self.far::<M>(memory, base, offset) else { return false };
        // SAFETY: `far` checked the bounds.
        unsafe { pointer.write_unaligned(value) };
        true
    }

    #[inline(always)]
    pub(super) fn global(&self, cell: u32) -> u64 {
        // SAFETY: validation has checked the index, and `translate` made a cell number of it.
        unsafe { *self.context().globals.add(cell as usize) }
    }

    #[inline(always)]
    pub(super) fn set_global(&mut self, cell: u32, value: u64) {
        // SAFETY: as for `global`.
        unsafe { *self.context().globals.add(cell as usize) = value }
    }

    fn imported_global(&self, index: u32) -> *mut u64 {
        // SAFETY: validation has checked the index; instantiation recorded each imported global's address.
        unsafe { (*self.context().imported_globals.add(index as usize)).0 }
    }

    #[inline(always)]
    pub(super) fn load_imported_global(&self, index: u32) -> u64 {
        // SAFETY: a global's cells live, unmoved, as long as the store.
        unsafe { *self.imported_global(index) }
    }

    #[inline(always)]
    pub(super) fn store_imported_global(&mut self, index: u32, value: u64) {
        // SAFETY: as for `load_imported_global`; running code has the store to itself.
        unsafe { *self.imported_global(index) = value }
    }

    /// Makes the frame of the function that is being called, as the operands of `EnterMany` say, with at most `ZERO`
    /// slots to zero.
    ///
    /// The caller left the first argument's distance from its frame (in bytes) in `acc` and its return position in
    /// `p0`. False when the stack has no room, and then nothing has happened.
    #[inline(always)]
    #[must_use]
    pub(super) fn enter<const ZERO: usize>(&mut self) -> bool {
        let distance = self.acc as usize + usize::from(self.unit(1)) * 8;
        let new = self.sp.wrapping_byte_add(distance);
        let end = new.wrapping_add(usize::from(self.unit(3)));
        let context = self.context_mut();
        if end > context.stack_end {
            return false;
        }
        let Some(depth) = context.depth.checked_sub(1) else { return false };
        context.depth = depth;
        // SAFETY: the frame was just checked to end at or before the stack's end, and locals lie below it.
        unsafe {
            if ZERO > 0 {
                // As many at a time as the header has: those that are too many are other locals, which nobody has assigned
                // yet, or in the header. Each by itself, hence volatile:
                // a slot that was stored as a part of a vector takes longer to read, above all across cache lines.
                let mut slots = new.offset((self.unit(2) as i16).into());
                loop {
                    let mut index = 0;
                    while index < HEADER {
                        slots.add(index).write_volatile(0);
                        index += 1;
                    }
                    slots = slots.add(HEADER);
                    if ZERO <= HEADER || slots >= new {
                        break;
                    }
                }
            }
            *new = self.p0;
            *new.add(1) = distance as u64;
            if cfg!(whit_wide) {
                self.p0 = *new.offset((self.unit(4) as i16).into());
                self.p1 = *new.offset((self.unit(5) as i16).into());
            }
        }
        self.sp = new;
        true
    }

    /// The position to return to and the distance in bytes to the caller's frame.
    #[inline(always)]
    fn header(&self) -> (CodePointer, usize) {
        // SAFETY: `enter` wrote the header.
        unsafe { (CodePointer::from_bits(*self.sp), *self.sp.add(1) as usize) }
    }

    /// Drops the frame and goes on in the caller.
    #[inline(always)]
    pub(super) fn leave(&mut self) {
        let (ip, distance) = self.header();
        self.return_to(ip, distance);
    }

    #[inline(always)]
    fn return_to(&mut self, ip: CodePointer, distance: usize) {
        self.context_mut().depth += 1;
        self.ip = ip;
        self.sp = self.sp.wrapping_byte_sub(distance);
        if cfg!(whit_wide) {
            self.p0 = self.slot(2);
            self.p1 = self.slot(3);
        }
    }

    /// Keeps the first `PINS` pinned locals in their homes.
    #[inline(always)]
    pub(super) fn keep_pins<const PINS: usize>(&mut self) {
        if PINS > 0 {
            self.set_slot(2, self.p0);
        }
        if PINS > 1 {
            self.set_slot(3, self.p1);
        }
    }

    /// Goes on at the entry of the instance's function `body`, called from an instruction that ends `units` on, with
    /// arguments from slot `arguments` on.
    #[inline(always)]
    pub(super) fn call(&mut self, body: u32, arguments: u16, units: usize) {
        self.acc = u64::from(arguments) * 8;
        self.p0 = self.ip.add(units).to_bits();
        self.p1 = u64::from(body);
        // SAFETY: validation has checked the index; instantiation made an entry for each body.
        self.ip = unsafe { *self.context().code.add(body as usize) };
    }

    /// The function that `reference`, to a function or null, points at.
    #[cfg(feature = "gc")]
    #[inline(always)]
    pub(super) fn referenced(&self, reference: u64) -> Option<FuncEntity> {
        let func = reference.checked_sub(1)?;
        // SAFETY: validation has checked the operand's type, and references to functions are made of numbers of
        // functions of this store alone.
        Some(unsafe { *self.context().funcs.add(func as usize) })
    }

    /// The imported function `import`.
    #[inline(always)]
    pub(super) fn imported_func(&self, import: u32) -> &ImportedFunc {
        // SAFETY: validation has checked the index; instantiation recorded each imported function.
        unsafe { &*self.context().imported_funcs.add(import as usize) }
    }

    /// Drops the frame, whose locals are `locals` slots, and leaves in place of its arguments `count` slots from slot
    /// `from` on: results, or the arguments of a call in its place. Gives the number of the first in the caller.
    pub(super) fn replace_frame(&mut self, from: u16, count: u16, locals: u16) -> u16 {
        let (ip, distance) = self.header();
        // SAFETY: source and destination lie in this frame; the destination is lower, so ascending order is right.
        unsafe {
            let destination = self.sp.sub(usize::from(locals));
            for index in 0..usize::from(count) {
                let value = self.sp.add(usize::from(from) + index).read_volatile();
                destination.add(index).write_volatile(value);
            }
        }
        self.return_to(ip, distance);
        (distance / 8) as u16 - locals
    }
}

/// Reads the slot `index` slots from frame `sp` on, for a stopped call.
pub(super) fn peek(sp: *mut u64, index: isize) -> u64 {
    // SAFETY: stopped calls stand in a frame of their stack, and drivers name slots of that frame.
    unsafe { *sp.offset(index) }
}

/// Writes the slot `index` slots from frame `sp` on, for a stopped call.
pub(super) fn poke(sp: *mut u64, index: isize, value: u64) {
    // SAFETY: as for `peek`.
    unsafe { *sp.offset(index) = value }
}

/// The `count` slots from `index` slots after frame `sp` on, for a stopped call.
pub(super) fn slots<'a>(sp: *mut u64, index: isize, count: usize) -> &'a mut [u64] {
    // SAFETY: as for `peek`; the invocation that owns the stack is borrowed alone for the result's lifetime.
    unsafe { core::slice::from_raw_parts_mut(sp.offset(index), count) }
}
