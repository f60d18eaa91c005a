//! Bodies of functions.

use arbitrary::{Result, Unstructured};
use wasm_encoder::{BlockType, Function, HeapType, Instruction, MemArg, MemArgTarget};

use super::operations::{OPERATIONS, Operation};
use super::{COUNTER, ELEMENTS, GLOBALS, Program, encode, types};
use crate::trace::Type;

/// Nested blocks.
const DEPTH: usize = 7;

/// What a branch goes to.
struct Label {
    /// What a branch takes.
    types: Vec<Type>,
    /// Whether a branch goes back without spending anything.
    endless: bool,
}

struct Body<'p, 'i, 'd> {
    program: &'p mut Program,
    input: &'i mut Unstructured<'d>,
    function: Function,
    index: u32,
    locals: Vec<Type>,
    results: Vec<Type>,
    /// Operands of the current block.
    stack: Vec<Type>,
    labels: Vec<Label>,
    /// Instructions that may still be made.
    left: usize,
}

/// Makes the body of function `index`.
pub(super) fn generate(input: &mut Unstructured<'_>, program: &mut Program, index: u32) -> Result<Function> {
    let signature = program.functions[index as usize].clone();
    let mut declared = types(input, 8)?;
    if input.ratio(1, 16)? {
        // Slots that are far away.
        declared.resize(declared.len() + 300, Type::I64);
        declared.extend(types(input, 4)?);
    }
    let function = Function::new_with_locals_types(declared.iter().map(|ty| encode(*ty)));
    let locals = signature.params.iter().chain(&declared).copied().collect();
    let labels = vec![Label { types: signature.results.clone(), endless: false }];
    let left = input.int_in_range(10..=160)?;
    let results = signature.results;
    let mut body = Body { program, input, function, index, locals, results, stack: Vec::new(), labels, left };
    body.spend_or_trap();
    let results = body.results.clone();
    body.block(&results)?;
    body.push(&Instruction::End);
    Ok(body.function)
}

impl Body<'_, '_, '_> {
    fn push(&mut self, instruction: &Instruction<'_>) {
        self.function.instruction(instruction);
        self.left = self.left.saturating_sub(1);
    }

    /// Takes one from the counter; traps when there is none.
    fn spend_or_trap(&mut self) {
        self.function
            .instructions()
            .global_get(COUNTER)
            .i32_const(1)
            .i32_lt_s()
            .if_(BlockType::Empty)
            .unreachable()
            .end()
            .global_get(COUNTER)
            .i32_const(1)
            .i32_sub()
            .global_set(COUNTER);
    }

    /// Fills the current block and leaves exactly `results`.
    fn block(&mut self, results: &[Type]) -> Result<()> {
        let most = self.input.int_in_range(1..=30)?;
        for _ in 0..most {
            if self.left == 0 || self.input.is_empty() {
                break;
            }
            if self.instruction()? {
                return Ok(());
            }
        }
        self.settle(results)
    }

    /// Makes the operands of the current block `wanted`, keeping those that fit.
    fn settle(&mut self, wanted: &[Type]) -> Result<()> {
        let fitting = self.stack.iter().zip(wanted).take_while(|(have, want)| have == want).count();
        while self.stack.len() > fitting {
            self.push(&Instruction::Drop);
            self.stack.pop();
        }
        for ty in &wanted[fitting..] {
            self.operand(*ty)?;
        }
        Ok(())
    }

    /// Pushes some operand of type `ty`.
    fn operand(&mut self, ty: Type) -> Result<()> {
        let locals: Vec<u32> =
            (0..self.locals.len() as u32).filter(|local| self.locals[*local as usize] == ty).collect();
        if !locals.is_empty() && self.input.ratio(3, 4)? {
            let local = *self.input.choose(&locals)?;
            self.push(&Instruction::LocalGet(local));
        } else {
            self.constant(ty)?;
        }
        self.stack.push(ty);
        Ok(())
    }

    fn constant(&mut self, ty: Type) -> Result<()> {
        let value: i64 = match self.input.int_in_range(0..=3)? {
            0 => self.input.int_in_range(-2..=3)?,
            1 => self.input.arbitrary::<i16>()?.into(),
            2 => *self.input.choose(&[
                i64::MIN,
                i64::MAX,
                1 << 31,
                -(1 << 31),
                0x7fff_ffff,
                0xffff,
                -32_769,
            ])?,
            _ => self.input.arbitrary()?,
        };
        let instruction = match ty {
            Type::I32 => Instruction::I32Const(value as i32),
            Type::I64 => Instruction::I64Const(value),
            Type::F32 => Instruction::F32Const((value as f32 / 4.0).into()),
            Type::F64 => Instruction::F64Const((value as f64 / 4.0).into()),
            Type::Func => Instruction::RefNull(HeapType::FUNC),
            Type::Extern => Instruction::RefNull(HeapType::EXTERN),
        };
        self.push(&instruction);
        Ok(())
    }

    /// Makes one instruction or a short group of them; true when what follows is not reached.
    fn instruction(&mut self) -> Result<bool> {
        match self.input.int_in_range(0..=31)? {
            0..=4 => self.any_operand()?,
            5..=13 => self.operation()?,
            14..=17 => self.assign()?,
            18 => self.select()?,
            19 => self.access_global()?,
            20 => self.load()?,
            21 => self.store()?,
            22 | 23 => self.nested()?,
            24 => self.conditional()?,
            25 | 26 => self.branch_if()?,
            27 => self.call()?,
            28 => self.drop_one(),
            29 => self.rare()?,
            _ => return self.leave(),
        }
        Ok(false)
    }

    fn any_operand(&mut self) -> Result<()> {
        let ty = if self.locals.is_empty() || self.input.ratio(1, 8)? {
            *self.input.choose(&[Type::I32, Type::I64, Type::F32, Type::F64])?
        } else {
            *self.input.choose(&self.locals)?
        };
        self.operand(ty)
    }

    /// An operation on the operands that are there, or on new ones.
    fn operation(&mut self) -> Result<()> {
        let fitting: Vec<&Operation> =
            OPERATIONS.iter().filter(|(_, params, _)| self.stack.ends_with(params)).collect();
        let (instruction, params, result) = match fitting.as_slice() {
            [] => {
                let operation = self.input.choose(OPERATIONS)?;
                for ty in operation.1 {
                    self.operand(*ty)?;
                }
                operation
            }
            some => *self.input.choose(some)?,
        };
        let divides = matches!(
            instruction,
            Instruction::I32DivS | Instruction::I32DivU | Instruction::I32RemS | Instruction::I32RemU
        );
        if divides && self.input.ratio(7, 8)? {
            self.push(&Instruction::I32Const(1));
            self.push(&Instruction::I32Or);
        }
        self.push(instruction);
        self.stack.truncate(self.stack.len() - params.len());
        self.stack.push(*result);
        Ok(())
    }

    /// Assigns the last operand, or a new one, to a local.
    fn assign(&mut self) -> Result<()> {
        if self.locals.is_empty() {
            return Ok(());
        }
        let mut local = self.input.choose_index(self.locals.len())?;
        let ty = match self.stack.last() {
            Some(last) if self.input.ratio(7, 8)? => {
                let Some(found) = (0..self.locals.len())
                    .map(|step| (local + step) % self.locals.len())
                    .find(|index| self.locals[*index] == *last)
                else {
                    return Ok(());
                };
                local = found;
                *last
            }
            _ => {
                let ty = self.locals[local];
                self.operand(ty)?;
                ty
            }
        };
        debug_assert_eq!(self.stack.last(), Some(&ty));
        if self.input.arbitrary()? {
            self.push(&Instruction::LocalTee(local as u32));
        } else {
            self.push(&Instruction::LocalSet(local as u32));
            self.stack.pop();
        }
        Ok(())
    }

    fn select(&mut self) -> Result<()> {
        let ty = match self.stack.as_slice() {
            [.., a, b] if a == b => *a,
            [.., a] => {
                let ty = *a;
                self.operand(ty)?;
                ty
            }
            [] => {
                self.operand(Type::I64)?;
                self.operand(Type::I64)?;
                Type::I64
            }
        };
        self.condition()?;
        if matches!(ty, Type::Func | Type::Extern) || self.input.ratio(1, 4)? {
            self.push(&Instruction::TypedSelect(encode(ty)));
        } else {
            self.push(&Instruction::Select);
        }
        self.stack.pop();
        Ok(())
    }

    /// Pushes a condition: often a comparison, as translators like to fuse it.
    fn condition(&mut self) -> Result<()> {
        match self.input.int_in_range(0..=3)? {
            0 => self.operand(Type::I32),
            1 => {
                self.operand(Type::I32)?;
                self.push(&Instruction::I32Eqz);
                Ok(())
            }
            _ => {
                let compares = |operation: &&Operation| operation.1.len() == 2 && operation.2 == Type::I32;
                let comparisons: Vec<_> = OPERATIONS
                    .iter()
                    .filter(compares)
                    .filter(|(instruction, ..)| {
                        !matches!(instruction, Instruction::I32DivS | Instruction::I32DivU)
                    })
                    .filter(|(instruction, ..)| {
                        !matches!(instruction, Instruction::I32RemS | Instruction::I32RemU)
                    })
                    .collect();
                let (instruction, params, result) = *self.input.choose(&comparisons)?;
                for ty in *params {
                    self.operand(*ty)?;
                }
                self.push(instruction);
                self.stack.truncate(self.stack.len() - params.len());
                self.stack.push(*result);
                Ok(())
            }
        }
        .map(|()| {
            // Who asked for it takes it at once.
            self.stack.pop();
        })
    }

    fn access_global(&mut self) -> Result<()> {
        let index = self.input.choose_index(GLOBALS.len())?;
        if self.input.arbitrary()? {
            self.push(&Instruction::GlobalGet(index as u32 + 1));
            self.stack.push(GLOBALS[index]);
        } else {
            if self.stack.last() != Some(&GLOBALS[index]) {
                self.operand(GLOBALS[index])?;
            }
            self.push(&Instruction::GlobalSet(index as u32 + 1));
            self.stack.pop();
        }
        Ok(())
    }

    fn mem_arg(&mut self) -> Result<MemArg> {
        let offset = *self.input.choose(&[0, 0, 1, 8, 100, 65_530, 70_000])?;
        Ok(MemArg { offset, align: 0, target: MemArgTarget::default(), ordering: None })
    }

    /// Pushes an address, nearly always one inside the memory.
    fn address(&mut self) -> Result<()> {
        self.operand(Type::I32)?;
        if self.input.ratio(15, 16)? {
            self.push(&Instruction::I32Const(0xfff));
            self.push(&Instruction::I32And);
        }
        Ok(())
    }

    fn load(&mut self) -> Result<()> {
        self.address()?;
        let arg = self.mem_arg()?;
        let (instruction, ty) = match self.input.int_in_range(0..=9)? {
            0 => (Instruction::I32Load(arg), Type::I32),
            1 => (Instruction::I32Load8S(arg), Type::I32),
            2 => (Instruction::I32Load8U(arg), Type::I32),
            3 => (Instruction::I32Load16S(arg), Type::I32),
            4 => (Instruction::I32Load16U(arg), Type::I32),
            5 => (Instruction::I64Load(arg), Type::I64),
            6 => (Instruction::I64Load32S(arg), Type::I64),
            7 => (Instruction::I64Load32U(arg), Type::I64),
            8 => (Instruction::I64Load8S(arg), Type::I64),
            _ => (Instruction::I64Load16U(arg), Type::I64),
        };
        self.push(&instruction);
        self.stack.pop();
        self.stack.push(ty);
        Ok(())
    }

    fn store(&mut self) -> Result<()> {
        self.address()?;
        let arg = self.mem_arg()?;
        let (instruction, ty) = match self.input.int_in_range(0..=4)? {
            0 => (Instruction::I32Store(arg), Type::I32),
            1 => (Instruction::I32Store8(arg), Type::I32),
            2 => (Instruction::I64Store(arg), Type::I64),
            3 => (Instruction::I64Store32(arg), Type::I64),
            _ => (Instruction::I32Store16(arg), Type::I32),
        };
        self.operand(ty)?;
        self.push(&instruction);
        self.stack.truncate(self.stack.len() - 2);
        Ok(())
    }

    /// The type of a block from `params` to `results`.
    fn block_type(&mut self, params: &[Type], results: &[Type]) -> BlockType {
        match (params, results) {
            ([], []) => BlockType::Empty,
            ([], [one]) => BlockType::Result(encode(*one)),
            _ => BlockType::FunctionType(self.program.type_index(params, results)),
        }
    }

    /// Takes a few operands as the parameters of a block.
    fn take_params(&mut self) -> Result<Vec<Type>> {
        let most = self.stack.len().min(3);
        let count = self.input.int_in_range(0..=most)?;
        Ok(self.stack.split_off(self.stack.len() - count))
    }

    /// A block or a loop.
    fn nested(&mut self) -> Result<()> {
        if self.labels.len() > DEPTH {
            return Ok(());
        }
        let params = self.take_params()?;
        let results = types(self.input, 3)?;
        let ty = self.block_type(&params, &results);
        let outer = std::mem::replace(&mut self.stack, params.clone());
        if self.input.arbitrary()? {
            self.push(&Instruction::Block(ty));
            self.labels.push(Label { types: results.clone(), endless: false });
        } else {
            self.push(&Instruction::Loop(ty));
            let endless: bool = self.input.arbitrary()?;
            if !endless {
                self.spend_or_trap();
            }
            self.labels.push(Label { types: params, endless });
        }
        self.block(&results)?;
        self.end(outer, &results);
        Ok(())
    }

    fn end(&mut self, outer: Vec<Type>, results: &[Type]) {
        self.push(&Instruction::End);
        self.labels.pop();
        self.stack = outer;
        self.stack.extend(results);
    }

    /// An `if`, with or without `else`.
    fn conditional(&mut self) -> Result<()> {
        if self.labels.len() > DEPTH {
            return Ok(());
        }
        self.condition()?;
        let params = self.take_params()?;
        let has_else = self.input.ratio(3, 4)?;
        let results = if has_else { types(self.input, 2)? } else { params.clone() };
        let ty = self.block_type(&params, &results);
        self.push(&Instruction::If(ty));
        let outer = std::mem::replace(&mut self.stack, params.clone());
        self.labels.push(Label { types: results.clone(), endless: false });
        self.block(&results)?;
        if has_else {
            self.push(&Instruction::Else);
            self.stack = params;
            self.block(&results)?;
        }
        self.end(outer, &results);
        Ok(())
    }

    /// Pushes what a branch takes unless it is there already.
    fn operands(&mut self, wanted: &[Type]) -> Result<()> {
        if self.stack.ends_with(wanted) && self.input.ratio(3, 4)? {
            return Ok(());
        }
        for ty in wanted {
            self.operand(*ty)?;
        }
        Ok(())
    }

    fn branch_if(&mut self) -> Result<()> {
        let depth = self.input.choose_index(self.labels.len())?;
        let label = &self.labels[self.labels.len() - 1 - depth];
        let endless = label.endless;
        let types = label.types.clone();
        self.operands(&types)?;
        self.condition()?;
        if endless {
            // Spends here and goes on when there is nothing left.
            self.function
                .instructions()
                .global_get(COUNTER)
                .i32_const(0)
                .i32_gt_s()
                .i32_and()
                .global_get(COUNTER)
                .i32_const(1)
                .i32_sub()
                .global_set(COUNTER);
        }
        self.push(&Instruction::BrIf(depth as u32));
        Ok(())
    }

    fn call(&mut self) -> Result<()> {
        let later = self.index + 1..self.program.functions.len() as u32;
        let callee = match self.input.int_in_range(0..=3)? {
            0 => self.input.int_in_range(0..=1)?,
            _ if later.is_empty() => return Ok(()),
            _ => self.input.int_in_range(later.start..=later.end - 1)?,
        };
        let signature = self.program.functions[callee as usize].clone();
        self.operands(&signature.params)?;
        if self.input.ratio(1, 3)? && callee < ELEMENTS - 1 {
            let ty = self.program.type_index(&signature.params, &signature.results);
            self.push(&Instruction::I32Const(callee as i32));
            self.push(&Instruction::CallIndirect { type_index: ty, table_index: 0 });
        } else {
            self.push(&Instruction::Call(callee));
        }
        self.stack.truncate(self.stack.len() - signature.params.len());
        self.stack.extend(signature.results);
        Ok(())
    }

    fn drop_one(&mut self) {
        if self.stack.pop().is_some() {
            self.push(&Instruction::Drop);
        }
    }

    fn rare(&mut self) -> Result<()> {
        match self.input.int_in_range(0..=5)? {
            0 => {
                self.push(&Instruction::MemorySize(0));
                self.stack.push(Type::I32);
            }
            1 => {
                self.operand(Type::I32)?;
                self.push(&Instruction::MemoryGrow(0));
            }
            2 => {
                for _ in 0..2 {
                    self.address()?;
                }
                self.push(&Instruction::I32Const(40));
                self.push(&Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 });
                self.stack.truncate(self.stack.len() - 2);
            }
            3 => {
                self.address()?;
                self.operand(Type::I32)?;
                self.push(&Instruction::I32Const(33));
                self.push(&Instruction::MemoryFill(0));
                self.stack.truncate(self.stack.len() - 2);
            }
            4 => {
                let index = self.input.int_in_range(0..=ELEMENTS as i32)?;
                self.push(&Instruction::I32Const(index));
                self.push(&Instruction::TableGet(0));
                self.push(&Instruction::RefIsNull);
                self.stack.push(Type::I32);
            }
            _ => {
                self.operand(Type::Extern)?;
                self.push(&Instruction::RefIsNull);
                self.stack.pop();
                self.stack.push(Type::I32);
            }
        }
        Ok(())
    }

    /// Leaves the block for good, and makes a little that is not reached.
    fn leave(&mut self) -> Result<bool> {
        let choice = self.input.int_in_range(0..=9)?;
        match choice {
            0..=3 => {
                let depth = self.input.choose_index(self.labels.len())?;
                let label = &self.labels[self.labels.len() - 1 - depth];
                if label.endless {
                    return Ok(false);
                }
                let types = label.types.clone();
                self.operands(&types)?;
                self.push(&Instruction::Br(depth as u32));
            }
            4..=6 => {
                if !self.branch_table()? {
                    return Ok(false);
                }
            }
            7 => {
                let results = self.results.clone();
                self.operands(&results)?;
                self.push(&Instruction::Return);
            }
            8 => {
                let same = |callee: &u32| self.program.functions[*callee as usize].results == self.results;
                let callees: Vec<u32> =
                    (self.index + 1..self.program.functions.len() as u32).filter(same).collect();
                let Some(callee) = callees.first().copied() else { return Ok(false) };
                let params = self.program.functions[callee as usize].params.clone();
                self.operands(&params)?;
                self.push(&Instruction::ReturnCall(callee));
            }
            _ => {
                if !self.input.ratio(1, 8)? {
                    return Ok(false);
                }
                self.push(&Instruction::Unreachable);
            }
        }
        if self.input.arbitrary()? {
            self.push(&Instruction::I32Const(1));
            self.push(&Instruction::I32Add);
            self.push(&Instruction::Drop);
        }
        Ok(true)
    }

    /// A `br_table` over labels that take the same; false when there is none.
    fn branch_table(&mut self) -> Result<bool> {
        let last = self.labels.len() - 1;
        let depth = self.input.choose_index(self.labels.len())?;
        let types = self.labels[last - depth].types.clone();
        let depths: Vec<u32> = (0..=last as u32)
            .filter(|depth| {
                let label = &self.labels[last - *depth as usize];
                !label.endless && label.types == types
            })
            .collect();
        if depths.is_empty() {
            return Ok(false);
        }
        self.operands(&types)?;
        self.operand(Type::I32)?;
        self.stack.pop();
        if self.input.ratio(3, 4)? {
            self.push(&Instruction::I32Const(3));
            self.push(&Instruction::I32And);
        }
        let count = self.input.int_in_range(0..=4)?;
        let targets = (0..count).map(|_| Ok(*self.input.choose(&depths)?)).collect::<Result<Vec<u32>>>()?;
        let default = *self.input.choose(&depths)?;
        self.push(&Instruction::BrTable(targets.into(), default));
        Ok(true)
    }
}
