//! From validated bodies to IR: one pass, with everything known about operands at each point, fusing as it goes.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use crate::error::Error;
use crate::ir::Code;
use crate::ir::HEADER;
#[cfg(feature = "exceptions")]
use crate::ir::handler::{Handler, Handlers};
use crate::module::ModuleInner;
use crate::ops::Type;
use crate::ops::shape::Loc;
use crate::ops::{ACCESS, BANKS, NUMERIC, NUMERIC_FC, Op};
use crate::raw::try_box;
use crate::types::FuncType;

mod call;
mod control;
mod emit;
#[cfg(feature = "exceptions")]
mod exception;
mod fuel;
mod fuse;
mod labels;
mod memory;
mod numeric;
#[cfg(feature = "gc")]
mod object;
mod operand;
mod pins;
mod place;
mod primed;
mod reader;
#[cfg(feature = "gc")]
mod reference;
#[cfg(feature = "simd")]
mod simd;
mod stack;
mod table;
mod units;
mod variable;

use emit::{Inverted, Last};
use fuel::Charge;
use labels::{Control, Fixup};
pub(crate) use pins::{Loops, Pins};
use place::Place;
use reader::Reader;
use stack::{MOST_SLOTS, Stack};
use units::Units;

/// Code units that translation may write for a byte of a body, and for any body. Ordinary code takes less than one;
/// a branch of two bytes that moves a thousand operands takes thousands.
const MOST_UNITS_PER_BYTE: usize = 16;
const MOST_UNITS_AT_LEAST: usize = 4096;

/// Operands, and branches, that there is room for from the start.
const SOME: usize = 16;

/// Translates the body of function `body` (counted without imports), which has been validated, with the memory that the
/// translation of another function used, or none.
pub(crate) fn translate(module: &ModuleInner, body: u32, buffers: &mut Buffers) -> Result<Box<Code>, Error> {
    let mut translator = Translator::new(module, body, core::mem::take(buffers));
    translator.run()?;
    if translator.fusion {
        fuse::fuse(translator.units.as_mut_slice(), &translator.written);
    }
    // `shrink_to_fit` would abort where memory is out.
    let mut units = Vec::new();
    units.try_reserve_exact(translator.units.len())?;
    units.extend_from_slice(translator.units.as_slice());
    #[cfg_attr(not(feature = "exceptions"), allow(unused_mut))]
    let mut code = Code::new(units);
    #[cfg(feature = "exceptions")]
    {
        code.handlers = Handlers::copy_of(&translator.handlers)?;
    }
    *buffers = translator.into_buffers();
    Ok(try_box(code)?)
}

/// The offset in the module's bytes of the instruction that unit `position` of the body's code came from.
///
/// Translates the body again, which gives the same code, and notes where each instruction comes from: running code
/// keeps no table for this.
pub(crate) fn source_offset(module: &ModuleInner, body: u32, position: usize) -> usize {
    // Out of memory, the best answer is the last instruction that was reached.
    let mut translator = Translator::new(module, body, Buffers::default());
    translator.asked = true;
    let _ = translator.run();
    let found = translator.written.iter().rev().find(|written| written.at as usize <= position);
    found.map_or(translator.base, |it| translator.base + translator.reader.len() - it.left as usize)
}

/// Which conditional branches have a far one to lead past.
enum Far {
    None,
    These(Origins),
    All,
}

/// Instructions of a body: a bit for each of its bytes, or none at all.
#[derive(Default)]
struct Origins(Vec<u8>);

impl Origins {
    /// Adds the instruction at `offset` of a body of `len` bytes; does nothing where memory is out.
    fn add(&mut self, offset: usize, len: usize) {
        if self.0.is_empty() && self.0.try_reserve_exact(len / 8 + 1).is_ok() {
            self.0.resize(len / 8 + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(offset / 8) {
            *bits |= 1 << (offset % 8);
        }
    }

    fn contains(&self, offset: usize) -> bool {
        self.0.get(offset / 8).is_some_and(|bits| bits >> (offset % 8) & 1 != 0)
    }
}

/// What a translation keeps in lists, which another can use again.
#[derive(Default)]
pub(crate) struct Buffers {
    units: Units,
    stack: Stack,
    controls: Vec<Control>,
    fixups: Vec<Fixup>,
    weights: Vec<u32>,
    written: Vec<Written>,
    charges: Vec<Charge>,
    #[cfg(feature = "exceptions")]
    handlers: Vec<Handler>,
}

impl Buffers {
    /// Bytes that they occupy.
    pub(crate) fn footprint(&self) -> usize {
        fn bytes<T>(list: &Vec<T>) -> usize {
            list.capacity() * size_of::<T>()
        }
        #[cfg(feature = "exceptions")]
        let handlers = bytes(&self.handlers);
        #[cfg(not(feature = "exceptions"))]
        let handlers = 0;
        let of_instructions = self.units.footprint() + bytes(&self.written) + bytes(&self.charges) + handlers;
        let of_operands = bytes(&self.stack.locals) + bytes(&self.stack.operands) + bytes(&self.weights);
        of_instructions + of_operands + bytes(&self.controls) + bytes(&self.fixups)
    }
}

/// An instruction of the code.
#[derive(Clone, Copy)]
struct Written {
    /// Its position.
    at: u32,
    /// How many bytes of the body are left from the instruction on that it comes from, which the reader knows sooner
    /// than the offset.
    left: u32,
}

/// The state of one function's translation.
struct Translator<'m> {
    module: &'m ModuleInner,
    /// What the configuration says: whether code is fused, counts fuel, and makes NaNs canonical.
    fusion: bool,
    counts_fuel: bool,
    canonical_nans: bool,
    reader: Reader<'m>,
    units: Units,
    /// How many units the code may have.
    most_units: usize,
    stack: Stack,
    controls: Vec<Control>,
    fixups: Vec<Fixup>,
    /// How often each local is used.
    weights: Vec<u32>,
    /// The code's instructions, where there are sequences to fuse (even if fusion is off: to ask for that takes longer)
    /// or this was asked for.
    written: Vec<Written>,
    asked: bool,
    /// Who catches exceptions.
    #[cfg(feature = "exceptions")]
    handlers: Vec<Handler>,
    last: Option<Last>,
    /// By accumulator, where the instruction of this basic block starts that left its result there and nowhere else.
    producers: [Option<NonZeroU32>; BANKS],
    /// A comparison and the instruction behind it that compares its result with zero, if that is the last one.
    inverted: Option<Inverted>,
    /// Whether the code at this point can be reached.
    reachable: bool,
    /// Which conditional branches lead past far ones.
    far: Far,
    /// Those whose targets are so far that, in another attempt, they should; and whether a near one was not enough.
    distant: Origins,
    too_far: bool,
    /// How many blocks of unreachable code are open.
    skipped: usize,
    ty: &'m FuncType,
    type_index: u32,
    /// Slots of parameters and locals.
    local_slots: usize,
    pins: usize,
    /// What validation found.
    known_pins: Pins,
    /// What the code charges, and the number of the charge that pays for this point.
    charges: Vec<Charge>,
    charge: Option<u32>,
    /// Offset in the module of the body.
    base: usize,
    /// How many bytes of the body are left from the instruction on that is being translated.
    left: usize,
}

impl<'m> Translator<'m> {
    fn new(module: &'m ModuleInner, body: u32, buffers: Buffers) -> Self {
        let span = module.bodies[body as usize].span;
        let ty = module.func_types[(module.imported_funcs + body) as usize];
        let reader = Reader::new(module.bytes(span));
        // Positions have 32 bits.
        let most_units = reader.len().saturating_mul(MOST_UNITS_PER_BYTE).saturating_add(MOST_UNITS_AT_LEAST);
        let most_units = most_units.min(u32::MAX as usize / 2);
        let config = module.engine.config();
        let left = reader.len();
        Self {
            module,
            fusion: config.fusion,
            counts_fuel: config.fuel,
            canonical_nans: config.canonical_nans,
            reader,
            units: buffers.units,
            most_units,
            stack: buffers.stack,
            controls: buffers.controls,
            fixups: buffers.fixups,
            weights: buffers.weights,
            written: buffers.written,
            asked: false,
            #[cfg(feature = "exceptions")]
            handlers: buffers.handlers,
            last: None,
            producers: [None; BANKS],
            inverted: None,
            reachable: true,
            far: Far::None,
            distant: Origins::default(),
            too_far: false,
            skipped: 0,
            ty: module.types[ty as usize].func_type(),
            type_index: ty,
            local_slots: 0,
            pins: 0,
            known_pins: module.pins.get(body as usize).copied().unwrap_or(Pins::UNKNOWN),
            charges: buffers.charges,
            charge: None,
            base: span.start as usize,
            left,
        }
    }

    /// Translates the body.
    ///
    /// Once if near branches suffice; else again, with those that did not, and those that might not, led past far ones;
    /// at last with all of them.
    fn run(&mut self) -> Result<(), Error> {
        let start = self.reader.clone();
        self.function()?;
        while self.too_far {
            self.far = match self.far {
                Far::None => Far::These(core::mem::take(&mut self.distant)),
                Far::These(_) => Far::All,
                // What is left to lead over is a far branch and the copies before it.
                Far::All => {
                    let most = i16::MAX as usize;
                    return Err(Error::limit("code units that a branch leads over", most, Some(self.base)));
                }
            };
            self.reader = start.clone();
            self.function()?;
        }
        Ok(())
    }

    fn into_buffers(self) -> Buffers {
        Buffers {
            units: self.units,
            stack: self.stack,
            controls: self.controls,
            fixups: self.fixups,
            weights: self.weights,
            written: self.written,
            charges: self.charges,
            #[cfg(feature = "exceptions")]
            handlers: self.handlers,
        }
    }

    fn function(&mut self) -> Result<(), Error> {
        self.clear();
        self.reserve()?;
        self.declare_locals()?;
        self.enter()?;
        self.open_function()?;
        while let Some(opcode) = self.next_instruction() {
            self.pay(opcode)?;
            // local.get is every third, and a branch is predicted better than one more target of the jump by opcode.
            match opcode {
                0x20 => self.local_get()?,
                _ => self.instruction(opcode)?,
            }
        }
        self.complete_charges();
        self.complete_enter();
        debug_assert!(self.controls.is_empty());
        // Room that was there, or more than was missing, let code go past the limit.
        self.check_units()
    }

    /// Forgets what another function, or another attempt, has left behind; the rest is forgotten where the first basic
    /// block begins.
    fn clear(&mut self) {
        self.units.truncate(0);
        self.stack.reset();
        self.controls.clear();
        self.fixups.clear();
        self.written.clear();
        self.charges.clear();
        #[cfg(feature = "exceptions")]
        self.handlers.clear();
        self.reachable = true;
        self.skipped = 0;
        self.too_far = false;
        self.pins = 0;
        self.left = self.reader.len();
    }

    /// Makes room for what most bodies need, so that lists seldom grow.
    fn reserve(&mut self) -> Result<(), Error> {
        // What compilers emit becomes 1.2 bytes of code a byte, and an instruction every five bytes.
        let len = self.reader.len();
        self.units.reserve(len / 8 * 5 + 2 * emit::LONGEST)?;
        if self.keeps_written() {
            self.written.try_reserve(len / 4 + 2)?;
        }
        self.stack.operands.try_reserve(SOME)?;
        self.controls.try_reserve(SOME / 2)?;
        self.fixups.try_reserve(SOME)?;
        Ok(())
    }

    /// Goes to the next instruction of the body; gives its opcode.
    #[inline]
    fn next_instruction(&mut self) -> Option<u8> {
        self.left = self.reader.left();
        self.reader.next()
    }

    /// Where in the body the instruction that is being translated is.
    fn offset(&self) -> usize {
        self.reader.len() - self.left
    }

    /// Where in the module the instruction that is being translated is.
    fn origin(&self) -> usize {
        self.base + self.offset()
    }

    /// Reads the local declarations and gives every local its slot, below the frame.
    fn declare_locals(&mut self) -> Result<(), Error> {
        let params = self.ty.params();
        self.stack.declare(params.iter().map(|ty| (*ty).into()))?;
        let mut slots = self.ty.param_slots();
        for _ in 0..self.reader.u32() {
            let count = self.reader.u32() as usize;
            let ty = self.reader.val_type();
            slots = slots.saturating_add(count.saturating_mul(ty.slots()));
            let most = self.module.engine.config().limits.locals.min(MOST_SLOTS);
            if slots > most {
                return Err(Error::limit("locals of a function", most, Some(self.base)));
            }
            self.stack.declare(core::iter::repeat_n(ty, count))?;
        }
        self.stack.place_locals(params.len(), slots);
        self.local_slots = slots;
        Ok(())
    }

    /// Chooses the pinned locals and writes the instruction that makes the frame.
    fn enter(&mut self) -> Result<(), Error> {
        let mut homes = [0; 2];
        if cfg!(whit_wide) {
            let mut chosen = self.known_pins;
            if chosen == Pins::UNKNOWN {
                let locals = &self.stack.locals;
                let eligible = |local: usize| matches!(locals[local].ty(), Type::I32 | Type::I64);
                chosen = pins::choose(self.reader.clone(), locals.len(), eligible, &mut self.weights)?;
            }
            for (place, local) in chosen.locals().into_iter().enumerate() {
                let Some(local) = local else { continue };
                self.stack.locals[local].set_place(Place::pin([Loc::P0, Loc::P1][place]));
                homes[place] = self.stack.locals[local].slot;
                self.pins = place + 1;
            }
        }
        self.emit(Op::Enter0, [])?;
        self.unit(self.local_slots as u16)?;
        // Two that are known at the function's end.
        self.unit(0)?;
        self.unit(HEADER as u16)?;
        self.unit(homes[0] as u16)?;
        self.unit(homes[1] as u16)?;
        self.begin_block();
        Ok(())
    }

    /// Completes the instruction that makes the frame.
    fn complete_enter(&mut self) {
        let zeroed = self.stack.zeroed();
        let op = match zeroed.len() {
            0 => Op::Enter0,
            1..=HEADER => Op::EnterFew,
            _ => Op::EnterMany,
        };
        self.units[0] = op.opcode(&[]);
        self.units[2] = zeroed.start as u16;
        self.units[3] = self.stack.highest as u16;
    }

    /// A basic block begins: nothing that was written can be changed any more.
    fn begin_block(&mut self) {
        self.seal();
        self.charge = None;
    }

    /// Nothing that was written can be changed any more.
    fn seal(&mut self) {
        self.last = None;
        self.producers = [None; BANKS];
        self.inverted = None;
    }

    /// A type of the module.
    fn func_type(&self, index: u32) -> &'m FuncType {
        self.module.types[index as usize].func_type()
    }

    #[inline(always)]
    fn instruction(&mut self, opcode: u8) -> Result<(), Error> {
        match opcode {
            0x00 => self.unreachable(),
            0x01 => Ok(()),
            0x02 => self.block(),
            0x03 => self.loop_(),
            0x04 => self.if_(),
            0x05 => self.else_(),
            0x0B => self.end(),
            0x0C => self.br(),
            0x0D => self.br_if(),
            0x0E => self.br_table(),
            0x0F => self.return_(),
            0x10 => self.call(),
            0x11 => self.call_indirect(),
            0x12 => self.return_call(),
            0x13 => self.return_call_indirect(),
            #[cfg(feature = "gc")]
            0x14 => self.call_ref(),
            #[cfg(feature = "gc")]
            0x15 => self.return_call_ref(),
            #[cfg(feature = "exceptions")]
            0x06..=0x0A | 0x18 | 0x19 | 0x1F => self.exception(opcode),
            0x1A => {
                self.stack.pop();
                Ok(())
            }
            0x1B => self.select(),
            0x1C => {
                for _ in 0..self.reader.u32() {
                    self.reader.val_type();
                }
                self.select()
            }
            0x21 => self.local_set(),
            0x22 => self.local_tee(),
            0x23 => self.global_get(),
            0x24 => self.global_set(),
            0x25 => self.table_get(),
            0x26 => self.table_set(),
            0x28..=0x35 => self.load(ACCESS[usize::from(opcode) - 0x28]),
            0x36..=0x3E => self.store(ACCESS[usize::from(opcode) - 0x28]),
            0x3F => self.memory_size(),
            0x40 => self.memory_grow(),
            0x41 => {
                let value = self.reader.i64() as u32;
                self.stack.push_const(Type::I32, u64::from(value))
            }
            0x42 => {
                let value = self.reader.i64() as u64;
                self.stack.push_const(Type::I64, value)
            }
            0x43 => {
                let bits = u32::from_le_bytes(self.reader.array());
                self.stack.push_const(Type::F32, u64::from(bits))
            }
            0x44 => {
                let bits = u64::from_le_bytes(self.reader.array());
                self.stack.push_const(Type::F64, bits)
            }
            0x45 => self.eqz(Type::I32),
            0x50 => self.eqz(Type::I64),
            0xAD => self.extend_unsigned(),
            0x46..=0xC4 => match NUMERIC[usize::from(opcode)] {
                Some(numeric) => {
                    self.numeric(numeric)?;
                    if self.canonical_nans && numeric::computes_float(opcode) {
                        self.canonicalize(numeric.result)?;
                    }
                    Ok(())
                }
                None => Err(self.unknown(u32::from(opcode))),
            },
            0xD0 => {
                let ty = self.reader.ref_type();
                self.stack.push_const(ty, 0)
            }
            0xD1 => self.eqz(Type::I64),
            0xD2 => self.ref_func(),
            #[cfg(feature = "gc")]
            0xD4 => self.ref_as_non_null(),
            #[cfg(feature = "gc")]
            0xD5 => self.br_on_null(),
            #[cfg(feature = "gc")]
            0xD6 => self.br_on_non_null(),
            // References are the same where their slots are.
            #[cfg(feature = "gc")]
            0xD3 => match NUMERIC[0x51] {
                Some(equal) => self.numeric(equal),
                None => Err(self.unknown(0xD3)),
            },
            #[cfg(feature = "gc")]
            0xFB => self.object(),
            0xFC => self.prefixed(),
            0xFE => self.atomic(),
            #[cfg(feature = "simd")]
            0xFD => self.vector(),
            _ => Err(self.unknown(u32::from(opcode))),
        }
    }

    fn prefixed(&mut self) -> Result<(), Error> {
        let opcode = self.reader.u32();
        if let Some(numeric) = NUMERIC_FC.get(opcode as usize).copied().flatten() {
            return self.numeric(numeric);
        }
        match opcode {
            8 => self.memory_init(),
            9 => self.data_drop(),
            10 => self.memory_copy(),
            11 => self.memory_fill(),
            12 => self.table_init(),
            13 => self.elem_drop(),
            14 => self.table_copy(),
            15 => self.table_grow(),
            16 => self.table_size(),
            17 => self.table_fill(),
            19 => self.wide(Op::I64Add128, 4),
            20 => self.wide(Op::I64Sub128, 4),
            21 => self.wide(Op::I64MulWideS, 2),
            22 => self.wide(Op::I64MulWideU, 2),
            _ => Err(self.unknown(0xFC00 | opcode)),
        }
    }

    /// Validation lets through only what Whit implements; should the two ever differ, this says so.
    fn unknown(&self, opcode: u32) -> Error {
        Error::module(self.origin(), format_args!("no translation for opcode 0x{opcode:02x}"))
    }
}
