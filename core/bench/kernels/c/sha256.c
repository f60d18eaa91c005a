#include "common.h"

static uint32_t K[64];
static uint32_t H[8];

static uint32_t rr(uint32_t x, int n) {
    return (x >> n) | (x << (32 - n));
}

static void blk(const uint8_t *p) {
    uint32_t w[64];
    for (int i = 0; i < 16; i++) {
        w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rr(a, 7) ^ rr(a, 18) ^ (a >> 3)) + (rr(b, 17) ^ rr(b, 19) ^ (b >> 10));
    }
    uint32_t a = H[0], b = H[1], c = H[2], d = H[3], e = H[4], f = H[5], g = H[6], h = H[7];
    for (int i = 0; i < 64; i++) {
        uint32_t t = h + (rr(e, 6) ^ rr(e, 11) ^ rr(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i];
        uint32_t u = (rr(a, 2) ^ rr(a, 13) ^ rr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t;
        d = c;
        c = b;
        b = a;
        a = t + u;
    }
    H[0] += a;
    H[1] += b;
    H[2] += c;
    H[3] += d;
    H[4] += e;
    H[5] += f;
    H[6] += g;
    H[7] += h;
}

/* The first 32 bits of the fractional part of the square or cube root of p, by bisection. */
static uint32_t frac(int p, int cube) {
    unsigned __int128 lo = 0, hi = (unsigned __int128)64 << 32;
    while (hi - lo > 1) {
        unsigned __int128 m = (lo + hi) / 2;
        int le;
        if (!cube) {
            le = m * m <= ((unsigned __int128)p << 64);
        } else {
            le = m * m * m <= ((unsigned __int128)p << 96);
        }
        if (le) {
            lo = m;
        } else {
            hi = m;
        }
    }
    return (uint32_t)lo;
}

int main(int c, char **v) {
    long n = arg(c, v, 2000);
    int k = 0;
    for (int p = 2; k < 64; p++) {
        int ok = 1;
        for (int d = 2; d * d <= p; d++) {
            if (p % d == 0) {
                ok = 0;
            }
        }
        if (ok) {
            K[k] = frac(p, 1);
            if (k < 8) {
                H[k] = frac(p, 0);
            }
            k++;
        }
    }
    static uint8_t buf[64 * 64];
    for (int i = 0; i < (int)sizeof buf; i++) {
        buf[i] = i * 7;
    }
    for (long i = 0; i < n; i++) {
        for (int j = 0; j < 64; j++) {
            blk(buf + 64 * j);
        }
    }
    for (int i = 0; i < 8; i++) {
        printf("%08x", H[i]);
    }
    puts("");
    return 0;
}
