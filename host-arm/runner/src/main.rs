//! Runs the firmware under QEMU: `whit-arm-runner [--seconds N] FIRMWARE [PROGRAM ARG…]`.
//!
//! The firmware's console is this process's standard input and output, its decoded log goes to standard error, and its
//! exit status becomes this process's. Sizes of the firmware are printed to standard error first.

#![forbid(unsafe_code)]

mod firmware;
mod qemu;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use firmware::Firmware;

/// Exit status when the firmware could not be run.
const EXIT_CANNOT_RUN: u8 = 125;

fn main() -> ExitCode {
    match run() {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("whit-arm-runner: {error}");
            ExitCode::from(EXIT_CANNOT_RUN)
        }
    }
}

fn run() -> Result<u8, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let mut limit = None;
    if arguments.next_if(|argument| argument == "--seconds").is_some() {
        limit = Some(Duration::from_secs(arguments.next().ok_or("--seconds: how many?")?.parse()?));
    }
    let path = arguments.next().ok_or("usage: whit-arm-runner [--seconds N] FIRMWARE [PROGRAM ARG…]")?;
    let bytes = std::fs::read(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let firmware = Firmware::parse(&bytes)?;
    eprintln!("{}: {}", firmware.board, firmware.sizes);
    let table = defmt_decoder::Table::parse(&bytes)?.ok_or("the firmware has no table of log messages")?;
    qemu::run(&firmware.board, &path, &table, &arguments.collect::<Vec<_>>(), limit)
}
