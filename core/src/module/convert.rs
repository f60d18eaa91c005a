//! wasmparser's types as ours.

use crate::types::{GlobalType, HeapType, Limits, MemoryType, Mutability, RefType, TableType, ValType};

pub(super) fn val_type(ty: wasmparser::ValType) -> Option<ValType> {
    Some(match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(ty) => ValType::Ref(ref_type(ty)?),
    })
}

pub(super) fn val_types(types: &[wasmparser::ValType]) -> impl Iterator<Item = ValType> {
    types.iter().filter_map(|ty| val_type(*ty))
}

pub(super) fn ref_type(ty: wasmparser::RefType) -> Option<RefType> {
    Some(RefType { nullable: ty.is_nullable(), heap: heap_type(ty.heap_type())? })
}

fn heap_type(ty: wasmparser::HeapType) -> Option<HeapType> {
    use wasmparser::AbstractHeapType as Abstract;
    let wasmparser::HeapType::Abstract { shared: false, ty } = ty else { return None };
    Some(match ty {
        Abstract::Func => HeapType::Func,
        Abstract::NoFunc => HeapType::NoFunc,
        Abstract::Extern => HeapType::Extern,
        Abstract::NoExtern => HeapType::NoExtern,
        Abstract::Exn => HeapType::Exn,
        Abstract::NoExn => HeapType::NoExn,
        _ => return None,
    })
}

pub(super) fn table(ty: &wasmparser::TableType) -> Option<TableType> {
    let limits = Limits { min: ty.initial, max: ty.maximum };
    Some(TableType { element: ref_type(ty.element_type)?, limits, table64: ty.table64 })
}

pub(super) fn memory(ty: &wasmparser::MemoryType) -> MemoryType {
    let limits = Limits { min: ty.initial, max: ty.maximum };
    let page_size_log2 = ty.page_size_log2.unwrap_or(16) as u8;
    MemoryType { limits, memory64: ty.memory64, shared: ty.shared, page_size_log2 }
}

pub(super) fn global(ty: &wasmparser::GlobalType) -> Option<GlobalType> {
    let mutability = if ty.mutable { Mutability::Var } else { Mutability::Const };
    Some(GlobalType { content: val_type(ty.content_type)?, mutability })
}
