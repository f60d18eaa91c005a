//! `--invoke`, and the limits that stop what it calls.

use crate::{Outcome, program, run};

fn invoke(options: &[&str], function: &str, args: &[&str]) -> Outcome {
    let path = program("invoke");
    let mut all = vec!["run", "--unknown-imports-trap", "--invoke", function];
    all.extend(options);
    all.push(&path);
    all.extend(args);
    run(&all)
}

fn output(function: &str, args: &[&str]) -> String {
    let outcome = invoke(&[], function, args);
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
    outcome.stdout
}

#[test]
fn parameters_and_results_have_their_types() {
    assert_eq!(output("add", &["40", "2"]), "42\n");
    assert_eq!(output("add", &["0xffffffff", "-1"]), "-2\n");
    assert_eq!(
        output("swap", &["-1.5", "-9223372036854775808", "0.25"]),
        "0.25\n-9223372036854775808\n-1.5\n"
    );
    assert_eq!(output("none", &[]), "");
}

#[test]
fn a_reactor_is_initialized_first() {
    assert_eq!(output("count", &[]), "42\n");
}

#[test]
fn wrong_arguments_are_usage_errors() {
    for args in [&["1"][..], &["1", "2", "3"], &["1", "two"], &["1", "4294967296"]] {
        let outcome = invoke(&[], "add", args);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(2), ""), "{outcome:?}");
        assert!(outcome.stderr.contains("add"), "{outcome:?}");
    }
}

#[test]
fn what_is_not_there_is_said() {
    let outcome = invoke(&[], "subtract", &[]);
    assert_eq!(outcome.status, Some(1));
    assert!(outcome.stderr.contains("_initialize, count, add, swap"), "{outcome:?}");
    let outcome = run(&["run", "--unknown-imports-trap", &program("invoke")]);
    assert_eq!(outcome.status, Some(1));
    assert!(outcome.stderr.contains("_start") && outcome.stderr.contains("--invoke"), "{outcome:?}");
}

#[test]
fn an_unknown_import_traps_when_it_is_called() {
    let outcome = invoke(&[], "call_missing", &[]);
    assert_eq!(outcome.status, Some(134), "{outcome:?}");
    assert!(outcome.stderr.contains("elsewhere") && outcome.stderr.contains("missing"), "{outcome:?}");
}

#[test]
fn endless_recursion_is_a_trap() {
    let outcome = invoke(&[], "deep", &[]);
    assert_eq!(outcome.status, Some(134));
    let mut lines = outcome.stderr.lines();
    assert_eq!(lines.next(), Some("whit: wasm trap: call stack exhausted"));
    assert!(outcome.stderr.contains(" frames more\n"), "{outcome:?}");
    assert!(lines.count() < 50);
}

#[test]
fn operations_in_a_loop_leave_the_native_stack_alone() {
    assert_eq!(output("bulk", &["1000000"]), "1\n");
}

#[test]
fn memory_stays_within_the_budget() {
    let grow = |limit: &[&str], pages: &str| {
        let outcome = invoke(limit, "grow", &[pages]);
        assert_eq!(outcome.status, Some(0), "{outcome:?}");
        outcome.stdout
    };
    assert_eq!(grow(&[], "100"), "1\n");
    assert_eq!(grow(&["--max-memory", "16M"], "100"), "1\n");
    assert_eq!(grow(&["--max-memory", "4M"], "100"), "-1\n");
    let outcome = invoke(&["--max-memory", "32K"], "none", &[]);
    assert_eq!(outcome.status, Some(1), "{outcome:?}");
    assert!(outcome.stderr.contains("limit 32768"), "{outcome:?}");
}
