//! `whit inspect`.

use crate::{Temporary, program, run};

fn inspect(text: &str) -> crate::Outcome {
    let directory = Temporary::new(&format!("inspect-{}", text.len()));
    run(&["inspect", &directory.file("module.wat", text)])
}

#[test]
fn a_module_is_described() {
    let outcome = run(&["inspect", &program("invoke")]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{outcome:?}");
    for line in [
        "proposals: bulk-memory, multi-value",
        "memory 0:  64 KiB at first, no limit",
        "imports:   1",
        "  elsewhere missing: func [i32] -> []",
        "exports:   11",
        "  swap: func [f64 i64 f32] -> [f32 i64 f64]",
    ] {
        assert!(outcome.stdout.lines().any(|found| found == line), "{line}\n{}", outcome.stdout);
    }
    assert!(outcome.stdout.contains("11 functions"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("\nIR:        "), "{}", outcome.stdout);
}

#[test]
fn proposals_are_found() {
    let proposals = |text: &str| {
        let outcome = inspect(text);
        let line =
            outcome.stdout.lines().find_map(|line| line.strip_prefix("proposals: ")).map(str::to_owned);
        line.unwrap_or_else(|| panic!("{outcome:?}"))
    };
    assert_eq!(proposals("(module (func))"), "none beyond WebAssembly 1.0");
    assert_eq!(proposals("(module (func $f (return_call $f)))"), "tail-call");
    assert_eq!(proposals("(module (memory 1) (memory 1))"), "multi-memory");
    assert_eq!(proposals("(module (global i32 (i32.add (i32.const 1) (i32.const 2))))"), "extended-const");
    assert_eq!(
        proposals(
            "(module (func (param f32) (result i32) (i32.extend8_s (i32.trunc_sat_f32_s (local.get 0)))))"
        ),
        "saturating-float-to-int, sign-extension"
    );
    assert_eq!(
        proposals("(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))"),
        "bulk-memory"
    );
    assert_eq!(proposals(r#"(module (import "" "" (global (mut i32))))"#), "mutable-global");
}

#[test]
fn what_whit_cannot_run_is_described_too() {
    let outcome =
        inspect(r#"(module (type $f (func)) (import "a" "b" (func)) (type (cont $f)) (memory i64 1))"#);
    assert_eq!(outcome.status, Some(1), "{outcome:?}");
    assert!(outcome.stdout.contains("proposals: memory64, stack-switching\n"), "{outcome:?}");
    assert!(outcome.stdout.contains("imports:   1\n  a b\n"), "{outcome:?}");
    assert!(outcome.stderr.contains("(at offset 0x"), "{outcome:?}");
}

#[test]
fn noise_is_refused() {
    let directory = Temporary::new("inspect-noise");
    let outcome = run(&["inspect", &directory.file("noise.wasm", "noise")]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(1), ""));
    assert!(outcome.stderr.contains("(at offset 0x0)"), "{outcome:?}");
}
