//! Directories.

mod support;

use support::{CREAT, Guest, READ};
use whit_wasi::{Call, Errno, WasiCtx};

fn names(entries: &[(u64, String)]) -> Vec<&str> {
    entries.iter().map(|entry| entry.1.as_str()).collect()
}

#[test]
fn readdir_lists_everything() {
    let mut guest = Guest::with_files();
    let (entries, used) = guest.readdir(3, 4096, 0).unwrap();
    assert_eq!(names(&entries), [".", "..", "a", "dir", "empty"]);
    assert_eq!(used, 5 * 24 + 12);
    let empty = guest.open_at(3, "empty", 0, 2, READ, 0).unwrap();
    assert_eq!(names(&guest.readdir(empty, 4096, 0).unwrap().0), [".", ".."]);
}

#[test]
fn every_cookie_goes_on_behind_its_entry() {
    let mut guest = Guest::with_files();
    let (all, _) = guest.readdir(3, 4096, 0).unwrap();
    for (index, (cookie, _)) in all.iter().enumerate() {
        let (rest, _) = guest.readdir(3, 4096, *cookie).unwrap();
        assert_eq!(rest, all[index + 1..]);
    }
    assert_eq!(guest.readdir(3, 4096, u64::MAX), Ok((vec![], 0)));
}

/// The last entry is cut off where the buffer ends: a full buffer means that there is more.
#[test]
fn entries_are_cut_off() {
    let mut guest = Guest::with_files();
    let (all, whole) = guest.readdir(3, 4096, 0).unwrap();
    for room in 0..whole {
        assert_eq!(guest.readdir(3, room, 0).unwrap().1, room);
    }
    for room in 40..80 {
        let (mut found, mut cookie) = (Vec::new(), 0);
        loop {
            let (entries, used) = guest.readdir(3, room, cookie).unwrap();
            cookie = entries.last().map_or(cookie, |entry| entry.0);
            found.extend(entries);
            if used < room {
                break;
            }
        }
        assert_eq!(found, all, "{room}");
    }
}

#[test]
fn names_removed_while_reading_leave_no_gap() {
    let mut guest =
        Guest::new(WasiCtx::builder().preopen("/", Box::<whit_wasi::memfs::MemFs>::default(), false));
    for index in 0..100 {
        let fd = guest.open(&format!("file{index}"), CREAT).unwrap();
        guest.call(Call::FdClose, &[fd]).unwrap();
    }
    let (mut cookie, mut removed) = (0, 0);
    loop {
        let (entries, used) = guest.readdir(3, 300, cookie).unwrap();
        for (next, name) in entries {
            cookie = next;
            if name.starts_with("file") {
                guest.path(Call::PathUnlinkFile, &name).unwrap();
                removed += 1;
            }
        }
        if used < 300 {
            break;
        }
    }
    assert_eq!(removed, 100);
}

#[test]
fn readdir_checks_its_pointers() {
    let mut guest = Guest::with_files();
    assert_eq!(guest.call(Call::FdReaddir, &[3, 65530, 10, 0, 0]), Err(Errno::Fault));
    assert_eq!(guest.call(Call::FdReaddir, &[3, 0, 10, 0, 65534]), Err(Errno::Fault));
    let file = guest.open_to_read("a").unwrap();
    assert_eq!(guest.call(Call::FdReaddir, &[file, 0, 10, 0, 0]), Err(Errno::Notdir));
    assert_eq!(guest.call(Call::FdReaddir, &[0, 0, 10, 0, 0]), Err(Errno::Notdir));
}

#[test]
fn directories_are_made_and_removed() {
    let mut guest = Guest::with_files();
    let create = Call::PathCreateDirectory;
    guest.path(create, "dir/new").unwrap();
    guest.path(create, "dir/new/slash/").unwrap();
    assert_eq!(guest.stat("dir/new/slash", 0), Ok((3, 0)));
    for (path, errno) in [
        ("dir/new", Errno::Exist),
        ("a", Errno::Exist),
        (".", Errno::Exist),
        ("dir/..", Errno::Exist),
        ("", Errno::Noent),
        ("none/x", Errno::Noent),
        ("a/x", Errno::Notdir),
        ("..", Errno::Perm),
    ] {
        assert_eq!(guest.path(create, path), Err(errno), "{path}");
    }
    let remove = Call::PathRemoveDirectory;
    for (path, errno) in [
        ("dir/new", Errno::Notempty),
        ("a", Errno::Notdir),
        ("a/", Errno::Notdir),
        ("none", Errno::Noent),
        (".", Errno::Inval),
        ("..", Errno::Perm),
    ] {
        assert_eq!(guest.path(remove, path), Err(errno), "{path}");
    }
    guest.path(remove, "dir/new/slash/").unwrap();
    guest.path(remove, "dir/new").unwrap();
    assert_eq!(guest.stat("dir/new", 0), Err(Errno::Noent));
}

#[test]
fn a_removed_directory_takes_nothing_in() {
    let mut guest = Guest::with_files();
    let fd = guest.open_at(3, "empty", 0, 2, support::ALL & !64, 0).unwrap();
    guest.path(Call::PathRemoveDirectory, "empty").unwrap();
    assert_eq!(guest.open_at(fd, "x", 0, CREAT, READ, 0), Err(Errno::Noent));
    assert_eq!(names(&guest.readdir(fd, 999, 0).unwrap().0), [".", ".."]);
}
