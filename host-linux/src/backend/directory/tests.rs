//! Real directories, with every kind of entry that could lead out or make a guest wait.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::PathBuf;

use rustix::fs::{CWD, FileType as SystemFileType, Mode, RenameFlags, mknodat, renameat_with};
use whit_wasi::backend::{Answer, Failure, Files, Handle, OpenOptions, SetTimes};
use whit_wasi::{Errno, FileType};

use super::Directory;

const ROOT: Handle = Handle::ROOT;

struct Temporary(PathBuf);

impl Temporary {
    /// A directory with `file`, `sub/`, `link` → `file`, `out` → `..` and a named pipe.
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("whit-directory-{test}-{}", std::process::id()));
        fs::create_dir_all(path.join("sub")).expect("directory");
        fs::write(path.join("file"), "content").expect("file");
        symlink("file", path.join("link")).expect("link");
        symlink("..", path.join("out")).expect("link");
        let mode = Mode::from_raw_mode(0o600);
        mknodat(CWD, path.join("pipe"), SystemFileType::Fifo, mode, 0).expect("pipe");
        Self(path)
    }

    fn open(&self, read_only: bool) -> Directory {
        Directory::open(&self.0, read_only).expect("directory")
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn options(letters: &str) -> OpenOptions {
    let mut options = OpenOptions::default();
    options.read = letters.contains('r');
    options.write = letters.contains('w');
    options.create = letters.contains('c');
    options.exclusive = letters.contains('x');
    options.truncate = letters.contains('t');
    options.directory = letters.contains('d');
    options
}

fn errno<T>(answer: Answer<T>) -> Option<Errno> {
    if let Failure::Errno(errno) = answer.err()? { Some(errno) } else { None }
}

fn names(tree: &mut Directory, dir: Handle) -> Vec<String> {
    let mut names = Vec::new();
    let mut from = 0;
    // One entry at a time, as the slowest reader would.
    loop {
        let before = names.len();
        let answer = tree.read_dir(dir, from, &mut |entry| {
            names.push(entry.name.to_owned());
            from = entry.next;
            false
        });
        assert_eq!(answer, Ok(()));
        if names.len() == before {
            names.sort();
            return names;
        }
    }
}

#[test]
fn nothing_is_followed_and_nothing_waits() {
    let temporary = Temporary::new("follow");
    let mut tree = temporary.open(false);
    let mut open = |name: &str, letters: &str| errno(tree.open(ROOT, name, &options(letters)).map(|_| ()));
    assert_eq!(open("link", "r"), Some(Errno::Loop));
    assert_eq!(open("link", "rd"), Some(Errno::Loop));
    assert_eq!(open("link", "wt"), Some(Errno::Loop));
    assert_eq!(open("link", "wcx"), Some(Errno::Exist));
    assert_eq!(open("out", "rd"), Some(Errno::Loop));
    assert_eq!(open("file", "rd"), Some(Errno::Notdir));
    assert_eq!(open("sub", "w"), Some(Errno::Isdir));
    assert_eq!(open("pipe", "r"), Some(Errno::Acces));
    assert_eq!(open("pipe", "w"), Some(Errno::Acces));
    assert_eq!(open("pipe", "rw"), Some(Errno::Acces));
    assert_eq!(open("nothing", "r"), Some(Errno::Noent));
    for name in ["..", "", "sub/..", "../file", "/etc"] {
        assert_eq!(open(name, "r"), Some(Errno::Notcapable), "{name}");
    }
    assert_eq!(open("a\0b", "r"), Some(Errno::Inval));
    assert_eq!(errno(tree.unlink_file(ROOT, "..")), Some(Errno::Notcapable));
    assert_eq!(errno(tree.rename(ROOT, "file", ROOT, "../file")), Some(Errno::Notcapable));
    assert_eq!(tree.stat_at(ROOT, "link").map(|stat| stat.kind), Ok(FileType::SymbolicLink));
    let mut target = [0; 9];
    assert_eq!(tree.read_link(ROOT, "link", &mut target), Ok(4));
    assert_eq!(&target[..4], b"file");
}

#[test]
fn files_are_read_and_written_in_place() {
    let temporary = Temporary::new("files");
    let mut tree = temporary.open(false);
    let file = tree.open(ROOT, "file", &options("rw")).expect("file").handle;
    assert_eq!(tree.write_at(file, 9, b"more"), Ok(4));
    assert_eq!(tree.append(file, b"!"), Ok((1, 14)));
    assert_eq!(tree.append(file, b"?!"), Ok((2, 16)));
    let mut bytes = [0xff; 32];
    assert_eq!(tree.read_at(file, 0, &mut bytes), Ok(16));
    assert_eq!(&bytes[..16], b"content\0\0more!?!");
    assert_eq!(tree.read_at(file, 16, &mut bytes), Ok(0));
    assert_eq!(tree.set_size(file, 7), Ok(()));
    assert_eq!(tree.allocate(file, 0, 20), Ok(()));
    assert_eq!(tree.stat(file).map(|stat| stat.size), Ok(20));
    let times = SetTimes { accessed: None, modified: Some(1_234_567_890_123_456_789) };
    assert_eq!(tree.set_times(file, &times), Ok(()));
    let stat = tree.stat(file).expect("stat");
    let real = fs::metadata(temporary.0.join("file")).expect("metadata");
    assert_eq!((stat.inode, stat.links, stat.modified), (real.ino(), 1, 1_234_567_890_123_456_789));
    tree.close(file);
    assert_eq!(errno(tree.stat(file)), Some(Errno::Badf));
    // Without `write`, and over a file that is there.
    let file = tree.open(ROOT, "file", &options("ct")).expect("file").handle;
    assert_eq!(tree.stat(file).map(|stat| stat.size), Ok(0));
}

#[test]
fn directories_are_changed() {
    let temporary = Temporary::new("change");
    let mut tree = temporary.open(false);
    assert_eq!(tree.create_directory(ROOT, "d"), Ok(()));
    assert_eq!(errno(tree.create_directory(ROOT, "d")), Some(Errno::Exist));
    let d = tree.open(ROOT, "d", &options("rd")).expect("directory").handle;
    assert_eq!(tree.rename(ROOT, "file", d, "moved"), Ok(()));
    assert_eq!(tree.link(d, "moved", d, "second"), Ok(()));
    assert_eq!(errno(tree.link(ROOT, "sub", d, "third")), Some(Errno::Perm));
    assert_eq!(tree.symlink("/anywhere", d, "link"), Ok(()));
    assert_eq!(names(&mut tree, d), ["link", "moved", "second"]);
    assert_eq!(errno(tree.remove_directory(ROOT, "d")), Some(Errno::Notempty));
    assert_eq!(errno(tree.unlink_file(ROOT, "d")), Some(Errno::Isdir));
    for name in ["link", "moved", "second"] {
        assert_eq!(tree.unlink_file(d, name), Ok(()));
    }
    assert_eq!(errno(tree.remove_directory(ROOT, "pipe")), Some(Errno::Notdir));
    assert_eq!(tree.remove_directory(ROOT, "d"), Ok(()));
    assert_eq!(names(&mut tree, ROOT), ["link", "out", "pipe", "sub"]);
}

#[test]
fn big_directories_are_listed_whole() {
    let temporary = Temporary::new("big");
    let mut expected: Vec<_> = (0..1500).map(|number| format!("a rather long name {number:04}")).collect();
    for name in &expected {
        fs::write(temporary.0.join("sub").join(name), "").expect("file");
    }
    let mut tree = temporary.open(false);
    let sub = tree.open(ROOT, "sub", &options("rd")).expect("directory").handle;
    assert_eq!(names(&mut tree, sub), expected);
    let mut all = Vec::new();
    let answer = tree.read_dir(sub, 0, &mut |entry| {
        all.push(entry.name.to_owned());
        true
    });
    assert_eq!(answer, Ok(()));
    all.sort();
    expected.sort();
    assert_eq!(all, expected);
}

#[test]
fn a_read_only_directory_is_not_changed() {
    let temporary = Temporary::new("read-only");
    let mut tree = temporary.open(true);
    let mut open = |name: &str, letters: &str| errno(tree.open(ROOT, name, &options(letters)).map(|_| ()));
    assert_eq!(open("file", "r"), None);
    assert_eq!(open("file", "rc"), None);
    for (name, letters) in [("file", "w"), ("file", "rt"), ("file", "ct"), ("other", "c"), ("other", "cwx")] {
        assert_eq!(open(name, letters), Some(Errno::Rofs), "{name} {letters}");
    }
    assert_eq!(open("file", "cx"), Some(Errno::Exist));
    let times = SetTimes { accessed: Some(0), modified: Some(0) };
    let file = tree.open(ROOT, "file", &options("r")).expect("file").handle;
    let refused = [
        tree.set_size(file, 0),
        tree.allocate(file, 0, 99),
        tree.set_times(file, &times),
        tree.set_times_at(ROOT, "file", &times),
        tree.create_directory(ROOT, "d"),
        tree.remove_directory(ROOT, "sub"),
        tree.unlink_file(ROOT, "file"),
        tree.rename(ROOT, "file", ROOT, "other"),
        tree.link(ROOT, "file", ROOT, "other"),
        tree.symlink("file", ROOT, "other"),
    ];
    for answer in refused {
        assert_eq!(errno(answer), Some(Errno::Rofs));
    }
    assert_eq!(errno(tree.write_at(file, 0, b"x")), Some(Errno::Badf));
    assert_eq!(errno(tree.append(file, b"x")), Some(Errno::Badf));
    assert_eq!(names(&mut tree, ROOT), ["file", "link", "out", "pipe", "sub"]);
}

/// While somebody swaps a directory for a link out of the tree, a guest meets the directory or an error.
#[test]
fn a_race_leads_nowhere() {
    let temporary = Temporary::new("race");
    let path = |name: &str| temporary.0.join(name);
    fs::create_dir_all(path("outside")).expect("directory");
    fs::create_dir_all(path("inside/sub")).expect("directory");
    fs::write(path("outside/file"), "secret").expect("file");
    fs::write(path("inside/sub/file"), "open").expect("file");
    symlink("../outside", path("inside/decoy")).expect("link");
    let mut tree = Directory::open(&path("inside"), false).expect("directory");
    let done = std::sync::atomic::AtomicBool::new(false);
    let mut met = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (one, other) = (path("inside/sub"), path("inside/decoy"));
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE).expect("an exchange");
            }
        });
        for _ in 0..20_000 {
            let Ok(sub) = tree.open(ROOT, "sub", &options("rd")) else { continue };
            let file = tree.open(sub.handle, "file", &options("r")).expect("file").handle;
            let mut bytes = [0; 8];
            assert_eq!(tree.read_at(file, 0, &mut bytes), Ok(4));
            assert_eq!(&bytes[..4], b"open");
            tree.close(file);
            tree.close(sub.handle);
            met += 1;
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert!(met > 0);
}
