//! The assertions.

use wast::{QuoteWat, WastExecute, WastRet, Wat};
use whit::ErrorKind;

use super::{Absence, Script, Stop};
use crate::outcome::Outcome;
use crate::proposals::Verdict;
use crate::suite::Profile;
use crate::values;

impl Script<'_> {
    /// The module is malformed or invalid. In which words it is refused is not compared: the validator that Whit uses
    /// has its own. Only for a module with too many of something, `message` tells that a limit is a good reason.
    pub(super) fn assert_refused(&self, mut module: QuoteWat<'_>, message: &str) -> Outcome {
        let Ok(bytes) = module.encode() else {
            return Outcome::PassedInText;
        };
        match self.load_all(&bytes) {
            Ok(()) => Outcome::Failed("an invalid module is accepted".to_owned()),
            Err(error) if matches!(error.kind(), ErrorKind::Module) => match self.oracle.verdict(&bytes) {
                // A script for release 2.0 wants it refused for what release 2.0 says.
                Verdict::InvalidWith(proposals) if self.file.profile() != Profile::Release2 => {
                    Outcome::Expected(proposals)
                }
                _ => Outcome::Passed,
            },
            Err(error) if matches!(error.kind(), ErrorKind::Limit) && message.starts_with("too many") => {
                Outcome::Passed
            }
            Err(error) => Outcome::Failed(format!("refused, but not as invalid: {error}")),
        }
    }

    /// The module is valid and does not fit what it imports.
    pub(super) fn assert_unlinkable(&mut self, mut module: Wat<'_>) -> Outcome {
        let made = module
            .encode()
            .map_err(|error| Absence::Failed(format!("cannot be encoded: {error}")).into())
            .and_then(|bytes| Ok(self.load(&bytes)?))
            .and_then(|module| self.instantiate(&module));
        match made {
            Ok(_) => Outcome::Failed("a module is linked that does not fit".to_owned()),
            Err(Stop::Absent(absence)) => absence.into(),
            Err(Stop::Error(error)) if matches!(error.kind(), ErrorKind::Link) => Outcome::Passed,
            Err(Stop::Error(error)) => Outcome::Failed(format!("not linked, but so: {error}")),
        }
    }

    /// The action returns `expected`.
    pub(super) fn assert_return(&mut self, execute: WastExecute<'_>, expected: &[WastRet<'_>]) -> Outcome {
        let results = match self.execute(execute) {
            Ok(results) => results,
            Err(Stop::Absent(absence)) => return absence.into(),
            Err(Stop::Error(error)) => return Outcome::Failed(format!("does not return: {error}")),
        };
        let matches = results.len() == expected.len()
            && results.iter().zip(expected).all(|(result, expected)| match expected {
                WastRet::Core(expected) => values::matches(&self.store, expected, *result),
                _ => false,
            });
        if matches {
            Outcome::Passed
        } else {
            Outcome::Failed(format!("returns {results:x?} instead of {expected:x?}"))
        }
    }

    /// The action traps with `message`.
    pub(super) fn assert_trap(&mut self, execute: WastExecute<'_>, message: &str) -> Outcome {
        match self.execute(execute) {
            Ok(results) => Outcome::Failed(format!("returns {results:x?} instead of the trap {message:?}")),
            Err(Stop::Absent(absence)) => absence.into(),
            Err(Stop::Error(error)) => match error.as_trap() {
                Some(trap) if is_same_trap(trap.message(), message) => Outcome::Passed,
                _ => Outcome::Failed(format!(
                    "stops with {:?} instead of the trap {message:?}",
                    error.to_string()
                )),
            },
        }
    }

    /// The action throws an exception that nothing catches.
    pub(super) fn assert_exception(&mut self, execute: WastExecute<'_>) -> Outcome {
        match self.execute(execute) {
            Ok(results) => Outcome::Failed(format!("returns {results:x?} instead of throwing")),
            Err(Stop::Absent(absence)) => absence.into(),
            Err(Stop::Error(error)) if error.is_exception() => Outcome::Passed,
            Err(Stop::Error(error)) => Outcome::Failed(format!("stops with \"{error}\" instead of throwing")),
        }
    }

    /// The action suspends, and nothing handles that.
    pub(super) fn assert_suspension(&mut self, execute: WastExecute<'_>) -> Outcome {
        match self.execute(execute) {
            Err(Stop::Absent(absence)) => absence.into(),
            Ok(_) | Err(Stop::Error(_)) => Outcome::Failed("Whit has no stack switching".to_owned()),
        }
    }
}

/// Whether the trap `actual` is the one that a script calls `expected`.
///
/// The reference interpreter takes the script's text as a prefix of its own. It also adds an operand to some texts,
/// which scripts then repeat: "uninitialized element 2".
fn is_same_trap(actual: &str, expected: &str) -> bool {
    let without_operand = expected.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    actual.starts_with(expected) || actual == without_operand
}

#[cfg(test)]
mod tests {
    use super::is_same_trap;

    #[test]
    fn trap_texts() {
        assert!(is_same_trap("out of bounds memory access", "out of bounds memory access"));
        assert!(is_same_trap("out of bounds memory access", "out of bounds"));
        assert!(is_same_trap("uninitialized element", "uninitialized element 2"));
        assert!(!is_same_trap("undefined element", "uninitialized element"));
        assert!(!is_same_trap("unreachable", "unreachable executed"));
    }
}
