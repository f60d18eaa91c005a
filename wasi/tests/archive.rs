//! Files of an archive.

mod support;

use support::{CREAT, EXCL, FOLLOW, Guest, READ, TRUNC};
use whit_wasi::archive::Archive;
use whit_wasi::{Call, Errno, WasiCtx};

/// An entry: its header, and its content filled up to whole blocks.
fn entry(prefix: &str, name: &str, kind: u8, link: &str, content: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(124, format!("{:011o}", content.len()).as_bytes());
    put(136, format!("{:011o}", 1_700_000_000).as_bytes());
    put(148, b"        ");
    put(156, &[kind]);
    put(157, link.as_bytes());
    put(257, b"ustar\x0000");
    put(345, prefix.as_bytes());
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut bytes = header.to_vec();
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn open(entries: &[Vec<u8>]) -> Result<Archive, Errno> {
    Archive::new([entries.concat(), vec![0; 1024]].concat().leak())
}

fn guest(read_only: bool) -> Guest {
    let files = open(&[
        entry("", "./", b'5', "", b""),
        entry("", "./b", b'0', "", b"old"),
        entry("some/where", "deep/file", b'0', "", b"far away"),
        entry("", "b-2", b'0', "", b"between b and what would be in it"),
        // As it was before there was a type for it.
        entry("", "dir/", 0, "", b""),
        entry("", "dir/hard", b'1', "b", b""),
        entry("", "dir/soft", b'2', "../some/where", b""),
        entry("", "pipe", b'6', "", b""),
        entry("", "b", b'0', "", b"beta"),
        entry("", "dir.x", b'0', "", &[7; 2000]),
    ]);
    Guest::new(WasiCtx::builder().preopen("/", Box::new(files.unwrap()), read_only))
}

#[test]
fn files_are_read_in_place() {
    for read_only in [false, true] {
        let mut guest = guest(read_only);
        for (path, content) in [
            ("b", &b"beta"[..]),
            ("b-2", b"between b and what would be in it"),
            ("some/where/deep/file", b"far away"),
            ("dir/hard", b"beta"),
            ("dir/soft/deep/../deep/file", b"far away"),
        ] {
            let fd = guest.open_to_read(path).unwrap();
            assert_eq!(guest.read(fd, 100), Ok(content.to_vec()), "{path}");
            guest.call(Call::FdClose, &[fd]).unwrap();
        }
        let big = guest.open_to_read("dir.x").unwrap();
        assert_eq!(guest.seek(big, -3, 2), Ok(1997));
        assert_eq!(guest.read(big, 9), Ok(vec![7; 3]));
        assert_eq!(guest.stat("some/where", 0), Ok((3, 0)));
        assert_eq!(guest.stat("dir/soft", 0), Ok((7, 13)));
        assert_eq!(guest.stat("dir/soft", FOLLOW), Ok((3, 0)));
        assert_eq!(guest.u64_at(48), 0);
        assert_eq!(guest.stat("b", 0), Ok((4, 4)));
        assert_eq!(guest.u64_at(48), 1_700_000_000_000_000_000);
        for path in ["pipe", "some/wher", "c", "dir/b"] {
            assert_eq!(guest.open_to_read(path), Err(Errno::Noent), "{path}");
        }
        assert_eq!(guest.open_to_read("b/x"), Err(Errno::Notdir));
        assert_eq!(guest.open_to_read("dir/soft/../../../b"), Err(Errno::Perm));
    }
}

#[test]
fn directories_are_listed_from_any_place() {
    let mut guest = guest(true);
    let list = |guest: &mut Guest, path: &str, room: usize| {
        let fd = guest.open_at(3, path, FOLLOW, 2, READ, 0).unwrap();
        let (mut names, mut cookie) = (Vec::new(), 0);
        loop {
            let (entries, used) = guest.readdir(fd, room, cookie).unwrap();
            cookie = entries.last().map_or(cookie, |last| last.0);
            names.extend(entries.into_iter().map(|entry| entry.1));
            if used < room {
                return names;
            }
        }
    };
    for room in [40, 1000] {
        assert_eq!(list(&mut guest, ".", room), [".", "..", "b", "b-2", "dir", "dir.x", "some"]);
        assert_eq!(list(&mut guest, "dir", room), [".", "..", "hard", "soft"]);
        assert_eq!(list(&mut guest, "dir/soft", room), [".", "..", "deep"]);
    }
    // Whatever place a guest asks for, there is an answer.
    let fd = guest.open_at(3, "dir", 0, 2, READ, 0).unwrap();
    for cookie in [3, 100, u64::MAX] {
        assert!(guest.readdir(fd, 100, cookie).is_ok());
    }
}

#[test]
fn nothing_is_changed() {
    for read_only in [false, true] {
        let mut guest = guest(read_only);
        assert_eq!(guest.open("b", 0), Err(Errno::Rofs));
        assert_eq!(guest.open_at(3, "b", 0, TRUNC, READ, 0), Err(Errno::Rofs));
        assert_eq!(guest.open_at(3, "new", 0, CREAT, READ, 0), Err(Errno::Rofs));
        assert_eq!(guest.open_at(3, "b", 0, CREAT | EXCL, READ, 0), Err(Errno::Exist));
        for call in [Call::PathCreateDirectory, Call::PathUnlinkFile, Call::PathRemoveDirectory] {
            assert_eq!(guest.path(call, "new"), Err(Errno::Rofs), "{call:?}");
        }
        assert_eq!(guest.rename("b", "c"), Err(Errno::Rofs));
        assert_eq!(guest.symlink("b", "c"), Err(Errno::Rofs));
        assert_eq!(guest.link("b", 0, "c"), Err(Errno::Rofs));
    }
}

#[test]
fn damaged_archives_are_refused() {
    let file = entry("", "file", b'0', "", &[1; 600]);
    assert!(open(std::slice::from_ref(&file)).is_ok());
    for at in [0, 100, 130, 150, 156, 300, 511] {
        let mut damaged = file.clone();
        damaged[at] ^= 1;
        assert_eq!(open(&[damaged]).err(), Some(Errno::Badmsg), "{at}");
    }
    for length in [513, 1000, 1111] {
        assert_eq!(Archive::new(file[..length].to_vec().leak()).err(), Some(Errno::Badmsg), "{length}");
    }
    assert!(Archive::new(&[]).is_ok());
    assert_eq!(open(&[entry("", "../up", b'0', "", b"")]).err(), Some(Errno::Inval));
    assert_eq!(open(&[entry("", "x", b'L', "", b"")]).err(), Some(Errno::Notsup));
    assert_eq!(open(&[entry("", "x", b'1', "y", b"")]).err(), Some(Errno::Badmsg));
    assert_eq!(open(&[entry("", "x", b'1', "x", b"")]).err(), Some(Errno::Notsup));
}
