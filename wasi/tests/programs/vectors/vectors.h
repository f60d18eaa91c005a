// What the kernels of `main.c` have in common: their input, where they leave their results, and shorter names.
#include <stdint.h>
#include <string.h>
#include <wasm_simd128.h>

// Each kernel is written twice: with vectors, and as loops which the compiler must leave as they are.
#define VECTOR __attribute__((noinline))
#define SCALAR __attribute__((noinline, optnone))

enum { N = 1024, WIDTH = 64, HEIGHT = N / WIDTH };

// The input, as bytes and as numbers of every width.
extern union input {
    uint8_t u8[N];
    int8_t i8[N];
    int16_t i16[N / 2];
    uint16_t u16[N / 2];
    int32_t i32[N / 4];
    uint32_t u32[N / 4];
    int64_t i64[N / 8];
    uint64_t u64[N / 8];
} a, b;
extern float f[N / 4], g[N / 4];
extern double d[N / 8], e[N / 8];
extern char text[N];

// Where a kernel leaves its result; at first all zeros.
union output {
    uint8_t u8[4 * N];
    int8_t i8[4 * N];
    int16_t i16[2 * N];
    uint16_t u16[2 * N];
    int32_t i32[N];
    uint32_t u32[N];
    int64_t i64[N / 2];
    uint64_t u64[N / 2];
    float f32[N];
    double f64[N / 2];
};

#define LOAD(array, index) wasm_v128_load(&(array)[index])
#define STORE(array, index, value) wasm_v128_store(&(array)[index], value)
#define CLAMP(value, low, high) ((value) < (low) ? (low) : (value) > (high) ? (high) : (value))

#define KERNELS(KERNEL)                                                                                 \
    KERNEL(sad) KERNEL(blur) KERNEL(saturate) KERNEL(popcount) KERNEL(utf8) KERNEL(hex) KERNEL(base64)  \
    KERNEL(dot) KERNEL(extremes) KERNEL(matrix) KERNEL(convert) KERNEL(round)                           \
    KERNEL(lanes) KERNEL(hash) KERNEL(chacha) KERNEL(mandelbrot) KERNEL(loops) KERNEL(relaxed)

#define DECLARE(kernel)                   \
    void kernel##_vector(union output *); \
    void kernel##_scalar(union output *);
KERNELS(DECLARE)
