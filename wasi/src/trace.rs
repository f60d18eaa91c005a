//! One line for every call: its arguments, decoded, and what came of it.

use core::fmt::{self, Write as _};

use crate::abi::calls::{Call, Outcome, show};
use crate::abi::guest::Guest;
use crate::backend::Stdio;

/// Bytes of a line, and those of them that are kept for the result.
const SIZE: usize = 512;
const RESULT: usize = 96;

/// A line as it grows. It has a fixed size, so that tracing needs no memory; what does not fit is left out.
pub(crate) struct Line {
    bytes: [u8; SIZE],
    length: usize,
    /// How much of it may be filled: the result always has some room.
    limit: usize,
    /// Whether an item has been shown, so that the next needs a comma before it.
    items: bool,
}

impl Line {
    /// The line of `call` up to its arguments, as they are before it is made.
    pub(crate) fn new(call: Call, values: &[u64], guest: &Guest<'_>) -> Self {
        let mut line = Self { bytes: [0; SIZE], length: 0, limit: SIZE - RESULT, items: false };
        // A full line is the only error.
        let _ = write!(line, "{}(", call.name());
        let whole = show(&mut line, call, values, guest, false);
        line.limit = SIZE;
        let _ = line.write_str(if whole.is_ok() { ")" } else { "…)" });
        line
    }

    /// Ends it with what came of the call, and writes it to `stream`.
    pub(crate) fn end(
        mut self,
        call: Call,
        values: &[u64],
        guest: &Guest<'_>,
        outcome: Outcome,
        stream: &mut dyn Stdio,
    ) {
        let _ = match outcome {
            Outcome::Return(Ok(())) => {
                let _ = self.write_str(" = ok ");
                // The results are a list of their own.
                self.items = false;
                show(&mut self, call, values, guest, true)
            }
            Outcome::Return(Err(errno)) => write!(self, " = {}", errno.name()),
            Outcome::NotReady => self.write_str(" = not ready"),
            Outcome::Exit(status) => write!(self, " = exit {status}"),
        };
        let length = self.bytes[..self.length].trim_ascii_end().len().min(SIZE - 1);
        self.bytes[length] = b'\n';
        let mut rest = &self.bytes[..=length];
        // A stream that takes nothing gets no more of the line: a trace must not hold up its guest.
        while let Ok(count @ 1..) = stream.write(rest) {
            rest = rest.get(count..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
        }
    }

    /// Adds `name=value`.
    pub(crate) fn item(&mut self, name: &str, value: fmt::Arguments<'_>) -> fmt::Result {
        let comma = if core::mem::replace(&mut self.items, true) { ", " } else { "" };
        write!(self, "{comma}{name}={value}")
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            let room = &mut self.bytes[self.length..self.limit];
            let length = char.len_utf8();
            if room.len() < length {
                return Err(fmt::Error);
            }
            char.encode_utf8(room);
            self.length += length;
        }
        Ok(())
    }
}

/// Bytes as text in quotes, the beginning of them.
pub(crate) struct Quoted<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) limit: usize,
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.bytes[..self.bytes.len().min(self.limit)];
        f.write_char('"')?;
        for chunk in shown.utf8_chunks() {
            chunk.valid().chars().try_for_each(|char| match char {
                '"' | '\\' | '\n' | '\r' | '\t' => write!(f, "{}", char.escape_default()),
                char if char.is_control() => write!(f, "\\x{:02x}", u32::from(char)),
                char => f.write_char(char),
            })?;
            chunk.invalid().iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))?;
        }
        f.write_str(if shown.len() < self.bytes.len() { "\"…" } else { "\"" })
    }
}
