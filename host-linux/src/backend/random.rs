//! The kernel's random bytes.

use rustix::io::Errno;
use rustix::rand::{GetRandomFlags, getrandom};
use whit_wasi::backend::{Answer, Random};

use super::errno::translate;

/// The kernel's random bytes.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, mut into: &mut [u8]) -> Answer<()> {
        // The kernel may give less than asked for, and be interrupted before it gives any.
        while !into.is_empty() {
            match getrandom(&mut *into, GetRandomFlags::empty()) {
                Ok(count) => into = &mut into[count..],
                Err(Errno::INTR) => {}
                Err(error) => return Err(translate(error)),
            }
        }
        Ok(())
    }
}
