//! `whit run`: one module, with WASI, from its bytes to its exit status.

use std::path::Path;

use whit::{Config, Engine, Error, ErrorKind, Extern, Func, Instance, Linker, Module, Store, StoreLimits};

use crate::cli::RunArgs;
use crate::exit::{Failure, print};
use crate::load;

mod guest;
mod invoke;

/// Runs the program, or calls the function that `--invoke` names.
pub(crate) fn run(args: &RunArgs) -> Result<(), Failure> {
    let path = Path::new(&args.file);
    let engine = engine(args).map_err(|error| Failure::refused("engine", error))?;
    let module = load::module(&engine, path, load::binary(path)?)?;
    let mut store = store(args, &engine)?;
    let instance = instantiate(args, &module, &mut store).map_err(|error| match error.kind() {
        ErrorKind::Trap(_) | ErrorKind::Exit(_) | ErrorKind::Host(_) => Failure::guest(error),
        _ => Failure::refused(path.display(), error),
    })?;
    let result = match &args.invoke {
        Some(name) => call(args, name, &module, &mut store, instance),
        None => start(path, &module, &mut store, instance),
    };
    // The process ends: the system takes all of this back at once, sooner than it could be freed piece by piece.
    std::mem::forget((store, module));
    result
}

fn engine(args: &RunArgs) -> Result<Engine, Error> {
    let mut config = Config::new();
    config.consume_fuel(args.fuel.is_some()).fuse_instructions(!args.no_fusion);
    Engine::new(&config)
}

fn store(args: &RunArgs, engine: &Engine) -> Result<Store<guest::Context>, Failure> {
    let mut limits = StoreLimits::default();
    limits.budget = args.max_memory.unwrap_or(limits.budget);
    let mut store = Store::with_limits(engine, guest::context(args)?, limits);
    if let Some(fuel) = args.fuel {
        store.set_fuel(fuel).map_err(|error| Failure::refused("fuel", error))?;
    }
    Ok(store)
}

fn instantiate(
    args: &RunArgs,
    module: &Module,
    store: &mut Store<guest::Context>,
) -> Result<Instance, Error> {
    let mut linker = Linker::new(module.engine());
    guest::link(&mut linker, module)?;
    if args.unknown_imports_trap {
        linker.define_unknown_imports_as_traps(module)?;
    }
    linker.instantiate(store, module)
}

/// Runs a command.
fn start(
    path: &Path,
    module: &Module,
    store: &mut Store<guest::Context>,
    instance: Instance,
) -> Result<(), Failure> {
    let Ok(start) = instance.get_typed_func::<(), ()>(&mut *store, "_start") else {
        let what = format_args!("no function _start without parameters and results");
        return Err(Failure::refused(
            path.display(),
            format_args!("{what}; --invoke calls any of: {}", functions(module)),
        ));
    };
    start.call(store, ()).map_err(Failure::guest)
}

/// Calls the function `name` and prints its results.
fn call(
    args: &RunArgs,
    name: &str,
    module: &Module,
    store: &mut Store<guest::Context>,
    instance: Instance,
) -> Result<(), Failure> {
    let function = exported(&*store, instance, name).ok_or_else(|| {
        Failure::Refused(format!("no exported function {name:?}; there are: {}", functions(module)))
    })?;
    let ty = function.ty(&*store);
    let parameters = invoke::parameters(ty, &args.guest_args)
        .map_err(|message| Failure::Usage(format!("function {name:?}: {message}")))?;
    let mut results = invoke::places(ty);
    // A reactor expects this before anything else is called.
    if let Some(initialize) = exported(&*store, instance, "_initialize").filter(|_| name != "_initialize") {
        initialize.call(&mut *store, &[], &mut []).map_err(Failure::guest)?;
    }
    function.call(&mut *store, &parameters, &mut results).map_err(Failure::guest)?;
    let lines = invoke::lines(&results);
    print(&lines)
}

fn exported(store: &Store<guest::Context>, instance: Instance, name: &str) -> Option<Func> {
    instance.get_export(store, name).and_then(Extern::into_func)
}

/// The names of the exported functions, for a message.
fn functions(module: &Module) -> String {
    let functions = module.exports().filter(|export| matches!(export.ty, whit::ExternType::Func(_)));
    let names: Vec<_> = functions.map(|export| export.name).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
