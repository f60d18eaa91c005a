//! The numeric operations of WebAssembly in native arithmetic.

mod convert;
mod float;
mod integer;

use whit::{Trap, Val};

/// What an operation gives: bits, or a trap.
pub(crate) type Outcome = Result<u64, Trap>;
/// Name, type of the result, and what it means.
pub(crate) type Binary = (&'static str, Type, fn(u64, u64) -> Outcome);
/// Name, type of the result, and what it means.
pub(crate) type Unary = (&'static str, Type, fn(u64) -> Outcome);

/// A numeric type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Type {
    I32,
    I64,
    F32,
    F64,
}

impl Type {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }

    pub(crate) fn is_narrow(self) -> bool {
        matches!(self, Self::I32 | Self::F32)
    }

    /// Values at which operations change their mind.
    pub(crate) fn extremes(self) -> Vec<u64> {
        match self {
            Self::I32 => {
                [0, 1, 2, -1, i32::MIN, i32::MAX, 31, 32, 33, 0x7fff, 0x8000, -0x8000, -0x8001, 0xffff]
                    .map(|value: i32| u64::from(value as u32))
                    .to_vec()
            }
            Self::I64 => {
                [0, 1, 2, -1, i64::MIN, i64::MAX, 63, 64, 65, 0x7fff, 0x8000, -0x8001, 1 << 31, 1 << 32]
                    .map(|value: i64| value as u64)
                    .to_vec()
            }
            Self::F32 => FLOATS
                .iter()
                .map(|value| u64::from((*value as f32).to_bits()))
                .chain([0x7fa0_0000, 0xffc0_0001, 1, 0x8000_0001])
                .collect(),
            Self::F64 => {
                let special = [0x7ff4_0000_0000_0000, 0xfff8_0000_0000_0001, 1, 1 << 63 | 1];
                FLOATS.iter().map(|value| value.to_bits()).chain(special).collect()
            }
        }
    }

    /// The instruction that makes a constant of `bits`.
    pub(crate) fn constant(self, bits: u64) -> String {
        match self {
            Self::I32 => format!("(i32.const {})", bits as u32 as i32),
            Self::I64 => format!("(i64.const {})", bits as i64),
            Self::F32 => {
                let value = f32::from_bits(bits as u32);
                let sign = if value.is_sign_negative() { "-" } else { "" };
                match bits & 0x7f_ffff {
                    payload if value.is_nan() => format!("(f32.const {sign}nan:{payload:#x})"),
                    _ => format!("(f32.const {value:?})"),
                }
            }
            Self::F64 => {
                let value = f64::from_bits(bits);
                let sign = if value.is_sign_negative() { "-" } else { "" };
                match bits & 0xf_ffff_ffff_ffff {
                    payload if value.is_nan() => format!("(f64.const {sign}nan:{payload:#x})"),
                    _ => format!("(f64.const {value:?})"),
                }
            }
        }
    }

    pub(crate) fn value(self, bits: u64) -> Val {
        match self {
            Self::I32 => Val::I32(bits as u32 as i32),
            Self::I64 => Val::I64(bits as i64),
            Self::F32 => Val::F32(bits as u32),
            Self::F64 => Val::F64(bits),
        }
    }

    /// Whether `actual` will do for `expected`: any quiet NaN does for one that arithmetic made.
    pub(crate) fn same(self, actual: u64, expected: u64) -> bool {
        match self {
            Self::F32 if f32::from_bits(expected as u32).is_nan() => actual & 0x7fc0_0000 == 0x7fc0_0000,
            Self::F64 if f64::from_bits(expected).is_nan() => {
                actual & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000
            }
            _ => actual == expected,
        }
    }
}

const FLOATS: [f64; 22] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    4_294_967_295.0,
    4_294_967_296.0,
    2_147_483_647.0,
    2_147_483_648.0,
    -2_147_483_649.0,
    9_223_372_036_854_775_807.0,
    18_446_744_073_709_551_615.0,
    -9_223_372_036_854_775_808.0,
    1e-40,
    f64::MAX,
    f64::MIN_POSITIVE,
    f64::INFINITY,
    f64::NEG_INFINITY,
];

/// The bits of a numeric value.
pub(crate) fn bits(value: Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(value as u32),
        Val::I64(value) => value as u64,
        Val::F32(bits) => u64::from(bits),
        Val::F64(bits) => bits,
        other => panic!("not a number: {other:?}"),
    }
}

/// Whether the operation `name` only moves bits, those of a NaN too.
pub(crate) fn moves_bits(name: &str) -> bool {
    ["abs", "neg", "copysign"].contains(&&name[4..]) || name.contains("reinterpret")
}

/// Whether the operation `name` is a comparison or a test.
pub(crate) fn compares(name: &str) -> bool {
    let name = &name[4..];
    ["eq", "ne", "lt", "gt", "le", "ge", "eqz"].contains(&name.split('_').next().unwrap_or_default())
}

/// The operations on two operands of type `ty`.
pub(crate) fn binary_operations(ty: Type) -> Vec<Binary> {
    match ty {
        Type::I32 => integer::binary32(),
        Type::I64 => integer::binary64(),
        Type::F32 => float::binary32(),
        Type::F64 => float::binary64(),
    }
}

/// The operations on one operand of type `ty`.
pub(crate) fn unary_operations(ty: Type) -> Vec<Unary> {
    let mut operations = match ty {
        Type::I32 => integer::unary32(),
        Type::I64 => integer::unary64(),
        Type::F32 => float::unary32(),
        Type::F64 => float::unary64(),
    };
    operations.extend(convert::conversions(ty));
    operations
}
