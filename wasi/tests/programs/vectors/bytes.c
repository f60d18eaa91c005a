// Kernels that work on bytes: images, and text.
#include "vectors.h"

// Sums of absolute differences of 16 rows of bytes.
VECTOR void sad_vector(union output *out) {
    for (int row = 0; row < N; row += WIDTH) {
        v128_t sum = wasm_i32x4_const_splat(0);
        for (int i = row; i < row + WIDTH; i += 16) {
            v128_t x = LOAD(a.u8, i), y = LOAD(b.u8, i);
            v128_t difference = wasm_v128_or(wasm_u8x16_sub_sat(x, y), wasm_u8x16_sub_sat(y, x));
            sum = wasm_i32x4_add(sum, wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(difference)));
        }
        sum = wasm_i32x4_add(sum, wasm_i32x4_shuffle(sum, sum, 2, 3, 0, 1));
        out->u32[row / WIDTH] = wasm_u32x4_extract_lane(sum, 0) + wasm_u32x4_extract_lane(sum, 1);
    }
}
SCALAR void sad_scalar(union output *out) {
    for (int i = 0; i < N; i++) {
        int difference = a.u8[i] - b.u8[i];
        out->u32[i / WIDTH] += difference < 0 ? -difference : difference;
    }
}

// A blur of an image by 1 2 1 in both directions, rounded, and a sharpened one: 2 × image - blur.
VECTOR void blur_vector(union output *out) {
    for (int y = 1; y < HEIGHT - 1; y++) {
        for (int x = 8; x < WIDTH - 8; x += 8) {
            v128_t sum = wasm_i16x8_const_splat(8), middle = sum;
            for (int row = -1; row <= 1; row++) {
                const uint8_t *bytes = &a.u8[(y + row) * WIDTH + x];
                middle = wasm_u16x8_load8x8(bytes);
                v128_t line = wasm_i16x8_add(wasm_u16x8_load8x8(bytes - 1), wasm_u16x8_load8x8(bytes + 1));
                line = wasm_i16x8_add(line, wasm_i16x8_shl(middle, 1));
                sum = wasm_i16x8_add(sum, row == 0 ? wasm_i16x8_add(line, line) : line);
            }
            middle = wasm_u16x8_load8x8(&a.u8[y * WIDTH + x]);
            v128_t blurred = wasm_u16x8_shr(sum, 4);
            v128_t sharp = wasm_i16x8_sub(wasm_i16x8_mul(middle, wasm_i16x8_splat(2)), blurred);
            v128_t both = wasm_u8x16_narrow_i16x8(blurred, sharp);
            wasm_v128_store64_lane(&out->u8[y * WIDTH + x], both, 0);
            wasm_v128_store64_lane(&out->u8[N + y * WIDTH + x], both, 1);
        }
    }
}
SCALAR void blur_scalar(union output *out) {
    for (int y = 1; y < HEIGHT - 1; y++) {
        for (int x = 8; x < WIDTH - 8; x++) {
            int sum = 8;
            for (int row = -1; row <= 1; row++) {
                const uint8_t *bytes = &a.u8[(y + row) * WIDTH + x];
                sum += (2 - row * row) * (bytes[-1] + 2 * bytes[0] + bytes[1]);
            }
            int sharp = 2 * a.u8[y * WIDTH + x] - sum / 16;
            out->u8[y * WIDTH + x] = sum / 16;
            out->u8[N + y * WIDTH + x] = CLAMP(sharp, 0, 255);
        }
    }
}

// Sums that saturate, averages, and products of fixed-point numbers.
VECTOR void saturate_vector(union output *out) {
    for (int i = 0; i < N / 2; i += 8) {
        v128_t x = LOAD(a.i16, i), y = LOAD(b.i16, i);
        v128_t bytes = wasm_i8x16_add_sat(wasm_u8x16_add_sat(x, y), wasm_i8x16_sub_sat(x, y));
        v128_t words = wasm_i16x8_add_sat(wasm_u16x8_add_sat(x, y), wasm_i16x8_sub_sat(x, y));
        v128_t means = wasm_v128_xor(wasm_u8x16_avgr(x, y), wasm_u16x8_avgr(wasm_u16x8_sub_sat(x, y), y));
        STORE(out->i16, i, wasm_v128_xor(bytes, words));
        STORE(out->i16, N / 2 + i, means);
        STORE(out->i16, N + i, wasm_i16x8_q15mulr_sat(x, y));
    }
}
SCALAR void saturate_scalar(union output *out) {
    for (int i = 0; i < N; i++) {
        int sum = a.u8[i] + b.u8[i], difference = a.i8[i] - b.i8[i];
        int both = (int8_t)CLAMP(sum, 0, 255) + CLAMP(difference, -128, 127);
        out->i8[i] = CLAMP(both, -128, 127);
        out->u8[N + i] = (sum + 1) / 2;
    }
    for (int i = 0; i < N / 2; i++) {
        int sum = a.u16[i] + b.u16[i], difference = a.i16[i] - b.i16[i];
        int both = (int16_t)CLAMP(sum, 0, 65535) + CLAMP(difference, -32768, 32767);
        int rest = a.u16[i] - b.u16[i];
        int product = (a.i16[i] * b.i16[i] + 0x4000) >> 15;
        out->u16[i] ^= CLAMP(both, -32768, 32767);
        out->u16[N / 2 + i] ^= (CLAMP(rest, 0, 65535) + b.u16[i] + 1) / 2;
        out->i16[N + i] = CLAMP(product, -32768, 32767);
    }
}

// Bits of bytes, and of all from the start.
VECTOR void popcount_vector(union output *out) {
    v128_t total = wasm_i64x2_const_splat(0);
    for (int i = 0; i < N; i += 16) {
        v128_t counts = wasm_i8x16_popcnt(LOAD(a.u8, i));
        v128_t sums = wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(counts));
        total = wasm_i64x2_add(total,
                               wasm_i64x2_add(wasm_u64x2_extend_low_u32x4(sums), wasm_u64x2_extend_high_u32x4(sums)));
        STORE(out->u8, i, counts);
        STORE(out->u64, N / 8 + i / 8, total);
    }
}
SCALAR void popcount_scalar(union output *out) {
    uint64_t totals[2] = {0};
    for (int i = 0; i < N; i++) {
        int count = 0;
        for (int bit = 0; bit < 8; bit++) count += a.u8[i] >> bit & 1;
        out->u8[i] = count;
        totals[i / 4 % 2] += count;
        if (i % 16 == 15) memcpy(&out->u64[N / 8 + i / 8 - 1], totals, sizeof totals);
    }
}

// Whether and where text is not ASCII, its characters in UTF-8, and its words.
VECTOR void utf8_vector(union output *out) {
    int characters = 0, words = 0, spaces = 1;
    for (int i = 0; i < N; i += 16) {
        v128_t x = LOAD(text, i);
        if (wasm_v128_any_true(wasm_v128_and(x, wasm_u8x16_const_splat(0x80)))) {
            int first = __builtin_ctz(wasm_i8x16_bitmask(x));
            out->u8[64 + i / 16] = first + 1;
        }
        out->u8[128 + i / 16] = wasm_i8x16_all_true(x);
        characters += __builtin_popcount(wasm_i8x16_bitmask(wasm_i8x16_ge(x, wasm_i8x16_const_splat(-64))));
        v128_t is_space = wasm_v128_or(wasm_i8x16_eq(x, wasm_i8x16_splat(' ')), wasm_u8x16_le(x, wasm_u8x16_splat(10)));
        int mask = wasm_i8x16_bitmask(is_space);
        words += __builtin_popcount(~mask & (mask << 1 | spaces) & 0xffff);
        spaces = mask >> 15;
    }
    out->i32[0] = characters;
    out->i32[1] = words;
}
SCALAR void utf8_scalar(union output *out) {
    int space = 1;
    for (int i = 0; i < N; i++) {
        if (i % 16 == 0) out->u8[128 + i / 16] = 1;
        if (text[i] == 0) out->u8[128 + i / 16] = 0;
        if (text[i] & 0x80 && out->u8[64 + i / 16] == 0) out->u8[64 + i / 16] = i % 16 + 1;
        out->i32[0] += (text[i] & 0xc0) != 0x80;
        int is_space = text[i] == ' ' || (uint8_t)text[i] <= 10;
        out->i32[1] += space && !is_space;
        space = is_space;
    }
}

// Hexadecimal digits, and back: half of each 16 bytes.
VECTOR void hex_vector(union output *out) {
    v128_t digits = wasm_i8x16_const('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f');
    for (int i = 0; i < N; i += 16) {
        v128_t x = LOAD(a.u8, i);
        v128_t high = wasm_i8x16_swizzle(digits, wasm_u8x16_shr(x, 4));
        v128_t low = wasm_i8x16_swizzle(digits, wasm_v128_and(x, wasm_i8x16_splat(15)));
        v128_t front = wasm_i8x16_shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        v128_t back = wasm_i8x16_shuffle(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        STORE(out->u8, 2 * i, front);
        STORE(out->u8, 2 * i + 16, back);
        v128_t letters = wasm_i8x16_gt(front, wasm_i8x16_splat('9'));
        v128_t values =
            wasm_i8x16_sub(front, wasm_v128_bitselect(wasm_i8x16_splat('a' - 10), wasm_i8x16_splat('0'), letters));
        v128_t bytes = wasm_v128_or(wasm_i16x8_shl(values, 4), wasm_u16x8_shr(values, 8));
        bytes =
            wasm_i8x16_swizzle(bytes, wasm_i8x16_const(0, 2, 4, 6, 8, 10, 12, 14, 16, -1, 99, -128, 127, 64, 32, 31));
        STORE(out->u8, 2 * N + i, bytes);
    }
}
SCALAR void hex_scalar(union output *out) {
    for (int i = 0; i < N; i++) {
        out->u8[2 * i] = "0123456789abcdef"[a.u8[i] >> 4];
        out->u8[2 * i + 1] = "0123456789abcdef"[a.u8[i] & 15];
        out->u8[2 * N + i] = i % 16 < 8 ? a.u8[i] : 0;
    }
}

// Base 64 of 12 bytes at a time.
VECTOR void base64_vector(union output *out) {
    for (int i = 0; i + 16 <= N; i += 12) {
        v128_t bytes = LOAD(a.u8, i);
        v128_t x = wasm_i8x16_shuffle(bytes, bytes, 2, 1, 0, 0, 5, 4, 3, 3, 8, 7, 6, 6, 11, 10, 9, 9);
        v128_t six = wasm_i32x4_const_splat(63);
        v128_t values = wasm_v128_and(wasm_u32x4_shr(x, 18), six);
        values = wasm_v128_or(values, wasm_i32x4_shl(wasm_v128_and(wasm_u32x4_shr(x, 12), six), 8));
        values = wasm_v128_or(values, wasm_i32x4_shl(wasm_v128_and(wasm_u32x4_shr(x, 6), six), 16));
        values = wasm_v128_or(values, wasm_i32x4_shl(wasm_v128_and(x, six), 24));
        v128_t range = wasm_u8x16_sub_sat(values, wasm_u8x16_splat(51));
        range = wasm_v128_or(range, wasm_v128_and(wasm_u8x16_lt(values, wasm_u8x16_splat(26)), wasm_u8x16_splat(13)));
        v128_t shifts = wasm_i8x16_const('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                         '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
        STORE(out->u8, i / 3 * 4, wasm_i8x16_add(values, wasm_i8x16_swizzle(shifts, range)));
    }
}
SCALAR void base64_scalar(union output *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0, end = (N - 4) / 12 * 12; i < end; i += 3) {
        uint32_t bits = a.u8[i] << 16 | a.u8[i + 1] << 8 | a.u8[i + 2];
        for (int digit = 0; digit < 4; digit++) out->u8[i / 3 * 4 + digit] = digits[bits >> (18 - 6 * digit) & 63];
    }
}
