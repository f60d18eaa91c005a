//! A table in Markdown.

use crate::measure::{COREMARK_ROUNDS, Measured, Row, Samples, geomean};

/// A table of all that was measured, with what one has to know to read it.
pub(crate) fn markdown(measured: &Measured, how: &str) -> String {
    let (reference, others) =
        measured.engines.split_last().map_or(("", &[][..]), |(last, rest)| (last, rest));
    let mut text = format!(
        "CPU milliseconds, {how}: median (minimum) of runs in turn, {} of each program ({COREMARK_ROUNDS} at most of \
         CoreMark), on {}. The ratios are of medians (of minima) to {reference}'s. Lower is better, except for \
         CoreMark's score.\n\n",
        measured.rounds,
        machine(),
    );
    let ratios: Vec<_> = others.iter().map(|name| format!("{name} / {reference}")).collect();
    let columns: Vec<_> = measured.engines.iter().chain(&ratios).cloned().collect();
    text += &format!("| program | {} |\n| ---{} |\n", columns.join(" | "), " | ---:".repeat(columns.len()));

    let of_medians: Vec<_> =
        (0..others.len()).map(|engine| measured.ratios(engine, Samples::median)).collect();
    let of_minima: Vec<_> =
        (0..others.len()).map(|engine| measured.ratios(engine, Samples::minimum)).collect();
    for (index, row) in measured.rows.iter().enumerate() {
        let costs = row.samples.iter().map(|samples| cost(row, samples));
        let ratios =
            of_medians.iter().zip(&of_minima).map(|(medians, minima)| ratio(medians[index], minima[index]));
        text += &line(&title(row), costs.chain(ratios));
    }
    let costs = measured.engines.iter().map(|_| String::new());
    let means = of_medians
        .iter()
        .zip(&of_minima)
        .map(|(medians, minima)| format!("**{:.2}** ({:.2})", geomean(medians), geomean(minima)));
    text + &line("**geometric mean**", costs.chain(means))
}

fn line(title: &str, cells: impl Iterator<Item = String>) -> String {
    format!("| {title} | {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

fn title(row: &Row) -> String {
    if row.scored { format!("{} (score)", row.program) } else { row.program.clone() }
}

fn cost(row: &Row, samples: &Samples) -> String {
    let shown = |cost: f64| if row.scored { 1000.0 / cost } else { cost };
    format!("{:.0} ({:.0})", shown(samples.median()), shown(samples.minimum()))
}

fn ratio(medians: f64, minima: f64) -> String {
    format!("{medians:.2} ({minima:.2})")
}

/// What kind of machine this is, as Linux tells it.
fn machine() -> String {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, name)| name);
    format!("{} {} ({model}, {processors} CPUs)", std::env::consts::ARCH, std::env::consts::OS)
}
