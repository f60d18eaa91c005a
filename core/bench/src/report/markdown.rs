//! Tables in Markdown.

use crate::measure::{COREMARK_ROUNDS, Measured, Row, Samples, geomean};

/// All that was measured, with what one has to know to read it.
pub(crate) fn markdown(measured: &Measured, how: &str) -> String {
    let reference = measured.engines.last().map_or("", String::as_str);
    let mut text = format!(
        "CPU milliseconds, {how}: median (minimum) of runs in turn, {} of each program ({COREMARK_ROUNDS} at most of \
         CoreMark), on {}. The ratios are of medians (of minima) to {reference}'s. Lower is better, except for \
         CoreMark's score.\n\n",
        measured.rounds,
        machine(),
    );
    text += &table(measured, 0);
    // With more than two engines it is also of interest what each costs beside the first.
    if measured.engines.len() > 2 {
        let others: Vec<_> = (1..measured.engines.len()).collect();
        text += &format!("\nThe same as parts of what {} costs:\n\n", measured.engines[0]);
        text += &lines(measured, ratios(measured, &others, 0));
    }
    text
}

/// A table of costs with this many decimals, and of ratios to the last engine's.
pub(crate) fn table(measured: &Measured, decimals: usize) -> String {
    let last = measured.engines.len() - 1;
    let mut columns = costs(measured, decimals);
    let ratios = ratios(measured, &(0..last).collect::<Vec<_>>(), last);
    if last > 1 {
        // Side by side they would be too wide.
        return lines(measured, columns) + "\n" + &lines(measured, ratios);
    }
    columns.extend(ratios);
    lines(measured, columns)
}

/// A column: what is above it, a cell for each row, and their mean.
struct Column {
    title: String,
    cells: Vec<String>,
    mean: String,
}

/// What each engine costs.
fn costs(measured: &Measured, decimals: usize) -> Vec<Column> {
    let cell = |row: &Row, engine: usize| {
        let shown = |cost: f64| if row.scored { 1000.0 / cost } else { cost };
        let (median, minimum) = (shown(row.samples[engine].median()), shown(row.samples[engine].minimum()));
        format!("{median:.decimals$} ({minimum:.decimals$})")
    };
    let column = |(engine, name): (usize, &String)| Column {
        title: name.clone(),
        cells: measured.rows.iter().map(|row| cell(row, engine)).collect(),
        mean: String::new(),
    };
    measured.engines.iter().enumerate().map(column).collect()
}

/// What `engines` cost as parts of what `reference` costs.
fn ratios(measured: &Measured, engines: &[usize], reference: usize) -> Vec<Column> {
    let column = |&engine: &usize| {
        let medians = measured.ratios(engine, reference, Samples::median);
        let minima = measured.ratios(engine, reference, Samples::minimum);
        Column {
            title: format!("{} / {}", measured.engines[engine], measured.engines[reference]),
            cells: medians
                .iter()
                .zip(&minima)
                .map(|(median, minimum)| format!("{median:.2} ({minimum:.2})"))
                .collect(),
            mean: format!("**{:.2}** ({:.2})", geomean(&medians), geomean(&minima)),
        }
    };
    engines.iter().map(column).collect()
}

fn lines(measured: &Measured, columns: Vec<Column>) -> String {
    let titles = columns.iter().map(|column| column.title.clone());
    let mut text = line("program", titles) + &format!("| ---{} |\n", " | ---:".repeat(columns.len()));
    for (index, row) in measured.rows.iter().enumerate() {
        text += &line(&title(row), columns.iter().map(|column| column.cells[index].clone()));
    }
    if columns.iter().any(|column| !column.mean.is_empty()) {
        text += &line("**geometric mean**", columns.into_iter().map(|column| column.mean));
    }
    text
}

fn line(title: &str, cells: impl Iterator<Item = String>) -> String {
    format!("| {title} | {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

fn title(row: &Row) -> String {
    if row.scored { format!("{} (score)", row.program) } else { row.program.clone() }
}

/// What kind of machine this is, as Linux tells it.
fn machine() -> String {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, name)| name);
    format!("{} {} ({model}, {processors} CPUs)", std::env::consts::ARCH, std::env::consts::OS)
}

#[cfg(test)]
mod tests {
    use super::{markdown, table};
    use crate::measure::{Measured, Row};

    /// One program, which costs engine `n` `n + 1` and then `n + 3` milliseconds.
    fn measured(engines: usize) -> Measured {
        let mut row = Row::new("p".to_owned(), false, engines);
        for (engine, samples) in row.samples.iter_mut().enumerate() {
            samples.push(engine as f64 + 1.0);
            samples.push(engine as f64 + 3.0);
        }
        Measured { engines: (0..engines).map(|n| format!("e{n}")).collect(), rows: vec![row], rounds: 2 }
    }

    #[test]
    fn two_engines_take_one_table() {
        let text = table(&measured(2), 1);
        assert!(text.contains("| p | 2.0 (1.0) | 3.0 (2.0) | 0.67 (0.50) |"), "{text}");
        assert!(text.ends_with("| **geometric mean** |  |  | **0.67** (0.50) |\n"), "{text}");
    }

    #[test]
    fn more_engines_are_compared_with_the_last_and_the_first() {
        let text = markdown(&measured(3), "in a test");
        assert!(text.contains("| p | 2 (1) | 3 (2) | 4 (3) |"), "{text}");
        assert!(text.contains("| program | e0 / e2 | e1 / e2 |"), "{text}");
        assert!(text.contains("| program | e1 / e0 | e2 / e0 |"), "{text}");
    }
}
