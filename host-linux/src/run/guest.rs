//! What the command line gives the guest, as the WASI crate's context.

use std::ffi::OsStr;
use std::path::Path;

use whit::{Error, Linker, Module};
use whit_wasi::{WasiCtx, WasiLimits};

use crate::backend::{Directory, Poll, Sockets, Stream, SystemClock, SystemRandom};
use crate::cli::{RunArgs, Trace};
use crate::exit::{Failure, say};

/// The store's data.
pub(super) type Context = WasiCtx;

/// Arguments, environment, directories, listeners, and the process's own streams, clocks and randomness.
pub(super) fn context(args: &RunArgs) -> Result<Context, Failure> {
    let sockets = listeners(args)?;
    let mut builder = WasiCtx::builder()
        .stdin(Box::new(Stream::input()))
        .stdout(Box::new(Stream::output()))
        .stderr(Box::new(Stream::error()))
        .clock(Box::new(SystemClock))
        .random(Box::new(SystemRandom))
        .net(Box::new(sockets.clone()))
        .limits(limits(args))
        .wait(Box::new(Poll { sockets }));
    if let Some(Trace::Wasi) = args.trace {
        builder = builder.trace(Box::new(Stream::error()));
    }
    let own_name = || Path::new(&args.file).file_name().unwrap_or(&args.file);
    builder = builder.arg(text(args.argv0.as_deref().unwrap_or_else(own_name))?);
    // With --invoke, the arguments are the function's.
    if args.invoke.is_none() {
        for argument in &args.guest_args {
            builder = builder.arg(text(argument)?);
        }
    }
    for (name, value) in &args.env {
        builder = builder.env(text(name)?, text(value)?);
    }
    for mount in &args.dirs {
        let path = Path::new(&mount.host);
        let directory = Directory::open(path, mount.read_only);
        let directory = directory.map_err(|error| Failure::refused(path.display(), error))?;
        builder = builder.preopen(text(&mount.guest)?, Box::new(directory), mount.read_only);
    }
    builder.build().map_err(|error| Failure::refused("WASI", error))
}

fn limits(args: &RunArgs) -> WasiLimits {
    let mut limits = WasiLimits::default();
    limits.descriptors = args.max_open.unwrap_or(limits.descriptors);
    limits.entries = args.max_entries.unwrap_or(limits.entries);
    limits.written = args.max_written.map_or(limits.written, |bytes| bytes as u64);
    limits
}

/// The listeners that the guest is given.
fn listeners(args: &RunArgs) -> Result<Sockets, Failure> {
    let mut sockets = Sockets::default();
    for address in &args.tcp_listen {
        let local = sockets.listen(address).map_err(|error| Failure::refused(address, error))?;
        if local.to_string() != *address {
            say(format_args!("listening at {local}\n"));
        }
    }
    Ok(sockets)
}

/// Provides the WASI functions that `module` imports.
pub(super) fn link(linker: &mut Linker<Context>, module: &Module) -> Result<(), Error> {
    whit_wasi::add_imports_to_linker(linker, module, |context| context)
}

/// WASI's strings are UTF-8; Linux's can be anything.
fn text(text: &OsStr) -> Result<&str, Failure> {
    text.to_str()
        .ok_or_else(|| Failure::Usage(format!("not UTF-8, which is all that a guest gets: {text:?}")))
}
