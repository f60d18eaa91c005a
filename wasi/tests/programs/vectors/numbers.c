// Kernels that work on numbers of several types.
#include <math.h>
#include "vectors.h"

// Dot products of numbers of several types, of floating point in the order of four and two lanes.
VECTOR void dot_vector(union output *out) {
    v128_t words = wasm_i32x4_splat(0), bytes = words, wide = words, singles = words, doubles = words;
    for (int i = 0; i < N / 2; i += 8) {
        v128_t x = LOAD(a.i16, i), y = LOAD(b.i16, i);
        words = wasm_i32x4_add(words, wasm_i32x4_dot_i16x8(x, y));
        v128_t low = wasm_i16x8_extmul_low_i8x16(x, y), high = wasm_i16x8_extmul_high_i8x16(x, y);
        bytes = wasm_i32x4_add(bytes, wasm_i32x4_extadd_pairwise_i16x8(low));
        bytes = wasm_i32x4_add(bytes, wasm_i32x4_extadd_pairwise_i16x8(high));
        wide = wasm_i64x2_add(wide, wasm_i64x2_extmul_low_i32x4(x, y));
        wide = wasm_i64x2_add(wide, wasm_u64x2_extmul_high_u32x4(x, y));
    }
    for (int i = 0; i < N / 4; i += 4) singles = wasm_f32x4_add(singles, wasm_f32x4_mul(LOAD(f, i), LOAD(g, i)));
    for (int i = 0; i < N / 8; i += 2) doubles = wasm_f64x2_add(doubles, wasm_f64x2_mul(LOAD(d, i), LOAD(e, i)));
    for (int lane = 0; lane < 4; lane++) {
        int32_t lanes[4];
        wasm_v128_store(lanes, lane % 2 ? words : bytes);
        out->i32[lane] = lanes[0] + lanes[1] + lanes[2] + lanes[3];
    }
    STORE(out->i64, 2, wide);
    out->f32[8] = (wasm_f32x4_extract_lane(singles, 0) + wasm_f32x4_extract_lane(singles, 1)) +
                  (wasm_f32x4_extract_lane(singles, 2) + wasm_f32x4_extract_lane(singles, 3));
    out->f64[5] = wasm_f64x2_extract_lane(doubles, 0) + wasm_f64x2_extract_lane(doubles, 1);
}
SCALAR void dot_scalar(union output *out) {
    float singles[4] = {0};
    double doubles[2] = {0};
    for (int i = 0; i < N / 2; i++) {
        int product = a.i16[i] * b.i16[i];
        out->u32[1] += product;
        out->u32[3] += product;
    }
    for (int i = 0; i < N; i++) {
        out->i32[0] += a.i8[i] * b.i8[i];
        out->i32[2] = out->i32[0];
    }
    for (int i = 0; i < N / 4; i++) {
        uint64_t product = i % 4 < 2 ? (uint64_t)((int64_t)a.i32[i] * b.i32[i]) : (uint64_t)a.u32[i] * b.u32[i];
        out->u64[2 + i % 2] += product;
    }
    for (int i = 0; i < N / 4; i++) singles[i % 4] += f[i] * g[i];
    for (int i = 0; i < N / 8; i++) doubles[i % 2] += d[i] * e[i];
    out->f32[8] = (singles[0] + singles[1]) + (singles[2] + singles[3]);
    out->f64[5] = doubles[0] + doubles[1];
}

// Smallest and largest of every type, and which of two is.
VECTOR void extremes_vector(union output *out) {
    for (int i = 0; i < N / 4; i += 4) {
        v128_t x = LOAD(a.i32, i), y = LOAD(b.i32, i), z = wasm_i8x16_min(x, y);
        z = wasm_v128_xor(z, wasm_u8x16_max(x, y));
        z = wasm_v128_xor(z, wasm_i16x8_max(x, wasm_u16x8_min(x, y)));
        z = wasm_v128_xor(z, wasm_i16x8_min(y, wasm_u16x8_max(x, y)));
        z = wasm_v128_xor(z, wasm_i32x4_min(x, wasm_u32x4_max(x, y)));
        z = wasm_v128_xor(z, wasm_i32x4_max(y, wasm_u32x4_min(x, y)));
        z = wasm_i32x4_add(z, wasm_v128_bitselect(x, y, wasm_i64x2_lt(x, y)));
        z = wasm_i32x4_sub(z, wasm_v128_andnot(x, wasm_u16x8_gt(x, y)));
        z = wasm_v128_xor(z, wasm_u8x16_min(wasm_i8x16_max(x, y), wasm_i8x16_abs(y)));
        z = wasm_i32x4_add(z, wasm_i32x4_abs(wasm_i16x8_abs(x)));
        STORE(out->i32, i, z);
    }
    v128_t best = LOAD(f, 0), place = wasm_i32x4_make(0, 1, 2, 3), index = place;
    for (int i = 4; i < N / 4; i += 4) {
        index = wasm_i32x4_add(index, wasm_i32x4_splat(4));
        v128_t less = wasm_f32x4_lt(LOAD(f, i), best);
        place = wasm_v128_bitselect(index, place, less);
        best = wasm_f32x4_pmin(best, LOAD(f, i));
    }
    STORE(out->i32, N / 4, place);
    STORE(out->f32, N / 4 + 4, best);
}
SCALAR void extremes_scalar(union output *out) {
    for (int i = 0; i < N; i++) {
        uint8_t absolute = b.i8[i] < 0 ? -b.i8[i] : b.i8[i], most = a.i8[i] > b.i8[i] ? a.i8[i] : b.i8[i];
        out->i8[i] = a.i8[i] < b.i8[i] ? a.i8[i] : b.i8[i];
        out->u8[i] ^= a.u8[i] > b.u8[i] ? a.u8[i] : b.u8[i];
        out->u8[N + i] = most < absolute ? most : absolute;
    }
    for (int i = 0; i < N / 2; i++) {
        int16_t least = a.u16[i] < b.u16[i] ? a.i16[i] : b.i16[i], most = a.u16[i] < b.u16[i] ? b.i16[i] : a.i16[i];
        out->u16[i] ^= a.i16[i] > least ? a.i16[i] : least;
        out->u16[i] ^= b.i16[i] < most ? b.i16[i] : most;
        out->i16[N + i] = a.i16[i] < 0 ? -a.i16[i] : a.i16[i];
    }
    for (int i = 0; i < N / 4; i++) {
        int32_t least = a.u32[i] < b.u32[i] ? a.i32[i] : b.i32[i], most = a.u32[i] < b.u32[i] ? b.i32[i] : a.i32[i];
        out->u32[i] ^= a.i32[i] < most ? a.i32[i] : most;
        out->u32[i] ^= b.i32[i] > least ? b.i32[i] : least;
        out->u32[i] += a.i64[i / 2] < b.i64[i / 2] ? a.u32[i] : b.u32[i];
        uint32_t kept = 0;
        for (int half = 0; half < 2; half++)
            if (a.u16[2 * i + half] <= b.u16[2 * i + half]) kept |= (uint32_t)a.u16[2 * i + half] << (16 * half);
        out->u32[i] -= kept;
        out->u32[i] ^= out->u32[N / 4 + i];
        out->u32[i] += out->i32[N / 2 + i] < 0 ? -out->u32[N / 2 + i] : out->u32[N / 2 + i];
    }
    memset(&out->u8[N], 0, 3 * N);
    for (int lane = 0; lane < 4; lane++) {
        int place = lane;
        for (int i = lane; i < N / 4; i += 4)
            if (f[i] < f[place]) place = i;
        out->i32[N / 4 + lane] = place;
        out->f32[N / 4 + 4 + lane] = f[place];
    }
}

// 4 × 4 matrices: transposed, and multiplied by one of the others.
VECTOR void matrix_vector(union output *out) {
    for (int m = 0; m < N / 4; m += 16) {
        v128_t rows[4] = {LOAD(f, m), LOAD(f, m + 4), LOAD(f, m + 8), LOAD(f, m + 12)};
        v128_t low = wasm_i32x4_shuffle(rows[0], rows[1], 0, 4, 1, 5),
               high = wasm_i32x4_shuffle(rows[0], rows[1], 2, 6, 3, 7);
        v128_t low2 = wasm_i32x4_shuffle(rows[2], rows[3], 0, 4, 1, 5),
               high2 = wasm_i32x4_shuffle(rows[2], rows[3], 2, 6, 3, 7);
        STORE(out->f32, 2 * m, wasm_i64x2_shuffle(low, low2, 0, 2));
        STORE(out->f32, 2 * m + 4, wasm_i64x2_shuffle(low, low2, 1, 3));
        STORE(out->f32, 2 * m + 8, wasm_i64x2_shuffle(high, high2, 0, 2));
        STORE(out->f32, 2 * m + 12, wasm_i64x2_shuffle(high, high2, 1, 3));
        for (int row = 0; row < 4; row++) {
            v128_t sum = wasm_f32x4_splat(0);
            for (int k = 0; k < 4; k++)
                sum = wasm_f32x4_add(sum,
                                     wasm_f32x4_mul(wasm_v128_load32_splat(&f[m + 4 * row + k]), LOAD(g, m + 4 * k)));
            STORE(out->f32, 2 * m + 16 + 4 * row, sum);
        }
    }
}
SCALAR void matrix_scalar(union output *out) {
    for (int m = 0; m < N / 4; m += 16) {
        for (int row = 0; row < 4; row++) {
            for (int column = 0; column < 4; column++) {
                float sum = 0;
                for (int k = 0; k < 4; k++) sum += f[m + 4 * row + k] * g[m + 4 * k + column];
                out->f32[2 * m + 4 * column + row] = f[m + 4 * row + column];
                out->f32[2 * m + 16 + 4 * row + column] = sum;
            }
        }
    }
}

// Numbers that become others: of floating point, of integers, wider and narrower.
VECTOR void convert_vector(union output *out) {
    for (int i = 0; i < N / 4; i += 4) {
        v128_t x = LOAD(a.i32, i), y = LOAD(b.i32, i), z = LOAD(f, i);
        // Too large for integers at times.
        v128_t large = wasm_f32x4_mul(z, wasm_f32x4_splat(0x1p32f));
        v128_t doubles = wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(z), wasm_f64x2_splat(0x1p32));
        v128_t sum = wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(large), wasm_u32x4_trunc_sat_f32x4(large));
        sum = wasm_i32x4_add(sum, wasm_i32x4_trunc_sat_f64x2_zero(doubles));
        sum = wasm_i32x4_sub(sum, wasm_u32x4_trunc_sat_f64x2_zero(doubles));
        STORE(out->i32, i, sum);
        v128_t singles = wasm_f32x4_add(wasm_f32x4_convert_i32x4(x), wasm_f32x4_convert_u32x4(y));
        singles = wasm_f32x4_sub(singles, wasm_f32x4_demote_f64x2_zero(doubles));
        STORE(out->f32, N / 4 + i, singles);
        v128_t sums = wasm_f64x2_sub(wasm_f64x2_convert_low_i32x4(x), wasm_f64x2_convert_low_u32x4(y));
        STORE(out->f64, N / 4 + i / 2, sums);
        v128_t words = wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(x, 14), wasm_i32x4_shr(y, 12));
        words = wasm_v128_xor(words, wasm_u16x8_narrow_i32x4(wasm_i32x4_shr(x, 13), y));
        v128_t bytes = wasm_i8x16_narrow_i16x8(words, wasm_i16x8_shr(x, 7));
        words = wasm_i16x8_add(words, wasm_i16x8_extend_low_i8x16(bytes));
        words = wasm_i16x8_sub(words, wasm_u16x8_extend_high_u8x16(bytes));
        v128_t wide = wasm_i32x4_mul(wasm_i32x4_extend_high_i16x8(words), wasm_u32x4_extend_low_u16x8(words));
        wide = wasm_i64x2_mul(wasm_i64x2_extend_low_i32x4(wide), wasm_i64x2_extend_high_i32x4(wide));
        STORE(out->i64, 3 * N / 8 + i / 2, wide);
    }
}
static int32_t to_i32(double x) { return x != x ? 0 : x <= -0x1p31 ? INT32_MIN : x >= 0x1p31 ? INT32_MAX : (int32_t)x; }
static uint32_t to_u32(double x) { return x != x || x <= 0 ? 0 : x >= 0x1p32 ? UINT32_MAX : (uint32_t)x; }
SCALAR void convert_scalar(union output *out) {
    for (int i = 0; i < N / 4; i += 4) {
        int16_t words[8];
        int8_t bytes[16];
        for (int lane = 0; lane < 4; lane++) {
            int at = i + lane;
            float large = f[at] * 0x1p32f;
            double twice = (double)f[at] * 0x1p32;
            uint32_t sum = to_i32(large) + to_u32(large);
            float single = (float)a.i32[at] + (float)b.u32[at];
            if (lane < 2) sum = sum + to_i32(twice) - to_u32(twice);
            if (lane < 2) out->f64[N / 4 + i / 2 + lane] = (double)a.i32[at] - (double)b.u32[at];
            out->u32[at] = sum;
            out->f32[N / 4 + at] = single - (lane < 2 ? (float)twice : 0.0f);
            words[lane] = CLAMP(a.i32[at] >> 14, -32768, 32767) ^ CLAMP(a.i32[at] >> 13, 0, 65535);
            words[4 + lane] = CLAMP(b.i32[at] >> 12, -32768, 32767) ^ CLAMP(b.i32[at], 0, 65535);
        }
        for (int lane = 0; lane < 8; lane++) {
            bytes[lane] = CLAMP(words[lane], -128, 127);
            bytes[8 + lane] = CLAMP(a.i16[2 * i + lane] >> 7, -128, 127);
        }
        for (int lane = 0; lane < 8; lane++) words[lane] += bytes[lane] - (uint8_t)bytes[8 + lane];
        for (int lane = 0; lane < 2; lane++) {
            int32_t low = words[4 + lane] * (uint32_t)(uint16_t)words[lane];
            int32_t high = words[6 + lane] * (uint32_t)(uint16_t)words[2 + lane];
            out->i64[3 * N / 8 + i / 2 + lane] = (int64_t)low * high;
        }
    }
}

// Rounding, roots and comparisons of floating point.
VECTOR void round_vector(union output *out) {
    for (int i = 0; i < N / 8; i += 2) {
        v128_t x = LOAD(d, i), y = LOAD(e, i);
        v128_t z =
            wasm_f64x2_div(wasm_f64x2_add(wasm_f64x2_floor(x), wasm_f64x2_ceil(y)), wasm_f64x2_sqrt(wasm_f64x2_abs(y)));
        z = wasm_f64x2_sub(z, wasm_f64x2_mul(wasm_f64x2_trunc(x), wasm_f64x2_nearest(y)));
        z = wasm_f64x2_add(z, wasm_f64x2_neg(wasm_f64x2_min(x, wasm_f64x2_max(y, z))));
        z = wasm_f64x2_add(z, wasm_f64x2_pmax(x, wasm_f64x2_pmin(y, z)));
        v128_t mask = wasm_v128_or(wasm_f64x2_gt(x, y), wasm_f64x2_eq(wasm_f64x2_nearest(x), wasm_f64x2_splat(1)));
        STORE(out->f64, i, wasm_v128_bitselect(z, x, wasm_v128_xor(mask, wasm_f64x2_ge(y, wasm_f64x2_splat(2)))));
    }
    for (int i = 0; i < N / 4; i += 4) {
        v128_t x = LOAD(f, i), y = LOAD(g, i);
        v128_t z =
            wasm_f32x4_div(wasm_f32x4_add(wasm_f32x4_floor(x), wasm_f32x4_ceil(y)), wasm_f32x4_sqrt(wasm_f32x4_abs(y)));
        z = wasm_f32x4_sub(z, wasm_f32x4_mul(wasm_f32x4_trunc(x), wasm_f32x4_nearest(y)));
        z = wasm_f32x4_add(z, wasm_f32x4_neg(wasm_f32x4_min(x, wasm_f32x4_max(y, z))));
        z = wasm_f32x4_add(z, wasm_f32x4_pmax(x, y));
        v128_t mask =
            wasm_v128_not(wasm_v128_or(wasm_f32x4_le(x, y), wasm_f32x4_ne(wasm_f32x4_trunc(x), wasm_f32x4_splat(1))));
        STORE(out->f32, N / 4 + i, wasm_v128_bitselect(z, x, mask));
    }
}
SCALAR void round_scalar(union output *out) {
    for (int i = 0; i < N / 8; i++) {
        double x = d[i], y = e[i], z = (floor(x) + ceil(y)) / sqrt(fabs(y)), least;
        z -= trunc(x) * rint(y);
        z += -fmin(x, fmax(y, z));
        least = z < y ? z : y;
        z += x < least ? least : x;
        out->f64[i] = (x > y || rint(x) == 1) != (y >= 2) ? z : x;
    }
    for (int i = 0; i < N / 4; i++) {
        float x = f[i], y = g[i], z = (floorf(x) + ceilf(y)) / sqrtf(fabsf(y));
        z -= truncf(x) * rintf(y);
        z += -fminf(x, fmaxf(y, z));
        z += x < y ? y : x;
        out->f32[N / 4 + i] = x <= y || truncf(x) != 1 ? x : z;
    }
}
