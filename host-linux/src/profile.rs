//! Writes the profile of a run to the file that the environment variable `WHIT_PROFILE` names.

use std::fs;

/// Writes it, if the variable is set; says so where that fails.
pub(crate) fn write() {
    let Some(path) = std::env::var_os("WHIT_PROFILE") else { return };
    let mut text = String::new();
    whit::write_profile(&mut text).expect("strings grow");
    if let Err(error) = fs::write(&path, text) {
        eprintln!("whit: {}: {error}", path.display());
    }
}
