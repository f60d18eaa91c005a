//! What waiting for a stream came to.

/// What an operation on a stream would meet if it was done at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Ready {
    /// How many bytes can be read or written, or connections accepted; 0 at the end of the stream.
    pub bytes: u64,
    /// Whether the other end has closed the stream. There may still be bytes to read.
    pub hung_up: bool,
}

impl Ready {
    /// The other end has closed the stream, and there is nothing to read.
    pub const HUNG_UP: Self = Self { bytes: 0, hung_up: true };

    /// This many bytes, and perhaps more to come.
    #[must_use]
    pub const fn bytes(bytes: u64) -> Self {
        Self { bytes, hung_up: false }
    }

    /// As `self`, with the other end closed if `hung_up`.
    #[must_use]
    pub const fn with_hung_up(self, hung_up: bool) -> Self {
        Self { hung_up, ..self }
    }
}
