//! What WASI's calls do on a board: a console, a clock, and waiting by going back to the main loop.

use whit_wasi::backend::{Answer, Clock, Failure, Ready, Stdio};
use whit_wasi::{ClockId, Errno};

use crate::board::Console;
use crate::clock;

/// A received byte that ends the input, as Ctrl-D does at a terminal.
const END_OF_INPUT: u8 = 4;

/// The console as standard input.
pub(crate) struct Input {
    console: Console,
    /// A byte that was received and not read.
    next: Option<u8>,
    ended: bool,
}

impl Input {
    pub(crate) fn new(console: Console) -> Self {
        Self { console, next: None, ended: false }
    }

    /// Whether reading would not have to wait.
    fn fill(&mut self) -> bool {
        if self.next.is_none() && !self.ended {
            self.next = self.console.read();
            if self.next == Some(END_OF_INPUT) {
                self.next = None;
                self.ended = true;
            }
        }
        self.next.is_some() || self.ended
    }
}

impl Stdio for Input {
    fn read(&mut self, into: &mut [u8]) -> Answer<usize> {
        let mut count = 0;
        while count < into.len() && self.fill() {
            let Some(byte) = self.next.take() else { break };
            into[count] = byte;
            count += 1;
        }
        if count == 0 && !self.ended && !into.is_empty() { Err(Failure::NotReady) } else { Ok(count) }
    }

    fn is_terminal(&self) -> bool {
        true
    }

    fn readable(&mut self) -> Option<Ready> {
        let is_ready = self.fill();
        is_ready.then_some(if self.ended { Ready::HUNG_UP } else { Ready::bytes(1) })
    }
}

/// The console as standard output or error.
pub(crate) struct Output(pub(crate) Console);

impl Stdio for Output {
    fn write(&mut self, from: &[u8]) -> Answer<usize> {
        for byte in from {
            self.0.write(*byte);
        }
        Ok(from.len())
    }

    fn is_terminal(&self) -> bool {
        true
    }
}

/// Time since the board was started; it knows no date.
pub(crate) struct Uptime;

impl Clock for Uptime {
    fn now(&mut self, clock: ClockId) -> Answer<u64> {
        match clock {
            ClockId::Monotonic => Ok(clock::microseconds() * 1000),
            _ => Err(Errno::Inval.into()),
        }
    }

    fn resolution(&mut self, clock: ClockId) -> Answer<u64> {
        match clock {
            ClockId::Monotonic => Ok(1000),
            _ => Err(Errno::Inval.into()),
        }
    }
}
