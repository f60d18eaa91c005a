//! What a guest may use: its store's budget, and quotas of its own.

mod support;

use support::{CREAT, Guest, files};
use whit::{
    CompilationMode, Config, Engine, Error, ErrorKind, Func, Instance, Linker, Memory, Module, Store,
    StoreLimits, Val,
};
use whit_wasi::memfs::MemFs;
use whit_wasi::{Call, Errno, WasiCtx, WasiLimits, add_imports_to_linker};

/// Functions of one directory and one file in it.
const GUEST: &str = r#"(module
    (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $set_size (param i32 i64) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "file")
    ;; A buffer.
    (data (i32.const 16) "\00\10\00\00\00\10\00\00")
    (func (export "open") (result i32)
        (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 1) (i64.const -1)
            (i64.const 0) (i32.const 0) (i32.const 32)))
    (func (export "write") (result i32)
        (call $write (i32.const 4) (i32.const 16) (i32.const 1) (i32.const 32)))
    (func (export "truncate") (result i32) (call $set_size (i32.const 4) (i64.const 0)))
    (func (export "close") (param i32) (result i32) (call $close (local.get 0)))
    (func (export "make") (param $name i32) (result i32)
        (i32.store (i32.const 64) (local.get $name))
        (call $make (i32.const 3) (i32.const 64) (i32.const 4))))"#;

const BUDGET: usize = 1 << 18;

struct Program {
    store: Store<WasiCtx>,
    instance: Instance,
}

impl Program {
    fn new(wasi: WasiCtx) -> Self {
        // Code that is translated on its first call would be charged then.
        let engine = Engine::new(Config::new().compilation_mode(CompilationMode::Eager)).unwrap();
        let module = Module::new(&engine, &wat::parse_str(GUEST).unwrap()).unwrap();
        let mut linker = Linker::new(&engine);
        add_imports_to_linker(&mut linker, &module, |wasi| wasi).unwrap();
        let mut limits = StoreLimits::default();
        limits.budget = BUDGET;
        let mut store = Store::with_limits(&engine, wasi, limits);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        Self { store, instance }
    }

    fn func(&mut self, name: &str) -> Func {
        self.instance.get_func(&mut self.store, name).unwrap()
    }

    fn try_call(&mut self, name: &str, arguments: &[i32]) -> Result<i32, Error> {
        let arguments: Vec<_> = arguments.iter().map(|number| Val::I32(*number)).collect();
        let mut results = [Val::I32(0)];
        self.func(name).call(&mut self.store, &arguments, &mut results)?;
        let [Val::I32(errno)] = results else { panic!("{results:?}") };
        assert!(self.store.budget_used() <= BUDGET);
        Ok(errno)
    }

    fn call(&mut self, name: &str, arguments: &[i32]) -> i32 {
        self.try_call(name, arguments).unwrap()
    }

    /// Calls `name` with growing numbers until that fails; the error number, and the bytes in use then.
    fn exhaust(&mut self, name: &str, arguments: impl Fn(i32) -> Vec<i32>) -> (i32, usize) {
        for number in 0..1_000_000 {
            match self.call(name, &arguments(number)) {
                0 => {}
                errno => return (errno, self.store.budget_used()),
            }
        }
        panic!("no end");
    }
}

fn with_files(limits: WasiLimits) -> WasiCtx {
    WasiCtx::builder().preopen("/", Box::new(MemFs::default()), false).limits(limits).build().unwrap()
}

fn errno(errno: Errno) -> i32 {
    errno.number().into()
}

#[test]
fn files_in_memory_come_out_of_the_budget() {
    let mut program = Program::new(with_files(WasiLimits::default()));
    assert_eq!(program.call("open", &[]), 0);
    let before = program.store.budget_used();
    let (failed, used) = program.exhaust("write", |_| vec![]);
    assert_eq!(failed, errno(Errno::Nospc));
    assert!(used > BUDGET - 8192, "{used}");
    // The guest's own memory is part of the same.
    let memory = program.instance.get_memory(&mut program.store, "memory").unwrap();
    assert!(memory.grow(&mut program.store, 1).is_err());
    assert_eq!(program.call("truncate", &[]), 0);
    assert_eq!(program.store.budget_used(), before);
    assert!(memory.grow(&mut program.store, 1).is_ok());
}

#[test]
fn names_come_out_of_the_budget() {
    let mut program = Program::new(with_files(WasiLimits::default()));
    // Four letters for each number.
    let name =
        |number: i32| (0..4).fold(0, |name, place| (name << 8) | (0x61 + (number >> (4 * place) & 15)));
    let (failed, used) = program.exhaust("make", |number| vec![name(number)]);
    assert_eq!(failed, errno(Errno::Nospc));
    assert!(used > BUDGET / 2, "{used}");
}

#[test]
fn descriptors_come_out_of_the_budget() {
    let mut limits = WasiLimits::default();
    limits.descriptors = usize::MAX;
    let mut program = Program::new(with_files(limits));
    let (failed, used) = program.exhaust("open", |_| vec![]);
    assert!(failed == errno(Errno::Nomem) || failed == errno(Errno::Nfile), "{failed}");
    assert!(used > BUDGET / 2, "{used}");
    // Numbers that are free again are used again.
    assert_eq!(program.call("close", &[100]), 0);
    assert_eq!(program.call("open", &[]), 0);
    assert_eq!(program.store.budget_used(), used);
}

#[test]
fn what_the_embedder_brings_counts_too() {
    let mut tree = MemFs::default();
    tree.add_file("big", &vec![0; BUDGET]).unwrap();
    let wasi = WasiCtx::builder().preopen("/", Box::new(tree), false).build().unwrap();
    let mut program = Program::new(wasi);
    let error = program.try_call("close", &[9]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit), "{error}");
    assert!(program.store.budget_used() <= BUDGET);
}

#[test]
fn a_store_is_charged_once_for_what_stays() {
    let mut program = Program::new(with_files(WasiLimits::default()));
    program.call("open", &[]);
    let used = program.store.budget_used();
    for _ in 0..10 {
        assert_eq!(program.call("close", &[4]), 0);
        assert_eq!(program.call("open", &[]), 0);
    }
    assert_eq!(program.store.budget_used(), used);
    // A budget has room for the engine's memories, whatever is held for the guest.
    assert!(Memory::new(&mut program.store, whit::MemoryType::new(20, None)).is_err());
}

fn guest(change: impl FnOnce(&mut WasiLimits)) -> Guest {
    let mut limits = WasiLimits::default();
    change(&mut limits);
    Guest::new(WasiCtx::builder().preopen("/", Box::new(files()), false).limits(limits))
}

#[test]
fn memory_is_limited() {
    let mut guest = guest(|limits| limits.memory = 40_000);
    let fd = guest.open("a", 0).unwrap();
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[fd, 40_000]), Err(Errno::Nospc));
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[fd, 30_000]), Ok(()));
    // A link is expanded in memory, too.
    guest.symlink("a", "link").unwrap();
    assert_eq!(guest.open("link", 0).map(|_| ()), Ok(()));
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[fd, 35_000]), Ok(()));
    assert_eq!(guest.open("link", 0), Err(Errno::Nomem));
    // So is what is waited for.
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[fd, 0]), Ok(()));
    assert_eq!(guest.open("link", 0).map(|_| ()), Ok(()));
}

#[test]
fn names_are_limited() {
    let mut guest = guest(|limits| limits.entries = 3);
    guest.open("new", CREAT).unwrap();
    guest.open("new", CREAT).unwrap();
    guest.open("a", CREAT).unwrap();
    guest.path(Call::PathCreateDirectory, "made").unwrap();
    guest.symlink("a", "link").unwrap();
    assert_eq!(guest.open("more", CREAT), Err(Errno::Dquot));
    assert_eq!(guest.path(Call::PathCreateDirectory, "more"), Err(Errno::Dquot));
    assert_eq!(guest.symlink("a", "more"), Err(Errno::Dquot));
    assert_eq!(guest.link("a", 0, "more"), Err(Errno::Dquot));
    assert_eq!(guest.stat("more", 0), Err(Errno::Noent));
    // A name that moves stays one; one that is replaced or removed is one less.
    guest.rename("new", "moved").unwrap();
    assert_eq!(guest.link("a", 0, "more"), Err(Errno::Dquot));
    guest.rename("moved", "a").unwrap();
    guest.link("a", 0, "more").unwrap();
    guest.rename("more", "a").unwrap();
    assert_eq!(guest.path(Call::PathCreateDirectory, "other"), Err(Errno::Dquot));
    guest.path(Call::PathUnlinkFile, "more").unwrap();
    guest.path(Call::PathCreateDirectory, "other").unwrap();
    guest.path(Call::PathRemoveDirectory, "other").unwrap();
    assert_eq!(guest.path(Call::PathRemoveDirectory, "other"), Err(Errno::Noent));
    guest.path(Call::PathCreateDirectory, "other").unwrap();
    assert_eq!(guest.path(Call::PathCreateDirectory, "more"), Err(Errno::Dquot));
}

#[test]
fn bytes_written_are_limited() {
    let mut guest = guest(|limits| limits.written = 10);
    let fd = guest.open("a", 0).unwrap();
    assert_eq!(guest.write(fd, b"1234"), Ok(4));
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[fd, 7]), Ok(()));
    assert_eq!(guest.call(Call::FdAllocate, &[fd, 100, 1]), Err(Errno::Dquot));
    // A gap counts like what is written behind it.
    guest.seek(fd, 20, 0).unwrap();
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Dquot));
    guest.seek(fd, 8, 0).unwrap();
    assert_eq!(guest.write(fd, b"too much"), Ok(3));
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Dquot));
    assert_eq!(guest.write(fd, b""), Ok(0));
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[fd, 12]), Err(Errno::Dquot));
    // Nothing is given back.
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[fd, 0]), Ok(()));
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Dquot));
    let appending = guest.open_at(3, "a", 0, 0, support::ALL, support::APPEND).unwrap();
    assert_eq!(guest.write(appending, b"x"), Err(Errno::Dquot));
}
