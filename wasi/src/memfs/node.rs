//! What the tree is made of.

use alloc::string::String;
use alloc::vec::Vec;

use crate::Errno;
use crate::abi::types::FileType;
use crate::backend::Memory;

/// Number of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct NodeId(usize);

impl NodeId {
    pub(super) const ROOT: Self = Self(0);
}

/// A file, directory or symbolic link.
pub(super) struct Node {
    body: Body,
    /// How many names it has.
    pub(super) links: u64,
    /// How many handles are open on it.
    pub(super) handles: u32,
    /// Never used twice, unlike its number.
    pub(super) inode: u64,
    pub(super) accessed: u64,
    pub(super) modified: u64,
    pub(super) changed: u64,
}

enum Body {
    File(Vec<u8>),
    Directory(Directory),
    SymbolicLink(String),
}

impl Node {
    fn new(body: Body) -> Self {
        Self { body, links: 0, handles: 0, inode: 0, accessed: 0, modified: 0, changed: 0 }
    }

    pub(super) fn file() -> Self {
        Self::new(Body::File(Vec::new()))
    }

    pub(super) fn directory_in(parent: NodeId) -> Self {
        Self::new(Body::Directory(Directory { parent, names: Vec::new(), sorted: Vec::new(), last: 0 }))
    }

    pub(super) fn symbolic_link(target: String) -> Self {
        Self::new(Body::SymbolicLink(target))
    }

    pub(super) fn kind(&self) -> FileType {
        match self.body {
            Body::File(_) => FileType::RegularFile,
            Body::Directory(_) => FileType::Directory,
            Body::SymbolicLink(_) => FileType::SymbolicLink,
        }
    }

    pub(super) fn content(&self) -> Option<&[u8]> {
        if let Body::File(bytes) = &self.body { Some(bytes) } else { None }
    }

    /// The memory behind it.
    pub(super) fn held(&self) -> usize {
        match &self.body {
            Body::File(bytes) => bytes.capacity(),
            Body::Directory(directory) => directory.held(),
            Body::SymbolicLink(target) => target.capacity(),
        }
    }

    pub(super) fn content_mut(&mut self) -> Option<&mut Vec<u8>> {
        if let Body::File(bytes) = &mut self.body { Some(bytes) } else { None }
    }

    pub(super) fn directory(&self) -> Option<&Directory> {
        if let Body::Directory(directory) = &self.body { Some(directory) } else { None }
    }

    pub(super) fn directory_mut(&mut self) -> Option<&mut Directory> {
        if let Body::Directory(directory) = &mut self.body { Some(directory) } else { None }
    }

    pub(super) fn target(&self) -> Option<&str> {
        if let Body::SymbolicLink(target) = &self.body { Some(target) } else { None }
    }

    /// The bytes that count against the limit, besides its names.
    pub(super) fn footprint(&self) -> usize {
        match &self.body {
            Body::File(bytes) => bytes.len(),
            Body::Directory(_) => 0,
            Body::SymbolicLink(target) => target.len(),
        }
    }

    /// Notes that the content has changed.
    pub(super) fn modify(&mut self, now: u64) {
        self.modified = now;
        self.changed = now;
    }
}

/// The names in a directory.
pub(super) struct Directory {
    /// The directory that it lies in.
    pub(super) parent: NodeId,
    /// In the order of their numbers, which is the order in which they were added.
    names: Vec<Name>,
    /// The numbers of all names, in the order of the names.
    sorted: Vec<u64>,
    /// The number that was given last.
    last: u64,
}

/// One name.
pub(super) struct Name {
    /// Grows from one name that is added to the next, so that a reader finds its place again.
    pub(super) number: u64,
    pub(super) text: String,
    pub(super) node: NodeId,
}

impl Directory {
    fn by_number(&self, number: u64) -> Option<usize> {
        self.names.binary_search_by_key(&number, |name| name.number).ok()
    }

    fn place(&self, text: &str) -> Result<usize, usize> {
        self.sorted.binary_search_by(|number| {
            let name = self.by_number(*number).map_or("", |index| self.names[index].text.as_str());
            name.cmp(text)
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn find(&self, text: &str) -> Option<NodeId> {
        let place = self.place(text).ok()?;
        self.by_number(self.sorted[place]).map(|index| self.names[index].node)
    }

    pub(super) fn add(&mut self, text: &str, node: NodeId, memory: &mut Memory) -> Result<(), Errno> {
        let Err(place) = self.place(text) else { return Err(Errno::Exist) };
        memory.reserve(&mut self.names, 1).map_err(|_| Errno::Nospc)?;
        memory.reserve(&mut self.sorted, 1).map_err(|_| Errno::Nospc)?;
        let own = own(text, memory)?;
        self.last += 1;
        self.names.push(Name { number: self.last, text: own, node });
        self.sorted.insert(place, self.last);
        Ok(())
    }

    pub(super) fn remove(&mut self, text: &str, memory: &mut Memory) -> Option<NodeId> {
        let place = self.place(text).ok()?;
        let index = self.by_number(self.sorted[place])?;
        self.sorted.remove(place);
        let name = self.names.remove(index);
        memory.release(name.text.capacity());
        if self.names.is_empty() {
            memory.free(&mut self.names);
            memory.free(&mut self.sorted);
        }
        Some(name.node)
    }

    /// The memory behind it, but for its names: only an empty one is ever dropped.
    fn held(&self) -> usize {
        self.names.capacity() * size_of::<Name>() + self.sorted.capacity() * size_of::<u64>()
    }

    /// Makes `text` a name of `node`, and says what it was a name of.
    pub(super) fn replace(&mut self, text: &str, node: NodeId) -> Option<NodeId> {
        let place = self.place(text).ok()?;
        let index = self.by_number(self.sorted[place])?;
        Some(core::mem::replace(&mut self.names[index].node, node))
    }

    /// The names with a greater number than `number`.
    pub(super) fn behind(&self, number: u64) -> &[Name] {
        &self.names[self.names.partition_point(|name| name.number <= number)..]
    }
}

/// A text of its own, counted in `memory`.
pub(super) fn own(text: &str, memory: &mut Memory) -> Result<String, Errno> {
    let mut own = String::new();
    memory.charge(text.len()).map_err(|_| Errno::Nospc)?;
    if own.try_reserve_exact(text.len()).is_err() {
        memory.release(text.len());
        return Err(Errno::Nospc);
    }
    own.push_str(text);
    Ok(own)
}

/// All nodes, the root first.
pub(super) struct Nodes {
    slots: Vec<Option<Node>>,
    /// Empty slots; there is always room for all of them.
    free: Vec<usize>,
    root: Node,
    used: usize,
    last_inode: u64,
}

impl Nodes {
    pub(super) const fn new() -> Self {
        let names = Directory { parent: NodeId::ROOT, names: Vec::new(), sorted: Vec::new(), last: 0 };
        let body = Body::Directory(names);
        let root = Node { body, links: 1, handles: 0, inode: 1, accessed: 0, modified: 0, changed: 0 };
        Self { slots: Vec::new(), free: Vec::new(), root, used: 1, last_inode: 1 }
    }

    pub(super) fn len(&self) -> usize {
        self.used
    }

    pub(super) fn get(&self, id: NodeId) -> Result<&Node, Errno> {
        match id.0.checked_sub(1) {
            None => Ok(&self.root),
            Some(slot) => self.slots.get(slot).and_then(Option::as_ref).ok_or(Errno::Noent),
        }
    }

    pub(super) fn get_mut(&mut self, id: NodeId) -> Result<&mut Node, Errno> {
        match id.0.checked_sub(1) {
            None => Ok(&mut self.root),
            Some(slot) => self.slots.get_mut(slot).and_then(Option::as_mut).ok_or(Errno::Noent),
        }
    }

    /// The directory `id`, to change: not one that has been removed and is only open.
    pub(super) fn parent(&mut self, id: NodeId) -> Result<&mut Directory, Errno> {
        let node = self.get_mut(id)?;
        if node.links == 0 && id != NodeId::ROOT {
            return Err(Errno::Noent);
        }
        node.directory_mut().ok_or(Errno::Notdir)
    }

    pub(super) fn insert(&mut self, mut node: Node, now: u64, memory: &mut Memory) -> Result<NodeId, Errno> {
        node.accessed = now;
        node.modify(now);
        self.last_inode += 1;
        node.inode = self.last_inode;
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                memory.reserve(&mut self.slots, 1).map_err(|_| Errno::Nospc)?;
                // So that removing a node needs no memory.
                memory.reserve(&mut self.free, self.slots.len() + 1).map_err(|_| Errno::Nospc)?;
                self.slots.push(None);
                self.slots.len() - 1
            }
        };
        self.slots[slot] = Some(node);
        self.used += 1;
        Ok(NodeId(slot + 1))
    }

    pub(super) fn remove(&mut self, id: NodeId) -> Option<Node> {
        let slot = id.0.checked_sub(1)?;
        let node = self.slots.get_mut(slot)?.take()?;
        self.free.push(slot);
        self.used -= 1;
        Some(node)
    }
}
