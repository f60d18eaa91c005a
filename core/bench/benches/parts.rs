//! What the parts of an engine cost, one at a time: Whit beside wasmi, in the same run.
//!
//! `cargo bench` runs everything, `cargo bench -- call` what has `call` in its name. Every group has one line for each
//! engine; times of calls are per call, and `empty loop` is the loop around calls of the host without the call.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};

/// Calls in one iteration of the loops that call the host or grow memory.
const CALLS: u32 = 1000;

const CALLEES: &str = r#"(module
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "nothing"))
    (func (export "trap") (unreachable)))"#;

/// `host` is left out of the loop by replacing it with the identity.
const LOOP: &str = r#"(module
    (import "env" "host" (func $host (param i32 i32) (result i32)))
    (func (export "run") (param i32) (result i32)
        (local $sum i32)
        (loop $again
            (local.set $sum (BODY))
            (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get $sum)))"#;

/// Grows by nothing, which shows only as it runs: where a constant says so, an engine can take it for `memory.size`.
const GROW: &str = r#"(module
    (memory 1)
    (func (export "run") (param i32) (result i32)
        (local $sum i32)
        (loop $again
            (local.set $sum (i32.add (local.get $sum) (memory.grow (i32.lt_s (local.get 0) (i32.const 0)))))
            (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get $sum)))"#;

fn compile(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the text is right")
}

/// The loop around `host`, with a call or without.
fn host_loop(call: bool) -> Vec<u8> {
    let body = if call {
        "call $host (local.get $sum) (local.get 0)"
    } else {
        "i32.add (local.get $sum) (local.get 0)"
    };
    compile(&LOOP.replace("BODY", body))
}

/// A program of the kernels: what compilers of C emit.
fn program() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("kernels/wasm/sha256.wasm");
    fs::read(path).expect("the kernels are there")
}

type Group<'a> = BenchmarkGroup<'a, WallTime>;

/// The same benchmarks for engines whose APIs differ in `$engine` and `$instantiate` alone.
macro_rules! benchmarks {
    ($name:ident, $krate:ident, |$config:ident| $engine:expr, $instantiate:ident, [$($program:path),*]) => {
        mod $name {
            use ::$krate::{
                Caller, CompilationMode, Config, Engine, Func, FuncType, Instance, Linker, Module, Store, Val, ValType,
            };

            use super::{CALLEES, CALLS, GROW, Group, black_box, compile, host_loop, program};

            fn engine(mode: CompilationMode) -> Engine {
                let mut $config = Config::default();
                $config.compilation_mode(mode);
                $engine
            }

            /// An instance of `wasm`, whose one import may be a typed or an untyped function.
            fn instance(wasm: &[u8], typed: bool) -> (Store<u32>, Instance) {
                let engine = engine(CompilationMode::Eager);
                let module = Module::new(&engine, wasm).expect("the module is valid");
                let mut linker = Linker::new(&engine);
                let mut store = Store::new(&engine, 1);
                if typed {
                    let host = |caller: Caller<'_, u32>, a: i32, b: i32| a.wrapping_add(b) ^ *caller.data() as i32;
                    linker.func_wrap("env", "host", host).expect("a new name");
                } else {
                    let host = |caller: Caller<'_, u32>, args: &[Val], results: &mut [Val]| {
                        if let [Val::I32(a), Val::I32(b)] = args {
                            results[0] = Val::I32(a.wrapping_add(*b) ^ *caller.data() as i32);
                        }
                        Ok(())
                    };
                    let ty = FuncType::new([ValType::I32, ValType::I32], [ValType::I32]);
                    $(let ty = $program(ty);)?
                    linker.func_new("env", "host", ty, host).expect("a new name");
                }
                let instance = linker.$instantiate(&mut store, &module).expect("the imports are there");
                (store, instance)
            }

            pub(super) fn translate(group: &mut Group<'_>) {
                let (engine, wasm) = (engine(CompilationMode::Eager), program());
                group.bench_function(stringify!($name), |bencher| {
                    bencher.iter(|| Module::new(&engine, &wasm[..]).expect("the module is valid"));
                });
            }

            pub(super) fn instantiate(group: &mut Group<'_>) {
                let engine = engine(CompilationMode::Eager);
                let module = Module::new(&engine, &compile(GROW)[..]).expect("the module is valid");
                let linker = Linker::new(&engine);
                group.bench_function(stringify!($name), |bencher| {
                    bencher.iter(|| {
                        let mut store = Store::new(&engine, 0);
                        linker.$instantiate(&mut store, &module).expect("nothing is imported");
                        store
                    });
                });
            }

            pub(super) fn call_typed(group: &mut Group<'_>) {
                let (mut store, instance) = instance(&compile(CALLEES), true);
                let add = instance.get_typed_func::<(i32, i32), i32>(&mut store, "add").expect("the type is right");
                group.bench_function(stringify!($name), |bencher| {
                    bencher.iter(|| add.call(&mut store, (black_box(1), black_box(2))).expect("no trap"));
                });
            }

            pub(super) fn call_untyped(group: &mut Group<'_>) {
                let (mut store, instance) = instance(&compile(CALLEES), true);
                let add: Func = instance.get_func(&mut store, "add").expect("it is exported");
                let mut results = [Val::I32(0)];
                group.bench_function(stringify!($name), |bencher| {
                    bencher.iter(|| {
                        let args = [Val::I32(black_box(1)), Val::I32(black_box(2))];
                        add.call(&mut store, &args, &mut results).expect("no trap");
                    });
                });
            }

            pub(super) fn trap(group: &mut Group<'_>) {
                let (mut store, instance) = instance(&compile(CALLEES), true);
                let trap = instance.get_typed_func::<(), ()>(&mut store, "trap").expect("the type is right");
                group.bench_function(stringify!($name), |bencher| {
                    bencher.iter(|| trap.call(&mut store, ()).expect_err("a trap"));
                });
            }

            fn run(group: &mut Group<'_>, wasm: &[u8], typed: bool, line: &str) {
                let (mut store, instance) = instance(wasm, typed);
                let run = instance.get_typed_func::<u32, i32>(&mut store, "run").expect("the type is right");
                group.bench_function(line, |bencher| {
                    bencher.iter(|| run.call(&mut store, black_box(CALLS)).expect("no trap"));
                });
            }

            pub(super) fn host_typed(group: &mut Group<'_>) {
                run(group, &host_loop(true), true, stringify!($name));
                run(group, &host_loop(false), true, concat!(stringify!($name), ", empty loop"));
            }

            pub(super) fn host_untyped(group: &mut Group<'_>) {
                run(group, &host_loop(true), false, stringify!($name));
            }

            pub(super) fn memory_grow(group: &mut Group<'_>) {
                run(group, &compile(GROW), true, stringify!($name));
            }
        }
    };
}

fn expect_type(ty: Result<::whit::FuncType, ::whit::Error>) -> ::whit::FuncType {
    ty.expect("a small type")
}

benchmarks!(
    whit,
    whit,
    |config| Engine::new(&config).expect("memory suffices"),
    instantiate,
    [super::expect_type]
);
benchmarks!(wasmi, wasmi, |config| Engine::new(&config), instantiate_and_start, []);

fn parts(criterion: &mut Criterion) {
    let calls = Throughput::Elements(u64::from(CALLS));
    let bytes = Throughput::Bytes(program().len() as u64);
    type Part = fn(&mut Group<'_>);
    let groups: [(&str, Throughput, [Part; 2]); 8] = [
        ("translate", bytes, [whit::translate, wasmi::translate]),
        ("instantiate", Throughput::Elements(1), [whit::instantiate, wasmi::instantiate]),
        ("call wasm, typed", Throughput::Elements(1), [whit::call_typed, wasmi::call_typed]),
        ("call wasm, untyped", Throughput::Elements(1), [whit::call_untyped, wasmi::call_untyped]),
        ("call host, typed", calls.clone(), [whit::host_typed, wasmi::host_typed]),
        ("call host, untyped", calls.clone(), [whit::host_untyped, wasmi::host_untyped]),
        ("memory.grow", calls, [whit::memory_grow, wasmi::memory_grow]),
        ("trap", Throughput::Elements(1), [whit::trap, wasmi::trap]),
    ];
    for (name, throughput, engines) in groups {
        let mut group = criterion.benchmark_group(name);
        group.throughput(throughput);
        for engine in engines {
            engine(&mut group);
        }
        group.finish();
    }
}

criterion_group!(benches, parts);
criterion_main!(benches);
