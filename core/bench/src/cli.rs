//! The command line.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::{Args, Parser, Subcommand, value_parser};

use crate::engine::Command;
use crate::program::{Expected, Program};

/// Times Whit beside other engines, in turn, by CPU time. Prints a table and writes it with a plot to `results/`.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Option<Task>,

    #[command(flatten)]
    pub(crate) speed: Speed,
}

#[derive(Args)]
pub(crate) struct Speed {
    #[command(flatten)]
    pub(crate) runs: Runs,

    /// Times commands as processes instead of engines in this one; the module and its arguments are appended.
    /// Ratios are to the last one.
    #[arg(long, value_name = "NAME=COMMAND", num_args = 2.., value_parser = Command::parse)]
    pub(crate) whole_process: Vec<Command>,

    /// Where the table and the plot are written, unless only some programs are run.
    #[arg(long, value_name = "FOLDER", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/results"))]
    pub(crate) results: PathBuf,
}

#[derive(Subcommand)]
pub(crate) enum Task {
    /// Tells CPU time and peak memory of commands as processes, for example of two that only load a module.
    Start(Start),

    /// Tells what it costs Whit to count fuel.
    Fuel(Runs),

    /// Tells the size of Whit's code for modules.
    Ir {
        /// Modules, and folders that are searched for `.wasm` files.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
}

#[derive(Args)]
pub(crate) struct Start {
    /// How often every command is run with every module.
    #[arg(long, default_value_t = 15, value_parser = value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,

    /// The commands; a module and its arguments are appended. Ratios are to the last one.
    #[arg(long, value_name = "NAME=COMMAND", num_args = 2.., required = true, value_parser = Command::parse)]
    pub(crate) whole_process: Vec<Command>,

    /// A module and its arguments, with spaces between them: "module.wasm --version".
    #[arg(required = true, last = true)]
    pub(crate) modules: Vec<String>,
}

/// What is run, and how often.
#[derive(Args)]
pub(crate) struct Runs {
    /// How often every program is run on every engine.
    #[arg(long, default_value_t = 7, value_parser = value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,

    /// Runs only this program (may be repeated).
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,

    /// Runs CoreMark too: a module for WASI that prints CoreMark's own report.
    #[arg(long, value_name = "FILE")]
    coremark: Option<PathBuf>,

    /// The folder of programs, with a `manifest.json`.
    #[arg(long, value_name = "FOLDER", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/kernels"))]
    kernels: PathBuf,
}

impl Runs {
    /// What is to be run.
    pub(crate) fn programs(&self) -> Result<Vec<Program>> {
        let mut programs = Program::read_all(&self.kernels)?;
        if let Some(path) = &self.coremark {
            programs.push(Program::read("coremark", path, Vec::new(), Expected::CoreMark)?);
        }
        for name in &self.only {
            ensure!(programs.iter().any(|program| program.name == *name), "there is no program {name:?}");
        }
        programs.retain(|program| self.only.is_empty() || self.only.contains(&program.name));
        Ok(programs)
    }
}
