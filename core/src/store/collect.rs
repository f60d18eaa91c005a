//! The garbage collector: marks what can be reached, and makes the lists of free blocks of the rest.
//!
//! 1. Every reference to an object in a root is noted: an object that is noted for the first time is put on a list, the
//!    grey one, through a word of its header. Slots of stacks may hold anything, so what looks like a reference there
//!    is one if an object starts where it points; tables, globals and the rest are read the same way.
//! 2. As long as there is a grey object, it is taken off the list, and its references are noted.
//! 3. The objects are visited in the order of their cells. Those that were not noted are forgotten, and what lies
//!    between the others becomes free blocks.
//!
//! The list needs no memory of its own, and nothing here recurses, so that a collection always succeeds.

use super::heap::{CELL, FIRST_OBJECT, Heap};
use super::{GlobalPlace, StoreInner, TagEntity};
use crate::raw::{LiveSlots, Shared};
use crate::types::defined::{CompositeType, DefinedType};
use crate::types::layout::{self, HEADER, LENGTH};
use crate::types::{HeapType, StorageType};
use crate::value::{OBJECT, cell};

/// The link of an object behind which no other is grey; 0 is the link of those that have not been noted.
const LAST: u32 = u32::MAX;

/// In an object's kind: it is an exception with the tag whose number in the store is in the other bits. Without it, the
/// kind is the number of the object's type in the store.
pub(crate) const EXCEPTION: u32 = 1 << 31;

/// What is known about kinds of objects.
#[derive(Clone, Copy)]
struct Kinds<'a> {
    types: &'a [Shared<DefinedType>],
    tags: &'a [TagEntity],
}

impl Kinds<'_> {
    /// Calls `each` with the place of every field of an exception with tag `tag`; gives the bytes that it has.
    fn payload(self, tag: u32, mut each: impl FnMut(u32, StorageType)) -> u32 {
        let mut end = HEADER;
        let ty = self.tags.get(tag as usize).and_then(|tag| self.types.get(tag.ty as usize));
        for param in ty.map_or(&[][..], |ty| ty.func_type().params()) {
            let storage = StorageType::Val(*param);
            each(layout::place(&mut end, storage), storage);
        }
        end
    }

    /// Calls `each` with the place of every reference that the object at `cell` has, in bytes from the heap's start.
    fn references(self, heap: &mut Heap, cell: u32, mut each: impl FnMut(&mut Heap, usize)) {
        let (at, kind) = (cell as usize * CELL, heap.kind(cell));
        if kind & EXCEPTION != 0 {
            self.payload(kind & !EXCEPTION, |offset, storage| {
                if storage.is_traced() {
                    each(heap, at + offset as usize);
                }
            });
            return;
        }
        match self.types.get(kind as usize).map(|ty| &ty.composite) {
            Some(CompositeType::Struct(fields)) => {
                for field in fields.iter().filter(|field| field.ty.storage.is_traced()) {
                    each(heap, at + field.offset as usize);
                }
            }
            Some(CompositeType::Array(ty)) if ty.storage.is_traced() => {
                let first = at + ty.storage.elements() as usize;
                let len = heap.word(at + LENGTH as usize) as usize;
                (0..len).for_each(|index| each(heap, first + 4 * index));
            }
            _ => {}
        }
    }

    /// The cells that the object at `cell` has.
    fn size(self, heap: &Heap, cell: u32) -> u32 {
        let kind = heap.kind(cell);
        let bytes = if kind & EXCEPTION != 0 {
            u64::from(self.payload(kind & !EXCEPTION, |_, _| {}))
        } else {
            match self.types.get(kind as usize).map(|ty| &ty.composite) {
                Some(CompositeType::Struct(fields)) => {
                    u64::from(fields.last().map_or(HEADER, layout::Field::end))
                }
                Some(CompositeType::Array(ty)) => {
                    let len = heap.word(cell as usize * CELL + LENGTH as usize);
                    array_size(ty.storage, len)
                }
                _ => u64::from(HEADER),
            }
        };
        u32::try_from(bytes.div_ceil(CELL as u64)).unwrap_or(u32::MAX)
    }
}

/// The bytes of an array of `len` elements.
pub(crate) fn array_size(element: StorageType, len: u32) -> u64 {
    u64::from(element.elements()) + (u64::from(len) << element.size_log2())
}

/// The objects that have been noted but not visited.
struct Grey(u32);

impl Grey {
    /// Notes the object at `cell`, if there is one.
    fn note(&mut self, heap: &mut Heap, cell: u32) {
        if heap.is_object(cell) && heap.link(cell) == 0 {
            heap.set_link(cell, self.0);
            self.0 = cell;
        }
    }

    /// Notes the objects that these slots or cells refer to.
    fn roots(&mut self, heap: &mut Heap, values: impl IntoIterator<Item = u64>) {
        for value in values {
            if value >> 32 == OBJECT >> 32
                && let Some(cell) = cell(value as u32)
            {
                self.note(heap, cell);
            }
        }
    }

    /// Notes what noted objects refer to, until all have been visited.
    fn visit(&mut self, heap: &mut Heap, kinds: Kinds<'_>) {
        while self.0 != LAST {
            let object = self.0;
            self.0 = heap.link(object);
            kinds.references(heap, object, |heap, place| {
                if let Some(cell) = cell(heap.word(place)) {
                    self.note(heap, cell);
                }
            });
        }
    }
}

/// Forgets the objects that have not been noted, and frees what no other has.
fn sweep(heap: &mut Heap, kinds: Kinds<'_>) {
    heap.forget_free();
    let mut free = FIRST_OBJECT;
    let mut from = FIRST_OBJECT;
    while let Some(object) = heap.object_from(from) {
        from = object + 1;
        if heap.link(object) == 0 {
            heap.forget(object);
            continue;
        }
        heap.set_link(object, 0);
        heap.release(free, object);
        free = object.saturating_add(kinds.size(heap, object));
        from = free;
    }
    heap.release(free, heap.cells() as u32);
}

impl StoreInner {
    /// Frees the objects that can be reached neither from the store's own things nor from calls under way: the running
    /// one, whose slots in use are `running`, and those that wait.
    pub(crate) fn collect(&mut self, running: LiveSlots) {
        let mut grey = Grey(LAST);
        let heap = &mut self.heap;
        grey.roots(heap, running.values());
        for stack in self.waiting.iter().take(self.host_depth).map(|waiting| waiting.live) {
            grey.roots(heap, stack.values());
        }
        for stack in self.parked.iter().flatten() {
            grey.roots(heap, stack.values());
        }
        grey.roots(heap, self.roots.references());
        #[cfg(feature = "exceptions")]
        grey.roots(heap, [self.pending]);
        for table in self.tables.iter().filter(|table| table.ty.element.heap.top() != HeapType::Func) {
            grey.roots(heap, table.elements.values());
        }
        for instance in &self.instances {
            grey.roots(heap, instance.global_cells.values());
            grey.roots(heap, instance.elements.iter().flatten().copied());
        }
        for global in &self.globals {
            if let GlobalPlace::Host(cells) = &global.place {
                grey.roots(heap, cells.values());
            }
        }
        #[cfg(feature = "exceptions")]
        let tags = &*self.tags;
        #[cfg(not(feature = "exceptions"))]
        let tags = &[];
        let kinds = Kinds { types: &self.types, tags };
        grey.visit(heap, kinds);
        sweep(heap, kinds);
    }
}
