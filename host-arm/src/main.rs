//! Firmware that runs a WebAssembly program from flash, with its standard streams on the board's console.
//!
//! The command line, which QEMU or a debugger passes by semihosting, names the program and its arguments. The
//! program's exit status is the firmware's.

#![no_std]
#![no_main]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use cortex_m as _;
use defmt_semihosting as _;
use semihosting::process;

mod backend;
mod board;
mod clock;
mod programs;
mod run;
mod sys;

/// Exit status after a trap, as of a process that called `abort`.
const EXIT_CRASH: i32 = 134;
/// Exit status when there is nothing to run.
const EXIT_FAILURE: i32 = 1;

/// Bytes of the longest command line.
const COMMAND_LINE: usize = 256;
/// The program that runs when the command line names none.
const DEFAULT_PROGRAM: &str = "demo";

defmt::timestamp!("{=u64:us}", clock::microseconds());

#[cortex_m_rt::entry]
fn main() -> ! {
    sys::init_heap();
    let console = board::start();
    if let Some(mut peripherals) = cortex_m::Peripherals::take() {
        clock::start(&mut peripherals.SYST);
    }
    let mut arguments = command_line();
    if arguments.is_empty() {
        arguments.push(DEFAULT_PROGRAM.into());
    }
    let status = match programs::find(&arguments[0]) {
        Some(program) => run::run(program, &arguments, console),
        None => {
            defmt::error!("no program `{=str}`; there are:", arguments[0]);
            for program in programs::PROGRAMS {
                defmt::error!("  {=str}", program.name);
            }
            EXIT_FAILURE
        }
    };
    defmt::info!("heap: peak {=usize} of {=usize} bytes", sys::heap_peak(), board::HEAP_BYTES);
    let (used, stack) = sys::stack_peak();
    defmt::info!("stack: peak {=usize} of {=usize} bytes", used, stack);
    process::exit(status)
}

/// The words of the command line, without the firmware's own name.
fn command_line() -> Vec<String> {
    let Ok(arguments) = semihosting::experimental::env::args::<COMMAND_LINE>() else {
        defmt::warn!("the command line cannot be read, or is longer than {=usize} bytes", COMMAND_LINE);
        return Vec::new();
    };
    (&arguments).skip(1).filter_map(Result::ok).map(String::from).collect()
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    defmt::error!("{}", defmt::Display2Format(info));
    process::exit(EXIT_CRASH)
}
