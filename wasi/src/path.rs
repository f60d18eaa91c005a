//! Paths: from a directory and a text to a name in a directory, without ever leaving the tree.
//!
//! A [`Walk`] enters one directory after the other and keeps them open. `..` goes back to the directory it came
//! from (by its own record, not by asking the backend), never above the one it started in; a symbolic link is
//! replaced by its target in the text. So there is nothing that a rename or an exchanged link during the walk could
//! change about where it can get to.

use alloc::string::String;
use alloc::vec::Vec;

use crate::Errno;
use crate::abi::types::FileType;
use crate::backend::{Answer, Failure, Files, Handle, Memory, OpenOptions};

/// How many symbolic links one path may go through.
const SYMBOLIC_LINKS: u32 = 40;

/// The longest name in a directory.
const NAME: usize = 255;

/// A path on its way from the directory `base`.
pub(crate) struct Walk<'p> {
    base: Handle,
    /// The directories entered and not left, each opened in the one before.
    entered: Vec<Handle>,
    text: Text<'p>,
    /// Where in the text the last name starts and ends, once the walk has got there.
    name: (usize, usize),
    links: u32,
    /// The longest path.
    limit: usize,
    /// What the walk may use; all that is taken is free again at its end.
    memory: Memory,
}

enum Text<'p> {
    Given(&'p str),
    Expanded(String),
}

impl Text<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::Given(text) => text,
            Self::Expanded(text) => text,
        }
    }
}

/// Walks `path` from `base` to its last name, then does `action` there. No path gets longer than the limit, and the
/// walk takes its memory out of what is given.
pub(crate) fn walk<'p, R>(
    files: &mut dyn Files,
    base: Handle,
    path: &'p str,
    (limit, memory): (usize, Memory),
    action: impl FnOnce(&mut dyn Files, &mut Walk<'p>) -> Answer<R>,
) -> Answer<R> {
    check(path)?;
    let (entered, text) = (Vec::new(), Text::Given(path));
    let mut walk = Walk { base, entered, text, name: (0, 0), links: 0, limit, memory };
    let result = match walk.descend(files) {
        Ok(()) => action(files, &mut walk),
        Err(failure) => Err(failure),
    };
    while let Some(handle) = walk.entered.pop() {
        files.close(handle);
    }
    result
}

/// Checks what can be seen in the text alone.
fn check(path: &str) -> Result<(), Errno> {
    if path.is_empty() {
        Err(Errno::Noent)
    } else if path.contains('\0') {
        Err(Errno::Inval)
    } else if path.starts_with('/') {
        Err(Errno::Perm)
    } else {
        Ok(())
    }
}

impl Walk<'_> {
    /// What another walk may use while this one is under way.
    pub(crate) fn rest(&self) -> (usize, Memory) {
        (self.limit, self.memory.clone())
    }

    /// The directory that the last name is in.
    pub(crate) fn directory(&self) -> Handle {
        self.entered.last().copied().unwrap_or(self.base)
    }

    /// The last name; `.` if the path means the directory itself.
    pub(crate) fn name(&self) -> &str {
        match self.name {
            (start, end) if start < end => &self.text.as_str()[start..end],
            _ => ".",
        }
    }

    /// Whether the path means the directory that the walk has got to.
    pub(crate) fn is_directory(&self) -> bool {
        self.name.0 == self.name.1
    }

    /// Whether the last name is followed by a slash, so that it has to be a directory.
    pub(crate) fn has_trailing_slash(&self) -> bool {
        !self.is_directory() && self.name.1 < self.text.as_str().len()
    }

    /// Enters directories until only the last name is left.
    fn descend(&mut self, files: &mut dyn Files) -> Answer<()> {
        let mut at = 0;
        loop {
            let text = self.text.as_str();
            let start = at + leading_slashes(&text[at..]);
            let end = text[start..].find('/').map_or(text.len(), |length| start + length);
            let last = end + leading_slashes(&text[end..]) == text.len();
            match &text[start..end] {
                "" | "." => {}
                ".." => files.close(self.entered.pop().ok_or(Errno::Perm)?),
                name if name.len() > NAME => return Err(Errno::Nametoolong.into()),
                _ if last => {
                    self.name = (start, end);
                    return Ok(());
                }
                name => {
                    let options = OpenOptions { directory: true, ..OpenOptions::default() };
                    match files.open(self.directory(), name, &options) {
                        Ok(opened) => {
                            let room = self.memory.reserve(&mut self.entered, 1);
                            room.inspect_err(|_| files.close(opened.handle))?;
                            self.entered.push(opened.handle);
                        }
                        Err(Failure::Errno(errno @ (Errno::Loop | Errno::Notdir))) => {
                            self.name = (start, end);
                            self.expand(files, errno)?;
                            at = 0;
                            continue;
                        }
                        Err(failure) => return Err(failure),
                    }
                }
            }
            if last {
                self.name = (0, 0);
                return Ok(());
            }
            at = end;
        }
    }

    /// Goes on to where the symbolic link that the walk has got to points.
    /// Answers `otherwise` if it is no link after all.
    pub(crate) fn follow(&mut self, files: &mut dyn Files, otherwise: Errno) -> Answer<()> {
        self.expand(files, otherwise)?;
        self.descend(files)
    }

    /// Goes on while the last name is a symbolic link; a name that does not exist stays.
    pub(crate) fn follow_links(&mut self, files: &mut dyn Files) -> Answer<()> {
        while !self.is_directory() {
            match files.stat_at(self.directory(), self.name()) {
                Ok(stat) if stat.kind == FileType::SymbolicLink => self.follow(files, Errno::Loop)?,
                Ok(_) | Err(Failure::Errno(Errno::Noent)) => break,
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    /// Replaces everything up to the symbolic link at `name` by its target; answers `otherwise` if it is no link.
    fn expand(&mut self, files: &mut dyn Files, otherwise: Errno) -> Answer<()> {
        let rest = &self.text.as_str()[self.name.1..];
        let mut target = Vec::new();
        self.memory.reserve_exact(&mut target, self.limit + 1)?;
        target.resize(self.limit + 1, 0);
        let length = match files.read_link(self.directory(), self.name(), &mut target) {
            Err(Failure::Errno(Errno::Inval)) => return Err(otherwise.into()),
            length => length?,
        };
        self.links += 1;
        if self.links > SYMBOLIC_LINKS {
            return Err(Errno::Loop.into());
        }
        if length.saturating_add(rest.len()) > self.limit {
            return Err(Errno::Nametoolong.into());
        }
        target.truncate(length);
        let mut target = String::from_utf8(target).map_err(|_| Errno::Ilseq)?;
        check(&target)?;
        target.push_str(rest);
        if let Text::Expanded(text) = core::mem::replace(&mut self.text, Text::Expanded(target)) {
            self.memory.release(text.capacity());
        }
        self.name = (0, 0);
        Ok(())
    }
}

fn leading_slashes(text: &str) -> usize {
    text.len() - text.trim_start_matches('/').len()
}
