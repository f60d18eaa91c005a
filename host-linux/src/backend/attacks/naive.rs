//! Programs that attacks work against: they join paths, or check a path before they use it.

use std::fs::{self, File, OpenOptions as Open};
use std::io::{Read as _, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
use whit_wasi::backend::{Answer, Failure, Files, Handle, SetTimes};
use whit_wasi::memfs::MemFs;
use whit_wasi::{Errno, FileType};

use super::Operation::{self, *};
use super::tree::{enter, options};
use super::{First, Host, Meddle};

/// What the system is asked to do with joined paths.
pub(super) struct Joins {
    pub(super) at: PathBuf,
    /// What stands for `@`.
    pub(super) base: String,
}

impl Joins {
    fn try_first(&self, first: First) -> std::io::Result<()> {
        let at = |path: &str| self.at.join(path);
        match first {
            First::Symlink(target, name) => symlink(target.replace('@', &self.base), at(name)),
            First::Rename(old, new) => fs::rename(at(old), at(new)),
            First::Link(old, new) => fs::hard_link(at(old), at(new)),
        }
    }

    fn try_operation(&self, operation: Operation, path: &Path) -> std::io::Result<String> {
        let (at, path) = (|path: &str| self.at.join(path), self.at.join(path));
        let done = |result: std::io::Result<()>| result.map(|()| String::new());
        let text = |path: PathBuf| path.to_str().map(str::to_owned).ok_or(std::io::ErrorKind::InvalidData);
        match operation {
            List => {
                let names = fs::read_dir(path)?.map(|entry| Ok(text(entry?.file_name().into())?));
                names.collect::<std::io::Result<Vec<_>>>().map(|names| names.join(" "))
            }
            ReadIn => read(&path.join("file")),
            Create => done(fs::write(path.join("new"), "x")),
            MakeDirectory => done(fs::create_dir(path.join("new"))),
            RemoveDirectory => done(fs::remove_dir(path.join("empty"))),
            Unlink => done(fs::remove_file(path.join("file"))),
            RenameTo => done(fs::rename(at("own"), path.join("new"))),
            RenameFrom => done(fs::rename(path.join("file"), at("in"))),
            LinkTo => done(fs::hard_link(at("own"), path.join("new"))),
            LinkFrom => done(fs::hard_link(path.join("file"), at("in"))),
            SymlinkIn => done(symlink("x", path.join("new"))),
            ReadLink => Ok(text(fs::read_link(path.join("link"))?)?),
            Read => read(&path),
            Overwrite => done(Open::new().write(true).open(path)?.write_all(b"x")),
            Truncate => done(Open::new().write(true).truncate(true).open(path).map(|_| ())),
            Stat => fs::metadata(path).map(|attributes| format!("size {}", attributes.len())),
            SetTimes => done(File::open(path)?.set_modified(SystemTime::UNIX_EPOCH)),
            Link => done(Ok(linkat(CWD, path, CWD, at("in"), AtFlags::SYMLINK_FOLLOW)?)),
        }
    }
}

/// The first bytes of a file: a device may have no end.
fn read(path: &Path) -> std::io::Result<String> {
    let mut bytes = [0; 100];
    let count = File::open(path)?.read(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes[..count]).into_owned())
}

impl Host for Joins {
    fn first(&mut self, first: First) -> bool {
        self.try_first(first).is_ok()
    }

    fn attempt(&mut self, operation: Operation, path: &str) -> Option<String> {
        self.try_operation(operation, Path::new(path)).ok()
    }
}

/// Sees to it that a path leads to something inside, and then uses the path: too late.
pub(super) struct Checks(pub(super) Joins, pub(super) Meddle);

impl Host for Checks {
    fn first(&mut self, first: First) -> bool {
        self.0.first(first)
    }

    fn attempt(&mut self, operation: Operation, path: &str) -> Option<String> {
        let found = self.0.at.join(path).canonicalize().ok()?;
        assert!(found.starts_with(self.0.at.canonicalize().ok()?), "the check refuses {path}");
        (self.1)(None);
        self.0.attempt(operation, path)
    }
}

/// Opens one directory after the other and follows no link, but trusts in what `..` is then.
pub(super) struct Steps(pub(super) Joins, pub(super) Meddle);

impl Steps {
    /// The directory at `path`, in which something is moved before the first `..`.
    fn walk(&mut self, path: &str) -> rustix::io::Result<OwnedFd> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW;
        let mut dir = openat(CWD, &self.0.at, flags, Mode::empty())?;
        for name in path.split('/') {
            if name == ".." {
                (self.1)(None);
            }
            dir = openat(&dir, name, flags, Mode::empty())?;
        }
        Ok(dir)
    }
}

impl Host for Steps {
    fn first(&mut self, first: First) -> bool {
        self.0.first(first)
    }

    fn attempt(&mut self, operation: Operation, path: &str) -> Option<String> {
        let (path, file) = path.strip_suffix("/file").map_or((path, ""), |path| (path, "/file"));
        let dir = self.walk(path).ok()?;
        self.0.attempt(operation, &format!("/proc/self/fd/{}{file}", dir.as_raw_fd()))
    }
}

/// Resolves paths in memory as POSIX has it, from the directory `inside` of the tree; with something to meddle, it
/// checks first where a path leads, and then resolves it once more.
pub(super) struct Resolves(pub(super) MemFs, pub(super) Option<Meddle>);

impl Resolves {
    /// The names on the way from the root to what `path` means.
    fn resolve(&mut self, path: &str, follow: bool) -> Answer<Vec<String>> {
        let mut names = vec!["inside".to_owned()];
        let mut rest: Vec<_> = path.split('/').rev().map(str::to_owned).collect();
        if path.starts_with('/') {
            names.clear();
        }
        while let Some(name) = rest.pop() {
            match name.as_str() {
                "" | "." => continue,
                ".." => {
                    names.pop();
                    continue;
                }
                _ => {}
            }
            let dir = self.directory(&names)?;
            let is_link = self.0.stat_at(dir, &name).is_ok_and(|it| it.kind == FileType::SymbolicLink);
            if !is_link || (rest.is_empty() && !follow) {
                names.push(name);
                continue;
            }
            let mut target = [0; 100];
            let length = self.0.read_link(dir, &name, &mut target)?;
            let target = str::from_utf8(&target[..length]).map_err(|_| Errno::Ilseq)?;
            if target.starts_with('/') {
                names.clear();
            }
            rest.extend(target.split('/').rev().map(str::to_owned));
        }
        Ok(names)
    }

    fn directory(&mut self, names: &[String]) -> Answer<Handle> {
        names.iter().try_fold(Handle::ROOT, |dir, name| Ok(self.0.open(dir, name, &options("r"))?.handle))
    }

    /// The directory and the name in it that `path` means.
    fn place(&mut self, path: &str, follow: bool) -> Answer<(Handle, String)> {
        let mut names = self.resolve(path, follow)?;
        let name = names.pop().ok_or(Failure::Errno(Errno::Busy))?;
        Ok((self.directory(&names)?, name))
    }

    fn try_first(&mut self, first: First) -> Answer<()> {
        let (First::Symlink(_, new) | First::Rename(_, new) | First::Link(_, new)) = first;
        let (new_dir, new) = self.place(new, false)?;
        match first {
            First::Symlink(target, _) => self.0.symlink(&target.replace('@', ""), new_dir, &new),
            First::Rename(old, _) => {
                let (dir, old) = self.place(old, false)?;
                self.0.rename(dir, &old, new_dir, &new)
            }
            First::Link(old, _) => {
                let (dir, old) = self.place(old, false)?;
                self.0.link(dir, &old, new_dir, &new)
            }
        }
    }

    fn open(&mut self, path: &str, letters: &str) -> Answer<Handle> {
        let (dir, name) = self.place(path, true)?;
        Ok(self.0.open(dir, &name, &options(letters))?.handle)
    }

    /// What is learned by an operation that changes nothing.
    fn learn(&mut self, operation: Operation, path: &str) -> Answer<String> {
        let mut bytes = [0; 100];
        let count = match operation {
            List => {
                let names = self.resolve(path, true)?;
                let dir = self.directory(&names)?;
                let mut text = String::new();
                self.0.read_dir(dir, 0, &mut |entry| {
                    text += &format!("{} ", entry.name);
                    true
                })?;
                return Ok(text);
            }
            Stat => {
                let (dir, name) = self.place(path, true)?;
                return Ok(format!("size {}", self.0.stat_at(dir, &name)?.size));
            }
            ReadLink => {
                let (dir, name) = self.place(&format!("{path}/link"), false)?;
                self.0.read_link(dir, &name, &mut bytes)?
            }
            ReadIn => {
                let file = self.open(&format!("{path}/file"), "r")?;
                self.0.read_at(file, 0, &mut bytes)?
            }
            _ => {
                let file = self.open(path, "r")?;
                self.0.read_at(file, 0, &mut bytes)?
            }
        };
        Ok(String::from_utf8_lossy(&bytes[..count]).into_owned())
    }

    /// Does an operation that changes something.
    fn change(&mut self, operation: Operation, path: &str) -> Answer<()> {
        let inside = enter(&mut self.0, Handle::ROOT, "inside");
        match operation {
            Create => return self.open(&format!("{path}/new"), "c").map(|_| ()),
            Truncate => return self.open(path, "t").map(|_| ()),
            Overwrite => {
                let file = self.open(path, "w")?;
                return self.0.write_at(file, 0, b"x").map(|_| ());
            }
            _ => {}
        }
        let (path, follow) = match operation {
            SetTimes | Link => (path.to_owned(), true),
            RemoveDirectory => (format!("{path}/empty"), false),
            Unlink | RenameFrom | LinkFrom => (format!("{path}/file"), false),
            _ => (format!("{path}/new"), false),
        };
        let (dir, name) = self.place(&path, follow)?;
        match operation {
            SetTimes => {
                let times = SetTimes { accessed: Some(0), modified: Some(0) };
                self.0.set_times_at(dir, &name, &times)
            }
            MakeDirectory => self.0.create_directory(dir, &name),
            RemoveDirectory => self.0.remove_directory(dir, &name),
            Unlink => self.0.unlink_file(dir, &name),
            RenameTo => self.0.rename(inside, "own", dir, &name),
            RenameFrom => self.0.rename(dir, &name, inside, "in"),
            LinkTo => self.0.link(inside, "own", dir, &name),
            SymlinkIn => self.0.symlink("x", dir, &name),
            _ => self.0.link(dir, &name, inside, "in"),
        }
    }

    fn try_operation(&mut self, operation: Operation, path: &str) -> Answer<String> {
        match operation {
            List | Stat | ReadLink | ReadIn | Read => self.learn(operation, path),
            _ => self.change(operation, path).map(|()| String::new()),
        }
    }
}

impl Host for Resolves {
    fn first(&mut self, first: First) -> bool {
        self.try_first(first).is_ok()
    }

    fn attempt(&mut self, operation: Operation, path: &str) -> Option<String> {
        if let Some(mut meddle) = self.1.take() {
            let found = self.resolve(path, true).ok()?;
            assert_eq!(found[0], "inside", "the check refuses {path}");
            meddle(Some(&mut self.0));
        }
        self.try_operation(operation, path).ok()
    }
}
