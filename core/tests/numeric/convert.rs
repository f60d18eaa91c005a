//! Conversions between types.

use whit::Trap;

use super::{Outcome, Type, Unary};

fn f32(bits: u64) -> f32 {
    f32::from_bits(bits as u32)
}

fn of32(value: f32) -> Outcome {
    Ok(u64::from(value.to_bits()))
}

fn of64(value: f64) -> Outcome {
    Ok(value.to_bits())
}

/// `value` without its fraction, if that is between the exact bounds `low` and `high` (not itself in).
fn truncate(value: f64, low: f64, high: f64) -> Result<f64, Trap> {
    match value.trunc() {
        whole if whole.is_nan() => Err(Trap::InvalidConversionToInteger),
        whole if whole >= low && whole < high => Ok(whole),
        _ => Err(Trap::IntegerOverflow),
    }
}

const TWO_31: f64 = 2_147_483_648.0;
const TWO_32: f64 = 4_294_967_296.0;
const TWO_63: f64 = 9_223_372_036_854_775_808.0;
const TWO_64: f64 = 18_446_744_073_709_551_616.0;

fn i32_of(value: f64) -> Outcome {
    truncate(value, -TWO_31, TWO_31).map(|whole| u64::from(whole as i32 as u32))
}

fn u32_of(value: f64) -> Outcome {
    truncate(value, 0.0, TWO_32).map(|whole| u64::from(whole as u32))
}

fn i64_of(value: f64) -> Outcome {
    truncate(value, -TWO_63, TWO_63).map(|whole| whole as i64 as u64)
}

fn u64_of(value: f64) -> Outcome {
    truncate(value, 0.0, TWO_64).map(|whole| whole as u64)
}

/// The conversions from type `ty`.
pub(super) fn conversions(ty: Type) -> Vec<Unary> {
    match ty {
        Type::I32 => vec![
            ("i64.extend_i32_s", Type::I64, |a| Ok(a as i32 as i64 as u64)),
            ("i64.extend_i32_u", Type::I64, |a| Ok(u64::from(a as u32))),
            ("f32.convert_i32_s", Type::F32, |a| of32(a as i32 as f32)),
            ("f32.convert_i32_u", Type::F32, |a| of32(a as u32 as f32)),
            ("f64.convert_i32_s", Type::F64, |a| of64(f64::from(a as i32))),
            ("f64.convert_i32_u", Type::F64, |a| of64(f64::from(a as u32))),
            ("f32.reinterpret_i32", Type::F32, Ok),
        ],
        Type::I64 => vec![
            ("i32.wrap_i64", Type::I32, |a| Ok(a & 0xffff_ffff)),
            ("f32.convert_i64_s", Type::F32, |a| of32(a as i64 as f32)),
            ("f32.convert_i64_u", Type::F32, |a| of32(a as f32)),
            ("f64.convert_i64_s", Type::F64, |a| of64(a as i64 as f64)),
            ("f64.convert_i64_u", Type::F64, |a| of64(a as f64)),
            ("f64.reinterpret_i64", Type::F64, Ok),
        ],
        Type::F32 => vec![
            ("f64.promote_f32", Type::F64, |a| of64(f64::from(f32(a)))),
            ("i32.reinterpret_f32", Type::I32, Ok),
            ("i32.trunc_f32_s", Type::I32, |a| i32_of(f32(a).into())),
            ("i32.trunc_f32_u", Type::I32, |a| u32_of(f32(a).into())),
            ("i64.trunc_f32_s", Type::I64, |a| i64_of(f32(a).into())),
            ("i64.trunc_f32_u", Type::I64, |a| u64_of(f32(a).into())),
            ("i32.trunc_sat_f32_s", Type::I32, |a| Ok(u64::from(f32(a) as i32 as u32))),
            ("i32.trunc_sat_f32_u", Type::I32, |a| Ok(u64::from(f32(a) as u32))),
            ("i64.trunc_sat_f32_s", Type::I64, |a| Ok(f32(a) as i64 as u64)),
            ("i64.trunc_sat_f32_u", Type::I64, |a| Ok(f32(a) as u64)),
        ],
        Type::F64 => vec![
            ("f32.demote_f64", Type::F32, |a| of32(f64::from_bits(a) as f32)),
            ("i64.reinterpret_f64", Type::I64, Ok),
            ("i32.trunc_f64_s", Type::I32, |a| i32_of(f64::from_bits(a))),
            ("i32.trunc_f64_u", Type::I32, |a| u32_of(f64::from_bits(a))),
            ("i64.trunc_f64_s", Type::I64, |a| i64_of(f64::from_bits(a))),
            ("i64.trunc_f64_u", Type::I64, |a| u64_of(f64::from_bits(a))),
            ("i32.trunc_sat_f64_s", Type::I32, |a| Ok(u64::from(f64::from_bits(a) as i32 as u32))),
            ("i32.trunc_sat_f64_u", Type::I32, |a| Ok(u64::from(f64::from_bits(a) as u32))),
            ("i64.trunc_sat_f64_s", Type::I64, |a| Ok(f64::from_bits(a) as i64 as u64)),
            ("i64.trunc_sat_f64_u", Type::I64, |a| Ok(f64::from_bits(a) as u64)),
        ],
    }
}
