//! Guests that run: the host functions, as a module sees them.

mod support;

use support::{TestClock, TestStream};
use whit::{
    CallState, Config, Engine, Error, Extern, Func, Instance, Linker, Memory, Module, Store, ValType,
};
use whit_wasi::abi::Abi;
use whit_wasi::memfs::MemFs;
use whit_wasi::{Call, Errno, WasiCtx, add_imports_to_linker, add_to_linker};

/// What is in the store: the context is only a part of it.
struct State {
    name: &'static str,
    wasi: WasiCtx,
}

fn context(state: &mut State) -> &mut WasiCtx {
    &mut state.wasi
}

struct Program {
    store: Store<State>,
    instance: Instance,
}

impl Program {
    fn new(text: &str, wasi: WasiCtx) -> Result<Self, Error> {
        let engine = Engine::new(&Config::new())?;
        let module = Module::new(&engine, &wat::parse_str(text).unwrap())?;
        let mut linker = Linker::new(&engine);
        add_imports_to_linker(&mut linker, &module, context)?;
        let mut store = Store::new(&engine, State { name: "test", wasi });
        let instance = linker.instantiate(&mut store, &module)?;
        Ok(Self { store, instance })
    }

    fn func(&mut self, name: &str) -> Func {
        self.instance.get_func(&mut self.store, name).unwrap()
    }

    fn run(&mut self) -> Result<(), Error> {
        self.func("_start").call(&mut self.store, &[], &mut [])
    }

    fn memory(&mut self) -> Memory {
        self.instance.get_memory(&mut self.store, "memory").unwrap()
    }
}

/// A module that imports every function of `abi`.
fn imports(abi: Abi) -> String {
    let mut text = String::from("(module");
    for call in Call::ALL.iter().copied().filter(|call| call.is_in(abi)) {
        let types = |keyword: &str, types: &mut dyn Iterator<Item = ValType>| {
            types.map(|ty| format!("({keyword} {ty})")).collect::<Vec<_>>().join(" ")
        };
        let parameters = types("param", &mut call.parameters());
        let results = types("result", &mut call.results().iter().copied());
        text +=
            &format!("\n(import {:?} {:?} (func {parameters} {results}))", abi.module_name(), call.name());
    }
    text + ")"
}

#[test]
fn every_function_is_there_under_both_names() {
    let engine = Engine::new(&Config::new()).unwrap();
    for abi in Abi::ALL {
        let module = Module::new(&engine, &wat::parse_str(imports(abi)).unwrap()).unwrap();
        assert_eq!(module.imports().count(), if abi == Abi::Preview1 { 46 } else { 45 });
        let mut linker = Linker::new(&engine);
        add_to_linker(&mut linker, context).unwrap();
        let wasi = WasiCtx::builder().build().unwrap();
        let mut store = Store::new(&engine, State { name: "", wasi });
        linker.instantiate(&mut store, &module).unwrap();
        for call in Call::ALL.iter().copied().filter(|call| call.is_in(abi)) {
            let Some(Extern::Func(func)) = linker.get(&mut store, abi.module_name(), call.name()) else {
                panic!("{call:?}");
            };
            assert!(func.ty(&store).params().iter().copied().eq(call.parameters()), "{call:?}");
        }
        Program::new(&imports(abi), WasiCtx::builder().build().unwrap()).unwrap();
    }
}

#[test]
fn only_what_is_imported_is_linked() {
    let text = r#"(module
        (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
        (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
        (import "wasi_unstable" "sched_yield" (func (result i32))))"#;
    Program::new(text, WasiCtx::builder().build().unwrap()).unwrap();
    for (module, name) in
        [("wasi_snapshot_preview1", "fd_dup"), ("wasi_unstable", "sock_accept"), ("env", "fd_read")]
    {
        let text = format!(r#"(module (import "{module}" "{name}" (func)))"#);
        assert!(Program::new(&text, WasiCtx::builder().build().unwrap()).is_err());
    }
}

const HELLO: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\08\00\00\00\05\00\00\00hello")
    (func (export "_start")
        (call $exit (i32.add (i32.const 40)
            (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100))))))"#;

#[test]
fn a_program_writes_and_exits() {
    let stream = TestStream::default();
    let wasi = WasiCtx::builder().stdout(Box::new(stream.clone())).build().unwrap();
    let mut program = Program::new(HELLO, wasi).unwrap();
    let error = program.run().unwrap_err();
    assert_eq!(error.exit_status(), Some(40));
    assert_eq!(*stream.output.lock().unwrap(), b"hello");
    let memory = program.memory();
    assert_eq!(memory.data(&program.store)[100], 5);
    assert_eq!(program.store.data().name, "test");
}

#[test]
fn without_a_memory_every_pointer_is_bad() {
    let wasi = WasiCtx::builder().build().unwrap();
    let mut program = Program::new(&HELLO.replace(r#"(export "memory")"#, ""), wasi).unwrap();
    let status = program.run().unwrap_err().exit_status();
    assert_eq!(status, Some(40 + i32::from(Errno::Fault.number())));
}

/// Echoes what comes in until there is no more, sleeping before each reading.
const ECHO: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\64\00\00\00\10\00\00\00")
    ;; A relative time of 10 of the monotonic clock.
    (data (i32.const 216) "\01")
    (data (i32.const 224) "\0a")
    (func (export "_start")
        (loop $again
            (if (call $poll (i32.const 200) (i32.const 300) (i32.const 1) (i32.const 12)) (then unreachable))
            (i32.store (i32.const 4) (i32.const 16))
            (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4)) (then unreachable))
            (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)) (then unreachable))
            (br_if $again (i32.load (i32.const 4))))))"#;

#[test]
fn a_guest_that_waits_is_suspended_and_resumed() {
    let (stream, time) = (TestStream::default(), TestClock::default());
    let wasi = WasiCtx::builder()
        .stdin(Box::new(stream.clone()))
        .stdout(Box::new(stream.clone()))
        .clock(Box::new(time.clone()))
        .build()
        .unwrap();
    let mut program = Program::new(ECHO, wasi).unwrap();
    let start = program.func("_start");
    let mut state = start.call_resumable(&mut program.store, &[], &mut []).unwrap();
    let mut inputs = [Some("first"), None, Some("second"), Some("")].into_iter();
    let mut suspensions = 0;
    while let CallState::Suspended(call) = state {
        suspensions += 1;
        *time.0.lock().unwrap() += 4;
        if suspensions % 4 == 0 {
            *stream.input.lock().unwrap() = inputs.next().unwrap().map(|text| text.as_bytes().to_vec());
        }
        state = call.resume(&mut program.store, &mut []).unwrap();
        if stream.input.lock().unwrap().as_ref().is_some_and(Vec::is_empty) && inputs.len() > 0 {
            *stream.input.lock().unwrap() = None;
        }
    }
    assert_eq!(*stream.output.lock().unwrap(), b"firstsecond");
    assert!(suspensions >= 12, "{suspensions}");
}

#[test]
fn a_plain_call_that_suspends_is_an_error() {
    let wasi = WasiCtx::builder().clock(Box::new(TestClock::default())).build().unwrap();
    assert!(Program::new(ECHO, wasi).unwrap().run().unwrap_err().is_suspend());
}

/// Copies the file `a` to `b`, a byte at a time.
const COPY: &str = r#"(module
    (import "wasi_unstable" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_unstable" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_unstable" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\64\00\00\00\01\00\00\00")
    (data (i32.const 200) "ab")
    (func $check (param i32) (if (local.get 0) (then unreachable)))
    (func (export "_start")
        (call $check (call $open (i32.const 3) (i32.const 1) (i32.const 200) (i32.const 1)
            (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16)))
        (call $check (call $open (i32.const 3) (i32.const 1) (i32.const 201) (i32.const 1)
            (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 20)))
        (loop $again
            (call $check (call $read (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 24)))
            (if (i32.load (i32.const 24)) (then
                (call $check (call $write (i32.load (i32.const 20)) (i32.const 0) (i32.const 1) (i32.const 24)))
                (br $again))))))"#;

#[test]
fn a_program_copies_a_file() {
    let mut files = MemFs::default();
    files.add_file("a", b"some bytes").unwrap();
    let wasi = WasiCtx::builder().preopen(".", Box::new(files), false).build().unwrap();
    let mut program = Program::new(COPY, wasi).unwrap();
    program.run().unwrap();
    let files = program.store.data_mut().wasi.files_mut(".").unwrap();
    let stat = files.stat_at(whit_wasi::backend::Handle::ROOT, "b").unwrap();
    assert_eq!(stat.size, 10);
}
