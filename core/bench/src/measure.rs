//! Runs every program on every engine in turn.

use anyhow::{Context as _, Result};

use crate::engine::Engine;
use crate::program::{Expected, Program};

/// What the runs of one program on one engine cost: milliseconds of CPU time, or of one iteration of CoreMark.
#[derive(Clone, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn push(&mut self, sample: f64) {
        self.0.push(sample);
    }

    /// The cheapest run, in which the least came between.
    pub(crate) fn minimum(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The run in the middle.
    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
    }
}

/// A program's costs by engine.
pub(crate) struct Row {
    pub(crate) program: String,
    /// Whether the program tells a score; costs are then what it stands for.
    pub(crate) scored: bool,
    pub(crate) samples: Vec<Samples>,
}

impl Row {
    /// One with no samples of `engines`.
    pub(crate) fn new(program: String, scored: bool, engines: usize) -> Self {
        Self { program, scored, samples: vec![Samples::default(); engines] }
    }
}

/// Everything that was measured.
pub(crate) struct Measured {
    pub(crate) engines: Vec<String>,
    pub(crate) rows: Vec<Row>,
    pub(crate) rounds: u32,
}

impl Measured {
    /// What the engine `engine` costs by row, as a part of what `reference` costs.
    pub(crate) fn ratios(&self, engine: usize, reference: usize, of: fn(&Samples) -> f64) -> Vec<f64> {
        self.rows.iter().map(|row| of(&row.samples[engine]) / of(&row.samples[reference])).collect()
    }
}

/// The geometric mean.
pub(crate) fn geomean(values: &[f64]) -> f64 {
    (values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp()
}

/// CoreMark takes ten seconds a run, and levels out by itself: this many are enough.
pub(crate) const COREMARK_ROUNDS: u32 = 3;

/// Calls `run` once for every row and engine, in turn, and that `rounds` times: with the round, the row, the engine.
/// Which engine is first changes by round.
pub(crate) fn in_turn(
    rounds: u32,
    rows: usize,
    engines: usize,
    mut run: impl FnMut(u32, usize, usize) -> Result<()>,
) -> Result<()> {
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        for row in 0..rows {
            for turn in 0..engines {
                run(round, row, (turn + round as usize) % engines)?;
            }
        }
    }
    Ok(())
}

/// Runs every program on every engine in turn.
pub(crate) fn interleaved(
    engines: &[Box<dyn Engine>],
    programs: &[Program],
    rounds: u32,
) -> Result<Measured> {
    let row = |program: &Program| {
        Row::new(program.name.clone(), matches!(program.expected, Expected::CoreMark), engines.len())
    };
    let mut rows: Vec<_> = programs.iter().map(row).collect();
    in_turn(rounds, programs.len(), engines.len(), |round, index, engine| {
        let (program, row) = (&programs[index], &mut rows[index]);
        if !row.scored || round < COREMARK_ROUNDS {
            let cost = cost(&*engines[engine], program);
            let cost = cost.with_context(|| format!("{} on {}", program.name, engines[engine].name()))?;
            row.samples[engine].push(cost);
        }
        Ok(())
    })?;
    let engines = engines.iter().map(|engine| engine.name().to_owned()).collect();
    Ok(Measured { engines, rows, rounds })
}

fn cost(engine: &dyn Engine, program: &Program) -> Result<f64> {
    let run = engine.run(program)?;
    let score = program.check(&run.stdout)?;
    // The score is iterations in a second.
    Ok(score.map_or(run.cpu.as_secs_f64() * 1000.0, |score| 1000.0 / score))
}

#[cfg(test)]
mod tests {
    use super::{Samples, geomean};

    #[test]
    fn middles() {
        assert_eq!(Samples(vec![3.0, 1.0, 9.0]).median(), 3.0);
        assert_eq!(Samples(vec![3.0, 1.0, 9.0, 5.0]).median(), 4.0);
        assert_eq!(Samples(vec![3.0, 1.0]).minimum(), 1.0);
        assert!((geomean(&[0.5, 2.0]) - 1.0).abs() < 1e-12);
    }
}
