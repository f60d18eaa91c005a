//! What commands use until they have ended.

use anyhow::{Context as _, Result, ensure};

use crate::cli::Start;
use crate::engine::{Installed, Run};
use crate::measure::{Measured, Row, in_turn};
use crate::report;

const MEGABYTE: f64 = 1_000_000.0;

/// Tables of CPU time and peak memory of every command with every module. What commands print has to be alike.
pub(crate) fn tables(Start { rounds, whole_process, modules }: &Start) -> Result<String> {
    let installed = Installed::new(whole_process)?;
    let commands = &installed.commands;
    let row = |module: &String| Row::new(format!("`{}`", title(module)), false, commands.len());
    let rows = || modules.iter().map(row).collect::<Vec<_>>();
    let (mut times, mut peaks) = (rows(), rows());
    let mut printed = vec![None; modules.len()];
    in_turn(*rounds, modules.len(), commands.len(), |_, module, command| {
        let words = || modules[module].split_whitespace();
        let what = || format!("{} on {}", modules[module], commands[command].name());
        let Run { cpu, stdout } = commands[command].run(words()).with_context(what)?;
        let peak = commands[command].peak(words()).with_context(what)?;
        let first = printed[module].get_or_insert_with(|| stdout.clone());
        ensure!(*first == stdout, "{} prints something else", what());
        times[module].samples[command].push(cpu.as_secs_f64() * 1000.0);
        peaks[module].samples[command].push(peak as f64 / MEGABYTE);
        Ok(())
    })?;

    let engines: Vec<_> = commands.iter().map(|command| command.name().to_owned()).collect();
    let measured = |rows| Measured { engines: engines.clone(), rows, rounds: *rounds };
    Ok(format!(
        "Whole processes, {rounds} of each in turn for either table, median (minimum).\n\n\
         CPU time in user and system mode, milliseconds:\n\n{}\nPeak resident memory, MB:\n\n{}",
        report::table(&measured(times), 1),
        report::table(&measured(peaks), 1),
    ))
}

/// The words of `module` without the folder of the first.
fn title(module: &str) -> &str {
    let file = module.split_whitespace().next().unwrap_or(module);
    module.trim_start().get(file.rfind('/').map_or(0, |slash| slash + 1)..).unwrap_or(module)
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn titles_have_no_folder() {
        assert_eq!(title("a/b.wasm --in /c"), "b.wasm --in /c");
        assert_eq!(title("b.wasm"), "b.wasm");
    }
}
