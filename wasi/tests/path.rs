//! Files by their paths.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, Ordering::Relaxed};

use support::{ALL, CREAT, DIRECTORY, EXCL, FOLLOW, Guest, Hooked, READ, RESULT, TRUNC};
use whit_wasi::backend::{Files, Handle, OpenOptions};
use whit_wasi::memfs::{MemFs, MemFsLimits};
use whit_wasi::{Call, Errno, WasiCtx};

#[test]
fn paths_lead_somewhere() {
    let mut guest = Guest::with_files();
    for path in ["dir/b", "./dir/b", "dir/../dir/b", "dir//b", "dir/deep/../b", "empty/../dir/./deep/.././/b"]
    {
        let fd = guest.open_to_read(path).unwrap();
        assert_eq!(guest.read(fd, 9), Ok(b"beta".to_vec()), "{path}");
        guest.call(Call::FdClose, &[fd]).unwrap();
    }
    for (path, errno) in [
        ("", Errno::Noent),
        ("none", Errno::Noent),
        ("none/..", Errno::Noent),
        ("a/", Errno::Notdir),
        ("a/.", Errno::Notdir),
        ("a/..", Errno::Notdir),
        ("a/b", Errno::Notdir),
        ("a\0", Errno::Inval),
    ] {
        assert_eq!(guest.open_to_read(path), Err(errno), "{path}");
    }
    let fd = guest.open_at(3, "dir/deep", 0, DIRECTORY, READ, 0).unwrap();
    assert!(guest.open_at(fd, "c", 0, 0, READ, 0).is_ok());
    assert_eq!(guest.open_at(fd, "../b", 0, 0, READ, 0), Err(Errno::Perm));
}

#[test]
fn nothing_leads_out() {
    let paths =
        ["/", "/a", "..", "../a", "dir/../..", "dir/../../a", "./..", "dir/deep/../../../x", "../", "//"];
    let mut guest = Guest::with_files();
    for path in paths {
        assert_eq!(guest.open_to_read(path), Err(Errno::Perm), "{path}");
        assert_eq!(guest.open(path, CREAT), Err(Errno::Perm), "{path}");
        assert_eq!(guest.stat(path, FOLLOW), Err(Errno::Perm), "{path}");
        assert_eq!(guest.symlink("a", path), Err(Errno::Perm), "{path}");
        assert_eq!(guest.rename("a", path), Err(Errno::Perm), "{path}");
        assert_eq!(guest.rename(path, "z"), Err(Errno::Perm), "{path}");
        assert_eq!(guest.link("a", 0, path), Err(Errno::Perm), "{path}");
        assert_eq!(guest.link(path, FOLLOW, "z"), Err(Errno::Perm), "{path}");
        for call in [Call::PathCreateDirectory, Call::PathRemoveDirectory, Call::PathUnlinkFile] {
            assert_eq!(guest.path(call, path), Err(Errno::Perm), "{path}");
        }
        // A link inside makes no difference.
        let target = path.trim_start_matches('/');
        if !target.is_empty() {
            let link = format!("dir/to{}", target.replace('/', "_"));
            guest.symlink(&format!("../{target}"), &link).unwrap();
            assert!(matches!(guest.stat(&link, FOLLOW), Err(Errno::Perm) | Ok(_)), "{path}");
        }
    }
    guest.symlink("..", "up").unwrap();
    assert_eq!(guest.open_to_read("up/a"), Err(Errno::Perm));
    assert_eq!(guest.open_to_read("up"), Err(Errno::Perm));
    assert_eq!(guest.open("up/new", CREAT), Err(Errno::Perm));
    assert_eq!(guest.symlink("/etc/passwd", "out"), Err(Errno::Perm));
}

/// A link that was there before, made by somebody else.
#[test]
fn absolute_links_lead_nowhere() {
    let mut files = support::files();
    files.symlink("/etc/passwd", Handle::ROOT, "out").unwrap();
    let mut guest = Guest::new(WasiCtx::builder().preopen("/", Box::new(files), false));
    assert_eq!(guest.open_to_read("out"), Err(Errno::Perm));
    assert_eq!(guest.stat("out", FOLLOW), Err(Errno::Perm));
    assert_eq!(guest.stat("out", 0), Ok((7, 11)));
    assert_eq!(guest.open_to_read("out/x"), Err(Errno::Perm));
}

#[test]
fn open_flags_mean_what_posix_says() {
    let mut guest = Guest::with_files();
    assert_eq!(guest.open("a", CREAT | EXCL), Err(Errno::Exist));
    assert_eq!(guest.open("dir", CREAT | EXCL), Err(Errno::Exist));
    assert_eq!(guest.open(".", CREAT | EXCL), Err(Errno::Exist));
    assert_eq!(guest.open("dir", 0), Err(Errno::Isdir));
    assert_eq!(guest.open(".", 0), Err(Errno::Isdir));
    assert_eq!(guest.open("dir", CREAT), Err(Errno::Isdir));
    assert_eq!(guest.open("new/", CREAT), Err(Errno::Isdir));
    assert_eq!(guest.open_at(3, "a", 0, DIRECTORY, READ, 0), Err(Errno::Notdir));
    assert_eq!(guest.open_at(3, "new", 0, DIRECTORY, READ, 0), Err(Errno::Noent));
    assert_eq!(guest.open_at(3, "new", 0, DIRECTORY | CREAT, READ, 0), Err(Errno::Inval));
    assert_eq!(guest.open_at(3, "a", 0, 16, READ, 0), Err(Errno::Inval));
    assert_eq!(guest.open_at(3, "a", 2, 0, READ, 0), Err(Errno::Inval));
    assert!(guest.open("new", CREAT | EXCL).is_ok());
    // Also without a right to write.
    assert!(guest.open_at(3, "new2", 0, CREAT, 0, 0).is_ok());
    assert!(guest.open_at(3, "a", 0, TRUNC, 0, 0).is_ok());
    assert_eq!(guest.content("a"), b"");
    let file = guest.open_to_read("dir/b").unwrap();
    assert_eq!(guest.open_at(file, "x", 0, 0, READ, 0), Err(Errno::Notdir));
    assert_eq!(guest.open_at(1, "x", 0, 0, READ, 0), Err(Errno::Notdir));
}

#[test]
fn symbolic_links_are_followed_where_asked() {
    let mut guest = Guest::with_files();
    guest.symlink("dir/b", "file").unwrap();
    guest.symlink("../dir", "dir/self").unwrap();
    guest.symlink("deep", "dir/down").unwrap();
    guest.symlink("nowhere", "dangling").unwrap();
    assert_eq!(guest.stat("file", FOLLOW), Ok((4, 4)));
    assert_eq!(guest.stat("file", 0), Ok((7, 5)));
    assert_eq!(guest.stat("dir/down/", 0), Ok((3, 0)));
    assert_eq!(guest.stat("file/", 0), Err(Errno::Notdir));
    let fd = guest.open_to_read("dir/self/self/down/c").unwrap();
    assert_eq!(guest.read(fd, 9), Ok(b"gamma".to_vec()));
    assert_eq!(guest.open_at(3, "file", 0, 0, READ, 0), Err(Errno::Loop));
    assert_eq!(guest.open_at(3, "dir/down", 0, DIRECTORY, READ, 0), Err(Errno::Loop));
    assert!(guest.open_at(3, "dir/down/", 0, DIRECTORY, READ, 0).is_ok());
    assert!(guest.open_at(3, "dir/down", FOLLOW, DIRECTORY, READ, 0).is_ok());
    assert_eq!(guest.open_at(3, "file", FOLLOW, DIRECTORY, READ, 0), Err(Errno::Notdir));
    assert_eq!(guest.stat("dangling", FOLLOW), Err(Errno::Noent));
    assert_eq!(guest.open("dangling", CREAT | EXCL), Err(Errno::Exist));
    assert!(guest.open("dangling", CREAT).is_ok());
    assert_eq!(guest.stat("nowhere", 0), Ok((4, 0)));
    assert_eq!(guest.symlink("x", "file"), Err(Errno::Exist));
    assert_eq!(guest.symlink("x", "new/"), Err(Errno::Noent));
    assert_eq!(guest.symlink("x", "a/"), Err(Errno::Notdir));
    assert_eq!(guest.symlink("x", "dir/"), Err(Errno::Exist));
    assert_eq!(guest.symlink("", "y"), Err(Errno::Noent));
}

#[test]
fn loops_end() {
    let mut guest = Guest::with_files();
    guest.symlink("two", "one").unwrap();
    guest.symlink("one", "two").unwrap();
    guest.symlink("grow/x", "grow").unwrap();
    guest.symlink("many/../many", "many").unwrap();
    for path in ["one", "one/x", "grow", "grow/", "many"] {
        assert_eq!(guest.open_to_read(path), Err(Errno::Loop), "{path}");
        assert_eq!(guest.stat(path, FOLLOW), Err(Errno::Loop), "{path}");
    }
}

#[test]
fn paths_are_limited() {
    let mut guest = Guest::with_files();
    assert_eq!(guest.stat(&"dir/../".repeat(585), 0), Ok((3, 0)));
    assert_eq!(guest.stat(&"dir/../".repeat(586), 0), Err(Errno::Nametoolong));
    assert_eq!(guest.path(Call::PathCreateDirectory, &"n".repeat(256)), Err(Errno::Nametoolong));
    guest.path(Call::PathCreateDirectory, &"n".repeat(255)).unwrap();
    let long = format!("{}x", "dir/../".repeat(584));
    guest.symlink(&long, "long").unwrap();
    assert_eq!(guest.stat("long/y", 0), Err(Errno::Noent));
    assert_eq!(guest.stat("long/../dir/deep", 0), Err(Errno::Nametoolong));
    for values in [[3, 65530, 10], [3, u64::from(u32::MAX), 1]] {
        assert_eq!(guest.call(Call::PathUnlinkFile, &values), Err(Errno::Fault));
    }
    guest.memory[100] = 0xff;
    assert_eq!(guest.call(Call::PathUnlinkFile, &[3, 100, 1]), Err(Errno::Ilseq));
}

#[test]
fn readlink_cuts_off() {
    let mut guest = Guest::with_files();
    guest.symlink("target", "link").unwrap();
    let [path, length] = guest.put(b"link");
    for (room, used) in [(10, 6), (4, 4), (0, 0)] {
        guest.memory[1000..1010].fill(b'.');
        guest.call(Call::PathReadlink, &[3, path, length, 1000, room, u64::from(RESULT)]).unwrap();
        assert_eq!(guest.u32_at(RESULT), used);
        assert_eq!(
            guest.memory[1000..1010],
            [&b"target"[..used as usize], &b".........."[used as usize..]].concat()
        );
    }
    assert_eq!(guest.call(Call::PathReadlink, &[3, path, length, 65530, 7, 0]), Err(Errno::Fault));
    let [path, length] = guest.put(b"a");
    assert_eq!(guest.call(Call::PathReadlink, &[3, path, length, 1000, 10, 0]), Err(Errno::Inval));
}

#[test]
fn rename_replaces() {
    let mut guest = Guest::with_files();
    guest.rename("a", "dir/moved").unwrap();
    assert_eq!((guest.stat("a", 0), guest.stat("dir/moved", 0)), (Err(Errno::Noent), Ok((4, 5))));
    guest.rename("dir/moved", "dir/b").unwrap();
    assert_eq!(guest.stat("dir/b", 0), Ok((4, 5)));
    for (old, new, errno) in [
        ("dir", "dir/deep/inside", Errno::Inval),
        ("dir", "dir/deep", Errno::Inval),
        ("empty", "dir", Errno::Notempty),
        ("empty", "dir/b", Errno::Notdir),
        ("dir/b", "empty", Errno::Isdir),
        ("dir/b/", "x", Errno::Notdir),
        ("dir/b", "x/", Errno::Notdir),
        ("none", "x", Errno::Noent),
        (".", "x", Errno::Busy),
        ("dir", "dir/..", Errno::Busy),
    ] {
        assert_eq!(guest.rename(old, new), Err(errno), "{old} to {new}");
    }
    guest.rename("dir/deep/", "empty/").unwrap();
    assert_eq!(guest.stat("empty/c", 0), Ok((4, 5)));
    guest.rename("empty", "dir/deep").unwrap();
    // The directory knows where it is, so that it cannot be moved below itself.
    assert_eq!(guest.rename("dir", "dir/deep/dir"), Err(Errno::Inval));
    guest.rename("dir", "dir").unwrap();
}

#[test]
fn links_share_a_file() {
    let mut guest = Guest::with_files();
    guest.link("a", 0, "dir/a2").unwrap();
    let fd = guest.open("dir/a2", 0).unwrap();
    guest.write(fd, b"A").unwrap();
    assert_eq!(guest.content("a"), b"Alpha");
    guest.path(Call::PathUnlinkFile, "a").unwrap();
    assert_eq!(guest.stat("dir/a2", 0), Ok((4, 5)));
    guest.symlink("a2", "dir/link").unwrap();
    guest.link("dir/link", 0, "copy").unwrap();
    assert_eq!(guest.stat("copy", 0), Ok((7, 2)));
    guest.link("dir/link", FOLLOW, "copy2").unwrap();
    assert_eq!(guest.stat("copy2", 0), Ok((4, 5)));
    for (old, new, errno) in [
        ("dir", "x", Errno::Perm),
        ("none", "x", Errno::Noent),
        ("dir/a2", "copy", Errno::Exist),
        ("dir/a2", "dir", Errno::Exist),
        ("dir/a2", "new/", Errno::Noent),
    ] {
        assert_eq!(guest.link(old, 0, new), Err(errno), "{old} to {new}");
    }
}

#[test]
fn unlinked_files_live_while_they_are_open() {
    let mut guest = Guest::with_files();
    let fd = guest.open("a", 0).unwrap();
    guest.path(Call::PathUnlinkFile, "a").unwrap();
    assert_eq!(guest.open_to_read("a"), Err(Errno::Noent));
    guest.write(fd, b"still").unwrap();
    guest.seek(fd, 0, 0).unwrap();
    assert_eq!(guest.read(fd, 9), Ok(b"still".to_vec()));
    for (path, errno) in
        [("dir", Errno::Isdir), ("dir/", Errno::Isdir), ("dir/b/", Errno::Notdir), (".", Errno::Isdir)]
    {
        assert_eq!(guest.path(Call::PathUnlinkFile, path), Err(errno), "{path}");
    }
}

#[test]
fn times_are_set_by_path() {
    let mut guest = Guest::with_files();
    guest.symlink("a", "link").unwrap();
    let [path, length] = guest.put(b"link");
    guest.call(Call::PathFilestatSetTimes, &[3, FOLLOW, path, length, 5, 6, 1 | 4]).unwrap();
    guest.call(Call::PathFilestatSetTimes, &[3, 0, path, length, 7, 8, 4]).unwrap();
    guest.stat("a", 0).unwrap();
    assert_eq!((guest.u64_at(40), guest.u64_at(48)), (5, 6));
    guest.stat("link", 0).unwrap();
    assert_eq!(guest.u64_at(48), 8);
    // There is no clock that could say what time it is.
    let now = guest.call(Call::PathFilestatSetTimes, &[3, 0, path, length, 0, 0, 2]);
    assert_eq!(now, Err(Errno::Inval));
}

#[test]
fn a_read_only_tree_does_not_change() {
    let mut guest = Guest::read_only();
    for open in [0, TRUNC, CREAT] {
        assert_eq!(guest.open("a", open), Err(Errno::Rofs));
    }
    assert_eq!(guest.open_at(3, "a", 0, TRUNC, READ, 0), Err(Errno::Rofs));
    assert!(guest.open_at(3, "a", 0, CREAT, READ, 0).is_ok());
    assert_eq!(guest.open("new", CREAT), Err(Errno::Rofs));
    assert_eq!(guest.open("a", CREAT | EXCL), Err(Errno::Exist));
    assert_eq!(guest.open("dir", 0), Err(Errno::Isdir));
    assert_eq!(guest.open("new", 0), Err(Errno::Noent));
    assert_eq!(guest.rename("a", "b"), Err(Errno::Rofs));
    assert_eq!(guest.link("a", 0, "b"), Err(Errno::Rofs));
    assert_eq!(guest.symlink("a", "b"), Err(Errno::Rofs));
    assert_eq!(guest.path(Call::PathCreateDirectory, "x"), Err(Errno::Rofs));
    assert_eq!(guest.path(Call::PathRemoveDirectory, "empty"), Err(Errno::Rofs));
    assert_eq!(guest.path(Call::PathUnlinkFile, "a"), Err(Errno::Rofs));
    let [path, length] = guest.put(b"a");
    assert_eq!(guest.call(Call::PathFilestatSetTimes, &[3, 0, path, length, 0, 0, 5]), Err(Errno::Rofs));
    let fd = guest.open_to_read("a").unwrap();
    assert_eq!(guest.call(Call::FdFilestatSetTimes, &[fd, 0, 0, 5]), Err(Errno::Rofs));
    assert_eq!(guest.read(fd, 9), Ok(b"alpha".to_vec()));
}

#[test]
fn memory_for_files_is_limited() {
    let mut limits = MemFsLimits::default();
    limits.nodes = 4;
    limits.bytes = 100;
    let mut guest = Guest::new(WasiCtx::builder().preopen("/", Box::new(MemFs::new(limits)), false));
    let fd = guest.open("file", CREAT).unwrap();
    assert_eq!(guest.write(fd, &[1; 96]), Ok(96));
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Nospc));
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[fd, 97]), Err(Errno::Nospc));
    assert_eq!(guest.call(Call::FdAllocate, &[fd, 0, 1 << 40]), Err(Errno::Nospc));
    assert_eq!(guest.path(Call::PathCreateDirectory, "x"), Err(Errno::Nospc));
    guest.call(Call::FdFilestatSetSize, &[fd, 10]).unwrap();
    assert_eq!(guest.symlink(&"t".repeat(90), "l"), Err(Errno::Nospc));
    guest.symlink("t", "l").unwrap();
    guest.path(Call::PathCreateDirectory, "x").unwrap();
    assert_eq!(guest.path(Call::PathCreateDirectory, "y"), Err(Errno::Nospc));
    // What is open still takes its space.
    guest.path(Call::PathUnlinkFile, "file").unwrap();
    assert_eq!(guest.path(Call::PathCreateDirectory, "y"), Err(Errno::Nospc));
    guest.call(Call::FdClose, &[fd]).unwrap();
    guest.path(Call::PathCreateDirectory, "y").unwrap();
    for path in ["x", "y"] {
        guest.path(Call::PathRemoveDirectory, path).unwrap();
    }
    guest.path(Call::PathUnlinkFile, "l").unwrap();
    let fd = guest.open_at(3, "f", 0, CREAT, ALL, 0).unwrap();
    assert_eq!(guest.write(fd, &[1; 99]), Ok(99));
}

/// Takes `dir/deep` away and puts a link that leads out in its place.
fn meddle(files: &mut MemFs, opened: &str) {
    let mut options = OpenOptions::default();
    options.directory = true;
    if opened == "deep" {
        let dir = files.open(Handle::ROOT, "dir", &options).unwrap().handle;
        let _ = files.rename(dir, "deep", Handle::ROOT, "elsewhere");
        let _ = files.symlink("../..", dir, "deep");
        files.close(dir);
    }
}

/// Somebody else changes the tree while a guest's call is under way.
#[test]
fn a_tree_that_changes_during_the_call_does_not_let_out() {
    let files = Hooked { files: support::files(), after_open: meddle, open: Arc::default() };
    let mut guest = Guest::new(WasiCtx::builder().preopen("/", Box::new(files), false));
    // `deep` is moved up while it is open: going back from it leads to where the walk came from.
    let fd = guest.open_to_read("dir/deep/../b").unwrap();
    assert_eq!(guest.read(fd, 9), Ok(b"beta".to_vec()));
    assert_eq!(guest.stat("dir/deep", 0), Ok((7, 5)));
    assert_eq!(guest.open_to_read("dir/deep/a"), Err(Errno::Perm));
    let fd = guest.open_at(3, "elsewhere", 0, DIRECTORY, READ, 0).unwrap();
    assert!(guest.open_at(fd, "c", 0, 0, READ, 0).is_ok());
    assert_eq!(guest.open_at(fd, "../a", 0, 0, READ, 0), Err(Errno::Perm));
}

#[test]
fn calls_close_what_they_opened() {
    let open = Arc::new(AtomicIsize::new(0));
    let files = Hooked { files: support::files(), after_open: |_, _| {}, open: open.clone() };
    let mut guest = Guest::new(WasiCtx::builder().preopen("/", Box::new(files), false));
    guest.symlink("dir/deep", "link").unwrap();
    guest.symlink("loop/../loop", "loop").unwrap();
    for path in
        ["dir/deep/c", "dir/deep/../../..", "dir/deep/none/x", "link/c", "loop/x", "dir/deep/c/d", "dir/."]
    {
        let _ = guest.stat(path, FOLLOW);
        let _ = guest.open(path, CREAT | EXCL);
        let _ = guest.open_at(3, path, FOLLOW, DIRECTORY, ALL, 0).map(|fd| guest.call(Call::FdClose, &[fd]));
        let _ = guest.rename(path, "dir/deep/../none/y");
        let _ = guest.rename("dir/deep/none", path);
        let _ = guest.path(Call::PathCreateDirectory, path);
        assert_eq!(open.load(Relaxed), 0, "{path}");
    }
    let fd = guest.open_to_read("dir/deep/c").unwrap();
    assert_eq!(open.load(Relaxed), 1);
    guest.call(Call::FdClose, &[fd]).unwrap();
    let (a, b) = (guest.open_to_read("a").unwrap(), guest.open_to_read("a").unwrap());
    guest.call(Call::FdRenumber, &[a, b]).unwrap();
    assert_eq!(open.load(Relaxed), 1);
}
