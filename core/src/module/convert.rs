//! wasmparser's types as ours.

use alloc::vec::Vec;

use crate::error::Error;
use crate::raw::Shared;
use crate::types::defined::{CompositeType, DefinedType};
use crate::types::layout::{self, Field};
use crate::types::{
    CompositeKind, ConcreteType, FieldType, FuncType, GlobalType, HeapType, Limits, MemoryType, Mutability,
    RefType, StorageType, TableType, ValType,
};

/// What types can refer to.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// The module's types so far.
    types: &'a [Shared<DefinedType>],
    /// Those of the group that is being read.
    group: &'a [CompositeKind],
}

impl<'a> From<&'a Vec<Shared<DefinedType>>> for Scope<'a> {
    fn from(types: &'a Vec<Shared<DefinedType>>) -> Self {
        Self { types, group: &[] }
    }
}

fn mutability(mutable: bool) -> Mutability {
    if mutable { Mutability::Var } else { Mutability::Const }
}

impl Scope<'_> {
    fn concrete(self, index: u32) -> Option<ConcreteType> {
        if let Some(ty) = self.types.get(index as usize) {
            return Some(ty.concrete());
        }
        let position = index.checked_sub(self.types.len() as u32)?;
        let kind = *self.group.get(position as usize)?;
        Some(ConcreteType { kind, number: DefinedType::RELATIVE + position })
    }

    fn heap_type(self, ty: wasmparser::HeapType) -> Option<HeapType> {
        use wasmparser::AbstractHeapType as Abstract;
        let ty = match ty {
            wasmparser::HeapType::Abstract { shared: false, ty } => ty,
            wasmparser::HeapType::Concrete(index) => {
                return Some(HeapType::Concrete(self.concrete(index.as_module_index()?)?));
            }
            _ => return None,
        };
        Some(match ty {
            Abstract::Any => HeapType::Any,
            Abstract::Eq => HeapType::Eq,
            Abstract::I31 => HeapType::I31,
            Abstract::Struct => HeapType::Struct,
            Abstract::Array => HeapType::Array,
            Abstract::None => HeapType::None,
            Abstract::Func => HeapType::Func,
            Abstract::NoFunc => HeapType::NoFunc,
            Abstract::Extern => HeapType::Extern,
            Abstract::NoExtern => HeapType::NoExtern,
            Abstract::Exn => HeapType::Exn,
            Abstract::NoExn => HeapType::NoExn,
            _ => return None,
        })
    }

    pub(super) fn val_type(self, ty: wasmparser::ValType) -> Option<ValType> {
        Some(match ty {
            wasmparser::ValType::I32 => ValType::I32,
            wasmparser::ValType::I64 => ValType::I64,
            wasmparser::ValType::F32 => ValType::F32,
            wasmparser::ValType::F64 => ValType::F64,
            wasmparser::ValType::V128 => ValType::V128,
            wasmparser::ValType::Ref(ty) => ValType::Ref(self.ref_type(ty)?),
        })
    }

    pub(super) fn ref_type(self, ty: wasmparser::RefType) -> Option<RefType> {
        Some(RefType { nullable: ty.is_nullable(), heap: self.heap_type(ty.heap_type())? })
    }

    pub(super) fn table(self, ty: &wasmparser::TableType) -> Option<TableType> {
        let limits = Limits { min: ty.initial, max: ty.maximum };
        Some(TableType { element: self.ref_type(ty.element_type)?, limits, table64: ty.table64 })
    }

    pub(super) fn global(self, ty: &wasmparser::GlobalType) -> Option<GlobalType> {
        Some(GlobalType { content: self.val_type(ty.content_type)?, mutability: mutability(ty.mutable) })
    }

    fn field(self, ty: &wasmparser::FieldType) -> Option<FieldType> {
        let storage = match ty.element_type {
            wasmparser::StorageType::I8 => StorageType::I8,
            wasmparser::StorageType::I16 => StorageType::I16,
            wasmparser::StorageType::Val(ty) => StorageType::Val(self.val_type(ty)?),
        };
        Some(FieldType { storage, mutability: mutability(ty.mutable) })
    }

    /// Member `position` of the group; nothing if Whit does not know such types.
    fn member(self, position: u32, ty: &wasmparser::SubType) -> Result<Option<DefinedType>, Error> {
        let composite = match &ty.composite_type.inner {
            wasmparser::CompositeInnerType::Func(ty) => {
                let known = |ty: &wasmparser::ValType| self.val_type(*ty);
                if ty.params().iter().chain(ty.results()).any(|ty| known(ty).is_none()) {
                    return Ok(None);
                }
                let (params, results) = (ty.params().iter(), ty.results().iter());
                CompositeType::Func(FuncType::new(params.filter_map(known), results.filter_map(known))?)
            }
            wasmparser::CompositeInnerType::Struct(ty) => {
                let mut fields = Vec::new();
                fields.try_reserve_exact(ty.fields.len())?;
                let mut end = layout::HEADER;
                for ty in &ty.fields {
                    let Some(ty) = self.field(ty) else { return Ok(None) };
                    fields.push(Field { ty, offset: layout::place(&mut end, ty.storage) });
                }
                CompositeType::Struct(fields)
            }
            wasmparser::CompositeInnerType::Array(ty) => match self.field(&ty.0) {
                Some(ty) => CompositeType::Array(ty),
                None => return Ok(None),
            },
            wasmparser::CompositeInnerType::Cont(_) => return Ok(None),
        };
        let number = DefinedType::RELATIVE + position;
        Ok(Some(DefinedType { number, is_final: ty.is_final, supertypes: Vec::new(), composite }))
    }
}

/// Appends the types of `group` to `types`, those of the module so far; false if Whit does not know such types.
pub(super) fn group(
    group: &wasmparser::RecGroup,
    types: &mut Vec<Shared<DefinedType>>,
    registry: &crate::types::registry::Registry,
) -> Result<bool, Error> {
    let mut kinds = Vec::new();
    kinds.try_reserve_exact(group.types().len())?;
    kinds.extend(group.types().map(|ty| match ty.composite_type.inner {
        wasmparser::CompositeInnerType::Struct(_) => CompositeKind::Struct,
        wasmparser::CompositeInnerType::Array(_) => CompositeKind::Array,
        _ => CompositeKind::Func,
    }));
    let mut members: Vec<DefinedType> = Vec::new();
    members.try_reserve_exact(group.types().len())?;
    for (position, ty) in group.types().enumerate() {
        let scope = Scope { types, group: &kinds };
        let Some(mut member) = scope.member(position as u32, ty)? else { return Ok(false) };
        if let Some(supertype) = ty.supertype_idxs.first().and_then(wasmparser::PackedIndex::as_module_index)
        {
            let supertype = match types.get(supertype as usize) {
                Some(supertype) => supertype,
                None => &members[supertype as usize - types.len()],
            };
            member.supertypes.try_reserve_exact(supertype.supertypes.len() + 1)?;
            member.supertypes.extend_from_slice(&supertype.supertypes);
            member.supertypes.push(supertype.number);
        }
        members.push(member);
    }
    registry.intern(members, types)?;
    Ok(true)
}

pub(super) fn memory(ty: &wasmparser::MemoryType) -> MemoryType {
    let limits = Limits { min: ty.initial, max: ty.maximum };
    let page_size_log2 = ty.page_size_log2.unwrap_or(16) as u8;
    MemoryType { limits, memory64: ty.memory64, shared: ty.shared, page_size_log2 }
}
