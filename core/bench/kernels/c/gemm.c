#include "common.h"

int main(int c, char **v) {
    int n = (int)arg(c, v, 200);
    double *a = malloc(8L * n * n), *b = malloc(8L * n * n), *d = calloc(n * n, 8);
    for (int i = 0; i < n * n; i++) {
        a[i] = (i % 17) * 0.25;
        b[i] = (i % 13) * 0.5;
    }
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++) {
            double x = a[i * n + k];
            for (int j = 0; j < n; j++) {
                d[i * n + j] += x * b[k * n + j];
            }
        }
    }
    double s = 0;
    for (int i = 0; i < n * n; i++) {
        s += d[i] * (1 + (i & 3));
    }
    printf("%.3f\n", s);
    return 0;
}
