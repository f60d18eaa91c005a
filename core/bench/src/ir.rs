//! How large Whit's code is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use whit::{Config, Engine, Error, Module};

use crate::program::Program;

/// Bytes of function bodies and of what they are translated to.
#[derive(Clone, Copy, Default)]
struct Sizes {
    bodies: usize,
    ir: usize,
}

/// A table of the code of `programs`.
pub(crate) fn of_programs(programs: &[Program]) -> Result<String> {
    table(programs.iter().map(|program| Ok((program.name.clone(), program.wasm.clone()))))
}

/// A table of the code of the modules in `paths`: files, and folders with what is in them.
pub(crate) fn of_files(paths: &[PathBuf]) -> Result<String> {
    let mut files = Vec::new();
    for path in paths {
        find(path, true, &mut files).with_context(|| path.display().to_string())?;
    }
    table(files.iter().map(|path| {
        let wasm = std::fs::read(path).with_context(|| path.display().to_string())?;
        Ok((path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(), wasm))
    }))
}

/// Adds `path`, or the modules in it if it is a folder. Files that were not `named` have to look like modules.
fn find(path: &Path, named: bool, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> = path.read_dir()?.collect::<Result<_, _>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        entries.iter().try_for_each(|entry| find(&entry.path(), false, files))?;
    } else if named || path.extension().is_some_and(|extension| extension == "wasm") {
        files.push(path.to_owned());
    }
    Ok(())
}

fn sizes(engine: &Engine, wasm: &[u8]) -> Result<Sizes, Error> {
    let module = Module::new(engine, wasm)?;
    module.translate_all()?;
    Ok(Sizes { bodies: module.code_size(), ir: module.ir_size() })
}

/// A table of modules with these names. The sum leaves out those that do not load.
fn table(modules: impl Iterator<Item = Result<(String, Vec<u8>)>>) -> Result<String> {
    let engine = Engine::new(&Config::new())?;
    let (dispatch, operands) = (whit::DISPATCH, whit::OPERAND_PROFILE);
    let mut text =
        format!("Whit: {dispatch}, {operands} operands. Code when all functions are translated:\n\n");
    text += "| module | function bodies, bytes | IR, bytes | IR per byte |\n| --- | ---: | ---: | ---: |\n";
    let mut all = Sizes::default();
    for module in modules {
        let (name, wasm) = module?;
        match sizes(&engine, &wasm) {
            Ok(sizes) => {
                writeln!(text, "{}", line(&name, sizes))?;
                all.bodies += sizes.bodies;
                all.ir += sizes.ir;
            }
            Err(error) => {
                // Some span lines.
                let error = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
                writeln!(text, "| {name} | {error} | | |")?;
            }
        }
    }
    writeln!(text, "{}", line("**all**", all))?;
    Ok(text)
}

fn line(name: &str, Sizes { bodies, ir }: Sizes) -> String {
    format!("| {name} | {bodies} | {ir} | {:.2} |", ir as f64 / bodies as f64)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::of_files;

    #[test]
    fn folders_are_searched() {
        let kernels = Path::new(env!("CARGO_MANIFEST_DIR")).join("kernels");
        let table = of_files(&[kernels]).unwrap();
        let first: Vec<_> =
            table.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()).collect();
        assert_eq!(first[2..5], ["callind", "fib", "gemm"]);
        assert_eq!(first.last(), Some(&"**all**"));
    }

    #[test]
    fn what_is_no_module_is_told_and_left_out() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("kernels/manifest.json");
        let fib = manifest.with_file_name("wasm").join("fib.wasm");
        let (alone, both) =
            (of_files(std::slice::from_ref(&fib)).unwrap(), of_files(&[manifest, fib]).unwrap());
        assert_eq!(alone.lines().last(), both.lines().last());
        assert_eq!(alone.lines().count() + 1, both.lines().count());
    }
}
