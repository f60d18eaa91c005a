//! A matrix of attacks: every way that could lead out of a guest's directory, with every operation there. Each works
//! against a program that only joins paths, and none against WASI's functions, on a real directory and in memory.

use std::fs::{self, File, OpenOptions as Open};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{AtFlags, CWD, linkat};
use whit_wasi::abi::Abi;
use whit_wasi::backend::{Files, Handle, OpenOptions};
use whit_wasi::memfs::MemFs;
use whit_wasi::{Call, FileType, Outcome, WasiCtx};

use super::Directory;

/// What can be done at the end of a path.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Operation {
    // In a directory that should be out of reach.
    List,
    ReadIn,
    Create,
    MakeDirectory,
    RemoveDirectory,
    Unlink,
    RenameTo,
    RenameFrom,
    LinkTo,
    LinkFrom,
    SymlinkIn,
    ReadLink,
    // To a file that should be.
    Read,
    Overwrite,
    Truncate,
    Stat,
    SetTimes,
    Link,
}

use Operation::*;

const IN_DIRECTORY: &[Operation] = &[
    List,
    ReadIn,
    Create,
    MakeDirectory,
    RemoveDirectory,
    Unlink,
    RenameTo,
    RenameFrom,
    LinkTo,
    LinkFrom,
    SymlinkIn,
    ReadLink,
];
const ON_FILE: &[Operation] = &[Read, Overwrite, Truncate, Stat, SetTimes, Link];
const CHANGES: &[Operation] =
    &[Create, MakeDirectory, RemoveDirectory, Unlink, RenameTo, RenameFrom, LinkTo, LinkFrom, SymlinkIn];

/// A way out. In targets, `@` stands for the absolute path of the tree.
struct Way {
    /// Symbolic links that are there: name and target.
    links: &'static [(&'static str, &'static str)],
    /// What the guest does first.
    first: Option<First>,
    /// Where the directory `outside` is then reached.
    path: &'static str,
}

#[derive(Clone, Copy)]
enum First {
    Symlink(&'static str, &'static str),
    Rename(&'static str, &'static str),
    Link(&'static str, &'static str),
}

const fn way(path: &'static str, links: &'static [(&'static str, &'static str)]) -> Way {
    Way { links, first: None, path }
}

const WAYS: &[Way] = &[
    way("../outside", &[]),
    way("./../outside", &[]),
    way("sub/../../outside", &[]),
    way("sub//..//..//outside", &[]),
    way("sub/deep/../../../outside", &[]),
    way("../inside/../outside", &[]),
    way("@/outside", &[]),
    way("@/inside/../outside/", &[]),
    way("out", &[("out", "../outside")]),
    way("out/", &[("out", "../outside/")]),
    way("out/.", &[("out", "../outside")]),
    way("absolute", &[("absolute", "@/outside")]),
    way("parent/outside", &[("parent", "..")]),
    way("parent/outside", &[("parent", "sub/../..")]),
    way("chain", &[("chain", "out"), ("out", "../outside")]),
    way("sub/up", &[("sub/up", "../../outside")]),
    way("sub/up/../outside", &[("sub/up", "../../outside")]),
    way("there/../out", &[("there", "sub"), ("out", "../outside")]),
    way("top@/outside", &[("top", "/")]),
    Way { links: &[], first: Some(First::Symlink("../outside", "made")), path: "made" },
    Way { links: &[], first: Some(First::Symlink("@/outside", "made")), path: "made" },
    Way { links: &[], first: Some(First::Symlink("../..", "sub/made")), path: "sub/made/outside" },
    // A link that stays inside until it is moved.
    Way {
        links: &[("sub/deep/hop", "../../outside")],
        first: Some(First::Rename("sub/deep/hop", "sub/hop")),
        path: "sub/hop",
    },
    Way {
        links: &[("sub/deep/hop", "../../outside")],
        first: Some(First::Link("sub/deep/hop", "sub/hop")),
        path: "sub/hop",
    },
];

/// Ways to a file that is out of reach.
const LAST: &str = "last";
const FILE_WAYS: &[Way] = &[
    way(LAST, &[(LAST, "../outside/file")]),
    way(LAST, &[(LAST, "@/outside/file")]),
    way(LAST, &[(LAST, "sub/../../outside/file")]),
    way(LAST, &[(LAST, "sub/last"), ("sub/last", "../../outside/file")]),
];

/// Ways that only a real system has.
const REAL_WAYS: &[Way] = &[
    way("self@/outside", &[("self", "/proc/self/root")]),
    way("self/root@/outside", &[("self", "/proc/self")]),
    way("/proc/self/root@/outside", &[]),
];

/// Somebody who does what a guest asks for. Whether it worked is the answer.
trait Host {
    fn first(&mut self, first: First) -> bool;
    fn attempt(&mut self, operation: Operation, path: &str) -> bool;
}

/// Joins paths, and leaves the rest to the system.
struct Naive(PathBuf);

impl Naive {
    fn try_first(&self, first: First, base: &str) -> std::io::Result<()> {
        let at = |path: &str| self.0.join(path);
        match first {
            First::Symlink(target, name) => symlink(target.replace('@', base), at(name)),
            First::Rename(old, new) => fs::rename(at(old), at(new)),
            First::Link(old, new) => fs::hard_link(at(old), at(new)),
        }
    }

    fn try_operation(&self, operation: Operation, path: &str) -> std::io::Result<()> {
        let (at, path) = (|path: &str| self.0.join(path), self.0.join(path));
        match operation {
            List => fs::read_dir(path).map(|_| ()),
            ReadIn => fs::read(path.join("file")).map(|_| ()),
            Create => fs::write(path.join("new"), "x"),
            MakeDirectory => fs::create_dir(path.join("new")),
            RemoveDirectory => fs::remove_dir(path.join("empty")),
            Unlink => fs::remove_file(path.join("file")),
            RenameTo => fs::rename(at("own"), path.join("new")),
            RenameFrom => fs::rename(path.join("file"), at("in")),
            LinkTo => fs::hard_link(at("own"), path.join("new")),
            LinkFrom => fs::hard_link(path.join("file"), at("in")),
            SymlinkIn => symlink("x", path.join("new")),
            ReadLink => fs::read_link(path.join("link")).map(|_| ()),
            Read => fs::read(path).map(|_| ()),
            Overwrite => Open::new().write(true).open(path).map(|_| ()),
            Truncate => Open::new().write(true).truncate(true).open(path).map(|_| ()),
            Stat => fs::metadata(path).map(|_| ()),
            SetTimes => File::open(path)?.set_modified(SystemTime::UNIX_EPOCH),
            Link => Ok(linkat(CWD, path, CWD, at("in"), AtFlags::SYMLINK_FOLLOW)?),
        }
    }
}

impl Host for (Naive, String) {
    fn first(&mut self, first: First) -> bool {
        self.0.try_first(first, &self.1).is_ok()
    }

    fn attempt(&mut self, operation: Operation, path: &str) -> bool {
        self.0.try_operation(operation, path).is_ok()
    }
}

/// WASI's functions, on the directory behind a descriptor.
struct Guest {
    ctx: WasiCtx,
    dir: u64,
    base: String,
    memory: Vec<u8>,
}

impl Guest {
    fn call(&mut self, call: Call, values: &[u64]) -> bool {
        self.ctx.call(Abi::Preview1, call, &mut self.memory, values) == Outcome::Return(Ok(()))
    }

    /// Puts a text into memory; pointer and length.
    fn text(&mut self, at: usize, text: &str) -> [u64; 2] {
        self.memory[at..at + text.len()].copy_from_slice(text.as_bytes());
        [at as u64, text.len() as u64]
    }

    fn path(&mut self, call: Call, path: &str) -> bool {
        let [pointer, length] = self.text(1024, path);
        self.call(call, &[self.dir, pointer, length])
    }

    fn paths(&mut self, call: Call, old: &str, new: &str) -> bool {
        let ([old, old_length], [new, new_length]) = (self.text(1024, old), self.text(8192, new));
        let dir = self.dir;
        match call {
            Call::PathSymlink => self.call(call, &[old, old_length, dir, new, new_length]),
            Call::PathLink => [0, 1].iter().any(|follow| {
                // With and without following: whichever works.
                self.call(call, &[dir, *follow, old, old_length, dir, new, new_length])
            }),
            _ => self.call(call, &[dir, old, old_length, dir, new, new_length]),
        }
    }

    fn open(&mut self, path: &str, flags: u64, rights: u64) -> bool {
        let [pointer, length] = self.text(1024, path);
        self.call(Call::PathOpen, &[self.dir, 1, pointer, length, flags, rights, u64::MAX, 0, 0])
    }
}

impl Host for Guest {
    fn first(&mut self, first: First) -> bool {
        match first {
            First::Symlink(target, name) => {
                let target = target.replace('@', &self.base);
                self.paths(Call::PathSymlink, &target, name)
            }
            First::Rename(old, new) => self.paths(Call::PathRename, old, new),
            First::Link(old, new) => self.paths(Call::PathLink, old, new),
        }
    }

    fn attempt(&mut self, operation: Operation, path: &str) -> bool {
        const READ: u64 = 1 << 1;
        const WRITE: u64 = 1 << 6;
        let inside = |name: &str| format!("{path}/{name}");
        match operation {
            List => self.open(path, 2, READ),
            ReadIn => self.open(&inside("file"), 0, READ),
            Create => self.open(&inside("new"), 1, WRITE),
            MakeDirectory => self.path(Call::PathCreateDirectory, &inside("new")),
            RemoveDirectory => self.path(Call::PathRemoveDirectory, &inside("empty")),
            Unlink => self.path(Call::PathUnlinkFile, &inside("file")),
            RenameTo => self.paths(Call::PathRename, "own", &inside("new")),
            RenameFrom => self.paths(Call::PathRename, &inside("file"), "in"),
            LinkTo => self.paths(Call::PathLink, "own", &inside("new")),
            LinkFrom => self.paths(Call::PathLink, &inside("file"), "in"),
            SymlinkIn => self.paths(Call::PathSymlink, "x", &inside("new")),
            ReadLink => {
                let [pointer, length] = self.text(1024, &inside("link"));
                self.call(Call::PathReadlink, &[self.dir, pointer, length, 8192, 100, 0])
            }
            Read => self.open(path, 0, READ),
            Overwrite => self.open(path, 0, WRITE),
            Truncate => self.open(path, 8, WRITE),
            Stat => {
                let [pointer, length] = self.text(1024, path);
                self.call(Call::PathFilestatGet, &[self.dir, 1, pointer, length, 0])
            }
            SetTimes => {
                let [pointer, length] = self.text(1024, path);
                self.call(Call::PathFilestatSetTimes, &[self.dir, 1, pointer, length, 0, 0, 5])
            }
            // A link to a link stays one, and is as good as it: following it is what would lead out.
            Link => {
                let ([old, old_length], [new, new_length]) = (self.text(1024, path), self.text(8192, "in"));
                let dir = self.dir;
                self.call(Call::PathLink, &[dir, 1, old, old_length, dir, new, new_length])
            }
        }
    }
}

/// A directory with `inside`, `outside` and in each the same files, and a way between.
struct Tree(PathBuf);

const FILES: [&str; 2] = ["file", "own"];
const DIRECTORIES: [&str; 3] = ["empty", "sub", "sub/deep"];

impl Tree {
    fn real(number: usize, way: &Way) -> Self {
        let base = std::env::temp_dir().join(format!("whit-attack-{}-{number}", std::process::id()));
        for half in ["inside", "outside"].map(|half| base.join(half)) {
            fs::create_dir_all(&half).expect("a directory");
            DIRECTORIES.iter().for_each(|name| fs::create_dir(half.join(name)).expect("a directory"));
            FILES.iter().for_each(|name| fs::write(half.join(name), "content").expect("a file"));
            symlink("file", half.join("link")).expect("a link");
        }
        for (name, target) in way.links {
            symlink(target.replace('@', text(&base)), base.join("inside").join(name)).expect("a link");
        }
        Self(base)
    }

    fn in_memory(way: &Way) -> MemFs {
        let mut files = MemFs::default();
        for half in ["inside", "outside"] {
            DIRECTORIES.iter().for_each(|name| files.add_directory(&format!("{half}/{name}")).expect("room"));
            FILES
                .iter()
                .for_each(|name| files.add_file(&format!("{half}/{name}"), b"content").expect("room"));
            link(&mut files, &format!("{half}/link"), "file");
        }
        for (name, target) in way.links {
            link(&mut files, &format!("inside/{name}"), &target.replace('@', ""));
        }
        files
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn enter(files: &mut dyn Files, dir: Handle, name: &str) -> Handle {
    let mut options = OpenOptions::default();
    options.read = true;
    files.open(dir, name, &options).expect("it is there").handle
}

fn link(files: &mut MemFs, path: &str, target: &str) {
    let (parents, name) = path.rsplit_once('/').expect("a directory");
    let parent = parents.split('/').fold(Handle::ROOT, |dir, name| enter(files, dir, name));
    files.symlink(target, parent, name).expect("room");
}

/// Everything in a directory, with contents and times of modification.
fn snapshot(files: &mut dyn Files, dir: Handle, into: &mut Vec<String>) {
    let mut names = Vec::new();
    let list = &mut |entry: &whit_wasi::backend::DirEntry<'_>| {
        names.push((entry.name.to_owned(), entry.kind));
        true
    };
    files.read_dir(dir, 0, list).expect("a listing");
    names.sort_by(|one, other| one.0.cmp(&other.0));
    for (name, kind) in names {
        let stat = files.stat_at(dir, &name).expect("attributes");
        into.push(format!("{name} {kind:?} {} {} {}", stat.size, stat.links, stat.modified));
        if kind == FileType::Directory {
            let inner = enter(files, dir, &name);
            snapshot(files, inner, into);
            files.close(inner);
        }
    }
}

fn half(files: &mut dyn Files, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    let dir = enter(files, Handle::ROOT, name);
    snapshot(files, dir, &mut all);
    files.close(dir);
    all
}

/// Tries one attack, after what has to be done first.
fn attack(host: &mut dyn Host, way: &Way, operation: Operation, path: &str) -> bool {
    way.first.is_none_or(|first| host.first(first)) && host.attempt(operation, path)
}

fn guest(ctx: WasiCtx, base: &str) -> Guest {
    Guest { ctx, dir: 3, base: base.to_owned(), memory: vec![0; 65536] }
}

/// The path of an attack in the tree at `base`.
fn path(way: &Way, operation: Operation, base: &str) -> String {
    let file = if ON_FILE.contains(&operation) && way.path != LAST { "/file" } else { "" };
    way.path.replace('@', base) + file
}

fn on_real_directory(number: usize, way: &Way, operation: Operation, read_only: bool) -> bool {
    let what = format!("{operation:?} {} (read only: {read_only})", way.path);
    {
        let tree = Tree::real(number, way);
        let mut naive = (Naive(tree.0.join("inside")), text(&tree.0).to_owned());
        let path = path(way, operation, text(&tree.0));
        assert!(attack(&mut naive, way, operation, &path), "no attack at all: {what}");
    }
    let tree = Tree::real(number, way);
    let base = text(&tree.0);
    let mut watch = Directory::open(&tree.0, true).expect("a directory");
    // With a read-only directory, what is inside must not change, either.
    let half_watched = if read_only { "inside" } else { "outside" };
    let before = half(&mut watch, half_watched);
    let files = Directory::open(&tree.0.join("inside"), read_only).expect("a directory");
    let ctx = WasiCtx::builder().preopen("/", Box::new(files), read_only).build().expect("a context");
    let done = attack(&mut guest(ctx, base), way, operation, &path(way, operation, base));
    assert_eq!(half(&mut watch, half_watched), before, "{what}");
    if done {
        println!("not refused: {what}");
    }
    !done
}

fn in_memory(way: &Way, operation: Operation) -> bool {
    let mut files = Tree::in_memory(way);
    let before = half(&mut files, "outside");
    let ctx = WasiCtx::builder().preopen("/", Box::new(files), false).build().expect("a context");
    let mut guest = guest(ctx, "");
    assert!(guest.open("inside", 2, !(1 << 6)), "the directory that is left to the guest");
    guest.dir = u64::from(u32::from_le_bytes(guest.memory[..4].try_into().expect("4 bytes")));
    let done = attack(&mut guest, way, operation, &path(way, operation, ""));
    let after = half(guest.ctx.files_mut("/").expect("the tree"), "outside");
    assert_eq!(after, before, "{operation:?} {}", way.path);
    if done {
        println!("not refused in memory: {operation:?} {}", way.path);
    }
    !done
}

/// What is refused elsewhere works where it is allowed: no attack fails for being made badly.
#[test]
fn every_operation_works_inside() {
    let here = way(".", &[]);
    for (number, operation) in IN_DIRECTORY.iter().chain(ON_FILE).enumerate() {
        let tree = Tree::real(number, &here);
        let files = Directory::open(&tree.0.join("inside"), false).expect("a directory");
        let ctx = WasiCtx::builder().preopen("/", Box::new(files), false).build().expect("a context");
        let path = path(&here, *operation, "");
        assert!(guest(ctx, "").attempt(*operation, &path), "{operation:?}");
    }
}

#[test]
fn no_attack_succeeds() {
    let (mut tried, mut refused) = (0, 0);
    let mut count = |was_refused: bool| {
        tried += 1;
        refused += u32::from(was_refused);
    };
    let directory_ways =
        WAYS.iter().flat_map(|way| IN_DIRECTORY.iter().chain(ON_FILE).map(move |it| (way, *it)));
    let file_ways = FILE_WAYS.iter().flat_map(|way| ON_FILE.iter().map(move |it| (way, *it)));
    let real_ways =
        REAL_WAYS.iter().flat_map(|way| IN_DIRECTORY.iter().chain(ON_FILE).map(move |it| (way, *it)));
    let everywhere: Vec<_> = directory_ways.chain(file_ways).collect();
    // Behind those of the other test.
    let mut numbers = 100..;
    let mut number = || numbers.next().expect("no end");
    for (way, operation) in everywhere.iter().copied().chain(real_ways) {
        count(on_real_directory(number(), way, operation, false));
    }
    for (way, operation) in everywhere {
        count(in_memory(way, operation));
    }
    // What a read-only directory refuses inside.
    for operation in CHANGES.iter().chain(&[Overwrite, Truncate, SetTimes, Link]) {
        count(on_real_directory(number(), &way(".", &[]), *operation, true));
    }
    println!("attacks: {tried} tried, {refused} refused");
    assert_eq!(tried, refused);
}
