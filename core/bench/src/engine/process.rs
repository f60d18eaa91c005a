//! Engines as processes of their own.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use wait4::{ResourceUsage, Wait4 as _};

use super::{Engine, Run};
use crate::program::Program;

/// A command that runs the module that is appended to it, with its arguments.
#[derive(Clone)]
pub(crate) struct Command {
    name: String,
    /// The file that is executed, and its first arguments.
    words: Vec<OsString>,
}

impl Command {
    /// Reads `NAME=COMMAND`; the command's words are separated by spaces.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (name, command) = text.split_once('=').ok_or("expected NAME=COMMAND")?;
        let words: Vec<_> = command.split_whitespace().map(OsString::from).collect();
        if name.is_empty() || words.is_empty() {
            return Err("expected NAME=COMMAND".to_owned());
        }
        Ok(Self { name: name.to_owned(), words })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The same command with its file copied to `folder`, which is made.
    fn copied_to(&self, folder: &Path) -> Result<Self> {
        let (file, words) = self.words.split_first().context("an empty command")?;
        let found = which::which(file).with_context(|| file.display().to_string())?;
        fs::create_dir(folder)?;
        let copy = folder.join(found.file_name().context("a command without a name")?);
        fs::copy(&found, &copy).with_context(|| found.display().to_string())?;
        let words = std::iter::once(copy.into_os_string()).chain(words.iter().cloned()).collect();
        Ok(Self { name: self.name.clone(), words })
    }

    /// Runs the command with `more` words. What it says of errors is shown.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, more: impl IntoIterator<Item = S>) -> Result<Run> {
        // Forking would count for the child.
        let (used, stdout) = self.measured(more, false)?;
        Ok(Run { cpu: used.utime + used.stime, stdout })
    }

    /// Runs it as [`Self::run`] does and tells the most memory that was resident, in bytes; what it prints is dropped.
    pub(crate) fn peak<S: AsRef<OsStr>>(&self, more: impl IntoIterator<Item = S>) -> Result<u64> {
        Ok(self.measured(more, true)?.0.maxrss)
    }

    /// Runs the command; what it used and what it printed. A child that is not forked starts in this program's memory,
    /// all of which counts for its peak.
    fn measured<S: AsRef<OsStr>>(
        &self,
        more: impl IntoIterator<Item = S>,
        forks: bool,
    ) -> Result<(ResourceUsage, Vec<u8>)> {
        let (file, words) = self.words.split_first().context("an empty command")?;
        let mut command = std::process::Command::new(file);
        command.args(words).args(more).stdin(Stdio::null()).stdout(Stdio::piped());
        if forks {
            // With this to do, the standard library forks.
            command.gid(nix::unistd::getgid().as_raw());
        }
        let mut child = command.spawn().with_context(|| file.display().to_string())?;
        let mut stdout = Vec::new();
        child.stdout.take().context("no stream")?.read_to_end(&mut stdout)?;
        let ended = child.wait4()?;
        ensure!(ended.status.success(), "{}", ended.status);
        Ok((ended.rusage, stdout))
    }
}

/// Commands with their files copied to a folder that goes away with this, as an installer leaves them.
///
/// A file as the linker has just written it takes a sixth longer to start, since the system has it in memory in smaller
/// pieces.
pub(crate) struct Installed {
    pub(crate) commands: Vec<Command>,
    _folder: TempDir,
}

impl Installed {
    pub(crate) fn new(commands: &[Command]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let copied = commands
            .iter()
            .enumerate()
            .map(|(index, command)| command.copied_to(&folder.path().join(index.to_string())));
        Ok(Self { commands: copied.collect::<Result<_>>()?, _folder: folder })
    }
}

impl Engine for Command {
    fn name(&self) -> &str {
        self.name()
    }

    fn run(&self, program: &Program) -> Result<Run> {
        let words = program.args.iter().map(OsStr::new);
        self.run(std::iter::once(program.path.as_os_str()).chain(words))
    }
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn commands_have_a_name_and_words() {
        let command = Command::parse("whit=target/release/whit run").unwrap();
        assert_eq!(command.name, "whit");
        assert_eq!(command.words, ["target/release/whit", "run"]);
        assert!(Command::parse("whit").is_err());
        assert!(Command::parse("whit= ").is_err());
    }
}
