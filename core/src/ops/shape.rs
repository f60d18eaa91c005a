//! Operand locations and the shapes of operations: which locations each operand of an operation may have.
//!
//! `build.rs` reads this file too, so it names nothing else of the crate.

/// Where an operand is.
///
/// In the order in which an operation whose operands can be swapped has them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Loc {
    /// The accumulator of the operand's type.
    A,
    /// The first pinned local.
    P0,
    /// The second pinned local.
    P1,
    /// A slot of the frame: one unit, its signed index.
    S,
    /// Nowhere yet: a constant that one unit cannot hold, which no operation takes.
    W,
    /// An immediate of one unit, sign-extended.
    I,
    /// Nowhere: the operand is zero.
    Z,
}

impl Loc {
    /// The name of the type that stands for this location in handlers.
    #[allow(dead_code)]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::P0 => "P0",
            Self::P1 => "P1",
            Self::S => "S",
            Self::I => "I",
            Self::Z => "Z",
            Self::W => "W",
        }
    }

    /// Bits that hold a location's number.
    #[allow(dead_code)]
    pub(crate) const BITS: u32 = 3;

    /// By number; the number that no location has is there to spare a check.
    const NUMBERED: [Self; 1 << Self::BITS] =
        [Self::A, Self::P0, Self::P1, Self::S, Self::W, Self::I, Self::Z, Self::Z];

    /// The location with the number `number`: from a table, since a match would be a jump.
    #[allow(dead_code)]
    #[inline]
    pub(crate) const fn numbered(number: usize) -> Self {
        Self::NUMBERED[number % Self::NUMBERED.len()]
    }

    /// How many units the operand occupies in the code.
    pub(crate) const fn units(self) -> usize {
        matches!(self, Self::S | Self::I) as usize
    }
}

/// The locations that an operand may have, in the order of their numbers.
pub(crate) type Locs = &'static [Loc];

/// Which set of locations the build uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Profile {
    /// Pinned locals: hosts with registers to spare.
    #[allow(dead_code)]
    Wide,
    /// Accumulator, slots and immediates: microcontrollers.
    #[allow(dead_code)]
    Narrow,
}

/// The most operands with locations that an operation has, the result among them.
pub(crate) const MOST_OPERANDS: usize = 4;

/// The locations of all operands of an operation, and the part of its opcode that each adds.
pub(crate) struct Shape {
    operands: &'static [Locs],
    /// By operand and location. An operand that the operation has not can be in the accumulator, and adds nothing.
    parts: [[u16; 1 << Loc::BITS]; MOST_OPERANDS],
}

impl Shape {
    /// The part of a location that the operand may not have: no sum with it is an opcode.
    const IMPOSSIBLE: u16 = u16::MAX;

    /// The shape of operations whose operands have these locations, the result last.
    #[allow(dead_code)]
    pub(crate) const fn new(operands: &'static [Locs]) -> Self {
        let mut parts = [[Self::IMPOSSIBLE; 1 << Loc::BITS]; MOST_OPERANDS];
        let mut absent = operands.len();
        while absent < MOST_OPERANDS {
            parts[absent][Loc::A as usize] = 0;
            absent += 1;
        }
        let mut weight = 1;
        let mut operand = operands.len();
        while operand > 0 {
            operand -= 1;
            let list = operands[operand];
            let mut number = 0;
            while number < list.len() {
                parts[operand][list[number] as usize] = number as u16 * weight;
                number += 1;
            }
            weight *= list.len() as u16;
        }
        Self { operands, parts }
    }

    /// The locations of each operand, the result last.
    pub(crate) fn operands(&self) -> &'static [Locs] {
        self.operands
    }

    /// What operand number `operand` adds to the opcode at the location with the number `loc`, if it may be there.
    #[inline]
    pub(crate) fn part(&self, operand: usize, loc: usize) -> Option<u16> {
        let part = self.parts[operand][loc];
        (part != Self::IMPOSSIBLE).then_some(part)
    }

    /// What operands at locations with the numbers `locs` add to the opcode at the first combination of locations, if
    /// they may all be there. Those that the operation has not may be left out.
    #[inline]
    pub(crate) fn number<const N: usize>(&self, locs: &[usize; N]) -> Option<u16> {
        let mut sum = 0;
        for (parts, loc) in self.parts.iter().zip(locs) {
            sum += u32::from(parts[*loc]);
        }
        if sum < u32::from(Self::IMPOSSIBLE) { Some(sum as u16) } else { None }
    }
}

macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident: [$($wide:ident)*] [$($narrow:ident)*];)*) => {
        /// A set of locations, which depends on the profile.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(non_camel_case_types, dead_code)]
        pub(crate) enum Set {
            $($(#[$doc])* $name,)*
        }

        impl Set {
            /// The locations, in the order of their numbers.
            pub(crate) const fn locs(self, profile: Profile) -> Locs {
                match (self, profile) {
                    $(
                        (Self::$name, Profile::Wide) => &[$(Loc::$wide,)*],
                        (Self::$name, Profile::Narrow) => &[$(Loc::$narrow,)*],
                    )*
                }
            }
        }
    };
}

sets! {
    /// A hot integer operand.
    int: [A P0 P1 S] [A S];
    /// A hot integer operand that is often constant.
    inti: [A P0 P1 S I] [A S I];
    /// An integer operand of `select`, whose condition has the accumulator.
    ints: [P0 P1 S I] [S I];
    /// An address that may be the constant zero.
    intz: [A P0 P1 S Z] [A S Z];
    /// A hot integer result.
    dst: [A S P0 P1] [A S];
    /// A float, or a cold operand or result.
    as_: [A S] [A S];
    /// A cold operand that is often constant.
    asi: [A S I] [A S I];
    /// A right operand that is often constant, of an operation that is rare or slow, a count beside vectors, or what is
    /// added to an address.
    si: [S I] [S I];
    /// The accumulator.
    a: [A] [A];
    /// A slot.
    s: [S] [S];
}

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident: $($suffix:literal $handler:ident ($($set:ident)*) ($($imm:ident)*)),*;)*) => {
        /// The class of an arithmetic operation or memory access: which operations of the IR its row makes.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(non_camel_case_types, dead_code)]
        pub(crate) enum Class {
            $($(#[$doc])* $name,)*
        }

        impl Class {
            /// Suffix, handler, operand locations and immediates of each operation that the row makes.
            #[allow(dead_code)]
            pub(crate) const fn operations(self) -> &'static [(&'static str, &'static str, &'static [Set], &'static [Imm])] {
                match self {
                    $(Self::$name => &[$(($suffix, stringify!($handler), &[$(Set::$set,)*], &[$(Imm::$imm,)*]),)*],)*
                }
            }
        }
    };
}

/// An immediate of an operation, after its located operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(non_camel_case_types)]
pub(crate) enum Imm {
    /// One unit.
    u16,
    /// Two units.
    u32,
    /// Four units.
    u64,
    /// One unit: the index of a slot.
    slot,
    /// One unit: a branch target, in units from the start of the operation.
    near,
    /// Two units: the same.
    rel,
}

impl Imm {
    /// How many units it occupies.
    #[allow(dead_code)]
    pub(crate) const fn units(self) -> usize {
        match self {
            Self::u16 | Self::slot | Self::near => 1,
            Self::u32 | Self::rel => 2,
            Self::u64 => 4,
        }
    }
}

classes! {
    /// A hot integer operation; `_imm` takes the right operand from 32 bits of the code.
    alu: "" Binary (int inti dst) (), "_imm" BinaryImm (int as_) (u32);
    /// The same for an operation whose result seldom goes to a pinned local.
    alu_rare: "" Binary (int inti as_) (), "_imm" BinaryImm (int as_) (u32);
    /// An integer operation that is rare or slow in itself.
    cold: "" Binary (as_ si as_) ();
    /// An integer comparison, and the branch that it decides.
    compare: "" Binary (int inti a) (), "_branch" BranchCompare (int inti) (near);
    /// An operation on 32-bit floats; `_imm` takes the right operand from the code.
    float: "" Binary (as_ as_ as_) (), "_imm" BinaryImm (as_ as_) (u32);
    /// An operation on 64-bit floats; `_imm` takes the right operand from the code.
    double: "" Binary (as_ as_ as_) (), "_imm" BinaryImm64 (as_ as_) (u64);
    /// A float comparison, the branch if it holds and the branch if it does not.
    compare_float: "" Binary (as_ as_ a) (), "_branch" BranchCompare (as_ as_) (near), "_branch_not" BranchCompareNot (as_ as_) (near);
    /// An operation with one operand.
    unary: "" Unary (as_ as_) ();
    /// A hot integer operation with one operand.
    unary_hot: "" Unary (int dst) ();
    /// A load with a short offset, with a long one, from a memory other than the first, from the sum of two operands,
    /// and from a memory with addresses of 64 bits.
    load: "" Load (int dst) (u16), "_wide" LoadWide (intz as_) (u32), "_other" LoadOther (s a) (u16 u32), "_index" LoadIndex (int si as_) (u16), "_far" LoadFar (s a) (u16 u64);
    /// The same for floats.
    load_float: "" Load (int as_) (u16), "_wide" LoadWide (intz as_) (u32), "_other" LoadOther (s a) (u16 u32), "_index" LoadIndex (int si as_) (u16), "_far" LoadFar (s a) (u16 u64);
    /// A store with a short offset, with a long one, to a memory other than the first, to the sum of two operands, and
    /// to a memory with addresses of 64 bits.
    store: "" Store (int inti) (u16), "_wide" StoreWide (intz inti) (u32), "_other" StoreOther (s as_) (u16 u32), "_index" StoreIndex (int si ints) (u16), "_far" StoreFar (s as_) (u16 u64);
    /// The same for floats; where addresses have 64 bits, they are stored as integers.
    store_float: "" Store (int a) (u16), "_wide" StoreWide (intz a) (u32), "_other" StoreOther (s a) (u16 u32), "_index" StoreIndex (int si a) (u16);
}
