//! Globals: making, reading and writing.

use super::{GlobalEntity, GlobalPlace, StoreInner};
use crate::error::Error;
use crate::raw::{CellPointer, Cells};
use crate::types::GlobalType;

impl StoreInner {
    /// Adds a global of the host.
    pub(crate) fn add_global(&mut self, ty: GlobalType, value: [u64; 2]) -> Result<u32, Error> {
        let index = self.next_index(self.globals.len(), "globals")?;
        self.budget.reserve(&mut self.globals, 1)?;
        let cells = self.cells(ty.content.slots(), 0)?;
        self.globals.push(GlobalEntity { ty, place: GlobalPlace::Host(cells) });
        self.set_global(index, value);
        Ok(index)
    }

    /// The cells that hold global `global`, and which of them is its first.
    fn global_cells(&self, global: u32) -> (&Cells, usize) {
        match &self.globals[global as usize].place {
            GlobalPlace::Instance { instance, cell } => {
                (&self.instances[*instance as usize].global_cells, *cell as usize)
            }
            GlobalPlace::Host(cells) => (cells, 0),
        }
    }

    /// The slots of global `global`; the second is zero unless it is a vector.
    pub(crate) fn global(&self, global: u32) -> [u64; 2] {
        let (cells, first) = self.global_cells(global);
        let second = self.globals[global as usize].ty.content.slots() > 1;
        let cell = |index| cells.get(index).unwrap_or(0);
        [cell(first), if second { cell(first + 1) } else { 0 }]
    }

    /// Sets the slots of global `global`.
    pub(crate) fn set_global(&mut self, global: u32, value: [u64; 2]) {
        let entity = &mut self.globals[global as usize];
        let slots = entity.ty.content.slots();
        let (cells, first) = match &mut entity.place {
            GlobalPlace::Instance { instance, cell } => {
                (&mut self.instances[*instance as usize].global_cells, *cell as usize)
            }
            GlobalPlace::Host(cells) => (cells, 0),
        };
        for (index, slot) in value.into_iter().enumerate().take(slots) {
            let set = cells.set(first + index, slot);
            debug_assert!(set, "a global has its cells");
        }
    }

    /// The address of the first cell of global `global`.
    pub(crate) fn global_pointer(&self, global: u32) -> CellPointer {
        let (cells, first) = self.global_cells(global);
        CellPointer::new(cells, first)
    }
}
