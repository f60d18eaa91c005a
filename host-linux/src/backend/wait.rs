//! Waiting for a time or for input.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use whit_wasi::backend::{Answer, Pause, Wait};

use super::errno::translate;

/// Waits in the kernel: the process has nothing else to do.
pub(crate) struct Poll;

impl Wait for Poll {
    fn pause(&mut self, pause: &Pause) -> Answer<()> {
        if !pause.input && pause.for_nanoseconds.is_none() {
            std::thread::yield_now();
            return Ok(());
        }
        let timeout = pause.for_nanoseconds.map(|nanoseconds| Timespec {
            tv_sec: (nanoseconds / 1_000_000_000).cast_signed(),
            tv_nsec: (nanoseconds % 1_000_000_000).cast_signed(),
        });
        let stdin = rustix::stdio::stdin();
        let mut input = [PollFd::new(&stdin, PollFlags::IN)];
        let sources = if pause.input { &mut input[..] } else { &mut [] };
        match poll(sources, timeout.as_ref()) {
            // The caller looks at the time and at the input again.
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(translate(error)),
        }
    }
}
