//! Arguments, environment and standard streams.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use crate::{program, run, run_with_input, whit};

#[test]
fn arguments_and_environment_arrive() {
    let path = program("arguments");
    let outcome = run(&["run", &path]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(1), "arguments.wat\0"));
    let options =
        ["run", "--env", "A=b=c", "--env", "EMPTY=", "--argv0", "name", &path, "--dir", "", "-x", "ä"];
    let outcome = run(&options);
    assert_eq!(outcome.status, Some(7));
    assert_eq!(outcome.stdout, "name\0--dir\0\0-x\0ä\0A=b=c\0EMPTY=\0");
}

#[test]
fn standard_input_is_copied_to_standard_output() {
    let path = program("cat");
    let input: Vec<u8> =
        (0..1_000_000u32).flat_map(|number| (number % 95 + 32).to_le_bytes()[..1].to_vec()).collect();
    let outcome = run_with_input(&["run", &path], &input);
    assert_eq!((outcome.status, outcome.stdout.as_bytes() == input), (Some(0), true));
    let outcome = run(&["run", &path]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), ""));
}

#[test]
fn output_arrives_while_the_program_still_runs() {
    let mut command = whit(["run", &program("cat")]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = child.stdout.take().expect("a pipe");
    for text in [b"one", b"two"] {
        stdin.write_all(text).expect("the program reads");
        let mut echo = [0; 3];
        stdout.read_exact(&mut echo).expect("the program writes");
        assert_eq!(&echo, text);
    }
    drop(stdin);
    assert!(child.wait().expect("the command ends").success());
}

#[test]
fn a_closed_pipe_is_an_errno_to_the_guest() {
    let mut command = whit(["run", &program("cat")]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the command starts");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"text").expect("the program reads");
    drop(stdin);
    // The program exits with the errno of the write: `pipe`.
    assert_eq!(child.wait().expect("the command ends").code(), Some(64));
}

#[test]
fn closed_streams_are_empty_ones() {
    // Reading the directory, which would be the next file, is an errno, and so is writing to it.
    let script = r#"exec "$0" run --dir / "$1" <&- >&- 2>&-"#;
    for (name, status) in [("cat", 0), ("arguments", 1)] {
        let args = ["-c", script, env!("CARGO_BIN_EXE_whit"), &program(name)];
        let ended = Command::new("sh").args(args).status().expect("a shell");
        assert_eq!(ended.code(), Some(status), "{name}");
    }
}

#[test]
fn a_closed_standard_error_is_no_other_file() {
    let script = r#"exec "$0" run --dir / "$1" 2>&-"#;
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_whit"), &program("cat")]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"x").expect("the program reads");
    child.stdout.take().expect("a pipe").read_exact(&mut [0]).expect("the program writes");
    let file = std::fs::read_link(format!("/proc/{}/fd/2", child.id())).expect("an open file");
    drop(stdin);
    assert!(child.wait().expect("the command ends").success());
    assert_eq!(file.to_str(), Some("/dev/null"));
}

#[test]
fn a_trap_has_its_status_even_if_nobody_listens() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut child = whit(["run", &program("trap")]).stderr(writer).spawn().expect("the command starts");
    assert_eq!(child.wait().expect("the command ends").code(), Some(134));
}

#[test]
fn a_full_disk_is_an_errno_to_the_guest() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
    let mut command = whit(["run", &program("cat")]);
    let mut child = command.stdin(Stdio::piped()).stdout(full).spawn().expect("the command starts");
    child.stdin.take().expect("a pipe").write_all(b"text").expect("the program reads");
    assert_eq!(child.wait().expect("the command ends").code(), Some(51));
}

#[test]
fn the_demo_draws() {
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/mandelbrot.wat");
    for (args, columns, rows) in [(&["run", demo][..], 78, 31), (&["run", demo, "120"], 120, 49)] {
        let outcome = run(args);
        assert_eq!(outcome.status, Some(0), "{outcome:?}");
        let lines: Vec<_> = outcome.stdout.lines().collect();
        assert_eq!(lines.len(), rows);
        assert!(lines.iter().all(|line| line.len() == columns));
        // The set is its own mirror image, and its needle lies on the middle line.
        assert!(lines.iter().eq(lines.iter().rev()));
        assert!(lines[rows / 2].contains("WWWWWWWWWWWWWWWWWWWW"));
    }
}

#[test]
fn a_trace_goes_to_standard_error() {
    let outcome = run_with_input(&["run", "--trace", "wasi", &program("cat")], b"text");
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), "text"));
    let lines: Vec<_> = outcome.stderr.lines().collect();
    assert_eq!(lines[0], "fd_read(fd=0, buffers=2@0x0) = ok count=4");
    assert_eq!(lines[1], r#"fd_write(fd=1, buffers="text") = ok count=4"#);
    assert_eq!(lines[2], "fd_read(fd=0, buffers=2@0x0) = ok count=0");
    assert_eq!(lines.len(), 3);
}
