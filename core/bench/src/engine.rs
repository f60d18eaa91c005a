//! The engines that are compared.

use std::time::Duration;

use anyhow::Result;
use whit_wasi::WasiCtx;

use crate::cpu;
use crate::guest::{self, Output};
use crate::program::Program;

mod process;
#[cfg(feature = "tinywasm")]
mod tinywasm;
mod wasi;
mod wasmi;
#[cfg(feature = "wasmtime")]
mod wasmtime;
mod whit;

pub(crate) use process::{Command, Installed};

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
    /// With the version, unless it is this repository's, and with whether it compiles to machine code.
    fn name(&self) -> &'static str;

    /// Runs the command `wasm` in `world`: its `_start`, which may end by `proc_exit` with status 0.
    fn run(&self, wasm: &[u8], world: WasiCtx) -> Result<()>;
}

/// A library as an engine in this process.
struct InProcess<L>(L);

impl<L: Library> Engine for InProcess<L> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn run(&self, program: &Program) -> Result<Run> {
        let output = Output::default();
        let world = guest::world(program, &output)?;
        let start = cpu::of_thread()?;
        self.0.run(&program.wasm, world)?;
        Ok(Run { cpu: cpu::of_thread()? - start, stdout: output.take() })
    }
}

/// Whit, and the engines that are libraries; wasmi, to which ratios are, is the last one.
pub(crate) fn in_process() -> Vec<Box<dyn Engine>> {
    vec![
        Box::new(InProcess(whit::Whit { fuel: false })),
        #[cfg(feature = "tinywasm")]
        Box::new(InProcess(tinywasm::Tinywasm)),
        #[cfg(feature = "wasmtime")]
        Box::new(InProcess(wasmtime::Wasmtime::Pulley)),
        #[cfg(feature = "wasmtime")]
        Box::new(InProcess(wasmtime::Wasmtime::Winch)),
        #[cfg(feature = "wasmtime")]
        Box::new(InProcess(wasmtime::Wasmtime::Cranelift)),
        Box::new(InProcess(wasmi::Wasmi)),
    ]
}

/// Whit with fuel, and without.
pub(crate) fn fuel() -> Vec<Box<dyn Engine>> {
    vec![Box::new(InProcess(whit::Whit { fuel: true })), Box::new(InProcess(whit::Whit { fuel: false }))]
}

/// Commands as engines.
pub(crate) fn processes(commands: &[Command]) -> Vec<Box<dyn Engine>> {
    commands.iter().map(|command| Box::new(command.clone()) as Box<dyn Engine>).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{fuel, in_process};
    use crate::program::{Expected, Program};

    #[test]
    fn engines_print_the_same() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("kernels/wasm/fib.wasm");
        let expected = Expected::Output("55 63 2\n".to_owned());
        let program = Program::read("fib", &path, vec!["10".to_owned()], expected).unwrap();
        for engine in in_process().into_iter().chain(fuel()) {
            let run = engine.run(&program).unwrap();
            program.check(&run.stdout).unwrap_or_else(|error| panic!("{}: {error}", engine.name()));
        }
    }
}
