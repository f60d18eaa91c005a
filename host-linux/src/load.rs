//! From a file's name to its bytes and its module.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use whit::{Engine, Module};

use crate::exit::Failure;
use crate::sys;

/// The WebAssembly binary that `path` holds, or that its text stands for.
///
/// The bytes live as long as the process: the one module that is loaded runs until its end, and borrowing
/// them saves a copy of what may be tens of megabytes.
pub(crate) fn binary(path: &Path) -> Result<&'static [u8], Failure> {
    let mut bytes = read(path).map_err(|error| Failure::refused(path.display(), error))?;
    if path.extension().is_some_and(|extension| extension == "wat") {
        bytes = match wat::Parser::new().parse_bytes(Some(path), &bytes) {
            Ok(binary) => binary.into_owned(),
            Err(error) => return Err(Failure::Refused(error.to_string())),
        };
    }
    Ok(bytes.leak())
}

/// All that the file at `path` holds.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    let metadata = file.metadata()?;
    // More than addresses can say is refused as any size that there is no memory for.
    bytes.try_reserve_exact(usize::try_from(metadata.len()).unwrap_or(usize::MAX))?;
    // What else there is may say any size, and then give less, or nothing.
    if metadata.is_file() {
        sys::populate(bytes.spare_capacity_mut());
    }
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The module that `bytes`, read from `path`, encode.
pub(crate) fn module(engine: &Engine, path: &Path, bytes: &'static [u8]) -> Result<Module, Failure> {
    Module::from_static(engine, bytes).map_err(|error| Failure::refused(path.display(), error))
}
