//! Arithmetic on vectors, as arrays of lanes: short loops without branches, of which the compiler makes instructions
//! for vectors where the target has them.

#![allow(non_camel_case_types)]

use super::num;

macro_rules! shapes {
    ($($name:ident $lane:ident $count:literal)*) => {$(
        #[doc = concat!(stringify!($count), " lanes.")]
        pub(crate) type $name = [$lane; $count];
    )*};
}

shapes! {
    i8x16 i8 16 u8x16 u8 16 i16x8 i16 8 u16x8 u16 8 i32x4 i32 4 u32x4 u32 4 i64x2 i64 2 u64x2 u64 2 f32x4 f32 4 f64x2 f64 2
}

/// Lane by lane.
#[inline(always)]
pub(crate) fn map<T: Copy, U, const N: usize>(v: [T; N], f: impl Fn(T) -> U) -> [U; N] {
    core::array::from_fn(|lane| f(v[lane]))
}

/// Two vectors lane by lane.
#[inline(always)]
pub(crate) fn zip<T: Copy, S: Copy, U, const N: usize>(
    l: [T; N],
    r: [S; N],
    f: impl Fn(T, S) -> U,
) -> [U; N] {
    core::array::from_fn(|lane| f(l[lane], r[lane]))
}

/// The lower half, lane by lane.
#[inline(always)]
pub(crate) fn map_low<T: Copy, U, const N: usize, const HALF: usize>(
    v: [T; N],
    f: impl Fn(T) -> U,
) -> [U; HALF] {
    core::array::from_fn(|lane| f(v[lane]))
}

/// The upper half, lane by lane.
#[inline(always)]
pub(crate) fn map_high<T: Copy, U, const N: usize, const HALF: usize>(
    v: [T; N],
    f: impl Fn(T) -> U,
) -> [U; HALF] {
    core::array::from_fn(|lane| f(v[lane + HALF]))
}

/// The lower halves of two vectors, lane by lane.
#[inline(always)]
pub(crate) fn zip_low<T: Copy, U, const N: usize, const HALF: usize>(
    l: [T; N],
    r: [T; N],
    f: impl Fn(T, T) -> U,
) -> [U; HALF] {
    core::array::from_fn(|lane| f(l[lane], r[lane]))
}

/// The upper halves of two vectors, lane by lane.
#[inline(always)]
pub(crate) fn zip_high<T: Copy, U, const N: usize, const HALF: usize>(
    l: [T; N],
    r: [T; N],
    f: impl Fn(T, T) -> U,
) -> [U; HALF] {
    core::array::from_fn(|lane| f(l[lane + HALF], r[lane + HALF]))
}

/// Each two lanes.
#[inline(always)]
pub(crate) fn pairs<T: Copy, U, const N: usize, const HALF: usize>(
    v: [T; N],
    f: impl Fn(T, T) -> U,
) -> [U; HALF] {
    core::array::from_fn(|lane| f(v[2 * lane], v[2 * lane + 1]))
}

/// The lanes of both vectors, one behind the other.
#[inline(always)]
pub(crate) fn join<T: Copy, U, const N: usize, const TWICE: usize>(
    l: [T; N],
    r: [T; N],
    f: impl Fn(T) -> U,
) -> [U; TWICE] {
    core::array::from_fn(|lane| f(if lane < N { l[lane] } else { r[lane - N] }))
}

/// Whether no lane is zero.
#[inline(always)]
pub(crate) fn all_true<T: Copy + Default + PartialEq, const N: usize>(v: [T; N]) -> u32 {
    u32::from(v.iter().fold(true, |all, lane| all & (*lane != T::default())))
}

/// The signs of 16 lanes. The product brings the sign of byte `n` to bit `56 + n`.
#[inline(always)]
pub(crate) fn bitmask8(v: u64x2) -> u32 {
    let half = |v: u64| ((v >> 7 & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32;
    half(v[0]) | half(v[1]) << 8
}

/// The signs of 8 lanes. The product brings the sign of lane `n` to bit `48 + n`.
#[inline(always)]
pub(crate) fn bitmask16(v: u64x2) -> u32 {
    let half =
        |v: u64| ((v >> 15 & 0x0001_0001_0001_0001).wrapping_mul(0x0001_0002_0004_0008) >> 48) as u32 & 15;
    half(v[0]) | half(v[1]) << 4
}

/// The signs of 4 lanes.
#[inline(always)]
pub(crate) fn bitmask32(v: u64x2) -> u32 {
    let half = |v: u64| (v >> 31 & 1 | v >> 62 & 2) as u32;
    half(v[0]) | half(v[1]) << 2
}

/// The signs of 2 lanes.
#[inline(always)]
pub(crate) fn bitmask64(v: u64x2) -> u32 {
    (v[0] >> 63 | v[1] >> 62 & 2) as u32
}

/// Ones in each byte: counted in pairs of bits, then in fours, then in bytes.
#[inline(always)]
pub(crate) fn popcnt(v: u64x2) -> u64x2 {
    map(v, |v| {
        let twos = v - (v >> 1 & 0x5555_5555_5555_5555);
        let fours = (twos & 0x3333_3333_3333_3333) + (twos >> 2 & 0x3333_3333_3333_3333);
        (fours + (fours >> 4)) & 0x0F0F_0F0F_0F0F_0F0F
    })
}

/// The lanes of `v` that `lanes` names, zero for lanes that there are not.
#[inline(always)]
pub(crate) fn swizzle(v: u8x16, lanes: u8x16) -> u8x16 {
    let padded: [u8; 32] = core::array::from_fn(|lane| if lane < 16 { v[lane] } else { 0 });
    map(map(lanes, |lane| lane.min(16)), |lane| padded[usize::from(lane & 31)])
}

/// The lanes of `l` and, from 16 on, of `r` that `lanes` names.
#[inline(always)]
pub(crate) fn shuffle(l: u8x16, r: u8x16, lanes: u8x16) -> u8x16 {
    let both: [u8; 32] = join(l, r, |lane| lane);
    map(lanes, |lane| both[usize::from(lane & 31)])
}

/// `l` where `mask` has ones, else `r`.
#[inline(always)]
pub(crate) fn bitselect(l: u64x2, r: u64x2, mask: u64x2) -> u64x2 {
    core::array::from_fn(|lane| l[lane] & mask[lane] | r[lane] & !mask[lane])
}

/// Product of two numbers of 15 bits behind the point.
#[inline(always)]
pub(crate) fn q15mulr_sat(l: i16, r: i16) -> i16 {
    let product = ((i32::from(l) * i32::from(r) + 0x4000) >> 15) as i16;
    // Only the product of twice the least number is too large.
    if product == i16::MIN { i16::MAX } else { product }
}

/// Sums of the products of each two lanes.
#[inline(always)]
pub(crate) fn dot(l: i16x8, r: i16x8) -> i32x4 {
    let products = zip(l, r, |l, r| i32::from(l) * i32::from(r));
    pairs(products, i32::wrapping_add)
}

/// Sums, which saturate, of the products of each two lanes.
#[inline(always)]
pub(crate) fn relaxed_dot(l: i8x16, r: i8x16) -> i16x8 {
    let products = zip(l, r, |l, r| i16::from(l) * i16::from(r));
    pairs(products, i16::saturating_add)
}

/// Adds to `sum` the sums of the products of each four lanes.
#[inline(always)]
pub(crate) fn relaxed_dot_add(l: i8x16, r: i8x16, sum: i32x4) -> i32x4 {
    let added: i32x4 = pairs(relaxed_dot(l, r), |l, r| i32::from(l) + i32::from(r));
    zip(added, sum, i32::wrapping_add)
}

macro_rules! floats {
    ($($float:ident $sign:literal $whole:literal
        $min:ident $max:ident $abs:ident $sqrt:ident $num_sqrt:ident
        $signed:ident $nearest:ident $floor:ident $ceil:ident $trunc:ident;)*) => {$(
        /// The lesser, NaN if either is NaN; -0 is less than +0.
        #[inline(always)]
        pub(crate) fn $min(l: $float, r: $float) -> $float {
            let lesser = if l < r { l } else { r };
            let lesser = if l == r { $float::from_bits(l.to_bits() | r.to_bits()) } else { lesser };
            if l.is_nan() | r.is_nan() { l + r } else { lesser }
        }

        /// The greater, NaN if either is NaN; +0 is greater than -0.
        #[inline(always)]
        pub(crate) fn $max(l: $float, r: $float) -> $float {
            let greater = if l > r { l } else { r };
            let greater = if l == r { $float::from_bits(l.to_bits() & r.to_bits()) } else { greater };
            if l.is_nan() | r.is_nan() { l + r } else { greater }
        }

        #[inline(always)]
        pub(crate) fn $abs(v: $float) -> $float {
            $float::from_bits(v.to_bits() & !$sign)
        }

        #[inline(always)]
        pub(crate) fn $sqrt(v: $float) -> $float {
            num::$num_sqrt(v)
        }

        /// `v` with the sign of `sign`.
        #[inline(always)]
        fn $signed(v: $float, sign: $float) -> $float {
            $float::from_bits($abs(v).to_bits() | sign.to_bits() & $sign)
        }

        /// The nearest integer, the even one of two; a quiet NaN of a NaN.
        #[inline(always)]
        pub(crate) fn $nearest(v: $float) -> $float {
            // Adding and subtracting this leaves no room for a fraction; numbers above have none. NaN becomes quiet.
            let size = $abs(v);
            let rounded = (size + $whole) - $whole;
            $signed(if size >= $whole { size } else { rounded }, v)
        }

        #[inline(always)]
        pub(crate) fn $floor(v: $float) -> $float {
            let rounded = $nearest(v);
            $signed(if rounded > v { rounded - 1.0 } else { rounded }, v)
        }

        #[inline(always)]
        pub(crate) fn $ceil(v: $float) -> $float {
            let rounded = $nearest(v);
            $signed(if rounded < v { rounded + 1.0 } else { rounded }, v)
        }

        #[inline(always)]
        pub(crate) fn $trunc(v: $float) -> $float {
            let size = $abs(v);
            let rounded = $nearest(size);
            $signed(if rounded > size { rounded - 1.0 } else { rounded }, v)
        }
    )*};
}

floats! {
    f32 0x8000_0000 8_388_608.0 min_f32 max_f32 abs_f32 sqrt_f32 sqrt_f32
        signed_f32 nearest_f32 floor_f32 ceil_f32 trunc_f32;
    f64 0x8000_0000_0000_0000 4_503_599_627_370_496.0 min_f64 max_f64 abs_f64 sqrt_f64 sqrt_f64
        signed_f64 nearest_f64 floor_f64 ceil_f64 trunc_f64;
}
