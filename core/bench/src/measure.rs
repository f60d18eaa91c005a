//! Runs every program on every engine in turn.

use anyhow::{Context as _, Result};

use crate::engine::Engine;
use crate::program::{Expected, Program};

/// What the runs of one program on one engine cost: milliseconds of CPU time, or of one iteration of CoreMark.
pub(crate) struct Samples(Vec<f64>);

impl Samples {
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

/// Everything that was measured.
pub(crate) struct Measured {
    pub(crate) engines: Vec<String>,
    pub(crate) rows: Vec<Row>,
    pub(crate) rounds: u32,
}

impl Measured {
    /// What the engine `engine` costs by row, as a part of what the last engine costs.
    pub(crate) fn ratios(&self, engine: usize, of: fn(&Samples) -> f64) -> Vec<f64> {
        let last = self.engines.len() - 1;
        self.rows.iter().map(|row| of(&row.samples[engine]) / of(&row.samples[last])).collect()
    }
}

/// The geometric mean.
pub(crate) fn geomean(values: &[f64]) -> f64 {
    (values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp()
}

/// CoreMark takes ten seconds a run, and levels out by itself: this many are enough.
pub(crate) const COREMARK_ROUNDS: u32 = 3;

/// Runs every program once on every engine, in turn, and that `rounds` times. Which engine is first changes by round.
pub(crate) fn interleaved(
    engines: &[Box<dyn Engine>],
    programs: &[Program],
    rounds: u32,
) -> Result<Vec<Row>> {
    let empty = |program: &Program| Row {
        program: program.name.clone(),
        scored: matches!(program.expected, Expected::CoreMark),
        samples: engines.iter().map(|_| Samples(Vec::new())).collect(),
    };
    let mut rows: Vec<_> = programs.iter().map(empty).collect();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        for (program, row) in programs.iter().zip(&mut rows) {
            if row.scored && round >= COREMARK_ROUNDS {
                continue;
            }
            for turn in 0..engines.len() {
                let index = (turn + round as usize) % engines.len();
                let cost = cost(&*engines[index], program);
                let cost = cost.with_context(|| format!("{} on {}", program.name, engines[index].name()))?;
                row.samples[index].0.push(cost);
            }
        }
    }
    Ok(rows)
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
