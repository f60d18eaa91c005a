//! Operations that need the store: the driver does them between two runs.

use crate::error::Error;
use crate::exec::atomic;
#[cfg(feature = "gc")]
use crate::exec::raw::slots;
use crate::exec::raw::{State, peek, poke};
use crate::ops::Op;
use crate::ops::atomic::Atomic;
use crate::ops::shape::Imm;
use crate::store::stack::Stack;
use crate::store::{StoreInner, memory, table};
use crate::trap::Trap;

/// Does the operation at which `state` stands, in instance `instance`, and moves on.
///
/// `stack` is the stack of the running call.
pub(super) fn execute(
    state: &mut State,
    stack: &Stack,
    store: &mut StoreInner,
    instance: u32,
) -> Result<(), Error> {
    let op = Op::cold(state.unit(0));
    let immediates = op.immediates();
    let units: usize = immediates.iter().map(|imm| imm.units()).sum();
    // The last immediate is the first slot of the operands and of the result, where there is one.
    let slot = match immediates.last() {
        Some(Imm::slot) => state.unit(units) as i16 as isize,
        _ => 0,
    };
    let cold = Cold { instance, slot, sp: state.sp, stack };
    #[cfg(feature = "gc")]
    if cold.objects(op, state, store)? {
        state.advance(1 + units);
        return Ok(());
    }
    cold.dispatch(op, state, store)?;
    state.advance(1 + units);
    Ok(())
}

/// Where an operation stands.
pub(super) struct Cold<'s> {
    pub(super) instance: u32,
    pub(super) slot: isize,
    pub(super) sp: *mut u64,
    #[cfg_attr(not(feature = "gc"), allow(dead_code))]
    pub(super) stack: &'s Stack,
}

impl Cold<'_> {
    /// The `count` slots from operand number `index` on.
    #[cfg(feature = "gc")]
    pub(super) fn slots<'a>(&self, index: isize, count: usize) -> &'a mut [u64] {
        slots(self.sp, self.slot + index, count)
    }

    /// Operand number `index`.
    pub(super) fn operand(&self, index: isize) -> u64 {
        peek(self.sp, self.slot + index)
    }

    /// Three operands: destination, source or value, count. Slots hold indices of 32 bits zero-extended.
    fn operands(&self) -> (u64, u64, u64) {
        (self.operand(0), self.operand(1), self.operand(2))
    }

    pub(super) fn result(&self, value: u64) {
        poke(self.sp, self.slot, value);
    }

    /// The result of growing: the size before, or -1, in 64 bits where indices have them.
    fn grown(&self, before: Option<u64>, wide: bool) {
        self.result(before.unwrap_or(if wide { u64::MAX } else { u64::from(u32::MAX) }));
    }

    fn dispatch(&self, op: Op, state: &State, store: &mut StoreInner) -> Result<(), Trap> {
        let instance = self.instance;
        // The unit or units that name a segment, memory or table.
        let [first, second] = [state.unit(1), state.unit(2)];
        let index = u32::from(first);
        match op {
            Op::MemoryGrow | Op::MemorySizeOther => {
                let memory = store.instances[instance as usize].memories[index as usize];
                let entity = &store.memories[memory as usize];
                if op == Op::MemoryGrow {
                    let wide = entity.ty.memory64;
                    self.grown(memory::grow_memory(store, memory, self.operand(0)), wide);
                } else {
                    self.result(entity.bytes.len() as u64 >> entity.ty.page_size_log2);
                }
            }
            Op::MemoryCopyBetween => {
                memory::memory_copy(store, instance, index, u32::from(second), self.operands())?;
            }
            Op::MemoryFillOther => {
                let (target, value, len) = self.operands();
                memory::memory_fill(store, instance, index, (target, value as u8, len))?;
            }
            Op::MemoryInit => {
                memory::memory_init(
                    store,
                    instance,
                    state.unit32(1),
                    u32::from(state.unit(3)),
                    self.operands(),
                )?;
            }
            Op::Atomic => {
                let Some(atomic) = Atomic::decode(index) else { return Err(Trap::Unreachable) };
                let memory = store.instances[instance as usize].memories[usize::from(second)];
                let others = if atomic.operands() > 1 { [self.operand(1), self.operand(2)] } else { [0; 2] };
                let address = (self.operand(0), state.unit64(3));
                let result = atomic::execute(store, memory, atomic, address, others)?;
                if atomic.result().is_some() {
                    self.result(result);
                }
            }
            Op::DataDrop => memory::data_drop(store, instance, state.unit32(1)),
            Op::TableGrow => {
                let table = store.instances[instance as usize].tables[index as usize];
                let wide = store.tables[table as usize].ty.table64;
                self.grown(table::grow_table(store, table, self.operand(1), self.operand(0)), wide);
            }
            Op::TableFill => table::table_fill(store, instance, index, self.operands())?,
            Op::TableCopy => table::table_copy(store, instance, index, u32::from(second), self.operands())?,
            Op::TableInit => {
                table::table_init(
                    store,
                    instance,
                    state.unit32(1),
                    u32::from(state.unit(3)),
                    self.operands(),
                )?;
            }
            Op::ElemDrop => table::elem_drop(store, instance, state.unit32(1)),
            Op::GlobalGetFar | Op::GlobalSetFar => {
                let global = store.instances[instance as usize].globals[state.unit32(1) as usize];
                if op == Op::GlobalSetFar {
                    store.set_global(global, [self.operand(0), 0]);
                } else {
                    self.result(store.global(global)[0]);
                }
            }
            _ => return Err(Trap::Unreachable),
        }
        Ok(())
    }
}
