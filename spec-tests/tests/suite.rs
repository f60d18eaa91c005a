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

/// Release 2.0 is enough here: what differs between modes does not depend on proposals.
#[test]
fn release_2_validated_lazily() {
    let expected = Expected::of_this_crate().unwrap();
    let files: Vec<_> = embedded().into_iter().filter(|file| file.group() == "wasm-v2").collect();
    check(&files, &expected, CompilationMode::Lazy);
}

#[test]
fn regressions_in_every_mode() {
    let files = directory(&Path::new(env!("CARGO_MANIFEST_DIR")).join("regression")).unwrap();
    for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
        check(&files, &Expected::nothing(), mode);
    }
}
