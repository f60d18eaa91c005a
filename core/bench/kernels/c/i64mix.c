#include "common.h"

static uint64_t rot(uint64_t x, int k) {
    return x << k | x >> (64 - k);
}

int main(int c, char **v) {
    long n = arg(c, v, 3000000);
    uint64_t a = 1, b = 2, d = 3, e = 4, s = 0;
    for (long i = 0; i < n; i++) {
        a += b;
        b = rot(b, 13) ^ a;
        a = rot(a, 32);
        d += e;
        e = rot(e, 16) ^ d;
        a += e;
        e = rot(e, 21) ^ a;
        d += b;
        b = rot(b, 17) ^ d;
        d = rot(d, 32);
        a ^= (uint64_t)i;
        s = s * 6364136223846793005ull + (a >> 33);
        if (s % 7 == 3) {
            s ^= d / (e | 1);
        }
    }
    printf("%016llx\n", (unsigned long long)s);
    return 0;
}
