// Loops of which the compiler makes vectors by itself, or must not.
#include "vectors.h"

#define LOOPS(KIND, name)                                                                                             \
    KIND void name(union output *restrict out) {                                                                      \
        for (int i = 0; i < N / 4; i++) out->f32[i] = f[i] * 1.5f + g[i];                                             \
        for (int i = 0; i < N / 8; i++) out->f64[N / 8 + i] = ((d[i] * 0.5 + 1) * e[i] - 3) / (d[i] * d[i] + 1);      \
        uint32_t sum = 0, count = 0, odd = 0;                                                                         \
        for (int i = 0; i < N; i++) sum += a.u8[i];                                                                   \
        for (int i = 0; i < N; i++) count += a.u8[i] == b.u8[i] || text[i] == ' ';                                    \
        for (int i = 0; i < N / 2; i++) odd += a.i16[i] * b.i16[i] >> 3;                                              \
        int32_t most = INT32_MIN, least = INT32_MAX;                                                                  \
        for (int i = 0; i < N / 4; i++) most = a.i32[i] > most ? a.i32[i] : most;                                     \
        for (int i = 0; i < N / 4; i++) least = b.i32[i] < least ? b.i32[i] : least;                                  \
        uint64_t wide = 0;                                                                                            \
        for (int i = 0; i < N / 8; i++) wide = (wide + (a.u64[i] >> 3)) ^ b.u64[i] << 5;                              \
        for (int i = 0; i < N / 4; i++) wide += (int64_t)a.i32[i] * b.i32[i];                                         \
        out->u64[2 * N / 8] = wide, out->u32[N / 2 + 2] = sum, out->u32[N / 2 + 3] = count;                           \
        out->u32[N / 2 + 4] = odd, out->i32[N / 2 + 5] = most, out->i32[N / 2 + 6] = least;                           \
        uint8_t *bytes = &out->u8[N / 2 * 4 + 64];                                                                    \
        for (int i = 0; i < N / 2; i++) bytes[i] = (a.u8[i] * 77 + b.u8[i] * 150 + a.u8[N / 2 + i] * 29) >> 8;        \
        for (int i = 0; i < N / 2; i++) bytes[N / 2 + i] = text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i]; \
        for (int i = 0; i < N / 2; i++) bytes[i] ^= a.i8[i] < 0 ? ~b.u8[i] : a.u8[i] << 1;                            \
        for (int i = 0; i < N / 4; i++) f[i] = f[i] < 0 ? -f[i] : f[i];                                               \
        for (int i = 0; i < 100; i++) out->f32[3 * N / 4 + 20 + i] = (float)a.i16[i] / 3 + (float)b.u8[2 * i];        \
    }
LOOPS(VECTOR, loops_vector)
LOOPS(SCALAR, loops_scalar)
