//! A line for every call.

mod support;

use std::sync::{Arc, Mutex};

use support::{CREAT, FOLLOW, Guest, RESULT, TestStream};
use whit_wasi::{Call, WasiCtx};

fn traced() -> (Guest, Arc<Mutex<Vec<u8>>>) {
    let stream = TestStream::default();
    let output = stream.output.clone();
    let builder = WasiCtx::builder()
        .stdin(Box::new(TestStream::default()))
        .preopen("/", Box::new(support::files()), false)
        .trace(Box::new(stream));
    (Guest::new(builder), output)
}

fn lines(output: &Mutex<Vec<u8>>) -> Vec<String> {
    let text = String::from_utf8(std::mem::take(&mut *output.lock().unwrap())).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(str::to_owned).collect()
}

#[test]
fn arguments_and_results_are_decoded() {
    let (mut guest, output) = traced();
    let fd = guest.open_at(3, "new \"file\"", FOLLOW, CREAT, 70, 1).unwrap();
    guest.write(fd, b"line\n\xff\x01").unwrap();
    guest.seek(fd, -2, 1).unwrap();
    guest.read(fd, 5).unwrap();
    guest.call(Call::FdClose, &[99]).unwrap_err();
    guest.outcome(Call::FdRead, &[0, 264, 1, 0]);
    guest.outcome(Call::ProcExit, &[3]);
    guest.call(Call::ClockTimeGet, &[9, 0, 0]).unwrap_err();
    guest.call(Call::SchedYield, &[]).unwrap();
    let expected = [
        r#"path_open(fd=3, lookup=SYMLINK_FOLLOW, path="new \"file\"", open=CREAT, base=FD_READ|FD_SEEK|FD_WRITE, inheriting=0x3fffffff, flags=APPEND) = ok opened=4"#,
        r#"fd_write(fd=4, buffers="line\n\xff\x01") = ok count=7"#,
        "fd_seek(fd=4, delta=-2, whence=1) = ok position=5",
        "fd_read(fd=4, buffers=1@0x108) = ok count=2",
        "fd_close(fd=99) = badf",
        "fd_read(fd=0, buffers=1@0x108) = not ready",
        "proc_exit(status=3) = exit 3",
        "clock_time_get(id=[9], precision=0) = inval",
        "sched_yield() = ok",
    ];
    assert_eq!(lines(&output), expected);
}

#[test]
fn long_lines_keep_their_result() {
    let (mut guest, output) = traced();
    let long = "\u{1}".repeat(200);
    for _ in 0..2 {
        let (old, new) = (guest.put(long.as_bytes()), guest.put(long.as_bytes()));
        let values = [3, old[0], old[1], 3, new[0], new[1]];
        guest.call(Call::PathRename, &values).unwrap_err();
    }
    for line in lines(&output) {
        assert!(line.len() < 512 && line.ends_with(" = noent"), "{line}");
    }
    // Wherever a pointer leads, there is a line.
    guest.call(Call::PathUnlinkFile, &[3, 65535, 9]).unwrap_err();
    guest.call(Call::FdWrite, &[3, 65535, 9, u64::from(RESULT)]).unwrap_err();
    assert_eq!(lines(&output)[0], "path_unlink_file(fd=3, path=9@0xffff) = fault");
}

/// A stream that fails must not stop its guest.
#[test]
fn nobody_has_to_read_it() {
    struct Full;
    impl whit_wasi::backend::Stdio for Full {}
    let mut guest = Guest::new(WasiCtx::builder().trace(Box::new(Full)));
    assert_eq!(guest.call(Call::SchedYield, &[]), Ok(()));
}
