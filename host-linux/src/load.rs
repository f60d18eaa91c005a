//! From a file's name to its bytes and its module.

use std::path::Path;

use whit::{Engine, Module};

use crate::exit::Failure;

/// The WebAssembly binary that `path` holds, or that its text stands for.
///
/// The bytes live as long as the process: the one module that is loaded runs until its end, and borrowing
/// them saves a copy of what may be tens of megabytes.
pub(crate) fn binary(path: &Path) -> Result<&'static [u8], Failure> {
    let mut bytes = std::fs::read(path).map_err(|error| Failure::refused(path.display(), error))?;
    if path.extension().is_some_and(|extension| extension == "wat") {
        bytes = match wat::Parser::new().parse_bytes(Some(path), &bytes) {
            Ok(binary) => binary.into_owned(),
            Err(error) => return Err(Failure::Refused(error.to_string())),
        };
    }
    Ok(bytes.leak())
}

/// The module that `bytes`, read from `path`, encode.
pub(crate) fn module(engine: &Engine, path: &Path, bytes: &'static [u8]) -> Result<Module, Failure> {
    Module::from_static(engine, bytes).map_err(|error| Failure::refused(path.display(), error))
}
