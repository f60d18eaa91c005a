#include "common.h"

typedef struct N N;

typedef struct {
    long (*eval)(const N *, long);
} VT;

struct N {
    const VT *vt;
    const N *l, *r;
    long k;
};

static long ev(const N *n, long x) {
    return n->vt->eval(n, x);
}

static long e_k(const N *n, long x) {
    (void)x;
    return n->k;
}

static long e_x(const N *n, long x) {
    (void)n;
    return x;
}

static long e_add(const N *n, long x) {
    return ev(n->l, x) + ev(n->r, x);
}

static long e_mul(const N *n, long x) {
    return ev(n->l, x) * ev(n->r, x);
}

static long e_xor(const N *n, long x) {
    return ev(n->l, x) ^ ev(n->r, x);
}

static long e_sel(const N *n, long x) {
    return (x & 1) ? ev(n->l, x >> 1) : ev(n->r, x >> 1);
}

static const VT vk = {e_k}, vx = {e_x}, va = {e_add}, vm = {e_mul}, vo = {e_xor}, vs = {e_sel};
static const VT *const vts[4] = {&va, &vm, &vo, &vs};

static const N *mk(int d) {
    N *n = malloc(sizeof *n);
    n->k = rng() % 97;
    n->l = n->r = 0;
    if (!d) {
        n->vt = (rng() & 1) ? &vk : &vx;
        return n;
    }
    n->vt = vts[rng() & 3];
    n->l = mk(d - 1);
    n->r = mk(d - 1);
    return n;
}

int main(int c, char **v) {
    long n = arg(c, v, 5000);
    const N *t = mk(9);
    long s = 0;
    for (long i = 0; i < n; i++) {
        s = s * 3 + (ev(t, i) & 0xffff);
    }
    printf("%ld\n", (long)(s & 0x7fffffff));
    return 0;
}
