//! Instantiation: from a module and its imports to an instance, as the specification orders it.

use alloc::vec::Vec;

#[cfg(feature = "exceptions")]
use super::TagEntity;
use super::budget::Budget;
use super::memory::{data_drop, memory_init};
use super::{FuncEntity, GlobalEntity, GlobalPlace, ImportedFunc, InstanceEntity, StoreInner};
use crate::error::{Error, ErrorKind};
use crate::module::const_expr::{ConstScope, evaluate};
use crate::module::reader::Reader;
use crate::module::{ExternKind, Import, ImportType, Module, ModuleInner, SegmentMode, Span};
use crate::raw::Cells;
use crate::raw::CodePointer;
#[cfg(feature = "gc")]
use crate::raw::LiveSlots;
#[cfg(feature = "gc")]
use crate::store::object::slots;
use crate::trap::Trap;
use crate::types::{ExternType, Limits, MemoryType, Mutability, TableType};
#[cfg(feature = "gc")]
use crate::value::i31;

/// Something of the store that can be imported or exported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExternIndex {
    pub(crate) kind: ExternKind,
    pub(crate) index: u32,
}

/// What constant expressions of an instance can refer to.
struct Scope<'a> {
    store: &'a mut StoreInner,
    instance: u32,
}

impl Scope<'_> {
    fn instance(&self) -> &InstanceEntity {
        &self.store.instances[self.instance as usize]
    }
}

impl ConstScope for Scope<'_> {
    fn global(&self, index: u32, stack: &mut Vec<u64>) {
        let global = self.instance().globals[index as usize];
        let slots = self.store.globals[global as usize].ty.content.slots();
        stack.extend_from_slice(&self.store.global(global)[..slots]);
    }

    fn function(&self, index: u32) -> u64 {
        u64::from(self.instance().func(index)) + 1
    }

    #[cfg(not(feature = "gc"))]
    fn object(&mut self, _: u32, _: &mut Reader<'_>, _: &mut Vec<u64>) -> Result<Option<()>, Error> {
        Ok(None)
    }

    #[cfg(feature = "gc")]
    fn object(
        &mut self,
        opcode: u32,
        reader: &mut Reader<'_>,
        stack: &mut Vec<u64>,
    ) -> Result<Option<()>, Error> {
        let ty = match opcode {
            0 | 1 | 6..=8 => {
                let Some(ty) = reader.u32() else { return Ok(None) };
                self.instance().types[ty as usize]
            }
            _ => 0,
        };
        let store = &mut *self.store;
        let value = match opcode {
            // struct.new, struct.new_default
            0 => {
                let fields = store.types[ty as usize].fields();
                let count: usize = fields.iter().map(|field| slots(field.ty.storage)).sum();
                let first = stack.len().saturating_sub(count);
                let made = store.new_struct(ty, Some(&stack[first..]), None)?;
                stack.truncate(first);
                made
            }
            1 => store.new_struct(ty, None, None)?,
            // array.new, array.new_default
            6 => {
                let len = stack.pop().unwrap_or(0) as u32;
                let first = stack.len().saturating_sub(slots(store.element(ty)));
                let made = store.new_array_of(ty, len, &stack[first..], None)?;
                stack.truncate(first);
                made
            }
            7 => store.new_array(ty, stack.pop().unwrap_or(0) as u32, None)?,
            // array.new_fixed
            8 => {
                let Some(len) = reader.u32() else { return Ok(None) };
                let first = stack.len().saturating_sub(len as usize * slots(store.element(ty)));
                let made = store.new_array_fixed(ty, len, &stack[first..], None)?;
                stack.truncate(first);
                made
            }
            // any.convert_extern, extern.convert_any
            26 | 27 => return Ok(Some(())),
            // ref.i31
            28 => i31(stack.pop().unwrap_or(0) as u32),
            _ => return Ok(None),
        };
        stack.push(value);
        Ok(Some(()))
    }
}

impl InstanceEntity {
    /// Store index of function `index` of the module.
    pub(crate) fn func(&self, index: u32) -> u32 {
        match self.imported_funcs.get(index as usize) {
            Some(func) => func.index,
            None => self.first_func + (index - self.imported_funcs.len() as u32),
        }
    }

    /// Entry `index` of the index space of `kind`.
    pub(crate) fn entry(&self, kind: ExternKind, index: u32) -> ExternIndex {
        let index = match kind {
            ExternKind::Func => self.func(index),
            ExternKind::Table => self.tables[index as usize],
            ExternKind::Memory => self.memories[index as usize],
            ExternKind::Global => self.globals[index as usize],
            #[cfg(feature = "exceptions")]
            ExternKind::Tag => self.tags[index as usize],
        };
        ExternIndex { kind, index }
    }
}

/// What is `given` for `import` does not fit.
pub(crate) fn incompatible(import: &ImportType<'_>, given: &ExternType<'_>) -> Error {
    let ImportType { module, name, ty } = import;
    let text =
        format_args!("incompatible import type: `{module}` `{name}` is {given}, but the module imports {ty}");
    Error::format(ErrorKind::Link, text)
}

/// An empty list with room for `len`, charged.
fn list<T>(budget: &mut Budget, len: usize) -> Result<Vec<T>, Error> {
    let mut list = Vec::new();
    budget.charge(len.saturating_mul(size_of::<T>()))?;
    list.try_reserve_exact(len)?;
    Ok(list)
}

impl StoreInner {
    /// Instantiates `module` with `imports` up to, but without, calling its start function.
    ///
    /// An instance whose active segments trap stays in the store: other instances may have got its functions.
    pub(crate) fn instantiate(&mut self, module: &Module, imports: &[ExternIndex]) -> Result<u32, Error> {
        if !module.engine().same(&self.engine) {
            return Err(Error::with_message(ErrorKind::Usage, "the module belongs to another engine"));
        }
        let index = self.next_index(self.instances.len(), "instances")?;
        if index as usize >= self.limits.instances {
            return Err(Error::limit("instances", self.limits.instances, None));
        }
        self.reserve_for(&module.inner)?;
        let charged = self.budget.charged();
        #[cfg(any(feature = "gc", feature = "exceptions"))]
        let heap = self.heap.footprint();
        #[cfg(feature = "exceptions")]
        let tags = self.tags.len();
        let lens = (self.funcs.len(), self.tables.len(), self.memories.len(), self.globals.len());
        if let Err(error) = self.allocate(index, module, imports) {
            self.funcs.truncate(lens.0);
            self.tables.truncate(lens.1);
            self.memories.truncate(lens.2);
            self.globals.truncate(lens.3);
            #[cfg(feature = "exceptions")]
            self.tags.truncate(tags);
            self.instances.truncate(index as usize);
            self.budget.release(self.budget.charged() - charged);
            // The heap stays as large as constant expressions made it.
            #[cfg(any(feature = "gc", feature = "exceptions"))]
            self.budget.charge(self.heap.footprint() - heap)?;
            return Err(error);
        }
        self.write_segments(index)?;
        Ok(index)
    }

    /// Makes room in the lists of the store. It stays even where instantiation fails.
    fn reserve_for(&mut self, module: &ModuleInner) -> Result<(), Error> {
        let globals = module.globals.len() - module.imported_globals as usize;
        let functions = module.bodies.len();
        self.next_index(self.funcs.len().saturating_add(functions), "functions")?;
        self.next_index(self.globals.len().saturating_add(globals), "globals")?;
        self.moves += 1;
        self.budget.reserve(&mut self.funcs, functions)?;
        self.budget.reserve(&mut self.globals, globals)?;
        self.budget.reserve(&mut self.tables, module.tables.len() - module.imported_tables as usize)?;
        self.budget.reserve(&mut self.memories, module.memories.len() - module.imported_memories as usize)?;
        self.budget.reserve(&mut self.instances, 1)?;
        #[cfg(feature = "exceptions")]
        {
            let tags = module.tags.len() - module.imported_tags as usize;
            self.next_index(self.tags.len().saturating_add(tags), "tags")?;
            self.budget.reserve(&mut self.tags, tags)?;
        }
        module.types.iter().try_for_each(|ty| self.intern(ty).map(drop))
    }

    /// Makes everything that the instance owns and the instance itself.
    fn allocate(&mut self, index: u32, module: &Module, imports: &[ExternIndex]) -> Result<(), Error> {
        let inner = &module.inner;
        if !self.instances.iter().any(|instance| instance.module.inner.same(inner)) {
            self.budget.charge(inner.footprint + inner.ir_size())?;
        }
        let mut types = list(&mut self.budget, inner.types.len())?;
        for ty in &inner.types {
            types.push(self.intern(ty)?);
        }
        let mut instance = self.import(module, types, imports)?;
        for _ in &inner.bodies {
            instance.code.push(CodePointer::untranslated());
        }
        for (body, ty) in inner.func_types[inner.imported_funcs as usize..].iter().enumerate() {
            let ty = instance.types[*ty as usize];
            self.funcs.push(FuncEntity { ty, instance: index, index: body as u32 });
        }
        for table in &inner.tables[inner.imported_tables as usize..] {
            instance.tables.push(self.add_table(table.ty, 0)?);
        }
        for ty in &inner.memories[inner.imported_memories as usize..] {
            instance.memories.push(self.add_memory(*ty)?);
        }
        let mut cell = 0;
        for global in &inner.globals[inner.imported_globals as usize..] {
            instance.globals.push(self.globals.len() as u32);
            self.globals
                .push(GlobalEntity { ty: global.ty, place: GlobalPlace::Instance { instance: index, cell } });
            cell += global.ty.content.slots() as u32;
        }
        #[cfg(feature = "exceptions")]
        for ty in &inner.tags[inner.imported_tags as usize..] {
            instance.tags.push(self.tags.len() as u32);
            self.tags.push(TagEntity { ty: instance.types[*ty as usize] });
        }
        instance.global_cells = self.cells(cell as usize, 0)?;
        self.instances.push(instance);
        self.evaluate_globals(index, inner)?;
        self.evaluate_tables(index, inner)?;
        self.evaluate_elements(index, inner)
    }

    /// An instance that has its imports and room for the rest.
    fn import(
        &mut self,
        module: &Module,
        types: Vec<u32>,
        imports: &[ExternIndex],
    ) -> Result<InstanceEntity, Error> {
        let inner = &module.inner;
        if imports.len() != inner.imports.len() {
            let (wanted, given) = (inner.imports.len(), imports.len());
            let text = format_args!("the module imports {wanted} items, but {given} were given");
            return Err(Error::format(ErrorKind::Link, text));
        }
        let budget = &mut self.budget;
        let mut instance = InstanceEntity {
            module: module.clone(),
            types,
            imported_funcs: list(budget, inner.imported_funcs as usize)?,
            first_func: self.funcs.len() as u32,
            tables: list(budget, inner.tables.len())?,
            memories: list(budget, inner.memories.len())?,
            globals: list(budget, inner.globals.len())?,
            #[cfg(feature = "exceptions")]
            tags: list(budget, inner.tags.len())?,
            #[cfg(feature = "exceptions")]
            catchers: super::exception::Catchers::default(),
            global_cells: Cells::zeroed(0)?,
            imported_global_cells: list(budget, inner.imported_globals as usize)?,
            code: list(budget, inner.bodies.len())?,
            elements: list(budget, inner.elements.len())?,
            dropped_data: list(budget, inner.data.len())?,
        };
        instance.elements.resize_with(inner.elements.len(), Vec::new);
        instance.dropped_data.resize(inner.data.len(), false);
        for (import, given) in inner.imports.iter().zip(imports) {
            if !self.fits(inner, &instance.types, import, *given) {
                return Err(self.misfit(inner, import, *given));
            }
            match given.kind {
                ExternKind::Func => {
                    let entity = self.funcs[given.index as usize];
                    instance.imported_funcs.push(ImportedFunc { entity, index: given.index });
                }
                ExternKind::Table => instance.tables.push(given.index),
                ExternKind::Memory => instance.memories.push(given.index),
                ExternKind::Global => {
                    instance.globals.push(given.index);
                    instance.imported_global_cells.push(self.global_pointer(given.index));
                }
                #[cfg(feature = "exceptions")]
                ExternKind::Tag => instance.tags.push(given.index),
            }
        }
        Ok(instance)
    }

    /// Whether `given` is of the type that `import` asks for.
    fn fits(&self, module: &ModuleInner, types: &[u32], import: &Import, given: ExternIndex) -> bool {
        if given.kind != import.kind {
            return false;
        }
        let (wanted, given_index) = (import.index as usize, given.index as usize);
        match (given.kind, self.extern_type(given)) {
            (ExternKind::Func, _) => {
                self.is_func_subtype(self.funcs[given_index].ty, types[module.func_types[wanted] as usize])
            }
            (_, ExternType::Table(given)) => {
                let wanted = &module.tables[wanted].ty;
                wanted.element == given.element
                    && wanted.table64 == given.table64
                    && wanted.limits.admits(given.limits.min, given.limits.max)
            }
            (_, ExternType::Memory(given)) => {
                let wanted = &module.memories[wanted];
                (wanted.memory64, wanted.shared, wanted.page_size_log2)
                    == (given.memory64, given.shared, given.page_size_log2)
                    && wanted.limits.admits(given.limits.min, given.limits.max)
            }
            (_, ExternType::Global(given)) => {
                let wanted = module.globals[wanted].ty;
                let constant =
                    (wanted.mutability, given.mutability) == (Mutability::Const, Mutability::Const);
                wanted == given || constant && self.is_value_subtype(given.content, wanted.content)
            }
            #[cfg(feature = "exceptions")]
            (ExternKind::Tag, _) => self.tags[given_index].ty == types[module.tags[wanted] as usize],
            (_, _) => false,
        }
    }

    #[cold]
    fn misfit(&self, module: &ModuleInner, import: &Import, given: ExternIndex) -> Error {
        incompatible(&module.import_type(import), &self.extern_type(given))
    }

    /// The type of `item`; of memories and tables, with the size that they have.
    pub(crate) fn extern_type(&self, item: ExternIndex) -> ExternType<'_> {
        let index = item.index as usize;
        match item.kind {
            ExternKind::Func => ExternType::Func(self.func_type(self.funcs[index].ty)),
            ExternKind::Table => {
                let table = &self.tables[index];
                let min = table.elements.len() as u64;
                ExternType::Table(TableType { limits: Limits { min, ..table.ty.limits }, ..table.ty })
            }
            ExternKind::Memory => {
                let memory = &self.memories[index];
                let min = memory.bytes.len() as u64 >> memory.ty.page_size_log2;
                ExternType::Memory(MemoryType { limits: Limits { min, ..memory.ty.limits }, ..memory.ty })
            }
            ExternKind::Global => ExternType::Global(self.globals[index].ty),
            #[cfg(feature = "exceptions")]
            ExternKind::Tag => ExternType::Tag(self.func_type(self.tags[index].ty)),
        }
    }

    /// Does `work` on constant expressions of an instance. Where there is no room for an object, it is done once more
    /// after a collection, which must not come in between: what it has made is in no place that is searched.
    fn constant<T>(
        &mut self,
        instance: u32,
        mut work: impl FnMut(&mut Scope<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let result = work(&mut Scope { store: self, instance });
        #[cfg(feature = "gc")]
        if let Err(error) = &result
            && matches!(error.kind(), ErrorKind::Limit | ErrorKind::OutOfMemory)
        {
            self.collect(LiveSlots::NONE);
            return work(&mut Scope { store: self, instance });
        }
        result
    }

    /// The first two slots of the value of the constant expression at `span`.
    fn evaluate(
        &mut self,
        instance: u32,
        module: &ModuleInner,
        span: Span,
        stack: &mut Vec<u64>,
    ) -> Result<[u64; 2], Error> {
        self.constant(instance, |scope| evaluate(&mut Reader::new(module.bytes(span)), scope, stack))?;
        Ok([0, 1].map(|index| stack.get(index).copied().unwrap_or(0)))
    }

    fn evaluate_globals(&mut self, index: u32, module: &ModuleInner) -> Result<(), Error> {
        let mut stack = Vec::new();
        for (position, global) in module.globals.iter().enumerate().skip(module.imported_globals as usize) {
            let value = self.evaluate(index, module, global.init, &mut stack)?;
            let global = self.instances[index as usize].globals[position];
            self.set_global(global, value);
        }
        Ok(())
    }

    fn evaluate_tables(&mut self, index: u32, module: &ModuleInner) -> Result<(), Error> {
        let mut stack = Vec::new();
        for (position, table) in module.tables.iter().enumerate() {
            if table.init != Span::default() {
                let [value, _] = self.evaluate(index, module, table.init, &mut stack)?;
                let table = self.instances[index as usize].tables[position];
                self.tables[table as usize].elements.as_mut_slice().fill(value);
            }
        }
        Ok(())
    }

    /// Evaluates the items of passive element segments; those of active ones are when they are written.
    fn evaluate_elements(&mut self, index: u32, module: &ModuleInner) -> Result<(), Error> {
        for (position, segment) in module.elements.iter().enumerate() {
            if !matches!(segment.mode, SegmentMode::Passive) {
                continue;
            }
            self.instances[index as usize].elements[position] =
                list(&mut self.budget, segment.count as usize)?;
            let mut items = module.items(segment);
            for _ in 0..segment.count {
                let reference = self.constant(index, |scope| items.next(scope))?;
                self.instances[index as usize].elements[position].push(reference);
            }
        }
        Ok(())
    }

    /// Writes the active segments, elements first, each kind in the module's order.
    fn write_segments(&mut self, index: u32) -> Result<(), Error> {
        let module = self.instances[index as usize].module.clone();
        let mut stack = Vec::new();
        for segment in &module.inner.elements {
            let SegmentMode::Active { index: table, offset } = segment.mode else {
                continue;
            };
            let [offset, _] = self.evaluate(index, &module.inner, offset, &mut stack)?;
            let table = self.instances[index as usize].tables[table as usize] as usize;
            let len = self.tables[table].elements.len();
            let target = super::memory::range(offset, u64::from(segment.count), len);
            let mut items = module.inner.items(segment);
            for element in target.ok_or(Trap::TableOutOfBounds)? {
                let reference = self.constant(index, |scope| items.next(scope))?;
                let set = self.tables[table].elements.set(element, reference);
                debug_assert!(set, "a segment was found to fit its table");
            }
        }
        for (position, segment) in module.inner.data.iter().enumerate() {
            let SegmentMode::Active { index: memory, offset } = segment.mode else {
                continue;
            };
            let [offset, _] = self.evaluate(index, &module.inner, offset, &mut stack)?;
            let len = u64::from(segment.bytes.end - segment.bytes.start);
            memory_init(self, index, position as u32, memory, (offset, 0, len))?;
            data_drop(self, index, position as u32);
        }
        Ok(())
    }
}
