//! Programs in C and C++ that use vectors, exceptions and `longjmp`: `wasi/tests/programs`, each with a text beside it
//! that says what it prints.

use std::collections::BTreeSet;
use std::path::Path;

use wasmparser::{Parser, Payload};

use crate::{Outcome, compiled, run};

/// Runs a compiled program with several options; its output must be that of the text.
#[track_caller]
fn prints(program: &str, text: &str) {
    let module = compiled(program);
    let expected = Path::new(&compiled(text)).with_extension("txt");
    let expected = std::fs::read_to_string(expected).expect("a text beside the program");
    // A hundred thousand exceptions of 16 bytes that nobody frees would not find room.
    for options in [["--max-memory", "3M"].as_slice(), &["--no-fusion", "--fuel", "1000000000"]] {
        let Outcome { status, stdout, stderr } = run(&[&["run"], options, &[&module]].concat());
        assert_eq!((status, stderr.as_str()), (Some(0), ""), "{options:?}: {stdout}");
        assert_eq!(stdout, expected, "{options:?}");
    }
}

/// The operators in a compiled program of which `wanted` is true, by name.
fn operators(program: &str, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let bytes = std::fs::read(compiled(program)).expect("a program");
    let mut found = BTreeSet::new();
    for payload in Parser::new(0).parse_all(&bytes) {
        let Payload::CodeSectionEntry(body) = payload.expect("a module") else { continue };
        for operator in body.get_operators_reader().expect("a body") {
            let text = format!("{:?}", operator.expect("an operator"));
            let name = text.split([' ', '{']).next().unwrap_or_default();
            if wanted(name) {
                found.insert(name.to_owned());
            }
        }
    }
    found
}

#[test]
fn the_programs_use_the_instructions_that_they_are_for() {
    let lanes = ["V128", "I8x16", "I16x8", "I32x4", "I64x2", "F32x4", "F64x2"];
    let vectors = operators("vectors", |name| lanes.iter().any(|prefix| name.starts_with(prefix)));
    assert!(vectors.len() >= 180, "{}", vectors.len());
    assert!(vectors.iter().filter(|name| name.contains("Relaxed")).count() >= 10);
    let is_exception =
        |name: &str| ["TryTable", "Throw", "ThrowRef", "Try", "Catch", "CatchAll", "Rethrow"].contains(&name);
    for program in ["exceptions", "longjmp"] {
        let found = operators(program, is_exception);
        assert!(found.contains("TryTable") && found.contains("Throw"), "{found:?}");
        assert!(!found.contains("Try") && !found.contains("Rethrow"), "{found:?}");
        let found = operators(&format!("{program}-legacy"), is_exception);
        assert!(found.contains("Try") && found.contains("Throw") && found.contains("Catch"), "{found:?}");
        assert!(!found.contains("TryTable") && !found.contains("ThrowRef"), "{found:?}");
    }
    assert!(operators("exceptions", is_exception).contains("ThrowRef"));
    assert!(operators("exceptions-legacy", is_exception).contains("Rethrow"));
}

#[test]
#[cfg(feature = "simd")]
fn vectors_in_c() {
    prints("vectors", "vectors");
}

#[test]
fn exceptions_in_cpp() {
    prints("exceptions", "exceptions");
}

#[test]
fn legacy_exceptions_in_cpp() {
    prints("exceptions-legacy", "exceptions");
}

#[test]
fn longjmp_in_c() {
    prints("longjmp", "longjmp");
    prints("longjmp-legacy", "longjmp");
}

#[test]
fn exceptions_that_nothing_catches() {
    for program in [compiled("exceptions"), compiled("exceptions-legacy")] {
        let outcome = run(&["run", &program, "uncaught"]);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(134), "before\n"));
        assert!(outcome.stderr.starts_with("whit: an exception was not caught\n"), "{outcome:?}");
        let outcome = run(&["run", &program, "terminate"]);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(134), ""));
        let message = "libc++abi: terminating\nwhit: wasm trap: unreachable\n";
        assert!(outcome.stderr.starts_with(message), "{outcome:?}");
        let outcome = run(&["run", &program, "handler"]);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(3), ""));
        assert_eq!(outcome.stdout, "terminated with 1 uncaught\n");
    }
}
