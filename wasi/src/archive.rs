//! Files of an archive, where it lies: in flash, or in a program's image.

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::Errno;
use crate::abi::types::FileType;
use crate::backend::{
    Answer, DirEntry, FileStat, Files, Handle, Memory, OpenOptions, Opened, Slots, read_at,
};

/// Bytes of a header, and what content is rounded up to.
const BLOCK: usize = 512;

/// A tree of files that can only be read: a tar archive of the format *ustar* (POSIX.1-1988), as `tar --format=ustar`
/// makes it.
///
/// Nothing is unpacked: the archive takes memory for one index entry per file. An entry that comes twice counts as it
/// comes last, and a directory exists where a file lies in it. Devices and named pipes are left out, and so are names
/// that are not UTF-8.
///
/// ```
/// use whit_wasi::WasiCtx;
/// use whit_wasi::archive::Archive;
///
/// // As `include_bytes!("files.tar")` would give it; an empty one ends at once.
/// static FILES: [u8; 1024] = [0; 1024];
///
/// let files = Archive::new(&FILES)?;
/// let ctx = WasiCtx::builder().preopen("/", Box::new(files), true).build().unwrap();
/// # Ok::<(), whit_wasi::Errno>(())
/// ```
#[derive(Debug)]
pub struct Archive {
    /// In the order of their paths, each directory directly before what lies in it; the first is the root.
    nodes: Vec<Node>,
    /// Indices of nodes; the first is that of the root, which is never closed.
    open: Slots<usize>,
    memory: Memory,
}

/// A path in two parts, as a header has it, of which the first names count.
#[derive(Clone, Copy, Debug)]
struct Path {
    prefix: &'static str,
    name: &'static str,
    depth: usize,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    path: Path,
    kind: FileType,
    /// The content of a file, or the target of a symbolic link.
    content: &'static [u8],
    /// Seconds since 1970.
    modified: u64,
    /// Which header of the archive it is; those that are only implied come before all.
    order: usize,
}

impl Path {
    const ROOT: Self = Self { prefix: "", name: "", depth: 0 };

    fn new(prefix: &'static str, name: &'static str) -> Result<Self, Errno> {
        let mut path = Self { prefix, name, depth: usize::MAX };
        path.depth = path.names().count();
        if path.names().any(|name| name == "..") { Err(Errno::Inval) } else { Ok(path) }
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        let all = self.prefix.split('/').chain(self.name.split('/'));
        all.filter(|name| !matches!(*name, "" | ".")).take(self.depth)
    }

    fn last(&self) -> &'static str {
        self.names().last().unwrap_or("")
    }

    fn parent(&self) -> Self {
        Self { depth: self.depth.saturating_sub(1), ..*self }
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.names().cmp(other.names())
    }
}

impl Archive {
    /// The files of `archive`.
    ///
    /// # Errors
    /// [`Errno::Badmsg`] if it is damaged or cut off, [`Errno::Notsup`] if it has entries of another format,
    /// [`Errno::Inval`] if a path goes up by `..`, [`Errno::Nomem`] if there is no memory for the index.
    pub fn new(archive: &'static [u8]) -> Result<Self, Errno> {
        let mut nodes = Vec::new();
        push(&mut nodes, Node::directory(Path::ROOT))?;
        let mut rest = archive;
        while let Some((header, behind)) = rest.split_first_chunk::<BLOCK>() {
            if header.iter().all(|byte| *byte == 0) {
                break;
            }
            let length = check(header)?;
            let content = behind.get(..length).ok_or(Errno::Badmsg)?;
            rest = behind.get(length.next_multiple_of(BLOCK)..).unwrap_or_default();
            if let Some(node) = Node::new(header, content, nodes.len())? {
                push(&mut nodes, node)?;
            }
        }
        add_parents(&mut nodes)?;
        link(&mut nodes)?;
        let (mut open, mut memory) = (Slots::new(), Memory::new());
        memory.charge(nodes.capacity() * size_of::<Node>())?;
        open.insert_in(0, &mut memory).ok_or(Errno::Nomem)?;
        Ok(Self { nodes, open, memory })
    }

    fn node(&self, handle: Handle) -> Result<(usize, &Node), Errno> {
        let index = *self.open.get(handle).ok_or(Errno::Badf)?;
        Ok((index, self.nodes.get(index).ok_or(Errno::Badf)?))
    }

    /// The index behind everything that lies in the directory at `index`, or else behind itself.
    fn behind(&self, index: usize) -> usize {
        let path = self.nodes[index].path;
        let below = |node: &Node| node.path.names().take(path.depth).eq(path.names());
        index + self.nodes[index..].partition_point(below)
    }

    fn find(&self, dir: Handle, name: &str) -> Result<usize, Errno> {
        let (index, node) = self.node(dir)?;
        if node.kind != FileType::Directory {
            return Err(Errno::Notdir);
        }
        let depth = node.path.depth;
        let inside = self.nodes.get(index + 1..self.behind(index)).unwrap_or_default();
        let order = |node: &Node| {
            let mut names = node.path.names().skip(depth);
            // Behind the name itself, whatever is in it.
            names
                .next()
                .cmp(&Some(name))
                .then_with(|| names.next().map_or(Ordering::Equal, |_| Ordering::Greater))
        };
        inside.binary_search_by(order).map(|found| index + 1 + found).map_err(|_| Errno::Noent)
    }

    fn attributes(&self, index: usize) -> FileStat {
        let node = &self.nodes[index];
        let time = node.modified.saturating_mul(1_000_000_000);
        FileStat {
            device: 2,
            inode: index as u64 + 1,
            kind: node.kind,
            links: 1,
            size: node.content.len() as u64,
            accessed: time,
            modified: time,
            changed: time,
        }
    }
}

impl Node {
    fn directory(path: Path) -> Self {
        Self { path, kind: FileType::Directory, content: &[], modified: 0, order: 0 }
    }

    /// The node that a header describes, if it is one for a guest.
    fn new(
        header: &'static [u8; BLOCK],
        content: &'static [u8],
        order: usize,
    ) -> Result<Option<Self>, Errno> {
        let (kind, content) = match header[156] {
            // What the format had before it had a type for directories.
            0 | b'0' if until_zero(&header[..100]).ends_with(b"/") => (FileType::Directory, &[][..]),
            0 | b'0' | b'7' => (FileType::RegularFile, content),
            b'5' => (FileType::Directory, &[][..]),
            b'2' => (FileType::SymbolicLink, until_zero(&header[157..257])),
            // A hard link: the content is found when all are there.
            b'1' => (FileType::Unknown, until_zero(&header[157..257])),
            // A comment on the whole archive.
            b'g' => return Ok(None),
            b'3' | b'4' | b'6' => return Ok(None),
            _ => return Err(Errno::Notsup),
        };
        let [prefix, name] =
            [&header[345..500], &header[..100]].map(|text| core::str::from_utf8(until_zero(text)));
        let (Ok(prefix), Ok(name)) = (prefix, name) else { return Ok(None) };
        // GNU's own format has other things in that place.
        let prefix = if header[257..263] == *b"ustar\0" { prefix } else { "" };
        let path = Path::new(prefix, name)?;
        // The root is there already, and nothing else.
        let valid = path.depth > 0 || kind == FileType::Directory;
        let modified = octal(&header[136..148]).unwrap_or(0);
        Ok(valid.then_some(Self { path, kind, content, modified, order }))
    }
}

/// Checks a header, and says how many bytes of content follow it.
fn check(header: &[u8; BLOCK]) -> Result<usize, Errno> {
    let blank = 8 * u64::from(b' ');
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    if octal(&header[148..156]) != Some(sum(&header[..148]) + blank + sum(&header[156..])) {
        return Err(Errno::Badmsg);
    }
    let has_content = matches!(header[156], 0 | b'0' | b'7' | b'g');
    let length = octal(&header[124..136]).ok_or(Errno::Notsup)?;
    if has_content { usize::try_from(length).map_err(|_| Errno::Badmsg) } else { Ok(0) }
}

/// A number in a header: octal digits, with blanks or zero bytes around them.
fn octal(field: &[u8]) -> Option<u64> {
    let digits = core::str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn push(nodes: &mut Vec<Node>, node: Node) -> Result<(), Errno> {
    nodes.try_reserve(1).map_err(|_| Errno::Nomem)?;
    nodes.push(node);
    Ok(())
}

/// Puts the nodes in order, keeps the last of each path, and adds the directories that no header names.
fn add_parents(nodes: &mut Vec<Node>) -> Result<(), Errno> {
    sort(nodes);
    let mut implied = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| nodes.get(before));
        // What it has in common with the node before it is there, for that one's sake.
        let common = before.map_or(0, |before| {
            before.path.names().zip(node.path.names()).take_while(|(one, other)| one == other).count()
        });
        let mut path = node.path.parent();
        while path.depth > common {
            push(&mut implied, Node::directory(path))?;
            path = path.parent();
        }
    }
    nodes.try_reserve(implied.len()).map_err(|_| Errno::Nomem)?;
    nodes.extend(implied);
    sort(nodes);
    Ok(())
}

fn sort(nodes: &mut Vec<Node>) {
    nodes.sort_unstable_by(|one, other| one.path.compare(&other.path).then(other.order.cmp(&one.order)));
    nodes.dedup_by(|later, kept| later.path.compare(&kept.path).is_eq());
}

/// Gives hard links the content of the file that they name.
fn link(nodes: &mut [Node]) -> Result<(), Errno> {
    for index in 0..nodes.len() {
        if nodes[index].kind != FileType::Unknown {
            continue;
        }
        let target = core::str::from_utf8(nodes[index].content).map_err(|_| Errno::Badmsg)?;
        let path = Path::new("", target)?;
        let found = nodes.binary_search_by(|node| node.path.compare(&path)).map_err(|_| Errno::Badmsg)?;
        let target = nodes[found];
        if target.kind != FileType::RegularFile {
            return Err(Errno::Notsup);
        }
        nodes[index] = Node { kind: target.kind, content: target.content, ..nodes[index] };
    }
    Ok(())
}

impl Files for Archive {
    fn open(&mut self, dir: Handle, name: &str, options: &OpenOptions) -> Answer<Opened> {
        let index = match name {
            "." => self.node(dir)?.0,
            _ => match self.find(dir, name) {
                Err(Errno::Noent) if options.create => return Err(Errno::Rofs.into()),
                index => index?,
            },
        };
        let kind = self.nodes[index].kind;
        options.check(kind)?;
        if options.write || options.truncate {
            return Err(Errno::Rofs.into());
        }
        let handle = self.open.insert_in(index, &mut self.memory).ok_or(Errno::Nfile)?;
        Ok(Opened { handle, kind })
    }

    fn close(&mut self, handle: Handle) {
        if handle != Handle::ROOT {
            self.open.remove(handle);
        }
    }

    fn stat(&mut self, handle: Handle) -> Answer<FileStat> {
        Ok(self.attributes(self.node(handle)?.0))
    }

    fn stat_at(&mut self, dir: Handle, name: &str) -> Answer<FileStat> {
        Ok(self.attributes(self.find(dir, name)?))
    }

    fn read_at(&mut self, file: Handle, offset: u64, into: &mut [u8]) -> Answer<usize> {
        let (_, node) = self.node(file)?;
        if node.kind == FileType::Directory {
            return Err(Errno::Isdir.into());
        }
        Ok(read_at(node.content, offset, into))
    }

    fn read_dir(
        &mut self,
        dir: Handle,
        from: u64,
        entry: &mut dyn FnMut(&DirEntry<'_>) -> bool,
    ) -> Answer<()> {
        let (index, node) = self.node(dir)?;
        if node.kind != FileType::Directory {
            return Err(Errno::Notdir.into());
        }
        let end = self.behind(index);
        // A place is the index behind an entry and what lies in it, and never that of the root.
        let mut next = if from == 0 { index + 1 } else { usize::try_from(from).map_err(|_| Errno::Inval)? };
        while (index + 1..end).contains(&next) {
            let (at, node) = (next, &self.nodes[next]);
            next = self.behind(at);
            let (name, inode) = (node.path.last(), at as u64 + 1);
            if !entry(&DirEntry { name, inode, kind: node.kind, next: next as u64 }) {
                break;
            }
        }
        Ok(())
    }

    fn memory(&mut self) -> Option<&mut Memory> {
        Some(&mut self.memory)
    }

    fn read_link(&mut self, dir: Handle, name: &str, into: &mut [u8]) -> Answer<usize> {
        let node = &self.nodes[self.find(dir, name)?];
        if node.kind != FileType::SymbolicLink {
            return Err(Errno::Inval.into());
        }
        Ok(read_at(node.content, 0, into))
    }
}
