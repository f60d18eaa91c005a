//! The results of a run, as tables.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::outcome::FileReport;

/// The results of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// Group and report of every script.
    files: Vec<(String, FileReport)>,
}

/// Sums over several scripts.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Group {
    /// Scripts.
    pub scripts: usize,
    /// Directives that passed.
    pub passed: usize,
    /// Directives that failed.
    pub failed: usize,
    /// Directives that were expected to fail.
    pub expected: usize,
}

impl Group {
    fn add(&mut self, report: &FileReport) {
        self.scripts += 1;
        self.passed += report.passes();
        self.failed += report.failures.len();
        self.expected += report.expectations();
    }
}

impl Report {
    pub(crate) fn new(files: Vec<(String, FileReport)>) -> Self {
        Self { files }
    }

    /// The reports on all scripts, in order.
    pub fn files(&self) -> impl Iterator<Item = &FileReport> {
        self.files.iter().map(|(_, report)| report)
    }

    /// The sums over all scripts.
    #[must_use]
    pub fn total(&self) -> Group {
        let mut total = Group::default();
        self.files().for_each(|report| total.add(report));
        total
    }

    /// The sums by directory of the suite.
    #[must_use]
    pub fn groups(&self) -> BTreeMap<&str, Group> {
        let mut groups = BTreeMap::<_, Group>::new();
        for (group, report) in &self.files {
            groups.entry(group.as_str()).or_default().add(report);
        }
        groups
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.files().all(|report| report.failures.is_empty())
    }

    /// Every failure, one a line, at most `limit` of each script.
    #[must_use]
    pub fn failures(&self, limit: usize) -> String {
        let mut text = String::new();
        for report in self.files() {
            for (line, cause) in report.failures.iter().take(limit) {
                let _ = writeln!(text, "{}:{line}: {cause}", report.name);
            }
            if let Some(more @ 1..) = report.failures.len().checked_sub(limit) {
                let _ = writeln!(text, "{}: {more} more failures", report.name);
            }
        }
        text
    }

    /// The table by script.
    #[must_use]
    pub fn by_script(&self) -> String {
        let mut table = Table::new("script", "why expected");
        for report in self.files() {
            let mut group = Group::default();
            group.add(report);
            let reasons: Vec<_> = report.expected.keys().map(String::as_str).collect();
            table.row(&report.name, group, &reasons.join("; "));
        }
        table.text
    }

    /// The table by directory of the suite, with totals.
    #[must_use]
    pub fn by_group(&self) -> String {
        let mut table = Table::new("directory", "scripts");
        for (name, group) in self.groups() {
            table.row(name, group, &group.scripts.to_string());
        }
        let total = self.total();
        table.row("total", total, &total.scripts.to_string());
        table.text
    }
}

/// A Markdown table that also reads well as it stands.
struct Table {
    text: String,
}

impl Table {
    fn new(first: &str, last: &str) -> Self {
        let dashes = "-".repeat(48);
        let text = format!(
            "| {first:48} | passed | failed | expected | {last} |\n| {dashes} | -----: | -----: | -------: | --- |\n"
        );
        Self { text }
    }

    fn row(&mut self, name: &str, group: Group, last: &str) {
        let Group { passed, failed, expected, .. } = group;
        let _ = writeln!(self.text, "| {name:48} | {passed:6} | {failed:6} | {expected:8} | {last} |");
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scripts, passed, failed, expected } = self;
        write!(
            f,
            "{scripts} scripts: {passed} directives passed, {failed} failed, {expected} expected to fail"
        )
    }
}
