//! Thousands of guests on one thread, each of which sleeps now and then: `cargo run --release --example waiting -- 5000`.
//!
//! A guest that waits is suspended: it is a store and a time at which to go on, and holds no thread.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use whit::{CallState, Config, Engine, Instance, Linker, Module, Store, StoreLimits, SuspendedCall};
use whit_wasi::backend::{Answer, Clock, Failure, Pause, Wait};
use whit_wasi::{ClockId, Errno, WasiCtx, add_imports_to_linker};

/// Sleeps ten times for so many milliseconds, and says how often that was.
const GUEST: &str = r#"(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    ;; A subscription to the monotonic clock.
    (data (i32.const 16) "\01")
    (func (export "sleep") (param $milliseconds i64) (result i32) (local $times i32)
        (i64.store (i32.const 24) (i64.mul (local.get $milliseconds) (i64.const 1000000)))
        (loop $again
            (if (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 96)) (then unreachable))
            (local.set $times (i32.add (local.get $times) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $times) (i32.const 10))))
        (local.get $times)))"#;

/// Time since the program started.
struct Since(Instant);

impl Clock for Since {
    fn now(&mut self, _: ClockId) -> Answer<u64> {
        u64::try_from(self.0.elapsed().as_nanos()).map_err(|_| Errno::Overflow.into())
    }

    fn resolution(&mut self, _: ClockId) -> Answer<u64> {
        Ok(1)
    }
}

/// Suspends its guest, and notes until when.
struct Note(Arc<Mutex<u64>>);

impl Wait for Note {
    fn pause(&mut self, pause: &Pause<'_>) -> Answer<()> {
        *self.0.lock().map_err(|_| Errno::Io)? = pause.until.unwrap_or(0);
        Err(Failure::NotReady)
    }
}

/// A guest that waits.
struct Waiting {
    store: Store<WasiCtx>,
    call: SuspendedCall,
    until: Arc<Mutex<u64>>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let number: u64 = std::env::args().nth(1).map_or(Ok(2000), |number| number.parse())?;
    let engine = Engine::new(&Config::new())?;
    let module = Module::new(&engine, &wat::parse_str(GUEST)?)?;
    let start = Instant::now();
    let (mut guests, mut queue) = (Vec::new(), BinaryHeap::new());
    for index in 0..number {
        let guest = begin(&engine, &module, start, index % 50 + 1)?;
        queue.push(Reverse((*guest.until.lock().map_err(|_| "poisoned")?, guests.len())));
        guests.push(Some(guest));
    }
    let (mut resumed, mut finished) = (0, 0);
    // Who waits least is next.
    while let Some(Reverse((until, index))) = queue.pop() {
        std::thread::sleep(Duration::from_nanos(until).saturating_sub(start.elapsed()));
        let Some(Waiting { mut store, call, until }) = guests[index].take() else { continue };
        let mut results = [whit::Val::I32(0)];
        resumed += 1;
        match call.resume(&mut store, &mut results)? {
            CallState::Suspended(call) => {
                queue.push(Reverse((*until.lock().map_err(|_| "poisoned")?, index)));
                guests[index] = Some(Waiting { store, call, until });
            }
            CallState::Done => finished += i32::from(matches!(results, [whit::Val::I32(10)])),
        }
    }
    println!("{finished} guests finished on one thread; they were resumed {resumed} times");
    Ok(())
}

/// A guest that has begun to sleep.
fn begin(
    engine: &Engine,
    module: &Module,
    start: Instant,
    milliseconds: u64,
) -> Result<Waiting, Box<dyn std::error::Error>> {
    let until = Arc::new(Mutex::new(0));
    let wasi =
        WasiCtx::builder().clock(Box::new(Since(start))).wait(Box::new(Note(until.clone()))).build()?;
    let mut limits = StoreLimits::default();
    limits.budget = 256 << 10;
    let mut store = Store::with_limits(engine, wasi, limits);
    let mut linker = Linker::new(engine);
    add_imports_to_linker(&mut linker, module, |wasi| wasi)?;
    let instance: Instance = linker.instantiate(&mut store, module)?;
    let sleep = instance.get_func(&mut store, "sleep").ok_or("no function to call")?;
    let parameters = [whit::Val::I64(milliseconds.cast_signed())];
    match sleep.call_resumable(&mut store, &parameters, &mut [whit::Val::I32(0)])? {
        CallState::Suspended(call) => Ok(Waiting { store, call, until }),
        CallState::Done => Err("it did not wait".into()),
    }
}
