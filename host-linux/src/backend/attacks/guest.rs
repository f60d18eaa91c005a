//! WASI's functions, on the directory behind a descriptor.

use whit_wasi::abi::Abi;
use whit_wasi::{Call, Outcome, WasiCtx};

use super::Operation::{self, *};
use super::{First, Host};

const READ: u64 = 1 << 1;
const WRITE: u64 = 1 << 6;
const READ_DIRECTORY: u64 = 1 << 14;

/// Where a path is put, where another one, and where buffers are.
const PATH: usize = 1024;
const OTHER_PATH: usize = 8192;
const BUFFER: usize = 16384;

pub(super) struct Guest {
    pub(super) ctx: WasiCtx,
    /// Its descriptor of the directory.
    pub(super) dir: u64,
    /// What stands for `@`.
    base: String,
    memory: Vec<u8>,
}

impl Guest {
    pub(super) fn new(ctx: WasiCtx, base: &str) -> Self {
        Self { ctx, dir: 3, base: base.to_owned(), memory: vec![0; 65536] }
    }

    fn call(&mut self, call: Call, values: &[u64]) -> Option<()> {
        let outcome = self.ctx.call(Abi::Preview1, call, &mut self.memory, values);
        (outcome == Outcome::Return(Ok(()))).then_some(())
    }

    /// Puts a text into memory; pointer and length.
    fn text(&mut self, at: usize, text: &str) -> [u64; 2] {
        self.memory[at..at + text.len()].copy_from_slice(text.as_bytes());
        [at as u64, text.len() as u64]
    }

    fn number(&self) -> usize {
        u32::from_le_bytes(self.memory[..4].try_into().expect("4 bytes")) as usize
    }

    fn bytes(&self, at: usize, length: usize) -> String {
        String::from_utf8_lossy(&self.memory[at..at + length]).into_owned()
    }

    fn path(&mut self, call: Call, path: &str) -> Option<()> {
        let [pointer, length] = self.text(PATH, path);
        self.call(call, &[self.dir, pointer, length])
    }

    fn paths(&mut self, call: Call, old: &str, new: &str) -> Option<()> {
        let ([old, old_length], [new, new_length]) = (self.text(PATH, old), self.text(OTHER_PATH, new));
        let dir = self.dir;
        match call {
            Call::PathSymlink => self.call(call, &[old, old_length, dir, new, new_length]),
            Call::PathLink => [0, 1].iter().find_map(|follow| {
                // With and without following: whichever works.
                self.call(call, &[dir, *follow, old, old_length, dir, new, new_length])
            }),
            _ => self.call(call, &[dir, old, old_length, dir, new, new_length]),
        }
    }

    /// Opens `path`; the descriptor.
    pub(super) fn open(&mut self, path: &str, flags: u64, rights: u64) -> Option<u64> {
        let [pointer, length] = self.text(PATH, path);
        self.call(Call::PathOpen, &[self.dir, 1, pointer, length, flags, rights, u64::MAX, 0, 0])?;
        Some(self.number() as u64)
    }

    /// Reads or writes at most 100 bytes with one buffer.
    fn transfer(&mut self, call: Call, fd: u64, length: u32) -> Option<String> {
        let list = [(BUFFER as u32).to_le_bytes(), length.to_le_bytes()].concat();
        self.memory[64..72].copy_from_slice(&list);
        self.call(call, &[fd, 64, 1, 0])?;
        Some(self.bytes(BUFFER, self.number()))
    }

    fn read(&mut self, path: &str) -> Option<String> {
        let fd = self.open(path, 0, READ)?;
        self.transfer(Call::FdRead, fd, 100)
    }
}

impl Host for Guest {
    fn first(&mut self, first: First) -> bool {
        let done = match first {
            First::Symlink(target, name) => {
                let target = target.replace('@', &self.base);
                self.paths(Call::PathSymlink, &target, name)
            }
            First::Rename(old, new) => self.paths(Call::PathRename, old, new),
            First::Link(old, new) => self.paths(Call::PathLink, old, new),
        };
        done.is_some()
    }

    fn attempt(&mut self, operation: Operation, path: &str) -> Option<String> {
        let inside = |name: &str| format!("{path}/{name}");
        let done = match operation {
            List => {
                let fd = self.open(path, 2, READ_DIRECTORY)?;
                self.call(Call::FdReaddir, &[fd, BUFFER as u64, 4096, 0, 0])?;
                return Some(self.bytes(BUFFER, self.number()));
            }
            ReadIn => return self.read(&inside("file")),
            Read => return self.read(path),
            ReadLink => {
                let [pointer, length] = self.text(PATH, &inside("link"));
                self.call(Call::PathReadlink, &[self.dir, pointer, length, BUFFER as u64, 100, 0])?;
                return Some(self.bytes(BUFFER, self.number()));
            }
            Stat => {
                let [pointer, length] = self.text(PATH, path);
                self.call(Call::PathFilestatGet, &[self.dir, 1, pointer, length, BUFFER as u64])?;
                let size = self.memory[BUFFER + 32..BUFFER + 40].try_into().expect("8 bytes");
                return Some(format!("size {}", u64::from_le_bytes(size)));
            }
            Create => self.open(&inside("new"), 1, WRITE).map(|_| ()),
            MakeDirectory => self.path(Call::PathCreateDirectory, &inside("new")),
            RemoveDirectory => self.path(Call::PathRemoveDirectory, &inside("empty")),
            Unlink => self.path(Call::PathUnlinkFile, &inside("file")),
            RenameTo => self.paths(Call::PathRename, "own", &inside("new")),
            RenameFrom => self.paths(Call::PathRename, &inside("file"), "in"),
            LinkTo => self.paths(Call::PathLink, "own", &inside("new")),
            LinkFrom => self.paths(Call::PathLink, &inside("file"), "in"),
            SymlinkIn => self.paths(Call::PathSymlink, "x", &inside("new")),
            Overwrite => {
                let fd = self.open(path, 0, WRITE)?;
                self.transfer(Call::FdWrite, fd, 1).map(|_| ())
            }
            Truncate => self.open(path, 8, WRITE).map(|_| ()),
            SetTimes => {
                let [pointer, length] = self.text(PATH, path);
                self.call(Call::PathFilestatSetTimes, &[self.dir, 1, pointer, length, 0, 0, 5])
            }
            // A link to a link stays one, and is as good as it: following it is what would lead out.
            Link => {
                let ([old, old_length], [new, new_length]) =
                    (self.text(PATH, path), self.text(OTHER_PATH, "in"));
                let dir = self.dir;
                self.call(Call::PathLink, &[dir, 1, old, old_length, dir, new, new_length])
            }
        };
        done.map(|()| String::new())
    }
}
