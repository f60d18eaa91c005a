//! The embedding API, by behaviour.

mod branches;
mod budget;
mod buffers;
#[cfg(feature = "exceptions")]
mod exceptions;
mod exits;
#[cfg(feature = "gc")]
mod gc;
mod host;
mod linking;
mod locals;
mod loops;
mod modules;
mod nans;
mod objects;
mod proposals;
#[cfg(feature = "gc")]
mod references;
#[cfg(feature = "exceptions")]
mod tags;
mod threads;
mod traps;
mod values;
#[cfg(feature = "simd")]
mod vectors;

use whit::{CallState, Config, Engine, Func, Instance, Linker, Module, Store, Suspension, Val};

/// An engine for tests to which fuel does not matter: it consumes some where `WHIT_TEST_FUEL` is set, since calls between
/// the host and running code take another way then.
fn engine() -> Engine {
    let fuel = std::env::var_os("WHIT_TEST_FUEL").is_some();
    Engine::new(Config::new().consume_fuel(fuel)).expect("an engine")
}

/// An engine that consumes fuel.
fn counting() -> Engine {
    Engine::new(Config::new().consume_fuel(true)).expect("an engine")
}

/// A store with more fuel than any test here needs.
fn store<T>(engine: &Engine, data: T) -> Store<T> {
    let mut store = Store::new(engine, data);
    fill(&mut store);
    store
}

/// Gives a store that fuel, if its engine consumes some.
fn fill<T>(store: &mut Store<T>) {
    if store.get_fuel().is_ok() {
        store.set_fuel(1 << 40).expect("the engine consumes fuel");
    }
}

/// Calls `run` in a store without fuel, which gets `step` more whenever it runs out, less than `most` together; how much
/// it was given.
fn call_in_steps<T>(
    store: &mut Store<T>,
    run: Func,
    arguments: &[Val],
    results: &mut [Val],
    (step, most): (u64, u64),
) -> u64 {
    let mut state = run.call_resumable(&mut *store, arguments, results).expect("no trap");
    let mut given = 0;
    while let CallState::Suspended(call) = state {
        assert_eq!(call.reason(), Suspension::OutOfFuel);
        let left = store.get_fuel().expect("fuel");
        store.set_fuel(left + step).expect("fuel");
        given += step;
        assert!(given < most, "fuel is lost");
        state = call.resume(&mut *store, results).expect("no trap");
    }
    given
}

fn module(engine: &Engine, text: &str) -> Module {
    let bytes = wat::parse_str(text).expect("text of a module");
    Module::new(engine, &bytes).expect("a valid module")
}

/// An instance of a module that imports nothing, and its store.
fn instance(text: &str) -> (Store<()>, Instance) {
    instance_of(&engine(), text)
}

/// The same, of this engine.
fn instance_of(engine: &Engine, text: &str) -> (Store<()>, Instance) {
    let mut store = store(engine, ());
    let module = module(engine, text);
    let instance = Linker::new(engine).instantiate(&mut store, &module).expect("an instance");
    (store, instance)
}
