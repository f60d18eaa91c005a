//! Every allocation that fails, fails softly: loading, instantiating and running modules while the n-th allocation
//! fails, for every n, gives errors. Nothing aborts, panics or is lost.
//!
//! wasmparser's allocations cannot fail, so they are exempt. That it is kept from running out (see
//! `core/src/module/foreign.rs`) is tested with heaps of every size: it never asks for more than there is.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Mutex;

use whit::{
    Caller, CompilationMode, Config, Engine, Error, ErrorKind, ExternRef, Linker, Module, Store, Trap,
};

/// What the allocator does in this thread.
#[derive(Clone, Copy, PartialEq)]
enum Plan {
    /// Every allocation succeeds.
    Normal,
    /// After this many allocations one fails, or all do from then on.
    Fail { after: usize, forever: bool },
    /// An allocation has failed; the others succeed, or not.
    Failed { forever: bool },
    /// The heap has this many bytes more than are in use.
    Heap { free: isize },
}

thread_local! {
    static PLAN: Cell<Plan> = const { Cell::new(Plan::Normal) };
    static LIVE: Cell<isize> = const { Cell::new(0) };
    /// The most bytes that wasmparser took from a heap that did not have them.
    static TAKEN: Cell<isize> = const { Cell::new(0) };
}

struct Allocator;

impl Allocator {
    /// Whether the allocation that is about to be made, of `more` bytes than there are, fails.
    fn fails(more: isize) -> bool {
        let inside = whit::is_inside_wasmparser();
        let (fails, plan) = match PLAN.get() {
            Plan::Heap { free } if LIVE.get() + more > free => {
                if inside {
                    TAKEN.set(TAKEN.get().max(LIVE.get() + more - free));
                }
                (!inside, Plan::Heap { free })
            }
            Plan::Heap { .. } => return false,
            _ if inside => return false,
            Plan::Normal => return false,
            Plan::Fail { after: 0, forever } => (true, Plan::Failed { forever }),
            Plan::Fail { after, forever } => (false, Plan::Fail { after: after - 1, forever }),
            Plan::Failed { forever } => (forever, Plan::Failed { forever }),
        };
        PLAN.set(plan);
        fails
    }

    fn count(bytes: isize) {
        LIVE.set(LIVE.get() + bytes);
    }
}

// SAFETY: every method does what the system's does, or gives null, which stands for failure.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if Self::fails(layout.size() as isize) {
            return std::ptr::null_mut();
        }
        Self::count(layout.size() as isize);
        // SAFETY: the caller keeps to the contract of `GlobalAlloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if Self::fails(layout.size() as isize) {
            return std::ptr::null_mut();
        }
        Self::count(layout.size() as isize);
        // SAFETY: the caller keeps to the contract of `GlobalAlloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Where it moves, both blocks exist for a while.
        if Self::fails(size as isize) {
            return std::ptr::null_mut();
        }
        Self::count(size as isize - layout.size() as isize);
        // SAFETY: the caller keeps to the contract of `GlobalAlloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        Self::count(-(layout.size() as isize));
        // SAFETY: the caller keeps to the contract of `GlobalAlloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// Held by each test: whether wasmparser runs is known for the whole process.
static ALONE: Mutex<()> = Mutex::new(());

const CALLS: &str = r#"(module
    (type $op (func (param i64 i64) (result i64)))
    (func $add (type $op) (i64.add (local.get 0) (local.get 1)))
    (func $mul (type $op) (i64.mul (local.get 0) (local.get 1)))
    (table funcref (elem $add $mul))
    (func $fold (param $n i64) (param $op i32) (param $start i64) (result i64 i64)
        (if (result i64) (i64.eqz (local.get $n))
            (then (local.get $start))
            (else
                (call $fold (i64.sub (local.get $n) (i64.const 1)) (local.get $op) (local.get $start))
                (drop)
                (call_indirect (type $op) (local.get $n) (local.get $op))))
        (local.get $n))
    (func (export "run") (result i64)
        (drop (call $fold (i64.const 20) (i32.const 0) (i64.const 0)))
        (drop (call $fold (i64.const 10) (i32.const 1) (i64.const 1)))
        (i64.add)))"#;

const MEMORY: &str = r#"(module
    (memory (export "memory") 1 20)
    (table $table 2 200 funcref)
    (global $sum (mut i64) (i64.const 5))
    (data (i32.const 16) "some bytes to begin with")
    (data $later "and some for later")
    (elem $funcs func 0 0 0)
    (func (export "run") (result i64)
        (local $i i32)
        (if (i32.ne (memory.grow (i32.const 3)) (i32.const 1)) (then (return (i64.const -1))))
        (if (i32.ne (table.grow $table (ref.null func) (i32.const 100)) (i32.const 2)) (then (return (i64.const -1))))
        (memory.init $later (i32.const 150000) (i32.const 0) (i32.const 18))
        (memory.copy (i32.const 0) (i32.const 150000) (i32.const 10))
        (table.init $table $funcs (i32.const 0) (i32.const 0) (i32.const 3))
        (data.drop $later)
        (elem.drop $funcs)
        (loop $again
            (global.set $sum (i64.add (global.get $sum) (i64.load8_u (local.get $i))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $i) (i32.const 40))))
        (global.get $sum)))"#;

const HOST: &str = r#"(module
    (import "host" "wrap" (func $wrap (param i64) (result externref)))
    (import "host" "unwrap" (func $unwrap (param externref) (result i64)))
    (import "host" "again" (func $again (param i32) (result i64)))
    (table $refs 1 externref)
    (func (export "inner") (param i32) (result i64)
        (i64.add (i64.extend_i32_s (local.get 0)) (call $again (i32.sub (local.get 0) (i32.const 1)))))
    (func (export "run") (result i64)
        (if (i32.lt_s (table.grow $refs (call $wrap (i64.const 30)) (i32.const 4)) (i32.const 0))
            (then (return (i64.const -1))))
        (i64.add (call $unwrap (table.get $refs (i32.const 3))) (call $again (i32.const 5)))))"#;

/// Exceptions: one that nobody refers to, some that refer to one another, one that passes a host function, legacy ones.
#[cfg(feature = "exceptions")]
const EXCEPTIONS: &str = r#"(module
    (import "host" "again" (func $again (param i32) (result i64)))
    (tag $number (param i64)) (tag $nested (param i64 exnref))
    (func (export "inner") (param i32) (result i64) (throw $number (i64.const 500)))
    (func $nest (param $n i32) (param $last exnref) (result exnref)
        (block $caught (result exnref)
            (try_table (catch_all_ref $caught)
                (if (i32.eqz (local.get $n)) (then (return (local.get $last))))
                (throw $nested (i64.extend_i32_u (local.get $n)) (local.get $last)))
            unreachable)
        (local.set $last)
        (return_call $nest (i32.sub (local.get $n) (i32.const 1)) (local.get $last)))
    (func (export "run") (result i64) (local $sum i64) (local $e exnref)
        try (result i64)
            (call $again (i32.const 1))
        catch $number
        end
        (local.set $sum)
        (local.set $e (call $nest (i32.const 100) (ref.null exn)))
        (loop $next
            (block $caught (result i64 exnref)
                (try_table (catch $nested $caught) (throw_ref (local.get $e)))
                unreachable)
            (local.set $e)
            (local.set $sum (i64.add (local.get $sum)))
            (br_if $next (i32.eqz (ref.is_null (local.get $e)))))
        (local.get $sum)))"#;

fn again(mut caller: Caller<'_, ()>, value: i32) -> Result<i64, Error> {
    match caller.get_func("inner") {
        Some(inner) if value > 0 => inner.typed::<i32, i64>(&caller)?.call(&mut caller, value),
        _ => Ok(0),
    }
}

fn run(bytes: &[u8], mode: CompilationMode) -> Result<i64, Error> {
    let engine = Engine::new(Config::new().compilation_mode(mode))?;
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "again", again)?;
    linker.func_wrap("host", "wrap", |mut caller: Caller<'_, ()>, value: i64| {
        ExternRef::new(&mut caller, value).map(Some)
    })?;
    linker.func_wrap("host", "unwrap", |caller: Caller<'_, ()>, value: Option<ExternRef>| {
        value.and_then(|value| value.data(&caller)?.downcast_ref::<i64>().copied()).unwrap_or(-1)
    })?;
    let module = Module::new(&engine, bytes)?;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module)?;
    instance.get_typed_func::<(), i64>(&store, "run")?.call(&mut store, ())
}

fn is_about_memory(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::OutOfMemory
            | ErrorKind::Limit
            | ErrorKind::Trap(Trap::OutOfMemory | Trap::CallStackExhausted)
    )
}

/// Runs `bytes` while an allocation fails, for each in turn, and tells how many there are.
fn fail_each(bytes: &[u8], mode: CompilationMode, forever: bool, expected: i64) -> usize {
    for after in 0..100_000 {
        let live = LIVE.get();
        PLAN.set(Plan::Fail { after, forever });
        let result = run(bytes, mode);
        let plan = PLAN.replace(Plan::Normal);
        let failed = matches!(plan, Plan::Failed { .. });
        match &result {
            Ok(value) => assert!(*value == expected || failed && *value == -1, "{after}: {value}"),
            Err(error) => assert!(failed && is_about_memory(error), "{after}: {error:?}"),
        }
        drop(result);
        assert_eq!(LIVE.get(), live, "{after}: memory is lost");
        if !failed {
            return after;
        }
    }
    panic!("it never succeeds");
}

#[test]
fn a_failed_allocation_is_an_error() {
    let _alone = ALONE.lock();
    let modules = [
        (CALLS, 210 + 3_628_800),
        (MEMORY, 3217),
        (HOST, 45),
        #[cfg(feature = "exceptions")]
        (EXCEPTIONS, 500 + 5050),
    ];
    for (text, expected) in modules {
        let bytes = wat::parse_str(text).expect("text of a module");
        for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
            for forever in [false, true] {
                let allocations = fail_each(&bytes, mode, forever, expected);
                assert!(allocations > 20, "{allocations}");
            }
        }
    }
}

/// A module of many small things, which make wasmparser keep more than their bytes.
fn many() -> Vec<u8> {
    let mut text = String::from("(module\n");
    for index in 0..50 {
        let params = "i32 ".repeat(index);
        text += &format!("(type (func (param {params}) (result i64)))\n");
        text += &format!("(import \"module{index}\" \"name{index}\" (func (type {index})))\n");
    }
    for index in 0..50 {
        text += &format!("(func (export \"f{index}\") (type {index}) (local i32 f64) (i64.const {index}))\n");
        text += &format!("(global (export \"g{index}\") funcref (ref.func {index}))\n");
        text += &format!(
            "(elem (i32.const {index}) func {index} {index} 1 2 3)\n(data (i32.const {index}) \"a\")\n"
        );
    }
    // Deep operands and deep labels.
    let (constants, adds) = ("i32.const 1 ".repeat(500), "i32.add ".repeat(499));
    text += &format!("(func (result i32) {constants} {adds})\n(global i32 {constants} {adds})\n");
    text += &format!("(func {} {})\n", "block ".repeat(300), "end ".repeat(300));
    text += "(table 100 funcref) (memory 1))";
    wat::parse_str(text).expect("text of a module")
}

#[test]
fn heaps_of_every_size_are_large_enough_or_give_an_error() {
    let _alone = ALONE.lock();
    let modules = [
        wat::parse_str(include_str!("robust/everything.wat")).expect("text of a module"),
        wat::parse_str(include_str!("robust/proposals.wat")).expect("text of a module"),
        include_bytes!("robust/compiled.wasm").to_vec(),
        many(),
    ];
    for bytes in &modules {
        for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
            let engine = Engine::new(Config::new().compilation_mode(mode)).expect("an engine");
            let mut size = 0;
            loop {
                let live = LIVE.get();
                PLAN.set(Plan::Heap { free: live + size });
                let result = Module::new(&engine, bytes).map(drop);
                PLAN.set(Plan::Normal);
                let taken = TAKEN.replace(0);
                assert_eq!(taken, 0, "{mode:?}: wasmparser overran a heap of {size} bytes");
                let done = result.is_ok();
                if let Err(error) = result {
                    assert!(is_about_memory(&error), "{size}: {error:?}");
                }
                assert_eq!(LIVE.get(), live, "memory is lost");
                if done {
                    break;
                }
                size += 256;
                assert!(size < 4 << 20, "it never succeeds");
            }
        }
    }
}
