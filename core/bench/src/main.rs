//! Times Whit beside other engines: the same programs in turn, outputs checked, CPU time.
//!
//! `cargo run --release` prints a table and writes it with a plot to `results/`; `--help` tells the rest.

use anyhow::Result;
use clap::Parser as _;

mod cli;
mod cpu;
mod engine;
mod guest;
mod ir;
mod measure;
mod program;
mod report;
mod start;

use cli::{Arguments, Runs, Speed, Task};
use engine::Installed;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match &arguments.task {
        None => speed(&arguments.speed),
        Some(task) => {
            let text = match task {
                Task::Start(start) => start::tables(start)?,
                Task::Fuel(runs) => fuel(runs)?,
                Task::Ir { paths } => ir::of_files(paths)?,
            };
            print!("{text}");
            Ok(())
        }
    }
}

fn speed(Speed { runs, whole_process, results }: &Speed) -> Result<()> {
    let programs = runs.programs()?;
    let whole = !whole_process.is_empty();
    let installed = Installed::new(whole_process)?;
    let engines = if whole { engine::processes(&installed.commands) } else { engine::in_process() };
    let measured = measure::interleaved(&engines, &programs, runs.rounds)?;

    let mut text = report::markdown(&measured, if whole { "whole processes" } else { "in process" });
    if !whole {
        text += "\n";
        text += &ir::of_programs(&programs)?;
    }
    print!("{text}");
    if runs.only.is_empty() {
        let name = match engines.len() {
            _ if whole => "whole-process",
            2 => "speed",
            _ => "engines",
        };
        std::fs::create_dir_all(results)?;
        std::fs::write(results.join(name).with_extension("md"), &text)?;
        report::plot(&measured, &results.join(name).with_extension("svg"))?;
    }
    Ok(())
}

/// A table of what programs cost with fuel and without.
fn fuel(runs: &Runs) -> Result<String> {
    let measured = measure::interleaved(&engine::fuel(), &runs.programs()?, runs.rounds)?;
    Ok(report::markdown(&measured, "in process"))
}
