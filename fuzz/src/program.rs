//! Makes programs that move values between operands and locals through every kind of control.
//!
//! They terminate: functions call only later ones, and a counter in a global is spent at function entries and in
//! loops. Nothing in them shows the bits of a NaN that an operation made.

mod body;
mod operations;

use arbitrary::{Result, Unstructured};
use wasm_encoder as enc;

use crate::trace::Type;

/// What one call from outside may spend.
const STEPS: i32 = 2_000;
/// Index of the global that counts down.
const COUNTER: u32 = 0;
/// The globals after it.
const GLOBALS: [Type; 6] = [Type::I32, Type::I32, Type::I64, Type::F32, Type::F64, Type::Extern];
/// Functions that are imported.
const IMPORTS: [(&[Type], &[Type]); 2] =
    [(&[Type::I32, Type::I64], &[Type::I64]), (&[Type::F64], &[Type::I32, Type::F32])];
/// Elements of the one table.
const ELEMENTS: u32 = 8;

/// Parameters and results.
#[derive(Clone, Debug)]
struct Signature {
    params: Vec<Type>,
    results: Vec<Type>,
}

/// What is known of the module while bodies are made.
struct Program {
    types: enc::TypeSection,
    type_count: u32,
    /// Signatures of all functions, imported ones first.
    functions: Vec<Signature>,
}

impl Program {
    /// The index of the type from `params` to `results`.
    fn type_index(&mut self, params: &[Type], results: &[Type]) -> u32 {
        self.types.ty().function(encode_all(params), encode_all(results));
        self.type_count += 1;
        self.type_count - 1
    }
}

fn encode(ty: Type) -> enc::ValType {
    match ty {
        Type::I32 => enc::ValType::I32,
        Type::I64 => enc::ValType::I64,
        Type::F32 => enc::ValType::F32,
        Type::F64 => enc::ValType::F64,
        Type::Func => enc::ValType::Ref(enc::RefType::FUNCREF),
        Type::Extern => enc::ValType::Ref(enc::RefType::EXTERNREF),
    }
}

fn encode_all(types: &[Type]) -> Vec<enc::ValType> {
    types.iter().map(|ty| encode(*ty)).collect()
}

fn types(input: &mut Unstructured<'_>, most: usize) -> Result<Vec<Type>> {
    let count = input.int_in_range(0..=most)?;
    (0..count)
        .map(|_| {
            let choices =
                [Type::I32, Type::I32, Type::I32, Type::I64, Type::I64, Type::F32, Type::F64, Type::Extern];
            Ok(*input.choose(&choices)?)
        })
        .collect()
}

/// Makes a module from `input`.
pub(crate) fn generate(input: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut program = Program { types: enc::TypeSection::new(), type_count: 0, functions: Vec::new() };
    let mut imports = enc::ImportSection::new();
    for (params, results) in IMPORTS {
        let ty = program.type_index(params, results);
        imports.import("host", "function", enc::EntityType::Function(ty));
        program.functions.push(Signature { params: params.to_vec(), results: results.to_vec() });
    }
    let count = input.int_in_range(1..=5)?;
    for _ in 0..count {
        let signature = Signature { params: types(input, 5)?, results: types(input, 3)? };
        program.functions.push(signature);
    }
    let mut functions = enc::FunctionSection::new();
    let mut exports = enc::ExportSection::new();
    let mut code = enc::CodeSection::new();
    for index in IMPORTS.len()..program.functions.len() {
        let Signature { params, results } = program.functions[index].clone();
        functions.function(program.type_index(&params, &results));
        code.function(&body::generate(input, &mut program, index as u32)?);
    }
    // What is called from outside sets the counter first.
    let total = program.functions.len() as u32;
    for index in IMPORTS.len() as u32..total {
        let Signature { params, results } = program.functions[index as usize].clone();
        functions.function(program.type_index(&params, &results));
        code.function(&wrapper(index, params.len() as u32));
        exports.export(&format!("f{index}"), enc::ExportKind::Func, total + index - IMPORTS.len() as u32);
    }
    export_state(&mut exports);
    let mut module = enc::Module::new();
    module.section(&program.types).section(&imports).section(&functions);
    module.section(&table()).section(&memory()).section(&globals()).section(&exports);
    module.section(&elements(total)).section(&code).section(&data());
    Ok(module.finish())
}

fn wrapper(index: u32, params: u32) -> enc::Function {
    let mut function = enc::Function::new([]);
    let mut body = function.instructions();
    body.i32_const(STEPS).global_set(COUNTER);
    for local in 0..params {
        body.local_get(local);
    }
    body.call(index).end();
    function
}

fn export_state(exports: &mut enc::ExportSection) {
    for index in 0..GLOBALS.len() as u32 {
        exports.export(&format!("g{index}"), enc::ExportKind::Global, index + 1);
    }
    exports.export("memory", enc::ExportKind::Memory, 0);
    exports.export("table", enc::ExportKind::Table, 0);
}

fn table() -> enc::TableSection {
    let mut tables = enc::TableSection::new();
    tables.table(enc::TableType {
        element_type: enc::RefType::FUNCREF,
        table64: false,
        minimum: ELEMENTS.into(),
        maximum: Some(2 * u64::from(ELEMENTS)),
        shared: false,
    });
    tables
}

fn memory() -> enc::MemorySection {
    let mut memories = enc::MemorySection::new();
    memories.memory(enc::MemoryType {
        minimum: 1,
        maximum: Some(2),
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    memories
}

fn globals() -> enc::GlobalSection {
    let mut globals = enc::GlobalSection::new();
    let mutable = |ty| enc::GlobalType { val_type: encode(ty), mutable: true, shared: false };
    globals.global(mutable(Type::I32), &enc::ConstExpr::i32_const(STEPS));
    for ty in GLOBALS {
        let init = match ty {
            Type::I32 => enc::ConstExpr::i32_const(-7),
            Type::I64 => enc::ConstExpr::i64_const(1 << 40),
            Type::F32 => enc::ConstExpr::f32_const(1.5.into()),
            Type::F64 => enc::ConstExpr::f64_const((-0.25).into()),
            Type::Func => enc::ConstExpr::ref_null(enc::HeapType::FUNC),
            Type::Extern => enc::ConstExpr::ref_null(enc::HeapType::EXTERN),
        };
        globals.global(mutable(ty), &init);
    }
    globals
}

/// The first elements are the functions; the last stay null.
fn elements(total: u32) -> enc::ElementSection {
    let mut elements = enc::ElementSection::new();
    let functions: Vec<u32> = (0..total.min(ELEMENTS - 1)).collect();
    elements.active(None, &enc::ConstExpr::i32_const(0), enc::Elements::Functions(functions.into()));
    elements
}

fn data() -> enc::DataSection {
    let mut data = enc::DataSection::new();
    data.active(0, &enc::ConstExpr::i32_const(16), (0..=255).collect::<Vec<u8>>());
    data
}

#[cfg(test)]
mod tests {
    use crate::plan::Source;
    use arbitrary::Unstructured;

    /// The oracle accepts what is generated, and most of it returns.
    #[test]
    fn programs_are_valid_and_return() {
        use crate::trace::Event;
        let mut source = Source::new(1);
        let (mut returned, mut stopped) = (0, 0);
        for round in 0..300 {
            let data: Vec<u8> = (0..400).flat_map(|_| source.next().to_le_bytes()).collect();
            let module = super::generate(&mut Unstructured::new(&data)).unwrap();
            let names: Vec<String> = (0..8).map(|index| format!("f{index}")).collect();
            let plan = crate::plan::Plan::new(round, 0);
            for event in crate::on_wasmi::follow(&module, &names, &plan) {
                match event {
                    Event::Called(_, Ok(_)) => returned += 1,
                    Event::Called(_, Err(_)) => stopped += 1,
                    _ => {}
                }
            }
        }
        assert!(returned > stopped, "{returned} calls returned, {stopped} stopped");
    }
}
