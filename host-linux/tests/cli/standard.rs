//! Programs that use Rust's standard library and a C library: `wasi/tests/programs`, which check themselves.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::process::Stdio;

use crate::{Outcome, Temporary, compiled, run, run_with_input, whit};

fn tour(directory: &Temporary, options: &[&str], args: &[&str]) -> Outcome {
    let (mount, path) = (format!("{}::/", directory.text()), compiled("tour"));
    let mut all = vec!["run", "--dir", &mount];
    all.extend(options);
    all.push(&path);
    all.extend(args);
    run(&all)
}

fn passes(options: &[&str], args: &[&str]) -> String {
    let directory = Temporary::new(&format!("tour-{}", args[0]));
    let outcome = tour(&directory, options, args);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{}", outcome.stdout);
    assert!(outcome.stdout.ends_with(&format!("{} ok\n", args[0])), "{outcome:?}");
    outcome.stdout
}

#[test]
fn rust_files_and_directories() {
    passes(&[], &["files"]);
    passes(&[], &["directories"]);
}

#[test]
fn rust_lists_ten_thousand_entries() {
    passes(&[], &["listing"]);
}

#[test]
fn rust_environment_and_time() {
    passes(&["--env", "NAME=välue=1", "--env", "OTHER="], &["environment", "", "--flag", "ä b"]);
    passes(&[], &["time"]);
}

#[test]
fn rust_random_numbers_differ() {
    assert_ne!(passes(&[], &["random"]), passes(&[], &["random"]));
}

#[test]
fn rust_copies_a_hundred_megabytes() {
    let directory = Temporary::new("copy");
    let pattern: Vec<u8> =
        (0..1_000_000u32).map(|number| (number.wrapping_mul(2_654_435_769) >> 24) as u8).collect();
    let mut input = File::create(directory.path().join("in")).expect("a file");
    (0..100).for_each(|_| input.write_all(&pattern).expect("room"));
    let outcome = tour(&directory, &[], &["copy"]);
    assert_eq!(outcome.stdout, "copy ok\n", "{outcome:?}");
    let output = std::fs::read(directory.path().join("out")).expect("the copy");
    assert_eq!(output.len(), 100_000_000);
    assert!(output.chunks(pattern.len()).all(|chunk| chunk == pattern));
}

#[test]
fn a_c_program_serves_a_connection() {
    let directory = Temporary::new("serve");
    let mount = format!("{}::/", directory.text());
    let mut command =
        whit(["run", "--dir", &mount, "--tcp-listen", "127.0.0.1:0", &compiled("libc"), "serve"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the command starts");
    let mut line = String::new();
    BufReader::new(child.stderr.take().expect("a pipe")).read_line(&mut line).expect("a line");
    let address = line.trim_end().strip_prefix("whit: listening at ").expect("an address");
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.write_all(b"stressed").expect("it receives");
    stream.shutdown(Shutdown::Write).expect("an end");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it sends");
    assert_eq!(answer, "desserts");
    assert!(child.wait().expect("the command ends").success());
}

#[test]
fn c_library() {
    let directory = Temporary::new("libc");
    let mount = format!("{}::/", directory.text());
    let args = ["run", "--dir", &mount, "--env", "NAME=value", &compiled("libc"), "argument"];
    let outcome = run_with_input(&args, b"a line\nand more");
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(7), ""));
    assert_eq!(outcome.stdout, "libc ok: a line\n");
    assert_eq!(std::fs::read_dir(directory.path()).expect("a directory").count(), 0);
}
