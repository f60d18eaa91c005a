//! Types that modules define: functions, structs and arrays, each perhaps a subtype of another.

use alloc::vec::Vec;

use super::layout::Field;
use super::{CompositeKind, ConcreteType, FuncType, HeapType, Mutability, RefType, ValType};

/// What a field of a struct or an element of an array holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StorageType {
    /// An integer of 8 bits.
    I8,
    /// An integer of 16 bits.
    I16,
    /// A value.
    Val(ValType),
}

impl StorageType {
    /// The value that instructions see.
    #[must_use]
    pub const fn unpacked(self) -> ValType {
        match self {
            Self::I8 | Self::I16 => ValType::I32,
            Self::Val(ty) => ty,
        }
    }
}

/// The type of a struct's field or of an array's elements.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FieldType {
    /// What it holds.
    pub storage: StorageType,
    /// Whether it can be assigned.
    pub mutability: Mutability,
}

impl FieldType {
    /// A number that no other such type has, but for those that refer to other types that modules define: what the
    /// second number tells.
    pub(crate) fn code(self) -> (u32, Option<u32>) {
        let (storage, number) = match self.storage {
            StorageType::I8 => (0, None),
            StorageType::I16 => (1, None),
            StorageType::Val(ValType::I32) => (2, None),
            StorageType::Val(ValType::I64) => (3, None),
            StorageType::Val(ValType::F32) => (4, None),
            StorageType::Val(ValType::F64) => (5, None),
            StorageType::Val(ValType::V128) => (6, None),
            StorageType::Val(ValType::Ref(ty)) => {
                let (heap, number) = ty.heap.code();
                (7 + (heap << 1 | u32::from(ty.nullable)), number)
            }
        };
        (storage << 1 | self.mutability as u32, number)
    }
}

/// What a defined type is made of.
#[derive(Debug)]
pub(crate) enum CompositeType {
    Func(FuncType),
    Struct(Vec<Field>),
    Array(FieldType),
}

/// A type that a module defines: one of a recursive group.
#[derive(Debug)]
pub(crate) struct DefinedType {
    /// Its number in the engine.
    pub(crate) number: u32,
    /// Whether it has no subtypes but itself.
    pub(crate) is_final: bool,
    /// The numbers of its supertypes, from the one without any to the nearest.
    pub(crate) supertypes: Vec<u32>,
    pub(crate) composite: CompositeType,
}

impl DefinedType {
    /// Numbers from here on stand for the members of the group that is being made.
    pub(crate) const RELATIVE: u32 = 1 << 31;

    /// A function type with neither super- nor subtypes, as a group of its own.
    pub(crate) fn func(ty: FuncType) -> Self {
        Self {
            number: Self::RELATIVE,
            is_final: true,
            supertypes: Vec::new(),
            composite: CompositeType::Func(ty),
        }
    }

    /// What values of the type are.
    pub(crate) fn kind(&self) -> CompositeKind {
        match self.composite {
            CompositeType::Func(_) => CompositeKind::Func,
            CompositeType::Struct(_) => CompositeKind::Struct,
            CompositeType::Array(_) => CompositeKind::Array,
        }
    }

    /// How other types refer to it.
    pub(crate) fn concrete(&self) -> ConcreteType {
        ConcreteType { kind: self.kind(), number: self.number }
    }

    /// The function type, if it is one.
    pub(crate) fn as_func(&self) -> Option<&FuncType> {
        if let CompositeType::Func(ty) = &self.composite { Some(ty) } else { None }
    }

    /// The fields where validation has seen to it that it is a struct.
    #[cfg(feature = "gc")]
    pub(crate) fn fields(&self) -> &[Field] {
        if let CompositeType::Struct(fields) = &self.composite { fields } else { &[] }
    }

    /// What the elements hold where validation has seen to it that it is an array.
    #[cfg(feature = "gc")]
    pub(crate) fn element(&self) -> StorageType {
        if let CompositeType::Array(ty) = &self.composite { ty.storage } else { StorageType::I8 }
    }

    /// The function type where validation has seen to it that it is one.
    pub(crate) fn func_type(&self) -> &FuncType {
        static NOTHING: FuncType = FuncType { types: Vec::new(), params: 0 };
        self.as_func().unwrap_or(&NOTHING)
    }

    /// Bytes that it occupies, shared as it is.
    pub(crate) fn footprint(&self) -> usize {
        let composite = match &self.composite {
            CompositeType::Func(ty) => ty.footprint(),
            CompositeType::Struct(fields) => fields.capacity() * size_of::<Field>(),
            CompositeType::Array(_) => 0,
        };
        size_of::<(usize, usize, Self)>() + self.supertypes.capacity() * size_of::<u32>() + composite
    }

    /// Lets `change` change every number of a type in it.
    pub(crate) fn each_number(&mut self, change: impl Fn(&mut u32)) {
        change(&mut self.number);
        self.supertypes.iter_mut().for_each(&change);
        let value = |ty: &mut ValType| {
            if let ValType::Ref(RefType { heap: HeapType::Concrete(ty), .. }) = ty {
                change(&mut ty.number);
            }
        };
        let field = |ty: &mut FieldType| {
            if let StorageType::Val(ty) = &mut ty.storage {
                value(ty);
            }
        };
        match &mut self.composite {
            CompositeType::Func(ty) => ty.types.iter_mut().for_each(value),
            CompositeType::Struct(fields) => fields.iter_mut().for_each(|member| field(&mut member.ty)),
            CompositeType::Array(ty) => field(ty),
        }
    }

    /// Parameter or result, or field, or elements: the one at `index`.
    pub(crate) fn part(&self, index: usize) -> Option<FieldType> {
        match &self.composite {
            CompositeType::Func(ty) => {
                let storage = StorageType::Val(*ty.types.get(index)?);
                Some(FieldType { storage, mutability: Mutability::Const })
            }
            CompositeType::Struct(fields) => fields.get(index).map(|field| field.ty),
            CompositeType::Array(ty) => (index == 0).then_some(*ty),
        }
    }
}
