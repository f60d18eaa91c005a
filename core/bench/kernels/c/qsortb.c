#include "common.h"

static int cmp(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static int cmpr(const void *a, const void *b) {
    return -cmp(a, b);
}

typedef int (*C)(const void *, const void *);

static void qs(uint32_t *a, int lo, int hi, C f) {
    while (lo < hi) {
        uint32_t p = a[lo + (hi - lo) / 2];
        int i = lo, j = hi;
        while (i <= j) {
            while (f(&a[i], &p) < 0) {
                i++;
            }
            while (f(&a[j], &p) > 0) {
                j--;
            }
            if (i <= j) {
                uint32_t t = a[i];
                a[i] = a[j];
                a[j] = t;
                i++;
                j--;
            }
        }
        if (j - lo < hi - i) {
            qs(a, lo, j, f);
            lo = i;
        } else {
            qs(a, i, hi, f);
            hi = j;
        }
    }
}

static volatile C tab[2] = {cmp, cmpr};

int main(int c, char **v) {
    int n = (int)arg(c, v, 300000);
    uint32_t *a = malloc(4L * n);
    for (int i = 0; i < n; i++) {
        a[i] = (uint32_t)rng();
    }
    qs(a, 0, n - 1, tab[0]);
    uint64_t s = 0;
    for (int i = 0; i < n; i++) {
        s = s * 31 + a[i];
    }
    for (int i = 0; i < n; i++) {
        a[i] ^= (uint32_t)rng();
    }
    qs(a, 0, n - 1, tab[1]);
    for (int i = 0; i < n; i++) {
        s = s * 31 + a[i];
    }
    printf("%llu\n", (unsigned long long)s);
    return 0;
}
