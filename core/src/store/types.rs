//! Canonical function types: equal types have equal numbers, so that a call compares numbers.

use core::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::StoreInner;
use crate::error::Error;
use crate::types::FuncType;

/// Finds the number of a function type.
#[derive(Default)]
pub(crate) struct TypeNumbers {
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

/// Bytes that one entry occupies, growth of the table included.
const ENTRY_SIZE: usize = 16;

impl StoreInner {
    /// The canonical number of `ty`.
    pub(crate) fn intern(&mut self, ty: &FuncType) -> Result<u32, Error> {
        let TypeNumbers { numbers, hasher } = &mut self.type_numbers;
        let hash = hasher.hash_one(ty);
        if let Some(number) = numbers.find(hash, |number| self.types[*number as usize] == *ty) {
            return Ok(*number);
        }
        let number = self.types.len() as u32;
        self.budget.reserve(&mut self.types, 1)?;
        let copy = ty.try_clone()?;
        self.budget.charge(ENTRY_SIZE + copy.footprint())?;
        let rehash = |number: &u32| hasher.hash_one(&self.types[*number as usize]);
        if let Err(error) = numbers.try_reserve(1, rehash) {
            self.budget.release(ENTRY_SIZE + copy.footprint());
            return Err(error.into());
        }
        numbers.insert_unique(hash, number, |number| hasher.hash_one(&self.types[*number as usize]));
        self.types.push(copy);
        Ok(number)
    }
}
