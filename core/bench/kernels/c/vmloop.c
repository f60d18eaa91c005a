#include "common.h"

/* A toy bytecode machine that counts primes. */
enum { PUSH, LOAD, STORE, ADD, SUB, MUL, MOD, LT, EQ, JZ, JMP, INC, DUP, POP, LDA, STA, AND, SHR, HALT };

int main(int c, char **v) {
    int lim = (int)arg(c, v, 3000);
    /* clang-format off */
    static const int code[] = {
        PUSH, 2, STORE, 0,
        /*  4 */ LOAD, 0, LOAD, 3, LT, JZ, 46,
        /* 11 */ PUSH, 2, STORE, 1,
        /* 15 */ LOAD, 1, LOAD, 1, MUL, LOAD, 0, PUSH, 1, ADD, LT, JZ, 40,
        /* 28 */ LOAD, 0, LOAD, 1, MOD, JZ, 42, INC, 1, JMP, 15, HALT,
        /* 40 */ INC, 2,
        /* 42 */ INC, 0, JMP, 4,
        /* 46 */ HALT,
    };
    /* clang-format on */
    long st[64];
    long r[8] = {0};
    r[3] = lim;
    int sp = 0, pc = 0;
    long steps = 0;
    for (;;) {
        steps++;
        switch (code[pc++]) {
        case PUSH:
            st[sp++] = code[pc++];
            break;
        case LOAD:
            st[sp++] = r[code[pc++]];
            break;
        case STORE:
            r[code[pc++]] = st[--sp];
            break;
        case ADD:
            sp--;
            st[sp - 1] += st[sp];
            break;
        case SUB:
            sp--;
            st[sp - 1] -= st[sp];
            break;
        case MUL:
            sp--;
            st[sp - 1] *= st[sp];
            break;
        case MOD:
            sp--;
            st[sp - 1] %= st[sp];
            break;
        case LT:
            sp--;
            st[sp - 1] = st[sp - 1] < st[sp];
            break;
        case EQ:
            sp--;
            st[sp - 1] = st[sp - 1] == st[sp];
            break;
        case JZ:
            if (!st[--sp]) {
                pc = code[pc];
            } else {
                pc++;
            }
            break;
        case JMP:
            pc = code[pc];
            break;
        case INC:
            r[code[pc++]]++;
            break;
        case DUP:
            st[sp] = st[sp - 1];
            sp++;
            break;
        case POP:
            sp--;
            break;
        case LDA:
            st[sp - 1] = r[st[sp - 1] & 7];
            break;
        case STA:
            sp -= 2;
            r[st[sp] & 7] = st[sp + 1];
            break;
        case AND:
            sp--;
            st[sp - 1] &= st[sp];
            break;
        case SHR:
            sp--;
            st[sp - 1] >>= st[sp];
            break;
        case HALT:
            printf("%ld %ld\n", r[2], steps);
            return 0;
        }
    }
}
