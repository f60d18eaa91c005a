//! Operations: what they are called, what they compute, which operands they take.

use core::hint::select_unpredictable;

use crate::trap::Trap;
use crate::types::ValType;

pub(crate) mod atomic;
#[cfg(feature = "simd")]
pub(crate) mod lanes;
mod num;
pub(crate) mod shape;
mod tree;
#[macro_use]
mod table;
#[cfg(feature = "simd")]
#[macro_use]
mod table_simd;
#[cfg(feature = "simd")]
pub(crate) mod simd;

use shape::{Imm, Loc, MOST_OPERANDS, Profile, Set, Shape};
use tree::ROOT;
pub(crate) use tree::{Edge, LONGEST, NOWHERE};

/// The locations that this build uses.
pub(crate) const PROFILE: Profile = if cfg!(whit_wide) { Profile::Wide } else { Profile::Narrow };

/// The operand locations that this build uses: `wide` (with pinned locals) or `narrow`.
pub const OPERAND_PROFILE: &str = if cfg!(whit_wide) { "wide" } else { "narrow" };

/// An operation of the IR: a number that indexes [`INFOS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Op(u16);

/// What translation needs to know of a value's type: how many slots it takes, and which accumulator, whose number is in
/// the lower two bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Type {
    I32 = 0,
    F32 = Bank::F32 as u8,
    F64 = Bank::F64 as u8,
    I64 = 4,
    Ref = 8,
    V128 = 12 + Bank::Slots as u8,
}

impl Type {
    /// The type with this number.
    #[inline]
    pub(crate) const fn numbered(number: u8) -> Self {
        const TYPES: [Type; 16] = {
            let mut types = [Type::I32; 16];
            let mut rest: &[Type] = &[Type::F32, Type::F64, Type::I64, Type::Ref, Type::V128];
            while let [ty, others @ ..] = rest {
                types[*ty as usize] = *ty;
                rest = others;
            }
            types
        };
        TYPES[(number & 15) as usize]
    }

    /// How many slots a value has.
    pub(crate) const fn slots(self) -> usize {
        if matches!(self, Self::V128) { 2 } else { 1 }
    }
}

impl From<ValType> for Type {
    fn from(ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self::I32,
            ValType::I64 => Self::I64,
            ValType::F32 => Self::F32,
            ValType::F64 => Self::F64,
            ValType::V128 => Self::V128,
            ValType::Ref(_) => Self::Ref,
        }
    }
}

/// An accumulator: integers and references share one, each float type has its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Bank {
    /// Integers and references.
    Int,
    /// 32-bit floats.
    F32,
    /// 64-bit floats.
    F64,
    /// None: vectors travel in slots alone.
    Slots,
}

/// How many values [`Bank`] has.
pub(crate) const BANKS: usize = Bank::Slots as usize + 1;

/// What the encoder, decoder and printer know of an operation: numbers instead of pointers, which a loader would have
/// to adjust whenever a program starts.
pub(crate) struct Info {
    /// The opcode at the first combination of locations.
    pub(crate) base: u16,
    /// Which of [`SHAPES`] its operands have.
    shape: u8,
    /// Which of [`IMMEDIATES`] follow the operands.
    immediates: u8,
    /// Where the name starts in [`NAMES`], and how long it is.
    name: (u16, u8),
    /// The accumulator that the result goes to, if that follows from the operation.
    pub(crate) result: Option<Bank>,
    /// Whether the next operation is the same with the right operand a 32-bit immediate.
    pub(crate) wide_immediate: bool,
    /// Whether it is a comparison, which its branches follow.
    pub(crate) comparison: bool,
    /// Whether the result is a vector, in a slot.
    #[cfg_attr(not(feature = "simd"), allow(dead_code))]
    pub(crate) vector: bool,
    /// Whether the result is a value or constant that is only moved.
    pub(crate) moved: bool,
    swapped: u16,
    negated: u16,
}

include!(concat!(env!("OUT_DIR"), "/operations.rs"));

impl Edge {
    /// The node behind a sequence's first instruction, or [`NOWHERE`].
    #[inline]
    pub(crate) fn root(opcode: u16) -> u16 {
        EDGES
            .get(usize::from(opcode))
            .map_or(NOWHERE, |edge| select_unpredictable(edge.node == ROOT, edge.next, NOWHERE))
    }

    /// The edge from `node`, which is not the root, by `opcode`.
    #[inline]
    pub(crate) fn find(node: u16, opcode: u16) -> Option<&'static Self> {
        let place = usize::from(node) + usize::from(opcode);
        // What is behind the table has no edge either: one question less for the machine to guess the answer of.
        let place = select_unpredictable(place < EDGES.len(), place, 0);
        EDGES.get(place).filter(|edge| edge.node == node)
    }
}

impl Op {
    /// The operation's number.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// What is known of the operation.
    #[inline]
    pub(crate) fn info(self) -> &'static Info {
        &INFOS[usize::from(self.0)]
    }

    /// The operation that the same row makes `n` places after this one: the branch of a comparison, the wide form of
    /// a load.
    pub(crate) fn derived(self, n: u16) -> Self {
        Self(self.0 + n)
    }

    /// The operation that means the same with its operands swapped.
    pub(crate) fn swapped(self) -> Option<Self> {
        let index = self.info().swapped;
        (index != u16::MAX).then_some(Self(index))
    }

    /// The comparison with the opposite result.
    pub(crate) fn negated(self) -> Option<Self> {
        let index = self.info().negated;
        (index != u16::MAX).then_some(Self(index))
    }

    /// The name in listings.
    pub(crate) fn name(self) -> &'static str {
        let (start, len) = self.info().name;
        &NAMES[usize::from(start)..usize::from(start) + usize::from(len)]
    }

    /// What follows the operands.
    pub(crate) fn immediates(self) -> &'static [Imm] {
        IMMEDIATES[usize::from(self.info().immediates)]
    }

    #[inline]
    fn shape(self) -> &'static Shape {
        &SHAPES[usize::from(self.info().shape)]
    }

    /// How many operands have locations, the result among them.
    #[inline]
    pub(crate) fn operands(self) -> usize {
        self.shape().operands().len()
    }

    /// Whether operand number `operand` may be at the location with the number `loc`.
    #[inline]
    pub(crate) fn allows(self, operand: usize, loc: usize) -> bool {
        self.part(operand, loc).is_some()
    }

    /// What operand number `operand` adds to the opcode at the location with the number `loc`, if it may be there;
    /// nothing in the accumulator, if it is a result.
    #[inline]
    pub(crate) fn part(self, operand: usize, loc: usize) -> Option<u16> {
        self.shape().part(operand, loc)
    }

    /// The opcode of this operation with operands at locations with the numbers `locs`: arithmetic on both. Operands
    /// that the operation has not may follow, at [`Loc::A`].
    ///
    /// # Panics
    /// When an operand cannot be there, which would be a bug of the translator.
    #[inline]
    pub(crate) fn opcode<const N: usize>(self, locs: &[usize; N]) -> u16 {
        self.opcode_if_allowed(locs).unwrap_or_else(|| self.impossible())
    }

    /// The same, if all operands may be there.
    #[inline]
    pub(crate) fn opcode_if_allowed<const N: usize>(self, locs: &[usize; N]) -> Option<u16> {
        debug_assert!(N >= self.operands(), "{}", self.name());
        Some(self.info().base + self.shape().number(locs)?)
    }

    #[cold]
    fn impossible(self) -> ! {
        panic!("{}: operands cannot be at these locations", self.name())
    }

    /// The operation that `opcode` stands for, one that the driver does: each of these has one opcode, in the table
    /// they follow each other, and no sequence has them.
    pub(crate) fn cold(opcode: u16) -> Self {
        Self(Self::StructNew.0 + (opcode - Self::StructNew.info().base))
    }

    /// The operation and operand locations that `opcode` stands for, or the first instruction of a fused sequence.
    pub(crate) fn decode(opcode: u16, locs: &mut [Loc; MOST_OPERANDS]) -> Option<(Self, usize)> {
        let opcode = first(opcode);
        if usize::from(opcode) >= OPCODES {
            return None;
        }
        let index = INFOS.partition_point(|info| info.base <= opcode) - 1;
        let op = Self(index as u16);
        let sets = op.shape().operands();
        let mut number = usize::from(opcode - INFOS[index].base);
        for (loc, set) in locs.iter_mut().zip(sets).rev() {
            *loc = set[number % set.len()];
            number /= set.len();
        }
        Some((op, sets.len()))
    }
}

/// The opcode of the first instruction of a fused sequence; any other opcode as it is.
pub(crate) fn first(opcode: u16) -> u16 {
    let fused = usize::from(opcode).checked_sub(OPCODES).and_then(|fused| FUSED.get(fused));
    fused.map_or(opcode, |(first, _)| *first)
}

/// Whether targets follow the instruction.
pub(crate) fn is_branch_table(opcode: u16) -> bool {
    BRANCH_TABLES.contains(&opcode)
}

/// How many instructions `opcode` executes.
pub(crate) fn instructions(opcode: u16) -> usize {
    usize::from(opcode).checked_sub(OPCODES).map_or(1, |fused| usize::from(FUSED[fused].1))
}

/// An arithmetic operation with two operands.
pub(crate) trait BinaryOp {
    /// Type of both operands.
    type In;
    /// Type of the result.
    type Out;
    /// Computes the result or traps.
    fn eval(l: Self::In, r: Self::In) -> Result<Self::Out, Trap>;
}

/// An arithmetic operation with one operand.
pub(crate) trait UnaryOp {
    /// Type of the operand.
    type In;
    /// Type of the result.
    type Out;
    /// Computes the result or traps.
    fn eval(v: Self::In) -> Result<Self::Out, Trap>;
}

/// What a row's expression may give: a value, or a value or trap.
trait Outcome<T> {
    fn outcome(self) -> Result<T, Trap>;
}

macro_rules! plain_outcomes {
    ($($ty:ty)*) => {$(
        impl Outcome<$ty> for $ty {
            #[inline(always)]
            fn outcome(self) -> Result<$ty, Trap> {
                Ok(self)
            }
        }
    )*};
}

plain_outcomes! { u32 u64 f32 f64 bool }

impl<T> Outcome<T> for Result<T, Trap> {
    #[inline(always)]
    fn outcome(self) -> Self {
        self
    }
}

/// A load: how memory's bytes become a slot's value.
pub(crate) trait LoadOp {
    /// What memory holds.
    type Memory;
    /// What the slot holds.
    type Out;
    /// Widens.
    fn widen(v: Self::Memory) -> Self::Out;
}

/// A store: how a slot's value becomes memory's bytes.
pub(crate) trait StoreOp {
    /// What the slot holds.
    type In;
    /// What memory holds.
    type Memory;
    /// Narrows.
    fn narrow(v: Self::In) -> Self::Memory;
}

/// A numeric instruction of WebAssembly: its operation, operands and result.
#[derive(Clone, Copy)]
pub(crate) struct Numeric {
    pub(crate) op: Op,
    pub(crate) binary: bool,
    pub(crate) operand: Type,
    pub(crate) result: Type,
}

/// A load or store of WebAssembly: its operation and the type of the value.
#[derive(Clone, Copy)]
pub(crate) struct Access {
    pub(crate) op: Op,
    pub(crate) value: Type,
}

macro_rules! val_type {
    (u32) => {
        Type::I32
    };
    (u64) => {
        Type::I64
    };
    (f32) => {
        Type::F32
    };
    (f64) => {
        Type::F64
    };
    (bool) => {
        Type::I32
    };
}

macro_rules! define_operations {
    (
        binary { $($(#[$bdoc:meta])* $bcode:literal $_bn:literal $bident:ident $_bc:ident $bin:ident -> $bout:ident
            $(swap $_s:ident)? $(not $_t:ident)?, |$bl:ident, $br:ident| $bexpr:expr;)* }
        unary { $($(#[$udoc:meta])* $ucode:literal $_un:literal $uident:ident $_uc:ident $uin:ident -> $uout:ident,
            |$uv:ident| $uexpr:expr;)* }
        load { $($lident:ident $_ln:literal $_lc:ident $lmemory:ident -> $lout:ident;)* }
        store { $($sident:ident $_sn:literal $_sc:ident $sin:ident -> $smemory:ident;)* }
        access { $($acode:literal $_an:literal $atype:ident $aop:ident;)* }
        plain { $($_plain:tt)* }
    ) => {
        $(
            $(#[$bdoc])*
            pub(crate) struct $bident;
            impl BinaryOp for $bident {
                type In = $bin;
                type Out = $bout;
                #[inline(always)]
                #[allow(trivial_numeric_casts, clippy::unnecessary_cast)]
                fn eval($bl: $bin, $br: $bin) -> Result<$bout, Trap> {
                    ($bexpr).outcome()
                }
            }
        )*
        $(
            $(#[$udoc])*
            pub(crate) struct $uident;
            impl UnaryOp for $uident {
                type In = $uin;
                type Out = $uout;
                #[inline(always)]
                fn eval($uv: $uin) -> Result<$uout, Trap> {
                    ($uexpr).outcome()
                }
            }
        )*
        $(
            #[doc = concat!("Loads ", stringify!($lmemory), ".")]
            pub(crate) struct $lident;
            impl LoadOp for $lident {
                type Memory = $lmemory;
                type Out = $lout;
                #[inline(always)]
                #[allow(trivial_numeric_casts, clippy::unnecessary_cast)]
                fn widen(v: $lmemory) -> $lout {
                    v as $lout
                }
            }
        )*
        $(
            #[doc = concat!("Stores ", stringify!($smemory), ".")]
            pub(crate) struct $sident;
            impl StoreOp for $sident {
                type In = $sin;
                type Memory = $smemory;
                #[inline(always)]
                #[allow(trivial_numeric_casts, clippy::unnecessary_cast)]
                fn narrow(v: $sin) -> $smemory {
                    v as $smemory
                }
            }
        )*

        /// The numeric instructions with an opcode of one byte.
        pub(crate) static NUMERIC: [Option<Numeric>; 256] = {
            let mut table = [None; 256];
            $(
                table[$bcode] = Some(Numeric {
                    op: Op::$bident, binary: true, operand: val_type!($bin), result: val_type!($bout),
                });
            )*
            $(
                if $ucode < 256 {
                    table[$ucode & 255] = Some(Numeric {
                        op: Op::$uident, binary: false, operand: val_type!($uin), result: val_type!($uout),
                    });
                }
            )*
            table
        };

        /// The numeric instructions after the prefix 0xFC.
        pub(crate) static NUMERIC_FC: [Option<Numeric>; 8] = {
            let mut table = [None; 8];
            $(
                if $ucode >= 0xFC00 {
                    table[$ucode & 7] = Some(Numeric {
                        op: Op::$uident, binary: false, operand: val_type!($uin), result: val_type!($uout),
                    });
                }
            )*
            table
        };

        /// The loads and stores, from opcode 0x28 on.
        pub(crate) static ACCESS: [Access; 23] = {
            let mut table = [Access { op: Op::Load32, value: Type::I32 }; 23];
            $(table[$acode - 0x28] = Access { op: Op::$aop, value: Type::$atype };)*
            table
        };
    };
}

for_each_operation!(define_operations);

#[cfg(test)]
mod tests {
    use super::shape::{Loc, MOST_OPERANDS};
    use super::{OPCODES, Op};

    #[test]
    fn operations_of_the_driver_follow_each_other() {
        let mut locs = [Loc::A; MOST_OPERANDS];
        for number in Op::StructNew.0..=Op::ElemDrop.0 {
            let op = Op(number);
            let opcode = op.info().base;
            assert!(usize::from(opcode) < OPCODES);
            assert_eq!(Op::decode(opcode, &mut locs), Some((op, 0)), "{}", op.name());
            assert_eq!(Op::cold(opcode), op, "{}", op.name());
        }
    }
}
