//! The one error type: what went wrong, and where.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::raw::{CodePointer, MaybeBox, OutOfMemory, Shared, try_box};
use crate::trap::Trap;

/// What kind of thing went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are not a module, or not a valid one.
    Module,
    /// A limit was reached; the message names it and its value.
    Limit,
    /// An import is missing or does not fit.
    Link,
    /// The guest's code trapped.
    Trap(Trap),
    /// The guest, or a host function, threw an exception that nothing caught.
    Exception,
    /// The guest asked to end the program with this status (WASI `proc_exit`).
    Exit(i32),
    /// A host function cannot answer yet: the call is suspended and can be resumed.
    Suspend,
    /// The embedder used the API in a way that the object does not allow.
    Usage,
    /// A host function failed.
    Host(Box<dyn core::error::Error + Send + Sync>),
    /// Memory ran out, or the store's budget did.
    OutOfMemory,
}

/// One WebAssembly frame of a backtrace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FrameInfo<'a> {
    /// Index of the function in its module.
    pub function: u32,
    /// Its name in the module's name section.
    pub name: Option<&'a str>,
    /// Offset in the module's bytes of the instruction that was running.
    pub offset: usize,
}

/// What is noted of a frame while its stack is there: little, so that a guest that traps often pays little.
pub(crate) struct Frame {
    pub(crate) module: Shared<dyn Running>,
    pub(crate) place: Place,
}

/// Where a function was running.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// At the instruction of which this is a unit.
    At(CodePointer),
    /// At the start of this body.
    Entry(u32),
}

/// A module whose code was running.
pub(crate) trait Running: Send + Sync {
    /// What `place` means, if it is in code of this module.
    fn frame(&self, place: Place) -> Option<FrameInfo<'_>>;
}

struct Repr {
    kind: ErrorKind,
    message: Message,
    offset: Option<usize>,
    backtrace: Vec<Frame>,
}

enum Message {
    None,
    Static(&'static str),
    Owned(String),
}

/// Anything that went wrong in Whit, in one word.
///
/// An error of running code has a [backtrace](Self::backtrace), and with it keeps the modules of its frames in memory,
/// outside of any budget.
///
/// Making an error never aborts: when there is no memory left for its description, it becomes an out-of-memory
/// error.
pub struct Error(MaybeBox<Repr>);

impl Error {
    /// An error of kind `kind` and nothing more.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self::build(kind, Message::None, None)
    }

    /// An error of kind `kind`, described by `message`.
    #[must_use]
    pub fn with_message(kind: ErrorKind, message: &'static str) -> Self {
        Self::build(kind, Message::Static(message), None)
    }

    /// An error of kind `kind` described by `arguments`.
    #[must_use]
    pub fn format(kind: ErrorKind, arguments: fmt::Arguments<'_>) -> Self {
        Self::build(kind, Message::format(arguments), None)
    }

    /// The module's bytes are wrong at `offset`.
    #[must_use]
    pub fn module(offset: usize, arguments: fmt::Arguments<'_>) -> Self {
        Self::build(ErrorKind::Module, Message::format(arguments), Some(offset))
    }

    /// A module's shape is over `limit` (named in words), at `offset` if that is known.
    #[must_use]
    pub fn limit(name: &str, limit: usize, offset: Option<usize>) -> Self {
        let message = Message::format(format_args!("too many or too large: {name} (limit {limit})"));
        Self::build(ErrorKind::Limit, message, offset)
    }

    /// A host function failed with `error`.
    #[must_use]
    pub fn host(error: impl core::error::Error + Send + Sync + 'static) -> Self {
        match try_box(error) {
            Ok(error) => Self::new(ErrorKind::Host(error)),
            Err(OutOfMemory) => OutOfMemory.into(),
        }
    }

    /// The guest ends the program with `status`.
    #[must_use]
    pub fn exit(status: i32) -> Self {
        Self::new(ErrorKind::Exit(status))
    }

    /// The host function cannot answer yet; see [`Func::call_resumable`](crate::Func::call_resumable).
    #[must_use]
    pub fn suspend() -> Self {
        Self::new(ErrorKind::Suspend)
    }

    #[cold]
    #[inline(never)]
    fn build(kind: ErrorKind, message: Message, offset: Option<usize>) -> Self {
        Self(MaybeBox::new(Repr { kind, message, offset, backtrace: Vec::new() }))
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        self.0.get().map_or(&ErrorKind::OutOfMemory, |repr| &repr.kind)
    }

    /// The trap, if this is one.
    #[must_use]
    pub fn as_trap(&self) -> Option<Trap> {
        if let ErrorKind::Trap(trap) = self.kind() { Some(*trap) } else { None }
    }

    /// The status with which the guest ended the program, if it did.
    #[must_use]
    pub fn exit_status(&self) -> Option<i32> {
        if let ErrorKind::Exit(status) = self.kind() { Some(*status) } else { None }
    }

    /// Whether an exception was not caught.
    #[must_use]
    pub fn is_exception(&self) -> bool {
        matches!(self.kind(), ErrorKind::Exception)
    }

    /// Whether a host function asked to suspend the call.
    #[must_use]
    pub fn is_suspend(&self) -> bool {
        matches!(self.kind(), ErrorKind::Suspend)
    }

    /// The offset in the module's bytes at which it is wrong.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.0.get()?.offset
    }

    /// The WebAssembly frames that were running, innermost first.
    ///
    /// What a frame says is found only here, in time and memory that grow with the length of its function and, very
    /// little, with the number of functions. Where memory is out, its offset is that of an earlier instruction.
    pub fn backtrace(&self) -> impl Iterator<Item = FrameInfo<'_>> {
        let frames = self.0.get().map_or(&[][..], |repr| &repr.backtrace);
        frames.iter().filter_map(|frame| frame.module.frame(frame.place))
    }

    /// Adds an outer frame to the backtrace; a frame for which there is no memory is left out.
    pub(crate) fn push_frame(&mut self, frame: Frame) {
        if let Some(repr) = self.0.get_mut()
            && repr.backtrace.try_reserve(1).is_ok()
        {
            repr.backtrace.push(frame);
        }
    }
}

impl Message {
    fn format(arguments: fmt::Arguments<'_>) -> Self {
        if let Some(text) = arguments.as_str() {
            return Self::Static(text);
        }
        let mut text = Fallible(String::new());
        match fmt::write(&mut text, arguments) {
            Ok(()) => Self::Owned(text.0),
            Err(fmt::Error) => Self::None,
        }
    }
}

/// A string that grows only where memory allows.
struct Fallible(String);

impl fmt::Write for Fallible {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.try_reserve(text.len()).map_err(|_| fmt::Error)?;
        self.0.push_str(text);
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = match self.0.get().map(|repr| &repr.message) {
            Some(Message::Static(text)) => *text,
            Some(Message::Owned(text)) => text,
            Some(Message::None) | None => "",
        };
        match self.kind() {
            ErrorKind::Trap(trap) => write!(f, "wasm trap: {trap}")?,
            ErrorKind::Exit(status) => write!(f, "exit with status {status}")?,
            ErrorKind::Host(error) => write!(f, "host function: {error}")?,
            ErrorKind::Exception => f.write_str("an exception was not caught")?,
            ErrorKind::Suspend => f.write_str("the call is suspended")?,
            ErrorKind::OutOfMemory => f.write_str("out of memory")?,
            ErrorKind::Module | ErrorKind::Limit | ErrorKind::Link | ErrorKind::Usage
                if message.is_empty() =>
            {
                f.write_str("no memory was left to describe this error")?;
            }
            ErrorKind::Module | ErrorKind::Limit | ErrorKind::Link | ErrorKind::Usage => {}
        }
        if !message.is_empty() {
            let separator = if matches!(
                self.kind(),
                ErrorKind::Module | ErrorKind::Limit | ErrorKind::Link | ErrorKind::Usage
            ) {
                ""
            } else {
                ": "
            };
            write!(f, "{separator}{message}")?;
        }
        if let Some(offset) = self.offset() {
            write!(f, " (at offset 0x{offset:x})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        for frame in self.backtrace() {
            write!(f, "\n  at {frame}")?;
        }
        Ok(())
    }
}

impl fmt::Display for FrameInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "{name}")?,
            None => write!(f, "function {}", self.function)?,
        }
        write!(f, " (at offset 0x{:x})", self.offset)
    }
}

impl core::error::Error for Error {}

impl From<Trap> for Error {
    #[cold]
    #[inline(never)]
    fn from(trap: Trap) -> Self {
        Self::new(ErrorKind::Trap(trap))
    }
}

impl From<OutOfMemory> for Error {
    fn from(OutOfMemory: OutOfMemory) -> Self {
        Self(MaybeBox::none())
    }
}

impl From<alloc::collections::TryReserveError> for Error {
    fn from(_: alloc::collections::TryReserveError) -> Self {
        Self(MaybeBox::none())
    }
}

impl From<hashbrown::TryReserveError> for Error {
    fn from(_: hashbrown::TryReserveError) -> Self {
        Self(MaybeBox::none())
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn error_is_one_word() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }
}
