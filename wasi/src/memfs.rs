//! Files in memory: a complete tree that needs no system below it.

mod files;
mod node;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::Errno;
use crate::abi::types::{ClockId, FileType};
use crate::backend::{Answer, Clock, Handle, Memory, Slots};
use node::{Node, NodeId, Nodes};

/// How much a [`MemFs`] holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct MemFsLimits {
    /// Files, directories and symbolic links, with the root.
    pub nodes: usize,
    /// Bytes in all files, names and targets of symbolic links together.
    pub bytes: usize,
}

impl Default for MemFsLimits {
    fn default() -> Self {
        Self { nodes: 65_536, bytes: 64 << 20 }
    }
}

/// A tree of files in memory.
///
/// ```
/// use whit_wasi::memfs::MemFs;
///
/// let mut files = MemFs::default();
/// files.add_file("etc/motd", b"welcome").unwrap();
/// assert_eq!(files.file("etc/motd"), Some(&b"welcome"[..]));
/// assert_eq!(files.file("etc"), None);
/// ```
pub struct MemFs {
    nodes: Nodes,
    open: Slots<NodeId>,
    clock: Option<Box<dyn Clock>>,
    /// What stands for the time where there is no clock.
    ticks: u64,
    limits: MemFsLimits,
    /// Bytes that count against the limit.
    used: usize,
    /// What all of it takes.
    memory: Memory,
}

impl Default for MemFs {
    fn default() -> Self {
        Self::new(MemFsLimits::default())
    }
}

impl MemFs {
    /// An empty tree.
    #[must_use]
    pub fn new(limits: MemFsLimits) -> Self {
        let (nodes, open, memory) = (Nodes::new(), Slots::new(), Memory::new());
        Self { nodes, open, clock: None, ticks: 0, limits, used: 0, memory }
    }

    /// Sets the clock that files get their times from. Without one, a time is the number of the change.
    #[must_use]
    pub fn with_clock(mut self, clock: Box<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Bytes in all files, names and targets of symbolic links.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used
    }

    /// Makes the file `path` with this content, and the directories that it lies in; replaces the content of a
    /// file that is there.
    ///
    /// # Errors
    /// When a limit is reached or a name is taken by something else.
    pub fn add_file(&mut self, path: &str, content: &[u8]) -> Result<(), Errno> {
        let (parent, name) = self.make_parents(path)?;
        let file = match self.child(parent, name) {
            Some(node) => node,
            None => self.add_node(parent, name, Node::file())?,
        };
        self.resize(file, content.len())?;
        let bytes = self.nodes.get_mut(file)?.content_mut().ok_or(Errno::Isdir)?;
        bytes.copy_from_slice(content);
        Ok(())
    }

    /// Cuts the content of a file off, or fills it up with zeros.
    fn resize(&mut self, file: NodeId, size: usize) -> Result<(), Errno> {
        let old = self.nodes.get(file)?.content().ok_or(Errno::Isdir)?.len();
        self.charge(old, size)?;
        let now = self.now();
        let node = self.nodes.get_mut(file)?;
        let bytes = node.content_mut().ok_or(Errno::Isdir)?;
        if self.memory.reserve(bytes, size.saturating_sub(old)).is_err() {
            self.uncharge(old, size);
            return Err(Errno::Nospc);
        }
        bytes.resize(size, 0);
        shrink(bytes, &mut self.memory);
        node.modify(now);
        Ok(())
    }

    /// Makes the directory `path`, and the directories that it lies in, where they are not there.
    ///
    /// # Errors
    /// When a limit is reached or a name is taken by something else.
    pub fn add_directory(&mut self, path: &str) -> Result<(), Errno> {
        let (parent, name) = self.make_parents(path)?;
        self.make_directory(parent, name).map(|_| ())
    }

    /// The content of the file `path`.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        let mut node = NodeId::ROOT;
        for name in names(path) {
            node = self.child(node, name)?;
        }
        self.nodes.get(node).ok()?.content()
    }

    fn make_parents<'p>(&mut self, path: &'p str) -> Result<(NodeId, &'p str), Errno> {
        let mut names = names(path).peekable();
        let mut parent = NodeId::ROOT;
        let mut name = names.next().ok_or(Errno::Exist)?;
        for next in names {
            parent = self.make_directory(parent, name)?;
            name = next;
        }
        Ok((parent, name))
    }

    fn make_directory(&mut self, parent: NodeId, name: &str) -> Result<NodeId, Errno> {
        match self.child(parent, name) {
            Some(node) if self.nodes.get(node)?.directory().is_some() => Ok(node),
            Some(_) => Err(Errno::Notdir),
            None => self.add_node(parent, name, Node::directory_in(parent)),
        }
    }

    fn child(&self, directory: NodeId, name: &str) -> Option<NodeId> {
        self.nodes.get(directory).ok()?.directory()?.find(name)
    }

    /// Gives `node` a place in the tree.
    fn add_node(&mut self, parent: NodeId, name: &str, node: Node) -> Result<NodeId, Errno> {
        let held = node.held();
        self.try_add_node(parent, name, node).inspect_err(|_| self.memory.release(held))
    }

    fn try_add_node(&mut self, parent: NodeId, name: &str, node: Node) -> Result<NodeId, Errno> {
        if self.nodes.len() >= self.limits.nodes {
            return Err(Errno::Nospc);
        }
        self.nodes.parent(parent)?;
        let now = self.now();
        let id = self.nodes.insert(node, now, &mut self.memory)?;
        if let Err(errno) = self.add_name(parent, name, id) {
            self.nodes.remove(id);
            return Err(errno);
        }
        Ok(id)
    }

    /// Adds a name for `node` to the directory `parent`.
    fn add_name(&mut self, parent: NodeId, name: &str, node: NodeId) -> Result<(), Errno> {
        self.charge(0, name.len())?;
        let directory = self.nodes.parent(parent);
        if let Err(errno) = directory.and_then(|it| it.add(name, node, &mut self.memory)) {
            self.uncharge(0, name.len());
            return Err(errno);
        }
        let now = self.now();
        self.nodes.get_mut(parent)?.modify(now);
        let node = self.nodes.get_mut(node)?;
        node.links += 1;
        node.changed = now;
        Ok(())
    }

    /// Takes a name from the directory `parent`, and frees what has neither a name nor a handle any more.
    fn remove_name(&mut self, parent: NodeId, name: &str) -> Result<(), Errno> {
        let directory = self.nodes.parent(parent)?;
        let node = directory.remove(name, &mut self.memory).ok_or(Errno::Noent)?;
        self.uncharge(0, name.len());
        let now = self.now();
        self.nodes.get_mut(parent)?.modify(now);
        self.lose_name(node, now)
    }

    /// Makes a name that is there one of `node`.
    fn replace_name(&mut self, parent: NodeId, name: &str, node: NodeId) -> Result<(), Errno> {
        let replaced = self.nodes.parent(parent)?.replace(name, node).ok_or(Errno::Noent)?;
        let now = self.now();
        self.nodes.get_mut(parent)?.modify(now);
        self.nodes.get_mut(node)?.links += 1;
        self.lose_name(replaced, now)
    }

    fn lose_name(&mut self, id: NodeId, now: u64) -> Result<(), Errno> {
        let node = self.nodes.get_mut(id)?;
        node.links -= 1;
        node.changed = now;
        self.free_if_unused(id);
        Ok(())
    }

    fn free_if_unused(&mut self, id: NodeId) {
        if let Ok(node) = self.nodes.get(id)
            && node.links == 0
            && node.handles == 0
            && id != NodeId::ROOT
        {
            self.uncharge(0, node.footprint());
            let held = self.nodes.remove(id).map_or(0, |node| node.held());
            self.memory.release(held);
        }
    }

    /// Accounts for `old` bytes becoming `new`.
    fn charge(&mut self, old: usize, new: usize) -> Result<(), Errno> {
        let used = (self.used - old).checked_add(new).ok_or(Errno::Nospc)?;
        if used > self.limits.bytes && new > old {
            return Err(Errno::Nospc);
        }
        self.used = used;
        Ok(())
    }

    /// Takes back a [`charge`](Self::charge).
    fn uncharge(&mut self, old: usize, new: usize) {
        self.used = (self.used + old).saturating_sub(new);
    }

    fn now(&mut self) -> u64 {
        if let Some(clock) = &mut self.clock
            && let Ok(now) = clock.now(ClockId::Realtime)
        {
            return now;
        }
        self.ticks += 1;
        self.ticks
    }

    fn node_of(&self, handle: Handle) -> Answer<NodeId> {
        if handle == Handle::ROOT {
            return Ok(NodeId::ROOT);
        }
        // Handle 0 is the root, which is in no slot.
        let slot = Handle(handle.0 - 1);
        Ok(self.open.get(slot).copied().ok_or(Errno::Badf)?)
    }

    fn kind(&self, node: NodeId) -> Result<FileType, Errno> {
        self.nodes.get(node).map(Node::kind)
    }
}

impl core::fmt::Debug for MemFs {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("MemFs")
            .field("nodes", &self.nodes.len())
            .field("used", &self.used)
            .finish_non_exhaustive()
    }
}

/// Gives back what is more than twice the content, if there is memory to move it.
fn shrink(bytes: &mut Vec<u8>, memory: &mut Memory) {
    if bytes.capacity() / 2 <= bytes.len() {
        return;
    }
    let mut less = Vec::new();
    if memory.reserve_exact(&mut less, bytes.len()).is_ok() {
        less.extend_from_slice(bytes);
        memory.free(bytes);
        *bytes = less;
    }
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|name| !name.is_empty() && *name != ".")
}
