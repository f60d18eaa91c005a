//! What a guest sees of the world.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use whit::{Error, ErrorKind};

use crate::Errno;
use crate::abi::Abi;
use crate::abi::calls::{Call, Outcome, dispatch};
use crate::abi::guest::{Guest, IoVecs};
use crate::abi::types::{FdFlags, Rights};
use crate::backend::{
    Answer, Clock, Files, Handle, Memory, Net, NoClock, NoNet, NoRandom, Null, Random, Stdio, Stream,
    SuspendOnWait, Wait,
};
use crate::fd::{Descriptor, Descriptors, Object};
use crate::path::{Walk, walk};
use crate::quota::Quota;
use crate::trace::Line;

/// How much of the host's memory and time one guest can use through its calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct WasiLimits {
    /// Descriptors open at a time.
    pub descriptors: usize,
    /// Bytes of a path, also after symbolic links have been replaced by their targets.
    pub path: usize,
    /// Buffers in one call that reads or writes.
    pub io_vecs: u32,
    /// Subscriptions in one `poll_oneoff`.
    pub subscriptions: u32,
    /// Bytes of memory held for it in all: descriptors, buffers, files in memory. Whatever this is, the store's budget
    /// limits them, too.
    pub memory: usize,
    /// Names that it can add to each of its trees of files, not counting as many as it removes; then the answer is
    /// [`Errno::Dquot`].
    pub entries: u64,
    /// Bytes that it can write to each of its trees of files in all its life, or add to files by changing their size;
    /// then the answer is [`Errno::Dquot`].
    pub written: u64,
}

impl Default for WasiLimits {
    fn default() -> Self {
        Self {
            descriptors: 1024,
            path: 4096,
            io_vecs: 1024,
            subscriptions: 4096,
            memory: usize::MAX,
            entries: u64::MAX,
            written: u64::MAX,
        }
    }
}

/// A tree of files under the name that the guest knows it by.
pub(crate) struct Mount {
    pub(crate) name: String,
    pub(crate) files: Quota,
    pub(crate) read_only: bool,
}

impl Mount {
    /// Checks that the guest may change something here.
    pub(crate) fn check_writable(&self) -> Result<(), Errno> {
        if self.read_only { Err(Errno::Rofs) } else { Ok(()) }
    }
}

/// Texts, each with a NUL behind it.
#[derive(Default)]
pub(crate) struct Texts {
    pub(crate) bytes: Vec<u8>,
    pub(crate) count: u32,
}

impl Texts {
    fn push(&mut self, parts: &[&str], memory: &mut Memory) -> Result<(), Error> {
        if parts.iter().any(|part| part.contains('\0')) {
            return Err(Error::with_message(
                ErrorKind::Usage,
                "an argument or variable contains a NUL character",
            ));
        }
        let length = parts.iter().map(|part| part.len()).sum::<usize>() + 1;
        memory.reserve(&mut self.bytes, length).map_err(Error::host)?;
        parts.iter().for_each(|part| self.bytes.extend_from_slice(part.as_bytes()));
        self.bytes.push(0);
        self.count += 1;
        Ok(())
    }
}

/// A call that suspended its guest: when it is made again, it goes on instead of starting over. The arguments tell
/// whether it is the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begun {
    /// A `poll_oneoff`, which started when the monotonic clock showed `since`.
    Poll { call: [u32; 3], since: u64 },
    /// A `sock_recv` that wants more than the `done` bytes that it has.
    Receive { fd: u32, buffers: IoVecs, done: u32 },
    /// A `sched_yield`, which is over when it is made again.
    Yield,
}

/// What a guest sees of the world: arguments, environment, streams, directories, clocks, randomness.
///
/// ```
/// use whit_wasi::WasiCtx;
/// use whit_wasi::backend::Null;
/// use whit_wasi::memfs::MemFs;
///
/// let ctx = WasiCtx::builder()
///     .arg("program")
///     .arg("--verbose")
///     .env("HOME", "/")
///     .stdout(Box::new(Null))
///     .preopen("/", Box::new(MemFs::default()), false)
///     .build()
///     .unwrap();
/// ```
pub struct WasiCtx {
    pub(crate) arguments: Texts,
    pub(crate) environment: Texts,
    pub(crate) streams: [Box<dyn Stdio>; 3],
    pub(crate) mounts: Vec<Mount>,
    pub(crate) descriptors: Descriptors,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) random: Box<dyn Random>,
    pub(crate) net: Box<dyn Net>,
    pub(crate) wait: Box<dyn Wait>,
    pub(crate) limits: WasiLimits,
    pub(crate) begun: Option<Begun>,
    /// What is held here; backends count for themselves.
    pub(crate) memory: Memory,
    /// What the store's budget has left, and what it was charged for this context.
    budget_left: usize,
    charged: usize,
    /// Where a line goes for every call.
    trace: Option<Box<dyn Stdio>>,
}

/// An open file, with all that a call needs to work on it.
pub(crate) struct OpenFile<'a> {
    pub(crate) mount: &'a mut Mount,
    pub(crate) handle: Handle,
    pub(crate) position: &'a mut u64,
    pub(crate) flags: FdFlags,
}

/// An open directory, with all that a call needs to walk from it.
pub(crate) struct Base<'a> {
    pub(crate) mount: &'a mut Mount,
    pub(crate) handle: Handle,
    /// The longest path.
    pub(crate) limit: usize,
    /// What the walk may use.
    pub(crate) memory: Memory,
}

impl Base<'_> {
    /// Walks `path` to its last name, then does `action` there.
    pub(crate) fn walk<'p, R>(
        self,
        path: &'p str,
        action: impl FnOnce(&mut dyn Files, &mut Walk<'p>) -> Answer<R>,
    ) -> Answer<R> {
        walk(&mut self.mount.files, self.handle, path, (self.limit, self.memory), action)
    }
}

impl WasiCtx {
    /// Starts with nothing: no arguments, no variables, no directories, empty streams, no clock, no randomness.
    #[must_use]
    pub fn builder() -> WasiCtxBuilder {
        WasiCtxBuilder { ctx: Ok(Self::new()) }
    }

    fn new() -> Self {
        Self {
            arguments: Texts::default(),
            environment: Texts::default(),
            streams: [Box::new(Null), Box::new(Null), Box::new(Null)],
            mounts: Vec::new(),
            descriptors: Descriptors::new(0),
            clock: Box::new(NoClock),
            random: Box::new(NoRandom),
            net: Box::new(NoNet),
            wait: Box::new(SuspendOnWait),
            limits: WasiLimits::default(),
            begun: None,
            memory: Memory::new(),
            budget_left: usize::MAX,
            charged: 0,
            trace: None,
        }
    }

    /// The files behind the directory that was pre-opened as `name`.
    pub fn files_mut(&mut self, name: &str) -> Option<&mut dyn Files> {
        Some(&mut *self.mounts.iter_mut().find(|mount| mount.name == name)?.files.files)
    }

    /// Makes `call` for a guest with `memory`, as its host function would: `values` are its arguments, 32-bit
    /// ones extended by zeros.
    pub fn call(&mut self, abi: Abi, call: Call, memory: &mut [u8], values: &[u64]) -> Outcome {
        self.make_room();
        let mut guest = Guest::new(memory, abi);
        let Some(mut trace) = self.trace.take() else { return dispatch(self, &mut guest, call, values) };
        let line = Line::new(call, values, &guest);
        let outcome = dispatch(self, &mut guest, call, values);
        line.end(call, values, &guest, outcome, &mut *trace);
        self.trace = Some(trace);
        outcome
    }

    /// Everyone who counts what is held for the guest.
    fn memories(&mut self) -> impl Iterator<Item = &mut Memory> {
        let files = self.mounts.iter_mut().filter_map(|mount| mount.files.memory());
        core::iter::once(&mut self.memory).chain(files).chain(self.net.memory())
    }

    /// Bytes held for the guest.
    fn held(&mut self) -> usize {
        self.memories().fold(0, |sum, memory| sum.saturating_add(memory.held()))
    }

    /// Tells everyone how much more may be held.
    fn make_room(&mut self) {
        let held = self.held();
        let left = self.budget_left.saturating_sub(held.saturating_sub(self.charged));
        self.share(left.min(self.limits.memory.saturating_sub(held)));
    }

    /// Lets everyone hold `room` more bytes: a call has one of them hold more, and what it needs besides comes first.
    fn share(&mut self, room: usize) {
        self.memories().for_each(|memory| memory.set_room(room));
    }

    /// Makes sure that there is room for one more descriptor, before anything is opened that it would stand for.
    pub(crate) fn reserve(&mut self) -> Result<(), Errno> {
        self.descriptors.reserve(&mut self.memory)?;
        self.share(self.memory.room());
        Ok(())
    }

    /// Notes what the store's budget has left.
    pub(crate) fn set_budget_left(&mut self, bytes: usize) {
        self.budget_left = bytes;
    }

    /// What the store's budget should be charged for this context, and what it was charged.
    pub(crate) fn balance(&mut self) -> (usize, usize) {
        (self.held(), self.charged)
    }

    /// Notes what the store's budget was charged for this context.
    pub(crate) fn set_charged(&mut self, bytes: usize) {
        self.charged = bytes;
    }

    /// The directory behind `fd`.
    pub(crate) fn directory(&mut self, fd: u32, rights: Rights) -> Result<Base<'_>, Errno> {
        let descriptor = self.descriptors.get(fd)?;
        let Object::Directory { mount, handle, .. } = descriptor.object else {
            return Err(Errno::Notdir);
        };
        descriptor.require(rights)?;
        let mount = self.mounts.get_mut(mount).ok_or(Errno::Badf)?;
        Ok(Base { mount, handle, limit: self.limits.path, memory: self.memory.clone() })
    }

    /// The index of the mount that the directory behind `fd` is in.
    pub(crate) fn mount_of(&self, fd: u32) -> Result<usize, Errno> {
        match self.descriptors.get(fd)?.object {
            Object::Directory { mount, .. } => Ok(mount),
            _ => Err(Errno::Notdir),
        }
    }

    /// The file behind `fd`; a stream answers `for_stream`.
    pub(crate) fn file(&mut self, fd: u32, rights: Rights, for_stream: Errno) -> Result<OpenFile<'_>, Errno> {
        let descriptor = self.descriptors.get_mut(fd)?;
        match descriptor.object {
            Object::Directory { .. } => return Err(Errno::Isdir),
            Object::Stream(_) => return Err(for_stream),
            Object::File { .. } => descriptor.require(rights)?,
        }
        let Descriptor { object: Object::File { mount, handle, position, .. }, flags, .. } = descriptor
        else {
            return Err(Errno::Badf);
        };
        let mount = self.mounts.get_mut(*mount).ok_or(Errno::Badf)?;
        Ok(OpenFile { mount, handle: *handle, position, flags: *flags })
    }

    /// Gives the guest `descriptor`, or closes what it stands for.
    pub(crate) fn insert(&mut self, descriptor: Descriptor) -> Result<u32, Errno> {
        let number = self.descriptors.insert(descriptor, &mut self.memory);
        number.inspect_err(|_| self.release(&descriptor))
    }

    /// Closes what a descriptor that is gone stood for.
    pub(crate) fn release(&mut self, descriptor: &Descriptor) {
        match descriptor.object {
            Object::Directory { mount, handle, .. } | Object::File { mount, handle, .. } => {
                if let Some(mount) = self.mounts.get_mut(mount).filter(|_| handle != Handle::ROOT) {
                    mount.files.close(handle);
                }
            }
            Object::Stream(Stream::Socket(socket)) => self.net.close(socket),
            Object::Stream(_) => {}
        }
    }
}

/// Puts a [`WasiCtx`] together.
///
/// Whatever goes wrong on the way is told by [`build`](Self::build).
pub struct WasiCtxBuilder {
    ctx: Result<WasiCtx, Error>,
}

impl WasiCtxBuilder {
    fn with(mut self, change: impl FnOnce(&mut WasiCtx) -> Result<(), Error>) -> Self {
        if let Ok(ctx) = &mut self.ctx
            && let Err(error) = change(ctx)
        {
            self.ctx = Err(error);
        }
        self
    }

    /// Adds an argument; the first is the name of the program.
    #[must_use]
    pub fn arg(self, argument: &str) -> Self {
        self.with(|ctx| ctx.arguments.push(&[argument], &mut ctx.memory))
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn env(self, key: &str, value: &str) -> Self {
        self.with(|ctx| ctx.environment.push(&[key, "=", value], &mut ctx.memory))
    }

    /// Sets what the guest reads from descriptor 0.
    #[must_use]
    pub fn stdin(self, stream: Box<dyn Stdio>) -> Self {
        self.stream(0, stream)
    }

    /// Sets what the guest writes to with descriptor 1.
    #[must_use]
    pub fn stdout(self, stream: Box<dyn Stdio>) -> Self {
        self.stream(1, stream)
    }

    /// Sets what the guest writes to with descriptor 2.
    #[must_use]
    pub fn stderr(self, stream: Box<dyn Stdio>) -> Self {
        self.stream(2, stream)
    }

    fn stream(self, number: usize, stream: Box<dyn Stdio>) -> Self {
        self.with(|ctx| {
            ctx.streams[number] = stream;
            Ok(())
        })
    }

    /// Gives the guest the directory at the root of `files` under the name `name`, to read or also to change. The
    /// first gets descriptor 3, and so on.
    #[must_use]
    pub fn preopen(self, name: &str, files: Box<dyn Files>, read_only: bool) -> Self {
        self.with(|ctx| {
            let mut own = String::new();
            own.try_reserve_exact(name.len())?;
            ctx.memory.charge(name.len()).map_err(Error::host)?;
            own.push_str(name);
            ctx.memory.reserve(&mut ctx.mounts, 1).map_err(Error::host)?;
            ctx.mounts.push(Mount { name: own, files: Quota::new(files), read_only });
            Ok(())
        })
    }

    /// Sets where the guest gets the time from.
    #[must_use]
    pub fn clock(self, clock: Box<dyn Clock>) -> Self {
        self.with(|ctx| {
            ctx.clock = clock;
            Ok(())
        })
    }

    /// Sets where the guest gets random bytes from.
    #[must_use]
    pub fn random(self, random: Box<dyn Random>) -> Self {
        self.with(|ctx| {
            ctx.random = random;
            Ok(())
        })
    }

    /// Sets the guest's sockets. Its listeners get the descriptors behind those of the directories.
    #[must_use]
    pub fn net(self, net: Box<dyn Net>) -> Self {
        self.with(|ctx| {
            ctx.net = net;
            Ok(())
        })
    }

    /// Sets what happens while the guest waits; by default, it is suspended.
    #[must_use]
    pub fn wait(self, wait: Box<dyn Wait>) -> Self {
        self.with(|ctx| {
            ctx.wait = wait;
            Ok(())
        })
    }

    /// Writes a line for every call to `stream`: its arguments, decoded, and what came of it. What `stream` does not take
    /// at once is lost.
    #[must_use]
    pub fn trace(self, stream: Box<dyn Stdio>) -> Self {
        self.with(|ctx| {
            ctx.trace = Some(stream);
            Ok(())
        })
    }

    /// Sets how much of the host the guest can use.
    #[must_use]
    pub fn limits(self, limits: WasiLimits) -> Self {
        self.with(|ctx| {
            ctx.limits = limits;
            Ok(())
        })
    }

    /// The finished context.
    ///
    /// # Errors
    /// When an argument or variable cannot be passed on, there are more directories and listeners than descriptors, or
    /// memory ran out.
    pub fn build(self) -> Result<WasiCtx, Error> {
        let mut ctx = self.ctx?;
        ctx.descriptors = Descriptors::new(ctx.limits.descriptors);
        let streams = [Stream::Stdin, Stream::Stdout, Stream::Stderr].map(Descriptor::standard);
        let preopened = (0..ctx.mounts.len()).map(Descriptor::preopened);
        let listeners = (0..ctx.net.listeners()).map(|socket| Descriptor::listener(Handle(socket)));
        for descriptor in streams.into_iter().chain(preopened).chain(listeners) {
            ctx.descriptors.insert(descriptor, &mut ctx.memory).map_err(Error::host)?;
        }
        let (entries, written) = (ctx.limits.entries, ctx.limits.written);
        ctx.mounts.iter_mut().for_each(|mount| mount.files.set(entries, written));
        Ok(ctx)
    }
}

impl core::fmt::Debug for WasiCtx {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("WasiCtx").field("descriptors", &self.descriptors).finish_non_exhaustive()
    }
}
