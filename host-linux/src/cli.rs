//! The command line's shape: subcommands, options and how their values are written.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::str::FromStr;

use lexopt::Arg::{Long, Short, Value};
use lexopt::Parser;

const HELP: &str = "\
Runs WebAssembly programs with Whit, an interpreter

Usage: whit <COMMAND>

Commands:
  run      Run a program, or call one function of a module
  inspect  Tell what a module imports, exports and needs
  help     Print this message, or the help of a command

Options:
  -h, --help     Print help
  -V, --version  Print version
";

const RUN_HELP: &str = "\
Run a program, or call one function of a module

Usage: whit run [OPTIONS] FILE [ARG]…

FILE is the module (.wasm or .wat). What follows are the program's own arguments, taken as they are.

Options:
  --dir HOST[::GUEST][:ro]  Give it a directory; `:ro`: to read only [GUEST: same as HOST]
  --tcp-listen HOST:PORT    Let it accept connections; descriptors follow its directories'
  --env K=V                 Set a variable of its environment, which is empty otherwise
  --argv0 NAME              Set its first argument, its own name [default: FILE's last part]
  --invoke NAME             Call an exported function with ARGs, and print its results
  --fuel N                  Stop it after N units of fuel, about one per instruction
  --max-memory SIZE         Limit all memory held for it, in bytes or with K, M or G behind
  --max-open N              Limit its open descriptors [default: 1024]
  --max-entries N           Limit the names that it adds to each directory
  --max-written SIZE        Limit all that it writes to each directory, as --max-memory does
  --trace wasi              Write a line to standard error for every call of WASI
  --no-fusion               Translate without fusing instructions: slower, to compare with
  --unknown-imports-trap    Let imports that nothing provides trap when called
  -h, --help                Print help

The program can reach nothing outside the directories that it is given. The exit status is its own,
or 134 when it traps or runs out of fuel, 1 when FILE cannot be loaded, 2 for a wrong command line.

Example:
  whit run --dir ./data::/data:ro --env LANG=C program.wasm /data/input.txt
";

const INSPECT_HELP: &str = "\
Tell what a module imports, exports and needs

Usage: whit inspect FILE

FILE is the module (.wasm or .wat).

Options:
  -h, --help  Print help
";

/// What is to be done.
pub(crate) enum Command {
    Run(Box<RunArgs>),
    Inspect(InspectArgs),
    /// Print this.
    Print(&'static str),
}

/// What `run` is told.
#[derive(Default)]
pub(crate) struct RunArgs {
    pub(crate) dirs: Vec<Mount>,
    pub(crate) tcp_listen: Vec<String>,
    pub(crate) env: Vec<(OsString, OsString)>,
    pub(crate) argv0: Option<OsString>,
    pub(crate) invoke: Option<String>,
    pub(crate) fuel: Option<u64>,
    pub(crate) max_memory: Option<usize>,
    pub(crate) max_open: Option<usize>,
    pub(crate) max_entries: Option<u64>,
    pub(crate) max_written: Option<usize>,
    pub(crate) trace: Option<Trace>,
    pub(crate) no_fusion: bool,
    pub(crate) unknown_imports_trap: bool,
    pub(crate) file: OsString,
    pub(crate) guest_args: Vec<OsString>,
}

/// What can be traced.
#[derive(Clone, Copy)]
pub(crate) enum Trace {
    /// The functions of WASI preview 1.
    Wasi,
}

/// What `inspect` is told.
pub(crate) struct InspectArgs {
    pub(crate) file: PathBuf,
}

/// A host directory and the path under which the guest finds it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Mount {
    pub(crate) host: OsString,
    pub(crate) guest: OsString,
    pub(crate) read_only: bool,
}

/// Reads the arguments that follow the command's own name.
///
/// # Errors
/// What is wrong with them.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut parser = Parser::from_args(args);
    let known = match next(&mut parser, "")? {
        Some(Value(command)) if command == "run" => return run(&mut parser),
        Some(Value(command)) if command == "inspect" => return inspect(&mut parser),
        Some(Value(command)) if command == "help" => return help(&mut parser),
        Some(Short('h') | Long("help")) => return Ok(Command::Print(HELP)),
        Some(Short('V') | Long("version")) => {
            return Ok(Command::Print(concat!("whit ", env!("CARGO_PKG_VERSION"), "\n")));
        }
        Some(Value(command)) => format!("there is no command {command:?}"),
        Some(option) => option.unexpected().to_string(),
        None => "a command is missing".to_owned(),
    };
    Err(wrong(known, ""))
}

fn help(parser: &mut Parser) -> Result<Command, String> {
    match next(parser, "")? {
        None => Ok(Command::Print(HELP)),
        Some(Value(command)) if command == "run" => Ok(Command::Print(RUN_HELP)),
        Some(Value(command)) if command == "inspect" => Ok(Command::Print(INSPECT_HELP)),
        Some(other) => Err(wrong(other.unexpected(), "")),
    }
}

fn inspect(parser: &mut Parser) -> Result<Command, String> {
    const NAME: &str = " inspect";
    let mut file = None;
    while let Some(arg) = next(parser, NAME)? {
        match arg {
            Short('h') | Long("help") => return Ok(Command::Print(INSPECT_HELP)),
            Value(path) if file.is_none() => file = Some(path.into()),
            other => return Err(wrong(other.unexpected(), NAME)),
        }
    }
    let file = file.ok_or_else(|| wrong("FILE is missing", NAME))?;
    Ok(Command::Inspect(InspectArgs { file }))
}

fn run(parser: &mut Parser) -> Result<Command, String> {
    const NAME: &str = " run";
    let mut args = Box::<RunArgs>::default();
    while let Some(arg) = next(parser, NAME)? {
        let option = match arg {
            Value(file) => {
                args.file = file;
                // With a dash or without, the rest is the guest's.
                args.guest_args = parser.raw_args().map_err(|error| wrong(error, NAME))?.collect();
                return Ok(Command::Run(args));
            }
            Short('h') => "help",
            Long(name) => name,
            other @ Short(_) => return Err(wrong(other.unexpected(), NAME)),
        };
        let option = option.to_owned();
        let mut given = Given { parser, option: &option };
        let read = match option.as_str() {
            "help" => return Ok(Command::Print(RUN_HELP)),
            "dir" => given.value(mount).map(|mount| args.dirs.push(mount)),
            "tcp-listen" => given.value(text).map(|address| args.tcp_listen.push(address)),
            "env" => given.value(variable).map(|variable| args.env.push(variable)),
            "argv0" => given.once(&mut args.argv0, |name| Ok(name.to_owned())),
            "invoke" => given.once(&mut args.invoke, text),
            "fuel" => given.once(&mut args.fuel, number),
            "max-memory" => given.once(&mut args.max_memory, size),
            "max-open" => given.once(&mut args.max_open, number),
            "max-entries" => given.once(&mut args.max_entries, number),
            "max-written" => given.once(&mut args.max_written, size),
            "trace" => given.once(&mut args.trace, trace),
            "no-fusion" => {
                args.no_fusion = true;
                Ok(())
            }
            "unknown-imports-trap" => {
                args.unknown_imports_trap = true;
                Ok(())
            }
            name => Err(Long(name).unexpected().to_string()),
        };
        read.map_err(|message| wrong(message, NAME))?;
    }
    Err(wrong("FILE is missing", NAME))
}

/// The next argument to command `name`.
fn next<'p>(parser: &'p mut Parser, name: &str) -> Result<Option<lexopt::Arg<'p>>, String> {
    parser.next().map_err(|error| wrong(error, name))
}

/// What to say of a wrong command line.
fn wrong(message: impl Display, name: &str) -> String {
    format!("{message}; `whit{name} --help` tells what there is")
}

/// An option that has been read, up to its value.
struct Given<'a> {
    parser: &'a mut Parser,
    option: &'a str,
}

impl Given<'_> {
    /// The option's value.
    fn value<T>(&mut self, convert: impl FnOnce(&OsStr) -> Result<T, &'static str>) -> Result<T, String> {
        let text = self.parser.value().map_err(|error| error.to_string())?;
        convert(&text).map_err(|why| format!("--{} {text:?}: {why}", self.option))
    }

    /// The value of an option that can be given once.
    fn once<T>(
        &mut self,
        to: &mut Option<T>,
        convert: impl FnOnce(&OsStr) -> Result<T, &'static str>,
    ) -> Result<(), String> {
        let value = self.value(convert)?;
        if to.replace(value).is_some() {
            return Err(format!("--{} is given twice", self.option));
        }
        Ok(())
    }
}

fn text(text: &OsStr) -> Result<String, &'static str> {
    text.to_str().map(str::to_owned).ok_or("not UTF-8")
}

fn number<T: FromStr>(text: &OsStr) -> Result<T, &'static str> {
    text.to_str().and_then(|text| text.parse().ok()).ok_or("not a number, or one that is too large")
}

fn trace(text: &OsStr) -> Result<Trace, &'static str> {
    if text == "wasi" { Ok(Trace::Wasi) } else { Err("what can be traced is wasi") }
}

fn mount(text: &OsStr) -> Result<Mount, &'static str> {
    let text = text.as_bytes();
    let separator = text.windows(2).position(|pair| pair == b"::");
    let (host, guest) = match separator {
        Some(at) => (&text[..at], &text[at + 2..]),
        None => (text, text),
    };
    let (guest, read_only) = without_read_only(guest);
    let host = if separator.is_some() { host } else { guest };
    if host.is_empty() || guest.is_empty() {
        return Err("a directory's path is empty");
    }
    let [host, guest] = [host, guest].map(|path| OsStr::from_bytes(path).to_owned());
    Ok(Mount { host, guest, read_only })
}

fn without_read_only(path: &[u8]) -> (&[u8], bool) {
    path.strip_suffix(b":ro").map_or((path, false), |path| (path, true))
}

fn variable(text: &OsStr) -> Result<(OsString, OsString), &'static str> {
    let text = text.as_bytes();
    let at = text.iter().position(|byte| *byte == b'=').filter(|at| *at > 0).ok_or("not of the form K=V")?;
    Ok((OsStr::from_bytes(&text[..at]).to_owned(), OsStr::from_bytes(&text[at + 1..]).to_owned()))
}

fn size(text: &OsStr) -> Result<usize, &'static str> {
    let text = text.to_str().unwrap_or("");
    let shift = match text.bytes().last().map(|byte| byte.to_ascii_uppercase()) {
        Some(b'K') => 10,
        Some(b'M') => 20,
        Some(b'G') => 30,
        _ => 0,
    };
    let digits = if shift == 0 { text } else { &text[..text.len() - 1] };
    let number: usize = digits.parse().map_err(|_| "not a number of bytes, such as 65536, 64K, 16M or 1G")?;
    number.checked_mul(1 << shift).ok_or("more bytes than this machine can address")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{Command, Mount, RUN_HELP, RunArgs, mount, parse, size, variable};

    fn run(args: &[&str]) -> Result<RunArgs, String> {
        match parse([&["run"], args].concat().into_iter().map(OsString::from))? {
            Command::Run(run) => Ok(*run),
            _ => Err("not run".to_owned()),
        }
    }

    fn mounted(text: &str) -> Option<(String, String, bool)> {
        let Mount { host, guest, read_only } = mount(text.as_ref()).ok()?;
        Some((host.into_string().ok()?, guest.into_string().ok()?, read_only))
    }

    #[test]
    fn help_and_options_agree() {
        let mut options = 0;
        for line in RUN_HELP.lines().filter_map(|line| line.strip_prefix("  --")) {
            let (usage, _) = line.split_once("  ").expect("an explanation");
            let (option, value) =
                usage.split_once(' ').map_or((usage, None), |(option, value)| (option, Some(value)));
            // A value is written in capitals, but for that of `--trace`.
            let value = value.map(|value| match value {
                "HOST:PORT" => "localhost:80",
                "N" | "SIZE" => "1",
                other => other,
            });
            let option = format!("--{option}");
            let args: Vec<_> = [option.as_str()].into_iter().chain(value).chain(["file"]).collect();
            let run = run(&args).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(run.file, "file", "{line}");
            options += 1;
        }
        assert_eq!(options, 13);
    }

    #[test]
    fn mistakes_are_named() {
        let message = |args: &[&str]| run(args).err().unwrap_or_default();
        for (args, part) in [
            (&["--fuel", "much", "f"][..], "--fuel \"much\": not a number"),
            (&["--fuel=1", "--fuel=2", "f"], "--fuel is given twice"),
            (&["--fuel"], "missing argument for option '--fuel'"),
            (&["--no-fusion=1", "f"], "unexpected argument for option '--no-fusion'"),
            (&["--trace", "all", "f"], "--trace \"all\""),
            (&["--env", "A", "f"], "--env \"A\": not of the form K=V"),
            (&["--wrong", "f"], "invalid option '--wrong'"),
            (&["-x", "f"], "invalid option '-x'"),
            (&[], "FILE is missing"),
        ] {
            assert!(message(args).contains(part), "{args:?}: {}", message(args));
            assert!(message(args).ends_with("`whit run --help` tells what there is"), "{args:?}");
        }
    }

    #[test]
    fn mounts() {
        let some = |host: &str, guest: &str, read_only| Some((host.into(), guest.into(), read_only));
        assert_eq!(mounted("a"), some("a", "a", false));
        assert_eq!(mounted("a:ro"), some("a", "a", true));
        assert_eq!(mounted("a::/b"), some("a", "/b", false));
        assert_eq!(mounted("a::/b:ro"), some("a", "/b", true));
        assert_eq!(mounted("a:ro::b"), some("a:ro", "b", false));
        assert_eq!(mounted("a::ro"), some("a", "ro", false));
        assert_eq!(mounted("::b"), None);
        assert_eq!(mounted("a::"), None);
        assert_eq!(mounted(""), None);
    }

    #[test]
    fn sizes() {
        let size_of = |text: &str| size(text.as_ref());
        assert_eq!(size_of("64M"), Ok(64 << 20));
        assert_eq!(size_of("3k"), Ok(3 << 10));
        assert_eq!(size_of("17"), Ok(17));
        assert!(size_of("M").is_err());
        assert!(size_of("").is_err());
        assert!(size_of("-1").is_err());
        assert!(size_of("99999999999999G").is_err());
    }

    #[test]
    fn variables() {
        assert_eq!(variable("A=b=c".as_ref()), Ok(("A".into(), "b=c".into())));
        assert_eq!(variable("A=".as_ref()), Ok(("A".into(), "".into())));
        assert!(variable("A".as_ref()).is_err());
        assert!(variable("=b".as_ref()).is_err());
    }

    #[test]
    fn everything_after_the_file_is_the_guests() {
        let run =
            run(&["--fuel", "9", "f.wasm", "--help", "-x", "--", "--dir", "y"]).expect("a command line");
        assert_eq!(run.fuel, Some(9));
        assert_eq!(run.file, "f.wasm");
        assert_eq!(run.guest_args, ["--help", "-x", "--", "--dir", "y"]);
        assert!(run.dirs.is_empty());
    }
}
