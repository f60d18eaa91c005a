//! The built-in suite and this crate's own scripts pass, in every mode of compilation.

use std::path::Path;

use whit::CompilationMode;
use whit_spec_tests::{Expected, Options, TestFile, directory, embedded, run};

fn check(files: &[TestFile], expected: &Expected, mode: CompilationMode) {
    let report = run(files, expected, &Options { mode, ..Options::default() });
    assert!(report.is_success(), "{mode:?}: {}\n{}", report.total(), report.failures(3));
    assert!(report.total().passed > 0);
}

#[test]
fn built_in_suite() {
    let expected = Expected::of_this_crate().unwrap();
    check(&embedded(), &expected, CompilationMode::LazyTranslation);
}

#[test]
fn built_in_suite_validated_lazily() {
    let expected = Expected::of_this_crate().unwrap();
    check(&embedded(), &expected, CompilationMode::Lazy);
}

#[test]
fn regressions_in_every_mode() {
    let files = directory(&Path::new(env!("CARGO_MANIFEST_DIR")).join("regression")).unwrap();
    for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
        check(&files, &Expected::nothing(), mode);
    }
}
