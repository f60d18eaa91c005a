//! Sockets.

mod support;

use std::sync::{Arc, Mutex};

use support::{Connection, FOLLOW, Guest, NONBLOCK, RESULT, TestClock, TestNet, TestStream, TestWait};
use whit_wasi::abi::types::Rights;
use whit_wasi::backend::{Event, Handle, Stream};
use whit_wasi::{Call, Errno, FileType, Outcome, SdFlags, WasiCtx};

const LISTENER: u64 = 4;
const PEEK: u64 = 1;
const WAITALL: u64 = 2;
const FLAGS: u64 = 8;
/// What the guest accepts first.
const FIRST: Handle = Handle(1);

/// A guest with a directory and a listener.
fn guest(net: &TestNet) -> Guest {
    Guest::new(WasiCtx::builder().preopen("/", Box::new(support::files()), false).net(Box::new(net.clone())))
}

fn call_in(net: &TestNet, says: &[u8]) {
    let caller = Connection { incoming: says.to_vec(), room: usize::MAX, ..Connection::default() };
    net.callers.lock().unwrap().push(caller);
}

fn accepted(net: &TestNet, guest: &mut Guest, says: &[u8]) -> u64 {
    call_in(net, says);
    guest.call(Call::SockAccept, &[LISTENER, 0, u64::from(RESULT)]).unwrap();
    u64::from(guest.u32_at(RESULT))
}

impl Guest {
    fn receive(&mut self, fd: u64, length: usize, flags: u64) -> Result<Vec<u8>, Errno> {
        let (list, at) = self.put_buffer(&vec![0; length]);
        self.memory[FLAGS as usize..][..2].fill(0xff);
        self.call(Call::SockRecv, &[fd, list[0], list[1], flags, u64::from(RESULT), FLAGS])?;
        assert_eq!(self.u16_at(FLAGS as u32), 0);
        Ok(self.memory[at..at + self.u32_at(RESULT) as usize].to_vec())
    }

    fn send(&mut self, fd: u64, bytes: &[u8]) -> Result<u32, Errno> {
        let (list, _) = self.put_buffer(bytes);
        self.call(Call::SockSend, &[fd, list[0], list[1], 0, u64::from(RESULT)])?;
        Ok(self.u32_at(RESULT))
    }
}

#[test]
fn only_sockets_are_sockets() {
    let mut guest = Guest::with_files();
    for (fd, errno) in [(0, Errno::Notsock), (3, Errno::Notsock), (9, Errno::Badf)] {
        assert_eq!(guest.call(Call::SockAccept, &[fd, 0, 0]), Err(errno));
        assert_eq!(guest.call(Call::SockRecv, &[fd, 0, 0, 0, 0, 0]), Err(errno));
        assert_eq!(guest.call(Call::SockSend, &[fd, 0, 0, 0, 0]), Err(errno));
        assert_eq!(guest.call(Call::SockShutdown, &[fd, 3]), Err(errno));
    }
}

#[test]
fn a_connection_is_accepted_used_and_closed() {
    let net = TestNet::default();
    let mut guest = guest(&net);
    let fd = accepted(&net, &mut guest, b"question");
    assert_eq!(fd, 5);
    assert_eq!(guest.receive(fd, 5, PEEK), Ok(b"quest".to_vec()));
    assert_eq!(guest.receive(fd, 5, 0), Ok(b"quest".to_vec()));
    assert_eq!(guest.read(fd, 5), Ok(b"ion".to_vec()));
    assert_eq!(guest.send(fd, b"ans"), Ok(3));
    assert_eq!(guest.write(fd, b"wer"), Ok(3));
    assert_eq!(net.with(FIRST, |it| it.outgoing.clone()), Ok(b"answer".to_vec()));
    guest.call(Call::SockShutdown, &[fd, 2]).unwrap();
    assert_eq!(net.with(FIRST, |it| it.shut), Ok(SdFlags::WR));
    assert_eq!(guest.send(fd, b"more"), Err(Errno::Pipe));
    net.with(FIRST, |it| it.finished = true).unwrap();
    assert_eq!(guest.receive(fd, 5, 0), Ok(vec![]));
    assert_eq!(guest.receive(fd, 5, WAITALL), Ok(vec![]));
    guest.call(Call::FdClose, &[fd]).unwrap();
    assert_eq!(net.with(FIRST, |_| ()), Err(Errno::Badf));
    assert_eq!(guest.receive(fd, 5, 0), Err(Errno::Badf));
}

#[test]
fn whoever_is_not_there_yet_suspends_or_answers_again() {
    let net = TestNet::default();
    let mut guest = guest(&net);
    let accept = [LISTENER, NONBLOCK, u64::from(RESULT)];
    assert_eq!(guest.outcome(Call::SockAccept, &accept), Outcome::NotReady);
    guest.call(Call::FdFdstatSetFlags, &[LISTENER, NONBLOCK]).unwrap();
    assert_eq!(guest.call(Call::SockAccept, &accept), Err(Errno::Again));
    call_in(&net, b"");
    guest.call(Call::SockAccept, &accept).unwrap();
    let fd = u64::from(guest.u32_at(RESULT));
    // The flags of the call are the connection's.
    assert_eq!(guest.receive(fd, 5, 0), Err(Errno::Again));
    assert_eq!(guest.receive(fd, 5, WAITALL), Err(Errno::Again));
    net.with(FIRST, |it| it.room = 2).unwrap();
    assert_eq!(guest.send(fd, b"abc"), Ok(2));
    assert_eq!(guest.send(fd, b"c"), Err(Errno::Again));
    guest.call(Call::FdFdstatSetFlags, &[fd, 0]).unwrap();
    let (list, _) = guest.put_buffer(b"c");
    let send = [fd, list[0], list[1], 0, 0];
    assert_eq!(guest.outcome(Call::SockSend, &send), Outcome::NotReady);
    net.with(FIRST, |it| it.room = 9).unwrap();
    assert_eq!(guest.outcome(Call::SockSend, &send), Outcome::Return(Ok(())));
    assert_eq!(net.with(FIRST, |it| it.outgoing.clone()), Ok(b"abc".to_vec()));
}

#[test]
fn to_wait_for_all_goes_on_where_it_was() {
    let net = TestNet::default();
    let mut guest = guest(&net);
    let fd = accepted(&net, &mut guest, b"on");
    // Two buffers, so that a suspension lies within each.
    let list = [1000u32, 4, 2000, 5].map(u32::to_le_bytes).concat();
    let [list, _] = guest.put(&list);
    let receive = [fd, list, 2, WAITALL, u64::from(RESULT), FLAGS];
    for more in [&b"e tw"[..], b"", b"o"] {
        assert_eq!(guest.outcome(Call::SockRecv, &receive), Outcome::NotReady);
        net.with(FIRST, |it| it.incoming.extend_from_slice(more)).unwrap();
    }
    assert_eq!(guest.outcome(Call::SockRecv, &receive), Outcome::NotReady);
    net.with(FIRST, |it| it.incoming.extend_from_slice(b"!!?")).unwrap();
    assert_eq!(guest.outcome(Call::SockRecv, &receive), Outcome::Return(Ok(())));
    assert_eq!(guest.u32_at(RESULT), 9);
    assert_eq!((&guest.memory[1000..1005], &guest.memory[2000..2006]), (&b"one \0"[..], &b"two!!\0"[..]));
    // What is left over is the next call's, and the other end's finishing ends it.
    assert_eq!(guest.outcome(Call::SockRecv, &receive), Outcome::NotReady);
    net.with(FIRST, |it| it.finished = true).unwrap();
    assert_eq!(guest.outcome(Call::SockRecv, &receive), Outcome::Return(Ok(())));
    assert_eq!((guest.u32_at(RESULT), guest.memory[1000]), (1, b'?'));
}

#[test]
fn a_wait_is_told_what_for() {
    let (net, time) = (TestNet::default(), TestClock::default());
    let waited = Arc::new(Mutex::new(Vec::new()));
    let wait = TestWait(time.clone(), waited.clone());
    let stream = TestStream::default();
    let mut guest = Guest::new(
        WasiCtx::builder()
            .stdin(Box::new(stream))
            .net(Box::new(net.clone()))
            .clock(Box::new(time))
            .wait(Box::new(wait)),
    );
    call_in(&net, b"");
    guest.call(Call::SockAccept, &[3, 0, u64::from(RESULT)]).unwrap();
    net.with(FIRST, |it| it.room = 0).unwrap();
    // Standard input, the listener, both directions of the connection, and a clock.
    let mut subscriptions = Vec::new();
    for (kind, fd) in [(1u8, 0u32), (1, 3), (1, 4), (2, 4)] {
        let mut record = [0; 48];
        record[8] = kind;
        record[16..20].copy_from_slice(&fd.to_le_bytes());
        subscriptions.extend(record);
    }
    let mut clock = [0; 48];
    clock[16] = 1;
    clock[24] = 100;
    subscriptions.extend(clock);
    let [list, _] = guest.put(&subscriptions);
    guest.call(Call::PollOneoff, &[list, 4096, 5, u64::from(RESULT)]).unwrap();
    assert_eq!((guest.u32_at(RESULT), guest.memory[4096 + 10]), (1, 0));
    let events = vec![
        Event::Readable(Stream::Stdin),
        Event::Readable(Stream::Socket(Handle(0))),
        Event::Readable(Stream::Socket(FIRST)),
        Event::Writable(Stream::Socket(FIRST)),
    ];
    assert_eq!(*waited.lock().unwrap(), [(Some(100), Some(100), events)]);
    call_in(&net, b"");
    net.with(FIRST, |it| it.incoming = b"abc".to_vec()).unwrap();
    let [list, _] = guest.put(&subscriptions);
    guest.call(Call::PollOneoff, &[list, 4096, 5, u64::from(RESULT)]).unwrap();
    assert_eq!((guest.u32_at(RESULT), guest.u64_at(4096 + 16), guest.u64_at(4096 + 48)), (2, 1, 3));
}

#[test]
fn sockets_have_attributes_and_rights() {
    let net = TestNet::default();
    let mut guest = guest(&net);
    let fd = accepted(&net, &mut guest, b"text");
    for fd in [LISTENER, fd] {
        guest.call(Call::FdFdstatGet, &[fd, 100]).unwrap();
        assert_eq!(guest.memory[100], FileType::SocketStream as u8);
        guest.call(Call::FdFilestatGet, &[fd, 200]).unwrap();
        assert_eq!(guest.memory[216], FileType::SocketStream as u8);
        assert_eq!(guest.seek(fd, 0, 1), Err(Errno::Spipe));
        assert_eq!(guest.call(Call::FdSync, &[fd]), Err(Errno::Inval));
        assert_eq!(guest.call(Call::FdPrestatGet, &[fd, 0]), Err(Errno::Badf));
        assert_eq!(guest.open_at(fd, "a", FOLLOW, 0, 0, 0), Err(Errno::Notdir));
        assert_eq!(guest.call(Call::SockShutdown, &[fd, 0]), Err(Errno::Inval));
        assert_eq!(guest.call(Call::SockShutdown, &[fd, 4]), Err(Errno::Inval));
        assert!(guest.call(Call::SockSend, &[fd, 0, 0, 1, 0]).is_err());
        assert_eq!(guest.call(Call::SockRecv, &[fd, 0, 0, 4, 0, 0]), Err(Errno::Inval));
    }
    assert_eq!(guest.call(Call::SockAccept, &[fd, 0, 0]), Err(Errno::Notcapable));
    assert_eq!(guest.call(Call::SockShutdown, &[LISTENER, 1]), Err(Errno::Notcapable));
    assert_eq!(guest.call(Call::SockAccept, &[LISTENER, 1, 0]), Err(Errno::Inval));
    assert_eq!(guest.send(LISTENER, b"x"), Err(Errno::Badf));
    assert_eq!(guest.read(LISTENER, 1), Err(Errno::Notconn));
    // Rights only shrink, and a connection has no more than its listener may pass on.
    let keep = Rights::FD_WRITE.0;
    guest.call(Call::FdFdstatSetRights, &[fd, keep, 0]).unwrap();
    assert_eq!(guest.receive(fd, 4, 0), Err(Errno::Badf));
    guest.call(Call::FdFdstatSetRights, &[LISTENER, Rights::SOCK_ACCEPT.0, Rights::FD_READ.0]).unwrap();
    let reader = accepted(&net, &mut guest, b"text");
    assert_eq!(guest.receive(reader, 4, 0), Ok(b"text".to_vec()));
    assert_eq!(guest.send(reader, b"x"), Err(Errno::Badf));
}

#[test]
fn nothing_is_accepted_that_has_no_place() {
    let net = TestNet::default();
    let mut limits = whit_wasi::WasiLimits::default();
    limits.descriptors = 4;
    let mut guest = Guest::new(WasiCtx::builder().net(Box::new(net.clone())).limits(limits));
    call_in(&net, b"");
    assert_eq!(guest.call(Call::SockAccept, &[3, 0, 65533]), Err(Errno::Fault));
    assert_eq!(guest.call(Call::SockAccept, &[3, 0, 0]), Err(Errno::Mfile));
    assert_eq!(net.callers.lock().unwrap().len(), 1);
    guest.call(Call::FdClose, &[0]).unwrap();
    assert_eq!(guest.call(Call::SockAccept, &[3, 0, 0]), Ok(()));
}

#[test]
fn bad_pointers_are_faults_before_anything_happens() {
    let net = TestNet::default();
    let mut guest = guest(&net);
    let fd = accepted(&net, &mut guest, b"text");
    let good = guest.put_buffer(b"0123").0;
    for (list, count, flags) in [([65532, 1], 0, 0), (good, 65533, 0), (good, 0, 65535)] {
        let values = [fd, list[0], list[1], 0, count, flags];
        assert_eq!(guest.call(Call::SockRecv, &values), Err(Errno::Fault));
    }
    assert_eq!(guest.call(Call::SockSend, &[fd, 65532, 1, 0, 0]), Err(Errno::Fault));
    assert_eq!(guest.call(Call::SockSend, &[fd, good[0], 1025, 0, 0]), Err(Errno::Inval));
    assert_eq!(net.with(FIRST, |it| (it.incoming.len(), it.outgoing.len())), Ok((4, 0)));
}
