//! Reading, writing and positions.

mod support;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use support::{ALL, APPEND, CREAT, FOLLOW, Guest, NONBLOCK, READ, RESULT, TestStream};
use whit_wasi::abi::Abi;
use whit_wasi::abi::types::Rights;
use whit_wasi::backend::{Answer, Failure, Stdio};
use whit_wasi::{Call, Errno, Outcome, WasiCtx};

const SET: u64 = 0;
const CUR: u64 = 1;
const END: u64 = 2;

#[test]
fn reads_scatter_and_move_the_position() {
    let mut guest = Guest::with_files();
    let fd = guest.open_to_read("a").unwrap();
    // "al" to 100, nothing to nowhere in particular, "p" to 200.
    let list = [100u32, 2, 65536, 0, 200, 1].map(u32::to_le_bytes).concat();
    let [list, _] = guest.put(&list);
    guest.call(Call::FdRead, &[fd, list, 3, u64::from(RESULT)]).unwrap();
    assert_eq!(guest.u32_at(RESULT), 3);
    assert_eq!((&guest.memory[100..102], guest.memory[200]), (&b"al"[..], b'p'));
    assert_eq!(guest.read(fd, 10), Ok(b"ha".to_vec()));
    assert_eq!(guest.read(fd, 10), Ok(vec![]));
    guest.call(Call::FdTell, &[fd, u64::from(RESULT)]).unwrap();
    assert_eq!(guest.u64_at(RESULT), 5);
}

#[test]
fn writes_fill_gaps_with_zeros() {
    let mut guest = Guest::with_files();
    let fd = guest.open("new", CREAT).unwrap();
    assert_eq!(guest.seek(fd, 3, SET), Ok(3));
    assert_eq!(guest.write(fd, b"xy"), Ok(2));
    assert_eq!(guest.seek(fd, -1, CUR), Ok(4));
    assert_eq!(guest.write(fd, b"z"), Ok(1));
    assert_eq!(guest.content("new"), b"\0\0\0xz");
    assert_eq!(guest.seek(fd, -2, END), Ok(3));
    assert_eq!(guest.read(fd, 9), Ok(b"xz".to_vec()));
}

#[test]
fn positions_stay_in_range() {
    let mut guest = Guest::with_files();
    let fd = guest.open("a", 0).unwrap();
    assert_eq!(guest.seek(fd, -1, SET), Err(Errno::Inval));
    assert_eq!(guest.seek(fd, -6, END), Err(Errno::Inval));
    assert_eq!(guest.seek(fd, i64::MAX, END), Err(Errno::Inval));
    assert_eq!(guest.seek(fd, 0, 3), Err(Errno::Inval));
    assert_eq!(guest.seek(fd, i64::MAX, SET), Ok(i64::MAX as u64));
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Fbig));
    assert_eq!(guest.read(fd, 1), Ok(vec![]));
    assert_eq!(guest.content("a"), b"alpha");
}

#[test]
fn snapshot_0_counts_whence_differently() {
    let mut guest = Guest::with_files();
    let fd = guest.open("a", 0).unwrap();
    guest.abi = Abi::Unstable;
    assert_eq!(guest.seek(fd, 0, 1), Ok(5));
    assert_eq!(guest.seek(fd, -1, 0), Ok(4));
    assert_eq!(guest.seek(fd, 2, 2), Ok(2));
}

#[test]
fn pread_and_pwrite_leave_the_position() {
    let mut guest = Guest::with_files();
    let fd = guest.open("a", 0).unwrap();
    guest.seek(fd, 1, SET).unwrap();
    let (list, at) = guest.put_buffer(b"...");
    guest.call(Call::FdPread, &[fd, list[0], list[1], 2, u64::from(RESULT)]).unwrap();
    assert_eq!((guest.u32_at(RESULT), &guest.memory[at..at + 3]), (3, &b"pha"[..]));
    let (list, _) = guest.put_buffer(b"QQ");
    guest.call(Call::FdPwrite, &[fd, list[0], list[1], 4, u64::from(RESULT)]).unwrap();
    assert_eq!(guest.content("a"), b"alphQQ");
    assert_eq!(guest.seek(fd, 0, CUR), Ok(1));
    let offset = u64::MAX;
    assert_eq!(guest.call(Call::FdPwrite, &[fd, list[0], list[1], offset, 0]), Err(Errno::Inval));
}

#[test]
fn appends_wherever_the_position_is() {
    let mut guest = Guest::with_files();
    let fd = guest.open_at(3, "a", FOLLOW, 0, ALL, APPEND).unwrap();
    assert_eq!(guest.write(fd, b"1"), Ok(1));
    assert_eq!(guest.seek(fd, 0, SET), Ok(0));
    assert_eq!(guest.write(fd, b"2"), Ok(1));
    assert_eq!(guest.seek(fd, 0, CUR), Ok(7));
    guest.call(Call::FdFdstatSetFlags, &[fd, 0]).unwrap();
    guest.seek(fd, 0, SET).unwrap();
    assert_eq!(guest.write(fd, b"A"), Ok(1));
    assert_eq!(guest.content("a"), b"Alpha12");
}

#[test]
fn streams_have_a_direction_and_no_position() {
    let stream = TestStream::default();
    *stream.input.lock().unwrap() = Some(b"in".to_vec());
    let (input, output) = (Box::new(stream.clone()), Box::new(stream.clone()));
    let mut guest = Guest::new(WasiCtx::builder().stdin(input).stdout(output));
    assert_eq!(guest.read(0, 8), Ok(b"in".to_vec()));
    assert_eq!(guest.read(0, 8), Ok(vec![]));
    assert_eq!(guest.write(1, b"out"), Ok(3));
    assert_eq!(*stream.output.lock().unwrap(), b"out");
    assert_eq!(guest.write(2, b"dropped"), Ok(7));
    assert_eq!(guest.write(0, b"x"), Err(Errno::Badf));
    assert_eq!(guest.read(1, 1), Err(Errno::Badf));
    assert_eq!(guest.seek(1, 0, CUR), Err(Errno::Spipe));
    assert_eq!(guest.call(Call::FdTell, &[1, 0]), Err(Errno::Spipe));
    assert_eq!(guest.call(Call::FdPread, &[0, 0, 0, 0, 0]), Err(Errno::Spipe));
    assert_eq!(guest.read(77, 1), Err(Errno::Badf));
}

#[test]
fn an_input_that_is_not_ready_suspends_or_answers_again() {
    let stream = TestStream::default();
    let mut guest = Guest::new(WasiCtx::builder().stdin(Box::new(stream.clone())));
    let (list, at) = guest.put_buffer(b"....");
    let values = [0, list[0], list[1], u64::from(RESULT)];
    assert_eq!(guest.outcome(Call::FdRead, &values), Outcome::NotReady);
    *stream.input.lock().unwrap() = Some(b"late".to_vec());
    assert_eq!(guest.outcome(Call::FdRead, &values), Outcome::Return(Ok(())));
    assert_eq!(&guest.memory[at..at + 4], b"late");
    *stream.input.lock().unwrap() = None;
    guest.call(Call::FdFdstatSetFlags, &[0, NONBLOCK]).unwrap();
    assert_eq!(guest.call(Call::FdRead, &values), Err(Errno::Again));
}

/// Takes two bytes, then is not ready once, and so on.
struct Slow(AtomicUsize);

impl Stdio for Slow {
    fn write(&mut self, from: &[u8]) -> Answer<usize> {
        if self.0.fetch_add(1, Relaxed).is_multiple_of(2) {
            Ok(from.len().min(2))
        } else {
            Err(Failure::NotReady)
        }
    }
}

#[test]
fn what_has_been_written_is_not_written_again() {
    let mut guest = Guest::new(WasiCtx::builder().stdout(Box::new(Slow(AtomicUsize::new(0)))));
    let list = [100u32, 2, 100, 2].map(u32::to_le_bytes).concat();
    let [list, _] = guest.put(&list);
    let values = [1, list, 2, u64::from(RESULT)];
    // The second buffer meets a stream that is not ready, but the first is gone.
    assert_eq!(guest.outcome(Call::FdWrite, &values), Outcome::Return(Ok(())));
    assert_eq!(guest.u32_at(RESULT), 2);
}

#[test]
fn bad_pointers_are_faults_before_anything_happens() {
    let mut guest = Guest::with_files();
    let fd = guest.open("a", 0).unwrap();
    let good = guest.put_buffer(b"0123").0;
    for (list, result) in
        [([65532, 1], 0), ([u64::from(u32::MAX), 1], 0), (good, 65533), (good, u64::from(u32::MAX))]
    {
        for call in [Call::FdRead, Call::FdWrite] {
            assert_eq!(guest.call(call, &[fd, list[0], list[1], result]), Err(Errno::Fault), "{call:?}");
        }
    }
    let list = [100u32, 2, 65535, 2].map(u32::to_le_bytes).concat();
    let [list, _] = guest.put(&list);
    assert_eq!(guest.call(Call::FdWrite, &[fd, list, 2, 0]), Err(Errno::Fault));
    assert_eq!(guest.content("a"), b"alpha");
    assert_eq!(guest.seek(fd, 0, CUR), Ok(0));
}

#[test]
fn too_many_buffers_are_refused() {
    let mut guest = Guest::with_files();
    let fd = guest.open("a", 0).unwrap();
    for count in [1025, 1 << 29, u64::from(u32::MAX)] {
        assert_eq!(guest.call(Call::FdRead, &[fd, 0, count, 0]), Err(Errno::Inval));
        assert_eq!(guest.call(Call::FdWrite, &[fd, 0, count, 0]), Err(Errno::Inval));
    }
}

/// Buffers may lie over each other and over the list itself: bytes change, nothing else.
#[test]
fn buffers_may_overlap_their_list() {
    let mut guest = Guest::with_files();
    let fd = guest.open_to_read("a").unwrap();
    let list = [300u32, 3, 304, 2].map(u32::to_le_bytes).concat();
    guest.memory[296..312].copy_from_slice(&list);
    guest.call(Call::FdRead, &[fd, 296, 2, u64::from(RESULT)]).unwrap();
    assert_eq!(&guest.memory[300..303], b"alp");
}

#[test]
fn directions_are_rights() {
    let mut guest = Guest::with_files();
    let reader = guest.open_to_read("a").unwrap();
    assert_eq!(guest.write(reader, b"x"), Err(Errno::Badf));
    let writer = guest.open_at(3, "a", FOLLOW, 0, Rights::FD_WRITE.0, 0).unwrap();
    assert_eq!(guest.read(writer, 1), Err(Errno::Badf));
    assert_eq!(guest.write(writer, b"A"), Ok(1));
    assert_eq!(guest.seek(writer, 0, SET), Err(Errno::Notcapable));
    assert_eq!(guest.seek(writer, 0, CUR), Err(Errno::Notcapable));
    assert_eq!(guest.call(Call::FdTell, &[writer, 0]), Err(Errno::Notcapable));
    assert_eq!(guest.call(Call::FdPwrite, &[writer, 0, 0, 0, 0]), Err(Errno::Notcapable));
    assert_eq!(guest.call(Call::FdPread, &[writer, 0, 0, 0, 0]), Err(Errno::Badf));
    let telling = Rights::FD_READ.union(Rights::FD_TELL).0;
    let reader = guest.open_at(3, "a", FOLLOW, 0, telling, 0).unwrap();
    assert_eq!(guest.seek(reader, 0, CUR), Ok(0));
    assert_eq!(guest.seek(reader, 1, CUR), Err(Errno::Notcapable));
    let seeking = guest.open_at(3, "a", FOLLOW, 0, Rights::FD_SEEK.0, 0).unwrap();
    assert_eq!(guest.call(Call::FdTell, &[seeking, 0]), Ok(()));
    let dir = guest.open_at(3, "dir", 0, 0, READ, 0).unwrap();
    assert_eq!(guest.read(dir, 1), Err(Errno::Isdir));
    assert_eq!(guest.write(dir, b"x"), Err(Errno::Isdir));
    assert_eq!(guest.seek(dir, 0, CUR), Err(Errno::Isdir));
}
