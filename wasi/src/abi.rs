//! The binary interface of preview 1: numbers, layouts, the table of functions, and access to the guest's memory.

pub mod calls;
pub mod errno;
pub mod guest;
pub mod types;

pub use errno::Errno;

/// Which of the two published versions of the interface a module was made for.
///
/// They differ in the numbers of `whence`, in the layouts of `filestat` and `subscription`, and in that
/// `sock_accept` came with preview 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Abi {
    /// `wasi_snapshot_preview1`.
    Preview1,
    /// `wasi_unstable`, also called snapshot 0.
    Unstable,
}

impl Abi {
    /// Both versions.
    pub const ALL: [Self; 2] = [Self::Preview1, Self::Unstable];

    /// The name under which modules import it.
    #[must_use]
    pub const fn module_name(self) -> &'static str {
        match self {
            Self::Preview1 => "wasi_snapshot_preview1",
            Self::Unstable => "wasi_unstable",
        }
    }
}
