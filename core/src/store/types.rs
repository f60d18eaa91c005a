//! The types that a store uses, each with a number of its own, so that running code compares numbers.

use alloc::vec::Vec;
use core::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::StoreInner;
use crate::error::Error;
use crate::raw::Shared;
use crate::types::FuncType;
use crate::types::defined::DefinedType;

/// Finds the number of a type.
#[derive(Default)]
pub(crate) struct TypeNumbers {
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

/// Bytes that one entry occupies, growth of the table included.
const ENTRY_SIZE: usize = 16;

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
        numbers.insert_unique(hash, number, rehash);
        self.types.push(ty.clone());
        Ok(number)
    }

    /// The function type that has this number.
    pub(crate) fn func_type(&self, number: u32) -> &FuncType {
        self.types[number as usize].func_type()
    }

    /// The number of function type `ty`, which the host gives.
    pub(crate) fn intern_func(&mut self, ty: FuncType) -> Result<u32, Error> {
        let (mut group, mut types) = (Vec::new(), Vec::new());
        group.try_reserve_exact(1)?;
        group.push(DefinedType::func(ty));
        self.engine.types().intern(group, &mut types)?;
        let number = self.intern(&types[0])?;
        if number as usize + 1 == self.types.len() {
            self.budget.charge(types[0].footprint())?;
        }
        Ok(number)
    }
}
