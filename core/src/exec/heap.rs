//! Operations on objects that need the store: making them, and those on many elements or on vectors.

use crate::error::Error;
use crate::exec::cold::Cold;
use crate::exec::raw::State;
use crate::ops::Op;
use crate::raw::LiveSlots;
use crate::store::heap::CELL;
use crate::store::{StoreInner, object};
use crate::trap::Trap;
use crate::types::StorageType;
use crate::value::cell;

impl Cold<'_> {
    /// The store's number of the type that the immediate at unit `at` names.
    fn ty(&self, store: &StoreInner, state: &State, at: usize) -> u32 {
        store.instances[self.instance as usize].types[state.unit32(at) as usize]
    }

    /// The slots in use with `count` slots of operands.
    fn live(&self, count: usize) -> Option<LiveSlots> {
        let first = self.stack.index(self.sp).saturating_add_signed(self.slot);
        Some(LiveSlots::new(&self.stack.cells, first + count))
    }

    /// Does operation `op`, if it is one on objects; whether it is.
    pub(super) fn objects(&self, op: Op, state: &State, store: &mut StoreInner) -> Result<bool, Error> {
        let instance = self.instance;
        match op {
            Op::StructNew | Op::StructNewDefault => {
                let ty = self.ty(store, state, 1);
                let count: usize = store.types[ty as usize]
                    .fields()
                    .iter()
                    .map(|field| object::slots(field.ty.storage))
                    .sum();
                let values = (op == Op::StructNew).then(|| &*self.slots(0, count));
                let live = self.live(values.map_or(0, <[u64]>::len));
                let made = store.new_struct(ty, values, live)?;
                self.result(made);
            }
            Op::ArrayNew => {
                let ty = self.ty(store, state, 1);
                let count = object::slots(store.element(ty));
                let len = self.operand(count as isize) as u32;
                let made = store.new_array_of(ty, len, self.slots(0, count), self.live(count + 1))?;
                self.result(made);
            }
            Op::ArrayNewDefault => {
                let ty = self.ty(store, state, 1);
                let made = store.new_array(ty, self.operand(0) as u32, self.live(1))?;
                self.result(made);
            }
            Op::ArrayNewFixed => {
                let (ty, len) = (self.ty(store, state, 1), state.unit32(3));
                let count = len as usize * object::slots(store.element(ty));
                let made = store.new_array_fixed(ty, len, self.slots(0, count), self.live(count))?;
                self.result(made);
            }
            Op::ArrayNewData | Op::ArrayNewElem => {
                let names = (self.ty(store, state, 1), state.unit32(3));
                let source = (self.operand(0), self.operand(1));
                let made = if op == Op::ArrayNewData {
                    store.new_array_data(instance, names, source, self.live(2))?
                } else {
                    store.new_array_elem(instance, names, source, self.live(2))?
                };
                self.result(made);
            }
            Op::ArrayFill => {
                let ty = self.ty(store, state, 1);
                let count = object::slots(store.element(ty));
                let range = (self.operand(1), self.operand(2 + count as isize));
                store.array_fill(ty, self.operand(0), range, self.slots(2, count))?;
            }
            Op::ArrayCopy => {
                let (target, source) =
                    ((self.operand(0), self.operand(1)), (self.operand(2), self.operand(3)));
                store.array_copy(self.ty(store, state, 1), target, source, self.operand(4))?;
            }
            Op::ArrayInitData | Op::ArrayInitElem => {
                let names = (self.ty(store, state, 1), state.unit32(3));
                let (target, source) =
                    ((self.operand(0), self.operand(1)), (self.operand(2), self.operand(3)));
                if op == Op::ArrayInitData {
                    store.array_init_data(instance, names, target, source)?;
                } else {
                    store.array_init_elem(instance, names, target, source)?;
                }
            }
            _ => return self.vectors(op, state, store),
        }
        Ok(true)
    }

    /// The same for fields and elements that are vectors.
    fn vectors(&self, op: Op, state: &State, store: &mut StoreInner) -> Result<bool, Error> {
        let vector = StorageType::Val(crate::types::ValType::V128);
        let at = match op {
            Op::StructGetVector | Op::StructSetVector => {
                let cell = cell(self.operand(0) as u32).ok_or(Trap::NullStructureReference)?;
                cell as usize * CELL + state.unit32(1) as usize
            }
            Op::ArrayGetVector | Op::ArraySetVector => {
                store.array_place(self.ty(store, state, 1), self.operand(0), self.operand(1))?
            }
            _ => return Ok(false),
        };
        match op {
            Op::StructSetVector => store.put(at, vector, self.slots(1, 2)),
            Op::ArraySetVector => store.put(at, vector, self.slots(2, 2)),
            _ => self.slots(0, 2).copy_from_slice(&store.stored(at, vector)),
        }
        Ok(true)
    }
}
