//! The file of expected failures.

use crate::proposals;

/// What is known to fail.
#[derive(Clone, Default, Debug)]
pub struct Expected {
    proposals: Vec<Entry>,
    directives: Vec<Entry>,
    scripts: Vec<Entry>,
}

/// One line of the file.
#[derive(Clone, Debug)]
struct Entry {
    pattern: String,
    reason: String,
}

impl Expected {
    /// The file of this crate.
    ///
    /// # Errors
    /// When a line of it cannot be understood.
    pub fn of_this_crate() -> Result<Self, String> {
        Self::parse(include_str!("../expected-failures.txt"))
    }

    /// Nothing is expected to fail.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Reads `text`: lines of a kind (`proposal`, `directive` or `script`), what it is about, and why.
    ///
    /// # Errors
    /// When a line cannot be understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut expected = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |what: &str| format!("expected failures, line {}: {what}", index + 1);
            let mut words = line.splitn(2, char::is_whitespace);
            let kind = words.next().unwrap_or_default();
            let mut words = words.next().unwrap_or_default().trim_start().splitn(2, char::is_whitespace);
            let pattern = words.next().unwrap_or_default().to_owned();
            let reason = words.next().unwrap_or_default().trim().to_owned();
            if reason.is_empty() {
                return Err(wrong("no reason is given"));
            }
            let entry = Entry { pattern, reason };
            match kind {
                "proposal" if proposals::is_known(&entry.pattern) => expected.proposals.push(entry),
                "proposal" => return Err(wrong("no such proposal")),
                "directive" if entry.pattern.contains(".wast:") => expected.directives.push(entry),
                "directive" => return Err(wrong("a directive is named as script.wast:line")),
                "script" => expected.scripts.push(entry),
                _ => return Err(wrong("a line starts with `proposal`, `directive` or `script`")),
            }
        }
        Ok(expected)
    }

    /// Whether modules that need the proposal `name` are expected to be refused.
    #[must_use]
    pub fn is_off(&self, name: &str) -> bool {
        self.proposals.iter().any(|entry| entry.pattern == name)
    }

    /// Why the directive on line `line` of `script` is expected to fail.
    #[must_use]
    pub fn directive(&self, script: &str, line: usize) -> Option<&str> {
        let place = format!("{script}:{line}");
        find(&self.directives, &place)
    }

    /// Why the text of `script` is expected to be unreadable.
    #[must_use]
    pub fn script(&self, script: &str) -> Option<&str> {
        find(&self.scripts, script)
    }

    /// The lines of `script` on which a directive is expected to fail.
    pub fn lines<'a>(&'a self, script: &'a str) -> impl Iterator<Item = usize> + 'a {
        let line =
            move |entry: &'a Entry| entry.pattern.strip_prefix(script)?.strip_prefix(':')?.parse().ok();
        self.directives.iter().filter_map(line)
    }
}

fn find<'a>(entries: &'a [Entry], place: &str) -> Option<&'a str> {
    entries.iter().find(|entry| entry.pattern == place).map(|entry| entry.reason.as_str())
}

#[cfg(test)]
mod tests {
    use super::Expected;

    #[test]
    fn entries_are_found() {
        let expected = Expected::parse(
            "# comment\n\nproposal simd   not yet\ndirective a/b.wast:12 superseded\nscript c.wast unreadable\n",
        )
        .unwrap();
        assert!(expected.is_off("simd"));
        assert!(!expected.is_off("gc"));
        assert_eq!(expected.directive("a/b.wast", 12), Some("superseded"));
        assert_eq!(expected.directive("a/b.wast", 1), None);
        assert_eq!(expected.script("c.wast"), Some("unreadable"));
        assert_eq!(expected.lines("a/b.wast").collect::<Vec<_>>(), [12]);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["proposal simd", "proposal sidm why", "directive a.wast why", "whatever a b"] {
            assert!(Expected::parse(text).is_err(), "{text}");
        }
    }
}
