//! Backends that are not ready: a guest that is suspended and resumed sees the same as one that never waited.

mod support;

use support::{ALL, APPEND, CREAT, DIRECTORY, EXCL, FOLLOW, Guest, READ, TRUNC};
use whit_wasi::backend::{Answer, DirEntry, Failure, FileStat, Files, Handle, OpenOptions, Opened, SetTimes};
use whit_wasi::memfs::MemFs;
use whit_wasi::{Call, Errno, Outcome, WasiCtx};

/// Is not ready every `patience`th time that it is asked for something.
struct Slow {
    files: MemFs,
    patience: u32,
    asked: u32,
}

macro_rules! slow {
    ($($name:ident($($argument:ident: $ty:ty),*) -> $answer:ty;)*) => {
        impl Files for Slow {
            fn close(&mut self, handle: Handle) {
                self.files.close(handle);
            }

            $(fn $name(&mut self, $($argument: $ty),*) -> Answer<$answer> {
                self.asked += 1;
                if self.asked.is_multiple_of(self.patience) {
                    return Err(Failure::NotReady);
                }
                self.files.$name($($argument),*)
            })*
        }
    };
}

slow! {
    open(dir: Handle, name: &str, options: &OpenOptions) -> Opened;
    stat(handle: Handle) -> FileStat;
    stat_at(dir: Handle, name: &str) -> FileStat;
    read_at(file: Handle, offset: u64, into: &mut [u8]) -> usize;
    read_dir(dir: Handle, from: u64, entry: &mut dyn FnMut(&DirEntry<'_>) -> bool) -> ();
    read_link(dir: Handle, name: &str, into: &mut [u8]) -> usize;
    write_at(file: Handle, offset: u64, from: &[u8]) -> usize;
    append(file: Handle, from: &[u8]) -> (usize, u64);
    set_size(file: Handle, size: u64) -> ();
    allocate(file: Handle, offset: u64, length: u64) -> ();
    set_times(handle: Handle, times: &SetTimes) -> ();
    set_times_at(dir: Handle, name: &str, times: &SetTimes) -> ();
    sync(handle: Handle, data_only: bool) -> ();
    create_directory(dir: Handle, name: &str) -> ();
    remove_directory(dir: Handle, name: &str) -> ();
    unlink_file(dir: Handle, name: &str) -> ();
    rename(dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> ();
    link(dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> ();
    symlink(target: &str, dir: Handle, name: &str) -> ();
}

/// One guest on files that are always ready, and one on files that are not.
struct Pair {
    ready: Guest,
    slow: Guest,
    suspensions: u32,
}

impl Pair {
    fn new(patience: u32) -> Self {
        let guest = |files: Box<dyn Files>| Guest::new(WasiCtx::builder().preopen("/", files, false));
        let slow = Slow { files: support::files(), patience, asked: 0 };
        Self { ready: guest(Box::new(support::files())), slow: guest(Box::new(slow)), suspensions: 0 }
    }

    /// Makes a call in both, with the same numbers and the same memory, and checks that the same comes of it.
    fn call(&mut self, call: Call, values: &[u64]) -> Result<(), Errno> {
        self.slow.memory.copy_from_slice(&self.ready.memory);
        let result = self.ready.call(call, values);
        let answer = loop {
            match self.slow.outcome(call, values) {
                Outcome::NotReady => self.suspensions += 1,
                outcome => break outcome,
            }
        };
        assert_eq!(answer, Outcome::Return(result), "{call:?} {values:?}");
        assert!(self.ready.memory == self.slow.memory, "{call:?} {values:?}");
        result
    }

    fn open(&mut self, path: &str, lookup: u64, open: u64, rights: u64, flags: u64) -> Result<u64, Errno> {
        let [path, length] = self.ready.put(path.as_bytes());
        self.call(Call::PathOpen, &[3, lookup, path, length, open, rights, ALL, flags, 0])?;
        Ok(u64::from(self.ready.u32_at(0)))
    }

    fn path(&mut self, call: Call, path: &str) -> Result<(), Errno> {
        let [path, length] = self.ready.put(path.as_bytes());
        self.call(call, &[3, path, length])
    }

    fn paths(&mut self, call: Call, old: &str, new: &str) -> Result<(), Errno> {
        let (old, new) = (self.ready.put(old.as_bytes()), self.ready.put(new.as_bytes()));
        match call {
            Call::PathSymlink => self.call(call, &[old[0], old[1], 3, new[0], new[1]]),
            Call::PathLink => self.call(call, &[3, FOLLOW, old[0], old[1], 3, new[0], new[1]]),
            _ => self.call(call, &[3, old[0], old[1], 3, new[0], new[1]]),
        }
    }

    fn transfer(&mut self, call: Call, fd: u64, bytes: &[u8]) -> Result<(), Errno> {
        let (list, _) = self.ready.put_buffer(bytes);
        self.call(call, &[fd, list[0], list[1], 0])
    }
}

fn session(pair: &mut Pair) -> Result<(), Errno> {
    pair.path(Call::PathCreateDirectory, "dir/deep/new")?;
    pair.paths(Call::PathSymlink, "dir/deep/..", "up")?;
    pair.paths(Call::PathSymlink, "up/b", "link")?;
    let file = pair.open("link", FOLLOW, 0, ALL, 0)?;
    pair.transfer(Call::FdRead, file, b"......")?;
    pair.transfer(Call::FdWrite, file, b" and more")?;
    pair.call(Call::FdSeek, &[file, (-3i64) as u64, 2, 0])?;
    pair.transfer(Call::FdRead, file, b"......")?;
    let log = pair.open("up/deep/new/log", 0, CREAT | EXCL | TRUNC, ALL, APPEND)?;
    for line in [b"one\n", b"two\n"] {
        pair.transfer(Call::FdWrite, log, line)?;
    }
    pair.call(Call::FdAllocate, &[log, 0, 20])?;
    pair.call(Call::FdFilestatSetSize, &[log, 6])?;
    pair.call(Call::FdSync, &[log])?;
    pair.call(Call::FdFilestatSetTimes, &[log, 1, 2, 5])?;
    pair.paths(Call::PathLink, "link", "second")?;
    pair.paths(Call::PathRename, "dir/deep/new", "moved")?;
    let [path, length] = pair.ready.put(b"up/b");
    pair.call(Call::PathFilestatSetTimes, &[3, FOLLOW, path, length, 3, 4, 5])?;
    let [path, length] = pair.ready.put(b"moved/log");
    pair.call(Call::PathFilestatGet, &[3, FOLLOW, path, length, 0])?;
    let [path, length] = pair.ready.put(b"link");
    pair.call(Call::PathReadlink, &[3, path, length, 1000, 50, 0])?;
    let dir = pair.open("up/", 0, DIRECTORY, READ, 0)?;
    pair.call(Call::FdReaddir, &[dir, 2000, 100, 0, 0])?;
    pair.call(Call::FdReaddir, &[dir, 2000, 100, 2, 0])?;
    assert_eq!(pair.path(Call::PathRemoveDirectory, "moved"), Err(Errno::Notempty));
    pair.path(Call::PathUnlinkFile, "moved/log")?;
    pair.path(Call::PathRemoveDirectory, "moved")?;
    assert_eq!(pair.open("up/../../x", FOLLOW, CREAT, ALL, 0), Err(Errno::Perm));
    assert_eq!(pair.open("none/x", FOLLOW, 0, ALL, 0), Err(Errno::Noent));
    let second = pair.open("second", 0, 0, READ, 0)?;
    pair.transfer(Call::FdRead, second, &[0; 40])?;
    for fd in [file, log, dir, second] {
        pair.call(Call::FdClose, &[fd])?;
    }
    Ok(())
}

/// A call that asks for `n` operations comes through where at least so many go well in a row.
#[test]
fn a_suspended_guest_sees_no_difference() {
    for patience in 12..24 {
        let mut pair = Pair::new(patience);
        session(&mut pair).unwrap();
        assert!(pair.suspensions > 1, "{patience}: {}", pair.suspensions);
    }
}
