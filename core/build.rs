//! Writes out what follows from the table of operations: their numbers, names and shapes, the handler table and the
//! match loop; and chooses dispatcher and location profile for the target.

use std::env;
use std::fmt::Write;
use std::path::Path;

#[allow(dead_code)]
#[path = "src/ops/shape.rs"]
mod shape;
#[macro_use]
#[path = "src/ops/table.rs"]
mod table;

use shape::{Class, Imm, Profile, Set};

/// One operation of the IR.
struct Operation {
    ident: String,
    name: String,
    handler: String,
    sets: Vec<Set>,
    immediates: Vec<Imm>,
    /// Identifiers of the operations with operands swapped and with the opposite result.
    swapped: Option<String>,
    negated: Option<String>,
    /// The accumulator that gets the result.
    result: Option<&'static str>,
}

/// `I32Add` + `_imm` → `I32AddImm`.
fn constant(ident: &str, suffix: &str) -> String {
    let words = suffix.split('_').filter(|word| !word.is_empty());
    words.fold(ident.to_string(), |out, word| out + &word[..1].to_ascii_uppercase() + &word[1..])
}

fn from_row(
    ident: &str,
    name: &str,
    class: Class,
    arguments: &str,
    swap: Option<&str>,
    not: Option<&str>,
    result: &str,
) -> Vec<Operation> {
    class
        .operations()
        .iter()
        .map(|(suffix, handler, sets, immediates)| Operation {
            ident: constant(ident, suffix),
            name: format!("{name}{suffix}"),
            handler: format!("{}::{handler}<{arguments}>", family(handler)),
            sets: sets.to_vec(),
            immediates: immediates.to_vec(),
            swapped: swap.map(|ident| constant(ident, suffix)),
            negated: not.map(|ident| constant(ident, suffix)),
            // A branch and a store have no result, which shows in their last operand being a source.
            result: if suffix.starts_with("_branch") { None } else { bank(result) },
        })
        .collect()
}

/// The accumulator for results of type `ty`.
fn bank(ty: &str) -> Option<&'static str> {
    match ty {
        "u32" | "u64" | "bool" => Some("Int"),
        "f32" => Some("F32"),
        "f64" => Some("F64"),
        _ => None,
    }
}

/// The module of `exec` in which the handler of a class stands.
fn family(handler: &str) -> &'static str {
    if handler.starts_with("Load") || handler.starts_with("Store") { "memory" } else { "numeric" }
}

macro_rules! optional {
    () => {
        None
    };
    ($ident:ident) => {
        Some(stringify!($ident))
    };
}

macro_rules! collect_operations {
    (
        binary { $($(#[$_b:meta])* $_bc:literal $bname:literal $bident:ident $bclass:ident $_bt:ident -> $bout:ident
            $(swap $swap:ident)? $(not $not:ident)?, |$_bl:ident, $_br:ident| $_be:expr;)* }
        unary { $($(#[$_u:meta])* $_uc:literal $uname:literal $uident:ident $uclass:ident $_ut:ident -> $uout:ident,
            |$_uv:ident| $_ue:expr;)* }
        load { $($lident:ident $lname:literal $lclass:ident $_lm:ident -> $lout:ident;)* }
        store { $($sident:ident $sname:literal $sclass:ident $_sv:ident -> $_sm:ident;)* }
        access { $($_a:tt)* }
        plain { $($(#[$_p:meta])* $pident:ident $pname:literal [$($phandler:tt)*] ($($pset:ident)*) ($($pimm:ident)*);)* }
    ) => {
        fn operations() -> Vec<Operation> {
            let mut all = Vec::new();
            $(all.extend(from_row(stringify!($bident), $bname, Class::$bclass, concat!("ops::", stringify!($bident)),
                optional!($($swap)?), optional!($($not)?), stringify!($bout)));)*
            $(all.extend(from_row(stringify!($uident), $uname, Class::$uclass, concat!("ops::", stringify!($uident)), None, None, stringify!($uout)));)*
            $(all.extend(from_row(stringify!($lident), $lname, Class::$lclass, concat!("ops::", stringify!($lident)), None, None, stringify!($lout)));)*
            $(all.extend(from_row(stringify!($sident), $sname, Class::$sclass, concat!("ops::", stringify!($sident)), None, None, ""));)*
            $(all.push(Operation {
                ident: constant(stringify!($pident), ""),
                name: $pname.to_string(),
                handler: stringify!($($phandler)*).to_string(),
                sets: vec![$(Set::$pset,)*],
                immediates: vec![$(Imm::$pimm,)*],
                swapped: None,
                negated: None,
                result: match stringify!($pident) {
                    "Select" | "GlobalGet" | "GlobalGetImported" | "MemorySize" => Some("Int"),
                    "SelectF32" => Some("F32"),
                    "SelectF64" => Some("F64"),
                    _ => None,
                },
            });)*
            all
        }
    };
}

for_each_operation!(collect_operations);

/// The types of the handlers of `operation`, one for each combination of locations, the last varying fastest.
fn handlers(operation: &Operation, profile: Profile) -> Vec<String> {
    let mut combinations = vec![String::new()];
    for set in &operation.sets {
        combinations = combinations
            .iter()
            .flat_map(|head| set.locs(profile).iter().map(move |loc| format!("{head}, {}", loc.name())))
            .collect();
    }
    let handler = operation.handler.trim();
    combinations
        .into_iter()
        .map(|locs| match handler.rfind('>') {
            _ if locs.is_empty() => handler.to_string(),
            Some(end) if handler.ends_with('>') => format!("{}{locs}>", handler[..end].trim_end()),
            _ => format!("{handler}<{}>", &locs[2..]),
        })
        .collect()
}

fn write_operations(operations: &[Operation], profile: Profile) -> String {
    let mut out = String::from("#[allow(non_upper_case_globals, dead_code)]\nimpl Op {\n");
    let mut base = 0;
    let mut infos = String::new();
    let index_of = |ident: &Option<String>| {
        ident.as_ref().map_or(u16::MAX as usize, |ident| {
            operations
                .iter()
                .position(|other| other.ident == *ident)
                .unwrap_or_else(|| panic!("no operation {ident}"))
        })
    };
    for (index, operation) in operations.iter().enumerate() {
        writeln!(
            out,
            "    #[doc = \"{}\"]\n    pub(crate) const {}: Self = Self({index});",
            operation.name, operation.ident
        )
        .expect("strings grow");
        let list = |items: Vec<String>| items.join(", ");
        writeln!(
            infos,
            "    Info {{ name: \"{}\", base: {base}, operands: &[{}], immediates: &[{}], result: {}, wide_immediate: {}, comparison: {}, swapped: {}, negated: {} }},",
            operation.name,
            list(operation.sets.iter().map(|set| format!("Set::{set:?}.locs(PROFILE)")).collect()),
            list(operation.immediates.iter().map(|imm| format!("Imm::{imm:?}")).collect()),
            operation.result.map_or("None".to_string(), |bank| format!("Some(Bank::{bank})")),
            operations.get(index + 1).is_some_and(|next| next.ident == constant(&operation.ident, "_imm")),
            operations.get(index + 1).is_some_and(|next| next.ident == constant(&operation.ident, "_branch")),
            index_of(&operation.swapped),
            index_of(&operation.negated),
        )
        .expect("strings grow");
        base += handlers(operation, profile).len();
    }
    assert!(base <= usize::from(u16::MAX), "too many operations for 16-bit opcodes");
    out.push_str("}\n");
    write!(out, "pub(crate) static INFOS: [Info; {}] = [\n{infos}];\n", operations.len())
        .expect("strings grow");
    writeln!(out, "/// How many opcodes there are.\npub(crate) const OPCODES: usize = {base};")
        .expect("strings grow");
    out
}

fn main() {
    for path in ["build.rs", "src/ops/table.rs", "src/ops/shape.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let enabled = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
    let arch = variable("CARGO_CFG_TARGET_ARCH");
    let features = variable("CARGO_CFG_TARGET_FEATURE");
    let has = |feature: &str| features.split(',').any(|name| name == feature);

    // A tail call needs an optimised build, registers for every argument, and float registers.
    let registers = arch == "x86_64" && has("sse2") || arch == "aarch64" && has("neon");
    // Builds that are made to be quick are also spared the thousands of handlers of the wide profile.
    let optimised = !matches!(variable("OPT_LEVEL").as_str(), "0" | "1");
    let tail = registers && optimised && !enabled("PORTABLE_DISPATCH");
    let wide = registers && optimised && !enabled("NARROW");
    println!("cargo::rustc-check-cfg=cfg(whit_tail_calls)");
    println!("cargo::rustc-check-cfg=cfg(whit_wide)");
    if tail {
        println!("cargo::rustc-cfg=whit_tail_calls");
    }
    if wide {
        println!("cargo::rustc-cfg=whit_wide");
    }

    let profile = if wide { Profile::Wide } else { Profile::Narrow };
    let operations = operations();
    let all: Vec<String> = operations.iter().flat_map(|operation| handlers(operation, profile)).collect();
    let mut table = String::from("handlers! {\n");
    for (opcode, handler) in all.iter().enumerate() {
        writeln!(table, "    {opcode} {handler},").expect("strings grow");
    }
    table.push_str("}\n");

    let out = variable("OUT_DIR");
    for (name, text) in [("operations.rs", write_operations(&operations, profile)), ("handlers.rs", table)] {
        std::fs::write(Path::new(&out).join(name), text).expect("the output directory can be written");
    }
}
