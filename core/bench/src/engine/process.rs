//! Engines as processes of their own.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use super::{Engine, Run};
use crate::cpu;
use crate::program::Program;

/// A command that runs the module that is appended to it, with its arguments.
#[derive(Clone)]
pub(crate) struct Command {
    name: String,
    words: Vec<String>,
}

impl Command {
    /// Reads `NAME=COMMAND`; the command's words are separated by spaces.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (name, command) = text.split_once('=').ok_or("expected NAME=COMMAND")?;
        let words: Vec<_> = command.split_whitespace().map(str::to_owned).collect();
        if name.is_empty() || words.is_empty() {
            return Err("expected NAME=COMMAND".to_owned());
        }
        Ok(Self { name: name.to_owned(), words })
    }
}

impl Engine for Command {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, program: &Program) -> Result<Run> {
        let (file, words) = self.words.split_first().context("an empty command")?;
        let mut command = std::process::Command::new(file);
        command.args(words).arg(&program.path).args(&program.args).stdin(Stdio::null());
        let start = cpu::of_children()?;
        let output = command.output().with_context(|| file.clone())?;
        let cpu = cpu::of_children()? - start;
        ensure!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
        Ok(Run { cpu, stdout: output.stdout })
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
