//! Runs WebAssembly programs with Whit.

#![deny(unsafe_code)]
// The process begins in `sys`.
#![cfg_attr(not(test), no_main)]

use std::ffi::OsString;

mod backend;
mod cli;
mod exit;
mod inspect;
mod load;
#[cfg(feature = "profile")]
mod profile;
mod run;
#[allow(unsafe_code)]
mod sys;

/// Does what `arguments` ask for and returns the status that the process ends with.
fn command(arguments: impl Iterator<Item = OsString>) -> u8 {
    let result = match cli::parse(arguments) {
        Ok(cli::Command::Run(args)) => run::run(&args),
        Ok(cli::Command::Inspect(args)) => inspect::inspect(&args),
        Ok(cli::Command::Print(text)) => exit::print(text),
        Err(message) => Err(exit::Failure::Usage(message)),
    };
    #[cfg(feature = "profile")]
    profile::write();
    result.map_or_else(exit::Failure::report, |()| 0)
}
