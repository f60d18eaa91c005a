//! Turns `programs/*.wat` into modules that are linked into flash, and hands the linker the board's memory map.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

/// The boards, as their features and QEMU's machines are called.
const BOARDS: [&str; 2] = ["mps2-an386", "netduinoplus2"];

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    link_memory_map(&out)?;
    let programs = programs(&out)?;
    fs::write(out.join("programs.rs"), programs)?;
    Ok(())
}

/// Puts the chosen board's `memory.x` where the linker looks, and a symbol into the program that tells the runner
/// which machine to start.
fn link_memory_map(out: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let chosen = |board: &&str| {
        let feature = format!("CARGO_FEATURE_{}", board.replace('-', "_").to_uppercase());
        env::var_os(feature).is_some()
    };
    let chosen: Vec<_> = BOARDS.into_iter().filter(chosen).collect();
    let [board] = chosen[..] else {
        let boards = BOARDS.join("`, `");
        return Err(format!(
            "choose exactly one board: `--no-default-features --features BOARD`, BOARD being one of `{boards}`"
        )
        .into());
    };
    let symbol = board.replace('-', "_");
    let memory_map = format!("src/board/{symbol}/memory.x");
    fs::copy(&memory_map, out.join("memory.x"))?;
    println!("cargo::rerun-if-changed={memory_map}");
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    println!("cargo::rustc-link-arg-bins=-Tdefmt.x");
    println!("cargo::rustc-link-arg-bins=--defsym=whit_board_{symbol}=0");
    Ok(())
}

/// Writes each program's module and gives the source of the table of them.
fn programs(out: &std::path::Path) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed=programs");
    let mut sources: Vec<_> = fs::read_dir("programs")?
        .map(|entry| entry.map(|entry| entry.path()))
        .filter(|path| path.as_ref().is_ok_and(|path| path.extension().is_some_and(|ext| ext == "wat")))
        .collect::<Result<_, _>>()?;
    sources.sort();
    let mut table = String::from("&[\n");
    for source in sources {
        let name = source.file_stem().ok_or("a program without a name")?.to_string_lossy();
        let module = out.join(format!("{name}.wasm"));
        fs::write(&module, wat::parse_file(&source)?)?;
        writeln!(table, "    Program {{ name: {name:?}, module: include_bytes!({module:?}) }},")?;
    }
    table.push_str("]\n");
    Ok(table)
}
