//! Waiting for several things at once.

mod support;

use std::sync::{Arc, Mutex};

use support::{Guest, TestClock, TestStream, TestWait};
use whit_wasi::abi::Abi;
use whit_wasi::{Call, Errno, Outcome, WasiCtx};

const IN: u64 = 1024;
const OUT: u64 = 4096;
const COUNT: u64 = 8;

fn clock(userdata: u64, id: u32, timeout: u64, flags: u16) -> Vec<u8> {
    let mut bytes = vec![0; 48];
    bytes[..8].copy_from_slice(&userdata.to_le_bytes());
    bytes[16..20].copy_from_slice(&id.to_le_bytes());
    bytes[24..32].copy_from_slice(&timeout.to_le_bytes());
    bytes[40..42].copy_from_slice(&flags.to_le_bytes());
    bytes
}

fn descriptor(userdata: u64, event: u8, fd: u32) -> Vec<u8> {
    let mut bytes = vec![0; 48];
    bytes[..8].copy_from_slice(&userdata.to_le_bytes());
    bytes[8] = event;
    bytes[16..20].copy_from_slice(&fd.to_le_bytes());
    bytes
}

impl Guest {
    fn poll(&mut self, subscriptions: &[Vec<u8>]) -> Outcome {
        let bytes = subscriptions.concat();
        self.memory[IN as usize..][..bytes.len()].copy_from_slice(&bytes);
        self.outcome(Call::PollOneoff, &[IN, OUT, subscriptions.len() as u64, COUNT])
    }

    /// The flags of every event.
    fn flags(&self) -> Vec<u16> {
        (0..self.u32_at(COUNT as u32)).map(|index| self.u16_at(OUT as u32 + 32 * index + 24)).collect()
    }

    /// Userdata, errno, type and bytes of every event.
    fn events(&self) -> Vec<(u64, u16, u8, u64)> {
        let at = |index: u32| OUT as u32 + 32 * index;
        let event = |index| {
            let at = at(index);
            (self.u64_at(at), self.u16_at(at + 8), self.memory[at as usize + 10], self.u64_at(at + 16))
        };
        (0..self.u32_at(COUNT as u32)).map(event).collect()
    }
}

const DONE: Outcome = Outcome::Return(Ok(()));

#[test]
fn the_earliest_clock_wins() {
    let time = TestClock::default();
    *time.0.lock().unwrap() = 1000;
    let pauses = Arc::new(Mutex::new(Vec::new()));
    let wait = Box::new(TestWait(time.clone(), pauses.clone()));
    let mut guest = Guest::new(WasiCtx::builder().clock(Box::new(time.clone())).wait(wait));
    assert_eq!(guest.poll(&[clock(1, 1, 500, 0), clock(2, 1, 300, 0), clock(3, 0, 1_001_300, 1)]), DONE);
    assert_eq!(guest.events(), [(2, 0, 0, 0), (3, 0, 0, 0)]);
    assert_eq!(*time.0.lock().unwrap(), 1300);
    assert_eq!(pauses.lock().unwrap()[0], (Some(1300), Some(300), vec![]));
    // What is over already does not wait.
    assert_eq!(guest.poll(&[clock(4, 1, 1, 1), clock(5, 0, 1_000_000, 0)]), DONE);
    assert_eq!(guest.events(), [(4, 0, 0, 0)]);
    assert_eq!(pauses.lock().unwrap().len(), 1);
}

#[test]
fn a_suspended_wait_goes_on_where_it_was() {
    let time = TestClock::default();
    let mut guest = Guest::new(WasiCtx::builder().clock(Box::new(time.clone())));
    let subscriptions = [clock(1, 1, 100, 0)];
    for now in [0, 50, 99] {
        *time.0.lock().unwrap() = now;
        assert_eq!(guest.poll(&subscriptions), Outcome::NotReady);
    }
    *time.0.lock().unwrap() = 100;
    assert_eq!(guest.poll(&subscriptions), DONE);
    // The next one starts over.
    assert_eq!(guest.poll(&subscriptions), Outcome::NotReady);
}

#[test]
fn descriptors_are_ready_or_not() {
    let stream = TestStream::default();
    let mut guest = Guest::new(
        WasiCtx::builder().stdin(Box::new(stream.clone())).clock(Box::new(TestClock::default())).preopen(
            "/",
            Box::new(support::files()),
            false,
        ),
    );
    let file = guest.open_to_read("a").unwrap() as u32;
    let all = [descriptor(1, 1, 0), descriptor(2, 2, 1), descriptor(3, 1, file), clock(4, 1, 1000, 0)];
    assert_eq!(guest.poll(&all), DONE);
    assert_eq!(guest.events(), [(2, 0, 2, 1), (3, 0, 1, 5)]);
    let some = [descriptor(1, 1, 0), clock(4, 1, 1000, 0)];
    assert_eq!(guest.poll(&some), Outcome::NotReady);
    *stream.input.lock().unwrap() = Some(b"key".to_vec());
    assert_eq!(guest.poll(&some), DONE);
    assert_eq!(guest.events(), [(1, 0, 1, 3)]);
}

#[test]
fn an_end_that_is_closed_is_told() {
    let stream = TestStream::default();
    let mut guest = Guest::new(WasiCtx::builder().stdin(Box::new(stream.clone())));
    let both = [descriptor(1, 1, 0), descriptor(2, 2, 1)];
    *stream.input.lock().unwrap() = Some(b"key".to_vec());
    assert_eq!(guest.poll(&both), DONE);
    assert_eq!((guest.events(), guest.flags()), (vec![(1, 0, 1, 3), (2, 0, 2, 1)], vec![0, 0]));
    assert_eq!(guest.read(0, 3), Ok(b"key".to_vec()));
    assert_eq!(guest.poll(&both), DONE);
    assert_eq!((guest.events(), guest.flags()), (vec![(1, 0, 1, 0), (2, 0, 2, 1)], vec![1, 0]));
}

#[test]
fn wrong_subscriptions_are_events() {
    let mut guest = Guest::with_files();
    let badf = Errno::Badf.number();
    let inval = Errno::Inval.number();
    let wrong = [
        descriptor(1, 1, 77),
        descriptor(2, 1, 1),
        clock(3, 9, 0, 0),
        clock(4, 1, 0, 0),
        descriptor(5, 1, 3),
    ];
    assert_eq!(guest.poll(&wrong), DONE);
    let events = [(1, badf, 1, 0), (2, badf, 1, 0), (3, inval, 0, 0), (4, inval, 0, 0), (5, badf, 1, 0)];
    assert_eq!(guest.events(), events);
    assert_eq!(guest.poll(&[descriptor(1, 3, 0)]), Outcome::Return(Err(Errno::Inval)));
}

#[test]
fn counts_and_pointers_are_checked() {
    let mut guest = Guest::with_files();
    let mut poll = |values: [u64; 4]| guest.call(Call::PollOneoff, &values);
    assert_eq!(poll([IN, OUT, 0, COUNT]), Err(Errno::Inval));
    assert_eq!(poll([IN, OUT, 4097, COUNT]), Err(Errno::Inval));
    assert_eq!(poll([IN, OUT, u64::from(u32::MAX), COUNT]), Err(Errno::Inval));
    assert_eq!(poll([65500, OUT, 1, COUNT]), Err(Errno::Fault));
    assert_eq!(poll([IN, 65500, 2, COUNT]), Err(Errno::Fault));
    assert_eq!(poll([IN, OUT, 1, 65534]), Err(Errno::Fault));
}

#[test]
fn snapshot_0_has_one_more_field() {
    let mut guest = Guest::new(WasiCtx::builder().clock(Box::new(TestClock::default())));
    guest.abi = Abi::Unstable;
    let mut wide = clock(9, 0, 0, 0);
    wide.splice(16..16, [0xee; 8]);
    let mut second = descriptor(8, 2, 1);
    second.extend([0; 8]);
    assert_eq!(guest.poll(&[wide, second]), DONE);
    assert_eq!(guest.events(), [(9, 0, 0, 0), (8, 0, 2, 1)]);
}
