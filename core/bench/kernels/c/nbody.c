#include "common.h"

typedef struct {
    double x, y, z, vx, vy, vz, m;
} B;

/* Without libm: a guess from the bits, then Newton. */
static double inv_sqrt_nr(double x) {
    union {
        double d;
        uint64_t u;
    } c;

    c.d = x;
    c.u = 0x5FE6EB50C7B537A9ull - (c.u >> 1);
    double y = c.d;
    for (int i = 0; i < 4; i++) {
        y = y * (1.5 - 0.5 * x * y * y);
    }
    return y;
}

int main(int c, char **v) {
    long n = arg(c, v, 200000);
    B b[5];
    for (int i = 0; i < 5; i++) {
        b[i].x = i * 1.7 - 3;
        b[i].y = i * i * 0.3 - 1;
        b[i].z = 0.5 * i;
        b[i].vx = 0.01 * (i - 2);
        b[i].vy = 0.02 * (2 - i);
        b[i].vz = 0.003 * i;
        b[i].m = 1.0 / (1 + i);
    }
    for (long t = 0; t < n; t++) {
        for (int i = 0; i < 5; i++) {
            for (int j = i + 1; j < 5; j++) {
                double dx = b[i].x - b[j].x, dy = b[i].y - b[j].y, dz = b[i].z - b[j].z;
                double d2 = dx * dx + dy * dy + dz * dz + 0.01;
                double r = inv_sqrt_nr(d2);
                double g = 0.001 * r * r * r;
                b[i].vx -= dx * b[j].m * g;
                b[i].vy -= dy * b[j].m * g;
                b[i].vz -= dz * b[j].m * g;
                b[j].vx += dx * b[i].m * g;
                b[j].vy += dy * b[i].m * g;
                b[j].vz += dz * b[i].m * g;
            }
        }
        for (int i = 0; i < 5; i++) {
            b[i].x += 0.001 * b[i].vx;
            b[i].y += 0.001 * b[i].vy;
            b[i].z += 0.001 * b[i].vz;
        }
    }
    printf("%.9f %.9f\n", b[0].x, b[4].vy);
    return 0;
}
