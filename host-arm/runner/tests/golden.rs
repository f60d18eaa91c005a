//! Every program of `programs/` under QEMU, on every board: output, exit status and log must be as its files say.
//!
//! `NAME.out` is the expected output and `NAME.in`, if there is one, the input. Comments in `NAME.wat` give the rest:
//! `;; arguments: A B`, `;; status: N` (0 if there is none) and `;; log: TEXT`, a part of a log message.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const BOARDS: [&str; 2] = ["mps2-an386", "netduinoplus2"];
/// Enough for any of the programs, on a slow machine.
const SECONDS: &str = "120";

struct Expected {
    arguments: Vec<String>,
    status: i32,
    log: Vec<String>,
}

impl Expected {
    fn of(program: &Path) -> Self {
        let source = fs::read_to_string(program).unwrap();
        let values = |key: &str| {
            let prefix = format!(";; {key}: ");
            source.lines().filter_map(|line| line.strip_prefix(&prefix)).map(String::from).collect::<Vec<_>>()
        };
        Self {
            arguments: values("arguments")
                .iter()
                .flat_map(|line| line.split(' '))
                .map(String::from)
                .collect(),
            status: values("status").first().map_or(0, |status| status.parse().unwrap()),
            log: values("log"),
        }
    }
}

fn firmware_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Builds the firmware as `cargo run --release` does, and gives its path.
fn build(board: &str) -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--no-default-features", "--message-format=json", "--features", board])
        .current_dir(firmware_folder())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "the firmware for {board} does not build");
    let messages = String::from_utf8(output.stdout).unwrap();
    let executable =
        messages.lines().find_map(|line| line.split("\"executable\":\"").nth(1)?.split('"').next());
    executable.expect("cargo names no executable").into()
}

/// Runs one program and gives what was wrong.
fn run(board: &str, firmware: &Path, program: &Path) -> Vec<String> {
    let expected = Expected::of(program);
    let input = program.with_extension("in");
    let output = Command::new(env!("CARGO_BIN_EXE_whit-arm-runner"))
        .args(["--seconds", SECONDS])
        .arg(firmware)
        .arg(program.file_stem().unwrap())
        .args(&expected.arguments)
        .stdin(if input.exists() { File::open(input).unwrap().into() } else { Stdio::null() })
        .output()
        .unwrap();
    let (stdout, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let mut wrong = Vec::new();
    if output.status.code() != Some(expected.status) {
        wrong.push(format!("exit status {:?}, not {}", output.status.code(), expected.status));
    }
    if stdout != fs::read_to_string(program.with_extension("out")).unwrap() {
        wrong.push(format!("output: {stdout:?}"));
    }
    wrong.extend(
        expected.log.iter().filter(|text| !log.contains(*text)).map(|text| format!("no {text:?} in the log")),
    );
    if !wrong.is_empty() {
        wrong.insert(0, format!("{} on {board}", program.display()));
        wrong.push(format!("log:\n{log}"));
    }
    wrong
}

#[test]
fn programs_do_what_their_files_say() {
    let mut programs: Vec<_> = fs::read_dir(firmware_folder().join("programs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wat"))
        .collect();
    programs.sort();
    assert!(!programs.is_empty());
    let mut wrong = Vec::new();
    for board in BOARDS {
        let firmware = build(board);
        wrong.extend(programs.iter().flat_map(|program| run(board, &firmware, program)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
