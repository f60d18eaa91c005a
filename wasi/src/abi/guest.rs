//! The guest's memory: the only place where its pointers are followed.
//!
//! Everything that a guest passes may be wrong. A pointer is an offset into a slice and nothing else; what is
//! not wholly inside answers [`Errno::Fault`].

use super::types::{FileType, Whence};
use super::{Abi, Errno};
use crate::backend::{Answer, FileStat};

/// A piece of the guest's memory: pointer and length.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Where it starts.
    pub pointer: u32,
    /// How many bytes it has.
    pub length: u32,
}

impl core::fmt::Debug for Region {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}@{:#x}", self.length, self.pointer)
    }
}

/// A list of regions in the guest's memory: `iovec_array` and `ciovec_array`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IoVecs {
    /// Where the first is.
    pub pointer: u32,
    /// How many there are.
    pub count: u32,
}

impl core::fmt::Debug for IoVecs {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}@{:#x}", self.count, self.pointer)
    }
}

/// The memory of the guest that makes a call.
#[derive(Debug)]
pub struct Guest<'a> {
    memory: &'a mut [u8],
    abi: Abi,
}

impl<'a> Guest<'a> {
    /// A guest with this memory, which was made for `abi`.
    pub fn new(memory: &'a mut [u8], abi: Abi) -> Self {
        Self { memory, abi }
    }

    /// Which version of the interface it was made for.
    #[must_use]
    pub fn abi(&self) -> Abi {
        self.abi
    }

    /// The bytes of `region`.
    pub fn bytes(&self, region: Region) -> Result<&[u8], Errno> {
        let start = region.pointer as usize;
        let end = start.checked_add(region.length as usize).ok_or(Errno::Fault)?;
        self.memory.get(start..end).ok_or(Errno::Fault)
    }

    /// The bytes of `region`, to change.
    pub fn bytes_mut(&mut self, region: Region) -> Result<&mut [u8], Errno> {
        let start = region.pointer as usize;
        let end = start.checked_add(region.length as usize).ok_or(Errno::Fault)?;
        self.memory.get_mut(start..end).ok_or(Errno::Fault)
    }

    /// Checks that `length` bytes at `pointer` are there, before a call does anything that it cannot take back.
    pub fn check(&self, pointer: u32, length: u32) -> Result<(), Errno> {
        self.bytes(Region { pointer, length }).map(|_| ())
    }

    fn array<const N: usize>(&self, pointer: u32) -> Result<[u8; N], Errno> {
        let start = pointer as usize;
        let end = start.checked_add(N).ok_or(Errno::Fault)?;
        let bytes = self.memory.get(start..end).ok_or(Errno::Fault)?;
        bytes.try_into().map_err(|_| Errno::Fault)
    }

    /// The byte at `pointer`.
    pub fn u8(&self, pointer: u32) -> Result<u8, Errno> {
        self.array::<1>(pointer).map(|[byte]| byte)
    }

    /// The 16-bit number at `pointer`.
    pub fn u16(&self, pointer: u32) -> Result<u16, Errno> {
        self.array(pointer).map(u16::from_le_bytes)
    }

    /// The 32-bit number at `pointer`.
    pub fn u32(&self, pointer: u32) -> Result<u32, Errno> {
        self.array(pointer).map(u32::from_le_bytes)
    }

    /// The 64-bit number at `pointer`.
    pub fn u64(&self, pointer: u32) -> Result<u64, Errno> {
        self.array(pointer).map(u64::from_le_bytes)
    }

    /// Writes `bytes` to `pointer`; all of them or none.
    pub fn write(&mut self, pointer: u32, bytes: &[u8]) -> Result<(), Errno> {
        let length = u32::try_from(bytes.len()).map_err(|_| Errno::Fault)?;
        self.bytes_mut(Region { pointer, length })?.copy_from_slice(bytes);
        Ok(())
    }

    /// Writes a 32-bit number.
    pub fn write_u32(&mut self, pointer: u32, value: u32) -> Result<(), Errno> {
        self.write(pointer, &value.to_le_bytes())
    }

    /// Writes a 64-bit number.
    pub fn write_u64(&mut self, pointer: u32, value: u64) -> Result<(), Errno> {
        self.write(pointer, &value.to_le_bytes())
    }

    /// The text in `region`, at most `limit` bytes long.
    pub fn text(&self, region: Region, limit: usize) -> Result<&str, Errno> {
        if region.length as usize > limit {
            return Err(Errno::Nametoolong);
        }
        core::str::from_utf8(self.bytes(region)?).map_err(|_| Errno::Ilseq)
    }

    /// Checks that `list` has at most `limit` elements, that all of them are in memory, and that their lengths have a
    /// sum that can be written to `count`; says what it is.
    pub(crate) fn check_io_vecs(&self, list: IoVecs, limit: u32, count: u32) -> Result<u32, Errno> {
        if list.count > limit {
            return Err(Errno::Inval);
        }
        let mut total = 0u32;
        for index in 0..list.count {
            let region = self.io_vec(list, index)?;
            self.bytes(region)?;
            total = total.checked_add(region.length).ok_or(Errno::Inval)?;
        }
        self.check(count, 4)?;
        Ok(total)
    }

    /// Does `action` with one buffer of `list` after the other, behind the first `skip` bytes, until one is not filled
    /// or emptied, and says how many bytes that were.
    ///
    /// A failure behind the first byte ends it, but is not told: what has happened, has happened, and the guest will
    /// meet the failure again when it goes on.
    pub(crate) fn transfer(
        &mut self,
        list: IoVecs,
        mut skip: u32,
        mut action: impl FnMut(&mut [u8]) -> Answer<usize>,
    ) -> Answer<u32> {
        let mut total = 0u32;
        for index in 0..list.count {
            // A buffer that was filled may have been laid over the list, so that nothing is known about what follows.
            let Ok(Region { pointer, length }) = self.io_vec(list, index) else { break };
            let skipped = skip.min(length);
            skip -= skipped;
            if skipped == length {
                continue;
            }
            let region = Region { pointer: pointer.saturating_add(skipped), length: length - skipped };
            let Ok(bytes) = self.bytes_mut(region) else { break };
            let length = bytes.len();
            match action(bytes) {
                Ok(done) => {
                    total = total.saturating_add(u32::try_from(done.min(length)).unwrap_or(u32::MAX));
                    if done < length {
                        break;
                    }
                }
                Err(failure) if total == 0 => return Err(failure),
                Err(_) => break,
            }
        }
        Ok(total)
    }

    /// Element `index` of `list`.
    pub(crate) fn io_vec(&self, list: IoVecs, index: u32) -> Result<Region, Errno> {
        let at =
            index.checked_mul(8).and_then(|offset| list.pointer.checked_add(offset)).ok_or(Errno::Fault)?;
        let bytes = self.array::<8>(at)?;
        let [a, b, c, d, e, f, g, h] = bytes;
        Ok(Region { pointer: u32::from_le_bytes([a, b, c, d]), length: u32::from_le_bytes([e, f, g, h]) })
    }

    /// What the number `whence` means to this guest.
    pub fn whence(&self, whence: u32) -> Result<Whence, Errno> {
        let whence = match self.abi {
            Abi::Preview1 => Whence::from_number(whence),
            // Snapshot 0 counts them from the current position on.
            Abi::Unstable => [Whence::Cur, Whence::End, Whence::Set].get(whence as usize).copied(),
        };
        whence.ok_or(Errno::Inval)
    }

    /// Writes a `filestat`.
    pub fn write_filestat(&mut self, pointer: u32, stat: &FileStat) -> Result<(), Errno> {
        let mut record = Record::<64>::new();
        record.u64(0, stat.device).u64(8, stat.inode).u8(16, stat.kind as u8);
        let times = match self.abi {
            Abi::Preview1 => {
                record.u64(24, stat.links).u64(32, stat.size);
                40
            }
            Abi::Unstable => {
                record.u32(20, u32::try_from(stat.links).unwrap_or(u32::MAX)).u64(24, stat.size);
                32
            }
        };
        record.u64(times, stat.accessed).u64(times + 8, stat.modified).u64(times + 16, stat.changed);
        self.write(pointer, &record.0[..times + 24])
    }

    /// Writes a `dirent` without its name, or as much of it as fits `into`.
    pub fn dirent(next: u64, inode: u64, name_length: u32, kind: FileType) -> [u8; 24] {
        let mut record = Record::<24>::new();
        record.u64(0, next).u64(8, inode).u32(16, name_length).u8(20, kind as u8);
        record.0
    }
}

/// A structure that is put together before it is written, so that padding is zero and all of it is in bounds.
pub(crate) struct Record<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> Record<N> {
    pub(crate) const fn new() -> Self {
        Self([0; N])
    }

    fn put(&mut self, offset: usize, bytes: &[u8]) -> &mut Self {
        self.0[offset..offset + bytes.len()].copy_from_slice(bytes);
        self
    }

    pub(crate) fn u8(&mut self, offset: usize, value: u8) -> &mut Self {
        self.put(offset, &[value])
    }

    pub(crate) fn u16(&mut self, offset: usize, value: u16) -> &mut Self {
        self.put(offset, &value.to_le_bytes())
    }

    pub(crate) fn u32(&mut self, offset: usize, value: u32) -> &mut Self {
        self.put(offset, &value.to_le_bytes())
    }

    pub(crate) fn u64(&mut self, offset: usize, value: u64) -> &mut Self {
        self.put(offset, &value.to_le_bytes())
    }
}
