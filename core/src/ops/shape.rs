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
        }
    }

    /// How many units the operand occupies in the code.
    pub(crate) const fn units(self) -> usize {
        matches!(self, Self::S | Self::I) as usize
    }
}

/// The locations that an operand may have.
pub(crate) type Locs = &'static LocList;

/// Locations, and the number of each among them.
#[derive(Debug)]
pub(crate) struct LocList {
    list: &'static [Loc],
    /// By location; [`ABSENT`] for those that are not in the list.
    numbers: [u8; 6],
}

const ABSENT: u8 = u8::MAX;

impl LocList {
    const fn new(list: &'static [Loc]) -> Self {
        let mut numbers = [ABSENT; 6];
        let mut number = 0;
        while number < list.len() {
            numbers[list[number] as usize] = number as u8;
            number += 1;
        }
        Self { list, numbers }
    }

    /// The number of `loc`, if it is in the list.
    #[allow(dead_code)]
    pub(crate) const fn number(&self, loc: Loc) -> Option<usize> {
        match self.numbers[loc as usize] {
            ABSENT => None,
            number => Some(number as usize),
        }
    }
}

impl core::ops::Deref for LocList {
    type Target = [Loc];

    fn deref(&self) -> &[Loc] {
        self.list
    }
}

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
                        (Self::$name, Profile::Wide) => const { &LocList::new(&[$(Loc::$wide,)*]) },
                        (Self::$name, Profile::Narrow) => const { &LocList::new(&[$(Loc::$narrow,)*]) },
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
    /// A count that is often constant, beside vectors.
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
    /// Two units: a branch target, in units from the start of the operation.
    rel,
}

impl Imm {
    /// How many units it occupies.
    #[allow(dead_code)]
    pub(crate) const fn units(self) -> usize {
        match self {
            Self::u16 | Self::slot => 1,
            Self::u32 | Self::rel => 2,
            Self::u64 => 4,
        }
    }
}

classes! {
    /// A hot integer operation; `_imm` takes the right operand from 32 bits of the code.
    alu: "" Binary (int inti dst) (), "_imm" BinaryImm (int dst) (u32);
    /// The same for an operation whose result seldom goes to a pinned local.
    alu_rare: "" Binary (int inti as_) (), "_imm" BinaryImm (int as_) (u32);
    /// An integer operation that is rare or slow in itself.
    cold: "" Binary (as_ asi as_) ();
    /// An integer comparison, and the branch that it decides.
    compare: "" Binary (int inti a) (), "_branch" BranchCompare (int inti) (rel);
    /// An operation on 32-bit floats; `_imm` takes the right operand from the code.
    float: "" Binary (as_ as_ as_) (), "_imm" BinaryImm (as_ as_) (u32);
    /// An operation on 64-bit floats; `_imm` takes the right operand from the code.
    double: "" Binary (as_ as_ as_) (), "_imm" BinaryImm64 (as_ as_) (u64);
    /// A float comparison, the branch if it holds and the branch if it does not.
    compare_float: "" Binary (as_ as_ a) (), "_branch" BranchCompare (as_ as_) (rel), "_branch_not" BranchCompareNot (as_ as_) (rel);
    /// An operation with one operand.
    unary: "" Unary (as_ as_) ();
    /// A hot integer operation with one operand.
    unary_hot: "" Unary (int dst) ();
    /// A load with a short offset, with a long one, from a memory other than the first, from the sum of two operands,
    /// and from a memory with addresses of 64 bits.
    load: "" Load (int dst) (u16), "_wide" LoadWide (intz as_) (u32), "_other" LoadOther (s a) (u16 u32), "_index" LoadIndex (int ints as_) (u16), "_far" LoadFar (s a) (u16 u64);
    /// The same for floats.
    load_float: "" Load (int as_) (u16), "_wide" LoadWide (intz as_) (u32), "_other" LoadOther (s a) (u16 u32), "_index" LoadIndex (int ints as_) (u16), "_far" LoadFar (s a) (u16 u64);
    /// A store with a short offset, with a long one, to a memory other than the first, to the sum of two operands, and
    /// to a memory with addresses of 64 bits.
    store: "" Store (int inti) (u16), "_wide" StoreWide (intz inti) (u32), "_other" StoreOther (s as_) (u16 u32), "_index" StoreIndex (int ints ints) (u16), "_far" StoreFar (s as_) (u16 u64);
    /// The same for floats; where addresses have 64 bits, they are stored as integers.
    store_float: "" Store (int a) (u16), "_wide" StoreWide (intz a) (u32), "_other" StoreOther (s a) (u16 u32), "_index" StoreIndex (int ints a) (u16);
}
