//! What became of a directive, and of a script.

use std::collections::BTreeMap;

/// What became of one directive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It passed in the text format's parser, without reaching Whit.
    PassedInText,
    /// It did not pass and should have, or passed and should not have.
    Failed(String),
    /// It did not pass, for this known reason.
    Expected(String),
}

/// What became of one script.
#[derive(Clone, Default, Debug)]
pub struct FileReport {
    /// Its path in the suite.
    pub name: String,
    /// How many directives passed in Whit.
    pub passed: usize,
    /// How many passed in the text format's parser.
    pub passed_in_text: usize,
    /// Line and cause of every failure.
    pub failures: Vec<(usize, String)>,
    /// How many directives were expected to fail for which reason.
    pub expected: BTreeMap<String, usize>,
}

impl FileReport {
    /// A report on the script `name`, of which nothing has run.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Counts `outcome` of the directive on line `line`.
    pub fn record(&mut self, line: usize, outcome: Outcome) {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::PassedInText => self.passed_in_text += 1,
            Outcome::Failed(cause) => self.failures.push((line, cause)),
            Outcome::Expected(reason) => *self.expected.entry(reason).or_default() += 1,
        }
    }

    /// Ends the count: where Whit passed nothing, the text parser's share says nothing about Whit and joins what was
    /// expected to fail.
    pub fn finish(&mut self) {
        if self.passed == 0
            && let Some((_, count)) = self.expected.iter_mut().max_by_key(|(_, count)| **count)
        {
            *count += self.passed_in_text;
            self.passed_in_text = 0;
        }
    }

    /// How many directives passed.
    #[must_use]
    pub fn passes(&self) -> usize {
        self.passed + self.passed_in_text
    }

    /// How many directives were expected to fail.
    #[must_use]
    pub fn expectations(&self) -> usize {
        self.expected.values().sum()
    }
}
