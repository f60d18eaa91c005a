#include "common.h"

int main(int c, char **v) {
    int n = (int)arg(c, v, 2000000);
    char *f = malloc(n + 1);
    long tot = 0;
    for (int r = 0; r < 3; r++) {
        memset(f, 1, n + 1);
        for (int i = 2; (long)i * i <= n; i++) {
            if (f[i]) {
                for (int j = i * i; j <= n; j += i) {
                    f[j] = 0;
                }
            }
        }
        int k = 0;
        for (int i = 2; i <= n; i++) {
            k += f[i];
        }
        tot += k;
    }
    printf("%ld\n", tot);
    return 0;
}
