//! Runs WebAssembly programs with Whit.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;

mod backend;
mod cli;
mod exit;
mod inspect;
mod load;
#[cfg(feature = "profile")]
mod profile;
mod run;

fn main() -> ExitCode {
    let result = match cli::Cli::parse().command {
        cli::Command::Run(args) => run::run(&args),
        cli::Command::Inspect(args) => inspect::inspect(&args),
    };
    #[cfg(feature = "profile")]
    profile::write();
    result.map_or_else(exit::Failure::report, |()| ExitCode::SUCCESS)
}
