//! Runs scripts on several threads.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use whit::CompilationMode;

use crate::expected::Expected;
use crate::outcome::{FileReport, Outcome};
use crate::report::Report;
use crate::script;
use crate::suite::TestFile;

/// How scripts are run.
#[derive(Clone, Debug)]
pub struct Options {
    /// When modules are validated and translated.
    pub mode: CompilationMode,
    /// Whether translation fuses instructions.
    pub fusion: bool,
    /// On how many threads.
    pub threads: NonZero<usize>,
}

impl Default for Options {
    fn default() -> Self {
        let two = const { NonZero::new(2).unwrap() };
        Self { mode: CompilationMode::default(), fusion: true, threads: two }
    }
}

/// Runs `files`; the reports stand in the same order, whatever ran when.
#[must_use]
pub fn run(files: &[TestFile], expected: &Expected, options: &Options) -> Report {
    let next = AtomicUsize::new(0);
    let finished: Mutex<Vec<(usize, FileReport)>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..options.threads.get().min(files.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(index) else { break };
                    let report = run_one(file, expected, options);
                    finished.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, report));
                }
            });
        }
    });
    let mut finished = finished.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    finished.sort_by_key(|(index, _)| *index);
    let groups = files.iter().map(|file| file.group().to_owned());
    Report::new(groups.zip(finished.into_iter().map(|(_, report)| report)).collect())
}

/// Runs `file`; a panic is a failure of the script, not of the run.
fn run_one(file: &TestFile, expected: &Expected, options: &Options) -> FileReport {
    catch_unwind(AssertUnwindSafe(|| script::run(file, expected, options))).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("(no message)");
        let mut report = FileReport::new(&file.name);
        report.record(0, Outcome::Failed(format!("panicked: {message}")));
        report
    })
}
