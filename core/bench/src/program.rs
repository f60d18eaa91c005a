//! The programs that are run, and what they have to print.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// How a program's output is checked.
pub(crate) enum Expected {
    /// It is this.
    Output(String),
    /// It is CoreMark's report of a valid run, with a score.
    CoreMark,
}

/// A program for WASI.
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) wasm: Vec<u8>,
    pub(crate) args: Vec<String>,
    pub(crate) expected: Expected,
}

/// A row of the manifest; the module is `wasm/NAME.wasm`.
#[derive(Deserialize)]
struct Row {
    name: String,
    args: Vec<String>,
    stdout: String,
}

impl Program {
    /// Every program of the manifest in `folder`.
    pub(crate) fn read_all(folder: &Path) -> Result<Vec<Self>> {
        let path = folder.join("manifest.json");
        let manifest = std::fs::read(&path).with_context(|| path.display().to_string())?;
        let rows: Vec<Row> = serde_json::from_slice(&manifest).with_context(|| path.display().to_string())?;
        let read = |row: Row| {
            let module = folder.join("wasm").join(&row.name).with_extension("wasm");
            Self::read(&row.name, &module, row.args, Expected::Output(row.stdout))
        };
        rows.into_iter().map(read).collect()
    }

    /// The program in the file `path`.
    pub(crate) fn read(name: &str, path: &Path, args: Vec<String>, expected: Expected) -> Result<Self> {
        let wasm = std::fs::read(path).with_context(|| path.display().to_string())?;
        Ok(Self { name: name.to_owned(), path: path.to_owned(), wasm, args, expected })
    }

    /// Checks what a run has printed, and gives the score if the program tells one.
    pub(crate) fn check(&self, stdout: &[u8]) -> Result<Option<f64>> {
        let printed = String::from_utf8_lossy(stdout);
        match &self.expected {
            Expected::Output(expected) => {
                ensure!(*printed == **expected, "printed {printed:?} instead of {expected:?}");
                Ok(None)
            }
            Expected::CoreMark => {
                ensure!(printed.contains("Correct operation validated."), "not validated: {printed}");
                let score =
                    printed.split_once("CoreMark 1.0 : ").and_then(|(_, rest)| rest.split(' ').next());
                let score = score.and_then(|score| score.parse().ok());
                Ok(Some(score.with_context(|| format!("no score: {printed}"))?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Expected, Program};

    fn program(expected: Expected) -> Program {
        Program { name: "p".into(), path: "p".into(), wasm: Vec::new(), args: Vec::new(), expected }
    }

    #[test]
    fn outputs_are_compared_as_a_whole() {
        let program = program(Expected::Output("1\n".into()));
        assert_eq!(program.check(b"1\n").unwrap(), None);
        assert!(program.check(b"1\n2\n").is_err());
    }

    #[test]
    fn only_a_validated_score_counts() {
        let program = program(Expected::CoreMark);
        let report = "Correct operation validated. See\nCoreMark 1.0 : 801.690839 / Clang\n";
        assert_eq!(program.check(report.as_bytes()).unwrap(), Some(801.690_839));
        assert!(program.check(b"CoreMark 1.0 : 801.690839 / Clang\n").is_err());
        assert!(program.check(b"Correct operation validated.\n").is_err());
    }
}
