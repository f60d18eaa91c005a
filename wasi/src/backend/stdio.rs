//! Streams: what stands behind descriptors 0, 1 and 2.

use super::{Answer, Ready};
use crate::Errno;

/// A stream of bytes without a position. An input implements [`read`](Self::read), an output
/// [`write`](Self::write).
///
/// ```
/// use std::collections::VecDeque;
/// use whit_wasi::backend::{Answer, Failure, Ready, Stdio};
///
/// /// Stands for a serial port: `received` is filled by an interrupt.
/// struct Serial {
///     received: VecDeque<u8>,
///     sent: Vec<u8>,
/// }
///
/// impl Stdio for Serial {
///     fn read(&mut self, into: &mut [u8]) -> Answer<usize> {
///         if self.received.is_empty() {
///             return Err(Failure::NotReady);
///         }
///         let count = into.len().min(self.received.len());
///         into.iter_mut().zip(self.received.drain(..count)).for_each(|(to, byte)| *to = byte);
///         Ok(count)
///     }
///
///     fn write(&mut self, from: &[u8]) -> Answer<usize> {
///         self.sent.extend_from_slice(from);
///         Ok(from.len())
///     }
///
///     fn is_terminal(&self) -> bool {
///         true
///     }
///
///     fn readable(&mut self) -> Option<Ready> {
///         if self.received.is_empty() { None } else { Some(Ready::bytes(self.received.len() as u64)) }
///     }
/// }
///
/// let mut serial = Serial { received: VecDeque::new(), sent: Vec::new() };
/// assert_eq!(serial.read(&mut [0; 4]), Err(Failure::NotReady));
/// assert_eq!(serial.write(b"ok"), Ok(2));
/// ```
pub trait Stdio: Send {
    /// Reads at most `into.len()` bytes (never 0 of them, except at the end of the stream) and says how many.
    fn read(&mut self, into: &mut [u8]) -> Answer<usize> {
        _ = into;
        Err(Errno::Badf.into())
    }

    /// Writes some of `from`, and says how many bytes.
    fn write(&mut self, from: &[u8]) -> Answer<usize> {
        _ = from;
        Err(Errno::Badf.into())
    }

    /// Hands on whatever is still buffered.
    fn flush(&mut self) -> Answer<()> {
        Ok(())
    }

    /// Whether a person sits at the other end.
    fn is_terminal(&self) -> bool {
        false
    }

    /// How much can be read at once; nothing if [`read`](Self::read) would answer *not ready*, which it does not at the
    /// end of the stream.
    fn readable(&mut self) -> Option<Ready> {
        Some(Ready::bytes(1))
    }

    /// How much can be written at once; nothing if [`write`](Self::write) would answer *not ready*.
    fn writable(&mut self) -> Option<Ready> {
        Some(Ready::bytes(1))
    }
}

/// A stream that is at its end when read, and that drops what is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Null;

impl Stdio for Null {
    fn read(&mut self, _: &mut [u8]) -> Answer<usize> {
        Ok(0)
    }

    fn write(&mut self, from: &[u8]) -> Answer<usize> {
        Ok(from.len())
    }

    fn readable(&mut self) -> Option<Ready> {
        Some(Ready::HUNG_UP)
    }
}
