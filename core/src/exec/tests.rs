//! What holds for code as data.

use alloc::vec::Vec;

use crate::raw::CodePointer;
use crate::{AsContextMut, Config, Engine, Instance, Linker, Module, Store};

const SIEVE: &str = r#"(module
  (memory 1)
  (table funcref (elem $twice))
  (type $unary (func (param i32) (result i32)))
  (func $twice (type $unary) (i32.shl (local.get 0) (i32.const 1)))
  (func $count (export "count") (type $unary) (local $i i32) (local $j i32) (local $primes i32)
    (local.set $i (i32.const 2))
    (loop $next
      (if (i32.eqz (i32.load8_u (local.get $i)))
        (then
          (local.set $primes (i32.add (local.get $primes) (i32.const 1)))
          (local.set $j (call_indirect (type $unary) (local.get $i) (i32.const 0)))
          (block $done
            (loop $cross
              (br_if $done (i32.ge_u (local.get $j) (local.get 0)))
              (i32.store8 (local.get $j) (i32.const 1))
              (local.set $j (i32.add (local.get $j) (local.get $i)))
              (br $cross)))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 0))))
    (memory.fill (i32.const 0) (i32.const 0) (local.get 0))
    (local.get $primes)))"#;

fn instance(config: &Config) -> (Store<()>, Instance) {
    let engine = Engine::new(config).expect("memory suffices");
    let module = Module::new(&engine, &wat::parse_str(SIEVE).expect("the text is right"));
    let module = module.expect("the module is valid");
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &module).expect("nothing is imported");
    (store, instance)
}

fn count(store: &mut Store<()>, instance: Instance) -> u32 {
    let count = instance.get_typed_func::<u32, u32>(&mut *store, "count").expect("the type is right");
    count.call(store, 10_000).expect("nothing traps")
}

#[test]
fn code_runs_the_same_at_another_address() {
    let (mut store, instance) = instance(&Config::new());
    assert_eq!(count(&mut store, instance), 1229);
    let inner = &mut store.as_context_mut().parts.inner;
    let entity = &mut inner.instances[0];
    let mut moved: Vec<Vec<u16>> = Vec::new();
    for (entry, body) in entity.code.iter_mut().zip(&entity.module.inner.bodies) {
        let mut copy = alloc::vec![0xFFFF; 3];
        copy.extend_from_slice(body.code.get().expect("every function has run").units());
        *entry = CodePointer::new(&copy[3..]);
        moved.push(copy);
    }
    assert_eq!(count(&mut store, instance), 1229);
}

#[test]
fn fuel_is_the_same_in_every_build() {
    let (mut store, instance) = instance(Config::new().consume_fuel(true));
    store.set_fuel(10_000_000).expect("fuel is on");
    assert_eq!(count(&mut store, instance), 1229);
    let used = 10_000_000 - store.get_fuel().expect("fuel is on");
    assert_eq!(
        used, 405_248,
        "one unit for each instruction of the blocks that were entered, without the free ones"
    );
}
