//! Operations on integers.

use whit::Trap;

use super::{Binary, Type, Unary};

macro_rules! integers {
    (
        $binary:ident $unary:ident $unsigned:ident $signed:ident $name:literal $result:ident
        extend $($extend:literal $narrow:ident)*
    ) => {
        /// Operations on two integers.
        pub(super) fn $binary() -> Vec<Binary> {
            type U = $unsigned;
            type S = $signed;
            fn of(bits: u64) -> U {
                bits as U
            }
            fn to(value: U) -> u64 {
                value.into()
            }
            fn count(bits: u64) -> u32 {
                bits as u32 % U::BITS
            }
            vec![
                (concat!($name, ".add"), Type::$result, |a, b| Ok(to(of(a).wrapping_add(of(b))))),
                (concat!($name, ".sub"), Type::$result, |a, b| Ok(to(of(a).wrapping_sub(of(b))))),
                (concat!($name, ".mul"), Type::$result, |a, b| Ok(to(of(a).wrapping_mul(of(b))))),
                (concat!($name, ".and"), Type::$result, |a, b| Ok(a & b)),
                (concat!($name, ".or"), Type::$result, |a, b| Ok(a | b)),
                (concat!($name, ".xor"), Type::$result, |a, b| Ok(a ^ b)),
                (concat!($name, ".shl"), Type::$result, |a, b| Ok(to(of(a) << count(b)))),
                (concat!($name, ".shr_u"), Type::$result, |a, b| Ok(to(of(a) >> count(b)))),
                (concat!($name, ".shr_s"), Type::$result, |a, b| Ok(to((of(a) as S >> count(b)) as U))),
                (concat!($name, ".rotl"), Type::$result, |a, b| Ok(to(of(a).rotate_left(count(b))))),
                (concat!($name, ".rotr"), Type::$result, |a, b| Ok(to(of(a).rotate_right(count(b))))),
                (concat!($name, ".div_u"), Type::$result, |a, b| {
                    of(a).checked_div(of(b)).map(to).ok_or(Trap::IntegerDivideByZero)
                }),
                (concat!($name, ".rem_u"), Type::$result, |a, b| {
                    of(a).checked_rem(of(b)).map(to).ok_or(Trap::IntegerDivideByZero)
                }),
                (concat!($name, ".div_s"), Type::$result, |a, b| match of(b) as S {
                    0 => Err(Trap::IntegerDivideByZero),
                    b => (of(a) as S).checked_div(b).map(|q| to(q as U)).ok_or(Trap::IntegerOverflow),
                }),
                (concat!($name, ".rem_s"), Type::$result, |a, b| match of(b) as S {
                    0 => Err(Trap::IntegerDivideByZero),
                    b => Ok(to((of(a) as S).wrapping_rem(b) as U)),
                }),
                (concat!($name, ".eq"), Type::I32, |a, b| Ok(u64::from(a == b))),
                (concat!($name, ".ne"), Type::I32, |a, b| Ok(u64::from(a != b))),
                (concat!($name, ".lt_u"), Type::I32, |a, b| Ok(u64::from(of(a) < of(b)))),
                (concat!($name, ".gt_u"), Type::I32, |a, b| Ok(u64::from(of(a) > of(b)))),
                (concat!($name, ".le_u"), Type::I32, |a, b| Ok(u64::from(of(a) <= of(b)))),
                (concat!($name, ".ge_u"), Type::I32, |a, b| Ok(u64::from(of(a) >= of(b)))),
                (concat!($name, ".lt_s"), Type::I32, |a, b| Ok(u64::from((of(a) as S) < of(b) as S))),
                (concat!($name, ".gt_s"), Type::I32, |a, b| Ok(u64::from(of(a) as S > of(b) as S))),
                (concat!($name, ".le_s"), Type::I32, |a, b| Ok(u64::from(of(a) as S <= of(b) as S))),
                (concat!($name, ".ge_s"), Type::I32, |a, b| Ok(u64::from(of(a) as S >= of(b) as S))),
            ]
        }

        /// Operations on one integer.
        pub(super) fn $unary() -> Vec<Unary> {
            type U = $unsigned;
            vec![
                (concat!($name, ".clz"), Type::$result, |a| Ok((a as U).leading_zeros().into())),
                (concat!($name, ".ctz"), Type::$result, |a| Ok((a as U).trailing_zeros().into())),
                (concat!($name, ".popcnt"), Type::$result, |a| Ok((a as U).count_ones().into())),
                (concat!($name, ".eqz"), Type::I32, |a| Ok(u64::from(a == 0))),
                $((concat!($name, $extend), Type::$result, |a| Ok((a as $narrow as $signed as U).into())),)*
            ]
        }
    };
}

integers!(binary32 unary32 u32 i32 "i32" I32 extend ".extend8_s" i8 ".extend16_s" i16);
integers!(binary64 unary64 u64 i64 "i64" I64 extend ".extend8_s" i8 ".extend16_s" i16 ".extend32_s" i32);
