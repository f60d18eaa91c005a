//! Descriptors themselves, and attributes of what is open.

mod support;

use support::{ALL, CREAT, FOLLOW, Guest, READ, RESULT, TestStream};
use whit_wasi::abi::Abi;
use whit_wasi::abi::types::Rights;
use whit_wasi::memfs::MemFs;
use whit_wasi::{Call, Errno, WasiCtx};

const AT: u64 = RESULT as u64;

#[test]
fn fdstat_has_kind_flags_and_rights() {
    let mut guest = Guest::new(WasiCtx::builder().stdin(Box::new(TestStream::default())).preopen(
        "/",
        Box::new(support::files()),
        false,
    ));
    let fd = guest.open_at(3, "a", FOLLOW, 0, Rights::FD_READ.0 | Rights::PATH_OPEN.0, 1 | 16).unwrap();
    guest.memory[..24].fill(0xff);
    guest.call(Call::FdFdstatGet, &[fd, AT]).unwrap();
    assert_eq!((guest.memory[0], guest.memory[1], guest.u16_at(2), guest.u32_at(4)), (4, 0, 17, 0));
    assert_eq!((guest.u64_at(8), guest.u64_at(16)), (Rights::FD_READ.0, 0));
    guest.call(Call::FdFdstatGet, &[3, AT]).unwrap();
    assert_eq!(guest.memory[0], 3);
    let seek = Rights::FD_SEEK.0;
    assert_eq!((guest.u64_at(8) & seek, guest.u64_at(16) & seek), (0, seek));
    // A terminal, and not one.
    for (stream, kind) in [(0, 2), (1, 0)] {
        guest.call(Call::FdFdstatGet, &[stream, AT]).unwrap();
        assert_eq!((guest.memory[0], guest.u64_at(8) & (seek | Rights::FD_TELL.0)), (kind, 0));
    }
    assert_eq!(guest.call(Call::FdFdstatGet, &[fd, 65520]), Err(Errno::Fault));
    assert_eq!(guest.call(Call::FdFdstatSetFlags, &[fd, 32]), Err(Errno::Inval));
    assert_eq!(guest.call(Call::FdFdstatSetFlags, &[fd, 1]), Err(Errno::Notcapable));
}

#[test]
fn rights_only_shrink() {
    let mut guest = Guest::with_files();
    let fd = guest.open("a", 0).unwrap();
    let some = Rights::FD_READ.0 | Rights::FD_SEEK.0;
    guest.call(Call::FdFdstatSetRights, &[fd, some, 0]).unwrap();
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Badf));
    assert_eq!(guest.read(fd, 1), Ok(b"a".to_vec()));
    for (base, inheriting) in [(some | Rights::FD_WRITE.0, 0), (some, Rights::FD_READ.0)] {
        assert_eq!(guest.call(Call::FdFdstatSetRights, &[fd, base, inheriting]), Err(Errno::Notcapable));
    }
}

#[test]
fn rights_are_inherited() {
    let mut guest = Guest::with_files();
    guest.call(Call::FdFdstatGet, &[3, AT]).unwrap();
    let (base, inheriting) = (guest.u64_at(8), guest.u64_at(16) & !Rights::FD_WRITE.0);
    guest.call(Call::FdFdstatSetRights, &[3, base & !Rights::PATH_UNLINK_FILE.0, inheriting]).unwrap();
    let fd = guest.open("a", 0).unwrap();
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Badf));
    assert_eq!(guest.path(Call::PathUnlinkFile, "a"), Err(Errno::Notcapable));
    // A directory that is opened through it cannot give more either.
    let dir = guest.open_at(3, "dir", 0, 2, ALL & !Rights::FD_WRITE.0, 0).unwrap();
    let fd = guest.open_at(dir, "b", 0, 0, ALL, 0).unwrap();
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Badf));
}

#[test]
fn every_right_of_a_directory_is_asked_for() {
    let cases = [
        (Rights::PATH_CREATE_DIRECTORY, Call::PathCreateDirectory),
        (Rights::PATH_REMOVE_DIRECTORY, Call::PathRemoveDirectory),
        (Rights::PATH_UNLINK_FILE, Call::PathUnlinkFile),
        (Rights::PATH_READLINK, Call::PathReadlink),
        (Rights::PATH_FILESTAT_GET, Call::PathFilestatGet),
        (Rights::PATH_FILESTAT_SET_TIMES, Call::PathFilestatSetTimes),
        (Rights::PATH_OPEN, Call::PathOpen),
        (Rights::FD_READDIR, Call::FdReaddir),
        (Rights::FD_FILESTAT_GET, Call::FdFilestatGet),
        (Rights::FD_FILESTAT_SET_TIMES, Call::FdFilestatSetTimes),
        (Rights::FD_SYNC, Call::FdSync),
        (Rights::FD_DATASYNC, Call::FdDatasync),
    ];
    for (right, call) in cases {
        let mut guest = Guest::with_files();
        let all = guest.ctx_rights(3);
        guest.call(Call::FdFdstatSetRights, &[3, all & !right.0, 0]).unwrap();
        let values = vec![3, 0, 0, 0, 0, 0, 0, 0, 0];
        let count = call.parameters().count();
        assert_eq!(guest.call(call, &values[..count]), Err(Errno::Notcapable), "{call:?}");
    }
}

impl Guest {
    fn ctx_rights(&mut self, fd: u64) -> u64 {
        self.call(Call::FdFdstatGet, &[fd, AT]).unwrap();
        self.u64_at(8)
    }
}

#[test]
fn filestat_has_both_layouts() {
    let mut guest = Guest::with_files();
    let fd = guest.open_to_read("a").unwrap();
    guest.link("a", 0, "second").unwrap();
    guest.call(Call::FdFilestatSetTimes, &[fd, 11, 22, 1 | 4]).unwrap();
    guest.memory[..72].fill(0xff);
    guest.call(Call::FdFilestatGet, &[fd, AT]).unwrap();
    assert_eq!([16, 24, 32, 40, 48].map(|at| guest.u64_at(at)), [4, 2, 5, 11, 22]);
    assert_eq!(guest.memory[64], 0xff);
    guest.abi = Abi::Unstable;
    guest.memory[..72].fill(0xff);
    guest.call(Call::FdFilestatGet, &[fd, AT]).unwrap();
    assert_eq!((guest.memory[16], guest.u32_at(20)), (4, 2));
    assert_eq!([24, 32, 40].map(|at| guest.u64_at(at)), [5, 11, 22]);
    assert_eq!(guest.memory[56], 0xff);
    assert_eq!(guest.call(Call::FdFilestatSetTimes, &[fd, 0, 0, 3]), Err(Errno::Inval));
    assert_eq!(guest.call(Call::FdFilestatSetTimes, &[fd, 0, 0, 16]), Err(Errno::Inval));
    guest.call(Call::FdFilestatGet, &[1, AT]).unwrap();
    assert_eq!((guest.memory[16], guest.u64_at(32)), (0, 0));
}

#[test]
fn sizes_change_and_are_limited() {
    let mut guest = Guest::with_files();
    let fd = guest.open("a", 0).unwrap();
    guest.call(Call::FdFilestatSetSize, &[fd, 2]).unwrap();
    guest.call(Call::FdFilestatSetSize, &[fd, 4]).unwrap();
    assert_eq!(guest.content("a"), b"al\0\0");
    guest.call(Call::FdAllocate, &[fd, 1, 2]).unwrap();
    assert_eq!(guest.content("a").len(), 4);
    guest.call(Call::FdAllocate, &[fd, 4, 2]).unwrap();
    assert_eq!(guest.content("a").len(), 6);
    assert_eq!(guest.call(Call::FdAllocate, &[fd, 0, 0]), Err(Errno::Inval));
    assert_eq!(guest.call(Call::FdAllocate, &[fd, u64::MAX, 1]), Err(Errno::Fbig));
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[fd, 1 << 62]), Err(Errno::Nospc));
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[fd, 1 << 63]), Err(Errno::Fbig));
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[3, 0]), Err(Errno::Isdir));
    assert_eq!(guest.call(Call::FdFilestatSetSize, &[1, 0]), Err(Errno::Inval));
    guest.call(Call::FdAdvise, &[fd, 0, 10, 3]).unwrap();
    assert_eq!(guest.call(Call::FdAdvise, &[fd, 0, 10, 6]), Err(Errno::Inval));
    assert_eq!(guest.call(Call::FdAdvise, &[fd, u64::MAX, 10, 0]), Err(Errno::Inval));
    guest.call(Call::FdSync, &[fd]).unwrap();
    guest.call(Call::FdDatasync, &[fd]).unwrap();
    guest.call(Call::FdSync, &[1]).unwrap();
}

#[test]
fn pre_opened_directories_have_names() {
    let mut guest = Guest::new(WasiCtx::builder().preopen("/", Box::new(MemFs::default()), false).preopen(
        "/some/where",
        Box::new(support::files()),
        false,
    ));
    guest.call(Call::FdPrestatGet, &[4, AT]).unwrap();
    assert_eq!((guest.u32_at(0), guest.u32_at(4)), (0, 11));
    guest.call(Call::FdPrestatDirName, &[4, 100, 11]).unwrap();
    assert_eq!(&guest.memory[100..112], b"/some/where\0");
    guest.call(Call::FdPrestatDirName, &[4, 100, 20]).unwrap();
    assert_eq!(guest.call(Call::FdPrestatDirName, &[4, 100, 10]), Err(Errno::Nametoolong));
    let opened = guest.open_at(4, "dir", 0, 2, READ, 0).unwrap();
    for fd in [0, opened, 99] {
        assert_eq!(guest.call(Call::FdPrestatGet, &[fd, AT]), Err(Errno::Badf));
    }
    // Between two trees, nothing moves.
    let (old, new) = (guest.put(b"a"), guest.put(b"b"));
    let values = [4, old[0], old[1], 3, new[0], new[1]];
    assert_eq!(guest.call(Call::PathRename, &values), Err(Errno::Xdev));
}

#[test]
fn closed_descriptors_are_gone() {
    let mut guest = Guest::with_files();
    let fd = guest.open_to_read("a").unwrap();
    guest.call(Call::FdClose, &[fd]).unwrap();
    assert_eq!(guest.call(Call::FdClose, &[fd]), Err(Errno::Badf));
    assert_eq!(guest.read(fd, 1), Err(Errno::Badf));
    guest.call(Call::FdClose, &[3]).unwrap();
    assert_eq!(guest.open_to_read("a"), Err(Errno::Badf));
}

#[test]
fn renumber_replaces_what_is_there() {
    let mut guest = Guest::with_files();
    let (a, b) = (guest.open_to_read("a").unwrap(), guest.open_to_read("dir/b").unwrap());
    guest.call(Call::FdRenumber, &[b, a]).unwrap();
    assert_eq!(guest.read(a, 9), Ok(b"beta".to_vec()));
    assert_eq!(guest.read(b, 9), Err(Errno::Badf));
    assert_eq!(guest.call(Call::FdRenumber, &[a, b]), Err(Errno::Badf));
    assert_eq!(guest.call(Call::FdRenumber, &[b, a]), Err(Errno::Badf));
    guest.call(Call::FdRenumber, &[a, a]).unwrap();
    // Output goes to a file from here on.
    let out = guest.open("out", CREAT).unwrap();
    guest.call(Call::FdRenumber, &[out, 1]).unwrap();
    assert_eq!(guest.write(1, b"printed"), Ok(7));
    assert_eq!(guest.content("out"), b"printed");
}

#[test]
fn descriptors_are_limited() {
    let mut limits = whit_wasi::WasiLimits::default();
    limits.descriptors = 6;
    let mut guest =
        Guest::new(WasiCtx::builder().preopen("/", Box::new(support::files()), false).limits(limits));
    assert_eq!(guest.open_to_read("a"), Ok(4));
    assert_eq!(guest.open_to_read("a"), Ok(5));
    assert_eq!(guest.open_to_read("a"), Err(Errno::Mfile));
    assert_eq!(guest.open("new", CREAT), Err(Errno::Mfile));
    assert_eq!(guest.stat("new", 0), Err(Errno::Noent));
    guest.call(Call::FdClose, &[4]).unwrap();
    assert_eq!(guest.open_to_read("a"), Ok(4));
    let builder = WasiCtx::builder().preopen("/", Box::new(MemFs::default()), false);
    limits.descriptors = 3;
    assert!(builder.limits(limits).build().is_err());
}
