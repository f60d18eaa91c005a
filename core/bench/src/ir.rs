//! How large Whit's code is.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use whit::{Config, Engine, Module};

use crate::program::Program;

/// Bytes of function bodies and of what they are translated to.
struct Sizes {
    bodies: usize,
    ir: usize,
}

fn sizes(engine: &Engine, wasm: &[u8]) -> Result<Sizes> {
    let module = Module::new(engine, wasm)?;
    module.translate_all()?;
    Ok(Sizes { bodies: module.code_size(), ir: module.ir_size() })
}

/// A table of the code of `programs` and of the modules in `files`.
pub(crate) fn table(programs: &[Program], files: &[PathBuf]) -> Result<String> {
    let engine = Engine::new(&Config::new())?;
    let (dispatch, operands) = (whit::DISPATCH, whit::OPERAND_PROFILE);
    let mut text =
        format!("\nWhit: {dispatch}, {operands} operands. Code when all functions are translated:\n\n");
    text += "| module | function bodies, bytes | IR, bytes | IR per byte |\n| --- | ---: | ---: | ---: |\n";
    let mut all = Sizes { bodies: 0, ir: 0 };
    let mut add = |name: &str, sizes: Sizes| -> Result<()> {
        writeln!(text, "{}", line(name, &sizes))?;
        all.bodies += sizes.bodies;
        all.ir += sizes.ir;
        Ok(())
    };
    for program in programs {
        add(&program.name, sizes(&engine, &program.wasm)?)?;
    }
    for path in files {
        let wasm = std::fs::read(path).with_context(|| path.display().to_string())?;
        let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        add(&name, sizes(&engine, &wasm).with_context(|| path.display().to_string())?)?;
    }
    writeln!(text, "{}", line("**all**", &all))?;
    Ok(text)
}

fn line(name: &str, Sizes { bodies, ir }: &Sizes) -> String {
    format!("| {name} | {bodies} | {ir} | {:.2} |", *ir as f64 / *bodies as f64)
}
