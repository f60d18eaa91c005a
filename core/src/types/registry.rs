//! The types of an engine, each once: types that are equal are one and the same, whichever modules define them.

use alloc::vec::Vec;
use core::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::FuncType;
use super::defined::DefinedType;
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
    fn member(&self, position: usize) -> Option<&Shared<DefinedType>> {
        position.checked_sub(1).map_or(Some(&self.first), |position| self.others.get(position))
    }

    fn members(&self) -> impl Iterator<Item = &Shared<DefinedType>> {
        (0..).map_while(|position| self.member(position))
    }

    /// Whether a module or store uses it.
    fn is_used(&self) -> bool {
        self.members().any(|member| !member.is_sole_owner())
    }
}

/// A group as its members are compared: with numbers that are relative to its first one.
enum View<'a> {
    Known(&'a Group),
    Made(&'a [DefinedType]),
}

impl View<'_> {
    fn member(&self, position: usize) -> Option<&DefinedType> {
        match self {
            Self::Known(group) => group.member(position).map(|member| &**member),
            Self::Made(group) => group.get(position),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Known(group) => 1 + group.others.len(),
            Self::Made(group) => group.len(),
        }
    }

    fn number(&self, number: u32) -> u32 {
        let position = match self {
            Self::Known(group) => number.wrapping_sub(group.first.number),
            Self::Made(_) => return number,
        };
        if (position as usize) < self.len() { DefinedType::RELATIVE + position } else { number }
    }

    /// Word `index` of those that tell a member from others: supertype and parameters, what it is, then its parts.
    fn word(&self, member: &DefinedType, index: usize) -> Option<u64> {
        Some(match index {
            0 => {
                let supertype = member.supertypes.last().map_or(u32::MAX, |number| self.number(*number));
                let params = member.as_func().map_or(0, |ty| ty.params().len());
                u64::from(supertype) << 32 | params as u64
            }
            1 => (member.kind() as u64) << 1 | u64::from(member.is_final),
            _ => {
                let (word, number) = member.part(index - 2)?.code();
                u64::from(number.map_or(0, |number| self.number(number))) << 32 | u64::from(word)
            }
        })
    }

    fn hash(&self, hasher: &DefaultHashBuilder) -> u64 {
        let mut hasher = hasher.build_hasher();
        for member in (0..).map_while(|position| self.member(position)) {
            (0..).map_while(|index| self.word(member, index)).for_each(|word| hasher.write_u64(word));
        }
        hasher.finish()
    }

    fn same(&self, other: &View) -> bool {
        let alike = |position| {
            let (mine, theirs) = (self.member(position)?, other.member(position)?);
            let words = (0..).map_while(|index| self.word(mine, index));
            words.eq((0..).map_while(|index| other.word(theirs, index))).then_some(())
        };
        self.len() == other.len() && (0..self.len()).all(|position| alike(position).is_some())
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

    /// The type of functions of type `ty`, which have neither super- nor subtypes.
    ///
    /// # Errors
    /// When memory or numbers run out.
    pub(crate) fn func(&self, ty: FuncType) -> Result<Shared<DefinedType>, Error> {
        let (mut group, mut types) = (Vec::new(), Vec::new());
        group.try_reserve_exact(1)?;
        group.push(DefinedType::func(ty));
        self.intern(group, &mut types)?;
        Ok(types.swap_remove(0))
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
        let view = View::Made(&group);
        let hash = view.hash(hasher);
        if let Some(known) = table.find(hash, |known| View::Known(known).same(&view)) {
            types.extend(known.members().cloned());
            return Ok(());
        }
        let first = *next;
        let end = u32::try_from(group.len()).ok().and_then(|len| first.checked_add(len));
        let limit = DefinedType::RELATIVE;
        let end = end
            .filter(|end| *end <= limit)
            .ok_or_else(|| Error::limit("types of an engine", limit as usize, None))?;
        let rehash = |group: &Group| View::Known(group).hash(hasher);
        table.try_reserve(1, rehash)?;
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
        table.insert_unique(hash, group, rehash);
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
