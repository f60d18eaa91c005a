//! Randomness.

use super::Answer;
use crate::Errno;

/// Gives random bytes.
///
/// ```
/// use whit_wasi::backend::{Answer, Random};
///
/// /// Repeatable, for tests: never use such a thing where a guest makes keys.
/// struct Weyl(u64);
///
/// impl Random for Weyl {
///     fn fill(&mut self, into: &mut [u8]) -> Answer<()> {
///         for byte in into {
///             self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
///             *byte = (self.0.wrapping_mul(self.0 | 1) >> 56) as u8;
///         }
///         Ok(())
///     }
/// }
///
/// let mut bytes = [0; 16];
/// Weyl(1).fill(&mut bytes).unwrap();
/// assert_ne!(bytes, [0; 16]);
/// ```
pub trait Random: Send {
    /// Fills all of `into`.
    fn fill(&mut self, into: &mut [u8]) -> Answer<()>;
}

/// No randomness: every question answers [`Errno::Nosys`], rather than bytes that only look random.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRandom;

impl Random for NoRandom {
    fn fill(&mut self, _: &mut [u8]) -> Answer<()> {
        Err(Errno::Nosys.into())
    }
}
