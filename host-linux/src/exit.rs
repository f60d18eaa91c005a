//! How the command ends: what is printed about a failure, and the exit status that tells its kind.

use std::fmt::Display;
use std::io::Write as _;

use whit::{Error, FrameInfo};

/// The status of a program that was stopped: what a shell reports for a process that aborted.
const STOPPED: u8 = 134;

/// The status for what could not be started.
const REFUSED: u8 = 1;

/// The status for a command line that makes no sense.
const USAGE: u8 = 2;

/// The status after a panic, that of other Rust programs.
pub(crate) const PANICKED: u8 = 101;

/// Frames printed at either end of a long backtrace.
const FRAMES: usize = 20;

/// Why a command did not succeed.
pub(crate) enum Failure {
    /// The guest ended itself with this status.
    Status(i32),
    /// The guest was stopped while it ran.
    Stopped(Error),
    /// The guest could not be started; a message that needs nothing more.
    Refused(String),
    /// The command line does not fit the module.
    Usage(String),
}

impl Failure {
    /// `action` failed with `error` before anything ran.
    pub(crate) fn refused(action: impl Display, error: impl Display) -> Self {
        Self::Refused(format!("{action}: {error}"))
    }

    /// The guest's code, while it ran, returned `error`.
    pub(crate) fn guest(error: Error) -> Self {
        match error.exit_status() {
            Some(status) => Self::Status(status),
            None => Self::Stopped(error),
        }
    }

    /// Prints what there is to say and chooses the status.
    pub(crate) fn report(self) -> u8 {
        match self {
            // The low byte is all that a parent process gets to see.
            Self::Status(status) => status as u8,
            Self::Stopped(error) => {
                say(format_args!("{error}\n{}", Backtrace(&error.backtrace().collect::<Vec<_>>())));
                STOPPED
            }
            Self::Refused(message) => {
                say(format_args!("{message}\n"));
                REFUSED
            }
            Self::Usage(message) => {
                say(format_args!("{message}\n"));
                USAGE
            }
        }
    }
}

/// Prints `text`, which is all that the command is for.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::refused("stdout", error))
}

/// Says something to whoever started the command. If nobody listens, the status still tells.
pub(crate) fn say(message: std::fmt::Arguments<'_>) {
    let _ = write!(std::io::stderr(), "whit: {message}");
}

/// Frames, one a line, innermost first; the middle of a very long list is left out.
struct Backtrace<'a>(&'a [FrameInfo<'a>]);

impl Display for Backtrace<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = self.0.len();
        for (index, frame) in self.0.iter().enumerate() {
            if all > 2 * FRAMES + 1 && index == FRAMES {
                writeln!(f, "  … {} frames more", all - 2 * FRAMES)?;
            }
            if all <= 2 * FRAMES + 1 || index < FRAMES || index >= all - FRAMES {
                writeln!(f, "  {index}: {frame}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Backtrace, FRAMES};
    use whit::FrameInfo;

    #[test]
    fn long_backtraces_lose_their_middle() {
        let frames: Vec<_> =
            (0..1000).map(|function| FrameInfo { function, name: None, offset: 16 }).collect();
        let text = Backtrace(&frames).to_string();
        assert_eq!(text.lines().count(), 2 * FRAMES + 1);
        assert!(text.starts_with("  0: function 0 (at offset 0x10)\n"), "{text}");
        assert!(text.ends_with("  999: function 999 (at offset 0x10)\n"), "{text}");
        assert!(text.contains("… 960 frames more"), "{text}");
        assert_eq!(Backtrace(&frames[..41]).to_string().lines().count(), 41);
    }
}
