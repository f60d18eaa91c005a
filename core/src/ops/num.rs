//! Arithmetic too long for a row of the table.

use crate::trap::Trap;

macro_rules! integers {
    ($($unsigned:ident $signed:ident $div_s:ident $div_u:ident $rem_s:ident $rem_u:ident;)*) => {$(
        #[inline(always)]
        pub(crate) fn $div_s(l: $unsigned, r: $unsigned) -> Result<$unsigned, Trap> {
            if r == 0 {
                return Err(Trap::IntegerDivideByZero);
            }
            match (l as $signed).checked_div(r as $signed) {
                Some(value) => Ok(value as $unsigned),
                None => Err(Trap::IntegerOverflow),
            }
        }

        #[inline(always)]
        pub(crate) fn $div_u(l: $unsigned, r: $unsigned) -> Result<$unsigned, Trap> {
            l.checked_div(r).ok_or(Trap::IntegerDivideByZero)
        }

        #[inline(always)]
        pub(crate) fn $rem_s(l: $unsigned, r: $unsigned) -> Result<$unsigned, Trap> {
            if r == 0 {
                return Err(Trap::IntegerDivideByZero);
            }
            Ok((l as $signed).wrapping_rem(r as $signed) as $unsigned)
        }

        #[inline(always)]
        pub(crate) fn $rem_u(l: $unsigned, r: $unsigned) -> Result<$unsigned, Trap> {
            l.checked_rem(r).ok_or(Trap::IntegerDivideByZero)
        }
    )*};
}

integers! {
    u32 i32 div_s32 div_u32 rem_s32 rem_u32;
    u64 i64 div_s64 div_u64 rem_s64 rem_u64;
}

/// Conversions to integers: the bounds are the floats next to the range, both outside it.
macro_rules! truncations {
    ($($name:ident $float:ident -> $int:ident as $slot:ident above $low:literal below $high:literal;)*) => {$(
        #[inline(always)]
        pub(crate) fn $name(v: $float) -> Result<$slot, Trap> {
            if v > $low && v < $high {
                Ok(v as $int as $slot)
            } else if v.is_nan() {
                Err(Trap::InvalidConversionToInteger)
            } else {
                Err(Trap::IntegerOverflow)
            }
        }
    )*};
}

truncations! {
    trunc_f32_i32 f32 -> i32 as u32 above -2147483904.0 below 2147483648.0;
    trunc_f32_u32 f32 -> u32 as u32 above -1.0 below 4294967296.0;
    trunc_f64_i32 f64 -> i32 as u32 above -2147483649.0 below 2147483648.0;
    trunc_f64_u32 f64 -> u32 as u32 above -1.0 below 4294967296.0;
    trunc_f32_i64 f32 -> i64 as u64 above -9223373136366403584.0 below 9223372036854775808.0;
    trunc_f32_u64 f32 -> u64 as u64 above -1.0 below 18446744073709551616.0;
    trunc_f64_i64 f64 -> i64 as u64 above -9223372036854777856.0 below 9223372036854775808.0;
    trunc_f64_u64 f64 -> u64 as u64 above -1.0 below 18446744073709551616.0;
}

macro_rules! floats {
    ($($float:ident $bits:ident $sign:literal
        $min:ident $max:ident $copysign:ident $abs:ident $sqrt:ident $libm_sqrt:ident
        $($name:ident $std:ident $libm:ident)*;)*) => {$(
        /// The lesser, NaN if either is NaN; -0 is less than +0.
        #[inline(always)]
        pub(crate) fn $min(l: $float, r: $float) -> $float {
            if l < r {
                l
            } else if r < l {
                r
            } else if l == r {
                $float::from_bits(l.to_bits() | r.to_bits())
            } else {
                l + r
            }
        }

        /// The greater, NaN if either is NaN; +0 is greater than -0.
        #[inline(always)]
        pub(crate) fn $max(l: $float, r: $float) -> $float {
            if l > r {
                l
            } else if r > l {
                r
            } else if l == r {
                $float::from_bits(l.to_bits() & r.to_bits())
            } else {
                l + r
            }
        }

        #[inline(always)]
        pub(crate) fn $copysign(l: $float, r: $float) -> $float {
            $float::from_bits(l.to_bits() & !$sign | r.to_bits() & $sign)
        }

        #[inline(always)]
        pub(crate) fn $abs(v: $float) -> $float {
            $float::from_bits(v.to_bits() & !$sign)
        }

        #[inline(always)]
        pub(crate) fn $sqrt(v: $float) -> $float {
            #[cfg(feature = "std")]
            return v.sqrt();
            #[cfg(not(feature = "std"))]
            return libm::$libm_sqrt(v);
        }

        $(
            #[inline(always)]
            pub(crate) fn $name(v: $float) -> $float {
                #[cfg(feature = "std")]
                let result = v.$std();
                #[cfg(not(feature = "std"))]
                let result = libm::$libm(v);
                // The result of a signalling NaN must be a quiet one.
                if v.is_nan() { v + v } else { result }
            }
        )*
    )*};
}

floats! {
    f32 u32 0x8000_0000 min_f32 max_f32 copysign_f32 abs_f32 sqrt_f32 sqrtf
        ceil_f32 ceil ceilf floor_f32 floor floorf trunc_f32 trunc truncf nearest_f32 round_ties_even rintf;
    f64 u64 0x8000_0000_0000_0000 min_f64 max_f64 copysign_f64 abs_f64 sqrt_f64 sqrt
        ceil_f64 ceil ceil floor_f64 floor floor trunc_f64 trunc trunc nearest_f64 round_ties_even rint;
}
