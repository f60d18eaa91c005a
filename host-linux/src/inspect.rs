//! `whit inspect`: what a module imports, exports and needs.

use std::fmt::Write as _;

use whit::{Config, Engine, Module};

use crate::cli::InspectArgs;
use crate::exit::{Failure, print};
use crate::load;

mod survey;

/// Prints what there is to know about a module, as far as it can be loaded.
pub(crate) fn inspect(args: &InspectArgs) -> Result<(), Failure> {
    let bytes = load::binary(&args.file)?;
    let engine = Engine::new(&Config::new()).map_err(|error| Failure::refused("engine", error))?;
    let module = load::module(&engine, &args.file, bytes);
    // Where the survey fails too, the engine's error is the better one: it knows the offset.
    let report = match (survey::survey(bytes), &module) {
        (Ok(survey), Ok(module)) => describe(bytes, &survey, module)?,
        (Ok(survey), Err(_)) => outline(bytes, &survey),
        (Err(_), _) => String::new(),
    };
    print(&report)?;
    module.map(drop)
}

/// What is known of a module that Whit cannot load.
fn outline(bytes: &[u8], survey: &survey::Survey) -> String {
    let mut out = String::new();
    row(&mut out, "module", format_args!("{} bytes, {} functions", bytes.len(), survey.functions));
    proposals(&mut out, survey);
    memories(&mut out, survey);
    heading(&mut out, "imports", survey.imports.len());
    for (module, name) in &survey.imports {
        let _ = writeln!(out, "  {module} {name}");
    }
    out
}

fn describe(bytes: &[u8], survey: &survey::Survey, module: &Module) -> Result<String, Failure> {
    module.translate_all().map_err(|error| Failure::refused("translation", error))?;
    let (code, ir) = (module.code_size(), module.ir_size());
    let mut out = String::new();
    row(&mut out, "module", format_args!("{} bytes, {} functions", bytes.len(), survey.functions));
    proposals(&mut out, survey);
    row(&mut out, "code", format_args!("{code} bytes"));
    let ratio = if code == 0 { 0.0 } else { ir as f64 / code as f64 };
    row(&mut out, "IR", format_args!("{ir} bytes ({ratio:.2} × the code)"));
    memories(&mut out, survey);
    heading(&mut out, "imports", module.imports().count());
    for import in module.imports() {
        let _ = writeln!(out, "  {} {}: {}", import.module, import.name, import.ty);
    }
    heading(&mut out, "exports", module.exports().count());
    for export in module.exports() {
        let _ = writeln!(out, "  {}: {}", export.name, export.ty);
    }
    Ok(out)
}

fn row(out: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(out, "{:<11}{value}", format!("{name}:"));
}

fn heading(out: &mut String, name: &str, count: usize) {
    if count == 0 {
        row(out, name, "none");
    } else {
        row(out, name, count);
    }
}

fn proposals(out: &mut String, survey: &survey::Survey) {
    if survey.proposals.is_empty() {
        return row(out, "proposals", "none beyond WebAssembly 1.0");
    }
    let names: Vec<_> = survey.proposals.iter().map(String::as_str).collect();
    row(out, "proposals", names.join(", "));
}

fn memories(out: &mut String, survey: &survey::Survey) {
    for (index, ty) in survey.memories.iter().enumerate() {
        let page = 1u64.checked_shl(ty.page_size_log2.unwrap_or(16)).unwrap_or(u64::MAX);
        let size = |pages: u64| bytes_in_words(pages.saturating_mul(page));
        let max = ty.maximum.map_or("no limit".to_owned(), |pages| format!("at most {}", size(pages)));
        let address = if ty.memory64 { "64-bit addresses, " } else { "" };
        row(out, &format!("memory {index}"), format_args!("{address}{} at first, {max}", size(ty.initial)));
    }
}

fn bytes_in_words(bytes: u64) -> String {
    match bytes {
        0 => "nothing".to_owned(),
        bytes if bytes % (1 << 30) == 0 => format!("{} GiB", bytes >> 30),
        bytes if bytes % (1 << 20) == 0 => format!("{} MiB", bytes >> 20),
        bytes if bytes % (1 << 10) == 0 => format!("{} KiB", bytes >> 10),
        bytes => format!("{bytes} bytes"),
    }
}
