//! Arguments and expected results.

use wast::core::{AbstractHeapType, HeapType, NanPattern, V128Const, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use whit::{ExternRef, Store, Val};

/// The argument `argument`, or why it cannot be made.
pub(crate) fn argument(store: &mut Store<()>, argument: &WastArgCore<'_>) -> Result<Val, String> {
    Ok(match argument {
        WastArgCore::I32(value) => Val::I32(*value),
        WastArgCore::I64(value) => Val::I64(*value),
        WastArgCore::F32(value) => Val::F32(value.bits),
        WastArgCore::F64(value) => Val::F64(value.bits),
        WastArgCore::V128(value) => Val::V128(vector(value)),
        WastArgCore::RefNull(ty) if is(ty, AbstractHeapType::Func) => Val::FuncRef(None),
        WastArgCore::RefNull(ty) if is(ty, AbstractHeapType::Extern) => Val::ExternRef(None),
        WastArgCore::RefNull(ty) if is(ty, AbstractHeapType::Exn) => Val::ExnRef(None),
        WastArgCore::RefExtern(number) => {
            let reference = ExternRef::new(store, *number).map_err(|error| error.to_string())?;
            Val::ExternRef(Some(reference))
        }
        WastArgCore::RefNull(ty) if is_any(ty) => Val::AnyRef(None),
        WastArgCore::RefHost(number) => {
            let reference = ExternRef::new(store, *number).map_err(|error| error.to_string())?;
            Val::AnyRef(Some(reference.into_any()))
        }
        WastArgCore::RefNull(_) => {
            return Err(format!("an argument of this type cannot be passed to Whit: {argument:?}"));
        }
    })
}

/// Whether `value` is what `expected` describes.
pub(crate) fn matches(store: &Store<()>, expected: &WastRetCore<'_>, value: Val) -> bool {
    match (expected, value) {
        (WastRetCore::I32(expected), Val::I32(value)) => *expected == value,
        (WastRetCore::I64(expected), Val::I64(value)) => *expected == value,
        (WastRetCore::F32(expected), Val::F32(value)) => matches_f32(expected, value),
        (WastRetCore::F64(expected), Val::F64(value)) => matches_f64(expected, value),
        (WastRetCore::V128(expected), Val::V128(value)) => matches_vector(expected, value),
        (
            WastRetCore::RefNull(None),
            Val::FuncRef(None) | Val::ExternRef(None) | Val::AnyRef(None) | Val::ExnRef(None),
        ) => true,
        (WastRetCore::RefNull(Some(ty)), Val::AnyRef(None)) => is_any(ty),
        (WastRetCore::RefAny, Val::AnyRef(Some(_))) => true,
        (WastRetCore::RefEq, Val::AnyRef(Some(value))) => value.is(store, whit::HeapType::Eq),
        (WastRetCore::RefI31, Val::AnyRef(Some(value))) => value.is(store, whit::HeapType::I31),
        (WastRetCore::RefI31Shared, _) => false,
        (WastRetCore::RefStruct, Val::AnyRef(Some(value))) => value.is(store, whit::HeapType::Struct),
        (WastRetCore::RefArray, Val::AnyRef(Some(value))) => value.is(store, whit::HeapType::Array),
        (WastRetCore::RefHost(number), Val::AnyRef(Some(value))) => {
            is_host(store, value.into_extern(), *number)
        }
        (WastRetCore::RefNull(Some(ty)), Val::FuncRef(None)) => {
            is(ty, AbstractHeapType::Func) || is(ty, AbstractHeapType::NoFunc)
        }
        (WastRetCore::RefNull(Some(ty)), Val::ExternRef(None)) => {
            is(ty, AbstractHeapType::Extern) || is(ty, AbstractHeapType::NoExtern)
        }
        (WastRetCore::RefNull(Some(ty)), Val::ExnRef(None)) => {
            is(ty, AbstractHeapType::Exn) || is(ty, AbstractHeapType::NoExn)
        }
        (WastRetCore::RefExtern(None), Val::ExternRef(Some(_))) => true,
        (WastRetCore::RefExtern(Some(number)), Val::ExternRef(Some(reference))) => {
            is_host(store, reference, *number)
        }
        // Which function it is cannot be told: the script names it by an index of its module.
        (WastRetCore::RefFunc(_), Val::FuncRef(Some(_))) => true,
        (WastRetCore::Either(cases), value) => cases.iter().any(|case| matches(store, case, value)),
        _ => false,
    }
}

/// Whether `reference` is to the host value `number`.
fn is_host(store: &Store<()>, reference: ExternRef, number: u32) -> bool {
    reference.data(store).and_then(|data| data.downcast_ref::<u32>()) == Some(&number)
}

/// Whether `ty` is of the hierarchy of what guests make.
fn is_any(ty: &HeapType<'_>) -> bool {
    use AbstractHeapType::{Any, Array, Eq, I31, None, Struct};
    [Any, Eq, I31, Struct, Array, None].into_iter().any(|any| is(ty, any))
}

fn is(ty: &HeapType<'_>, expected: AbstractHeapType) -> bool {
    matches!(ty, HeapType::Abstract { shared: false, ty } if *ty == expected)
}

/// The fraction's topmost bit is set in every NaN that WebAssembly makes itself; canonical NaNs have no other.
fn matches_f32(expected: &NanPattern<F32>, bits: u32) -> bool {
    match expected {
        NanPattern::CanonicalNan => bits & 0x7fff_ffff == 0x7fc0_0000,
        NanPattern::ArithmeticNan => bits & 0x7fc0_0000 == 0x7fc0_0000,
        NanPattern::Value(value) => bits == value.bits,
    }
}

fn matches_f64(expected: &NanPattern<F64>, bits: u64) -> bool {
    match expected {
        NanPattern::CanonicalNan => bits & 0x7fff_ffff_ffff_ffff == 0x7ff8_0000_0000_0000,
        NanPattern::ArithmeticNan => bits & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000,
        NanPattern::Value(value) => bits == value.bits,
    }
}

fn vector(value: &V128Const) -> u128 {
    u128::from_le_bytes(value.to_le_bytes())
}

fn matches_vector(expected: &V128Pattern, value: u128) -> bool {
    let constant = |expected| vector(&expected) == value;
    match expected {
        V128Pattern::I8x16(lanes) => constant(V128Const::I8x16(*lanes)),
        V128Pattern::I16x8(lanes) => constant(V128Const::I16x8(*lanes)),
        V128Pattern::I32x4(lanes) => constant(V128Const::I32x4(*lanes)),
        V128Pattern::I64x2(lanes) => constant(V128Const::I64x2(*lanes)),
        V128Pattern::F32x4(lanes) => lanes
            .iter()
            .enumerate()
            .all(|(lane, expected)| matches_f32(expected, (value >> (32 * lane)) as u32)),
        V128Pattern::F64x2(lanes) => lanes
            .iter()
            .enumerate()
            .all(|(lane, expected)| matches_f64(expected, (value >> (64 * lane)) as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::{matches_f32, matches_f64};
    use wast::core::NanPattern::{ArithmeticNan, CanonicalNan};

    #[test]
    fn nan_patterns() {
        for sign in [0, 1 << 31] {
            assert!(matches_f32(&CanonicalNan, 0x7fc0_0000 | sign));
            assert!(!matches_f32(&CanonicalNan, 0x7fc0_0001 | sign));
            assert!(matches_f32(&ArithmeticNan, 0x7fc0_0001 | sign));
            assert!(!matches_f32(&ArithmeticNan, 0x7f80_0001 | sign));
            assert!(!matches_f32(&ArithmeticNan, 0x7f80_0000 | sign));
        }
        assert!(matches_f64(&CanonicalNan, 0xfff8_0000_0000_0000));
        assert!(!matches_f64(&ArithmeticNan, 0x7ff0_0000_0000_0001));
    }
}
