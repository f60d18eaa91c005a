//! The rules of the house that the compiler does not check: floors, file sizes, where unsafe code is, what stands at
//! the top level, and that documents only point at what exists.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules of `core/src`, by floor: a file imports its own floor or a lower one.
const FLOORS: [&[&str]; 7] = [
    &["config", "engine", "error", "limits", "raw", "trap", "types", "value"],
    &["ops"],
    &["ir"],
    &["module", "translate"],
    &["store"],
    &["exec"],
    &["api"],
];

/// What may stand at the top level, besides files whose names begin with a dot.
const TOP_LEVEL: [&str; 13] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "core",
    "fuzz",
    "host-arm",
    "host-linux",
    "rustfmt.toml",
    "spec-tests",
    "wasi",
];

/// Lines that a file may have.
const LINES: usize = 800;
/// Files that are nothing but rows of a table may be longer.
const TABLES: [&str; 2] = ["core/src/ops/table.rs", "core/src/ops/table_simd.rs"];

/// The section of `core/DESIGN.md` with a line for each file that has unsafe code and is called neither `raw` nor `sys`.
const UNSAFE_SECTION: &str = "## Unsafe code elsewhere";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Paths of all files with one of these endings, from the top level, without what tools produce.
fn files(endings: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            if path.is_dir() {
                if !name.starts_with('.') && !["target", "corpus", "artifacts"].contains(&&*name) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path.strip_prefix(root()).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

/// The lines of a Rust file that are code, with their numbers. Tests at its end are not among them.
fn code(source: &str) -> impl Iterator<Item = (usize, &str)> {
    source
        .lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .enumerate()
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or("")))
}

fn assert_none(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}:\n{}", wrong.join("\n"));
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

fn end_of_name(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// The modules that a `use` declaration (its whitespace removed) imports by `crate::NAME` or `crate::{NAME, …}`.
fn imported(declaration: &str) -> Vec<String> {
    let Some((_, path)) = declaration.split_once("crate::") else {
        return Vec::new();
    };
    let Some(group) = path.strip_prefix('{') else {
        return vec![path[..end_of_name(path)].to_string()];
    };
    let (mut depth, mut start, mut names) = (0, 0, Vec::new());
    for (index, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let item = &group[start..index];
                names.push(item[..end_of_name(item)].to_string());
                start = index + 1;
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn imports_are_found() {
    assert_eq!(imported("usecrate::store::{A,B};"), ["store"]);
    assert_eq!(imported("usecrate::{store::{A,exec},error::Error,};"), ["store", "error"]);
    assert!(imported("usealloc::vec::Vec;").is_empty());
}

#[test]
fn a_file_imports_its_own_floor_or_a_lower_one() {
    let mut wrong = Vec::new();
    for path in files(&[".rs"]) {
        let Some(inner) = path.strip_prefix("core/src/") else { continue };
        if inner == "lib.rs" || inner.ends_with("tests.rs") {
            continue;
        }
        let module = inner.split('/').next().unwrap().trim_end_matches(".rs");
        let Some(own) = floor_of(module) else {
            wrong.push(format!("{path}: no floor has a module `{module}`"));
            continue;
        };
        let source = read(&path);
        let mut declaration = String::new();
        for (line, text) in code(&source) {
            let mut names = Vec::new();
            if !declaration.is_empty()
                || text.trim_start().starts_with("use ")
                || text.contains(" use crate::")
            {
                declaration.extend(text.chars().filter(|c| !c.is_whitespace()));
                if declaration.ends_with(';') {
                    names = imported(&declaration);
                    declaration.clear();
                }
            } else {
                names.extend(text.split("crate::").skip(1).map(|path| path[..end_of_name(path)].to_string()));
            }
            for name in names {
                match floor_of(&name) {
                    Some(floor) if floor <= own => {}
                    Some(_) => {
                        wrong.push(format!("{path}:{line}: `{module}` imports `{name}` from a higher floor"));
                    }
                    None => wrong.push(format!(
                        "{path}:{line}: imports `{name}` from the crate's root: name its module"
                    )),
                }
            }
        }
    }
    assert_none(&wrong, "floors");
}

#[test]
fn files_are_not_too_long() {
    let mut wrong = Vec::new();
    for path in files(&[".rs"]) {
        let lines = read(&path).lines().count();
        if lines > LINES && !TABLES.contains(&&*path) {
            wrong.push(format!("{path}: {lines} lines"));
        }
    }
    assert_none(&wrong, "files of more than 800 lines");
}

/// The files that the section of `core/DESIGN.md` on unsafe code names.
fn unsafe_elsewhere() -> Vec<String> {
    read("core/DESIGN.md")
        .split_once(UNSAFE_SECTION)
        .map_or("", |(_, section)| section)
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| Some(line.split_once("](")?.1.split_once(')')?.0.to_string()))
        .map(|link| format!("core/{link}"))
        .collect()
}

#[test]
fn unsafe_code_has_one_address() {
    let elsewhere = unsafe_elsewhere();
    // Put together, so that this file does not contain them.
    let marks = [" {", " fn ", " impl", " trait", " extern", "("].map(|next| format!("{}{next}", "unsafe"));
    let mut wrong = Vec::new();
    for path in files(&[".rs"]) {
        let named = path.split('/').any(|part| ["raw", "sys", "raw.rs", "sys.rs"].contains(&part));
        if named || elsewhere.contains(&path) {
            continue;
        }
        let source = read(&path);
        wrong.extend(
            code(&source)
                .filter(|(_, text)| marks.iter().any(|mark| text.contains(mark)))
                .map(|(line, text)| format!("{path}:{line}: {}", text.trim())),
        );
    }
    assert_none(&wrong, "unsafe code outside of `raw` and `sys` and not in core/DESIGN.md");
}

#[test]
fn nothing_is_left_undone() {
    // Put together, so that this file does not contain them.
    let marks = ["todo", "unimplemented"].map(|name| format!("{name}!("));
    let ignored = format!("#[{}", "ignore");
    let mut wrong = Vec::new();
    for path in files(&[".rs"]) {
        for (index, text) in read(&path).lines().enumerate() {
            if marks.iter().any(|mark| text.contains(mark)) || text.contains(&ignored) {
                wrong.push(format!("{path}:{}: {}", index + 1, text.trim()));
            }
        }
    }
    assert_none(&wrong, "stubs and ignored tests");
}

#[test]
fn the_top_level_is_as_planned() {
    let entries =
        fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let wrong: Vec<_> = entries
        .filter(|name| !name.starts_with('.') && name != "target" && !TOP_LEVEL.contains(&name.as_str()))
        .collect();
    assert_none(&wrong, "more than the plan");
}

/// Targets of links, and paths in backquotes that begin with a folder of the top level.
fn paths_named(document: &str) -> Vec<String> {
    let links = document.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    let links = links.filter(|link| !link.contains("://") && !link.starts_with('#')).map(|link| (true, link));
    let quoted = document.split('`').skip(1).step_by(2).filter(|text| {
        let top = text.split('/').next().unwrap_or("");
        text.contains('/')
            && (TOP_LEVEL.contains(&top) || top == ".ci")
            && !text.contains([' ', '*', '<', '{', '…'])
    });
    let quoted = quoted.map(|path| (false, path));
    let mark = |(is_link, path): (bool, &str)| format!("{}{path}", if is_link { "./" } else { "" });
    links.chain(quoted).map(mark).collect()
}

#[test]
fn documents_point_at_what_exists() {
    let mut wrong = Vec::new();
    for path in files(&[".md"]) {
        let document = read(&path);
        let folder = root().join(&path).parent().unwrap().to_path_buf();
        for named in paths_named(&document) {
            let target = named.split('#').next().unwrap();
            let base = if target.starts_with("./") { folder.clone() } else { root() };
            if !base.join(target).exists() {
                wrong.push(format!("{path}: {target}"));
            }
        }
    }
    assert_none(&wrong, "paths that do not exist");
}

#[test]
fn the_design_names_every_module() {
    let design = read("core/DESIGN.md");
    let is_module = |path: &&String| path.starts_with("core/src/") && !path.ends_with("tests.rs");
    let sources = files(&[".rs"]);
    let wrong: Vec<_> = sources
        .iter()
        .filter(is_module)
        .filter(|path| !design.contains(&format!("]({})", path.trim_start_matches("core/"))))
        .cloned()
        .collect();
    assert_none(&wrong, "modules without a line in core/DESIGN.md");
}
