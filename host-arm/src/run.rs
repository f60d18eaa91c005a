//! Runs one program to its end.

use alloc::boxed::Box;
use alloc::string::String;

use defmt::Display2Format;
use whit::{CallState, Config, Engine, Error, ErrorKind, Linker, Module, Store, StoreLimits};
use whit_wasi::{WasiCtx, add_imports_to_linker};

use crate::backend::{Input, Output, Uptime};
use crate::board::{Console, HEAP_BYTES};
use crate::programs::Program;
use crate::{EXIT_CRASH, EXIT_FAILURE};

/// Bytes of the guest's value stack.
const VALUE_STACK: usize = 8 * 1024;
/// Where a program starts.
const START: &str = "_start";

/// Runs `program` and gives its exit status. What went wrong is in the log.
pub(crate) fn run(program: &'static Program, arguments: &[String], console: Console) -> i32 {
    let error = match start(program, arguments, console) {
        Ok(()) => return 0,
        Err(error) => error,
    };
    if let Some(status) = error.exit_status() {
        return status;
    }
    defmt::error!("{=str}: {}", program.name, Display2Format(&error));
    for frame in error.backtrace() {
        defmt::error!("  at {}", Display2Format(&frame));
    }
    if error.as_trap().is_some() { EXIT_CRASH } else { EXIT_FAILURE }
}

fn start(program: &'static Program, arguments: &[String], console: Console) -> Result<(), Error> {
    defmt::info!("{=str}: a module of {=usize} bytes in flash", program.name, program.module.len());
    let engine = Engine::new(&Config::new())?;
    let module = Module::from_static(&engine, program.module)?;
    let mut linker = Linker::new(&engine);
    add_imports_to_linker(&mut linker, &module, |context| context)?;
    let mut store = Store::with_limits(&engine, context(arguments, console)?, limits());
    let instance = linker.instantiate(&mut store, &module)?;
    let no_start =
        || Error::format(ErrorKind::Link, format_args!("the module exports no function `{START}`"));
    let start = instance.get_func(&store, START).ok_or_else(no_start)?;

    let mut state = start.call_resumable(&mut store, &[], &mut [])?;
    while let CallState::Suspended(call) = state {
        // The program waits for time or input: the next interrupt is a reason to look again.
        cortex_m::asm::wfi();
        state = call.resume(&mut store, &mut [])?;
    }
    Ok(())
}

/// What the program sees of the world.
fn context(arguments: &[String], console: Console) -> Result<WasiCtx, Error> {
    arguments
        .iter()
        .fold(WasiCtx::builder(), |context, argument| context.arg(argument))
        .stdin(Box::new(Input::new(console)))
        .stdout(Box::new(Output(console)))
        .stderr(Box::new(Output(console)))
        .clock(Box::new(Uptime))
        .build()
}

fn limits() -> StoreLimits {
    let mut limits = StoreLimits::default();
    limits.budget = HEAP_BYTES;
    limits.value_stack = VALUE_STACK;
    limits
}
