//! Calls under way: the driver of running code, which does whatever handlers leave to it.

use alloc::vec::Vec;

use crate::error::Error;
use crate::exec::frame::{finish, return_foreign};
use crate::exec::raw::{Context, MemoryView, peek, poke, slots};
use crate::exec::{Exit, cold, dispatch};
use crate::ir::HEADER;
use crate::raw::CodePointer;
use crate::store::stack::Stack;
use crate::store::{FuncEntity, StoreInner};
use crate::trap::Trap;
use crate::types::{FuncType, ValType};

/// A call of a WebAssembly function that is under way.
pub(crate) struct Invocation {
    pub(super) stack: Stack,
    pub(super) context: Context,
    /// Canonical type of the called function.
    ty: u32,
    /// The host function that was called last, until its results are taken over.
    host: Option<u32>,
    /// Views of the instance's memories and tables, where it has several.
    memories: Vec<MemoryView>,
    tables: Vec<(*const u64, usize)>,
}

// SAFETY: the views are followed only while the store they come from is borrowed, and made anew before.
#[allow(unsafe_code)]
unsafe impl Send for Invocation {}
// SAFETY: as for `Send`.
#[allow(unsafe_code)]
unsafe impl Sync for Invocation {}

/// Why an invocation stopped without an error.
pub(crate) enum Step {
    /// The function returned.
    Done,
    /// The host function of this index must be called on [`Invocation::host_slots`], then `run` goes on.
    Host(u32),
    /// The fuel ran out; `run` goes on where it stopped.
    OutOfFuel,
}

/// The result that travels in an accumulator, if `ty` has just one and it is a scalar.
pub(crate) fn single_result(ty: &FuncType) -> Option<ValType> {
    match ty.results() {
        [result] if *result != ValType::V128 => Some(*result),
        _ => None,
    }
}

impl Invocation {
    /// Prepares a call of the store's function `func`, which is not a host function, with `args` as slots.
    pub(crate) fn start(store: &mut StoreInner, func: u32, args: &[u64]) -> Result<Self, Error> {
        let entity = store.funcs[func as usize];
        let results = store.types[entity.ty as usize].result_slots();
        let needed = 2 * HEADER + args.len().max(results);
        let mut stack = match store.stacks.pop() {
            Some(stack) => stack,
            None => Stack::new(&mut store.budget, &store.limits, needed)?,
        };
        if stack.cells.len() < needed && !stack.grow(&mut store.budget, &store.limits, needed) {
            store.stacks.push(stack);
            return Err(Trap::CallStackExhausted.into());
        }
        let cells = stack.cells.as_mut_slice();
        cells[..HEADER].fill(0);
        cells[HEADER..HEADER + args.len()].copy_from_slice(args);

        let mut context = Context::new();
        context.instance = entity.instance;
        context.depth = store.limits.call_depth;
        context.saved.ip = store.instances[entity.instance as usize].code[entity.index as usize];
        context.saved.sp = stack.address(0);
        context.saved.acc = (HEADER * 8) as u64;
        context.saved.p0 = finish().to_bits();
        context.saved.p1 = u64::from(entity.index);
        Ok(Self { stack, context, ty: entity.ty, host: None, memories: Vec::new(), tables: Vec::new() })
    }

    /// Runs until the function returns, traps (an error with its backtrace) or needs something from outside.
    pub(crate) fn run(&mut self, store: &mut StoreInner) -> Result<Step, Error> {
        if let Some(callee) = self.host.take() {
            self.take_host_results(store, callee);
        }
        self.context.fuel = i64::try_from(store.fuel).unwrap_or(i64::MAX);
        let fuel = self.context.fuel;
        let result = self.drive(store);
        store.fuel -= (fuel - self.context.fuel) as u64;
        result.map_err(|mut error| {
            self.add_backtrace(store, &mut error);
            error
        })
    }

    fn drive(&mut self, store: &mut StoreInner) -> Result<Step, Error> {
        self.view(store)?;
        loop {
            match dispatch::run(&mut self.context) {
                Exit::Finish => return Ok(Step::Done),
                Exit::Trap(trap) => return Err(trap.into()),
                Exit::Fuel => return Ok(Step::OutOfFuel),
                Exit::Translate => self.translate(store)?,
                Exit::StackFull => {
                    if self.context.depth == 0 || !self.grow_stack(store, 0) {
                        return Err(Trap::CallStackExhausted.into());
                    }
                }
                Exit::Foreign => {
                    let entity = store.funcs[self.context.callee as usize];
                    if entity.instance == FuncEntity::HOST {
                        self.host = Some(self.context.callee);
                        return Ok(Step::Host(entity.index));
                    }
                    self.call_foreign(store, entity)?;
                    self.view(store)?;
                }
                Exit::ReturnForeign => {
                    self.return_foreign();
                    self.view(store)?;
                }
                Exit::Cold => {
                    cold::execute(&mut self.context.saved, store, self.context.instance)?;
                    self.view(store)?;
                }
            }
        }
    }

    /// Fills the context from the current instance: whatever may have moved since it last ran.
    fn view(&mut self, store: &mut StoreInner) -> Result<(), Error> {
        let instance = &mut store.instances[self.context.instance as usize];
        let context = &mut self.context;
        context.code = instance.code.as_ptr();
        context.stack_end = self.stack.address(self.stack.cells.len());
        context.globals = instance.global_cells.as_ptr();
        context.imported_globals = instance.imported_global_cells.as_ptr();
        context.imported_funcs = instance.imported_funcs.as_ptr();
        context.types = instance.types.as_ptr();
        context.funcs = store.funcs.as_ptr();
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
                (context.table, context.table_len) = (elements.as_ptr(), elements.len());
            }
            None => context.table_len = 0,
        }
        if instance.memories.len() > 1 {
            self.memories.clear();
            self.memories.try_reserve(instance.memories.len())?;
            for index in &instance.memories {
                let bytes = &mut store.memories[*index as usize].bytes;
                self.memories.push(MemoryView { base: bytes.as_mut_ptr(), len: bytes.len() });
            }
            context.memories = self.memories.as_ptr();
        }
        if instance.tables.len() > 1 {
            self.tables.clear();
            self.tables.try_reserve(instance.tables.len())?;
            for index in &instance.tables {
                let elements = &store.tables[*index as usize].elements;
                self.tables.push((elements.as_ptr().cast_const(), elements.len()));
            }
            context.tables = self.tables.as_ptr();
        }
        Ok(())
    }

    /// Translates the function that is being called, and goes on at its entry.
    fn translate(&mut self, store: &mut StoreInner) -> Result<(), Error> {
        let body = self.context.saved.p1 as u32;
        let module = store.instances[self.context.instance as usize].module.clone();
        let code = match module.inner.bodies[body as usize].code.get() {
            Some(code) => code,
            None => {
                crate::module::validate_body(&module.inner, body)?;
                let code = crate::translate::translate(&module.inner, body)?;
                store.budget.charge(code.footprint())?;
                module.inner.bodies[body as usize].code.set(code)
            }
        };
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

    /// Calls a function of another instance, from a frame that remembers this one.
    ///
    /// Its one operand packs the caller's instance, the slots of the arguments and those of the results.
    fn call_foreign(&mut self, store: &mut StoreInner, entity: FuncEntity) -> Result<(), Error> {
        let ty = &store.types[entity.ty as usize];
        let (params, results) = (ty.param_slots(), ty.result_slots());
        let packed = u64::from(self.context.instance)
            | (params as u64) << 32
            | (if results > 1 { results as u64 } else { 0 }) << 48;
        let arguments = self.context.arguments as usize;
        let distance = arguments + params;
        let needed = distance + 2 * HEADER + 1 + params.max(results);
        let frame = self.stack.index(self.context.saved.sp);
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
        saved.p1 = u64::from(entity.index);
        saved.ip = store.instances[entity.instance as usize].code[entity.index as usize];
        self.context.instance = entity.instance;
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
        self.context.instance = packed as u32;
    }

    /// Where the called host function finds its arguments and leaves its results, as slots.
    pub(crate) fn host_slots(&mut self, store: &StoreInner) -> &mut [u64] {
        let ty = &store.types[store.funcs[self.context.callee as usize].ty as usize];
        let count = ty.param_slots().max(ty.result_slots());
        slots(self.context.saved.sp, self.context.arguments as isize, count)
    }

    /// Moves a single result of the host function to the accumulators, where the caller expects it.
    fn take_host_results(&mut self, store: &StoreInner, callee: u32) {
        let ty = &store.types[store.funcs[callee as usize].ty as usize];
        if single_result(ty).is_some() {
            let saved = &mut self.context.saved;
            let bits = peek(saved.sp, self.context.arguments as isize);
            (saved.acc, saved.f32, saved.f64) = (bits, f32::from_bits(bits as u32), f64::from_bits(bits));
        }
    }

    /// The instance that called the host function.
    pub(crate) fn host_caller(&self) -> u32 {
        self.context.instance
    }

    /// Copies the results of a call that is done, as slots, and gives the stack back to the store.
    pub(crate) fn finish(self, store: &mut StoreInner, results: &mut [u64]) {
        let saved = &self.context.saved;
        match single_result(&store.types[self.ty as usize]) {
            Some(ValType::F32) => results[0] = u64::from(saved.f32.to_bits()),
            Some(ValType::F64) => results[0] = saved.f64.to_bits(),
            Some(_) => results[0] = saved.acc,
            None => {
                for (index, result) in results.iter_mut().enumerate() {
                    *result = peek(saved.sp, (HEADER + index) as isize);
                }
            }
        }
        self.abandon(store);
    }

    /// Gives the stack of a call that failed, or will not be resumed, back to the store.
    pub(crate) fn abandon(self, store: &mut StoreInner) {
        if store.stacks.try_reserve(1).is_ok() {
            store.stacks.push(self.stack);
        } else {
            store.budget.release(self.stack.footprint());
        }
    }
}
