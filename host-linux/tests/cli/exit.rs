//! Exit statuses and what is printed about failures.

use crate::{Temporary, program, run};

#[test]
fn the_guests_status_passes_through() {
    let outcome = run(&["run", &program("arguments"), "a", "b"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(3), ""));
    let directory = Temporary::new("status");
    let exit = |status: &str| {
        let text = format!(
            r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
                 (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const {status}))))"#
        );
        run(&["run", &directory.file("exit.wat", text)]).status
    };
    assert_eq!(exit("0"), Some(0));
    assert_eq!(exit("125"), Some(125));
    assert_eq!(exit("255"), Some(255));
}

#[test]
fn a_trap_is_reported_with_its_backtrace() {
    let outcome = run(&["run", &program("trap")]);
    assert_eq!(outcome.status, Some(134));
    assert_eq!(outcome.stdout, "before\n");
    let lines: Vec<_> = outcome.stderr.lines().collect();
    assert_eq!(lines[0], "whit: wasm trap: integer divide by zero");
    for (line, frame) in lines[1..].iter().zip(["  0: divide (at offset 0x", "  1: outer", "  2: start"]) {
        assert!(line.starts_with(frame), "{outcome:?}");
    }
    assert_eq!(lines.len(), 4);
}

#[test]
fn a_bad_module_is_reported_with_the_offset() {
    let directory = Temporary::new("bad");
    let good = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x05\x01\x03\0\x6a\x0b".to_vec();
    let report = |name: &str, bytes: &[u8]| {
        let outcome = run(&["run", &directory.file(name, bytes)]);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(1), ""), "{outcome:?}");
        assert!(outcome.stderr.starts_with("whit: "), "{outcome:?}");
        outcome.stderr
    };
    // The function adds two values that are not there.
    let message = report("invalid.wasm", &good);
    assert!(message.contains("invalid.wasm: ") && message.contains("(at offset 0x17)"), "{message}");
    for length in 0..good.len() - 1 {
        let message = report("short.wasm", &good[..length]);
        assert!(message.contains("(at offset 0x") || [8, 14].contains(&length), "{length}: {message}");
    }
    assert!(report("text.wat", b"(module\n  (func (export 1)))").contains("text.wat:2:10"));
    assert!(report("noise.wasm", b"#!/bin/sh\n").contains("(at offset 0x0)"));
}

#[test]
fn a_missing_file_is_named() {
    let outcome = run(&["run", "/nowhere/to/be.found"]);
    assert_eq!(outcome.status, Some(1));
    assert!(outcome.stderr.contains("/nowhere/to/be.found: No such file"), "{outcome:?}");
    let outcome = run(&["run", "--dir", "/nowhere::/", &program("cat")]);
    assert_eq!(outcome.status, Some(1));
    assert!(outcome.stderr.contains("/nowhere: No such file"), "{outcome:?}");
}

#[test]
fn a_missing_import_is_named() {
    let outcome = run(&["run", &program("invoke")]);
    assert_eq!(outcome.status, Some(1));
    assert!(outcome.stderr.contains("elsewhere") && outcome.stderr.contains("missing"), "{outcome:?}");
}

#[test]
fn a_wrong_command_line_is_status_2() {
    for args in [&["run"][..], &[], &["walk"], &["run", "--fuel", "much", "x"], &["run", "--wrong", "x"]] {
        let outcome = run(args);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(outcome.stderr.contains("--help"), "{outcome:?}");
    }
}

#[test]
fn help_fits_a_terminal() {
    for args in [&["--help"][..], &["run", "--help"], &["inspect", "--help"]] {
        let outcome = run(args);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
        assert!(outcome.stdout.contains("Usage: whit"));
        assert!(outcome.stdout.lines().all(|line| line.chars().count() <= 100), "{}", outcome.stdout);
    }
}

#[test]
fn fuel_runs_out() {
    let spin = |options: &[&str]| {
        let mut args = vec!["run", "--unknown-imports-trap", "--invoke", "spin"];
        args.extend(options);
        let path = program("invoke");
        args.push(&path);
        run(&args)
    };
    let outcome = spin(&["--fuel", "100000"]);
    assert_eq!(outcome.status, Some(134), "{outcome:?}");
    assert!(outcome.stderr.starts_with("whit: wasm trap: all fuel consumed\n  0: "), "{outcome:?}");
    let outcome = run(&["run", "--fuel", "100000", &program("cat")]);
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
}
