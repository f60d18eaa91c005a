//! `--invoke`: parameters from their text, results to text.

use std::ffi::OsString;
use std::fmt::Write as _;

use whit::{FuncType, RefType, Val, ValType};

/// The values that `texts` stand for as parameters of a function of type `ty`.
pub(super) fn parameters(ty: &FuncType, texts: &[OsString]) -> Result<Vec<Val>, String> {
    if texts.len() != ty.params().len() {
        return Err(format!("its type is {ty}, but the number of ARGs is {}", texts.len()));
    }
    ty.params().iter().zip(texts).map(|(ty, text)| value(*ty, &text.to_string_lossy())).collect()
}

fn value(ty: ValType, text: &str) -> Result<Val, String> {
    let parsed = match ty {
        ValType::I32 => integer(text, 32).map(|bits| Val::I32(bits as i32)),
        ValType::I64 => integer(text, 64).map(|bits| Val::I64(bits as i64)),
        ValType::F32 => text.parse().ok().map(|number: f32| Val::F32(number.to_bits())),
        ValType::F64 => text.parse().ok().map(|number: f64| Val::F64(number.to_bits())),
        ValType::Ref(RefType::FUNC) if text == "null" => Some(Val::FuncRef(None)),
        ValType::Ref(RefType::EXTERN) if text == "null" => Some(Val::ExternRef(None)),
        ValType::V128 => {
            text.strip_prefix("0x").and_then(|text| u128::from_str_radix(text, 16).ok()).map(Val::V128)
        }
        ValType::Ref(_) => None,
    };
    parsed.ok_or_else(|| format!("{text:?} is no value of type {ty}"))
}

/// A number, signed or not, that fits `bits` bits: decimal, or hexadecimal after `0x`.
fn integer(text: &str, bits: u32) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let number = match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    let number = sign * i128::from(number.ok()?);
    (-(1 << (bits - 1))..1 << bits).contains(&number).then_some(number)
}

/// A place for every result of a function of type `ty`; the function overwrites the values.
pub(super) fn places(ty: &FuncType) -> Vec<Val> {
    ty.results().iter().map(|_| Val::I32(0)).collect()
}

/// The results, one a line.
pub(super) fn lines(results: &[Val]) -> String {
    let mut out = String::new();
    for result in results {
        // Writing to a string cannot fail.
        let _ = match result {
            Val::I32(number) => writeln!(out, "{number}"),
            Val::I64(number) => writeln!(out, "{number}"),
            Val::F32(bits) => writeln!(out, "{}", f32::from_bits(*bits)),
            Val::F64(bits) => writeln!(out, "{}", f64::from_bits(*bits)),
            Val::V128(bits) => writeln!(out, "0x{bits:032x}"),
            Val::FuncRef(None) | Val::ExternRef(None) | Val::ExnRef(None) => writeln!(out, "null"),
            Val::FuncRef(Some(_)) => writeln!(out, "a function"),
            Val::ExternRef(Some(_)) => writeln!(out, "a host value"),
            _ => writeln!(out, "a reference"),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{integer, lines, value};
    use whit::{Val, ValType};

    #[test]
    fn integers_are_signed_or_not() {
        assert_eq!(integer("-2147483648", 32), Some(-(1 << 31)));
        assert_eq!(integer("4294967295", 32), Some(u32::MAX.into()));
        assert_eq!(integer("0xffffffffffffffff", 64), Some(u64::MAX.into()));
        assert_eq!(integer("-0x80", 32), Some(-128));
        for wrong in ["4294967296", "-2147483649", "", "-", "0x", "1.0", "--1", "a"] {
            assert_eq!(integer(wrong, 32), None, "{wrong}");
        }
    }

    #[test]
    fn text_to_values_and_back() {
        let echo = |ty, text: &str| value(ty, text).map(|value| lines(&[value]));
        assert_eq!(echo(ValType::I32, "4294967295").as_deref(), Ok("-1\n"));
        assert_eq!(echo(ValType::I64, "-7").as_deref(), Ok("-7\n"));
        assert_eq!(echo(ValType::F32, "1.5").as_deref(), Ok("1.5\n"));
        assert_eq!(echo(ValType::F64, "-inf").as_deref(), Ok("-inf\n"));
        assert_eq!(echo(ValType::EXTERNREF, "null").as_deref(), Ok("null\n"));
        let vector = "0x000102030405060708090a0b0c0d0e0f\n";
        assert_eq!(echo(ValType::V128, vector.trim_end()).as_deref(), Ok(vector));
        assert!(echo(ValType::V128, "0").is_err());
        assert!(echo(ValType::F64, "x").is_err());
        assert_eq!(lines(&[Val::I32(1), Val::I32(2)]), "1\n2\n");
    }
}
