//! Objects, as running code reaches them.

use super::{Context, Scalar, State};
use crate::store::types::TypeInfo;
use crate::types::CompositeKind;
use crate::types::layout::LENGTH;
use crate::value::Target;

impl Context {
    /// What is `offset` bytes behind the start of the object that `reference` names; nothing where it is null.
    ///
    /// A reference that is not one to an object, which validation rules out, may at worst name another place in
    /// the heap.
    #[inline(always)]
    fn object_place<M: Scalar>(&self, reference: u64, offset: usize) -> Option<*mut M> {
        let word = reference as u32;
        // Cells have 8 bytes, and a reference has four times the number of one.
        let at = (word as usize).wrapping_mul(2).wrapping_add(offset);
        (word != 0 && at < self.heap_limit).then(|| self.heap.wrapping_add(at).cast())
    }

    #[inline(always)]
    fn object_kind(&self, reference: u64) -> Option<u32> {
        let place = self.object_place::<u32>(reference, 0)?;
        // SAFETY: the limit leaves room for 16 bytes below the heap's end.
        Some(unsafe { place.read_unaligned() })
    }

    #[inline(always)]
    fn type_info(&self, ty: u32) -> Option<TypeInfo> {
        // SAFETY: the number was just checked; `Invocation::view` made a view of the types.
        ((ty as usize) < self.type_count).then(|| unsafe { *self.type_infos.add(ty as usize) })
    }

    /// Whether type `ty` of the store is `other` or one of its subtypes.
    #[inline(always)]
    fn is_subtype(&self, ty: u32, other: u32) -> bool {
        let (Some(info), Some(wanted)) = (self.type_info(ty), self.type_info(other)) else { return false };
        let ancestor = info.ancestors as usize + usize::from(wanted.depth);
        // SAFETY: a type has one ancestor more than its depth says.
        wanted.depth <= info.depth && unsafe { *self.ancestors.add(ancestor) } == other
    }

    /// Whether `reference` is what `test` asks for; `ty` is an index of a type of the module.
    #[inline(always)]
    pub(in crate::exec) fn is_instance(&self, reference: u64, test: u16, ty: u32) -> bool {
        let (target, nullable) = Target::unpack(test);
        let word = reference as u32;
        if word == 0 {
            return nullable;
        }
        match target {
            Target::Top => true,
            Target::Bottom => false,
            Target::I31 => word & 1 != 0,
            Target::Eq => word & 3 != 2,
            Target::Struct => self.is_kind(reference, CompositeKind::Struct),
            Target::Array => self.is_kind(reference, CompositeKind::Array),
            Target::Defined => self.is_defined(reference, ty),
        }
    }

    #[inline(always)]
    fn is_kind(&self, reference: u64, kind: CompositeKind) -> bool {
        let ty = if reference & 3 == 0 { self.object_kind(reference) } else { None };
        ty.and_then(|ty| self.type_info(ty)).is_some_and(|info| info.kind == kind)
    }

    #[inline(always)]
    fn is_defined(&self, reference: u64, ty: u32) -> bool {
        // SAFETY: validation has checked the type's index; instantiation made a canonical type of each.
        let wanted = unsafe { *self.types.add(ty as usize) };
        let ty = if self.type_info(wanted).is_some_and(|info| info.kind == CompositeKind::Func) {
            // SAFETY: a reference of this hierarchy is to a function of the store.
            Some(unsafe { (*self.funcs.add(reference as usize - 1)).ty })
        } else if reference & 3 == 0 {
            self.object_kind(reference)
        } else {
            None
        };
        ty.is_some_and(|ty| ty == wanted || self.is_subtype(ty, wanted))
    }
}

impl State {
    /// Reads `offset` bytes behind the start of an object; nothing where the reference is null.
    #[inline(always)]
    pub(in crate::exec) fn load_object<M: Scalar>(&self, reference: u64, offset: usize) -> Option<M> {
        let place = self.context().object_place::<M>(reference, offset)?;
        // SAFETY: the limit leaves room for 16 bytes below the heap's end.
        Some(unsafe { place.read_unaligned() })
    }

    /// Writes there; whether the reference is not null.
    #[inline(always)]
    #[must_use]
    pub(in crate::exec) fn store_object<M: Scalar>(
        &mut self,
        reference: u64,
        offset: usize,
        value: M,
    ) -> bool {
        let Some(place) = self.context().object_place::<M>(reference, offset) else { return false };
        // SAFETY: as for `load_object`.
        unsafe { place.write_unaligned(value) };
        true
    }

    /// Where element `index` of an array is, if the array has it.
    ///
    /// Null is no array that has any: the heap's first cells are zero.
    #[inline(always)]
    fn element_place<M: Scalar>(&self, array: u64, index: u32) -> Option<*mut M> {
        let context = self.context();
        let first = if M::LOG2 == 3 { 16 } else { 12 };
        let object = (array as u32 as usize).wrapping_mul(2);
        #[cfg(target_pointer_width = "64")]
        let at = object + first + ((index as usize) << M::LOG2);
        #[cfg(not(target_pointer_width = "64"))]
        let at = (index as usize).checked_mul(1 << M::LOG2)?.checked_add(first)?.checked_add(object)?;
        if at >= context.heap_limit {
            return None;
        }
        let len = context.heap.wrapping_add(object + LENGTH as usize).cast::<u32>();
        // SAFETY: the length stands before its elements, and the limit leaves room below the heap's end.
        let len = unsafe { len.read_unaligned() };
        (index < len).then(|| context.heap.wrapping_add(at).cast())
    }

    /// Reads an array's element, if the array has it.
    #[inline(always)]
    pub(in crate::exec) fn load_element<M: Scalar>(&self, array: u64, index: u32) -> Option<M> {
        let place = self.element_place::<M>(array, index)?;
        // SAFETY: the limit leaves room for 16 bytes below the heap's end.
        Some(unsafe { place.read_unaligned() })
    }

    /// Writes an array's element; whether the array has it.
    #[inline(always)]
    #[must_use]
    pub(in crate::exec) fn store_element<M: Scalar>(&mut self, array: u64, index: u32, value: M) -> bool {
        let Some(place) = self.element_place::<M>(array, index) else { return false };
        // SAFETY: as for `load_element`.
        unsafe { place.write_unaligned(value) };
        true
    }
}
