//! Waiting.

use super::{Answer, Failure};

/// What a guest waits for in `poll_oneoff` (or just yields).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Pause {
    /// The time of the monotonic clock at which it goes on in any case.
    pub until: Option<u64>,
    /// How long that is from the present, in nanoseconds.
    pub for_nanoseconds: Option<u64>,
    /// Whether it also waits for something to read on standard input.
    pub input: bool,
    /// Whether it also waits until standard output or standard error takes something.
    pub output: bool,
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
///     fn pause(&mut self, pause: &Pause) -> Answer<()> {
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
    fn pause(&mut self, pause: &Pause) -> Answer<()>;
}

/// Suspends the guest whenever it waits for a time or an input: the embedder decides when to resume it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SuspendOnWait;

impl Wait for SuspendOnWait {
    fn pause(&mut self, pause: &Pause) -> Answer<()> {
        if *pause != Pause::default() { Err(Failure::NotReady) } else { Ok(()) }
    }
}
