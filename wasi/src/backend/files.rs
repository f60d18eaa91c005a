//! Files and directories.

use super::{Answer, Memory};
use crate::Errno;
use crate::abi::types::FileType;

/// Something that a [`Files`] has opened; the number is its own affair.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Handle(pub u32);

impl Handle {
    /// The directory that the tree starts with. It is open from the beginning and never closed.
    pub const ROOT: Self = Self(0);
}

/// How [`Files::open`] opens.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct OpenOptions {
    /// To read from it (if it is a file).
    pub read: bool,
    /// To write to it; a directory then answers [`Errno::Isdir`].
    pub write: bool,
    /// Create an empty file if there is none. May come without `write`.
    pub create: bool,
    /// With `create`: [`Errno::Exist`] if there is anything of that name, a symbolic link included.
    pub exclusive: bool,
    /// Make the file empty. May come without `write`.
    pub truncate: bool,
    /// Only a directory will do; anything else answers [`Errno::Notdir`], a symbolic link [`Errno::Loop`].
    pub directory: bool,
}

impl OpenOptions {
    /// Whether something of kind `kind` that is there can be opened so, as far as that does not depend on the tree.
    pub(crate) fn check(&self, kind: FileType) -> Result<(), Errno> {
        if self.create && self.exclusive {
            return Err(Errno::Exist);
        }
        match kind {
            FileType::SymbolicLink => Err(Errno::Loop),
            FileType::Directory if self.write || self.truncate || self.create => Err(Errno::Isdir),
            FileType::Directory => Ok(()),
            _ if self.directory => Err(Errno::Notdir),
            _ => Ok(()),
        }
    }
}

/// Copies what `content` has from `offset` on to `into`, as much as there is room for, and says how much.
pub(crate) fn read_at(content: &[u8], offset: u64, into: &mut [u8]) -> usize {
    let rest = usize::try_from(offset).ok().and_then(|offset| content.get(offset..)).unwrap_or_default();
    let count = rest.len().min(into.len());
    into[..count].copy_from_slice(&rest[..count]);
    count
}

/// What [`Files::open`] opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opened {
    /// Its handle, until [`Files::close`].
    pub handle: Handle,
    /// What it is: a [`FileType::Directory`], or something to read and write.
    pub kind: FileType,
}

/// The attributes of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileStat {
    /// Number of the device that the file is on.
    pub device: u64,
    /// Number of the file on its device.
    pub inode: u64,
    /// What it is.
    pub kind: FileType,
    /// How many names it has.
    pub links: u64,
    /// Bytes in the file, or in the target of a symbolic link.
    pub size: u64,
    /// When it was last read, in nanoseconds since 1970.
    pub accessed: u64,
    /// When its content last changed.
    pub modified: u64,
    /// When its attributes last changed.
    pub changed: u64,
}

/// Times to set, in nanoseconds since 1970; nothing leaves a time as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SetTimes {
    /// The access time.
    pub accessed: Option<u64>,
    /// The modification time.
    pub modified: Option<u64>,
}

/// One name in a directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DirEntry<'a> {
    /// The name.
    pub name: &'a str,
    /// Number of the file on its device.
    pub inode: u64,
    /// What it is, not following a symbolic link.
    pub kind: FileType,
    /// Where a later reading goes on behind this entry; never 0, and below `u64::MAX - 2`.
    pub next: u64,
}

/// A tree of files.
///
/// Paths never get here. This crate walks them itself, one name at a time, and expands symbolic links on the way:
/// `dir` is always the handle of an open directory of this tree, and `name` a single name in it, never empty,
/// without `/` and NUL, and neither `.` nor `..` (except that [`open`](Self::open) of `.` opens the directory once
/// more). **No operation may follow a symbolic link**: one that would have to answers [`Errno::Loop`]. That
/// is all that it takes for a guest to stay inside.
///
/// A tree that is never written to leaves out all that follows [`read_dir`](Self::read_dir).
///
/// ```
/// use whit_wasi::backend::{Answer, DirEntry, Files, FileStat, Handle, OpenOptions, Opened};
/// use whit_wasi::{Errno, FileType};
///
/// /// Files that the program image brings along, all in one directory.
/// struct Flash(&'static [(&'static str, &'static [u8])]);
///
/// impl Flash {
///     // Handle 0 is the directory, handle n the file n - 1.
///     fn find(&self, name: &str) -> Answer<Handle> {
///         let index = self.0.iter().position(|file| file.0 == name).ok_or(Errno::Noent)?;
///         Ok(Handle(index as u32 + 1))
///     }
///
///     fn bytes(&self, file: Handle) -> Option<&'static [u8]> {
///         Some(self.0[(file.0 as usize).checked_sub(1)?].1)
///     }
/// }
///
/// impl Files for Flash {
///     fn open(&mut self, _: Handle, name: &str, options: &OpenOptions) -> Answer<Opened> {
///         if name == "." {
///             return Ok(Opened { handle: Handle::ROOT, kind: FileType::Directory });
///         }
///         let handle = self.find(name)?;
///         if options.directory {
///             return Err(Errno::Notdir.into());
///         }
///         if options.create && options.exclusive {
///             return Err(Errno::Exist.into());
///         }
///         if options.write || options.truncate {
///             return Err(Errno::Rofs.into());
///         }
///         Ok(Opened { handle, kind: FileType::RegularFile })
///     }
///
///     fn close(&mut self, _: Handle) {}
///
///     fn stat(&mut self, handle: Handle) -> Answer<FileStat> {
///         let file = self.bytes(handle);
///         let kind = if file.is_some() { FileType::RegularFile } else { FileType::Directory };
///         let size = file.map_or(0, |bytes| bytes.len() as u64);
///         let inode = u64::from(handle.0);
///         Ok(FileStat { device: 0, inode, kind, links: 1, size, accessed: 0, modified: 0, changed: 0 })
///     }
///
///     fn stat_at(&mut self, _: Handle, name: &str) -> Answer<FileStat> {
///         let handle = self.find(name)?;
///         self.stat(handle)
///     }
///
///     fn read_at(&mut self, file: Handle, offset: u64, into: &mut [u8]) -> Answer<usize> {
///         let bytes = self.bytes(file).ok_or(Errno::Isdir)?;
///         let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).unwrap_or(&[]);
///         let count = rest.len().min(into.len());
///         into[..count].copy_from_slice(&rest[..count]);
///         Ok(count)
///     }
///
///     fn read_dir(
///         &mut self,
///         _: Handle,
///         from: u64,
///         entry: &mut dyn FnMut(&DirEntry<'_>) -> bool,
///     ) -> Answer<()> {
///         for (index, (name, _)) in self.0.iter().enumerate().skip(from as usize) {
///             let next = index as u64 + 1;
///             if !entry(&DirEntry { name, inode: next, kind: FileType::RegularFile, next }) {
///                 break;
///             }
///         }
///         Ok(())
///     }
/// }
///
/// let mut files = Flash(&[("motd", b"welcome")]);
/// let motd = files.open(Handle::ROOT, "motd", &OpenOptions::default()).unwrap();
/// let mut bytes = [0; 16];
/// assert_eq!(files.read_at(motd.handle, 3, &mut bytes), Ok(4));
/// assert_eq!(&bytes[..4], b"come");
/// ```
pub trait Files: Send {
    /// Opens `name` in `dir`, or `dir` itself once more if `name` is `.`.
    ///
    /// A symbolic link answers [`Errno::Loop`], also with `directory`. A kind of file that should be out of a
    /// guest's reach (a device, a named pipe) answers [`Errno::Acces`], without waiting for anything.
    fn open(&mut self, dir: Handle, name: &str, options: &OpenOptions) -> Answer<Opened>;

    /// Closes what [`open`](Self::open) opened.
    fn close(&mut self, handle: Handle);

    /// The attributes of an open file or directory.
    fn stat(&mut self, handle: Handle) -> Answer<FileStat>;

    /// The attributes of `name` in `dir`: of a symbolic link itself, not of its target.
    fn stat_at(&mut self, dir: Handle, name: &str) -> Answer<FileStat>;

    /// Reads from byte `offset` on, and says how many bytes; 0 at the end of the file.
    fn read_at(&mut self, file: Handle, offset: u64, into: &mut [u8]) -> Answer<usize>;

    /// Hands the names in `dir` to `entry`, without `.` and `..`, until `entry` answers `false` or there are no
    /// more. It starts with the first if `from` is 0, else behind the entry whose [`DirEntry::next`] was `from`.
    ///
    /// The order stays the same while the directory is open; a name that is neither added nor removed meanwhile
    /// comes exactly once. A name that is not UTF-8 is left out.
    fn read_dir(
        &mut self,
        dir: Handle,
        from: u64,
        entry: &mut dyn FnMut(&DirEntry<'_>) -> bool,
    ) -> Answer<()>;

    /// The memory that the tree holds for its guest, if it is to come out of the budget of the guest's store.
    fn memory(&mut self) -> Option<&mut Memory> {
        None
    }

    /// Reads the target of the symbolic link `name` in `dir`: as much of it as fits `into`, and says how many
    /// bytes. [`Errno::Inval`] if it is not a symbolic link.
    fn read_link(&mut self, dir: Handle, name: &str, into: &mut [u8]) -> Answer<usize> {
        let _ = (dir, name, into);
        Err(Errno::Inval.into())
    }

    /// Writes some of `from` at byte `offset`, filling a gap before it with zeros, and says how many bytes.
    fn write_at(&mut self, file: Handle, offset: u64, from: &[u8]) -> Answer<usize> {
        let _ = (file, offset, from);
        Err(Errno::Rofs.into())
    }

    /// Writes some of `from` at the end of the file, wherever that is then; says how many bytes, and the offset
    /// behind them.
    fn append(&mut self, file: Handle, from: &[u8]) -> Answer<(usize, u64)> {
        let _ = (file, from);
        Err(Errno::Rofs.into())
    }

    /// Cuts the file off at `size` bytes, or fills it up to there with zeros.
    fn set_size(&mut self, file: Handle, size: u64) -> Answer<()> {
        let _ = (file, size);
        Err(Errno::Rofs.into())
    }

    /// Makes sure that writing to `length` bytes at `offset` will not lack space; the file becomes at least
    /// that long.
    fn allocate(&mut self, file: Handle, offset: u64, length: u64) -> Answer<()> {
        let end = offset.checked_add(length).ok_or(Errno::Fbig)?;
        if self.stat(file)?.size < end { self.set_size(file, end) } else { Ok(()) }
    }

    /// Sets times of an open file or directory.
    fn set_times(&mut self, handle: Handle, times: &SetTimes) -> Answer<()> {
        let _ = (handle, times);
        Err(Errno::Rofs.into())
    }

    /// Sets times of `name` in `dir`: of a symbolic link itself, not of its target.
    fn set_times_at(&mut self, dir: Handle, name: &str, times: &SetTimes) -> Answer<()> {
        let _ = (dir, name, times);
        Err(Errno::Rofs.into())
    }

    /// Stores what was written: with `data_only`, the content but not necessarily its attributes. A backend that
    /// answers *not ready* goes on with it until it is asked again, or is not.
    fn sync(&mut self, handle: Handle, data_only: bool) -> Answer<()> {
        let _ = (handle, data_only);
        Ok(())
    }

    /// Makes an empty directory.
    fn create_directory(&mut self, dir: Handle, name: &str) -> Answer<()> {
        let _ = (dir, name);
        Err(Errno::Rofs.into())
    }

    /// Removes an empty directory; [`Errno::Notempty`] or [`Errno::Notdir`] if it is not one.
    fn remove_directory(&mut self, dir: Handle, name: &str) -> Answer<()> {
        let _ = (dir, name);
        Err(Errno::Rofs.into())
    }

    /// Removes a name of a file or symbolic link; [`Errno::Isdir`] if it is a directory. What is open stays usable.
    fn unlink_file(&mut self, dir: Handle, name: &str) -> Answer<()> {
        let _ = (dir, name);
        Err(Errno::Rofs.into())
    }

    /// Moves `name` in `dir` to `new_name` in `new_dir`, replacing a file by a file or an empty directory by a
    /// directory.
    fn rename(&mut self, dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> Answer<()> {
        let _ = (dir, name, new_dir, new_name);
        Err(Errno::Rofs.into())
    }

    /// Gives the file (or symbolic link, itself) `name` in `dir` one more name; [`Errno::Perm`] if it is a
    /// directory.
    fn link(&mut self, dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> Answer<()> {
        let _ = (dir, name, new_dir, new_name);
        Err(Errno::Rofs.into())
    }

    /// Makes a symbolic link. `target` is any text without NUL: it is only ever expanded by this crate.
    fn symlink(&mut self, target: &str, dir: Handle, name: &str) -> Answer<()> {
        let _ = (target, dir, name);
        Err(Errno::Rofs.into())
    }
}
