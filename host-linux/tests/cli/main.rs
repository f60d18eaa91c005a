//! The command as a user meets it: every test starts the binary.

mod exit;
mod files;
mod inspect;
mod invoke;
mod proposals;
mod sockets;
mod standard;
mod streams;

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The command with `args`.
fn whit(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whit"));
    command.args(args).stdin(Stdio::null());
    command
}

/// The path of a program in `tests/programs`.
fn program(name: &str) -> String {
    format!("{}/tests/programs/{name}.wat", env!("CARGO_MANIFEST_DIR"))
}

/// The path of a compiled program in `wasi/tests/programs`.
fn compiled(name: &str) -> String {
    format!("{}/../wasi/tests/programs/{name}.wasm", env!("CARGO_MANIFEST_DIR"))
}

/// What came of a command.
#[derive(Debug)]
struct Outcome {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self { status: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

/// Runs the command with `args` to its end.
fn run(args: &[&str]) -> Outcome {
    whit(args).output().expect("the command starts").into()
}

/// Runs the command with `args` and `input` on its standard input.
fn run_with_input(args: &[&str], input: &[u8]) -> Outcome {
    let mut command = whit(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().expect("the command ends").into()
    })
}

/// A directory that is removed at the end of its test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("whit-cli-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn text(&self) -> &str {
        self.0.to_str().expect("a path in UTF-8")
    }

    /// The path of a file there with the content `bytes`.
    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.0.join(name), bytes).expect("a file");
        format!("{}/{name}", self.text())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
