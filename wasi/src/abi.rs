//! The binary interface of preview 1: numbers, layouts, and access to the guest's memory.

pub mod errno;
pub mod types;

pub use errno::Errno;
