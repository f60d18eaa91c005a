//! Waiting.

use super::{Answer, Failure, Handle};

/// Something without a position that bytes come from or go to, and that can make a guest wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// Standard input.
    Stdin,
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// A listener or connection of the guest's [`Net`](super::Net).
    Socket(Handle),
}

/// What a stream can become.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// There is something to read, or a connection to accept.
    Readable(Stream),
    /// Something can be written.
    Writable(Stream),
}

/// What a guest waits for: whichever comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Pause<'a> {
    /// The time of the monotonic clock at which it goes on in any case.
    pub until: Option<u64>,
    /// How long that is from the present, in nanoseconds.
    pub for_nanoseconds: Option<u64>,
    /// The streams that it waits for.
    pub events: &'a [Event],
}

/// Lets time pass.
///
/// ```
/// use whit_wasi::backend::{Answer, Pause, Wait};
///
/// /// A guest that has a thread for itself simply sleeps.
/// struct Sleep;
///
/// impl Wait for Sleep {
///     fn pause(&mut self, pause: &Pause<'_>) -> Answer<()> {
///         // The streams of this guest are always ready.
///         if let Some(nanoseconds) = pause.for_nanoseconds {
///             std::thread::sleep(std::time::Duration::from_nanos(nanoseconds));
///         }
///         Ok(())
///     }
/// }
///
/// Sleep.pause(&Pause::default()).unwrap();
/// ```
pub trait Wait: Send {
    /// Waits until `pause` is over, or less: the caller looks again and may pause again. Without anything to
    /// wait for, lets others run.
    ///
    /// *Not ready* suspends the guest; the embedder resumes it when the pause is over, and the guest's call looks
    /// again.
    fn pause(&mut self, pause: &Pause<'_>) -> Answer<()>;
}

/// Suspends the guest whenever it waits for a time or a stream: the embedder decides when to resume it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SuspendOnWait;

impl Wait for SuspendOnWait {
    fn pause(&mut self, pause: &Pause<'_>) -> Answer<()> {
        if *pause != Pause::default() { Err(Failure::NotReady) } else { Ok(()) }
    }
}
