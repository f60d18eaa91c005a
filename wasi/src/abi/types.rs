//! Enumerations and flags of preview 1, with the numbers that the guest uses.

macro_rules! enums {
    ($($(#[$doc:meta])* $name:ident { $($(#[$row:meta])* $variant:ident = $number:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$row])* $variant = $number,)*
        }

        impl $name {
            /// The value whose number is `number`.
            #[must_use]
            pub const fn from_number(number: u32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident: $repr:ty { $($(#[$row:meta])* $flag:ident = $bit:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name(pub $repr);

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                flag_names(u64::from(self.0), &[$((stringify!($flag), $bit)),*], f)
            }
        }

        impl $name {
            $($(#[$row])* pub const $flag: Self = Self(1 << $bit);)*

            /// No flag.
            pub const NONE: Self = Self(0);

            /// Every flag.
            pub const ALL: Self = Self(0 $(| 1 << $bit)*);

            /// Whether all of `other`'s flags are set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// The flags that are set in either.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The flags that are set in both.
            #[must_use]
            pub const fn intersection(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// The flags of `self` that are not set in `other`.
            #[must_use]
            pub const fn without(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// The flags in `bits`, if all of them are known.
            #[must_use]
            pub const fn from_bits(bits: $repr) -> Option<Self> {
                if bits & !Self::ALL.0 == 0 { Some(Self(bits)) } else { None }
            }
        }
    )*};
}

/// Writes the names of the bits that are set, or a number where that would be long.
fn flag_names(bits: u64, names: &[(&str, u32)], f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
    let known = names.iter().fold(0, |all, (_, bit)| all | 1 << bit);
    if bits == 0 || bits & !known != 0 || bits.count_ones() > 4 {
        return write!(f, "{bits:#x}");
    }
    let set = names.iter().filter(|(_, bit)| bits & 1 << bit != 0);
    set.enumerate().try_for_each(|(index, (name, _))| {
        f.write_str(if index > 0 { "|" } else { "" })?;
        f.write_str(name)
    })
}

enums! {
    /// Clocks that a guest can ask.
    ClockId {
        /// Nanoseconds since 1970-01-01T00:00:00Z.
        Realtime = 0,
        /// Never set and never going back; zero is anywhere.
        Monotonic = 1,
        /// Time that the processor spent on this process.
        ProcessCputime = 2,
        /// Time that the processor spent on this thread.
        ThreadCputime = 3,
    }

    /// What a descriptor or a directory entry is.
    FileType {
        /// None of the others, or not known.
        Unknown = 0,
        /// A block device.
        BlockDevice = 1,
        /// A character device, such as a terminal.
        CharacterDevice = 2,
        /// A directory.
        Directory = 3,
        /// A regular file.
        RegularFile = 4,
        /// A datagram socket.
        SocketDgram = 5,
        /// A byte-stream socket.
        SocketStream = 6,
        /// A symbolic link.
        SymbolicLink = 7,
    }

    /// What an offset is relative to.
    Whence {
        /// The start of the file.
        Set = 0,
        /// The current position.
        Cur = 1,
        /// The end of the file.
        End = 2,
    }

    /// What a subscription of `poll_oneoff` waits for.
    EventType {
        /// A clock reaches a time.
        Clock = 0,
        /// A descriptor has something to read.
        FdRead = 1,
        /// A descriptor can be written to.
        FdWrite = 2,
    }

    /// How a guest means to use a part of a file.
    Advice {
        /// No advice.
        Normal = 0,
        /// From lower offsets to higher.
        Sequential = 1,
        /// In random order.
        Random = 2,
        /// Soon.
        Willneed = 3,
        /// Not soon.
        Dontneed = 4,
        /// Once, and then not again.
        Noreuse = 5,
    }
}

flags! {
    /// State of a descriptor that the guest sets.
    FdFlags: u16 {
        /// Every write goes to the end of the file.
        APPEND = 0,
        /// A write returns when the data is stored.
        DSYNC = 1,
        /// A call that would wait answers [`Errno::Again`](crate::Errno::Again).
        NONBLOCK = 2,
        /// A read waits for pending writes.
        RSYNC = 3,
        /// A write returns when data and attributes are stored.
        SYNC = 4,
    }

    /// How `path_open` opens.
    OFlags: u16 {
        /// Create the file if it does not exist.
        CREAT = 0,
        /// Fail if it is not a directory.
        DIRECTORY = 1,
        /// Fail if it exists.
        EXCL = 2,
        /// Make it empty.
        TRUNC = 3,
    }

    /// How a path is resolved.
    LookupFlags: u32 {
        /// A symbolic link in the last place is followed.
        SYMLINK_FOLLOW = 0,
    }

    /// Which times are set, and to what.
    FstFlags: u16 {
        /// The access time, to the given value.
        ATIM = 0,
        /// The access time, to the present.
        ATIM_NOW = 1,
        /// The modification time, to the given value.
        MTIM = 2,
        /// The modification time, to the present.
        MTIM_NOW = 3,
    }

    /// How `sock_recv` receives.
    RiFlags: u16 {
        /// What is received stays there to be received again.
        PEEK = 0,
        /// All buffers are to be filled, as far as the connection and its descriptor allow.
        WAITALL = 1,
    }

    /// Which directions of a connection `sock_shutdown` ends.
    SdFlags: u8 {
        /// Receiving.
        RD = 0,
        /// Sending.
        WR = 1,
    }

    /// What `poll_oneoff` tells about a descriptor.
    EventRwFlags: u16 {
        /// The other end has closed the stream.
        FD_READWRITE_HANGUP = 0,
    }

    /// How a clock subscription gives its time.
    SubclockFlags: u16 {
        /// The time is absolute, not relative to the present.
        ABSTIME = 0,
    }

    /// What a guest may do with a descriptor.
    Rights: u64 {
        /// `fd_datasync`.
        FD_DATASYNC = 0,
        /// `fd_read`, and with `FD_SEEK` `fd_pread`.
        FD_READ = 1,
        /// `fd_seek`; implies `FD_TELL`.
        FD_SEEK = 2,
        /// `fd_fdstat_set_flags`.
        FD_FDSTAT_SET_FLAGS = 3,
        /// `fd_sync`.
        FD_SYNC = 4,
        /// `fd_tell`, and `fd_seek` that moves nothing.
        FD_TELL = 5,
        /// `fd_write`, and with `FD_SEEK` `fd_pwrite`.
        FD_WRITE = 6,
        /// `fd_advise`.
        FD_ADVISE = 7,
        /// `fd_allocate`.
        FD_ALLOCATE = 8,
        /// `path_create_directory`.
        PATH_CREATE_DIRECTORY = 9,
        /// `path_open` with [`OFlags::CREAT`].
        PATH_CREATE_FILE = 10,
        /// `path_link` from here.
        PATH_LINK_SOURCE = 11,
        /// `path_link` to here.
        PATH_LINK_TARGET = 12,
        /// `path_open`.
        PATH_OPEN = 13,
        /// `fd_readdir`.
        FD_READDIR = 14,
        /// `path_readlink`.
        PATH_READLINK = 15,
        /// `path_rename` from here.
        PATH_RENAME_SOURCE = 16,
        /// `path_rename` to here.
        PATH_RENAME_TARGET = 17,
        /// `path_filestat_get`.
        PATH_FILESTAT_GET = 18,
        /// `path_open` with [`OFlags::TRUNC`].
        PATH_FILESTAT_SET_SIZE = 19,
        /// `path_filestat_set_times`.
        PATH_FILESTAT_SET_TIMES = 20,
        /// `fd_filestat_get`.
        FD_FILESTAT_GET = 21,
        /// `fd_filestat_set_size`.
        FD_FILESTAT_SET_SIZE = 22,
        /// `fd_filestat_set_times`.
        FD_FILESTAT_SET_TIMES = 23,
        /// `path_symlink`.
        PATH_SYMLINK = 24,
        /// `path_remove_directory`.
        PATH_REMOVE_DIRECTORY = 25,
        /// `path_unlink_file`.
        PATH_UNLINK_FILE = 26,
        /// `poll_oneoff` on the descriptor.
        POLL_FD_READWRITE = 27,
        /// `sock_shutdown`.
        SOCK_SHUTDOWN = 28,
        /// `sock_accept`.
        SOCK_ACCEPT = 29,
    }
}
