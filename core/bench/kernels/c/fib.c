#include "common.h"

__attribute__((noinline)) static int fib(int n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

__attribute__((noinline)) static int ack(int m, int n) {
    return m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1));
}

__attribute__((noinline)) static int tak(int x, int y, int z) {
    return y < x ? tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) : z;
}

int main(int c, char **v) {
    int n = (int)arg(c, v, 30);
    printf("%d %d %d\n", fib(n), ack(2, n * 3), tak(n / 2 + 1, n / 4, n / 8));
    return 0;
}
