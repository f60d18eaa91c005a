//! What the firmware's file tells: which board it is for, and how large its parts are.

use std::error::Error;
use std::fmt;

use object::elf::{FileHeader32, SHF_ALLOC, SHT_NOBITS};
use object::read::elf::{FileHeader, SectionHeader};
use object::{LittleEndian, Object, ObjectSymbol};

/// The firmware's build script defines this symbol, with the board's name behind it.
const BOARD_SYMBOL: &str = "whit_board_";
/// The section of memory that start-up leaves alone: the heap is all that is in it.
const HEAP_SECTION: &[u8] = b".uninit";
/// The section of variables with initial values, which are also in flash.
const DATA_SECTION: &[u8] = b".data";

/// A firmware file.
pub(crate) struct Firmware {
    /// The board, as QEMU calls the machine.
    pub(crate) board: String,
    /// How much memory it takes.
    pub(crate) sizes: Sizes,
}

/// Bytes of each kind of memory.
#[derive(Default)]
pub(crate) struct Sizes {
    /// Code, constants and initial values.
    flash: u32,
    /// Variables.
    ram: u32,
    /// Reserved for the heap.
    heap: u32,
}

impl Firmware {
    /// Reads an ELF file.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Box<dyn Error>> {
        let file = object::read::elf::ElfFile32::<LittleEndian>::parse(bytes)?;
        let board = file
            .symbols()
            .find_map(|symbol| symbol.name().ok()?.strip_prefix(BOARD_SYMBOL))
            .ok_or("the firmware does not name its board")?
            .replace('_', "-");
        Ok(Self { board, sizes: Sizes::parse(bytes)? })
    }
}

impl Sizes {
    fn parse(bytes: &[u8]) -> Result<Self, Box<dyn Error>> {
        let header = FileHeader32::<LittleEndian>::parse(bytes)?;
        let sections = header.sections(LittleEndian, bytes)?;
        let mut sizes = Self::default();
        for section in sections.iter().filter(|section| section.sh_flags(LittleEndian) & SHF_ALLOC != 0) {
            let size = section.sh_size.get(LittleEndian);
            let name = sections.section_name(LittleEndian, section)?;
            if name == HEAP_SECTION {
                sizes.heap += size;
            } else if section.sh_type(LittleEndian) == SHT_NOBITS {
                sizes.ram += size;
            } else {
                sizes.flash += size;
                if name == DATA_SECTION {
                    sizes.ram += size;
                }
            }
        }
        Ok(sizes)
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { flash, ram, heap } = self;
        write!(f, "flash {flash} bytes, static RAM {ram} bytes, heap region {heap} bytes")
    }
}
