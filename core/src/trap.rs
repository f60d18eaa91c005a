//! Traps: the ways in which running code can fail, with the specification's texts.

macro_rules! traps {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why execution of WebAssembly code was abandoned.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Trap {
            $($(#[$doc])* $name,)*
        }

        impl Trap {
            /// Every trap, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The text that the specification's tests use for this trap.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

traps! {
    /// An `unreachable` instruction was executed.
    Unreachable = "unreachable",
    /// A load, store or bulk operation touched bytes outside its memory.
    MemoryOutOfBounds = "out of bounds memory access",
    /// A table operation touched elements outside its table.
    TableOutOfBounds = "out of bounds table access",
    /// `call_indirect` was given an index outside its table.
    UndefinedElement = "undefined element",
    /// `call_indirect` met a null element.
    UninitializedElement = "uninitialized element",
    /// `call_indirect` met a function of another type.
    IndirectCallTypeMismatch = "indirect call type mismatch",
    /// A null reference was used where a value is needed.
    NullReference = "null reference",
    /// A null reference was used where a struct is needed.
    NullStructureReference = "null structure reference",
    /// A null reference was used where an array is needed.
    NullArrayReference = "null array reference",
    /// A null reference was used where an integer of 31 bits is needed.
    NullI31Reference = "null i31 reference",
    /// An array was used beyond its length.
    ArrayOutOfBounds = "out of bounds array access",
    /// A reference was cast to a type that it does not have.
    CastFailure = "cast failure",
    /// A function was called by a null reference.
    NullFunctionReference = "null function reference",
    /// `throw_ref` was given a null reference.
    NullExceptionReference = "null exception reference",
    /// An integer was divided by zero.
    IntegerDivideByZero = "integer divide by zero",
    /// The quotient of a signed division, or a float, does not fit the integer type.
    IntegerOverflow = "integer overflow",
    /// A NaN was converted to an integer.
    InvalidConversionToInteger = "invalid conversion to integer",
    /// The value stack or the call depth reached its limit.
    CallStackExhausted = "call stack exhausted",
    /// The fuel ran out in a call that cannot be resumed.
    OutOfFuel = "all fuel consumed",
    /// An atomic instruction was given an address that is not a multiple of its size.
    UnalignedAtomic = "unaligned atomic",
    /// `memory.atomic.wait` was used with a memory that is not shared.
    ExpectedSharedMemory = "expected shared memory",
    /// `memory.atomic.wait` was to wait without a timeout, but nobody could wake it.
    EndlessWait = "endless wait",
    /// Memory for the execution itself ran out.
    OutOfMemory = "out of memory",
}

impl core::fmt::Display for Trap {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for Trap {}
