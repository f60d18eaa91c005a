//! A guest made of nothing but a memory: calls are made directly, as host functions would make them.

#![allow(dead_code, unreachable_pub, reason = "every test uses a part of it")]

use std::sync::atomic::{AtomicIsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use whit_wasi::abi::Abi;
use whit_wasi::abi::types::Rights;
use whit_wasi::backend::{
    Answer, Clock, DirEntry, Event, Failure, FileStat, Files, Handle, Net, OpenOptions, Opened, Pause,
    Random, Ready, Slots, Stdio, Wait,
};
use whit_wasi::memfs::MemFs;
use whit_wasi::{Call, ClockId, Errno, Outcome, SdFlags, WasiCtx, WasiCtxBuilder};

pub const CREAT: u64 = 1;
pub const DIRECTORY: u64 = 2;
pub const EXCL: u64 = 4;
pub const TRUNC: u64 = 8;
pub const APPEND: u64 = 1;
pub const NONBLOCK: u64 = 4;
pub const FOLLOW: u64 = 1;
pub const ALL: u64 = Rights::ALL.0;
/// What C's `open` asks for with `O_RDONLY`.
pub const READ: u64 = ALL & !(Rights::FD_WRITE.0 | Rights::FD_ALLOCATE.0 | Rights::FD_FILESTAT_SET_SIZE.0);

/// Where results go.
pub const RESULT: u32 = 0;
/// Where texts and buffers begin.
const HEAP: u32 = 256;

pub struct Guest {
    pub ctx: WasiCtx,
    pub memory: Vec<u8>,
    pub abi: Abi,
    next: u32,
}

impl Guest {
    pub fn new(builder: WasiCtxBuilder) -> Self {
        Self { ctx: builder.build().unwrap(), memory: vec![0; 65536], abi: Abi::Preview1, next: HEAP }
    }

    /// A guest whose descriptor 3 is a directory with some files.
    pub fn with_files() -> Self {
        Self::new(WasiCtx::builder().preopen("/", Box::new(files()), false))
    }

    pub fn read_only() -> Self {
        Self::new(WasiCtx::builder().preopen("/", Box::new(files()), true))
    }

    pub fn outcome(&mut self, call: Call, values: &[u64]) -> Outcome {
        self.next = HEAP;
        self.ctx.call(self.abi, call, &mut self.memory, values)
    }

    pub fn call(&mut self, call: Call, values: &[u64]) -> Result<(), Errno> {
        match self.outcome(call, values) {
            Outcome::Return(result) => result,
            outcome => panic!("{call:?}: {outcome:?}"),
        }
    }

    /// Puts `bytes` into memory for the next call; pointer and length.
    pub fn put(&mut self, bytes: &[u8]) -> [u64; 2] {
        let at = self.next as usize;
        self.memory[at..at + bytes.len()].copy_from_slice(bytes);
        self.next += (bytes.len() as u32).next_multiple_of(8);
        [at as u64, bytes.len() as u64]
    }

    /// Puts a list with one buffer into memory for the next call; pointer and count, and where the buffer is.
    pub fn put_buffer(&mut self, bytes: &[u8]) -> ([u64; 2], usize) {
        let [pointer, length] = self.put(bytes);
        let record = [(pointer as u32).to_le_bytes(), (length as u32).to_le_bytes()].concat();
        let [list, _] = self.put(&record);
        ([list, 1], pointer as usize)
    }

    pub fn u16_at(&self, at: u32) -> u16 {
        u16::from_le_bytes(self.memory[at as usize..][..2].try_into().unwrap())
    }

    pub fn u32_at(&self, at: u32) -> u32 {
        u32::from_le_bytes(self.memory[at as usize..][..4].try_into().unwrap())
    }

    pub fn u64_at(&self, at: u32) -> u64 {
        u64::from_le_bytes(self.memory[at as usize..][..8].try_into().unwrap())
    }

    pub fn open_at(
        &mut self,
        dir: u64,
        path: &str,
        lookup: u64,
        open: u64,
        rights: u64,
        flags: u64,
    ) -> Result<u64, Errno> {
        let [pointer, length] = self.put(path.as_bytes());
        let values = [dir, lookup, pointer, length, open, rights, ALL, flags, u64::from(RESULT)];
        self.call(Call::PathOpen, &values)?;
        Ok(u64::from(self.u32_at(RESULT)))
    }

    /// Opens to read and write, following symbolic links.
    pub fn open(&mut self, path: &str, open: u64) -> Result<u64, Errno> {
        self.open_at(3, path, FOLLOW, open, ALL, 0)
    }

    pub fn open_to_read(&mut self, path: &str) -> Result<u64, Errno> {
        self.open_at(3, path, FOLLOW, 0, READ, 0)
    }

    pub fn read(&mut self, fd: u64, length: usize) -> Result<Vec<u8>, Errno> {
        let (list, at) = self.put_buffer(&vec![0; length]);
        self.call(Call::FdRead, &[fd, list[0], list[1], u64::from(RESULT)])?;
        Ok(self.memory[at..at + self.u32_at(RESULT) as usize].to_vec())
    }

    pub fn write(&mut self, fd: u64, bytes: &[u8]) -> Result<u32, Errno> {
        let (list, _) = self.put_buffer(bytes);
        self.call(Call::FdWrite, &[fd, list[0], list[1], u64::from(RESULT)])?;
        Ok(self.u32_at(RESULT))
    }

    pub fn seek(&mut self, fd: u64, delta: i64, whence: u64) -> Result<u64, Errno> {
        self.call(Call::FdSeek, &[fd, delta as u64, whence, u64::from(RESULT)])?;
        Ok(self.u64_at(RESULT))
    }

    /// A call of a directory and a path.
    pub fn path(&mut self, call: Call, path: &str) -> Result<(), Errno> {
        let [pointer, length] = self.put(path.as_bytes());
        self.call(call, &[3, pointer, length])
    }

    pub fn symlink(&mut self, target: &str, path: &str) -> Result<(), Errno> {
        let (target, path) = (self.put(target.as_bytes()), self.put(path.as_bytes()));
        self.call(Call::PathSymlink, &[target[0], target[1], 3, path[0], path[1]])
    }

    pub fn rename(&mut self, old: &str, new: &str) -> Result<(), Errno> {
        let (old, new) = (self.put(old.as_bytes()), self.put(new.as_bytes()));
        self.call(Call::PathRename, &[3, old[0], old[1], 3, new[0], new[1]])
    }

    pub fn link(&mut self, old: &str, lookup: u64, new: &str) -> Result<(), Errno> {
        let (old, new) = (self.put(old.as_bytes()), self.put(new.as_bytes()));
        self.call(Call::PathLink, &[3, lookup, old[0], old[1], 3, new[0], new[1]])
    }

    /// The kind and size of a file.
    pub fn stat(&mut self, path: &str, lookup: u64) -> Result<(u8, u64), Errno> {
        let [pointer, length] = self.put(path.as_bytes());
        self.call(Call::PathFilestatGet, &[3, lookup, pointer, length, u64::from(RESULT)])?;
        Ok((self.memory[RESULT as usize + 16], self.u64_at(RESULT + 32)))
    }

    /// One reading of a directory: cookie behind it and name, of every whole entry; and how many bytes were used.
    pub fn readdir(
        &mut self,
        fd: u64,
        room: usize,
        cookie: u64,
    ) -> Result<(Vec<(u64, String)>, usize), Errno> {
        let [pointer, length] = self.put(&vec![0xee; room]);
        self.call(Call::FdReaddir, &[fd, pointer, length, cookie, u64::from(RESULT)])?;
        let used = self.u32_at(RESULT) as usize;
        let mut bytes = &self.memory[pointer as usize..][..used];
        let mut entries = Vec::new();
        while let Some((head, rest)) = bytes.split_at_checked(24) {
            let length = u32::from_le_bytes(head[16..20].try_into().unwrap()) as usize;
            let Some((name, rest)) = rest.split_at_checked(length) else { break };
            let next = u64::from_le_bytes(head[..8].try_into().unwrap());
            entries.push((next, String::from_utf8(name.to_vec()).unwrap()));
            bytes = rest;
        }
        Ok((entries, used))
    }

    /// Everything in a file, past the guest.
    pub fn content(&mut self, name: &str) -> Vec<u8> {
        let files = self.ctx.files_mut("/").unwrap();
        let mut options = OpenOptions::default();
        options.read = true;
        let opened = files.open(Handle::ROOT, name, &options).unwrap();
        let mut bytes = vec![0; files.stat(opened.handle).unwrap().size as usize];
        assert_eq!(files.read_at(opened.handle, 0, &mut bytes), Ok(bytes.len()));
        files.close(opened.handle);
        bytes
    }
}

/// `a` with `alpha`, `dir/b` with `beta`, `dir/deep/c` with `gamma`, `empty/`.
pub fn files() -> MemFs {
    let mut files = MemFs::default();
    files.add_file("a", b"alpha").unwrap();
    files.add_file("dir/b", b"beta").unwrap();
    files.add_file("dir/deep/c", b"gamma").unwrap();
    files.add_directory("empty").unwrap();
    files
}

/// A clock that others move.
#[derive(Clone, Default)]
pub struct TestClock(pub Arc<Mutex<u64>>);

impl Clock for TestClock {
    fn now(&mut self, clock: ClockId) -> Answer<u64> {
        match clock {
            ClockId::Monotonic => Ok(*self.0.lock().unwrap()),
            ClockId::Realtime => Ok(*self.0.lock().unwrap() + 1_000_000),
            _ => Err(Errno::Inval.into()),
        }
    }

    fn resolution(&mut self, clock: ClockId) -> Answer<u64> {
        self.now(clock).map(|_| 1)
    }
}

/// What a guest waited for: until when, for how long, for what.
pub type Waited = (Option<u64>, Option<u64>, Vec<Event>);

/// Lets time pass by moving the clock, and notes what for.
pub struct TestWait(pub TestClock, pub Arc<Mutex<Vec<Waited>>>);

impl Wait for TestWait {
    fn pause(&mut self, pause: &Pause<'_>) -> Answer<()> {
        self.1.lock().unwrap().push((pause.until, pause.for_nanoseconds, pause.events.to_vec()));
        *self.0.0.lock().unwrap() += pause.for_nanoseconds.unwrap_or(0);
        Ok(())
    }
}

/// A stream with an end for the test: what can be read (nothing yet: not ready), and what was written.
#[derive(Clone, Default)]
pub struct TestStream {
    pub input: Arc<Mutex<Option<Vec<u8>>>>,
    pub output: Arc<Mutex<Vec<u8>>>,
}

impl Stdio for TestStream {
    fn read(&mut self, into: &mut [u8]) -> Answer<usize> {
        let mut input = self.input.lock().unwrap();
        let Some(bytes) = input.as_mut() else { return Err(Failure::NotReady) };
        let count = bytes.len().min(into.len());
        into[..count].copy_from_slice(&bytes[..count]);
        bytes.drain(..count);
        Ok(count)
    }

    fn write(&mut self, from: &[u8]) -> Answer<usize> {
        self.output.lock().unwrap().extend_from_slice(from);
        Ok(from.len())
    }

    fn is_terminal(&self) -> bool {
        true
    }

    fn readable(&mut self) -> Option<Ready> {
        // What is there is all that comes.
        self.input
            .lock()
            .unwrap()
            .as_ref()
            .map(|it| Ready::bytes(it.len() as u64).with_hung_up(it.is_empty()))
    }
}

/// Sockets with ends for the test: one listener with callers, and the connections accepted so far.
#[derive(Clone, Default)]
pub struct TestNet {
    pub callers: Arc<Mutex<Vec<Connection>>>,
    pub open: Arc<Mutex<Slots<Connection>>>,
}

#[derive(Default)]
pub struct Connection {
    /// What the other end has sent, and whether it has finished.
    pub incoming: Vec<u8>,
    pub finished: bool,
    /// What it has got, and how much more it takes.
    pub outgoing: Vec<u8>,
    pub room: usize,
    pub shut: SdFlags,
}

impl TestNet {
    /// Does `action` with a connection; handle 0 is the listener's.
    pub fn with<R>(&self, socket: Handle, action: impl FnOnce(&mut Connection) -> R) -> Result<R, Errno> {
        let slot = Handle(socket.0.checked_sub(1).ok_or(Errno::Notconn)?);
        self.open.lock().unwrap().get_mut(slot).map(action).ok_or(Errno::Badf)
    }
}

impl Net for TestNet {
    fn listeners(&self) -> u32 {
        1
    }

    fn accept(&mut self, listener: Handle) -> Answer<Handle> {
        assert_eq!(listener, Handle(0));
        let caller = self.callers.lock().unwrap().pop().ok_or(Failure::NotReady)?;
        Ok(Handle(self.open.lock().unwrap().insert(caller).unwrap().0 + 1))
    }

    fn receive(&mut self, socket: Handle, into: &mut [u8], peek: bool) -> Answer<usize> {
        self.with(socket, |connection| {
            let bytes = &mut connection.incoming;
            if bytes.is_empty() && !connection.finished {
                return Err(Failure::NotReady);
            }
            let count = bytes.len().min(into.len());
            into[..count].copy_from_slice(&bytes[..count]);
            if !peek {
                bytes.drain(..count);
            }
            Ok(count)
        })?
    }

    fn send(&mut self, socket: Handle, from: &[u8]) -> Answer<usize> {
        self.with(socket, |connection| {
            if connection.shut.contains(SdFlags::WR) {
                return Err(Errno::Pipe.into());
            }
            let count = from.len().min(connection.room);
            if count == 0 {
                return Err(Failure::NotReady);
            }
            connection.room -= count;
            connection.outgoing.extend_from_slice(&from[..count]);
            Ok(count)
        })?
    }

    fn shutdown(&mut self, socket: Handle, how: SdFlags) -> Answer<()> {
        Ok(self.with(socket, |connection| connection.shut = connection.shut.union(how))?)
    }

    fn close(&mut self, socket: Handle) {
        if let Some(slot) = socket.0.checked_sub(1) {
            self.open.lock().unwrap().remove(Handle(slot));
        }
    }

    fn readable(&mut self, socket: Handle) -> Option<Ready> {
        if socket == Handle(0) {
            return (!self.callers.lock().unwrap().is_empty()).then_some(Ready::bytes(1));
        }
        let ready = |it: &mut Connection| {
            let ready = Ready::bytes(it.incoming.len() as u64).with_hung_up(it.finished);
            (it.finished || ready.bytes > 0).then_some(ready)
        };
        self.with(socket, ready).unwrap_or(Some(Ready::HUNG_UP))
    }

    fn writable(&mut self, socket: Handle) -> Option<Ready> {
        let ready = |it: &mut Connection| (it.room > 0).then_some(Ready::bytes(it.room as u64));
        self.with(socket, ready).unwrap_or(Some(Ready::HUNG_UP))
    }
}

/// Bytes that count up.
pub struct Counting(pub u8);

impl Random for Counting {
    fn fill(&mut self, into: &mut [u8]) -> Answer<()> {
        for byte in into {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
        Ok(())
    }
}

/// Files in memory that are watched and meddled with: `after_open` gets the name that a walk has opened, and `open`
/// counts what is open.
pub struct Hooked {
    pub files: MemFs,
    pub after_open: fn(&mut MemFs, &str),
    pub open: Arc<AtomicIsize>,
}

impl Files for Hooked {
    fn open(&mut self, dir: Handle, name: &str, options: &OpenOptions) -> Answer<Opened> {
        let opened = self.files.open(dir, name, options)?;
        self.open.fetch_add(1, Relaxed);
        (self.after_open)(&mut self.files, name);
        Ok(opened)
    }

    fn close(&mut self, handle: Handle) {
        self.open.fetch_sub(1, Relaxed);
        self.files.close(handle);
    }

    fn stat(&mut self, handle: Handle) -> Answer<FileStat> {
        self.files.stat(handle)
    }

    fn stat_at(&mut self, dir: Handle, name: &str) -> Answer<FileStat> {
        self.files.stat_at(dir, name)
    }

    fn read_at(&mut self, file: Handle, offset: u64, into: &mut [u8]) -> Answer<usize> {
        self.files.read_at(file, offset, into)
    }

    fn read_dir(
        &mut self,
        dir: Handle,
        from: u64,
        entry: &mut dyn FnMut(&DirEntry<'_>) -> bool,
    ) -> Answer<()> {
        self.files.read_dir(dir, from, entry)
    }

    fn read_link(&mut self, dir: Handle, name: &str, into: &mut [u8]) -> Answer<usize> {
        self.files.read_link(dir, name, into)
    }

    fn create_directory(&mut self, dir: Handle, name: &str) -> Answer<()> {
        self.files.create_directory(dir, name)
    }

    fn rename(&mut self, dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> Answer<()> {
        self.files.rename(dir, name, new_dir, new_name)
    }

    fn symlink(&mut self, target: &str, dir: Handle, name: &str) -> Answer<()> {
        self.files.symlink(target, dir, name)
    }
}
