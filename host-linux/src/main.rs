//! Runs WebAssembly programs with Whit.

#![forbid(unsafe_code)]

use std::process::ExitCode;

mod backend;
mod cli;
mod exit;
mod inspect;
mod load;
#[cfg(feature = "profile")]
mod profile;
mod run;

fn main() -> ExitCode {
    let result = match cli::parse(std::env::args_os().skip(1)) {
        Ok(cli::Command::Run(args)) => run::run(&args),
        Ok(cli::Command::Inspect(args)) => inspect::inspect(&args),
        Ok(cli::Command::Print(text)) => exit::print(text),
        Err(message) => Err(exit::Failure::Usage(message)),
    };
    #[cfg(feature = "profile")]
    profile::write();
    result.map_or_else(exit::Failure::report, |()| ExitCode::SUCCESS)
}
