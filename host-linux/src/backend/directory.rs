//! A host directory as a tree of files that a guest cannot leave.
//!
//! The WASI crate walks paths itself and asks for one name in one open directory at a time. Every system call here
//! takes such a name relative to that directory's descriptor and follows no link, so that neither `..`, nor a link,
//! nor a rename by somebody else can lead the kernel anywhere but to an entry of that very directory.

use std::io::IoSlice;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{self, AtFlags, FallocateFlags, Mode, OFlags, Stat, Timespec, Timestamps};
use rustix::io::{self, Errno as System, ReadWriteFlags};
use whit_wasi::backend::{
    Answer, DirEntry, Failure, FileStat, Files, Handle, Memory, OpenOptions, Opened, SetTimes, Slots,
};
use whit_wasi::{Errno, FileType};

use super::errno::translate;

mod listing;
#[cfg(test)]
mod tests;

/// A host directory, and what the guest has opened below it.
pub(crate) struct Directory {
    open: Slots<OwnedFd>,
    read_only: bool,
    listing: listing::Buffer,
    memory: Memory,
}

impl Directory {
    /// The directory `path`; with `read_only`, nothing in it can be changed.
    pub(crate) fn open(path: &Path, read_only: bool) -> std::io::Result<Self> {
        let root = fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let (mut open, mut memory) = (Slots::new(), Memory::new());
        // The first handle is 0, which is the root's.
        open.insert_in(root, &mut memory).ok_or(std::io::ErrorKind::OutOfMemory)?;
        Ok(Self { open, read_only, listing: listing::Buffer::default(), memory })
    }

    fn fd(&self, handle: Handle) -> Answer<&OwnedFd> {
        self.open.get(handle).ok_or(Failure::Errno(Errno::Badf))
    }

    /// The directory `dir`, if `name` is a single name, which is all that may come here.
    fn entry(&self, dir: Handle, name: &str) -> Answer<&OwnedFd> {
        if matches!(name, "" | "." | "..") || name.contains('/') {
            return Err(Errno::Notcapable.into());
        }
        self.fd(dir)
    }

    fn writable(&self) -> Answer<()> {
        if self.read_only { Err(Errno::Rofs.into()) } else { Ok(()) }
    }

    /// Opens `name`, following nothing and waiting for nothing.
    fn open_at(&self, dir: Handle, name: &str, options: &OpenOptions) -> Answer<OwnedFd> {
        let at = if name == "." { self.fd(dir)? } else { self.entry(dir, name)? };
        let mut flags = OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
        flags |= match (options.read, options.write || options.truncate) {
            (_, false) => OFlags::RDONLY,
            (false, true) => OFlags::WRONLY,
            (true, true) => OFlags::RDWR,
        };
        for (wanted, flag) in [
            (options.create, OFlags::CREATE),
            (options.create && options.exclusive, OFlags::EXCL),
            (options.truncate, OFlags::TRUNC),
            (options.directory, OFlags::DIRECTORY),
        ] {
            flags.set(flag, wanted);
        }
        match fs::openat(at, name, flags, Mode::from_raw_mode(0o666)) {
            // A directory that may be passed through but not listed.
            Err(System::ACCESS) if options.directory && !options.write => {
                let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                fs::openat(at, name, flags, Mode::empty()).map_err(translate)
            }
            // A link: asked for a directory, the kernel says only that it is none.
            Err(System::NOTDIR) if options.directory => {
                let stat = fs::statat(at, name, AtFlags::SYMLINK_NOFOLLOW).map_err(translate)?;
                let link = kind(&stat) == FileType::SymbolicLink;
                Err(if link { Errno::Loop } else { Errno::Notdir }.into())
            }
            // A pipe without a reader, or a socket.
            Err(System::NXIO) => Err(Errno::Acces.into()),
            result => result.map_err(translate),
        }
    }

    /// What [`open_at`](Self::open_at) does in a directory where nothing may be changed.
    fn open_read_only(&self, dir: Handle, name: &str, options: &OpenOptions) -> Answer<OwnedFd> {
        let mut reading = *options;
        reading.create = false;
        reading.exclusive = false;
        match self.open_at(dir, name, &reading) {
            Err(Failure::Errno(Errno::Noent)) if options.create => Err(Errno::Rofs.into()),
            Ok(_) if options.create && options.exclusive => Err(Errno::Exist.into()),
            result => result,
        }
    }
}

impl Files for Directory {
    fn open(&mut self, dir: Handle, name: &str, options: &OpenOptions) -> Answer<Opened> {
        let file = if !self.read_only {
            self.open_at(dir, name, options)?
        } else if options.write || options.truncate {
            return Err(Errno::Rofs.into());
        } else {
            self.open_read_only(dir, name, options)?
        };
        let kind = kind(&fs::fstat(&file).map_err(translate)?);
        if !matches!(kind, FileType::Directory | FileType::RegularFile) {
            return Err(Errno::Acces.into());
        }
        let handle = self.open.insert_in(file, &mut self.memory).ok_or(Errno::Nfile)?;
        Ok(Opened { handle, kind })
    }

    fn close(&mut self, handle: Handle) {
        if handle != Handle::ROOT {
            self.open.remove(handle);
        }
    }

    fn stat(&mut self, handle: Handle) -> Answer<FileStat> {
        fs::fstat(self.fd(handle)?).map(|stat| file_stat(&stat)).map_err(translate)
    }

    fn stat_at(&mut self, dir: Handle, name: &str) -> Answer<FileStat> {
        let stat = fs::statat(self.entry(dir, name)?, name, AtFlags::SYMLINK_NOFOLLOW);
        stat.map(|stat| file_stat(&stat)).map_err(translate)
    }

    fn read_at(&mut self, file: Handle, offset: u64, into: &mut [u8]) -> Answer<usize> {
        let file = self.fd(file)?;
        io::retry_on_intr(|| io::pread(file, &mut *into, offset)).map_err(translate)
    }

    fn read_dir(
        &mut self,
        dir: Handle,
        from: u64,
        entry: &mut dyn FnMut(&DirEntry<'_>) -> bool,
    ) -> Answer<()> {
        let dir = self.open.get(dir).ok_or(Errno::Badf)?;
        self.listing.list(dir.as_fd(), from, &mut self.memory, entry)
    }

    fn memory(&mut self) -> Option<&mut Memory> {
        Some(&mut self.memory)
    }

    fn read_link(&mut self, dir: Handle, name: &str, into: &mut [u8]) -> Answer<usize> {
        fs::readlinkat_raw(self.entry(dir, name)?, name, into).map_err(translate)
    }

    fn write_at(&mut self, file: Handle, offset: u64, from: &[u8]) -> Answer<usize> {
        let file = self.fd(file)?;
        io::retry_on_intr(|| io::pwrite(file, from, offset)).map_err(translate)
    }

    fn append(&mut self, file: Handle, from: &[u8]) -> Answer<(usize, u64)> {
        let file = self.fd(file)?;
        // Offset -1 is the descriptor's own position, which appending leaves behind what was written. Nothing else
        // here uses that position.
        let own_position = u64::MAX;
        let append = || io::pwritev2(file, &[IoSlice::new(from)], own_position, ReadWriteFlags::APPEND);
        let count = io::retry_on_intr(append).map_err(translate)?;
        Ok((count, fs::tell(file).map_err(translate)?))
    }

    fn set_size(&mut self, file: Handle, size: u64) -> Answer<()> {
        self.writable()?;
        fs::ftruncate(self.fd(file)?, size).map_err(translate)
    }

    fn allocate(&mut self, file: Handle, offset: u64, length: u64) -> Answer<()> {
        self.writable()?;
        let end = offset.checked_add(length).ok_or(Errno::Fbig)?;
        match fs::fallocate(self.fd(file)?, FallocateFlags::empty(), offset, length) {
            // The file system cannot promise space; it can make the file long enough.
            Err(System::OPNOTSUPP) if self.stat(file)?.size < end => self.set_size(file, end),
            Err(System::OPNOTSUPP) => Ok(()),
            result => result.map_err(translate),
        }
    }

    fn set_times(&mut self, handle: Handle, times: &SetTimes) -> Answer<()> {
        self.writable()?;
        fs::futimens(self.fd(handle)?, &timestamps(times)).map_err(translate)
    }

    fn set_times_at(&mut self, dir: Handle, name: &str, times: &SetTimes) -> Answer<()> {
        self.writable()?;
        let dir = self.entry(dir, name)?;
        fs::utimensat(dir, name, &timestamps(times), AtFlags::SYMLINK_NOFOLLOW).map_err(translate)
    }

    fn sync(&mut self, handle: Handle, data_only: bool) -> Answer<()> {
        let file = self.fd(handle)?;
        if data_only { fs::fdatasync(file) } else { fs::fsync(file) }.map_err(translate)
    }

    fn create_directory(&mut self, dir: Handle, name: &str) -> Answer<()> {
        self.writable()?;
        fs::mkdirat(self.entry(dir, name)?, name, Mode::from_raw_mode(0o777)).map_err(translate)
    }

    fn remove_directory(&mut self, dir: Handle, name: &str) -> Answer<()> {
        self.writable()?;
        fs::unlinkat(self.entry(dir, name)?, name, AtFlags::REMOVEDIR).map_err(translate)
    }

    fn unlink_file(&mut self, dir: Handle, name: &str) -> Answer<()> {
        self.writable()?;
        fs::unlinkat(self.entry(dir, name)?, name, AtFlags::empty()).map_err(translate)
    }

    fn rename(&mut self, dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> Answer<()> {
        self.writable()?;
        fs::renameat(self.entry(dir, name)?, name, self.entry(new_dir, new_name)?, new_name)
            .map_err(translate)
    }

    fn link(&mut self, dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> Answer<()> {
        self.writable()?;
        let (from, to) = (self.entry(dir, name)?, self.entry(new_dir, new_name)?);
        fs::linkat(from, name, to, new_name, AtFlags::empty()).map_err(translate)
    }

    fn symlink(&mut self, target: &str, dir: Handle, name: &str) -> Answer<()> {
        self.writable()?;
        fs::symlinkat(target, self.entry(dir, name)?, name).map_err(translate)
    }
}

fn kind(stat: &Stat) -> FileType {
    file_type(fs::FileType::from_raw_mode(stat.st_mode))
}

fn file_type(ty: fs::FileType) -> FileType {
    match ty {
        fs::FileType::RegularFile => FileType::RegularFile,
        fs::FileType::Directory => FileType::Directory,
        fs::FileType::Symlink => FileType::SymbolicLink,
        fs::FileType::CharacterDevice => FileType::CharacterDevice,
        fs::FileType::BlockDevice => FileType::BlockDevice,
        fs::FileType::Socket => FileType::SocketStream,
        fs::FileType::Fifo | fs::FileType::Unknown => FileType::Unknown,
    }
}

// The fields' types differ between processors; on some of them a conversion here does nothing.
#[allow(clippy::unnecessary_cast, clippy::useless_conversion, clippy::unnecessary_fallible_conversions)]
fn file_stat(stat: &Stat) -> FileStat {
    // A time before 1970 becomes 1970.
    let time = |seconds: i64, nanoseconds: u64| {
        u64::try_from(seconds).map_or(0, |seconds| seconds.saturating_mul(1_000_000_000) + nanoseconds)
    };
    FileStat {
        device: stat.st_dev as u64,
        inode: stat.st_ino as u64,
        kind: kind(stat),
        links: stat.st_nlink as u64,
        size: u64::try_from(stat.st_size).unwrap_or(0),
        accessed: time(stat.st_atime as i64, stat.st_atime_nsec as u64),
        modified: time(stat.st_mtime as i64, stat.st_mtime_nsec as u64),
        changed: time(stat.st_ctime as i64, stat.st_ctime_nsec as u64),
    }
}

fn timestamps(times: &SetTimes) -> Timestamps {
    let time = |time: Option<u64>| match time {
        Some(nanoseconds) => Timespec {
            tv_sec: (nanoseconds / 1_000_000_000).cast_signed(),
            tv_nsec: (nanoseconds % 1_000_000_000) as _,
        },
        None => Timespec { tv_sec: 0, tv_nsec: fs::UTIME_OMIT as _ },
    };
    Timestamps { last_access: time(times.accessed), last_modification: time(times.modified) }
}
