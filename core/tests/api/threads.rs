//! Modules in several threads, and stores that move between threads.

use std::thread;

use whit::{
    CompilationMode, Config, Engine, Error, Func, Instance, Linker, Memory, Module, Store, StoreLimits,
    SuspendedCall, Trap, TypedFunc, Val,
};

#[test]
fn everything_can_be_sent_and_shared() {
    fn check<T: Send + Sync>() {}
    check::<Engine>();
    check::<Module>();
    check::<Linker<Val>>();
    check::<Store<Vec<u8>>>();
    check::<Instance>();
    check::<Memory>();
    check::<TypedFunc<i32, ()>>();
    check::<SuspendedCall>();
    check::<Error>();
}

#[test]
fn threads_translate_the_same_module() {
    let bytes = wat::parse_str(
        r#"(module
            (func $step (param i64) (result i64)
                (i64.add (i64.mul (local.get 0) (i64.const 6364136223846793005)) (i64.const 1)))
            (func (export "run") (param i32) (result i64)
                (local i64)
                (loop $again
                    (local.set 1 (call $step (local.get 1)))
                    (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                (local.get 1)))"#,
    )
    .expect("text of a module");
    for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
        let engine = Engine::new(Config::new().compilation_mode(mode)).expect("an engine");
        let module = Module::new(&engine, &bytes).expect("a valid module");
        let expected =
            (0..100).fold(0i64, |value, _| value.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        let run = || {
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
            let run = instance.get_typed_func::<i32, i64>(&store, "run").expect("a function");
            run.call(&mut store, 100).expect("no trap")
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
            assert!(threads.into_iter().all(|thread| thread.join().expect("no panic") == expected));
        });
    }
}

#[test]
fn a_panic_of_the_host_leaves_a_store_that_works() {
    let engine = Engine::new(&Config::new()).expect("an engine");
    let mut limits = StoreLimits::default();
    limits.host_depth = 2;
    let mut store = Store::with_limits(&engine, true, limits);
    let panic = Func::wrap(&mut store, |mut caller: whit::Caller<'_, bool>| {
        if core::mem::take(caller.data_mut()) {
            std::panic::resume_unwind(Box::new("a panic of the host"));
        }
    })
    .expect("a function");
    let bytes =
        wat::parse_str(r#"(module (import "m" "f" (func $f)) (func (export "run") call $f))"#).expect("text");
    let module = Module::new(&engine, &bytes).expect("a valid module");
    let instance = Instance::new(&mut store, &module, &[panic.into()]).expect("an instance");
    let run = instance.get_func(&store, "run").expect("a function");
    for _ in 0..5 {
        *store.data_mut() = true;
        let call = std::panic::AssertUnwindSafe(|| run.call(&mut store, &[], &mut []));
        assert!(std::panic::catch_unwind(call).is_err());
        let result = run.call(&mut store, &[], &mut []);
        assert_ne!(result.as_ref().err().and_then(Error::as_trap), Some(Trap::CallStackExhausted));
        assert!(result.is_ok(), "{result:?}");
    }
}
