//! The table of functions: everything about a function that is not its body follows from its row.

use core::fmt;
use core::marker::PhantomData;

use whit::ValType;

use super::guest::{Guest, IoVecs, Region};
use super::types::{Advice, ClockId, FdFlags, FstFlags, LookupFlags, OFlags, RiFlags, Rights, SdFlags};
use super::{Abi, Errno};
use crate::backend::{Answer, Failure};
use crate::call::{args, clock, dir, fd_io, fd_meta, path, poll, process, random, sock};
use crate::ctx::WasiCtx;
use crate::trace::{Line, Quoted};

/// What a call comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It returns to the guest.
    Return(Result<(), Errno>),
    /// It cannot answer yet: the same call is to be made again later.
    NotReady,
    /// The guest ends, with this status.
    Exit(i32),
}

impl From<Answer<()>> for Outcome {
    fn from(answer: Answer<()>) -> Self {
        match answer {
            Ok(()) => Self::Return(Ok(())),
            Err(Failure::Errno(errno)) => Self::Return(Err(errno)),
            Err(Failure::NotReady) => Self::NotReady,
        }
    }
}

/// A kind of parameter: one or two values of the guest.
trait Argument {
    /// What it is decoded to.
    type Value: fmt::Debug;

    const TYPES: &'static [ValType];

    fn decode(values: &[u64]) -> Result<Self::Value, Errno>;

    /// Adds it to a trace: what the guest passes, or, with `result`, what it gets when the call went well.
    fn show(line: &mut Line, name: &str, values: &[u64], _guest: &Guest<'_>, result: bool) -> fmt::Result {
        match Self::decode(values) {
            _ if result => Ok(()),
            Ok(value) => line.item(name, format_args!("{value:?}")),
            Err(_) => line.item(name, format_args!("{values:?}")),
        }
    }
}

/// A pointer to a number that the guest gets.
struct Out<T>(PhantomData<T>);

/// A pointer to something else.
struct Pointer;

/// A piece of memory with a path or another text.
struct Text;

/// A list of pieces of memory with bytes to write.
struct Bytes;

macro_rules! arguments {
    ($($ty:ty: $types:expr, $values:pat => $decoded:expr;)*) => {$(
        impl Argument for $ty {
            type Value = Self;

            const TYPES: &'static [ValType] = &$types;

            fn decode(values: &[u64]) -> Result<Self, Errno> {
                match *values {
                    $values => $decoded,
                    _ => Err(Errno::Inval),
                }
            }
        }
    )*};
}

/// Parameters that are decoded like others and shown differently.
macro_rules! shown {
    ($($ty:ty as $value:ty: |$line:ident, $name:ident, $decoded:ident, $guest:ident, $result:ident| $show:expr;)*) => {$(
        impl Argument for $ty {
            type Value = $value;

            const TYPES: &'static [ValType] = <$value as Argument>::TYPES;

            fn decode(values: &[u64]) -> Result<$value, Errno> {
                <$value as Argument>::decode(values)
            }

            fn show($line: &mut Line, $name: &str, values: &[u64], $guest: &Guest<'_>, $result: bool) -> fmt::Result {
                let Ok($decoded) = Self::decode(values) else { return Ok(()) };
                $show
            }
        }
    )*};
}

shown! {
    Out<u32> as u32: |line, name, pointer, guest, result| match guest.u32(pointer) {
        Ok(number) if result => line.item(name, format_args!("{number}")),
        _ => Ok(()),
    };
    Out<u64> as u32: |line, name, pointer, guest, result| match guest.u64(pointer) {
        Ok(number) if result => line.item(name, format_args!("{number}")),
        _ => Ok(()),
    };
    Pointer as u32: |line, name, pointer, _guest, result| match result {
        true => Ok(()),
        false => line.item(name, format_args!("{pointer:#x}")),
    };
    Text as Region: |line, name, region, guest, result| match guest.bytes(region) {
        _ if result => Ok(()),
        Ok(bytes) => line.item(name, format_args!("{}", Quoted { bytes, limit: 128 })),
        Err(_) => line.item(name, format_args!("{region:?}")),
    };
    Bytes as IoVecs: |line, name, list, guest, result| match guest.io_vec(list, 0).and_then(|it| guest.bytes(it)) {
        _ if result => Ok(()),
        Ok(bytes) if list.count == 1 => line.item(name, format_args!("{}", Quoted { bytes, limit: 32 })),
        Ok(bytes) if list.count > 1 => {
            line.item(name, format_args!("{}+{}", Quoted { bytes, limit: 32 }, list.count - 1))
        }
        _ => line.item(name, format_args!("{list:?}")),
    };
}

fn low(value: u64) -> u32 {
    value as u32
}

fn low16(value: u64) -> Result<u16, Errno> {
    u16::try_from(low(value)).map_err(|_| Errno::Inval)
}

arguments! {
    u32: [ValType::I32], [a] => Ok(low(a));
    u64: [ValType::I64], [a] => Ok(a);
    i64: [ValType::I64], [a] => Ok(a as i64);
    Region: [ValType::I32, ValType::I32], [a, b] => Ok(Region { pointer: low(a), length: low(b) });
    IoVecs: [ValType::I32, ValType::I32], [a, b] => Ok(IoVecs { pointer: low(a), count: low(b) });
    ClockId: [ValType::I32], [a] => ClockId::from_number(low(a)).ok_or(Errno::Inval);
    Advice: [ValType::I32], [a] => Advice::from_number(low(a)).ok_or(Errno::Inval);
    FdFlags: [ValType::I32], [a] => FdFlags::from_bits(low16(a)?).ok_or(Errno::Inval);
    OFlags: [ValType::I32], [a] => OFlags::from_bits(low16(a)?).ok_or(Errno::Inval);
    FstFlags: [ValType::I32], [a] => FstFlags::from_bits(low16(a)?).ok_or(Errno::Inval);
    LookupFlags: [ValType::I32], [a] => LookupFlags::from_bits(low(a)).ok_or(Errno::Inval);
    RiFlags: [ValType::I32], [a] => RiFlags::from_bits(low16(a)?).ok_or(Errno::Inval);
    SdFlags: [ValType::I32], [a] => {
        u8::try_from(low(a)).ok().and_then(SdFlags::from_bits).filter(|how| *how != SdFlags::NONE).ok_or(Errno::Inval)
    };
    // Guests ask for all 64; those without a meaning are never granted.
    Rights: [ValType::I64], [a] => Ok(Rights(a).intersection(Rights::ALL));
}

macro_rules! calls {
    ($($(#[$doc:meta])* $variant:ident = $module:ident::$name:ident($($parameter:ident: $ty:ty),*);)*) => {
        /// A function of preview 1.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Call {
            $($(#[$doc])* $variant,)*
        }

        impl Call {
            /// Every function.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name under which modules import it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($name),)*
                }
            }

            /// The types of what it is called with, by parameter.
            fn types(self) -> &'static [&'static [ValType]] {
                match self {
                    $(Self::$variant => &[$(<$ty as Argument>::TYPES),*],)*
                }
            }
        }

        /// Adds the arguments of `call` to `line`, or its results.
        pub(crate) fn show(
            line: &mut Line,
            call: Call,
            values: &[u64],
            guest: &Guest<'_>,
            result: bool,
        ) -> fmt::Result {
            match call {
                $(Call::$variant => {
                    #[allow(unused_mut, unused_variables, reason = "some functions have no parameters")]
                    let mut rest = values;
                    $(if let Some(values) = rest.split_off(..<$ty as Argument>::TYPES.len()) {
                        <$ty as Argument>::show(line, stringify!($parameter), values, guest, result)?;
                    })*
                    Ok(())
                })*
            }
        }

        /// Makes `call` with the values `values`.
        pub(crate) fn dispatch(ctx: &mut WasiCtx, guest: &mut Guest<'_>, call: Call, values: &[u64]) -> Outcome {
            match call {
                $(Call::$variant => {
                    #[allow(unused_mut, unused_variables, reason = "some functions have no parameters")]
                    let mut rest = values;
                    $(let $parameter = match take::<$ty>(&mut rest) {
                        Ok(value) => value,
                        Err(errno) => return Outcome::Return(Err(errno)),
                    };)*
                    $module::$name(ctx, guest, $($parameter),*).into()
                })*
            }
        }
    };
}

fn take<A: Argument>(rest: &mut &[u64]) -> Result<A::Value, Errno> {
    A::decode(rest.split_off(..A::TYPES.len()).ok_or(Errno::Inval)?)
}

calls! {
    /// Writes the arguments.
    ArgsGet = args::args_get(argv: Pointer, buffer: Pointer);
    /// How many arguments there are, and how many bytes they take.
    ArgsSizesGet = args::args_sizes_get(count: Out<u32>, size: Out<u32>);
    /// Writes the environment.
    EnvironGet = args::environ_get(environ: Pointer, buffer: Pointer);
    /// How many variables there are, and how many bytes they take.
    EnvironSizesGet = args::environ_sizes_get(count: Out<u32>, size: Out<u32>);
    /// The resolution of a clock.
    ClockResGet = clock::clock_res_get(id: ClockId, resolution: Out<u64>);
    /// The time of a clock.
    ClockTimeGet = clock::clock_time_get(id: ClockId, precision: u64, time: Out<u64>);
    /// Says how a part of a file will be used.
    FdAdvise = fd_meta::fd_advise(fd: u32, offset: u64, length: u64, advice: Advice);
    /// Sees to it that a part of a file has space.
    FdAllocate = fd_meta::fd_allocate(fd: u32, offset: u64, length: u64);
    /// Closes a descriptor.
    FdClose = fd_meta::fd_close(fd: u32);
    /// Stores the content of a file.
    FdDatasync = fd_meta::fd_datasync(fd: u32);
    /// The attributes of a descriptor.
    FdFdstatGet = fd_meta::fd_fdstat_get(fd: u32, stat: Pointer);
    /// Sets the flags of a descriptor.
    FdFdstatSetFlags = fd_meta::fd_fdstat_set_flags(fd: u32, flags: FdFlags);
    /// Takes rights from a descriptor.
    FdFdstatSetRights = fd_meta::fd_fdstat_set_rights(fd: u32, base: Rights, inheriting: Rights);
    /// The attributes of a file.
    FdFilestatGet = fd_meta::fd_filestat_get(fd: u32, stat: Pointer);
    /// Sets the size of a file.
    FdFilestatSetSize = fd_meta::fd_filestat_set_size(fd: u32, size: u64);
    /// Sets the times of a file.
    FdFilestatSetTimes = fd_meta::fd_filestat_set_times(fd: u32, accessed: u64, modified: u64, flags: FstFlags);
    /// Reads at an offset.
    FdPread = fd_io::fd_pread(fd: u32, buffers: IoVecs, offset: u64, count: Out<u32>);
    /// What kind of pre-opened descriptor it is, and how long its name is.
    FdPrestatGet = fd_meta::fd_prestat_get(fd: u32, stat: Pointer);
    /// The name of a pre-opened directory.
    FdPrestatDirName = fd_meta::fd_prestat_dir_name(fd: u32, name: Region);
    /// Writes at an offset.
    FdPwrite = fd_io::fd_pwrite(fd: u32, buffers: Bytes, offset: u64, count: Out<u32>);
    /// Reads at the position.
    FdRead = fd_io::fd_read(fd: u32, buffers: IoVecs, count: Out<u32>);
    /// Reads names in a directory.
    FdReaddir = dir::fd_readdir(fd: u32, buffer: Region, cookie: u64, used: Out<u32>);
    /// Moves a descriptor to another number.
    FdRenumber = fd_meta::fd_renumber(from: u32, to: u32);
    /// Moves the position.
    FdSeek = fd_io::fd_seek(fd: u32, delta: i64, whence: u32, position: Out<u64>);
    /// Stores a file with its attributes.
    FdSync = fd_meta::fd_sync(fd: u32);
    /// The position.
    FdTell = fd_io::fd_tell(fd: u32, position: Out<u64>);
    /// Writes at the position.
    FdWrite = fd_io::fd_write(fd: u32, buffers: Bytes, count: Out<u32>);
    /// Makes a directory.
    PathCreateDirectory = dir::path_create_directory(fd: u32, path: Text);
    /// The attributes of a file.
    PathFilestatGet = path::path_filestat_get(fd: u32, lookup: LookupFlags, path: Text, stat: Pointer);
    /// Sets the times of a file.
    PathFilestatSetTimes = path::path_filestat_set_times(
        fd: u32, lookup: LookupFlags, path: Text, accessed: u64, modified: u64, flags: FstFlags);
    /// Makes one more name for a file.
    PathLink = path::path_link(
        old_fd: u32, old_lookup: LookupFlags, old_path: Text, new_fd: u32, new_path: Text);
    /// Opens a file or directory.
    PathOpen = path::path_open(
        fd: u32, lookup: LookupFlags, path: Text, open: OFlags, base: Rights, inheriting: Rights,
        flags: FdFlags, opened: Out<u32>);
    /// The target of a symbolic link.
    PathReadlink = path::path_readlink(fd: u32, path: Text, buffer: Region, used: Out<u32>);
    /// Removes an empty directory.
    PathRemoveDirectory = dir::path_remove_directory(fd: u32, path: Text);
    /// Moves a file or directory.
    PathRename = path::path_rename(old_fd: u32, old_path: Text, new_fd: u32, new_path: Text);
    /// Makes a symbolic link.
    PathSymlink = path::path_symlink(target: Text, fd: u32, path: Text);
    /// Removes a file.
    PathUnlinkFile = path::path_unlink_file(fd: u32, path: Text);
    /// Waits until one of several things happens.
    PollOneoff = poll::poll_oneoff(subscriptions: Pointer, events: Pointer, count: u32, happened: Out<u32>);
    /// Ends the program.
    ProcExit = process::proc_exit(status: u32);
    /// Sends the program a signal.
    ProcRaise = process::proc_raise(signal: u32);
    /// Random bytes.
    RandomGet = random::random_get(buffer: Region);
    /// Lets others run.
    SchedYield = process::sched_yield();
    /// Accepts a connection.
    SockAccept = sock::sock_accept(fd: u32, flags: FdFlags, accepted: Out<u32>);
    /// Receives from a connection.
    SockRecv = sock::sock_recv(fd: u32, buffers: IoVecs, flags: RiFlags, count: Out<u32>, received: Pointer);
    /// Sends to a connection.
    SockSend = sock::sock_send(fd: u32, buffers: Bytes, flags: u32, count: Out<u32>);
    /// Ends a connection in one direction or both.
    SockShutdown = sock::sock_shutdown(fd: u32, how: SdFlags);
}

impl Call {
    /// The function that modules made for `abi` import as `name`.
    #[must_use]
    pub fn find(abi: Abi, name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|call| call.name() == name && call.is_in(abi))
    }

    /// Whether `abi` has it.
    #[must_use]
    pub fn is_in(self, abi: Abi) -> bool {
        abi == Abi::Preview1 || self != Self::SockAccept
    }

    /// The types of its parameters.
    pub fn parameters(self) -> impl Iterator<Item = ValType> {
        self.types().iter().flat_map(|types| types.iter().copied())
    }

    /// The types of its results: an error number, except where it does not return.
    #[must_use]
    pub fn results(self) -> &'static [ValType] {
        if self == Self::ProcExit { &[] } else { &[ValType::I32] }
    }
}

#[cfg(test)]
mod tests {
    use super::{Abi, Call};

    #[test]
    fn there_are_46_functions() {
        assert_eq!(Call::ALL.len(), 46);
        assert_eq!(Call::ALL.iter().filter(|call| call.is_in(Abi::Unstable)).count(), 45);
        assert_eq!(Call::ALL.iter().map(|call| call.parameters().count()).max(), Some(9));
        assert_eq!(Call::find(Abi::Preview1, "fd_write"), Some(Call::FdWrite));
        assert_eq!(Call::find(Abi::Unstable, "sock_accept"), None);
    }
}
