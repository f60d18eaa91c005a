//! The command line of the suite's runner.

#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;

use whit::CompilationMode;
use whit_spec_tests::{Expected, Options, TestFile, directory, embedded, run};

const USAGE: &str = "\
Runs the official WebAssembly test suite against Whit.

Usage: whit-spec-tests [OPTIONS] [NAME]...

NAME                 run only scripts whose path contains one of these

--suite DIR          run the scripts in DIR and below instead of the suite that is built in
--mode MODE          eager, lazy-translation (the default) or lazy: when bodies are validated and translated
--no-fusion          translate without fusing instructions
--threads N          run on N threads (2)
--failures N         print at most N failures of each script (10)
--no-expected        do not expect failures
--summary            print only the table by directory
--help               print this

Exits with 1 when a directive fails, or passes although expected-failures.txt says that it fails.
";

struct Arguments {
    suite: Option<PathBuf>,
    names: Vec<String>,
    options: Options,
    failures: usize,
    expect: bool,
    summary: bool,
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => return usage_error(&message),
    };
    match execute(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => usage_error(&message),
    }
}

fn usage_error(message: &str) -> ExitCode {
    eprintln!("whit-spec-tests: {message}");
    ExitCode::from(2)
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let mut arguments = Arguments {
        suite: None,
        names: Vec::new(),
        options: Options::default(),
        failures: 10,
        expect: true,
        summary: false,
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--help" | "-h" => return Ok(None),
            "--suite" => arguments.suite = Some(PathBuf::from(value()?)),
            "--mode" => {
                arguments.options.mode = match value()?.as_str() {
                    "eager" => CompilationMode::Eager,
                    "lazy-translation" => CompilationMode::LazyTranslation,
                    "lazy" => CompilationMode::Lazy,
                    other => return Err(format!("no such mode: {other}")),
                }
            }
            "--no-fusion" => arguments.options.fusion = false,
            "--threads" => arguments.options.threads = number(&value()?)?,
            "--failures" => arguments.failures = number::<usize>(&value()?)?,
            "--no-expected" => arguments.expect = false,
            "--summary" => arguments.summary = true,
            option if option.starts_with('-') => return Err(format!("no such option: {option}")),
            _ => arguments.names.push(word),
        }
    }
    Ok(Some(arguments))
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("not a number: {text}"))
}

fn execute(arguments: &Arguments) -> Result<bool, String> {
    let mut files: Vec<TestFile> = match &arguments.suite {
        Some(path) => directory(path).map_err(|error| format!("{}: {error}", path.display()))?,
        None => embedded(),
    };
    if !arguments.names.is_empty() {
        files.retain(|file| arguments.names.iter().any(|name| file.name.contains(name.as_str())));
    }
    if files.is_empty() {
        return Err("there are no such scripts".to_owned());
    }
    let expected = if arguments.expect { Expected::of_this_crate()? } else { Expected::nothing() };
    let report = run(&files, &expected, &arguments.options);
    if !arguments.summary {
        println!("{}", report.by_script());
    }
    print!("{}", report.failures(arguments.failures));
    println!("{}\n{}", report.by_group(), report.total());
    Ok(report.is_success())
}
