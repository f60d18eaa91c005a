//! What a module's bytes show without loading it: its imports' names and the proposals that it needs.

use std::collections::BTreeSet;

use wasmparser::{
    AbstractHeapType, CompositeInnerType, ConstExpr, DataKind, ElementItems, ElementKind, FunctionBody,
    HeapType, MemoryType, Operator, Parser, Payload, RefType, Result, SubType, TableInit, TableType, TypeRef,
    ValType,
};

/// What was found.
#[derive(Default)]
pub(super) struct Survey {
    /// Proposals beyond WebAssembly 1.0 by their usual names.
    pub(super) proposals: BTreeSet<String>,
    /// Module and name of every import.
    pub(super) imports: Vec<(String, String)>,
    /// Every memory, imported ones first.
    pub(super) memories: Vec<MemoryType>,
    /// Functions with a body.
    pub(super) functions: usize,
    tables: usize,
}

/// Reads every section and instruction of `bytes`, of whatever proposal.
pub(super) fn survey(bytes: &[u8]) -> Result<Survey> {
    let mut survey = Survey::default();
    for payload in Parser::new(0).parse_all(bytes) {
        survey.payload(payload?)?;
    }
    if survey.memories.len() > 1 {
        survey.needs("multi-memory");
    }
    if survey.tables > 1 {
        survey.needs("reference-types");
    }
    Ok(survey)
}

impl Survey {
    fn needs(&mut self, proposal: &str) {
        if !self.proposals.contains(proposal) {
            self.proposals.insert(proposal.to_owned());
        }
    }

    fn payload(&mut self, payload: Payload<'_>) -> Result<()> {
        match payload {
            Payload::TypeSection(groups) => {
                for group in groups {
                    let group = group?;
                    if group.is_explicit_rec_group() {
                        self.needs("gc");
                    }
                    group.types().for_each(|ty| self.subtype(ty));
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    self.imports.push((import.module.to_owned(), import.name.to_owned()));
                    self.import(import.ty);
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    let table = table?;
                    self.table(table.ty);
                    if let TableInit::Expr(expression) = table.init {
                        self.needs("function-references");
                        self.constant(&expression)?;
                    }
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    self.memory(memory?);
                }
            }
            Payload::TagSection(_) => self.needs("exceptions"),
            Payload::GlobalSection(globals) => {
                for global in globals {
                    let global = global?;
                    self.value(global.ty.content_type);
                    self.constant(&global.init_expr)?;
                }
            }
            Payload::ElementSection(segments) => {
                for segment in segments {
                    let segment = segment?;
                    match segment.kind {
                        ElementKind::Passive | ElementKind::Declared => self.needs("bulk-memory"),
                        ElementKind::Active { offset_expr, .. } => self.constant(&offset_expr)?,
                    }
                    if let ElementItems::Expressions(ty, expressions) = segment.items {
                        self.reference(ty);
                        for expression in expressions {
                            self.constant(&expression?)?;
                        }
                    }
                }
            }
            Payload::DataSection(segments) => {
                for segment in segments {
                    match segment?.kind {
                        DataKind::Passive => self.needs("bulk-memory"),
                        DataKind::Active { offset_expr, .. } => self.constant(&offset_expr)?,
                    }
                }
            }
            Payload::CodeSectionEntry(body) => self.body(&body)?,
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, ty: TypeRef) {
        match ty {
            TypeRef::Func(_) => {}
            TypeRef::FuncExact(_) => self.needs("custom-descriptors"),
            TypeRef::Table(ty) => self.table(ty),
            TypeRef::Memory(ty) => self.memory(ty),
            TypeRef::Global(ty) => {
                self.value(ty.content_type);
                if ty.mutable {
                    self.needs("mutable-global");
                }
            }
            TypeRef::Tag(_) => self.needs("exceptions"),
        }
    }

    fn table(&mut self, ty: TableType) {
        self.tables += 1;
        if ty.element_type != RefType::FUNCREF {
            self.reference(ty.element_type);
        }
        if ty.table64 {
            self.needs("memory64");
        }
    }

    fn memory(&mut self, ty: MemoryType) {
        self.memories.push(ty);
        if ty.memory64 {
            self.needs("memory64");
        }
        if ty.shared {
            self.needs("threads");
        }
        if ty.page_size_log2.is_some() {
            self.needs("custom-page-sizes");
        }
    }

    fn subtype(&mut self, ty: &SubType) {
        if !ty.is_final || !ty.supertype_idxs.is_empty() {
            self.needs("gc");
        }
        match &ty.composite_type.inner {
            CompositeInnerType::Func(ty) => {
                ty.params().iter().chain(ty.results()).for_each(|ty| self.value(*ty));
                if ty.results().len() > 1 {
                    self.needs("multi-value");
                }
            }
            CompositeInnerType::Array(_) | CompositeInnerType::Struct(_) => self.needs("gc"),
            CompositeInnerType::Cont(_) => self.needs("stack-switching"),
        }
    }

    fn value(&mut self, ty: ValType) {
        match ty {
            ValType::V128 => self.needs("simd"),
            ValType::Ref(ty) => self.reference(ty),
            ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 => {}
        }
    }

    fn reference(&mut self, ty: RefType) {
        self.needs(match ty.heap_type() {
            HeapType::Abstract { ty: AbstractHeapType::Func | AbstractHeapType::Extern, .. }
                if ty.is_nullable() =>
            {
                "reference-types"
            }
            HeapType::Abstract { ty: AbstractHeapType::Func | AbstractHeapType::Extern, .. } => {
                "function-references"
            }
            HeapType::Abstract { ty: AbstractHeapType::Exn | AbstractHeapType::NoExn, .. } => "exceptions",
            HeapType::Abstract { ty: AbstractHeapType::Cont | AbstractHeapType::NoCont, .. } => {
                "stack-switching"
            }
            HeapType::Abstract { .. } => "gc",
            HeapType::Concrete(_) => "function-references",
            HeapType::Exact(_) => "custom-descriptors",
        });
    }

    fn constant(&mut self, expression: &ConstExpr<'_>) -> Result<()> {
        for operator in expression.get_operators_reader() {
            let operator = operator?;
            let arithmetic = matches!(
                operator,
                Operator::I32Add
                    | Operator::I32Sub
                    | Operator::I32Mul
                    | Operator::I64Add
                    | Operator::I64Sub
                    | Operator::I64Mul
            );
            if arithmetic {
                self.needs("extended-const");
            }
            self.operator(&operator);
        }
        Ok(())
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> Result<()> {
        self.functions += 1;
        for local in body.get_locals_reader()? {
            self.value(local?.1);
        }
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            self.operator(&operators.read()?);
        }
        Ok(())
    }

    fn operator(&mut self, operator: &Operator<'_>) {
        let blocks = matches!(
            operator,
            Operator::Block { blockty: wasmparser::BlockType::FuncType(_) }
                | Operator::Loop { blockty: wasmparser::BlockType::FuncType(_) }
                | Operator::If { blockty: wasmparser::BlockType::FuncType(_) }
        );
        if blocks {
            self.needs("multi-value");
        }
        let proposal = proposal(operator);
        if proposal != "mvp" && !self.proposals.contains(proposal) {
            // The parser's names are Rust's; the proposals' own have dashes.
            self.needs(&proposal.replace('_', "-"));
        }
    }
}

macro_rules! proposals {
    ($( @$proposal:ident $operator:ident $({ $($operand:ident: $ty:ty),* })? => $visit:ident ($($notes:tt)*) )*) => {
        /// The proposal that brought `operator`, by wasmparser's name.
        fn proposal(operator: &Operator<'_>) -> &'static str {
            match operator {
                $( Operator::$operator { .. } => stringify!($proposal), )*
                _ => "unknown",
            }
        }
    };
}

wasmparser::for_each_operator!(proposals);
