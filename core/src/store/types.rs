//! The types that a store uses, each with a number of its own, so that running code compares numbers.

#[cfg(feature = "gc")]
use alloc::vec::Vec;
use core::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::StoreInner;
use crate::error::Error;
use crate::raw::Shared;
use crate::types::defined::DefinedType;
#[cfg(feature = "gc")]
use crate::types::{CompositeKind, HeapType};
use crate::types::{FuncType, RefType, ValType};

/// Finds the number of a type.
#[derive(Default)]
pub(crate) struct TypeNumbers {
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

/// Bytes that one entry occupies, growth of the table included.
const ENTRY_SIZE: usize = 16;

/// Where a type stands in the hierarchy of its supertypes.
#[cfg(feature = "gc")]
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct TypeInfo {
    /// Where the type's ancestors start among those of all types, from the one without a supertype to the type itself.
    pub(crate) ancestors: u32,
    /// How many supertypes it has.
    pub(crate) depth: u16,
    pub(crate) kind: CompositeKind,
}

/// The hierarchies of a store's types.
#[cfg(feature = "gc")]
#[derive(Default)]
pub(crate) struct Hierarchy {
    /// By type.
    pub(crate) infos: Vec<TypeInfo>,
    pub(crate) ancestors: Vec<u32>,
}

#[cfg(feature = "gc")]
impl StoreInner {
    /// Adds a type, whose supertypes have been.
    fn add_to_hierarchy(&mut self, ty: &DefinedType) -> Result<(), Error> {
        let number = self.types.len() as u32;
        let (depth, first) = (ty.supertypes.len(), self.hierarchy.ancestors.len());
        self.moves += 1;
        self.budget.reserve(&mut self.hierarchy.infos, 1)?;
        self.budget.reserve(&mut self.hierarchy.ancestors, depth + 1)?;
        for supertype in &ty.supertypes {
            // Modules define supertypes before their subtypes.
            let supertype = self.type_number(*supertype).unwrap_or(number);
            self.hierarchy.ancestors.push(supertype);
        }
        self.hierarchy.ancestors.push(number);
        let info = TypeInfo { ancestors: first as u32, depth: depth as u16, kind: ty.kind() };
        self.hierarchy.infos.push(info);
        Ok(())
    }

    /// The number in this store of the type that has number `number` in the engine.
    pub(crate) fn type_number(&self, number: u32) -> Option<u32> {
        let TypeNumbers { numbers, hasher } = &self.type_numbers;
        let hash = hasher.hash_one(number);
        numbers.find(hash, |known| self.types[*known as usize].number == number).copied()
    }

    /// Whether type `ty` is `other` or one of its subtypes.
    pub(crate) fn is_subtype(&self, ty: u32, other: u32) -> bool {
        let Hierarchy { infos, ancestors } = &self.hierarchy;
        let (info, depth) = (&infos[ty as usize], infos[other as usize].depth);
        depth <= info.depth && ancestors.get(info.ancestors as usize + usize::from(depth)) == Some(&other)
    }
}

impl StoreInner {
    /// Whether every value of type `ty` is one of type `other` too.
    pub(crate) fn is_value_subtype(&self, ty: ValType, other: ValType) -> bool {
        match (ty, other) {
            (ValType::Ref(ty), ValType::Ref(other)) => self.is_reference_subtype(ty, other),
            _ => ty == other,
        }
    }

    /// Whether every reference of type `ty` is one of type `other` too.
    pub(crate) fn is_reference_subtype(&self, ty: RefType, other: RefType) -> bool {
        if ty.is_subtype_of(other) {
            return true;
        }
        #[cfg(feature = "gc")]
        if let (HeapType::Concrete(lower), HeapType::Concrete(upper)) = (ty.heap, other.heap)
            && let (Some(lower), Some(upper)) =
                (self.type_number(lower.number), self.type_number(upper.number))
        {
            return self.is_subtype(lower, upper) && (other.nullable || !ty.nullable);
        }
        false
    }

    /// Whether functions of type `ty` can be used where those of type `other` are asked for.
    pub(crate) fn is_func_subtype(&self, ty: u32, other: u32) -> bool {
        #[cfg(feature = "gc")]
        return self.is_subtype(ty, other);
        #[cfg(not(feature = "gc"))]
        return ty == other;
    }
}

impl StoreInner {
    /// The number of `ty` in this store.
    pub(crate) fn intern(&mut self, ty: &Shared<DefinedType>) -> Result<u32, Error> {
        let TypeNumbers { numbers, hasher } = &mut self.type_numbers;
        let hash = hasher.hash_one(ty.number);
        if let Some(number) = numbers.find(hash, |number| self.types[*number as usize].same(ty)) {
            return Ok(*number);
        }
        let number = self.types.len() as u32;
        self.budget.reserve(&mut self.types, 1)?;
        self.budget.charge(ENTRY_SIZE)?;
        let rehash = |number: &u32| hasher.hash_one(self.types[*number as usize].number);
        if let Err(error) = numbers.try_reserve(1, rehash) {
            self.budget.release(ENTRY_SIZE);
            return Err(error.into());
        }
        #[cfg(feature = "gc")]
        if let Err(error) = self.add_to_hierarchy(ty) {
            self.budget.release(ENTRY_SIZE);
            return Err(error);
        }
        let TypeNumbers { numbers, hasher } = &mut self.type_numbers;
        let rehash = |number: &u32| hasher.hash_one(self.types[*number as usize].number);
        numbers.insert_unique(hash, number, rehash);
        self.types.push(ty.clone());
        Ok(number)
    }

    /// The function type that has this number.
    pub(crate) fn func_type(&self, number: u32) -> &FuncType {
        self.types[number as usize].func_type()
    }

    /// The number of `ty`, which the host gives and the store pays for.
    pub(crate) fn intern_given(&mut self, ty: &Shared<DefinedType>) -> Result<u32, Error> {
        let number = self.intern(ty)?;
        if number as usize + 1 == self.types.len() {
            self.budget.charge(ty.footprint())?;
        }
        Ok(number)
    }
}
