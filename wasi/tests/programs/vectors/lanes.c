// Kernels that work on single lanes and on bits, and algorithms that are known elsewhere.
#include "vectors.h"

// Numbers that are gathered from places and scattered to others, lane by lane.
VECTOR void lanes_vector(union output *out) {
    for (int i = 0; i < N / 16; i++) {
        const uint8_t *at = &b.u8[a.u8[i]];
        v128_t x = wasm_v128_load32_zero(at), y = wasm_v128_load64_zero(at + 1);
        x = wasm_v128_load8_lane(at + 2, x, 15);
        x = wasm_v128_load16_lane(at + 3, x, 5);
        x = wasm_v128_load32_lane(at + 4, x, 1);
        y = wasm_v128_load64_lane(at + 5, y, 1);
        y = wasm_i8x16_add(y, wasm_v128_load8_splat(at + 6));
        y = wasm_i16x8_add(y, wasm_v128_load16_splat(at + 7));
        y = wasm_i64x2_add(y, wasm_v128_load64_splat(at + 8));
        y = wasm_i16x8_add(y, wasm_i16x8_load8x8(at + 9));
        y = wasm_i32x4_add(y, wasm_i32x4_load16x4(at + 10));
        y = wasm_i32x4_add(y, wasm_u32x4_load16x4(at + 11));
        y = wasm_i64x2_add(y, wasm_i64x2_load32x2(at + 12));
        y = wasm_i64x2_sub(y, wasm_u64x2_load32x2(at + 13));
        uint8_t *to = &out->u8[32 * i];
        wasm_v128_store8_lane(to, y, 9);
        wasm_v128_store16_lane(to + 1, y, 3);
        wasm_v128_store32_lane(to + 3, y, 2);
        wasm_v128_store64_lane(to + 7, y, 0);
        wasm_v128_store(to + 15,
                        wasm_i16x8_replace_lane(wasm_i8x16_replace_lane(x, 12, i), 2, wasm_u8x16_extract_lane(y, 3)));
        to[31] = wasm_i8x16_extract_lane(y, 7) + wasm_i16x8_extract_lane(y, 1) + wasm_u16x8_extract_lane(x, 5);
    }
}
SCALAR void lanes_scalar(union output *out) {
    for (int i = 0; i < N / 16; i++) {
        const uint8_t *at = &b.u8[a.u8[i]];
        uint8_t x[16] = {0};
        union {
            uint8_t u8[16];
            uint16_t u16[8];
            uint32_t u32[4];
            uint64_t u64[2];
        } y = {0}, other;
        memcpy(x, at, 4);
        memcpy(y.u8, at + 1, 8);
        x[15] = at[2];
        memcpy(x + 10, at + 3, 2);
        memcpy(x + 4, at + 4, 4);
        memcpy(&y.u64[1], at + 5, 8);
        for (int lane = 0; lane < 16; lane++) y.u8[lane] += at[6];
        memcpy(other.u8, at + 7, 2);
        for (int lane = 0; lane < 8; lane++) y.u16[lane] += other.u16[0];
        memcpy(other.u8, at + 8, 8);
        for (int lane = 0; lane < 2; lane++) y.u64[lane] += other.u64[0];
        for (int lane = 0; lane < 8; lane++) y.u16[lane] += (int8_t)at[9 + lane];
        for (int lane = 0; lane < 4; lane++) {
            memcpy(other.u8, at + 10 + 2 * lane, 3);
            y.u32[lane] += (int16_t)other.u16[0];
            memcpy(other.u8, at + 11 + 2 * lane, 2);
            y.u32[lane] += other.u16[0];
        }
        for (int lane = 0; lane < 2; lane++) {
            memcpy(other.u8, at + 12 + 4 * lane, 4);
            y.u64[lane] += (int64_t)(int32_t)other.u32[0];
            memcpy(other.u8, at + 13 + 4 * lane, 4);
            y.u64[lane] -= other.u32[0];
        }
        uint8_t *to = &out->u8[32 * i];
        to[0] = y.u8[9];
        memcpy(to + 1, &y.u16[3], 2);
        memcpy(to + 3, &y.u32[2], 4);
        memcpy(to + 7, &y.u64[0], 8);
        x[12] = i;
        x[4] = y.u8[3];
        x[5] = 0;
        memcpy(to + 15, x, 16);
        to[31] = y.u8[7] + y.u16[1] + x[10];
    }
}

// Shifts and products of 64 bits: a hash of two halves.
VECTOR void hash_vector(union output *out) {
    v128_t state = wasm_i64x2_make(0x9e3779b97f4a7c15, 0x0123456789abcdef);
    for (int i = 0; i < N / 8; i += 2) {
        v128_t x = LOAD(a.u64, i);
        state = wasm_v128_xor(state, wasm_i64x2_mul(x, wasm_i64x2_const_splat(0xff51afd7ed558ccd)));
        state = wasm_v128_or(wasm_i64x2_shl(state, 27 + i), wasm_u64x2_shr(state, 37 - i));
        state = wasm_i64x2_add(state, wasm_i64x2_shr(x, i % 64));
        state = wasm_i64x2_sub(state, wasm_u64x2_extmul_low_u32x4(x, state));
        state = wasm_v128_xor(state, wasm_i64x2_extmul_high_i32x4(x, state));
        state = wasm_i64x2_add(state, wasm_i64x2_abs(wasm_i64x2_neg(x)));
        state = wasm_i32x4_sub(state, wasm_i32x4_extmul_low_i16x8(x, state));
        state = wasm_i16x8_sub(state, wasm_u16x8_extmul_high_u8x16(x, state));
        state = wasm_i64x2_sub(state, wasm_i64x2_eq(state, x));
        if (wasm_i64x2_bitmask(state) == 1) state = wasm_i64x2_shuffle(state, state, 1, 0);
        if (!wasm_i64x2_all_true(state)) state = x;
        STORE(out->u64, i, state);
    }
}
SCALAR void hash_scalar(union output *out) {
    union {
        uint64_t u64[2];
        uint32_t u32[4];
        int32_t i32[4];
        uint16_t u16[8];
        int16_t i16[8];
        uint8_t u8[16];
    } state = {{0x9e3779b97f4a7c15, 0x0123456789abcdef}}, old;
    for (int i = 0; i < N / 8; i += 2) {
        for (int lane = 0; lane < 2; lane++) {
            uint64_t x = state.u64[lane] ^ a.u64[i + lane] * 0xff51afd7ed558ccd;
            x = x << ((27 + i) & 63) | x >> ((37 - i) & 63);
            state.u64[lane] = x + (uint64_t)(a.i64[i + lane] >> i % 64);
        }
        old = state;
        for (int lane = 0; lane < 2; lane++) state.u64[lane] -= (uint64_t)a.u32[2 * i + lane] * old.u32[lane];
        old = state;
        for (int lane = 0; lane < 2; lane++)
            state.u64[lane] ^= (uint64_t)((int64_t)a.i32[2 * i + 2 + lane] * old.i32[2 + lane]);
        for (int lane = 0; lane < 2; lane++) {
            uint64_t x = a.u64[i + lane];
            state.u64[lane] += x >> 63 ? -x : x;
        }
        old = state;
        for (int lane = 0; lane < 4; lane++) state.u32[lane] -= (uint32_t)(a.i16[4 * i + lane] * old.i16[lane]);
        old = state;
        for (int lane = 0; lane < 8; lane++) state.u16[lane] -= a.u8[8 * i + 8 + lane] * old.u8[8 + lane];
        for (int lane = 0; lane < 2; lane++) state.u64[lane] += state.u64[lane] == a.u64[i + lane];
        if (state.u64[0] >> 63 && !(state.u64[1] >> 63)) {
            uint64_t first = state.u64[0];
            state.u64[0] = state.u64[1];
            state.u64[1] = first;
        }
        if (!state.u64[0] || !state.u64[1]) memcpy(&state, &a.u64[i], 16);
        memcpy(&out->u64[i], &state, 16);
    }
}

// ChaCha20's key stream, a row of the state in each vector.
static const uint32_t chacha_state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 0x03020100, 0x07060504,
                                          0x0b0a0908, 0x0f0e0d0c, 0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c,
                                          0x00000001, 0x09000000, 0x4a000000, 0x00000000};
#define ROTATE(x, n) wasm_v128_or(wasm_i32x4_shl(x, n), wasm_u32x4_shr(x, 32 - (n)))
VECTOR void chacha_vector(union output *out) {
    for (int block = 0; block < N / 64; block++) {
        v128_t start[4], row[4];
        for (int i = 0; i < 4; i++) start[i] = LOAD(chacha_state, 4 * i);
        start[3] = wasm_i32x4_add(start[3], wasm_i32x4_make(block, 0, 0, 0));
        for (int i = 0; i < 4; i++) row[i] = start[i];
        for (int round = 0; round < 20; round++) {
            row[0] = wasm_i32x4_add(row[0], row[1]), row[3] = ROTATE(wasm_v128_xor(row[3], row[0]), 16);
            row[2] = wasm_i32x4_add(row[2], row[3]), row[1] = ROTATE(wasm_v128_xor(row[1], row[2]), 12);
            row[0] = wasm_i32x4_add(row[0], row[1]), row[3] = ROTATE(wasm_v128_xor(row[3], row[0]), 8);
            row[2] = wasm_i32x4_add(row[2], row[3]), row[1] = ROTATE(wasm_v128_xor(row[1], row[2]), 7);
            int there = round % 2 ? 3 : 1;
            for (int i = 1; i < 4; i++) {
                int by = i * there % 4;
                row[i] = by == 1   ? wasm_i32x4_shuffle(row[i], row[i], 1, 2, 3, 0)
                         : by == 2 ? wasm_i32x4_shuffle(row[i], row[i], 2, 3, 0, 1)
                                   : wasm_i32x4_shuffle(row[i], row[i], 3, 0, 1, 2);
            }
        }
        for (int i = 0; i < 4; i++) STORE(out->u32, 16 * block + 4 * i, wasm_i32x4_add(row[i], start[i]));
    }
}
static void quarter(uint32_t *x, int a, int b, int c, int d) {
    static const int by[] = {16, 12, 8, 7};
    for (int step = 0; step < 4; step++) {
        int to = step % 2 ? c : a, from = step % 2 ? d : b, turned = step % 2 ? b : d;
        x[to] += x[from];
        x[turned] ^= x[to];
        x[turned] = x[turned] << by[step] | x[turned] >> (32 - by[step]);
    }
}
SCALAR void chacha_scalar(union output *out) {
    for (int block = 0; block < N / 64; block++) {
        uint32_t x[16];
        memcpy(x, chacha_state, sizeof x);
        x[12] += block;
        for (int round = 0; round < 20; round++)
            for (int i = 0; i < 4; i++)
                round % 2 ? quarter(x, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
                          : quarter(x, i, 4 + i, 8 + i, 12 + i);
        for (int i = 0; i < 16; i++) out->u32[16 * block + i] = x[i] + chacha_state[i] + (i == 12 ? block : 0);
    }
}

// The Mandelbrot set, four points at a time.
VECTOR void mandelbrot_vector(union output *out) {
    for (int i = 0; i < 256; i += 4) {
        v128_t cx = wasm_f32x4_make(0, 1, 2, 3), cy = wasm_f32x4_splat((float)(i / 16) / 8 - 1);
        cx = wasm_f32x4_sub(wasm_f32x4_div(wasm_f32x4_add(cx, wasm_f32x4_splat(i % 16)), wasm_f32x4_splat(6)),
                            wasm_f32x4_splat(2));
        v128_t x = cx, y = cy, count = wasm_i32x4_splat(0);
        for (int turn = 0; turn < 50; turn++) {
            v128_t xx = wasm_f32x4_mul(x, x), yy = wasm_f32x4_mul(y, y);
            v128_t inside = wasm_f32x4_le(wasm_f32x4_add(xx, yy), wasm_f32x4_splat(4));
            if (!wasm_v128_any_true(inside)) break;
            count = wasm_i32x4_sub(count, inside);
            y = wasm_v128_bitselect(wasm_f32x4_add(wasm_f32x4_mul(wasm_f32x4_add(x, x), y), cy), y, inside);
            x = wasm_v128_bitselect(wasm_f32x4_add(wasm_f32x4_sub(xx, yy), cx), x, inside);
        }
        STORE(out->i32, i, count);
    }
}
SCALAR void mandelbrot_scalar(union output *out) {
    for (int i = 0; i < 256; i++) {
        float cx = (float)(i % 16) / 6 - 2, cy = (float)(i / 16) / 8 - 1, x = cx, y = cy;
        for (int turn = 0; turn < 50 && x * x + y * y <= 4; turn++) {
            float next = x * x - y * y + cx;
            y = (x + x) * y + cy;
            x = next;
            out->i32[i]++;
        }
    }
}
