//! What the WASI crate's traits mean on Linux.

#[cfg(test)]
mod attacks;
mod clock;
mod directory;
mod errno;
mod net;
mod random;
mod stdio;
mod wait;

pub(crate) use clock::SystemClock;
pub(crate) use directory::Directory;
pub(crate) use net::Sockets;
pub(crate) use random::SystemRandom;
pub(crate) use stdio::Stream;
pub(crate) use wait::Poll;
