//! References to what guests make: structs, arrays and small integers.

use super::reference::Reference;
use super::{AsContext, AsContextMut, ExternRef, Val};
use crate::error::{Error, ErrorKind};
use crate::raw::LiveSlots;
use crate::store::StoreInner;
use crate::store::heap::CELL;
use crate::types::defined::CompositeType;
use crate::types::layout::LENGTH;
use crate::types::{CompositeKind, ConcreteType, FieldType, HeapType, Mutability, RefType, ValType};
use crate::value::{self, cell};

/// A reference to a struct, an array, an integer of 31 bits, or a host value that became one of the guest's.
///
/// What it refers to lives at least as long as the [`RootScope`](crate::RootScope) in which the embedder got it.
#[derive(Clone, Copy, Debug)]
pub struct AnyRef(pub(crate) Reference);

fn usage(text: &'static str) -> Error {
    Error::with_message(ErrorKind::Usage, text)
}

/// A field or element: where it is in the heap, and its type.
type Place = (usize, FieldType);

impl StoreInner {
    /// What the object that `slot` refers to is.
    pub(super) fn object_type(&self, slot: u64) -> Option<u32> {
        cell(slot as u32).map(|cell| self.heap.kind(cell)).filter(|ty| (*ty as usize) < self.types.len())
    }

    /// Whether what `slot` refers to, which is not null, is one of `heap`.
    pub(super) fn is_any(&self, slot: u64, heap: HeapType) -> bool {
        let is_kind = |kind| self.object_type(slot).is_some_and(|ty| self.types[ty as usize].kind() == kind);
        match heap {
            HeapType::Any => true,
            HeapType::Eq => value::host_value(slot as u32).is_none(),
            HeapType::I31 => slot & 1 != 0,
            HeapType::Struct => is_kind(CompositeKind::Struct),
            HeapType::Array => is_kind(CompositeKind::Array),
            HeapType::Concrete(wanted) => self
                .object_type(slot)
                .zip(self.type_number(wanted.number))
                .is_some_and(|(ty, wanted)| self.is_subtype(ty, wanted)),
            _ => false,
        }
    }

    /// The number of `ty`, which must be of this kind.
    fn made_type(&self, ty: ConcreteType, kind: CompositeKind) -> Result<u32, Error> {
        let number = self.type_number(ty.number).filter(|_| ty.kind == kind);
        number.ok_or_else(|| usage("no instance in the store has such a type"))
    }

    /// Reads a field or element.
    fn get_place(&mut self, (at, ty): Place) -> Result<Val, Error> {
        let slots = self.stored(at, ty.storage);
        Val::from_slots(ty.storage.unpacked(), self, &slots)
    }

    /// Writes a field or element.
    fn set_place(&mut self, (at, ty): Place, value: Val) -> Result<(), Error> {
        if ty.mutability == Mutability::Const {
            return Err(usage("the field is constant"));
        }
        self.write_place((at, ty), value)
    }

    fn write_place(&mut self, (at, ty): Place, value: Val) -> Result<(), Error> {
        if !value.matches_in(self, ty.storage.unpacked()) {
            return Err(usage("the value is not of the field's type"));
        }
        let mut slots = [0; 2];
        value.to_slots(self, &mut slots);
        self.put(at, ty.storage, &slots);
        Ok(())
    }
}

impl AnyRef {
    /// A reference to the lowest 31 bits of `value`.
    pub fn from_i31(store: impl AsContext, value: i32) -> Self {
        let slot = value::i31(value.cast_unsigned());
        Self(Reference::plain(&store.as_context().parts.inner, slot))
    }

    /// Makes a struct of type `ty`, which a module of an instance in the store defines, with these fields.
    ///
    /// # Errors
    /// When there is no such type, the fields are not those of the type, or there is no room for the struct.
    pub fn new_struct(mut store: impl AsContextMut, ty: ConcreteType, fields: &[Val]) -> Result<Self, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let number = inner.made_type(ty, CompositeKind::Struct)?;
        if inner.types[number as usize].fields().len() != fields.len() {
            return Err(usage("the struct has another number of fields"));
        }
        let made = inner.new_struct(number, None, Some(LiveSlots::NONE))?;
        Self::filled(inner, made, fields, Self::field_place)
    }

    /// Makes an array of type `ty`, which a module of an instance in the store defines, with these elements.
    ///
    /// # Errors
    /// When there is no such type, the elements are not those of the type, or there is no room for the array.
    pub fn new_array(
        mut store: impl AsContextMut,
        ty: ConcreteType,
        elements: &[Val],
    ) -> Result<Self, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let number = inner.made_type(ty, CompositeKind::Array)?;
        let len = u32::try_from(elements.len()).map_err(|_| usage("an array has fewer elements"))?;
        let made = inner.new_array(number, len, Some(LiveSlots::NONE))?;
        Self::filled(inner, made, elements, Self::element_place)
    }

    /// The new object in `made`, with `values` in their places.
    fn filled(
        inner: &mut StoreInner,
        made: u64,
        values: &[Val],
        place: fn(Self, &StoreInner, usize) -> Result<Place, Error>,
    ) -> Result<Self, Error> {
        let made = Reference::from_slot(inner, made)?.map(Self).ok_or_else(|| usage("nothing was made"))?;
        for (index, value) in values.iter().enumerate() {
            let place = place(made, inner, index)?;
            inner.write_place(place, *value)?;
        }
        Ok(made)
    }

    fn slot(self, inner: &StoreInner) -> Result<u64, Error> {
        self.0.to_slot(inner).ok_or_else(|| usage("the reference has been given up: its scope has ended"))
    }

    /// The integer, sign-extended from 31 bits, if it is one.
    #[must_use]
    pub fn as_i31(&self, store: impl AsContext) -> Option<i32> {
        let slot = self.slot(&store.as_context().parts.inner).ok()?;
        (slot & 1 != 0).then_some((slot as u32).cast_signed() >> 1)
    }

    /// The same reference as one that the guest can only pass on (`extern.convert_any`).
    #[must_use]
    pub fn into_extern(self) -> ExternRef {
        ExternRef(self.0)
    }

    /// Whether it is of type `heap`.
    ///
    /// # Panics
    /// When it is a reference of another store.
    #[must_use]
    pub fn is(&self, store: impl AsContext, heap: HeapType) -> bool {
        let store = store.as_context();
        self.slot(&store.parts.inner).is_ok_and(|slot| store.parts.inner.is_any(slot, heap))
    }

    /// The type of the struct or array, if it is one.
    #[must_use]
    pub fn ty(&self, store: impl AsContext) -> Option<ConcreteType> {
        let store = store.as_context();
        let inner = &store.parts.inner;
        let ty = inner.object_type(self.slot(inner).ok()?)?;
        Some(inner.types[ty as usize].concrete())
    }

    /// Whether both refer to the same (`ref.eq`).
    ///
    /// # Errors
    /// When one of them has been given up.
    pub fn ref_eq(&self, store: impl AsContext, other: &Self) -> Result<bool, Error> {
        let inner = &store.as_context().parts.inner;
        Ok(self.slot(inner)? == other.slot(inner)?)
    }

    /// The object: its first byte in the heap, and what it is made of.
    fn object(self, inner: &StoreInner) -> Result<(usize, &CompositeType), Error> {
        let slot = self.slot(inner)?;
        let ty = inner.object_type(slot).ok_or_else(|| usage("the reference is not to a struct or array"))?;
        Ok(((slot as u32 >> 2) as usize * CELL, &inner.types[ty as usize].composite))
    }

    fn field_place(self, inner: &StoreInner, index: usize) -> Result<Place, Error> {
        let (at, composite) = self.object(inner)?;
        let CompositeType::Struct(fields) = composite else {
            return Err(usage("the reference is not to a struct"));
        };
        let field = fields.get(index).ok_or_else(|| usage("the struct has fewer fields"))?;
        Ok((at + field.offset as usize, field.ty))
    }

    fn element_place(self, inner: &StoreInner, index: usize) -> Result<Place, Error> {
        let (at, composite) = self.object(inner)?;
        let CompositeType::Array(ty) = composite else {
            return Err(usage("the reference is not to an array"));
        };
        if index >= inner.heap.word(at + LENGTH as usize) as usize {
            return Err(usage("out of bounds array access by the host"));
        }
        Ok((at + ty.storage.elements() as usize + (index << ty.storage.size_log2()), *ty))
    }

    /// Field `index` of the struct; small integers are zero-extended.
    ///
    /// # Errors
    /// When it is not a struct that has such a field, or the field's object cannot be kept.
    pub fn field(&self, mut store: impl AsContextMut, index: usize) -> Result<Val, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let place = self.field_place(inner, index)?;
        inner.get_place(place)
    }

    /// Sets field `index` of the struct.
    ///
    /// # Errors
    /// When it is not a struct that has such a field, or the field is constant or of another type.
    pub fn set_field(&self, mut store: impl AsContextMut, index: usize, value: Val) -> Result<(), Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let place = self.field_place(inner, index)?;
        inner.set_place(place, value)
    }

    /// The length of the array.
    ///
    /// # Errors
    /// When it is not an array.
    pub fn len(&self, store: impl AsContext) -> Result<usize, Error> {
        let inner = &store.as_context().parts.inner;
        match self.object(inner)? {
            (at, CompositeType::Array(_)) => Ok(inner.heap.word(at + LENGTH as usize) as usize),
            _ => Err(usage("the reference is not to an array")),
        }
    }

    /// Element `index` of the array; small integers are zero-extended.
    ///
    /// # Errors
    /// When it is not an array that has such an element, or the element's object cannot be kept.
    pub fn element(&self, mut store: impl AsContextMut, index: usize) -> Result<Val, Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let place = self.element_place(inner, index)?;
        inner.get_place(place)
    }

    /// Sets element `index` of the array.
    ///
    /// # Errors
    /// When it is not an array that has such an element, or elements are constant or of another type.
    pub fn set_element(&self, mut store: impl AsContextMut, index: usize, value: Val) -> Result<(), Error> {
        let inner = &mut store.as_context_mut().parts.inner;
        let place = self.element_place(inner, index)?;
        inner.set_place(place, value)
    }
}

impl RefType {
    /// `anyref`: a nullable reference to anything that guests make.
    pub const ANY: Self = Self { nullable: true, heap: HeapType::Any };
}

impl ValType {
    /// `anyref`.
    pub const ANYREF: Self = Self::Ref(RefType::ANY);
}
