// What C does with `setjmp` and `longjmp`, which are exceptions underneath: an interpreter of expressions that reports
// errors so, and jumps of other kinds. Each part prints what it went through.
#include <ctype.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The tag that every object file jumps with and the C library has to define.
__asm__(".tagtype __c_longjmp i32\n.globl __c_longjmp\n__c_longjmp:\n");

#define NOINLINE __attribute__((noinline))

// The handlers that wait for an error, innermost first, as those of Lua's protected calls.
struct handler {
    jmp_buf buffer;
    struct handler *outer;
    const char *message;
};
static struct handler *innermost;

NOINLINE _Noreturn static void fail(const char *message, int status) {
    struct handler *handler = innermost;
    innermost = handler->outer;
    handler->message = message;
    longjmp(handler->buffer, status);
}

static const char *text;

static long sum(void);

NOINLINE static long atom(void) {
    if (*text == '(') {
        text++;
        long value = sum();
        if (*text++ != ')') fail("parenthesis", 1);
        return value;
    }
    if (*text == '?') {
        // `?a:b` is a, or b where a fails.
        const char *volatile start = ++text;
        struct handler handler = {.outer = innermost};
        if (setjmp(handler.buffer) == 0) {
            innermost = &handler;
            long value = sum();
            innermost = handler.outer;
            if (*text++ != ':') fail("colon", 2);
            sum();
            return value;
        }
        text = strchr(start, ':');
        if (!text) fail("no alternative", 3);
        text++;
        return sum();
    }
    if (!isdigit((unsigned char)*text)) fail("number", 4);
    char *end;
    long value = strtol(text, &end, 10);
    text = end;
    return value;
}

NOINLINE static long product(void) {
    long value = atom();
    while (*text == '*' || *text == '/') {
        char operator = *text++;
        long right = atom();
        if (operator == '/' && right == 0) fail("division by zero", 5);
        value = operator == '*' ? value * right : value / right;
    }
    return value;
}

NOINLINE static long sum(void) {
    long value = product();
    while (*text == '+' || *text == '-') value += *text++ == '+' ? product() : -product();
    return value;
}

static void interpreter(void) {
    static const char *const texts[] = {
        "1+2*3", "(1+2)*3", "7/(3-3)", "2*(3", "2+", "?1/0:5", "?6:1", "1+?(?1/0:2/0):?x:9", "?1/0", "?1/0:1/0",
    };
    for (size_t index = 0; index < sizeof texts / sizeof *texts; index++) {
        struct handler handler = {.outer = innermost};
        text = texts[index];
        int status = setjmp(handler.buffer);
        if (status == 0) {
            innermost = &handler;
            printf(" %ld", sum());
            innermost = handler.outer;
        } else {
            printf(" %s (%d)", handler.message, status);
        }
    }
}

NOINLINE static void jump(jmp_buf buffer, int value) { longjmp(buffer, value); }

static void values(void) {
    jmp_buf buffer;
    volatile int turn = 0;
    int value = setjmp(buffer);
    printf(" %d", value);
    static const int given[] = {0, 1, -1, 0x7fffffff};
    if (turn < 4) jump(buffer, given[turn++]);
    switch (setjmp(buffer)) {
    case 0: jump(buffer, 2);
    case 1: printf(" wrong"); break;
    case 2: printf(" two"); jump(buffer, 3);
    case 3: printf(" three"); break;
    }
}

// Two buffers in one function, and one of its caller.
NOINLINE static int choose(jmp_buf caller, int which) {
    jmp_buf one, two;
    volatile int passed = 0;
    if (setjmp(one)) return passed + 1;
    passed += 10;
    if (setjmp(two)) {
        passed += 100;
        if (which == 3) jump(one, 1);
        return passed + 2;
    }
    passed += 1000;
    jump(which == 0 ? one : which == 1 || which == 3 ? two : caller, 1);
    return -1;
}

static void buffers(void) {
    jmp_buf caller;
    for (volatile int which = 0; which < 4; which++) {
        if (setjmp(caller)) {
            printf(" caller");
            continue;
        }
        printf(" %d", choose(caller, which));
    }
}

NOINLINE static int descend(jmp_buf buffer, int depth) {
    volatile char frame[16] = {(char)depth};
    if (depth == 0) longjmp(buffer, 1);
    return descend(buffer, depth - 1) + frame[0];
}

static void depth(void) {
    jmp_buf buffer;
    if (setjmp(buffer) == 0) {
        descend(buffer, 10000);
    } else {
        printf(" from 10000 deep");
    }
}

// Every invocation of a function has buffers of its own, though their code is the same.
NOINLINE static int own(jmp_buf *outermost, int level) {
    jmp_buf buffer;
    if (setjmp(buffer)) return level;
    if (level == 0) outermost = &buffer;
    if (level == 5) longjmp(*outermost, 1);
    return own(outermost, level + 1) + 100;
}

static void invocations(void) { printf(" level %d", own(0, 0)); }

static jmp_buf sorted;

static int compare(const void *left, const void *right) {
    int difference = *(const int *)left - *(const int *)right;
    if (difference == 0) longjmp(sorted, *(const int *)left);
    return difference;
}

static void library(void) {
    int numbers[] = {5, 3, 9, 1, 3, 7};
    int twice = setjmp(sorted);
    if (twice == 0) {
        qsort(numbers, 6, sizeof *numbers, compare);
        printf(" wrong");
    } else {
        printf(" %d is there twice", twice);
    }
}

static void loop(void) {
    jmp_buf buffer;
    volatile int jumps = 0;
    volatile double number = 1;
    size_t pages = __builtin_wasm_memory_size(0);
    while (jumps < 100000) {
        if (setjmp(buffer) == 0) {
            number = number * 0.5 + jumps;
            jump(buffer, 1);
        } else {
            jumps++;
        }
    }
    printf(" %d jumps to %d, %zu pages more", jumps, (int)number, __builtin_wasm_memory_size(0) - pages);
}

int main(void) {
#define PART(name) (printf(#name ":"), name(), printf("\n"))
    PART(interpreter);
    PART(values);
    PART(buffers);
    PART(depth);
    PART(invocations);
    PART(library);
    PART(loop);
    return 0;
}
