//! Calls under way: the driver of running code, which does whatever handlers leave to it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::error::Error;
use crate::exec::control::Fuel;
use crate::exec::frame::return_foreign;
use crate::exec::raw::{Context, MemoryView, State, TableView, peek, poke, slots};
use crate::exec::{Exit, ForeignCall, Outcome, cold, dispatch};
use crate::ir::HEADER;
#[cfg(feature = "gc")]
use crate::ops::{Op, shape::Loc};
#[cfg(any(feature = "gc", feature = "exceptions"))]
use crate::raw::LiveSlots;
use crate::raw::{CodePointer, try_box};
use crate::store::parked::Ticket;
use crate::store::stack::Stack;
use crate::store::{FuncEntity, InstanceEntity, StoreInner};
use crate::trap::Trap;
use crate::types::{MemoryType, ValType};

/// A call of a WebAssembly function, and the place for the next one when it has ended.
pub(crate) struct Invocation {
    pub(super) stack: Stack,
    pub(super) context: Context,
    /// What the context's views show: its instance as things were after so many moves of the store, or [`NEVER`].
    viewed: u64,
    /// The same if nothing counts fuel, else [`NEVER`]: see [`Invocation::is_plain`].
    plain: u64,
    /// Whether code counts fuel.
    counts_fuel: bool,
    /// Views of the instance's memories and tables, where code needs them.
    memories: Vec<MemoryView>,
    tables: Vec<TableView>,
}

/// No number of moves: the views are of another instance, or of none.
const NEVER: u64 = u64::MAX;

// SAFETY: the views are followed only while the store they come from is borrowed, and made anew where it moved them.
#[allow(unsafe_code)]
unsafe impl Send for Invocation {}
// SAFETY: as for `Send`.
#[allow(unsafe_code)]
unsafe impl Sync for Invocation {}

/// A call of a host function for which an invocation stopped; valid until that runs on.
#[derive(Clone, Copy)]
pub(crate) struct HostCall {
    /// Index among the host functions.
    pub(crate) func: u32,
    pub(super) arguments: *mut u64,
}

// SAFETY: the invocation that stopped for the call owns the stack with the arguments, and only it follows the address.
#[allow(unsafe_code)]
unsafe impl Send for HostCall {}
// SAFETY: as for `Send`.
#[allow(unsafe_code)]
unsafe impl Sync for HostCall {}

/// Why an invocation stopped without an error.
#[derive(Clone, Copy)]
pub(crate) enum Stop {
    /// The function returned, with this in the integer accumulator.
    Done(u64),
    /// A host function is to be called, or was not ready; the invocation goes on once its results are there.
    Host(HostCall),
    /// The fuel ran out; the invocation goes on where it stopped.
    OutOfFuel,
}

/// Makes views of the current instance, but for memories and tables that are not the first.
fn view(context: &mut Context, store: &mut StoreInner) {
    let instance = &store.instances[context.instance as usize];
    context.code = instance.code.as_ptr();
    context.globals = instance.global_cells.as_ptr();
    context.imported_globals = instance.imported_global_cells.as_ptr();
    context.imported_funcs = instance.imported_funcs.as_ptr();
    context.first_func = instance.first_func;
    context.types = instance.types.as_ptr();
    context.funcs = store.funcs.as_ptr();
    #[cfg(feature = "gc")]
    {
        context.heap = store.heap.base();
        context.heap_end = context.heap as usize + store.heap.limit();
        context.type_infos = store.hierarchy.infos.as_ptr();
        context.type_count = store.hierarchy.infos.len();
        context.ancestors = store.hierarchy.ancestors.as_ptr();
    }
    match instance.memories.first() {
        Some(first) => {
            let bytes = &mut store.memories[*first as usize].bytes;
            context.set_memory(bytes.as_mut_ptr(), bytes.len());
        }
        None => context.set_memory(core::ptr::null_mut(), 0),
    }
    match instance.tables.first() {
        Some(first) => {
            let elements = &store.tables[*first as usize].elements;
            context.table = TableView { base: elements.as_ptr(), len: elements.len() };
        }
        None => context.table = TableView { base: core::ptr::null_mut(), len: 0 },
    }
}

/// Whether code reaches memories through views: where there are several, or one has addresses of 64 bits.
fn has_memory_views(instance: &InstanceEntity) -> bool {
    let memories = &instance.module.inner.memories;
    memories.len() > 1 || memories.first().is_some_and(MemoryType::is_64)
}

impl Invocation {
    /// Room for calls, charged to the store.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(store: &mut StoreInner) -> Result<Box<Self>, Error> {
        store.budget.charge(size_of::<Self>())?;
        let invocation = Stack::new(&mut store.budget, &store.limits).and_then(|stack| {
            let mut context = Context::new();
            context.stack_end = stack.address(stack.cells.len());
            let (memories, tables) = (Vec::new(), Vec::new());
            let (viewed, plain) = (NEVER, NEVER);
            let footprint = stack.footprint();
            let counts_fuel = store.engine.config().fuel;
            try_box(Self { stack, context, viewed, plain, counts_fuel, memories, tables }).map_err(|error| {
                store.budget.release(footprint);
                error.into()
            })
        });
        invocation.inspect_err(|_| store.budget.release(size_of::<Self>()))
    }

    /// Frees what calls of `store` need no longer.
    pub(crate) fn free(self: Box<Self>, store: &mut StoreInner) {
        store.budget.release(size_of::<Self>() + self.stack.footprint());
    }

    /// Prepares a call of `entity`, which is not a host function, with room for `count` slots of arguments or
    /// results, whichever are more.
    #[inline]
    pub(crate) fn prepare(
        &mut self,
        store: &mut StoreInner,
        entity: FuncEntity,
        count: usize,
    ) -> Result<(), Error> {
        let needed = 2 * HEADER + count;
        if self.stack.cells.len() < needed {
            core::hint::cold_path();
            self.context.saved.sp = self.stack.address(0);
            if !self.grow_stack(store, needed) {
                return Err(Trap::CallStackExhausted.into());
            }
        }
        self.context.depth = store.limits.call_depth;
        self.enter(entity.instance);
        Ok(())
    }

    /// Code of `instance` runs next.
    #[inline]
    pub(super) fn enter(&mut self, instance: u32) {
        if self.context.instance != instance {
            core::hint::cold_path();
            self.context.instance = instance;
            (self.viewed, self.plain) = (NEVER, NEVER);
        }
    }

    /// Where a call that has been prepared finds its arguments: `count` slots.
    #[inline]
    pub(crate) fn arguments(&mut self, count: usize) -> &mut [u64] {
        slots(self.stack.address(0), HEADER as isize, count)
    }

    /// The result of a call that is done, with `acc` in the integer accumulator, if it is just one and a scalar: that
    /// travels in the accumulator of its type.
    #[inline]
    pub(crate) fn single_result(&self, types: &[ValType], acc: u64) -> Option<u64> {
        match types {
            [ValType::V128] => None,
            [ValType::F32] => Some(u64::from(self.context.saved.f32.to_bits())),
            [ValType::F64] => Some(self.context.saved.f64.to_bits()),
            [_] => Some(acc),
            _ => None,
        }
    }

    /// The results, of types `types` and `count` slots, of a call that is done, with `acc` in the integer accumulator.
    #[inline]
    pub(crate) fn results(&mut self, types: &[ValType], count: usize, acc: u64) -> &[u64] {
        let results = slots(self.stack.address(0), HEADER as isize, count);
        if let Some(bits) = self.single_result(types, acc) {
            results[0] = bits;
        }
        results
    }

    /// Whether the views are right and nothing counts fuel. One comparison tells: calls between the host and running code
    /// have no time for more.
    #[inline(always)]
    fn is_plain(&self, store: &mut StoreInner) -> bool {
        let plain = self.plain == store.moves;
        debug_assert!(
            !plain || self.views_are_right(store),
            "something moved that running code has the address of"
        );
        plain
    }

    /// Runs function `body`, for which [`Self::prepare`] has prepared, unless views must be made first. If it does not
    /// finish, [`Self::run`] must go on.
    #[cfg_attr(whit_wide, inline(always))]
    pub(crate) fn enter_body(&mut self, store: &mut StoreInner, body: u32) -> Outcome {
        let sp = self.stack.address(0);
        if self.is_plain(store) {
            let state = State::entry(&self.context, sp, body);
            return dispatch::run(&mut self.context, state);
        }
        self.enter_otherwise(store, body)
    }

    #[cold]
    #[inline(never)]
    fn enter_otherwise(&mut self, store: &mut StoreInner, body: u32) -> Outcome {
        self.save_entry(store, body);
        self.run_if_viewed(store)
    }

    /// Saves the state in which function `body` starts.
    pub(crate) fn save_entry(&mut self, store: &StoreInner, body: u32) {
        let code = &store.instances[self.context.instance as usize].code;
        debug_assert!((body as usize) < code.len(), "a function of another instance");
        self.context.code = code.as_ptr();
        self.context.saved = State::entry(&self.context, self.stack.address(0), body);
    }

    /// Runs on from behind the call of a host function, whose first result has these `bits`, if it has one, unless views
    /// must be made first. If it does not call the host next, [`Self::run`] must go on.
    #[cfg_attr(whit_wide, inline(always))]
    pub(crate) fn run_from_host(&mut self, store: &mut StoreInner, bits: u64) -> Outcome {
        if self.is_plain(store) {
            let mut state = self.context.saved;
            state.set_result(bits);
            return dispatch::run(&mut self.context, state);
        }
        self.run_from_host_otherwise(store, bits)
    }

    #[cold]
    #[inline(never)]
    fn run_from_host_otherwise(&mut self, store: &mut StoreInner, bits: u64) -> Outcome {
        self.context.saved.set_result(bits);
        self.run_if_viewed(store)
    }

    /// Runs if the views are right, with or without fuel.
    #[inline]
    fn run_if_viewed(&mut self, store: &mut StoreInner) -> Outcome {
        if self.viewed == store.moves { self.execute(store) } else { Outcome::READY }
    }

    /// Runs until the function returns, traps (an error with its backtrace) or needs something from outside; from where
    /// it has stopped with `outcome`.
    #[inline(never)]
    pub(crate) fn run(&mut self, store: &mut StoreInner, mut outcome: Outcome) -> Result<Stop, Error> {
        loop {
            if outcome.is_ready() {
                if self.viewed != store.moves {
                    self.view(store)?;
                }
                outcome = self.execute(store);
            }
            if let Some(stop) = self.serve(store, outcome)? {
                return Ok(stop);
            }
            outcome = Outcome::READY;
        }
    }

    /// Executes code until it needs something that its instructions cannot do. The views are right.
    #[cfg_attr(whit_wide, inline(always))]
    fn execute(&mut self, store: &mut StoreInner) -> Outcome {
        debug_assert!(self.views_are_right(store), "something moved that running code has the address of");
        let fuel = i64::try_from(store.fuel).unwrap_or(i64::MAX);
        self.context.fuel = fuel;
        let saved = self.context.saved;
        let outcome = dispatch::run(&mut self.context, saved);
        if self.counts_fuel {
            if self.context.exit() == Exit::Fuel {
                self.context.fuel += Fuel::cost(&self.context.saved);
            }
            store.fuel -= (fuel - self.context.fuel) as u64;
        }
        outcome
    }

    /// Does what running code stopped for, with `outcome`, or gives what must be done outside; fails with a backtrace.
    fn serve(&mut self, store: &mut StoreInner, outcome: Outcome) -> Result<Option<Stop>, Error> {
        let served = match self.context.exit() {
            #[cfg(feature = "gc")]
            Exit::Trap(Trap::IndirectCallTypeMismatch) if let Some(call) = self.subtype_call(store) => {
                // `ip` no longer stands at what trapped, but behind a call, as for any other function that is not here.
                self.context.exit = Exit::Foreign;
                return self.serve(store, Outcome::call(call));
            }
            Exit::Trap(trap) => Err(trap.into()),
            Exit::Fuel => return Ok(Some(Stop::OutOfFuel)),
            Exit::Translate => self.translate(store),
            Exit::StackFull if self.context.depth == 0 || !self.grow_stack(store, 0) => {
                Err(Trap::CallStackExhausted.into())
            }
            Exit::Foreign => match outcome.host() {
                Some(call) => return Ok(Some(Stop::Host(call))),
                None => self.call_foreign(store, outcome.foreign()),
            },
            Exit::ReturnForeign => {
                self.return_foreign();
                Ok(())
            }
            #[cfg(feature = "exceptions")]
            Exit::Throw => self.throw(store),
            Exit::Cold => cold::execute(&mut self.context.saved, &self.stack, store, self.context.instance),
            Exit::StackFull => Ok(()),
            Exit::Finish => return Ok(Some(Stop::Done(outcome.bits))),
        };
        match served {
            Ok(()) => Ok(None),
            Err(mut error) => {
                self.add_backtrace(store, &mut error);
                Err(error)
            }
        }
    }

    /// Makes views of the current instance.
    #[cold]
    #[inline(never)]
    fn view(&mut self, store: &mut StoreInner) -> Result<(), Error> {
        view(&mut self.context, store);
        let instance = &store.instances[self.context.instance as usize];
        if has_memory_views(instance) {
            self.memories.clear();
            self.memories.try_reserve(instance.memories.len())?;
            for index in &instance.memories {
                let bytes = &mut store.memories[*index as usize].bytes;
                self.memories.push(MemoryView { base: bytes.as_mut_ptr(), len: bytes.len() });
            }
            self.context.memories = self.memories.as_ptr();
        }
        if instance.tables.len() > 1 {
            self.tables.clear();
            self.tables.try_reserve(instance.tables.len())?;
            for index in &instance.tables {
                let elements = &store.tables[*index as usize].elements;
                self.tables.push(TableView { base: elements.as_ptr(), len: elements.len() });
            }
            self.context.tables = self.tables.as_ptr();
        }
        self.viewed = store.moves;
        self.plain = if self.counts_fuel { NEVER } else { store.moves };
        Ok(())
    }

    /// Whether the views are what `view` would make them.
    #[inline]
    fn views_are_right(&self, store: &mut StoreInner) -> bool {
        let mut right = Context::new();
        right.instance = self.context.instance;
        view(&mut right, store);
        let instance = &store.instances[right.instance as usize];
        let memory = |index: &u32| &store.memories[*index as usize].bytes;
        let table = |index: &u32| &store.tables[*index as usize].elements;
        let memories = || instance.memories.iter().map(memory).zip(&self.memories);
        let tables = || instance.tables.iter().map(table).zip(&self.tables);
        self.context.views() == right.views()
            && (!has_memory_views(instance)
                || memories()
                    .all(|(bytes, view)| (bytes.as_ptr(), bytes.len()) == (view.base.cast_const(), view.len)))
            && (instance.tables.len() < 2
                || tables()
                    .all(|(cells, view)| *view == TableView { base: cells.as_ptr(), len: cells.len() }))
    }

    /// Translates the function that is being called, and goes on at its entry.
    fn translate(&mut self, store: &mut StoreInner) -> Result<(), Error> {
        let body = self.context.saved.p1 as u32;
        let module = store.instances[self.context.instance as usize].module.clone();
        let code = match module.inner.bodies[body as usize].code.get() {
            Some(code) => code,
            None => {
                crate::module::validate_body(&module.inner, body)?;
                let mut buffers = store.budget.take_buffers();
                let code = crate::translate::translate(&module.inner, body, &mut buffers)?;
                store.budget.charge(code.footprint())?;
                store.budget.keep_buffers(buffers);
                module.inner.bodies[body as usize].code.set(code)
            }
        };
        #[cfg(feature = "exceptions")]
        if code.handlers.is_some() {
            let catchers = &mut store.instances[self.context.instance as usize].catchers;
            catchers.add(&mut store.budget, &module.inner, body)?;
        }
        let entry = CodePointer::new(code.units());
        store.instances[self.context.instance as usize].code[body as usize] = entry;
        self.context.saved.ip = entry;
        Ok(())
    }

    /// Makes the stack larger, at least so that `slots` slots follow the current frame; whether it could.
    fn grow_stack(&mut self, store: &mut StoreInner, slots: usize) -> bool {
        let frame = self.stack.index(self.context.saved.sp);
        let grown = self.stack.grow(&mut store.budget, &store.limits, frame + slots);
        self.context.saved.sp = self.stack.address(frame);
        self.context.stack_end = self.stack.address(self.stack.cells.len());
        grown
    }

    /// The call that the indirect call at `ip` makes after all, though it trapped because of the function's type: if that
    /// is a subtype of the one that is asked for.
    #[cfg(feature = "gc")]
    #[cold]
    #[inline(never)]
    fn subtype_call(&mut self, store: &StoreInner) -> Option<ForeignCall> {
        let mut state = self.context.saved;
        state.context = &raw mut self.context;
        let mut locs = [Loc::A; 4];
        let (op, _) = Op::decode(state.unit(0), &mut locs)?;
        let index = match locs[0] {
            Loc::P0 => state.p0,
            Loc::P1 => state.p1,
            Loc::S => peek(state.sp, state.unit(1) as i16 as isize),
            _ => state.acc,
        };
        let at = 1 + locs[0].units();
        let instance = &store.instances[self.context.instance as usize];
        let wanted = instance.types[state.unit32(at) as usize];
        let table = &store.tables[instance.tables[usize::from(state.unit(at + 2))] as usize];
        let callee = table.elements.get(index as u32 as usize)?.checked_sub(1)?;
        let callee = store.funcs[callee as usize];
        if !store.is_subtype(callee.ty, wanted) {
            return None;
        }
        let mut arguments = state.unit(at + 3);
        if op == Op::ReturnCallIndirect {
            arguments = state.replace_frame(arguments, state.unit(at + 4), state.unit(at + 5));
        } else {
            state.advance(at + 4);
        }
        state.save();
        Some(ForeignCall::new(&state, callee, arguments))
    }

    /// Calls a function of another instance, from a frame that remembers this one.
    ///
    /// Its one operand packs the caller's instance, the slots of the arguments and those of the results.
    fn call_foreign(&mut self, store: &mut StoreInner, call: ForeignCall) -> Result<(), Error> {
        let callee = &store.instances[call.instance() as usize];
        let ty = store.func_type(store.funcs[(callee.first_func + call.index()) as usize].ty);
        let (params, results) = (ty.param_slots(), ty.result_slots());
        let packed = u64::from(self.context.instance)
            | (params as u64) << 32
            | (if results > 1 { results as u64 } else { 0 }) << 48;
        debug_assert!(!call.arguments.is_null(), "an exit for a call that is none");
        let frame = self.stack.index(self.context.saved.sp);
        let arguments = self.stack.index(call.arguments) - frame;
        let distance = arguments + params;
        let needed = distance + 2 * HEADER + 1 + params.max(results);
        if frame + needed > self.stack.cells.len() && !self.grow_stack(store, needed) {
            return Err(Trap::CallStackExhausted.into());
        }
        let saved = &mut self.context.saved;
        if cfg!(whit_wide) {
            poke(saved.sp, 2, saved.p0);
            poke(saved.sp, 3, saved.p1);
        }
        let caller = saved.sp;
        saved.sp = saved.sp.wrapping_add(distance);
        poke(saved.sp, 0, saved.ip.to_bits());
        poke(saved.sp, 1, (distance * 8) as u64);
        poke(saved.sp, HEADER as isize, packed);
        for index in 0..params {
            let value = peek(caller, (arguments + index) as isize);
            poke(saved.sp, (HEADER + 1 + index) as isize, value);
        }
        saved.acc = ((HEADER + 1) * 8) as u64;
        saved.p0 = return_foreign().to_bits();
        saved.p1 = u64::from(call.index());
        saved.ip = store.instances[call.instance() as usize].code[call.index() as usize];
        self.enter(call.instance());
        Ok(())
    }

    /// Goes back to the instance that called a function of this one.
    fn return_foreign(&mut self) {
        let saved = &mut self.context.saved;
        let packed = peek(saved.sp, HEADER as isize);
        let (params, results) = ((packed >> 32) as u16 as usize, (packed >> 48) as usize);
        let (ip, distance) = (peek(saved.sp, 0), peek(saved.sp, 1) as usize / 8);
        let frame = saved.sp;
        saved.sp = saved.sp.wrapping_sub(distance);
        for index in 0..results {
            let value = peek(frame, (HEADER + 1 + index) as isize);
            poke(saved.sp, (distance - params + index) as isize, value);
        }
        saved.ip = CodePointer::from_bits(ip);
        if cfg!(whit_wide) {
            saved.p0 = peek(saved.sp, 2);
            saved.p1 = peek(saved.sp, 3);
        }
        self.enter(packed as u32);
    }

    /// Where the host function finds its arguments and leaves its results.
    #[inline]
    #[expect(clippy::unused_self, reason = "the slots are in its stack")]
    pub(crate) fn host_arguments(&mut self, call: HostCall) -> *mut u64 {
        call.arguments
    }

    /// The same: `count` slots.
    pub(crate) fn host_slots(&mut self, call: HostCall, count: usize) -> &mut [u64] {
        slots(self.host_arguments(call), 0, count)
    }

    /// Notes, for a later run, that the called host function returned, with its first result, if any, in its first slot.
    pub(crate) fn host_returned(&mut self, call: HostCall, count: usize) {
        if let Some(first) = self.host_slots(call, count).first() {
            let bits = *first;
            self.context.saved.set_result(bits);
        }
    }

    /// The slots that are in use while the host function runs, which has `count` of them.
    #[cfg(any(feature = "gc", feature = "exceptions"))]
    #[inline]
    pub(crate) fn live(&self, call: HostCall, count: usize) -> LiveSlots {
        LiveSlots::new(&self.stack.cells, self.stack.index(call.arguments) + count)
    }

    /// Leaves the stack, which stays where it is, to the store until the call goes on.
    pub(crate) fn park(&mut self, store: &mut StoreInner) -> Result<Ticket, Error> {
        let footprint = size_of::<Self>() + self.stack.footprint();
        // Behind a call, the accumulator is that of its result, which is not there yet.
        let accumulator = if self.context.exit() == Exit::Foreign { 0 } else { self.context.saved.acc };
        store.park(self.stack.take()?, accumulator, footprint)
    }

    /// Takes the stack back from the store.
    pub(crate) fn unpark(&mut self, store: &mut StoreInner, ticket: &Ticket) {
        if let Some(stack) = store.unpark(ticket) {
            self.stack = stack;
        }
    }

    /// The instance that called the host function.
    #[inline]
    pub(crate) fn host_caller(&self) -> u32 {
        self.context.instance
    }
}
