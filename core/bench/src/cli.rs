//! The command line.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;

use crate::engine::Command;
use crate::program::{Expected, Program};

/// Times Whit beside other engines, in turn, by CPU time. Prints a table and writes it with a plot to `results/`.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Args {
    /// How often every program is run on every engine.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,

    /// Runs only this kernel (may be repeated); results are then not written.
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,

    /// Runs CoreMark too: a module for WASI that prints CoreMark's own report.
    #[arg(long, value_name = "FILE")]
    coremark: Option<PathBuf>,

    /// Times commands as processes instead of engines in this one; the module and its arguments are appended.
    /// Ratios are to the last one.
    #[arg(long, value_name = "NAME=COMMAND", num_args = 1.., value_parser = Command::parse)]
    pub(crate) whole_process: Vec<Command>,

    /// Tells the size of Whit's code for these modules too.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) ir: Vec<PathBuf>,

    /// The folder of programs, with a `manifest.json`.
    #[arg(long, value_name = "FOLDER", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/kernels"))]
    kernels: PathBuf,

    /// Where the table and the plot are written.
    #[arg(long, value_name = "FOLDER", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/results"))]
    pub(crate) results: PathBuf,
}

impl Args {
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
