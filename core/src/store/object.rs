//! Objects: making structs and arrays, and their fields and elements.
//!
//! Operands are slots; a vector has two. Types are numbers of the store, and validation has seen to it that objects are
//! of them.

use super::StoreInner;
use super::collect::array_size;
use super::heap::{CELL, bytes, value};
use super::memory::range;
use crate::error::Error;
use crate::raw::LiveSlots;
use crate::trap::Trap;
use crate::types::StorageType;
use crate::types::layout::{self, HEADER, LENGTH};
use crate::value::{cell, object};

/// How many slots a value of this storage has.
pub(crate) fn slots(storage: StorageType) -> usize {
    storage.unpacked().slots()
}

/// An array whose elements are reached: where the first is, and how many there are.
#[derive(Clone, Copy)]
struct Array {
    first: usize,
    len: u32,
    size_log2: u32,
}

impl Array {
    /// The bytes of `len` elements from `start` on.
    fn range(self, start: u64, len: u64) -> Result<(usize, usize), Trap> {
        let elements = range(start, len, self.len as usize).ok_or(Trap::ArrayOutOfBounds)?;
        Ok((self.first + (elements.start << self.size_log2), elements.len() << self.size_log2))
    }
}

impl StoreInner {
    /// `struct.new`: fields are from `values`, one after the other, or zero.
    pub(crate) fn new_struct(
        &mut self,
        ty: u32,
        values: Option<&[u64]>,
        running: Option<LiveSlots>,
    ) -> Result<u64, Error> {
        let size = self.types[ty as usize].fields().last().map_or(HEADER, layout::Field::end);
        let cell = self.make_object(ty, u64::from(size), running)?;
        if let Some(mut values) = values {
            for field in self.types[ty as usize].fields() {
                let storage = field.ty.storage;
                self.heap.put(cell as usize * CELL + field.offset as usize, storage.size_log2(), values);
                values = values.get(slots(storage)..).unwrap_or(&[]);
            }
        }
        Ok(object(cell))
    }

    /// What the elements of arrays of type `ty` hold.
    pub(crate) fn element(&self, ty: u32) -> StorageType {
        self.types[ty as usize].element()
    }

    /// An array of type `ty` of `len` elements, which are zero.
    pub(crate) fn new_array(&mut self, ty: u32, len: u32, running: Option<LiveSlots>) -> Result<u64, Error> {
        let cell = self.make_object(ty, array_size(self.element(ty), len), running)?;
        self.heap.set_word(cell as usize * CELL + LENGTH as usize, len);
        Ok(object(cell))
    }

    /// `array.new`: every element is the value that starts at `values`.
    pub(crate) fn new_array_of(
        &mut self,
        ty: u32,
        len: u32,
        values: &[u64],
        running: Option<LiveSlots>,
    ) -> Result<u64, Error> {
        let array = self.new_array(ty, len, running)?;
        self.array_fill(ty, array, (0, u64::from(len)), values)?;
        Ok(array)
    }

    /// `array.new_fixed`: elements are from `values`, one after the other.
    pub(crate) fn new_array_fixed(
        &mut self,
        ty: u32,
        len: u32,
        values: &[u64],
        running: Option<LiveSlots>,
    ) -> Result<u64, Error> {
        let array = self.new_array(ty, len, running)?;
        let storage = self.element(ty);
        let elements = self.array(ty, array)?;
        for (index, value) in values.chunks_exact(slots(storage)).take(len as usize).enumerate() {
            self.heap.put(elements.first + (index << elements.size_log2), elements.size_log2, value);
        }
        Ok(array)
    }

    /// The array that `reference` names, of type `ty`.
    fn array(&self, ty: u32, reference: u64) -> Result<Array, Trap> {
        let cell = cell(reference as u32).ok_or(Trap::NullArrayReference)?;
        let (at, storage) = (cell as usize * CELL, self.element(ty));
        let (len, size_log2) = (self.heap.word(at + LENGTH as usize), storage.size_log2());
        Ok(Array { first: at + storage.elements() as usize, len, size_log2 })
    }

    /// The place of element `index` of the array that `reference` names, of type `ty`.
    pub(crate) fn array_place(&self, ty: u32, reference: u64, index: u64) -> Result<usize, Trap> {
        Ok(self.array(ty, reference)?.range(index, 1)?.0)
    }

    /// `array.fill`: sets `len` elements from `start` on to the value that starts at `values`.
    pub(crate) fn array_fill(
        &mut self,
        ty: u32,
        reference: u64,
        (start, len): (u64, u64),
        values: &[u64],
    ) -> Result<(), Trap> {
        let array = self.array(ty, reference)?;
        let (at, len) = array.range(start, len)?;
        let size = 1 << array.size_log2;
        let element = bytes(value(values));
        let place = self.heap.get_mut(at, len).ok_or(Trap::ArrayOutOfBounds)?;
        if size == 1 {
            place.fill(element[0]);
        } else {
            place.chunks_exact_mut(size).for_each(|place| place.copy_from_slice(&element[..size]));
        }
        Ok(())
    }

    /// `array.copy`: copies `len` elements from `from` on of one array to `to` on of another or the same; `ty` is the
    /// type of the first.
    pub(crate) fn array_copy(
        &mut self,
        ty: u32,
        (target, to): (u64, u64),
        (source, from): (u64, u64),
        len: u64,
    ) -> Result<(), Trap> {
        // Elements of both have the same size, and so the same place in their arrays.
        let target = self.array(ty, target)?;
        let source = self.array(ty, source)?;
        let (to, size) = target.range(to, len)?;
        let (from, _) = source.range(from, len)?;
        let both = self.heap.get_mut(0, to.max(from) + size).ok_or(Trap::ArrayOutOfBounds)?;
        both.copy_within(from..from + size, to);
        Ok(())
    }

    /// The bytes of data segment `segment` of `instance`: none once it has been dropped.
    fn data(&self, instance: u32, segment: u32) -> &[u8] {
        let instance = &self.instances[instance as usize];
        if instance.dropped_data[segment as usize] {
            return &[];
        }
        let module = &instance.module.inner;
        module.bytes(module.data[segment as usize].bytes)
    }

    /// The place of the elements that `len` elements from `start` on of data segment `segment` make.
    fn data_range(
        &self,
        instance: u32,
        segment: u32,
        ty: u32,
        (start, len): (u64, u64),
    ) -> Result<core::ops::Range<usize>, Trap> {
        let size = len << self.element(ty).size_log2();
        range(start, size, self.data(instance, segment).len()).ok_or(Trap::MemoryOutOfBounds)
    }

    /// `array.new_data`: an array of `source.1` elements from byte `source.0` on of a data segment.
    pub(crate) fn new_array_data(
        &mut self,
        instance: u32,
        (ty, segment): (u32, u32),
        source: (u64, u64),
        running: Option<LiveSlots>,
    ) -> Result<u64, Error> {
        self.data_range(instance, segment, ty, source)?;
        let array = self.new_array(ty, source.1 as u32, running)?;
        self.array_init_data(instance, (ty, segment), (array, 0), source)?;
        Ok(array)
    }

    /// `array.init_data`: sets elements of an array from one on, `target`, to those that a data segment has at
    /// `source`.
    pub(crate) fn array_init_data(
        &mut self,
        instance: u32,
        (ty, segment): (u32, u32),
        target: (u64, u64),
        source: (u64, u64),
    ) -> Result<(), Trap> {
        let (at, size) = self.array(ty, target.0)?.range(target.1, source.1)?;
        let source = self.data_range(instance, segment, ty, source)?;
        // The heap is taken out of the store, which the segment's bytes are read from meanwhile.
        let mut heap = core::mem::replace(&mut self.heap, super::heap::Heap::new());
        if let Some(place) = heap.get_mut(at, size) {
            place.copy_from_slice(&self.data(instance, segment)[source]);
        }
        self.heap = heap;
        Ok(())
    }

    /// The references at `source` of element segment `segment`.
    fn references(
        &self,
        instance: u32,
        segment: u32,
        source: (u64, u64),
    ) -> Result<core::ops::Range<usize>, Trap> {
        let references = &self.instances[instance as usize].elements[segment as usize];
        range(source.0, source.1, references.len()).ok_or(Trap::TableOutOfBounds)
    }

    /// `array.new_elem`: an array of the references at `source` of an element segment.
    pub(crate) fn new_array_elem(
        &mut self,
        instance: u32,
        (ty, segment): (u32, u32),
        source: (u64, u64),
        running: Option<LiveSlots>,
    ) -> Result<u64, Error> {
        self.references(instance, segment, source)?;
        let array = self.new_array(ty, source.1 as u32, running)?;
        self.array_init_elem(instance, (ty, segment), (array, 0), source)?;
        Ok(array)
    }

    /// `array.init_elem`: sets elements of an array from one on, `target`, to the references at `source` of an element
    /// segment.
    pub(crate) fn array_init_elem(
        &mut self,
        instance: u32,
        (ty, segment): (u32, u32),
        target: (u64, u64),
        source: (u64, u64),
    ) -> Result<(), Trap> {
        let (at, _) = self.array(ty, target.0)?.range(target.1, source.1)?;
        let source = self.references(instance, segment, source)?;
        let references = &self.instances[instance as usize].elements[segment as usize][source];
        for (index, reference) in references.iter().enumerate() {
            self.heap.set_word(at + 4 * index, *reference as u32);
        }
        Ok(())
    }
}
