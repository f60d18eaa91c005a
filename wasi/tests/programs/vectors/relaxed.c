// The relaxed instructions, with operands for which every engine must give the same. It needs `-mrelaxed-simd`.
#include "vectors.h"

VECTOR void relaxed_vector(union output *out) {
    v128_t dots = wasm_i32x4_splat(0);
    for (int i = 0; i < N / 16; i++) {
        v128_t x = LOAD(a.u8, 16 * i), y = LOAD(b.u8, 16 * i), seven = wasm_v128_and(y, wasm_i8x16_splat(127));
        v128_t mask = wasm_i32x4_lt(x, y);
        v128_t lane = wasm_v128_and(y, wasm_i8x16_splat(15));
        v128_t swizzled = wasm_i8x16_relaxed_swizzle(x, lane);
        STORE(out->u8, 16 * i, wasm_i32x4_relaxed_laneselect(swizzled, y, mask));
        v128_t products = wasm_i16x8_relaxed_dot_i8x16_i7x16(x, seven);
        dots = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(x, seven, dots);
        STORE(out->i16, N / 2 + 8 * i, wasm_i16x8_add(products, wasm_i16x8_relaxed_q15mulr(wasm_i16x8_shr(x, 1), y)));
        // Small integers, whose products are exact, so that it is all the same how often they are rounded.
        v128_t p = wasm_f32x4_convert_i32x4(wasm_i32x4_shr(x, 20)), q = wasm_f32x4_convert_i32x4(wasm_i32x4_shr(y, 22));
        v128_t z = wasm_f32x4_relaxed_nmadd(p, q, wasm_f32x4_relaxed_madd(q, q, p));
        z = wasm_f32x4_add(z, wasm_f32x4_relaxed_min(p, wasm_f32x4_relaxed_max(q, wasm_f32x4_splat(1))));
        STORE(out->i32, N / 2 + 4 * i, wasm_i32x4_relaxed_trunc_f32x4(z));
        v128_t w = wasm_f64x2_relaxed_madd(wasm_f64x2_convert_low_i32x4(x),
                                           wasm_f64x2_convert_low_i32x4(wasm_i32x4_shr(y, 12)), wasm_f64x2_splat(1));
        STORE(out->f64, 3 * N / 8 + 2 * i, wasm_f64x2_relaxed_min(w, wasm_f64x2_splat(1e14)));
    }
    STORE(out->i32, 15 * N / 16, dots);
}
SCALAR void relaxed_scalar(union output *out) {
    int32_t dots[4] = {0};
    for (int i = 0; i < N; i++) {
        out->u8[i] = a.i32[i / 4] < b.i32[i / 4] ? a.u8[i / 16 * 16 + b.u8[i] % 16] : b.u8[i];
        dots[i / 4 % 4] += a.i8[i] * (b.u8[i] & 127);
    }
    for (int i = 0; i < N / 2; i++)
        out->i16[N / 2 + i] = a.i8[2 * i] * (b.u8[2 * i] & 127) + a.i8[2 * i + 1] * (b.u8[2 * i + 1] & 127) +
                              (((a.i16[i] >> 1) * b.i16[i] + 0x4000) >> 15);
    for (int i = 0; i < N / 4; i++) {
        int p = a.i32[i] >> 20, q = b.i32[i] >> 22, most = q > 1 ? q : 1;
        out->i32[N / 2 + i] = q * q + p - p * q + (p < most ? p : most);
        if (i % 4 > 1) continue;
        double w = (double)a.i32[i] * (b.i32[i] >> 12) + 1;
        out->f64[3 * N / 8 + i / 4 * 2 + i % 4] = w < 1e14 ? w : 1e14;
    }
    memcpy(&out->i32[15 * N / 16], dots, sizeof dots);
}
