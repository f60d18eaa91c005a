//! What an engine did with a module, in terms that do not depend on the engine.

/// A value; of references only what both engines can tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    I32(u32),
    I64(u64),
    F32(u32),
    F64(u64),
    /// Whether there is a function.
    Func(bool),
    /// The host's number, if there is one.
    Extern(Option<u32>),
}

/// A type of value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Type {
    I32,
    I64,
    F32,
    F64,
    Func,
    Extern,
}

/// Why a call did not return.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stop {
    Unreachable,
    MemoryOutOfBounds,
    /// Of a table operation or of `call_indirect`: the oracle does not tell them apart.
    TableOutOfBounds,
    NullElement,
    SignatureMismatch,
    DivideByZero,
    Overflow,
    BadConversion,
    /// The stack was exhausted, or memory: the engines need different amounts, so nothing after it is compared.
    Exhausted,
    /// The host function failed.
    Host,
    /// Anything else.
    Other,
}

/// One thing that an engine did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    /// Accepted or refused the module.
    Loaded(bool),
    /// Instantiated it.
    Instantiated(Result<(), Stop>),
    /// Called the host.
    HostCalled(Vec<Value>),
    /// Finished a call of this export.
    Called(String, Result<Vec<Value>, Stop>),
    /// What a global holds.
    Global(String, Value),
    /// Pages and hash of a memory.
    Memory(String, u64, u64),
    /// Size and hash of a table.
    Table(String, u64, u64),
}

impl Event {
    /// Whether engines may differ from here on.
    fn ends_comparison(&self) -> bool {
        matches!(
            self,
            Self::Called(_, Err(Stop::Exhausted | Stop::Other))
                | Self::Instantiated(Err(Stop::Exhausted | Stop::Other))
        )
    }
}

/// Panics where `actual` differs from `expected`.
pub(crate) fn compare(actual: &[Event], expected: &[Event]) {
    for (index, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        if actual.ends_comparison() || expected.ends_comparison() {
            return;
        }
        if actual != expected {
            panic!("event {index} differs\n  Whit:   {actual:x?}\n  oracle: {expected:x?}");
        }
    }
    assert_eq!(actual.len(), expected.len(), "one engine stopped early");
}

/// Mixes `value` into `hash`.
pub(crate) fn mix(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
}

/// A hash of `bytes`.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let chunks = bytes.chunks_exact(8);
    let rest = chunks.remainder().iter().fold(0, |hash, byte| mix(hash, u64::from(*byte)));
    chunks.fold(rest, |hash, chunk| mix(hash, u64::from_le_bytes(chunk.try_into().unwrap_or_default())))
}

impl Value {
    /// A float; NaNs are all the same, because engines may choose their bits.
    pub(crate) fn f32(bits: u32) -> Self {
        Self::F32(if f32::from_bits(bits).is_nan() { 0x7fc0_0000 } else { bits })
    }

    /// A float; NaNs are all the same, because engines may choose their bits.
    pub(crate) fn f64(bits: u64) -> Self {
        Self::F64(if f64::from_bits(bits).is_nan() { 0x7ff8_0000_0000_0000 } else { bits })
    }

    /// A number that stands for this value.
    pub(crate) fn bits(self) -> u64 {
        match self {
            Self::I32(bits) | Self::F32(bits) => u64::from(bits),
            Self::I64(bits) | Self::F64(bits) => bits,
            Self::Func(present) => u64::from(present),
            Self::Extern(number) => number.map_or(0, |number| u64::from(number) + 1),
        }
    }
}
