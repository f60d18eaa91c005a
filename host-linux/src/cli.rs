//! The command line's shape: subcommands, options and how their values are written.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Runs WebAssembly programs with Whit, an interpreter.
#[derive(Parser)]
#[command(name = "whit", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a program, or call one function of a module
    Run(Box<RunArgs>),
    /// Tell what a module imports, exports and needs
    Inspect(InspectArgs),
}

#[derive(Args)]
#[command(
    override_usage = "whit run [OPTIONS] FILE [ARG]…",
    after_help = "The program can reach nothing outside the directories that it is given. The exit status is its own,\n\
                  or 134 when it traps or runs out of fuel, 1 when FILE cannot be loaded, 2 for a wrong command line.\n\n\
                  Example:\n  whit run --dir ./data::/data:ro --env LANG=C program.wasm /data/input.txt"
)]
pub(crate) struct RunArgs {
    /// Give it a directory; `:ro`: to read only [GUEST: same as HOST]
    #[arg(long = "dir", value_name = "HOST[::GUEST][:ro]", value_parser = OsStringValueParser::new().try_map(|text| mount(&text)))]
    pub(crate) dirs: Vec<Mount>,

    /// Let it accept connections; descriptors follow its directories'
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) tcp_listen: Vec<String>,

    /// Set a variable of its environment, which is empty otherwise
    #[arg(long = "env", value_name = "K=V", value_parser = OsStringValueParser::new().try_map(|text| variable(&text)))]
    pub(crate) env: Vec<(OsString, OsString)>,

    /// Set its first argument, its own name [default: FILE's last part]
    #[arg(long, value_name = "NAME")]
    pub(crate) argv0: Option<OsString>,

    /// Call an exported function with ARGs, and print its results
    #[arg(long, value_name = "NAME")]
    pub(crate) invoke: Option<String>,

    /// Stop it after N units of fuel, about one per instruction
    #[arg(long, value_name = "N")]
    pub(crate) fuel: Option<u64>,

    /// Limit all memory held for it, in bytes or with K, M or G behind
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_memory: Option<usize>,

    /// Limit its open descriptors [default: 1024]
    #[arg(long, value_name = "N")]
    pub(crate) max_open: Option<usize>,

    /// Limit the names that it adds to each directory
    #[arg(long, value_name = "N")]
    pub(crate) max_entries: Option<u64>,

    /// Limit all that it writes to each directory, in bytes or with K, M or G behind
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_written: Option<usize>,

    /// Write a line to standard error for every call of this interface
    #[arg(long, value_name = "INTERFACE")]
    pub(crate) trace: Option<Trace>,

    /// Translate without fusing instructions: slower, to compare with
    #[arg(long)]
    pub(crate) no_fusion: bool,

    /// Let imports that nothing provides trap when called
    #[arg(long)]
    pub(crate) unknown_imports_trap: bool,

    /// The module (.wasm or .wat), then the program's own arguments, taken as they are
    // One list: the first value ends the options, so that what follows FILE is the guest's even with a dash.
    #[arg(value_name = "FILE", required = true, trailing_var_arg = true)]
    pub(crate) file_and_args: Vec<OsString>,
}

impl RunArgs {
    /// The module's file.
    pub(crate) fn file(&self) -> &OsStr {
        self.file_and_args.first().map_or(OsStr::new(""), OsString::as_os_str)
    }

    /// What follows it.
    pub(crate) fn guest_args(&self) -> &[OsString] {
        self.file_and_args.get(1..).unwrap_or_default()
    }
}

/// What can be traced.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Trace {
    /// The functions of WASI preview 1
    Wasi,
}

#[derive(Args)]
pub(crate) struct InspectArgs {
    /// The module (.wasm or .wat)
    pub(crate) file: PathBuf,
}

/// A host directory and the path under which the guest finds it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Mount {
    pub(crate) host: OsString,
    pub(crate) guest: OsString,
    pub(crate) read_only: bool,
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

fn size(text: &str) -> Result<usize, &'static str> {
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
    use super::{Cli, Command, Mount, mount, size, variable};
    use clap::{CommandFactory, Parser};

    fn mounted(text: &str) -> Option<(String, String, bool)> {
        let Mount { host, guest, read_only } = mount(text.as_ref()).ok()?;
        Some((host.into_string().ok()?, guest.into_string().ok()?, read_only))
    }

    #[test]
    fn declaration_is_consistent() {
        Cli::command().debug_assert();
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
        assert_eq!(size("64M"), Ok(64 << 20));
        assert_eq!(size("3k"), Ok(3 << 10));
        assert_eq!(size("17"), Ok(17));
        assert!(size("M").is_err());
        assert!(size("").is_err());
        assert!(size("-1").is_err());
        assert!(size("99999999999999G").is_err());
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
        let cli =
            Cli::parse_from(["whit", "run", "--fuel", "9", "f.wasm", "--help", "-x", "--", "--dir", "y"]);
        let Command::Run(run) = cli.command else { panic!("not run") };
        assert_eq!(run.fuel, Some(9));
        assert_eq!(run.file_and_args, ["f.wasm", "--help", "-x", "--", "--dir", "y"]);
        assert!(run.dirs.is_empty());
    }
}
