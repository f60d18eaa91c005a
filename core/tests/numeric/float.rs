//! Operations on floats.

use super::{Binary, Type, Unary};

macro_rules! floats {
    ($binary:ident $unary:ident $ty:ident $bits:ident $name:literal $result:ident) => {
        /// Operations on two floats.
        pub(super) fn $binary() -> Vec<Binary> {
            fn of(bits: u64) -> $ty {
                $ty::from_bits(bits as $bits)
            }
            fn to(value: $ty) -> u64 {
                value.to_bits() as u64
            }
            // Minimum and maximum take note of signs of zeros and of NaNs, as Rust's do not.
            fn min(a: $ty, b: $ty) -> $ty {
                match a {
                    _ if a.is_nan() || b.is_nan() => $ty::NAN,
                    _ if a == b && a.is_sign_negative() => a,
                    _ if a < b => a,
                    _ => b,
                }
            }
            vec![
                (concat!($name, ".add"), Type::$result, |a, b| Ok(to(of(a) + of(b)))),
                (concat!($name, ".sub"), Type::$result, |a, b| Ok(to(of(a) - of(b)))),
                (concat!($name, ".mul"), Type::$result, |a, b| Ok(to(of(a) * of(b)))),
                (concat!($name, ".div"), Type::$result, |a, b| Ok(to(of(a) / of(b)))),
                (concat!($name, ".min"), Type::$result, |a, b| Ok(to(min(of(a), of(b))))),
                (concat!($name, ".max"), Type::$result, |a, b| Ok(to(-min(-of(a), -of(b))))),
                (concat!($name, ".copysign"), Type::$result, |a, b| {
                    let sign = 1 << ($bits::BITS - 1);
                    Ok(a & (sign - 1) | b & sign)
                }),
                (concat!($name, ".eq"), Type::I32, |a, b| Ok(u64::from(of(a) == of(b)))),
                (concat!($name, ".ne"), Type::I32, |a, b| Ok(u64::from(of(a) != of(b)))),
                (concat!($name, ".lt"), Type::I32, |a, b| Ok(u64::from(of(a) < of(b)))),
                (concat!($name, ".gt"), Type::I32, |a, b| Ok(u64::from(of(a) > of(b)))),
                (concat!($name, ".le"), Type::I32, |a, b| Ok(u64::from(of(a) <= of(b)))),
                (concat!($name, ".ge"), Type::I32, |a, b| Ok(u64::from(of(a) >= of(b)))),
            ]
        }

        /// Operations on one float.
        pub(super) fn $unary() -> Vec<Unary> {
            fn of(bits: u64) -> $ty {
                $ty::from_bits(bits as $bits)
            }
            fn to(value: $ty) -> u64 {
                value.to_bits() as u64
            }
            vec![
                (concat!($name, ".abs"), Type::$result, |a| Ok(a & !(1 << ($bits::BITS - 1)))),
                (concat!($name, ".neg"), Type::$result, |a| Ok(a ^ 1 << ($bits::BITS - 1))),
                (concat!($name, ".ceil"), Type::$result, |a| Ok(to(of(a).ceil()))),
                (concat!($name, ".floor"), Type::$result, |a| Ok(to(of(a).floor()))),
                (concat!($name, ".trunc"), Type::$result, |a| Ok(to(of(a).trunc()))),
                (concat!($name, ".nearest"), Type::$result, |a| Ok(to(of(a).round_ties_even()))),
                (concat!($name, ".sqrt"), Type::$result, |a| Ok(to(of(a).sqrt()))),
            ]
        }
    };
}

floats!(binary32 unary32 f32 u32 "f32" F32);
floats!(binary64 unary64 f64 u64 "f64" F64);
