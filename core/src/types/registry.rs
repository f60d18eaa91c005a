//! The types of an engine, each once: types that are equal are one and the same, whichever modules define them.

use alloc::vec::Vec;
use core::hash::{BuildHasher, Hash, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::defined::{DefinedType, StorageType};
use super::{CompositeKind, FieldType, HeapType, RefType, ValType};
use crate::error::Error;
use crate::raw::{Lock, Shared};

/// The groups of types that modules and stores of an engine use.
#[derive(Default)]
pub(crate) struct Registry {
    groups: Lock<Groups>,
}

#[derive(Default)]
struct Groups {
    table: HashTable<Group>,
    hasher: DefaultHashBuilder,
    /// The number of the next type.
    next: u32,
}

/// A recursive group of types.
struct Group {
    first: Shared<DefinedType>,
    others: Vec<Shared<DefinedType>>,
}

impl Group {
    fn members(&self) -> impl Iterator<Item = &Shared<DefinedType>> + Clone {
        core::iter::once(&self.first).chain(&self.others)
    }

    /// Whether a module or store uses it.
    fn is_used(&self) -> bool {
        self.members().any(|member| !member.is_sole_owner())
    }

    fn view(&self) -> View<impl Iterator<Item = &DefinedType> + Clone> {
        let first = self.first.number;
        let members = self.members().map(|member| &**member);
        View { first, len: 1 + self.others.len(), members }
    }
}

/// A group as its members are compared: with numbers that are relative to its first one.
struct View<I> {
    first: u32,
    len: usize,
    members: I,
}

impl<'a, I: Iterator<Item = &'a DefinedType> + Clone> View<I> {
    fn number(&self, number: u32) -> u32 {
        let position = number.wrapping_sub(self.first);
        if (position as usize) < self.len { DefinedType::RELATIVE + position } else { number }
    }

    fn part(&self, mut part: FieldType) -> FieldType {
        if let StorageType::Val(ValType::Ref(RefType { heap: HeapType::Concrete(ty), .. })) =
            &mut part.storage
        {
            ty.number = self.number(ty.number);
        }
        part
    }

    /// What tells the member from others but for its parts: kind, finality, supertype, parameters.
    fn shape(&self, member: &DefinedType) -> (CompositeKind, bool, Option<u32>, usize) {
        let supertype = member.supertypes.last().map(|number| self.number(*number));
        (member.kind(), member.is_final, supertype, member.as_func().map_or(0, |ty| ty.params().len()))
    }

    fn hash(&self, hasher: &DefaultHashBuilder) -> u64 {
        let mut hasher = hasher.build_hasher();
        for member in self.members.clone() {
            self.shape(member).hash(&mut hasher);
            member.parts().for_each(|part| self.part(part).hash(&mut hasher));
        }
        hasher.finish()
    }

    fn same<'b, J: Iterator<Item = &'b DefinedType> + Clone>(&self, other: &View<J>) -> bool {
        let alike = |(mine, theirs): (&DefinedType, &DefinedType)| {
            let parts = mine.parts().map(|part| self.part(part));
            self.shape(mine) == other.shape(theirs) && parts.eq(theirs.parts().map(|part| other.part(part)))
        };
        self.len == other.len && self.members.clone().zip(other.members.clone()).all(alike)
    }
}

impl Registry {
    /// Forgets the groups that nobody uses.
    pub(crate) fn forget_unused(&self) {
        let table = &mut self.groups.lock().table;
        table.retain(|group| group.is_used());
        if table.is_empty() {
            *table = HashTable::new();
        }
    }

    /// The types of a group whose members `group` describes with [relative](DefinedType::RELATIVE) numbers, appended
    /// to `types`.
    ///
    /// # Errors
    /// When memory or numbers run out.
    pub(crate) fn intern(
        &self,
        mut group: Vec<DefinedType>,
        types: &mut Vec<Shared<DefinedType>>,
    ) -> Result<(), Error> {
        if group.is_empty() {
            return Ok(());
        }
        types.try_reserve(group.len())?;
        let mut groups = self.groups.lock();
        let Groups { table, hasher, next } = &mut *groups;
        let view = View { first: DefinedType::RELATIVE, len: group.len(), members: group.iter() };
        let hash = view.hash(hasher);
        if let Some(known) = table.find(hash, |known| known.view().same(&view)) {
            types.extend(known.members().cloned());
            return Ok(());
        }
        let first = *next;
        let end = u32::try_from(group.len()).ok().and_then(|len| first.checked_add(len));
        let limit = DefinedType::RELATIVE;
        let end = end
            .filter(|end| *end <= limit)
            .ok_or_else(|| Error::limit("types of an engine", limit as usize, None))?;
        table.try_reserve(1, |group| group.view().hash(hasher))?;
        let before = types.len();
        for mut member in group.drain(..) {
            member.each_number(|number| {
                if let Some(position) = number.checked_sub(DefinedType::RELATIVE) {
                    *number = first + position;
                }
            });
            match Shared::try_new(member) {
                Ok(member) => types.push(member),
                Err(error) => {
                    types.truncate(before);
                    return Err(error.into());
                }
            }
        }
        let mut others = Vec::new();
        if let Err(error) = others.try_reserve_exact(types.len() - before - 1) {
            types.truncate(before);
            return Err(error.into());
        }
        others.extend(types[before + 1..].iter().cloned());
        let group = Group { first: types[before].clone(), others };
        table.insert_unique(hash, group, |group| group.view().hash(hasher));
        *next = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::Registry;
    use crate::raw::Shared;
    use crate::types::defined::{CompositeType, DefinedType, FieldType, StorageType};
    use crate::types::layout::{Field, HEADER};
    use crate::types::{CompositeKind, ConcreteType, FuncType, HeapType, Mutability, RefType, ValType};

    fn reference(number: u32) -> ValType {
        let ty = ConcreteType { kind: CompositeKind::Struct, number };
        ValType::Ref(RefType { nullable: true, heap: HeapType::Concrete(ty) })
    }

    /// A struct of one reference.
    fn node(number: u32, to: u32) -> DefinedType {
        let field = FieldType { storage: StorageType::Val(reference(to)), mutability: Mutability::Var };
        let composite = CompositeType::Struct(vec![Field { ty: field, offset: HEADER }]);
        DefinedType { number, is_final: true, supertypes: Vec::new(), composite }
    }

    fn intern(registry: &Registry, group: Vec<DefinedType>) -> Vec<Shared<DefinedType>> {
        let mut types = Vec::new();
        registry.intern(group, &mut types).unwrap();
        types
    }

    const FIRST: u32 = DefinedType::RELATIVE;

    #[test]
    fn equal_groups_are_one() {
        let registry = Registry::default();
        let own = intern(&registry, vec![node(FIRST, FIRST)]);
        let pair = intern(&registry, vec![node(FIRST, FIRST + 1), node(FIRST + 1, FIRST)]);
        assert_eq!((own[0].number, pair[0].number, pair[1].number), (0, 1, 2));
        assert!(own[0].same(&intern(&registry, vec![node(FIRST, FIRST)])[0]));
        assert!(intern(&registry, Vec::new()).is_empty());
        assert!(pair[1].same(&intern(&registry, vec![node(FIRST, FIRST + 1), node(FIRST + 1, FIRST)])[1]));
        // The same structure by another grouping is another type.
        let outer = intern(&registry, vec![node(FIRST, own[0].number)]);
        assert_eq!(outer[0].number, 3);
    }

    #[test]
    fn what_nobody_uses_is_forgotten() {
        let registry = Registry::default();
        let kept = intern(&registry, vec![node(FIRST, FIRST)]);
        for params in 0..100 {
            let ty = FuncType::new((0..params).map(|_| ValType::I32), []).unwrap();
            intern(&registry, vec![DefinedType::func(ty)]);
        }
        assert_eq!(registry.groups.lock().table.len(), 101);
        registry.forget_unused();
        assert_eq!(registry.groups.lock().table.len(), 1);
        assert!(kept[0].same(&intern(&registry, vec![node(FIRST, FIRST)])[0]));
        drop(kept);
        registry.forget_unused();
        assert_eq!(registry.groups.lock().table.capacity(), 0);
    }
}
