//! The tree as a backend.

use super::MemFs;
use super::node::{Node, NodeId, own};
use crate::Errno;
use crate::abi::types::FileType;
use crate::backend::{
    Answer, DirEntry, FileStat, Files, Handle, Memory, OpenOptions, Opened, SetTimes, read_at,
};

impl MemFs {
    fn attributes(&self, id: NodeId) -> Answer<FileStat> {
        let node = self.nodes.get(id)?;
        Ok(FileStat {
            device: 1,
            inode: node.inode,
            kind: node.kind(),
            links: node.links,
            size: node.footprint() as u64,
            accessed: node.accessed,
            modified: node.modified,
            changed: node.changed,
        })
    }

    fn named(&self, dir: Handle, name: &str) -> Answer<NodeId> {
        let dir = self.node_of(dir)?;
        Ok(self.child(dir, name).ok_or(Errno::Noent)?)
    }

    fn open_node(&mut self, id: NodeId) -> Answer<Opened> {
        let kind = self.kind(id)?;
        let slot = self.open.insert_in(id, &mut self.memory).ok_or(Errno::Nfile)?;
        self.nodes.get_mut(id)?.handles += 1;
        Ok(Opened { handle: Handle(slot.0 + 1), kind })
    }

    fn touch(&mut self, id: NodeId, times: &SetTimes) -> Answer<()> {
        let now = self.now();
        let node = self.nodes.get_mut(id)?;
        node.accessed = times.accessed.unwrap_or(node.accessed);
        node.modified = times.modified.unwrap_or(node.modified);
        node.changed = now;
        Ok(())
    }

    /// Whether `id` is `directory` or lies somewhere below it.
    fn is_below(&self, mut id: NodeId, directory: NodeId) -> Result<bool, Errno> {
        while id != directory {
            if id == NodeId::ROOT {
                return Ok(false);
            }
            id = self.nodes.get(id)?.directory().ok_or(Errno::Notdir)?.parent;
        }
        Ok(true)
    }
}

impl Files for MemFs {
    fn open(&mut self, dir: Handle, name: &str, options: &OpenOptions) -> Answer<Opened> {
        let parent = self.node_of(dir)?;
        let found = if name == "." { Some(parent) } else { self.child(parent, name) };
        let Some(id) = found else {
            if options.directory || !options.create {
                return Err(Errno::Noent.into());
            }
            let id = self.add_node(parent, name, Node::file())?;
            return self.open_node(id);
        };
        let kind = self.kind(id)?;
        options.check(kind)?;
        if options.truncate {
            self.resize(id, 0)?;
        }
        self.open_node(id)
    }

    fn close(&mut self, handle: Handle) {
        let Some(slot) = handle.0.checked_sub(1) else { return };
        if let Some(id) = self.open.remove(Handle(slot)) {
            if let Ok(node) = self.nodes.get_mut(id) {
                node.handles -= 1;
            }
            self.free_if_unused(id);
        }
    }

    fn stat(&mut self, handle: Handle) -> Answer<FileStat> {
        let id = self.node_of(handle)?;
        self.attributes(id)
    }

    fn stat_at(&mut self, dir: Handle, name: &str) -> Answer<FileStat> {
        let id = self.named(dir, name)?;
        self.attributes(id)
    }

    fn read_at(&mut self, file: Handle, offset: u64, into: &mut [u8]) -> Answer<usize> {
        let id = self.node_of(file)?;
        let bytes = self.nodes.get(id)?.content().ok_or(Errno::Isdir)?;
        let count = read_at(bytes, offset, into);
        if count > 0 {
            let now = self.now();
            self.nodes.get_mut(id)?.accessed = now;
        }
        Ok(count)
    }

    fn read_dir(
        &mut self,
        dir: Handle,
        from: u64,
        entry: &mut dyn FnMut(&DirEntry<'_>) -> bool,
    ) -> Answer<()> {
        let id = self.node_of(dir)?;
        let directory = self.nodes.get(id)?.directory().ok_or(Errno::Notdir)?;
        for name in directory.behind(from) {
            let node = self.nodes.get(name.node)?;
            let found =
                DirEntry { name: &name.text, inode: node.inode, kind: node.kind(), next: name.number };
            if !entry(&found) {
                break;
            }
        }
        Ok(())
    }

    fn memory(&mut self) -> Option<&mut Memory> {
        Some(&mut self.memory)
    }

    fn read_link(&mut self, dir: Handle, name: &str, into: &mut [u8]) -> Answer<usize> {
        let id = self.named(dir, name)?;
        let target = self.nodes.get(id)?.target().ok_or(Errno::Inval)?.as_bytes();
        Ok(read_at(target, 0, into))
    }

    fn write_at(&mut self, file: Handle, offset: u64, from: &[u8]) -> Answer<usize> {
        let id = self.node_of(file)?;
        let length = self.nodes.get(id)?.content().ok_or(Errno::Isdir)?.len();
        let start = usize::try_from(offset).map_err(|_| Errno::Fbig)?;
        let end = start.checked_add(from.len()).ok_or(Errno::Fbig)?;
        if end > length {
            self.resize(id, end)?;
        }
        let now = self.now();
        let node = self.nodes.get_mut(id)?;
        let bytes = node.content_mut().ok_or(Errno::Isdir)?;
        bytes[start..end].copy_from_slice(from);
        node.modify(now);
        Ok(from.len())
    }

    fn append(&mut self, file: Handle, from: &[u8]) -> Answer<(usize, u64)> {
        let end = self.stat(file)?.size;
        let written = self.write_at(file, end, from)?;
        Ok((written, end + written as u64))
    }

    fn set_size(&mut self, file: Handle, size: u64) -> Answer<()> {
        let id = self.node_of(file)?;
        Ok(self.resize(id, usize::try_from(size).map_err(|_| Errno::Fbig)?)?)
    }

    fn set_times(&mut self, handle: Handle, times: &SetTimes) -> Answer<()> {
        let id = self.node_of(handle)?;
        self.touch(id, times)
    }

    fn set_times_at(&mut self, dir: Handle, name: &str, times: &SetTimes) -> Answer<()> {
        let id = self.named(dir, name)?;
        self.touch(id, times)
    }

    fn create_directory(&mut self, dir: Handle, name: &str) -> Answer<()> {
        let parent = self.node_of(dir)?;
        if self.child(parent, name).is_some() {
            return Err(Errno::Exist.into());
        }
        self.add_node(parent, name, Node::directory_in(parent))?;
        Ok(())
    }

    fn remove_directory(&mut self, dir: Handle, name: &str) -> Answer<()> {
        let id = self.named(dir, name)?;
        if !self.nodes.get(id)?.directory().ok_or(Errno::Notdir)?.is_empty() {
            return Err(Errno::Notempty.into());
        }
        let parent = self.node_of(dir)?;
        Ok(self.remove_name(parent, name)?)
    }

    fn unlink_file(&mut self, dir: Handle, name: &str) -> Answer<()> {
        let id = self.named(dir, name)?;
        if self.kind(id)? == FileType::Directory {
            return Err(Errno::Isdir.into());
        }
        let parent = self.node_of(dir)?;
        Ok(self.remove_name(parent, name)?)
    }

    fn rename(&mut self, dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> Answer<()> {
        let (parent, new_parent) = (self.node_of(dir)?, self.node_of(new_dir)?);
        let id = self.named(dir, name)?;
        let is_directory = self.kind(id)? == FileType::Directory;
        self.nodes.parent(new_parent)?;
        if is_directory && self.is_below(new_parent, id)? {
            return Err(Errno::Inval.into());
        }
        match self.child(new_parent, new_name) {
            // Two names of one file: POSIX leaves both.
            Some(other) if other == id => return Ok(()),
            Some(other) => {
                match (is_directory, self.nodes.get(other)?.directory()) {
                    (true, None) => return Err(Errno::Notdir.into()),
                    (false, Some(_)) => return Err(Errno::Isdir.into()),
                    (true, Some(other)) if !other.is_empty() => return Err(Errno::Notempty.into()),
                    _ => {}
                }
                self.replace_name(new_parent, new_name, id)?;
            }
            None => self.add_name(new_parent, new_name, id)?,
        }
        self.remove_name(parent, name)?;
        if let Some(directory) = self.nodes.get_mut(id)?.directory_mut() {
            directory.parent = new_parent;
        }
        Ok(())
    }

    fn link(&mut self, dir: Handle, name: &str, new_dir: Handle, new_name: &str) -> Answer<()> {
        let id = self.named(dir, name)?;
        if self.kind(id)? == FileType::Directory {
            return Err(Errno::Perm.into());
        }
        let new_parent = self.node_of(new_dir)?;
        Ok(self.add_name(new_parent, new_name, id)?)
    }

    fn symlink(&mut self, target: &str, dir: Handle, name: &str) -> Answer<()> {
        let parent = self.node_of(dir)?;
        if self.child(parent, name).is_some() {
            return Err(Errno::Exist.into());
        }
        self.charge(0, target.len())?;
        let link = own(target, &mut self.memory).map(Node::symbolic_link);
        if let Err(errno) = link.and_then(|link| self.add_node(parent, name, link)) {
            self.uncharge(0, target.len());
            return Err(errno.into());
        }
        Ok(())
    }
}
