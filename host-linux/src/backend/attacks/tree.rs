//! What attacks are made on: a directory with `inside`, `outside` and in each the same names, with a way between.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use whit_wasi::FileType;
use whit_wasi::backend::{Answer, DirEntry, FileStat, Files, Handle, Memory, OpenOptions, Opened, SetTimes};
use whit_wasi::memfs::MemFs;

use super::{Meddle, Way};

/// What is in the files, the link and the listing of `outside` only.
pub(super) const SECRET: &str = "the secret of the outside";

const HALVES: [(&str, &str); 2] = [("inside", "content"), ("outside", SECRET)];
const FILES: [&str; 2] = ["file", "own"];
const DIRECTORIES: [&str; 2] = ["sub", "sub/deep"];
/// Where the same files are, too, if they can be met there.
const SWAPPED: [&str; 2] = ["sub", "sub/deep"];

/// Whether `learned` is something that only `outside` has.
pub(super) fn is_secret(learned: &str) -> bool {
    learned.contains(SECRET) || learned == format!("size {}", SECRET.len())
}

/// The directories that have files.
fn dirs(way: &Way) -> impl Iterator<Item = &'static str> {
    let swapped = if way.swap.is_some() { &SWAPPED[..] } else { &[] };
    std::iter::once("").chain(swapped.iter().copied())
}

/// A real directory; it is removed at the end.
pub(super) struct Tree(pub(super) PathBuf);

impl Tree {
    pub(super) fn new(number: usize, way: &Way) -> Self {
        // Thousands of trees are made; memory is the fastest place for them.
        let memory = PathBuf::from("/dev/shm");
        let temporary = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let base = temporary.join(format!("whit-attack-{}-{number}", std::process::id()));
        for (half, content) in HALVES {
            let half = base.join(half);
            fs::create_dir_all(&half).expect("a directory");
            DIRECTORIES.iter().for_each(|name| fs::create_dir(half.join(name)).expect("a directory"));
            for dir in dirs(way) {
                let dir = half.join(dir);
                fs::create_dir_all(dir.join("empty")).expect("a directory");
                FILES.iter().for_each(|name| fs::write(dir.join(name), content).expect("a file"));
                symlink(content, dir.join("link")).expect("a link");
                fs::write(dir.join(content), "").expect("a file");
            }
        }
        for (name, target) in way.links {
            symlink(target.replace('@', text(&base)), base.join("inside").join(name)).expect("a link");
        }
        Self(base)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

pub(super) fn in_memory(way: &Way) -> MemFs {
    let mut files = MemFs::default();
    for (half, content) in HALVES {
        DIRECTORIES.iter().for_each(|name| files.add_directory(&format!("{half}/{name}")).expect("room"));
        for dir in dirs(way) {
            let dir = format!("{half}/{dir}");
            files.add_directory(&format!("{dir}/empty")).expect("room");
            for name in FILES {
                files.add_file(&format!("{dir}/{name}"), content.as_bytes()).expect("room");
            }
            files.add_file(&format!("{dir}/{content}"), b"").expect("room");
            link(&mut files, &format!("{dir}/link"), content);
        }
    }
    for (name, target) in way.links {
        link(&mut files, &format!("inside/{name}"), &target.replace('@', ""));
    }
    files
}

pub(super) fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

pub(super) fn options(letters: &str) -> OpenOptions {
    let mut options = OpenOptions::default();
    options.read = letters.contains('r');
    options.write = letters.contains('w');
    options.create = letters.contains('c');
    options.truncate = letters.contains('t');
    options
}

pub(super) fn enter(files: &mut dyn Files, dir: Handle, name: &str) -> Handle {
    files.open(dir, name, &options("r")).expect("it is there").handle
}

/// The directory that `path` lies in, and its name there.
pub(super) fn parent<'p>(files: &mut dyn Files, path: &'p str) -> (Handle, &'p str) {
    let (parents, name) = path.rsplit_once('/').expect("a directory");
    let parents = parents.split('/').filter(|name| !name.is_empty());
    (parents.fold(Handle::ROOT, |dir, name| enter(files, dir, name)), name)
}

fn link(files: &mut MemFs, path: &str, target: &str) {
    let (parent, name) = parent(files, path);
    files.symlink(target, parent, name).expect("room");
}

/// Everything in a directory, with contents and times of modification.
fn snapshot(files: &mut dyn Files, dir: Handle, into: &mut Vec<String>) {
    let mut names = Vec::new();
    let list = &mut |entry: &DirEntry<'_>| {
        names.push((entry.name.to_owned(), entry.kind));
        true
    };
    files.read_dir(dir, 0, list).expect("a listing");
    // What somebody else moves there is not the guest's doing.
    names.retain(|(name, _)| name != "moved");
    names.sort_by(|one, other| one.0.cmp(&other.0));
    for (name, kind) in names {
        let stat = files.stat_at(dir, &name).expect("attributes");
        let mut content = [0; 100];
        if kind == FileType::RegularFile {
            let file = enter(files, dir, &name);
            files.read_at(file, 0, &mut content).expect("content");
            files.close(file);
        }
        let content = String::from_utf8_lossy(&content);
        into.push(format!("{name} {kind:?} {} {} {} {content}", stat.size, stat.links, stat.modified));
        if kind == FileType::Directory {
            let inner = enter(files, dir, &name);
            snapshot(files, inner, into);
            files.close(inner);
        }
    }
}

/// Everything in one half of the tree.
pub(super) fn half(files: &mut dyn Files, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    let dir = enter(files, Handle::ROOT, name);
    snapshot(files, dir, &mut all);
    files.close(dir);
    all
}

/// A tree that somebody meddles with before one of the operations on it.
pub(super) struct Meddled<F> {
    pub(super) files: F,
    pub(super) meddle: Meddle,
    /// How many operations come before.
    pub(super) before: Arc<AtomicUsize>,
}

impl<F: Files> Meddled<F> {
    fn turn(&mut self) {
        if self.before.load(Relaxed) == 0 {
            (self.meddle)(Some(&mut self.files));
        }
        self.before.fetch_sub(1, Relaxed);
    }
}

macro_rules! meddled {
    ($($name:ident($($argument:ident: $ty:ty),*) -> $result:ty;)*) => {
        impl<F: Files> Files for Meddled<F> {
            fn close(&mut self, handle: Handle) {
                self.files.close(handle);
            }

            fn memory(&mut self) -> Option<&mut Memory> {
                self.files.memory()
            }

            $(fn $name(&mut self, $($argument: $ty),*) -> $result {
                self.turn();
                self.files.$name($($argument),*)
            })*
        }
    };
}

meddled! {
    open(dir: Handle, name: &str, options: &OpenOptions) -> Answer<Opened>;
    stat(handle: Handle) -> Answer<FileStat>;
    stat_at(dir: Handle, name: &str) -> Answer<FileStat>;
    read_at(file: Handle, offset: u64, into: &mut [u8]) -> Answer<usize>;
    read_dir(dir: Handle, from: u64, entry: &mut dyn FnMut(&DirEntry<'_>) -> bool) -> Answer<()>;
    read_link(dir: Handle, name: &str, into: &mut [u8]) -> Answer<usize>;
    write_at(file: Handle, offset: u64, from: &[u8]) -> Answer<usize>;
    set_size(file: Handle, size: u64) -> Answer<()>;
    set_times(handle: Handle, times: &SetTimes) -> Answer<()>;
    set_times_at(dir: Handle, name: &str, times: &SetTimes) -> Answer<()>;
    create_directory(dir: Handle, name: &str) -> Answer<()>;
    remove_directory(dir: Handle, name: &str) -> Answer<()>;
    unlink_file(dir: Handle, name: &str) -> Answer<()>;
    rename(dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> Answer<()>;
    link(dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> Answer<()>;
    symlink(target: &str, dir: Handle, name: &str) -> Answer<()>;
}
