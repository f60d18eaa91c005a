//! The types of WebAssembly, in the specification's words.

use alloc::vec::Vec;

use crate::error::Error;
use crate::limits::PAGE_SIZE;

pub(crate) mod defined;
pub(crate) mod layout;
pub(crate) mod registry;

pub use defined::{FieldType, StorageType};

macro_rules! heap_types {
    ($($(#[$doc:meta])* $name:ident $text:literal $short:literal of $top:ident;)*) => {
        /// A heap type: what a reference points at.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum HeapType {
            $($(#[$doc])* $name,)*
            /// A type that modules define.
            Concrete(ConcreteType),
        }

        impl HeapType {
            /// The type that every type of its hierarchy is a subtype of.
            #[must_use]
            pub const fn top(self) -> Self {
                match self {
                    $(Self::$name => Self::$top,)*
                    Self::Concrete(ConcreteType { kind: CompositeKind::Func, .. }) => Self::Func,
                    Self::Concrete(_) => Self::Any,
                }
            }

            /// A number that no other type has, but for types that modules define: their own number goes with it.
            fn code(self) -> (u32, Option<u32>) {
                enum Code { $($name,)* Concrete }
                match self {
                    $(Self::$name => (Code::$name as u32, None),)*
                    Self::Concrete(ty) => (Code::Concrete as u32 + ty.kind as u32, Some(ty.number)),
                }
            }
        }

        impl core::fmt::Display for RefType {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let text = match (self.heap, self.nullable) {
                    $(
                        (HeapType::$name, true) => $short,
                        (HeapType::$name, false) => concat!("(ref ", $text, ")"),
                    )*
                    (HeapType::Concrete(ty), nullable) => {
                        let null = if nullable { "null " } else { "" };
                        return write!(f, "(ref {null}{} #{})", ty.kind.text(), ty.number);
                    }
                };
                f.write_str(text)
            }
        }
    };
}

heap_types! {
    /// Anything that the guest itself makes, and host values that became part of it.
    Any "any" "anyref" of Any;
    /// What can be compared: structs, arrays and small integers.
    Eq "eq" "eqref" of Any;
    /// Integers of 31 bits.
    I31 "i31" "i31ref" of Any;
    /// Any struct.
    Struct "struct" "structref" of Any;
    /// Any array.
    Array "array" "arrayref" of Any;
    /// Nothing: only null is such a reference.
    None "none" "nullref" of Any;
    /// Any function.
    Func "func" "funcref" of Func;
    /// No function.
    NoFunc "nofunc" "nullfuncref" of Func;
    /// A host value that the guest can only pass on.
    Extern "extern" "externref" of Extern;
    /// No host value.
    NoExtern "noextern" "nullexternref" of Extern;
    /// Any exception.
    Exn "exn" "exnref" of Exn;
    /// No exception.
    NoExn "noexn" "nullexnref" of Exn;
}

/// What a type that modules define is made of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CompositeKind {
    /// Functions.
    Func,
    /// Structs.
    Struct,
    /// Arrays.
    Array,
}

impl CompositeKind {
    const fn text(self) -> &'static str {
        match self {
            Self::Func => "func",
            Self::Struct => "struct",
            Self::Array => "array",
        }
    }
}

/// A type that modules define, by its number in the engine.
///
/// Types of an engine are equal if and only if their numbers are, whichever modules they come from (recursive groups
/// of types are compared as the specification says, section "Defined Types"). A number is never used again for
/// another type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ConcreteType {
    /// What values of the type are.
    pub kind: CompositeKind,
    /// The number.
    pub number: u32,
}

/// A reference type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RefType {
    /// Whether null belongs to the type.
    pub nullable: bool,
    /// What the reference points at.
    pub heap: HeapType,
}

impl RefType {
    /// `funcref`: a nullable reference to any function.
    pub const FUNC: Self = Self { nullable: true, heap: HeapType::Func };
    /// `externref`: a nullable reference to a host value.
    pub const EXTERN: Self = Self { nullable: true, heap: HeapType::Extern };
    /// `exnref`: a nullable reference to an exception.
    pub const EXN: Self = Self { nullable: true, heap: HeapType::Exn };
}

impl RefType {
    /// Whether every reference of this type is one of type `other` too.
    pub(crate) fn is_subtype_of(self, other: Self) -> bool {
        use HeapType::{Array, Concrete, Eq, I31, NoExn, NoExtern, NoFunc, None, Struct};
        let heaps = match (self.heap, other.heap) {
            (mine, theirs) if mine == theirs || mine.top() == theirs => true,
            (None | NoFunc | NoExtern | NoExn, theirs) => self.heap.top() == theirs.top(),
            (I31 | Struct | Array, Eq) => true,
            (Concrete(ty), Eq) => ty.kind != CompositeKind::Func,
            (Concrete(ty), Struct) => ty.kind == CompositeKind::Struct,
            (Concrete(ty), Array) => ty.kind == CompositeKind::Array,
            _ => false,
        };
        heaps && (other.nullable || !self.nullable)
    }
}

/// A value type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ValType {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit IEEE 754 float.
    F32,
    /// 64-bit IEEE 754 float.
    F64,
    /// 128-bit vector.
    V128,
    /// Reference.
    Ref(RefType),
}

impl ValType {
    /// `funcref`.
    pub const FUNCREF: Self = Self::Ref(RefType::FUNC);
    /// `externref`.
    pub const EXTERNREF: Self = Self::Ref(RefType::EXTERN);
    /// `exnref`.
    pub const EXNREF: Self = Self::Ref(RefType::EXN);

    /// How many 8-byte slots a value of this type occupies in a frame.
    #[must_use]
    pub const fn slots(self) -> usize {
        if matches!(self, Self::V128) { 2 } else { 1 }
    }

    /// Whether values of this type travel in the float accumulator.
    #[must_use]
    pub const fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }
}

impl core::fmt::Display for ValType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::V128 => "v128",
            Self::Ref(ty) => return ty.fmt(f),
        })
    }
}

/// A function type: parameters and results.
#[derive(PartialEq, Eq, Hash, Debug)]
pub struct FuncType {
    /// Parameters, then results.
    types: Vec<ValType>,
    params: usize,
}

impl FuncType {
    /// The type of functions from `params` to `results`.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn new(
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
    ) -> Result<Self, Error> {
        let mut types = Vec::new();
        for ty in params {
            types.try_reserve(1)?;
            types.push(ty);
        }
        let params = types.len();
        for ty in results {
            types.try_reserve(1)?;
            types.push(ty);
        }
        Ok(Self { types, params })
    }

    /// The types of the parameters.
    #[must_use]
    pub fn params(&self) -> &[ValType] {
        &self.types[..self.params]
    }

    /// The types of the results.
    #[must_use]
    pub fn results(&self) -> &[ValType] {
        &self.types[self.params..]
    }

    /// A copy of this type.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn try_clone(&self) -> Result<Self, Error> {
        Self::new(self.params().iter().copied(), self.results().iter().copied())
    }

    /// How many slots the parameters occupy.
    #[must_use]
    pub fn param_slots(&self) -> usize {
        self.params().iter().map(|ty| ty.slots()).sum()
    }

    /// How many slots the results occupy.
    #[must_use]
    pub fn result_slots(&self) -> usize {
        self.results().iter().map(|ty| ty.slots()).sum()
    }

    /// How many slots a call needs for parameters and results, which take their place: whichever are more.
    pub(crate) fn call_slots(&self) -> usize {
        self.param_slots().max(self.result_slots())
    }

    /// The bytes that this type occupies beside its own struct.
    pub(crate) fn footprint(&self) -> usize {
        self.types.capacity() * size_of::<ValType>()
    }
}

impl core::fmt::Display for FuncType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let list = |f: &mut core::fmt::Formatter<'_>, types: &[ValType]| {
            f.write_str("[")?;
            for (index, ty) in types.iter().enumerate() {
                if index > 0 {
                    f.write_str(" ")?;
                }
                ty.fmt(f)?;
            }
            f.write_str("]")
        };
        list(f, self.params())?;
        f.write_str(" -> ")?;
        list(f, self.results())
    }
}

/// The limits of a memory or table: its size at first and the size it may grow to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Limits {
    /// Size at first, in pages or elements.
    pub min: u64,
    /// Largest size, in pages or elements, if there is one.
    pub max: Option<u64>,
}

impl Limits {
    /// Whether an object of current size `size` with maximum `max` satisfies an import of these limits.
    #[must_use]
    pub fn admits(&self, size: u64, max: Option<u64>) -> bool {
        size >= self.min
            && match (self.max, max) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(required), Some(actual)) => actual <= required,
            }
    }
}

/// A memory type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MemoryType {
    /// Sizes in pages.
    pub limits: Limits,
    /// Whether addresses are 64 bits wide.
    pub memory64: bool,
    /// Whether the memory may be shared between agents.
    pub shared: bool,
    /// Base-2 logarithm of the page size in bytes: 16 or, for pages of one byte, 0.
    pub page_size_log2: u8,
}

impl MemoryType {
    /// A memory of `min` to `max` pages of 64 KiB with 32-bit addresses.
    #[must_use]
    pub const fn new(min: u32, max: Option<u32>) -> Self {
        let max = match max {
            Some(max) => Some(max as u64),
            None => None,
        };
        Self { limits: Limits { min: min as u64, max }, memory64: false, shared: false, page_size_log2: 16 }
    }

    /// A memory of `min` to `max` pages of 64 KiB with 64-bit addresses.
    #[must_use]
    pub const fn new64(min: u64, max: Option<u64>) -> Self {
        Self { limits: Limits { min, max }, memory64: true, shared: false, page_size_log2: 16 }
    }

    /// Whether addresses are 64 bits wide.
    #[must_use]
    pub const fn is_64(&self) -> bool {
        self.memory64
    }

    /// Whether the memory may be shared between agents, which says how large it may become.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.shared
    }

    /// The type of addresses and sizes.
    pub(crate) const fn index_type(&self) -> ValType {
        if self.memory64 { ValType::I64 } else { ValType::I32 }
    }

    /// The bytes of one page.
    #[must_use]
    pub const fn page_size(&self) -> u64 {
        1 << self.page_size_log2
    }
}

/// A table type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TableType {
    /// The type of the elements.
    pub element: RefType,
    /// Sizes in elements.
    pub limits: Limits,
    /// Whether indices are 64 bits wide.
    pub table64: bool,
}

impl TableType {
    /// A table of `min` to `max` elements with 32-bit indices.
    #[must_use]
    pub const fn new(element: RefType, min: u32, max: Option<u32>) -> Self {
        let max = match max {
            Some(max) => Some(max as u64),
            None => None,
        };
        Self { element, limits: Limits { min: min as u64, max }, table64: false }
    }

    /// A table of `min` to `max` elements with 64-bit indices.
    #[must_use]
    pub const fn new64(element: RefType, min: u64, max: Option<u64>) -> Self {
        Self { element, limits: Limits { min, max }, table64: true }
    }

    /// Whether indices are 64 bits wide.
    #[must_use]
    pub const fn is_64(&self) -> bool {
        self.table64
    }

    /// The type of indices and sizes.
    pub(crate) const fn index_type(&self) -> ValType {
        if self.table64 { ValType::I64 } else { ValType::I32 }
    }
}

/// Whether a global can be assigned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mutability {
    /// Never changes.
    Const,
    /// Can be assigned.
    Var,
}

/// A global's type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GlobalType {
    /// The type of the value.
    pub content: ValType,
    /// Whether it can be assigned.
    pub mutability: Mutability,
}

impl GlobalType {
    /// A global of type `content`.
    #[must_use]
    pub const fn new(content: ValType, mutability: Mutability) -> Self {
        Self { content, mutability }
    }
}

/// The type of an import or export.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ExternType<'m> {
    /// A function.
    Func(&'m FuncType),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A global.
    Global(GlobalType),
    /// A tag: a function type whose parameters are what exceptions with the tag carry.
    #[cfg(feature = "exceptions")]
    Tag(&'m FuncType),
}

impl core::fmt::Display for ExternType<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let limits = |f: &mut core::fmt::Formatter<'_>, limits: &Limits| match limits.max {
            Some(max) => write!(f, "{}..={max}", limits.min),
            None => write!(f, "{}..", limits.min),
        };
        match self {
            Self::Func(ty) => write!(f, "func {ty}"),
            Self::Table(ty) => {
                f.write_str(if ty.table64 { "table i64 " } else { "table " })?;
                limits(f, &ty.limits)?;
                write!(f, " {}", ValType::Ref(ty.element))
            }
            Self::Memory(ty) => {
                f.write_str(if ty.memory64 { "memory i64 " } else { "memory " })?;
                limits(f, &ty.limits)?;
                if ty.page_size() != PAGE_SIZE {
                    write!(f, " pagesize {}", ty.page_size())?;
                }
                f.write_str(if ty.shared { " shared" } else { "" })
            }
            Self::Global(ty) => match ty.mutability {
                Mutability::Const => write!(f, "global {}", ty.content),
                Mutability::Var => write!(f, "global mut {}", ty.content),
            },
            #[cfg(feature = "exceptions")]
            Self::Tag(ty) => write!(f, "tag {ty}"),
        }
    }
}
