//! Translation goldens: each `translate/*.wat` ends with the IR of its functions as comments, for each operand profile.
//! `BLESS=1` rewrites that of the build's profile: `cargo test` has the narrow one, `cargo test --release` the wide one.

use std::fmt::Write as _;
use std::path::Path;

use whit::{Config, Engine, ExternType, Module};

/// The start of the line before the IR for a profile.
const MARK: &str = ";; IR ";

fn listing(text: &str) -> String {
    let bytes = wat::parse_str(text).expect("the input is WebAssembly text");
    let engine = Engine::new(&Config::new()).expect("an engine can be made");
    let module = Module::new(&engine, &bytes).expect("the input is valid");
    let imported = module.imports().filter(|import| matches!(import.ty, ExternType::Func(_))).count() as u32;
    let mut out = format!("{MARK}{}\n", whit::OPERAND_PROFILE);
    for index in imported.. {
        let mut ir = String::new();
        if module.write_ir(index, &mut ir).is_err() {
            break;
        }
        writeln!(out, ";; function {index}").expect("strings grow");
        for line in ir.lines() {
            writeln!(out, ";;   {line}").expect("strings grow");
        }
    }
    out
}

#[test]
fn goldens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/translate");
    let bless = std::env::var_os("BLESS").is_some();
    let mut differing = Vec::new();
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let text = std::fs::read_to_string(&path).expect("a golden is text");
        let (input, sections) = text.split_at(text.find(MARK).unwrap_or(text.len()));
        let mut listings: Vec<String> =
            sections.split(MARK).skip(1).map(|section| format!("{MARK}{section}")).collect();
        let own = format!("{MARK}{}\n", whit::OPERAND_PROFILE);
        listings.retain(|listing| !listing.starts_with(&own));
        listings.push(listing(input));
        listings.sort();
        let expected = format!("{input}{}", listings.concat());
        seen += 1;
        if text != expected {
            if bless {
                std::fs::write(&path, &expected).expect("a golden can be written");
            } else {
                differing.push(format!("{}:\n{}", path.display(), &expected[input.len()..]));
            }
        }
    }
    assert!(seen > 0, "no goldens found");
    assert!(differing.is_empty(), "translated otherwise (BLESS=1 rewrites):\n{}", differing.join("\n"));
}

/// A branch of two bytes may have to move a thousand operands; the code for thousands of them must not fill memory.
#[test]
fn code_is_bounded_by_the_size_of_the_body() {
    let results = "i32 ".repeat(900);
    let values = "(local.get 0) ".repeat(901);
    let branches = "(br_if 0 (local.get 0)) ".repeat(2000);
    let drops = "(drop) ".repeat(901);
    let text = format!(
        "(module (func (param i32) (block (result {results}) {values} {branches} {drops} unreachable) {}))",
        "(drop) ".repeat(900)
    );
    let engine = Engine::new(&Config::new()).expect("an engine can be made");
    let module = Module::new(&engine, &wat::parse_str(text).expect("the input is WebAssembly text"));
    let error = module.expect("the input is valid").translate_all().expect_err("the code would be too large");
    assert!(error.to_string().contains("code units of a translated function (limit "), "{error}");
}
