// What C++ does with exceptions. Each part prints what was caught and destroyed, in that order; `terminate` and
// `uncaught` as an argument end the program in the two ways that no handler can see.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <variant>
#include <vector>

// The tag that every object file throws with and libunwind has to define.
__asm__(".tagtype __cpp_exception i32\n.globl __cpp_exception\n__cpp_exception:\n");

#define NOINLINE __attribute__((noinline))

// Prints its name when it is made and with a tilde when it is destroyed.
struct Trace {
    const char *name;
    explicit Trace(const char *name) : name(name) { printf(" %s", name); }
    Trace(const Trace &) = delete;
    ~Trace() { printf(" ~%s", name); }
};

struct Base {
    int number = 1;
    virtual ~Base() = default;
    virtual const char *name() const { return "Base"; }
};
struct Other {
    long long other = 2;
    virtual ~Other() = default;
    virtual const char *word() const { return "Other"; }
};
struct Derived : Base, Other {
    double third = 3.5;
    const char *name() const override { return "Derived"; }
    const char *word() const override { return "Derived as Other"; }
};
struct Left : virtual Base {};
struct Right : virtual Base {};
struct Bottom : Left, Right {
    const char *name() const override { return "Bottom"; }
};

// Throws one of many types.
NOINLINE void raise(int kind) {
    static Derived derived;
    switch (kind) {
    case 0: throw 42;
    case 1: throw 'c';
    case 2: throw "text";
    case 3: throw std::string("a string that is too long to be kept in place");
    case 4: throw 2.5;
    case 5: throw Base();
    case 6: throw Derived();
    case 7: throw Bottom();
    case 8: throw &derived;
    case 9: throw nullptr;
    case 10: throw 1LL << 40;
    case 11: throw std::out_of_range("out of range");
    case 12: throw std::bad_alloc();
    default: throw std::vector<int>{1, 2, 3};
    }
}

NOINLINE void second(int kind) {
    Trace trace("second");
    raise(kind);
    printf(" unreachable");
}

NOINLINE void first(int kind) {
    Trace before("first");
    second(kind);
    Trace after("unreachable");
}

void frames() {
    try {
        Trace trace("outer");
        first(0);
    } catch (int number) {
        printf(" caught %d", number);
    }
}

void types() {
    for (int kind = 0; kind < 14; kind++) {
        try {
            raise(kind);
        } catch (int value) {
            printf(" int %d,", value);
        } catch (char value) {
            printf(" char %c,", value);
        } catch (const char *value) {
            printf(" %s,", value);
        } catch (const std::string &value) {
            printf(" %zu characters,", value.size());
        } catch (double value) {
            printf(" double %d,", (int)(value * 10));
        } catch (Derived &value) {
            printf(" %s %d %d,", value.name(), value.number, (int)(value.third * 10));
        } catch (Base &value) {
            printf(" %s %d,", value.name(), value.number);
        } catch (Other *value) {
            printf(" pointer to %s %lld,", value->word(), value->other);
        } catch (void *value) {
            printf(" pointer %d,", value == nullptr);
        } catch (long long value) {
            printf(" 2^40 %d,", value == 1LL << 40);
        } catch (const std::logic_error &value) {
            printf(" logic %s,", value.what());
        } catch (const std::exception &value) {
            printf(" %s,", value.what());
        } catch (...) {
            printf(" something");
        }
    }
}

void bases() {
    try {
        throw Derived();
    } catch (Other &value) {
        printf(" %s %lld,", value.word(), value.other);
    }
    try {
        throw Derived();
    } catch (Base value) {
        printf(" sliced %s,", value.name());
    }
    try {
        try {
            throw Bottom();
        } catch (Derived &) {
            printf(" wrong");
        } catch (Other &) {
            printf(" wrong");
        }
    } catch (Right &value) {
        printf(" %s", value.name());
    }
}

NOINLINE void again(int depth) {
    try {
        depth == 0 ? raise(3) : again(depth - 1);
    } catch (...) {
        printf(" again %d", depth);
        throw;
    }
}

NOINLINE void classify() {
    try {
        throw;
    } catch (const std::string &value) {
        printf(" string of %zu", value.size());
    } catch (int value) {
        printf(" int %d", value);
    }
}

void rethrow() {
    try {
        again(3);
    } catch (...) {
        classify();
    }
    try {
        try {
            throw 1;
        } catch (int &value) {
            value += 6;
            throw;
        }
    } catch (int value) {
        printf(" changed to %d", value);
    }
}

struct Member {
    Trace trace;
    explicit Member(const char *name, bool fails = false) : trace(name) {
        if (fails) throw std::runtime_error(name);
    }
};
struct Whole : Member {
    Member one{"one"}, two, three{"three"};
    Whole(bool fails) try : Member("base"), two("two", fails) {
        printf(" whole");
    } catch (const std::runtime_error &error) {
        printf(" function's handler for %s", error.what());
    }
    ~Whole() { printf(" ~whole"); }
};
struct Counted {
    static inline int alive = 0, made = 0;
    Counted() {
        if (++made == 4) throw made;
        alive++;
    }
    ~Counted() { alive--; }
};

void constructors() {
    {
        Whole whole(false);
    }
    try {
        Whole whole(true);
    } catch (const std::runtime_error &error) {
        printf(" and %s", error.what());
    }
    try {
        delete[] new Counted[10];
    } catch (int made) {
        printf(" array at %d with %d left", made, Counted::alive);
    }
    auto local = [] {
        static Counted once;
        return Counted::made;
    };
    Counted::made = 3;
    try {
        local();
    } catch (int) {
        printf(" static at %d", local());
    }
}

void nested() {
    try {
        Trace trace("try");
        throw 1;
    } catch (int outer) {
        Trace trace("handler");
        try {
            Trace trace("inner");
            throw outer + 1;
        } catch (int inner) {
            printf(" %d in %d", inner, outer);
            try {
                throw std::to_string(inner + 1);
            } catch (std::string &text) {
                printf(" %s in both", text.c_str());
            }
        }
        try {
            Trace trace("leaves");
            try {
                throw outer + 9;
            } catch (long) {
                printf(" wrong");
            }
        } catch (int value) {
            printf(" %d", value);
        }
    }
    try {
        try {
            throw 1;
        } catch (int) {
            throw "thrown by a handler";
        }
    } catch (const char *text) {
        printf(" %s", text);
    }
}

struct Unwinding {
    ~Unwinding() {
        try {
            Trace trace("destructor");
            throw std::uncaught_exceptions();
        } catch (int count) {
            printf(" during %d", count);
        }
    }
};

void destructors() {
    try {
        Unwinding one, two;
        throw 0;
    } catch (int) {
        printf(" after %d", std::uncaught_exceptions());
    }
}

void pointers() {
    std::exception_ptr kept;
    try {
        first(3);
    } catch (...) {
        kept = std::current_exception();
    }
    for (int turn = 0; turn < 2; turn++) {
        try {
            std::rethrow_exception(kept);
        } catch (std::string &value) {
            printf(" %c", value[turn]);
            value[1] = '!';
        }
    }
    kept = std::make_exception_ptr(7);
    try {
        try {
            std::rethrow_exception(kept);
        } catch (int value) {
            std::throw_with_nested(std::runtime_error("outside"));
        }
    } catch (const std::exception &error) {
        try {
            std::rethrow_if_nested(error);
        } catch (int value) {
            printf(" %s of %d %d", error.what(), value, std::current_exception() == kept);
        }
    }
}

struct Visitor {
    virtual ~Visitor() = default;
    virtual int visit(int value) = 0;
};
struct Thrower : Visitor {
    int visit(int value) override { throw value; }
};
struct Catcher : Visitor {
    std::unique_ptr<Visitor> inner = std::make_unique<Thrower>();
    int visit(int value) override {
        try {
            return inner->visit(value);
        } catch (int caught) {
            if (caught % 2) throw;
            return caught * 10;
        }
    }
};

void calls() {
    std::function<int(int)> function = [trace = std::make_shared<Trace>("captured")](int value) -> int {
        throw std::to_string(value);
    };
    try {
        function(5);
    } catch (const std::string &text) {
        printf(" function %s", text.c_str());
    }
    std::function<int(int)> empty;
    try {
        empty(6);
    } catch (const std::bad_function_call &error) {
        printf(" %s", error.what());
    }
    std::unique_ptr<Visitor> visitor = std::make_unique<Catcher>();
    try {
        printf(" virtual %d", visitor->visit(8));
        visitor->visit(9);
    } catch (int value) {
        printf(" %d", value);
    }
    // Through a function of the C library, which knows of no exceptions.
    int numbers[] = {3, 1, 2, 5, 4};
    try {
        qsort(numbers, 5, sizeof *numbers, [](const void *, const void *) -> int { throw "comparison"; });
    } catch (const char *text) {
        printf(" %s", text);
    }
}

template <class F> void standard_case(F function) {
    try {
        function();
        printf(" nothing,");
    } catch (const std::exception &error) {
        printf(" %s,", error.what());
    }
}

void standard() {
    std::vector<int> numbers(3);
    std::string text = "text";
    std::variant<int, std::string> either = 1;
    std::optional<int> none;
    Base base;
    Base *null = nullptr;
    standard_case([&] { printf("%d", numbers.at(3)); });
    standard_case([&] { printf("%d", text.at(4)); });
    standard_case([&] { numbers.reserve(-1); });
    standard_case([&] { printf("%s", std::get<std::string>(either).c_str()); });
    standard_case([&] { printf("%d", none.value()); });
    standard_case([&] { printf("%s", dynamic_cast<Derived &>(base).name()); });
    standard_case([&] { printf("%s", typeid(*null).name()); });
    standard_case([&] { printf("%d", std::stoi("number")); });
    standard_case([&] { printf("%d", std::stoi("99999999999")); });
    standard_case([&] {
        char *volatile memory = new char[0x7fffffff];
        delete[] memory;
    });
}

// What stood in local variables when the exception was thrown is what its handler sees.
NOINLINE void locals() {
    int a = 1;
    long long b = 1;
    float c = 1;
    double d = 1;
    int caught = 0;
    for (int turn = 0; turn < 10; turn++) {
        try {
            a += turn;
            b = b * 3 + turn;
            if (turn % 4 == 0) continue;
            raise(turn % 4 == 1 ? 0 : 4);
        } catch (int) {
            c += (float)a;
            if (turn == 9) break;
        } catch (double value) {
            d += value + c;
            caught++;
        }
        a ^= caught;
    }
    printf(" %d %lld %d %d %d", a, b, (int)c, (int)(d * 2), caught);
}

NOINLINE int returns(int kind) {
    Trace trace("returns");
    try {
        if (kind < 0) return kind;
        raise(kind);
    } catch (int value) {
        return value;
    } catch (char) {
        goto out;
    }
    return 1;
out:
    return 2;
}

void leaving() { printf(" %d %d %d", returns(-5), returns(0), returns(1)); }

struct Depth {
    static inline int alive = 0;
    Depth() { alive++; }
    ~Depth() { alive--; }
};

NOINLINE int recurse(int depth) {
    Depth one;
    if (depth == 0) throw Depth::alive;
    int below = recurse(depth - 1);
    return below + 1;
}

NOINLINE int recurse_in_handlers(int depth) {
    try {
        throw depth;
    } catch (int value) {
        return value == 0 ? 0 : 1 + recurse_in_handlers(value - 1);
    }
}

void recursion() {
    try {
        recurse(10000);
    } catch (int alive) {
        printf(" from %d deep to %d,", alive, Depth::alive);
    }
    printf(" %d handlers at once", recurse_in_handlers(1000));
}

void loop() {
    size_t pages = 0;
    long long sum = 0;
    for (int turn = 0; turn < 100000; turn++) {
        if (turn == 100) pages = __builtin_wasm_memory_size(0);
        try {
            Depth one;
            if (turn % 2) throw turn;
            throw Derived();
        } catch (int value) {
            sum += value;
        } catch (const Base &value) {
            sum -= value.number;
        }
    }
    printf(" %lld, %zu pages more, %d left", sum, __builtin_wasm_memory_size(0) - pages, Depth::alive);
}

NOINLINE void never() noexcept { raise(11); }

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "uncaught") == 0) {
        printf("before\n");
        raise(11);
    }
    if (count == 2 && strcmp(arguments[1], "terminate") == 0) never();
    if (count == 2 && strcmp(arguments[1], "handler") == 0) {
        std::set_terminate([] {
            printf("terminated with %d uncaught\n", std::uncaught_exceptions());
            exit(3);
        });
        never();
    }
#define PART(name) (printf(#name ":"), name(), printf("\n"))
    PART(frames);
    PART(types);
    PART(bases);
    PART(rethrow);
    PART(constructors);
    PART(nested);
    PART(destructors);
    PART(pointers);
    PART(calls);
    PART(standard);
    PART(locals);
    PART(leaving);
    PART(recursion);
    PART(loop);
    return 0;
}
