//! The engines that are compared.

use std::time::Duration;

use anyhow::Result;
use whit_wasi::WasiCtx;

use crate::cpu;
use crate::guest::{self, Output};
use crate::program::Program;

mod process;
mod wasmi;
mod whit;

pub(crate) use process::Command;

/// What one run of a program came to.
pub(crate) struct Run {
    /// From the bytes of the module to the end of the program.
    pub(crate) cpu: Duration,
    pub(crate) stdout: Vec<u8>,
}

/// Runs programs and tells how long they took.
pub(crate) trait Engine {
    fn name(&self) -> &str;

    fn run(&self, program: &Program) -> Result<Run>;
}

/// An engine that is a library: to add one, implement this and name it in [`in_process`].
trait Library {
    /// With the version, unless it is this repository's.
    const NAME: &'static str;

    /// Runs the command `wasm` in `world`: its `_start`, which may end by `proc_exit` with status 0.
    fn run(wasm: &[u8], world: WasiCtx) -> Result<()>;
}

/// A library as an engine in this process.
struct InProcess<L>(L);

impl<L: Library> Engine for InProcess<L> {
    fn name(&self) -> &str {
        L::NAME
    }

    fn run(&self, program: &Program) -> Result<Run> {
        let output = Output::default();
        let world = guest::world(program, &output)?;
        let start = cpu::of_thread()?;
        L::run(&program.wasm, world)?;
        Ok(Run { cpu: cpu::of_thread()? - start, stdout: output.take() })
    }
}

/// The engines that are libraries; ratios are to the last one.
pub(crate) fn in_process() -> Vec<Box<dyn Engine>> {
    vec![Box::new(InProcess(whit::Whit)), Box::new(InProcess(wasmi::Wasmi))]
}

/// Commands as engines.
pub(crate) fn processes(commands: &[Command]) -> Result<Vec<Box<dyn Engine>>> {
    let engine = |command: &Command| Box::new(command.clone()) as Box<dyn Engine>;
    anyhow::ensure!(commands.len() > 1, "name at least two commands, the last as the measure");
    Ok(commands.iter().map(engine).collect())
}
