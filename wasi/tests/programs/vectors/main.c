// What C does with vectors: each kernel is there twice, with vectors (by hand with intrinsics, or left to the compiler)
// and as loops without. Their outputs must be the same, bit by bit. Prints a checksum of each.
#include <stdio.h>

#include "vectors.h"

union input a, b;
float f[N / 4], g[N / 4];
double d[N / 8], e[N / 8];
char text[N];

static const struct {
    const char *name;
    void (*vector)(union output *), (*scalar)(union output *);
} kernels[] = {
#define ROW(kernel) {#kernel, kernel##_vector, kernel##_scalar},
    KERNELS(ROW)};

static void fill(void) {
    uint64_t random = 88172645463325252;
    for (int i = 0; i < N; i++) {
        uint8_t bytes[2];
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        memcpy(bytes, &random, 2);
        a.u8[i] = bytes[0];
        b.u8[i] = i % 9 ? bytes[1] : bytes[0];
    }
    for (int i = 0; i < N / 4; i++) f[i] = (float)a.i32[i] * 0x1p-30f, g[i] = (float)b.i32[i] * 0x1p-29f;
    for (int i = 0; i < N / 8; i++) d[i] = (double)a.i64[i] * 0x1p-61, e[i] = (double)b.i64[i] * 0x1p-60;
    f[5] = 1e30f, f[17] = -1e30f, f[30] = -0.0f, d[3] = 2.5, d[7] = -0.5, e[9] = 3.5, g[9] = 2.5f;
    static const char words[] =
        "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich — plain words follow: ";
    for (int i = 0; i < N; i++) text[i] = words[i % (sizeof words - 1)];
    text[700] = 0;
}

int main(void) {
    for (size_t kernel = 0; kernel < sizeof kernels / sizeof *kernels; kernel++) {
        static union output vector, scalar;
        memset(&vector, 0, sizeof vector);
        memset(&scalar, 0, sizeof scalar);
        fill();
        kernels[kernel].vector(&vector);
        fill();
        kernels[kernel].scalar(&scalar);
        uint64_t hash = 0xcbf29ce484222325;
        for (size_t i = 0; i < sizeof scalar; i++) {
            if (vector.u8[i] != scalar.u8[i]) {
                printf("%s: byte %zu is %d, not %d\n", kernels[kernel].name, i, vector.u8[i], scalar.u8[i]);
                return 1;
            }
            hash = (hash ^ scalar.u8[i]) * 0x100000001b3;
        }
        printf("%s %016llx\n", kernels[kernel].name, hash);
    }
    return 0;
}
