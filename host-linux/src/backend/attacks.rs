//! A matrix of attacks: every way that could lead out of a guest's directory, with every operation there. Each works
//! against a program that joins paths or checks them first, and none against WASI's functions, on a real directory and
//! in memory.

use std::fs::{self, File, OpenOptions as Open};
use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rustix::fs::{CWD, FileType as SystemFileType, Mode, OFlags, RenameFlags, mknodat, renameat_with};
use whit_wasi::WasiCtx;
use whit_wasi::backend::Files;

use super::Directory;
use guest::Guest;
use naive::{Checks, Joins, Resolves, Steps};
use tree::{Meddled, SECRET, Tree, half, in_memory, is_secret, parent, text};

mod guest;
mod naive;
mod tree;

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

/// A way out. In targets and paths, `@` stands for the absolute path of the tree.
struct Way {
    /// Symbolic links that are there: name and target.
    links: &'static [(&'static str, &'static str)],
    /// What the guest does first.
    first: Option<First>,
    /// What somebody else does during the call.
    swap: Option<Swap>,
    /// Where the directory `outside` is then reached, or else `file` in it.
    path: &'static str,
    is_file: bool,
}

#[derive(Clone, Copy)]
enum First {
    Symlink(&'static str, &'static str),
    Rename(&'static str, &'static str),
    Link(&'static str, &'static str),
}

#[derive(Clone, Copy)]
enum Swap {
    /// Two names inside.
    Exchange(&'static str, &'static str),
    /// From a name inside to one in the tree.
    Move(&'static str, &'static str),
}

const fn way(path: &'static str, links: &'static [(&'static str, &'static str)]) -> Way {
    Way { links, first: None, swap: None, path, is_file: false }
}

const fn file_way(path: &'static str, links: &'static [(&'static str, &'static str)]) -> Way {
    Way { is_file: true, ..way(path, links) }
}

impl Way {
    /// What can be tried on it.
    fn operations(&self) -> impl Iterator<Item = Operation> {
        let in_directory = if self.is_file { &[] } else { IN_DIRECTORY };
        in_directory.iter().chain(ON_FILE).copied()
    }

    /// The path of an attack in the tree at `base`.
    fn path(&self, operation: Operation, base: &str) -> String {
        let file = if ON_FILE.contains(&operation) && !self.is_file { "/file" } else { "" };
        self.path.replace('@', base) + file
    }
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
    Way { first: Some(First::Symlink("../outside", "made")), ..way("made", &[]) },
    Way { first: Some(First::Symlink("@/outside", "made")), ..way("made", &[]) },
    Way { first: Some(First::Symlink("../..", "sub/made")), ..way("sub/made/outside", &[]) },
    // A link that stays inside until it is moved.
    Way {
        first: Some(First::Rename("sub/deep/hop", "sub/hop")),
        ..way("sub/hop", &[("sub/deep/hop", "../../outside")])
    },
    Way {
        first: Some(First::Link("sub/deep/hop", "sub/hop")),
        ..way("sub/hop", &[("sub/deep/hop", "../../outside")])
    },
];

/// Ways to a file that is out of reach.
const FILE_WAYS: &[Way] = &[
    file_way("last", &[("last", "../outside/file")]),
    file_way("last", &[("last", "@/outside/file")]),
    file_way("last", &[("last", "sub/../../outside/file")]),
    file_way("last", &[("last", "sub/last"), ("sub/last", "../../outside/file")]),
];

/// Ways that somebody opens during the call.
const SWAPS: &[Way] = &[
    Way { swap: Some(Swap::Exchange("sub", "decoy")), ..way("sub", &[("decoy", "../outside")]) },
    Way { swap: Some(Swap::Exchange("sub/deep", "decoy")), ..way("sub/deep", &[("decoy", "../../outside")]) },
    Way { swap: Some(Swap::Exchange("file", "decoy")), ..file_way("file", &[("decoy", "../outside/file")]) },
];

/// A way that only a real system has: it asks the moved directory what lies above it.
const MOVE: Way = Way { swap: Some(Swap::Move("sub/deep", "outside/moved")), ..way("sub/deep/..", &[]) };

/// More ways that only a real system has.
const REAL_WAYS: &[Way] = &[
    way("self@/outside", &[("self", "/proc/self/root")]),
    way("self/root@/outside", &[("self", "/proc/self")]),
    way("/proc/self/root@/outside", &[]),
];

/// Ways out of `/proc`, when that is what the guest is given. `#` stands for a descriptor of `outside`.
const PROC_WAYS: &[Way] =
    &[way("self/root@/outside", &[]), way("thread-self/root@/outside", &[]), way("self/fd/#", &[])];

/// What needs nothing else in the guest's directory.
const IN_PROC: &[Operation] = &[
    List,
    ReadIn,
    Create,
    MakeDirectory,
    RemoveDirectory,
    Unlink,
    SymlinkIn,
    ReadLink,
    Read,
    Overwrite,
    Truncate,
    Stat,
    SetTimes,
];

/// Devices and what would be done with them, when `/dev` is what the guest is given.
const DEVICES: &[(&str, Operation)] = &[
    ("zero", Read),
    ("full", Read),
    ("random", Read),
    ("./zero", Read),
    ("zero", Overwrite),
    ("null", Overwrite),
    ("null", Truncate),
];

/// Ways to a pipe whose other end somebody else has.
const PIPES: &[Way] = &[
    file_way("pipe", &[]),
    file_way("sub/../pipe", &[]),
    file_way("last", &[("last", "pipe")]),
    file_way("last", &[("last", "sub/last"), ("sub/last", "../pipe")]),
];

/// Somebody who does what a guest asks for.
trait Host {
    /// Whether it was done.
    fn first(&mut self, first: First) -> bool;

    /// What was learned by it, if it was done.
    fn attempt(&mut self, operation: Operation, path: &str) -> Option<String>;
}

/// Does what somebody does during a call; a tree in memory is passed.
type Meddle = Box<dyn FnMut(Option<&mut dyn Files>) + Send>;

/// Tries one attack, after what has to be done first; says what was learned.
fn attack(host: &mut dyn Host, way: &Way, operation: Operation, path: &str) -> Option<String> {
    if way.first.is_some_and(|first| !host.first(first)) {
        return None;
    }
    host.attempt(operation, path)
}

/// Whether an attack got anything out of, or into, the half of the tree that is watched.
fn gets_out(
    host: &mut dyn Host,
    way: &Way,
    operation: Operation,
    (base, watched): (&Path, &str),
    path: &str,
) -> bool {
    let mut watch = Directory::open(base, true).expect("a directory");
    let before = half(&mut watch, watched);
    let learned = attack(host, way, operation, path);
    learned.is_some_and(|learned| is_secret(&learned)) || half(&mut watch, watched) != before
}

fn context(files: Box<dyn Files>, read_only: bool) -> WasiCtx {
    WasiCtx::builder().preopen("/", files, read_only).build().expect("a context")
}

/// What swaps names in the real tree at `base`.
fn meddle(base: &Path, swap: Option<Swap>) -> Meddle {
    let base = base.to_owned();
    Box::new(move |_| {
        let inside = |name| base.join("inside").join(name);
        match swap {
            None => {}
            Some(Swap::Exchange(one, other)) => {
                renameat_with(CWD, inside(one), CWD, inside(other), RenameFlags::EXCHANGE)
                    .expect("an exchange");
            }
            // It may have been renamed or removed by then.
            Some(Swap::Move(one, other)) => drop(fs::rename(inside(one), base.join(other))),
        }
    })
}

/// What exchanges two names of `inside` in memory.
fn meddle_in_memory(one: &'static str, other: &'static str) -> Meddle {
    Box::new(move |files| {
        let files = files.expect("the tree");
        for (from, to) in [(one, "between"), (other, one), ("between", other)] {
            let [from, to] = [from, to].map(|name| format!("inside/{name}"));
            let (from_dir, from) = parent(files, &from);
            let (to_dir, to) = parent(files, &to);
            files.rename(from_dir, from, to_dir, to).expect("a rename");
        }
    })
}

/// The attacks so far.
#[derive(Default)]
struct Count {
    tried: u32,
    refused: u32,
}

impl Count {
    fn add(&mut self, refused: bool, what: &str) {
        self.tried += 1;
        self.refused += u32::from(refused);
        if !refused {
            println!("not refused: {what}");
        }
    }

    /// Tries an attack on a real directory, first against a host that it works against.
    fn real(&mut self, way: &Way, operation: Operation, read_only: bool) {
        let what = format!("{operation:?} {} (read only: {read_only})", way.path);
        // In a read-only directory, what is inside must not change, either.
        let watched = if read_only { "inside" } else { "outside" };
        let number = self.tried as usize + 100;
        {
            let tree = Tree::new(number, way);
            let joins = Joins { at: tree.0.join("inside"), base: text(&tree.0).to_owned() };
            let meddle = meddle(&tree.0, way.swap);
            let mut naive: Box<dyn Host> = match way.swap {
                None => Box::new(joins),
                Some(Swap::Exchange(..)) => Box::new(Checks(joins, meddle)),
                Some(Swap::Move(..)) => Box::new(Steps(joins, meddle)),
            };
            let path = way.path(operation, text(&tree.0));
            assert!(
                gets_out(&mut *naive, way, operation, (&tree.0, watched), &path),
                "no attack at all: {what}"
            );
        }
        // The swap comes at every moment of the call, as long as there is one.
        for moment in 0.. {
            let tree = Tree::new(number, way);
            let files = Directory::open(&tree.0.join("inside"), read_only).expect("a directory");
            let (turn, meddle) = (Arc::new(AtomicUsize::new(moment)), meddle(&tree.0, way.swap));
            let files = Box::new(Meddled { files, meddle, before: turn.clone() });
            let mut guest = Guest::new(context(files, read_only), text(&tree.0));
            let path = way.path(operation, text(&tree.0));
            let refused = !gets_out(&mut guest, way, operation, (&tree.0, watched), &path);
            if way.swap.is_some() && turn.load(Relaxed) <= moment {
                break;
            }
            self.add(refused, &what);
            if way.swap.is_none() {
                break;
            }
        }
    }

    /// Tries an attack on files in memory, first against a host that it works against.
    fn memory(&mut self, way: &Way, operation: Operation) {
        let what = format!("{operation:?} {} in memory", way.path);
        let path = way.path(operation, "");
        let meddle = || match way.swap {
            Some(Swap::Exchange(one, other)) => Some(meddle_in_memory(one, other)),
            _ => None,
        };
        let mut files = in_memory(way);
        let before = half(&mut files, "outside");
        let mut naive = Resolves(files, meddle());
        let learned = attack(&mut naive, way, operation, &path);
        let out = learned.is_some_and(|it| is_secret(&it)) || half(&mut naive.0, "outside") != before;
        assert!(out, "no attack at all: {what}");
        for moment in 0.. {
            let turn = Arc::new(AtomicUsize::new(usize::MAX));
            let meddle = meddle().unwrap_or_else(|| Box::new(|_| {}));
            let files = Meddled { files: in_memory(way), meddle, before: turn.clone() };
            let mut guest = Guest::new(context(Box::new(files), false), "");
            guest.dir = guest.open("inside", 2, !(1 << 6)).expect("the directory that is left to the guest");
            turn.store(moment, Relaxed);
            let learned = attack(&mut guest, way, operation, &path);
            if way.swap.is_some() && turn.swap(usize::MAX, Relaxed) <= moment {
                break;
            }
            let after = half(guest.ctx.files_mut("/").expect("the tree"), "outside");
            self.add(!learned.is_some_and(|it| is_secret(&it)) && after == before, &what);
            if way.swap.is_none() {
                break;
            }
        }
    }

    /// Tries an attack on a guest that is given `/proc`.
    fn proc(&mut self, way: &Way, operation: Operation) {
        let what = format!("{operation:?} {} in /proc", way.path);
        let proc = Path::new("/proc");
        let out = |host: &mut dyn Host| {
            let tree = Tree::new(self.tried as usize + 100, &way_inside());
            let outside = File::open(tree.0.join("outside")).expect("a directory");
            let path = way.path(operation, text(&tree.0)).replace('#', &outside.as_raw_fd().to_string());
            gets_out(host, way, operation, (&tree.0, "outside"), &path)
        };
        let mut naive = Joins { at: proc.to_owned(), base: String::new() };
        assert!(out(&mut naive), "no attack at all: {what}");
        let files = Directory::open(proc, false).expect("a directory");
        let refused = !out(&mut Guest::new(context(Box::new(files), false), ""));
        self.add(refused, &what);
    }

    /// Tries to use a device of a guest that is given `/dev`.
    fn device(&mut self, path: &str, operation: Operation) {
        let what = format!("{operation:?} {path} in /dev");
        let dev = Path::new("/dev");
        let mut naive = Joins { at: dev.to_owned(), base: String::new() };
        assert!(naive.attempt(operation, path).is_some(), "no attack at all: {what}");
        let files = Directory::open(dev, false).expect("a directory");
        let learned = Guest::new(context(Box::new(files), false), "").attempt(operation, path);
        self.add(learned.is_none(), &what);
    }

    /// Tries to take something out of a pipe, or to put something in.
    fn pipe(&mut self, way: &Way, operation: Operation, read_only: bool) {
        let what = format!("{operation:?} {} (read only: {read_only})", way.path);
        let tree = Tree::new(self.tried as usize + 100, way);
        let pipe = tree.0.join("inside/pipe");
        mknodat(CWD, &pipe, SystemFileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a pipe");
        let flags = OFlags::NONBLOCK.bits().cast_signed();
        let mut other_end =
            Open::new().read(true).write(true).custom_flags(flags).open(&pipe).expect("its other end");
        let mut out = |host: &mut dyn Host| {
            other_end.write_all(SECRET.as_bytes()).expect("room");
            host.attempt(operation, way.path);
            let mut left = [0; 100];
            let count = other_end.read(&mut left).unwrap_or(0);
            &left[..count] != SECRET.as_bytes()
        };
        let mut naive = Joins { at: tree.0.join("inside"), base: String::new() };
        assert!(out(&mut naive), "no attack at all: {what}");
        let files = Directory::open(&tree.0.join("inside"), read_only).expect("a directory");
        let refused = !out(&mut Guest::new(context(Box::new(files), read_only), ""));
        self.add(refused, &what);
    }
}

/// No way out.
const fn way_inside() -> Way {
    way(".", &[])
}

/// What is refused elsewhere works where it is allowed: no attack fails for being made badly.
#[test]
fn every_operation_works_inside() {
    let here = way_inside();
    for (number, operation) in here.operations().enumerate() {
        let tree = Tree::new(number, &here);
        let files = Directory::open(&tree.0.join("inside"), false).expect("a directory");
        let path = here.path(operation, "");
        let done = Guest::new(context(Box::new(files), false), "").attempt(operation, &path);
        assert!(done.is_some_and(|learned| !is_secret(&learned)), "{operation:?}");
        let mut guest = Guest::new(context(Box::new(in_memory(&here)), false), "");
        guest.dir = guest.open("inside", 2, !(1 << 6)).expect("a directory");
        assert!(guest.attempt(operation, &path).is_some(), "{operation:?} in memory");
    }
}

#[test]
fn no_attack_succeeds() {
    let mut count = Count::default();
    let everywhere = || WAYS.iter().chain(FILE_WAYS).chain(SWAPS);
    for way in everywhere().chain(REAL_WAYS).chain([&MOVE]) {
        way.operations().for_each(|operation| count.real(way, operation, false));
    }
    for way in everywhere() {
        way.operations().for_each(|operation| count.memory(way, operation));
    }
    for way in PROC_WAYS {
        IN_PROC.iter().for_each(|operation| count.proc(way, *operation));
    }
    DEVICES.iter().for_each(|(path, operation)| count.device(path, *operation));
    for way in PIPES {
        count.pipe(way, Read, false);
        count.pipe(way, Read, true);
        count.pipe(way, Overwrite, false);
    }
    // What a read-only directory refuses inside.
    for operation in CHANGES.iter().chain(&[Overwrite, Truncate, SetTimes, Link]) {
        count.real(&way_inside(), *operation, true);
    }
    println!("attacks: {} tried, {} refused", count.tried, count.refused);
    assert_eq!(count.tried, count.refused);
}
