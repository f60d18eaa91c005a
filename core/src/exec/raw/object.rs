//! Objects, as running code reaches them.

use super::{Context, Scalar, State};
use crate::store::types::TypeInfo;
use crate::trap::Trap;
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
        let object = self.heap.wrapping_add((word as usize).wrapping_mul(2));
        let place = object.wrapping_add(offset);
        let inside = (place as usize) < self.heap_end && self.is_ahead(object, place);
        (word != 0 && inside).then(|| place.cast())
    }

    /// Whether `object` is at or behind the heap's start, and `place` at or behind `object`: that nothing was added beyond
    /// the last address there is.
    #[inline(always)]
    fn is_ahead(&self, object: *mut u8, place: *mut u8) -> bool {
        // With addresses of 64 bits, the 36 bits that an offset has do not reach that.
        cfg!(target_pointer_width = "64") || (object >= self.heap && place >= object)
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

    /// Element `index` of an array, or the trap that tells why there is none.
    ///
    /// Null has none: the heap's first cells are zero.
    #[inline(always)]
    pub(in crate::exec) fn element<M: Scalar>(&self, array: u64, index: u32) -> Result<Element<M>, Trap> {
        let context = self.context();
        let first = if M::LOG2 == 3 { 16 } else { 12 };
        let offset = (array as u32 as usize).wrapping_mul(2);
        // By address, which takes a register less than by offset.
        let object = context.heap.wrapping_add(offset);
        let place = object.wrapping_add(first + ((index as usize) << M::LOG2));
        if (place as usize) < context.heap_end && context.is_ahead(object, place) {
            // SAFETY: the length stands before its elements, and the limit leaves room below the heap's end.
            let len = unsafe { object.wrapping_add(LENGTH as usize).cast::<u32>().read_unaligned() };
            if index < len {
                return Ok(Element(place.cast()));
            }
        }
        Err(if object == context.heap { Trap::NullArrayReference } else { Trap::ArrayOutOfBounds })
    }
}

/// An element of an array, for the time of one instruction: the heap does not move meanwhile.
pub(in crate::exec) struct Element<M>(*mut M);

impl<M: Scalar> Element<M> {
    /// Reads it.
    #[inline(always)]
    pub(in crate::exec) fn get(self) -> M {
        // SAFETY: `State::element` has checked that it is in the heap.
        unsafe { self.0.read_unaligned() }
    }

    /// Writes it.
    #[inline(always)]
    pub(in crate::exec) fn set(self, value: M) {
        // SAFETY: as for `get`.
        unsafe { self.0.write_unaligned(value) }
    }
}
