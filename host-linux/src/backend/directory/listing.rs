//! Listing a directory from any place in it.

use std::mem::MaybeUninit;
use std::os::fd::BorrowedFd;

use rustix::fs::{RawDir, SeekFrom, seek};
use whit_wasi::backend::{Answer, DirEntry, Memory};

use super::{file_type, translate};

/// Bytes of entries that are asked of the kernel at a time: about twice what a guest's C library asks for.
const SIZE: usize = 8192;

/// Memory for the kernel's entries, kept between listings.
#[derive(Default)]
pub(super) struct Buffer(Vec<MaybeUninit<u8>>);

impl Buffer {
    /// Hands the entries of `dir` behind the place `from` to `entry`; see `Files::read_dir`.
    ///
    /// The kernel's own cookies are the places: they stay good while the directory is open, whatever is added to it
    /// or removed from it. The descriptor's position is set at each call and otherwise unused.
    pub(super) fn list(
        &mut self,
        dir: BorrowedFd<'_>,
        from: u64,
        memory: &mut Memory,
        entry: &mut dyn FnMut(&DirEntry<'_>) -> bool,
    ) -> Answer<()> {
        let more = SIZE - self.0.len();
        memory.reserve_exact(&mut self.0, more)?;
        self.0.resize(SIZE, MaybeUninit::uninit());
        seek(dir, SeekFrom::Start(from)).map_err(translate)?;
        let mut entries = RawDir::new(dir, &mut self.0);
        while let Some(found) = entries.next() {
            let found = found.map_err(translate)?;
            let Ok(name) = found.file_name().to_str() else { continue };
            if matches!(name, "." | "..") {
                continue;
            }
            let (inode, kind, next) = (found.ino(), file_type(found.file_type()), found.next_entry_cookie());
            if !entry(&DirEntry { name, inode, kind, next }) {
                break;
            }
        }
        Ok(())
    }
}
