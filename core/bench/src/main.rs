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

use cli::Args;
use engine::Engine;
use measure::Measured;

fn main() -> Result<()> {
    let args = Args::parse();
    let programs = args.programs()?;
    let whole = !args.whole_process.is_empty();
    let engines: Vec<Box<dyn Engine>> =
        if whole { engine::processes(&args.whole_process)? } else { engine::in_process() };
    let rows = measure::interleaved(&engines, &programs, args.rounds)?;
    let names = engines.iter().map(|engine| engine.name().to_owned()).collect();
    let measured = Measured { engines: names, rows, rounds: args.rounds };

    let mut text = report::markdown(&measured, if whole { "whole processes" } else { "in process" });
    if !whole {
        text += &ir::table(&programs, &args.ir)?;
    }
    print!("{text}");
    if args.only.is_empty() {
        let name = if whole { "whole-process" } else { "speed" };
        std::fs::create_dir_all(&args.results)?;
        std::fs::write(args.results.join(name).with_extension("md"), &text)?;
        report::plot(&measured, &args.results.join(name).with_extension("svg"))?;
    }
    Ok(())
}
