//! Quotas of a tree of files: how many names a guest can add to it, and how many bytes it can write.

use alloc::boxed::Box;

use crate::Errno;
use crate::backend::{
    Answer, DirEntry, Failure, FileStat, Files, Handle, Memory, OpenOptions, Opened, SetTimes,
};

/// A tree with what its guest has left. Every operation is that of the tree, but for those that would need more.
pub(crate) struct Quota {
    pub(crate) files: Box<dyn Files>,
    /// Names that can be added; `u64::MAX` is no quota.
    entries: u64,
    /// Bytes that can be written; `u64::MAX` is no quota.
    bytes: u64,
}

impl Quota {
    /// No quota as yet.
    pub(crate) const fn new(files: Box<dyn Files>) -> Self {
        Self { files, entries: u64::MAX, bytes: u64::MAX }
    }

    pub(crate) fn set(&mut self, entries: u64, bytes: u64) {
        (self.entries, self.bytes) = (entries, bytes);
    }

    fn limits_entries(&self) -> bool {
        self.entries != u64::MAX
    }

    fn limits_bytes(&self) -> bool {
        self.bytes != u64::MAX
    }

    /// Does what adds one name.
    fn add(&mut self, action: impl FnOnce(&mut dyn Files) -> Answer<()>) -> Answer<()> {
        if self.entries == 0 {
            return Err(Errno::Dquot.into());
        }
        action(&mut *self.files)?;
        if self.limits_entries() {
            self.entries -= 1;
        }
        Ok(())
    }

    /// Does what removes one name.
    fn remove(&mut self, action: impl FnOnce(&mut dyn Files) -> Answer<()>) -> Answer<()> {
        action(&mut *self.files)?;
        self.give_back();
        Ok(())
    }

    fn give_back(&mut self) {
        if self.limits_entries() {
            self.entries = self.entries.saturating_add(1).min(u64::MAX - 1);
        }
    }

    /// Checks that `bytes` can be written, and then also takes them off if `action` succeeds.
    fn spend(&mut self, bytes: u64, action: impl FnOnce(&mut dyn Files) -> Answer<()>) -> Answer<()> {
        if bytes > self.bytes {
            return Err(Errno::Dquot.into());
        }
        action(&mut *self.files)?;
        self.take(bytes);
        Ok(())
    }

    fn take(&mut self, bytes: u64) {
        if self.limits_bytes() {
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }

    /// As much of `from` as can be written behind `gap` bytes that come to be.
    fn allowed<'f>(&self, gap: u64, from: &'f [u8]) -> Result<&'f [u8], Errno> {
        if from.is_empty() {
            return Ok(from);
        }
        let left = self.bytes.checked_sub(gap).ok_or(Errno::Dquot)?;
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(from.len());
        if count == 0 { Err(Errno::Dquot) } else { Ok(&from[..count]) }
    }

    /// Whether `name` is there; only asked where it matters.
    fn is_there(&mut self, dir: Handle, name: &str) -> Answer<Option<FileStat>> {
        match self.files.stat_at(dir, name) {
            Ok(stat) => Ok(Some(stat)),
            Err(Failure::Errno(Errno::Noent)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

impl Files for Quota {
    fn open(&mut self, dir: Handle, name: &str, options: &OpenOptions) -> Answer<Opened> {
        let adds =
            options.create && name != "." && self.limits_entries() && self.is_there(dir, name)?.is_none();
        if !adds {
            return self.files.open(dir, name, options);
        }
        let mut opened = None;
        self.add(|files| {
            opened = Some(files.open(dir, name, options)?);
            Ok(())
        })?;
        Ok(opened.ok_or(Errno::Io)?)
    }

    fn close(&mut self, handle: Handle) {
        self.files.close(handle);
    }

    fn stat(&mut self, handle: Handle) -> Answer<FileStat> {
        self.files.stat(handle)
    }

    fn stat_at(&mut self, dir: Handle, name: &str) -> Answer<FileStat> {
        self.files.stat_at(dir, name)
    }

    fn read_at(&mut self, file: Handle, offset: u64, into: &mut [u8]) -> Answer<usize> {
        self.files.read_at(file, offset, into)
    }

    fn read_dir(
        &mut self,
        dir: Handle,
        from: u64,
        entry: &mut dyn FnMut(&DirEntry<'_>) -> bool,
    ) -> Answer<()> {
        self.files.read_dir(dir, from, entry)
    }

    fn memory(&mut self) -> Option<&mut Memory> {
        self.files.memory()
    }

    fn read_link(&mut self, dir: Handle, name: &str, into: &mut [u8]) -> Answer<usize> {
        self.files.read_link(dir, name, into)
    }

    fn write_at(&mut self, file: Handle, offset: u64, from: &[u8]) -> Answer<usize> {
        if !self.limits_bytes() {
            return self.files.write_at(file, offset, from);
        }
        let gap = offset.saturating_sub(self.files.stat(file)?.size);
        let written = self.files.write_at(file, offset, self.allowed(gap, from)?)?;
        if written > 0 {
            self.take(gap.saturating_add(written as u64));
        }
        Ok(written)
    }

    fn append(&mut self, file: Handle, from: &[u8]) -> Answer<(usize, u64)> {
        let (written, end) = self.files.append(file, self.allowed(0, from)?)?;
        self.take(written as u64);
        Ok((written, end))
    }

    fn set_size(&mut self, file: Handle, size: u64) -> Answer<()> {
        if !self.limits_bytes() {
            return self.files.set_size(file, size);
        }
        let more = size.saturating_sub(self.files.stat(file)?.size);
        self.spend(more, |files| files.set_size(file, size))
    }

    fn allocate(&mut self, file: Handle, offset: u64, length: u64) -> Answer<()> {
        if !self.limits_bytes() {
            return self.files.allocate(file, offset, length);
        }
        let grown = offset.saturating_add(length).saturating_sub(self.files.stat(file)?.size);
        self.spend(grown.max(length), |files| files.allocate(file, offset, length))
    }

    fn set_times(&mut self, handle: Handle, times: &SetTimes) -> Answer<()> {
        self.files.set_times(handle, times)
    }

    fn set_times_at(&mut self, dir: Handle, name: &str, times: &SetTimes) -> Answer<()> {
        self.files.set_times_at(dir, name, times)
    }

    fn sync(&mut self, handle: Handle, data_only: bool) -> Answer<()> {
        self.files.sync(handle, data_only)
    }

    fn create_directory(&mut self, dir: Handle, name: &str) -> Answer<()> {
        self.add(|files| files.create_directory(dir, name))
    }

    fn remove_directory(&mut self, dir: Handle, name: &str) -> Answer<()> {
        self.remove(|files| files.remove_directory(dir, name))
    }

    fn unlink_file(&mut self, dir: Handle, name: &str) -> Answer<()> {
        self.remove(|files| files.unlink_file(dir, name))
    }

    fn rename(&mut self, dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> Answer<()> {
        if !self.limits_entries() {
            return self.files.rename(dir, name, new_dir, new_name);
        }
        let moved = self.files.stat_at(dir, name)?;
        let replaced = self.is_there(new_dir, new_name)?;
        self.files.rename(dir, name, new_dir, new_name)?;
        // Two names of one file both stay.
        if replaced.is_some_and(|it| (it.device, it.inode) != (moved.device, moved.inode)) {
            self.give_back();
        }
        Ok(())
    }

    fn link(&mut self, dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> Answer<()> {
        self.add(|files| files.link(dir, name, new_dir, new_name))
    }

    fn symlink(&mut self, target: &str, dir: Handle, name: &str) -> Answer<()> {
        self.add(|files| files.symlink(target, dir, name))
    }
}
