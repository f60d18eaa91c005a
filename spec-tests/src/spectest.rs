//! The module `spectest`, which the suite's scripts import from.

use whit::{
    Error, Extern, Global, GlobalType, Limits, Linker, Memory, MemoryType, Mutability, RefType, Store, Table,
    TableType, Val, ValType,
};

/// Defines `spectest` in `linker`; what it prints is dropped.
pub(crate) fn define(linker: &mut Linker<()>, store: &mut Store<()>) -> Result<(), Error> {
    linker
        .func_wrap("spectest", "print", || ())?
        .func_wrap("spectest", "print_i32", |_: i32| ())?
        .func_wrap("spectest", "print_i64", |_: i64| ())?
        .func_wrap("spectest", "print_f32", |_: f32| ())?
        .func_wrap("spectest", "print_f64", |_: f64| ())?
        .func_wrap("spectest", "print_i32_f32", |_: i32, _: f32| ())?
        .func_wrap("spectest", "print_f64_f64", |_: f64, _: f64| ())?;
    let globals = [
        ("global_i32", ValType::I32, Val::I32(666)),
        ("global_i64", ValType::I64, Val::I64(666)),
        ("global_f32", ValType::F32, Val::F32(666.6_f32.to_bits())),
        ("global_f64", ValType::F64, Val::F64(666.6_f64.to_bits())),
    ];
    for (name, ty, value) in globals {
        let global = Global::new(&mut *store, GlobalType::new(ty, Mutability::Const), value)?;
        linker.define(&*store, "spectest", name, global)?;
    }
    let table = Table::new(&mut *store, TableType::new(RefType::FUNC, 10, Some(20)), Val::FuncRef(None))?;
    linker.define(&*store, "spectest", "table", table)?;
    let memory = Memory::new(&mut *store, MemoryType::new(1, Some(2)))?;
    linker.define(&*store, "spectest", "memory", memory)?;
    // These need proposals: scripts that import them are expected to fail as long as Whit cannot make them.
    let ty = TableType { element: RefType::FUNC, limits: Limits { min: 10, max: Some(20) }, table64: true };
    if let Ok(table) = Table::new(&mut *store, ty, Val::FuncRef(None)) {
        linker.define(&*store, "spectest", "table64", Extern::from(table))?;
    }
    let ty = MemoryType { shared: true, ..MemoryType::new(1, Some(2)) };
    if let Ok(memory) = Memory::new(&mut *store, ty) {
        linker.define(&*store, "spectest", "shared_memory", Extern::from(memory))?;
    }
    Ok(())
}
