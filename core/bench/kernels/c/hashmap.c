#include "common.h"

typedef struct E {
    struct E *next;
    char key[24];
    uint32_t hash;
    int val;
} E;

static uint32_t fnv(const char *s) {
    uint32_t h = 2166136261u;
    while (*s) {
        h ^= (uint8_t)*s++;
        h *= 16777619u;
    }
    return h;
}

int main(int c, char **v) {
    int n = (int)arg(c, v, 100000);

    enum { M = 1 << 14 };

    static E *t[M];
    long hits = 0;
    for (int i = 0; i < n; i++) {
        char k[24];
        uint32_t x = (uint32_t)(rng() % 20000);
        int l = 0;
        k[l++] = 'k';
        do {
            k[l++] = 'a' + x % 26;
            x /= 26;
        } while (x);
        k[l++] = '_';
        k[l] = 0;
        uint32_t h = fnv(k);
        E *e;
        for (e = t[h % M]; e; e = e->next) {
            if (e->hash == h && !strcmp(e->key, k)) {
                break;
            }
        }
        if (e) {
            e->val++;
            hits += e->val;
        } else {
            e = malloc(sizeof *e);
            strcpy(e->key, k);
            e->hash = h;
            e->val = 1;
            e->next = t[h % M];
            t[h % M] = e;
        }
    }
    printf("%ld\n", hits);
    return 0;
}
