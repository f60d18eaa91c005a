//! Waiting for a time or for a stream.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use whit_wasi::backend::{Answer, Pause, Wait};

use super::errno::translate;

/// Waits in the kernel: the process has nothing else to do.
pub(crate) struct Poll;

impl Wait for Poll {
    fn pause(&mut self, pause: &Pause) -> Answer<()> {
        if !pause.input && !pause.output && pause.for_nanoseconds.is_none() {
            std::thread::yield_now();
            return Ok(());
        }
        let timeout = pause.for_nanoseconds.map(|nanoseconds| Timespec {
            tv_sec: (nanoseconds / 1_000_000_000).cast_signed(),
            tv_nsec: (nanoseconds % 1_000_000_000).cast_signed(),
        });
        let [stdin, stdout, stderr] =
            [rustix::stdio::stdin(), rustix::stdio::stdout(), rustix::stdio::stderr()];
        let mut sources = [
            PollFd::new(&stdin, PollFlags::IN),
            PollFd::new(&stdout, PollFlags::OUT),
            PollFd::new(&stderr, PollFlags::OUT),
        ];
        let sources = match (pause.input, pause.output) {
            (true, true) => &mut sources[..],
            (true, false) => &mut sources[..1],
            (false, true) => &mut sources[1..],
            (false, false) => &mut [],
        };
        match poll(sources, timeout.as_ref()) {
            // The caller looks at the time and at the streams again.
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(translate(error)),
        }
    }
}
