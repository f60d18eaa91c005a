//! Writes out what follows from the table of operations: their numbers, names and shapes, the handler table and the
//! match loop, fused sequences included; and chooses dispatcher and location profile for the target.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

#[allow(dead_code)]
#[path = "src/ops/shape.rs"]
mod shape;
#[allow(dead_code)]
#[path = "src/ops/tree.rs"]
mod tree;
#[macro_use]
#[path = "src/ops/table.rs"]
mod table;
#[macro_use]
#[path = "src/ops/table_simd.rs"]
mod table_simd;

use shape::{Class, Imm, Loc, Profile, Set};
use tree::{Edge, LONGEST, NOWHERE, ROOT};

/// The sequences of instructions that are fused, for the wide profile.
const SEQUENCES: &str = "src/ops/sequences.txt";

/// Whether the crate's feature `feature` is switched on.
fn enabled(feature: &str) -> bool {
    env::var_os(format!("CARGO_FEATURE_{feature}")).is_some()
}

/// One operation of the IR.
#[derive(Default)]
struct Operation {
    ident: String,
    name: String,
    handler: String,
    sets: Vec<Set>,
    immediates: Vec<Imm>,
    /// Identifiers of the operations with operands swapped and with the opposite result.
    swapped: Option<String>,
    negated: Option<String>,
    /// Whether the operands can be swapped, and only come in the order of [`Loc`].
    ordered: bool,
    /// What gets the result, if there is one: an accumulator, `Slots` for a vector, or `moved`, which translation follows
    /// by itself.
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
    result: Option<&str>,
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
            // The first two operands of an indexed access are added up.
            ordered: *suffix == "_index" || swap.is_some() && !suffix.starts_with("_imm"),
            // A branch and a store have no result, which shows in their last operand being a source.
            result: result.filter(|_| !suffix.starts_with("_branch")).map(bank),
        })
        .collect()
}

/// The accumulator for values of type `ty`, Rust's or WebAssembly's.
fn bank(ty: &str) -> &'static str {
    match ty {
        "u32" | "u64" | "bool" | "I32" | "I64" => "Int",
        "f32" | "F32" => "F32",
        "f64" | "F64" => "F64",
        _ => panic!("{ty}: in which accumulator?"),
    }
}

/// The module of `exec` in which the handler of a class stands.
fn family(handler: &str) -> &'static str {
    if handler.starts_with("Load") || handler.starts_with("Store") { "memory" } else { "numeric" }
}

/// An operation that is the only one of its row.
fn single(
    ident: &str,
    name: &str,
    handler: String,
    sets: &[Set],
    immediates: &[Imm],
    result: Option<&'static str>,
) -> Operation {
    // Translation must know what an operation overwrites. Some locations only results have.
    let leaves = matches!(sets.last(), Some(Set::a | Set::dst));
    let result = match result {
        Some("none") if !leaves => None,
        None if sets.is_empty() => None,
        Some("Int" | "F32" | "F64" | "Slots" | "moved") => result,
        _ => panic!("{name}: in which accumulator is the result?"),
    };
    Operation {
        ident: ident.to_string(),
        name: name.to_string(),
        handler,
        sets: sets.to_vec(),
        immediates: immediates.to_vec(),
        result,
        ..Operation::default()
    }
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
        plain { $($(#[$_p:meta])* $pident:ident $pname:literal [$($phandler:tt)*] ($($pset:ident)*)
            $(-> $pout:ident)? ($($pimm:ident)*);)* }
    ) => {
        fn operations() -> Vec<Operation> {
            let mut all = Vec::new();
            $(all.extend(from_row(stringify!($bident), $bname, Class::$bclass, concat!("ops::", stringify!($bident)),
                optional!($($swap)?), optional!($($not)?), Some(stringify!($bout))));)*
            $(all.extend(from_row(stringify!($uident), $uname, Class::$uclass, concat!("ops::", stringify!($uident)), None, None, Some(stringify!($uout))));)*
            $(all.extend(from_row(stringify!($lident), $lname, Class::$lclass, concat!("ops::", stringify!($lident)), None, None, Some(stringify!($lout))));)*
            $(all.extend(from_row(stringify!($sident), $sname, Class::$sclass, concat!("ops::", stringify!($sident)), None, None, None));)*
            $(all.push(single(stringify!($pident), $pname, stringify!($($phandler)*).to_string(), &[$(Set::$pset,)*],
                &[$(Imm::$pimm,)*], optional!($($pout)?)));)*
            all
        }
    };
}

for_each_operation!(collect_operations);

macro_rules! collect_vector_operations {
    (
        unary { $($_uc:literal $uname:literal $uident:ident $_ui:ident -> $_uo:ident $(also $_ua:literal)?,
            |$_uv:ident| $_ue:expr;)* }
        binary { $($_bc:literal $bname:literal $bident:ident $_bi:ident -> $_bo:ident $(also $_ba:literal)?
            $(swap $_bs:literal)?, |$_bl:ident, $_br:ident| $_be:expr;)* }
        ternary { $($_tc:literal $tname:literal $tident:ident $_ti:ident $_tl:ident -> $_to:ident
            $(also $($_ta:literal)*)?, |$_t1:ident, $_t2:ident, $_t3:ident| $_te:expr;)* }
        shift { $($_hc:literal $hname:literal $hident:ident $_hi:ident, |$_hv:ident, $_hn:ident| $_he:expr;)* }
        test { $($_ec:literal $ename:literal $eident:ident $_ei:ident, |$_ev:ident| $_ee:expr;)* }
        splat { $($_pc:literal $pname:literal $pident:ident $_pi:ident -> $_po:ident, |$_pv:ident| $_pe:expr;)* }
        extract { $($_xc:literal $xname:literal $xident:ident $xload:ident $xtype:ident;)* }
        replace { $($_rc:literal $rname:literal $rident:ident $rstore:ident;)* }
        extend { $($_wc:literal $wname:literal $wident:ident $_wi:ident -> $_wo:ident $wcount:literal
            by $_ws:ident $_wf:ident $_w2:ident;)* }
        load { $($_lc:literal $lname:literal $lident:ident $_li:ident -> $_lo:ident
            by $_ls:ident $_lf:ident $($_l2:ident)?, |$_lv:ident| $_le:expr;)* }
        load_lane { $($_ll:tt)* }
        store_lane { $($_sl:tt)* }
        plain { $($(#[$_n:meta])* $nident:ident $nname:literal [$($nhandler:tt)*] ($($nset:ident)*)
            $(-> $nout:ident)? ($($nimm:ident)*);)* }
    ) => {
        fn vector_operations() -> Vec<Operation> {
            use Set::{a, as_, int, s, si};
            let mut all = Vec::new();
            let row = |ident: &str, name: &str, handler: &str, sets: &[Set], immediates: &[Imm], result| {
                single(ident, name, format!("simd::{handler}<ops::simd::{ident}>"), sets, immediates, Some(result))
            };
            $(all.push(row(stringify!($uident), $uname, "Unary", &[s, s], &[], "Slots"));)*
            $(all.push(row(stringify!($bident), $bname, "Binary", &[s, s, s], &[], "Slots"));)*
            $(all.push(row(stringify!($tident), $tname, "Ternary", &[s, s, s, s], &[], "Slots"));)*
            $(all.push(row(stringify!($hident), $hname, "Shift", &[s, si, s], &[], "Slots"));)*
            $(all.push(row(stringify!($eident), $ename, "Test", &[s, a], &[], "Int"));)*
            $(all.push(row(stringify!($pident), $pname, "Splat", &[as_, s], &[], "Slots"));)*
            $(
                let handler = concat!("simd::LoadLanes<ops::simd::", stringify!($wident), ", ", $wcount, ">").to_string();
                all.push(single(stringify!($wident), $wname, handler, &[as_, s], &[Imm::u32], Some("Slots")));
            )*
            $(all.push(row(stringify!($lident), $lname, "Load", &[int, s], &[Imm::u32], "Slots"));)*
            $(
                let handler = concat!("simd::Extract<ops::", stringify!($xload), ">").to_string();
                let result = Some(bank(stringify!($xtype)));
                all.push(single(stringify!($xident), $xname, handler, &[s, as_], &[Imm::u16], result));
            )*
            $(
                let handler = concat!("simd::Replace<ops::", stringify!($rstore), ">").to_string();
                all.push(single(stringify!($rident), $rname, handler, &[s, as_, s], &[Imm::u16], Some("Slots")));
            )*
            $(all.push(single(stringify!($nident), $nname, stringify!($($nhandler)*).to_string(), &[$(Set::$nset,)*],
                &[$(Imm::$nimm,)*], optional!($($nout)?)));)*
            all
        }
    };
}

for_each_vector_operation!(collect_vector_operations);

/// Handlers that leave their instruction to the driver, which finds it by its opcode: a sequence's would hide it.
const DRIVER: [&str; 2] = ["Cold", "Throw"];

/// One opcode: what it is called in the list of sequences, and what executes it.
struct Opcode {
    shape: String,
    handler: String,
    /// Code units, without what may follow a branch table.
    units: usize,
}

/// The opcodes of `operation`, one for each combination of locations, the last varying fastest.
fn opcodes(operation: &Operation, profile: Profile) -> Vec<Opcode> {
    let mut combinations = vec![Vec::new()];
    for set in &operation.sets {
        combinations = combinations
            .iter()
            .flat_map(|head: &Vec<Loc>| {
                set.locs(profile).iter().map(move |loc| [&head[..], &[*loc]].concat())
            })
            .collect();
    }
    let handler = operation.handler.trim();
    combinations
        .into_iter()
        .map(|locs| {
            let names: String = locs.iter().map(|loc| format!(", {}", loc.name())).collect();
            Opcode {
                shape: locs.iter().fold(operation.name.clone(), |shape, loc| shape + " " + loc.name()),
                handler: match handler.rfind('>') {
                    _ if operation.name.ends_with("_far")
                        && !operation.name.starts_with("global")
                        && !enabled("MEMORY64")
                        || (handler.starts_with("reference") || handler.starts_with("object"))
                            && !enabled("GC")
                        || handler.starts_with("exception") && !enabled("EXCEPTIONS") =>
                    {
                        "control::Never".to_string()
                    }
                    _ if operation.ordered && locs[0] > locs[1] => "control::Never".to_string(),
                    _ if locs.is_empty() => handler.to_string(),
                    Some(end) if handler.ends_with('>') => format!("{}{names}>", handler[..end].trim_end()),
                    _ => format!("{handler}<{}>", &names[2..]),
                },
                units: 1
                    + locs.iter().map(|loc| loc.units()).sum::<usize>()
                    + operation.immediates.iter().map(|imm| imm.units()).sum::<usize>(),
            }
        })
        .collect()
}

/// Whether an instruction of shape `shape` never goes on behind itself, or not before a function has returned.
fn goes_on_elsewhere(shape: &str) -> bool {
    let name = shape.split(' ').next().expect("a split gives something");
    matches!(name, "br" | "br_table" | "unreachable")
        || name.starts_with("call")
        || name.starts_with("return")
}

/// The fused sequences of `list` by their opcodes, as rows and children of a tree, and their handlers.
///
/// A line of the list is a sequence: shapes of instructions, with ` | ` between them. None is of what the driver does,
/// and what goes on elsewhere is the last.
fn sequences(list: &str, all: &[Opcode]) -> Vec<(Vec<usize>, String)> {
    let by_shape: HashMap<&str, usize> =
        all.iter().enumerate().map(|(opcode, known)| (known.shape.as_str(), opcode)).collect();
    let mut fused = BTreeMap::new();
    for (index, line) in list.lines().enumerate() {
        let place = format!("{SEQUENCES}:{}", index + 1);
        let parts: Vec<usize> = line
            .split(" | ")
            .map(|shape| {
                let opcode =
                    *by_shape.get(shape).unwrap_or_else(|| panic!("{place}: no instruction `{shape}`"));
                let driver = DRIVER.iter().any(|name| all[opcode].handler.ends_with(name));
                assert!(!driver, "{place}: the driver does `{shape}`, which cannot be part of a sequence");
                opcode
            })
            .collect();
        assert!(parts.len() <= LONGEST, "{place}: more than {LONGEST} instructions");
        let (last, first) = parts.split_last().expect("a line is not empty");
        if let Some(opcode) = first.iter().find(|opcode| goes_on_elsewhere(&all[**opcode].shape)) {
            panic!("{place}: nothing in a sequence can follow `{}`", all[*opcode].shape);
        }
        let handler = first.iter().rev().fold(all[*last].handler.clone(), |rest, opcode| {
            format!("sequence::Then<{}, {rest}>", all[*opcode].handler)
        });
        fused.insert(parts, handler);
    }
    fused.into_iter().collect()
}

/// A child of a node of the tree.
struct Child {
    /// The opcode that leads there.
    opcode: usize,
    /// The opcode of the sequence, if it is fused.
    fused: u16,
    /// The number of its node, if longer sequences are fused.
    node: Option<usize>,
}

/// The edges of the tree of fused sequences, where the table has them.
fn tree(all: &[Opcode], fused: &[(Vec<usize>, String)]) -> Vec<Edge> {
    if fused.is_empty() {
        return Vec::new();
    }
    let opcode_of = |opcode: usize| u16::try_from(opcode).expect("16 bits are enough");
    // Node by node in breadth: a node is a prefix of longer sequences, and its edges the opcodes that can follow.
    let mut nodes: Vec<(Vec<usize>, Vec<Child>)> = vec![(Vec::new(), Vec::new())];
    let mut at = 0;
    while at < nodes.len() {
        let prefix = nodes[at].0.clone();
        let mut next: Vec<usize> = fused
            .iter()
            .filter(|(parts, _)| parts.len() > prefix.len() && parts.starts_with(&prefix))
            .map(|(parts, _)| parts[prefix.len()])
            .collect();
        next.dedup();
        for opcode in next {
            let path = [&prefix[..], &[opcode]].concat();
            let sequence = fused.binary_search_by(|(parts, _)| parts.cmp(&path));
            let fused_opcode = sequence.map_or(NOWHERE, |index| opcode_of(all.len() + index));
            let goes_on = fused.iter().any(|(parts, _)| parts.len() > path.len() && parts.starts_with(&path));
            let node = goes_on.then_some(nodes.len());
            nodes[at].1.push(Child { opcode, fused: fused_opcode, node });
            if goes_on {
                nodes.push((path, Vec::new()));
            }
        }
        at += 1;
    }
    place(&nodes.into_iter().map(|(_, children)| children).collect::<Vec<_>>())
}

/// The table of the edges of `nodes`: each node, those with most edges first, has the first position from which all
/// its edges fall on free places, and which is no other node's.
///
/// Tarjan and Yao, "Storing a Sparse Table", Communications of the ACM 22 (11), 1979: first-fit decreasing.
fn place(nodes: &[Vec<Child>]) -> Vec<Edge> {
    // No node: what is looked for from `NOWHERE` is not found there either.
    const FREE: u16 = NOWHERE - 1;
    const NONE: Edge = Edge { node: FREE, fused: NOWHERE, next: NOWHERE };
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|node| Reverse(nodes[*node].len()));
    let mut positions = vec![NOWHERE; nodes.len()];
    let mut taken = HashSet::new();
    let mut table: Vec<Edge> = Vec::new();
    for node in order {
        let fits = |position: &u16| {
            let free = |child: &Child| {
                let place = table.get(usize::from(*position) + child.opcode);
                place.is_none_or(|edge| edge.node == FREE)
            };
            !taken.contains(position) && nodes[node].iter().all(free)
        };
        let position = (0..FREE).find(fits).expect("16 bits are enough");
        taken.insert(position);
        positions[node] = position;
        for child in &nodes[node] {
            let at = usize::from(position) + child.opcode;
            table.resize(table.len().max(at + 1), NONE);
            table[at] = Edge { node: position, fused: child.fused, next: NOWHERE };
        }
    }
    for (children, position) in nodes.iter().zip(&positions) {
        for child in children {
            let next = child.node.map_or(NOWHERE, |node| positions[node]);
            table[usize::from(*position) + child.opcode].next = next;
        }
    }
    assert_eq!(positions[0], ROOT, "sequences start at the root, which has most edges");
    assert!(table.len() <= usize::from(NOWHERE), "nothing is at {NOWHERE} or behind it");
    table
}

/// Checks that the table of edges leads from the root to each sequence of `fused`, whose opcodes start at `first`, and
/// to nothing else.
fn check_tree(edges: &[Edge], fused: &[(Vec<usize>, String)], first: usize) {
    for (index, (parts, _)) in fused.iter().enumerate() {
        let mut node = ROOT;
        let mut found = NOWHERE;
        for part in parts {
            let edge = &edges[usize::from(node) + part];
            assert_eq!(edge.node, node, "an edge for each instruction of {parts:?}");
            (found, node) = (edge.fused, edge.next);
        }
        assert_eq!(usize::from(found), first + index, "the opcode of {parts:?}");
    }
    let found = edges.iter().filter(|edge| edge.fused != NOWHERE).count();
    assert_eq!(found, fused.len(), "an edge for each sequence");
}

/// Writes the tree of fused sequences, and what else there is to know of opcodes.
fn write_sequences(out: &mut String, all: &[Opcode], fused: &[(Vec<usize>, String)]) {
    let edges = tree(all, fused);
    check_tree(&edges, fused, all.len());
    writeln!(
        out,
        "/// The edges of the tree of fused sequences.\npub(crate) static EDGES: [Edge; {}] = [",
        edges.len()
    )
    .expect("strings grow");
    for Edge { node, fused, next } in edges {
        writeln!(out, "    Edge {{ node: {node}, fused: {fused}, next: {next} }},").expect("strings grow");
    }
    writeln!(out, "];").expect("strings grow");
    let items: Vec<String> =
        fused.iter().map(|(parts, _)| format!("({}, {})", parts[0], parts.len())).collect();
    writeln!(
        out,
        "/// First opcode and number of the instructions of each fused opcode.\npub(crate) static FUSED: [(u16, u8); {}] = [{}];",
        items.len(),
        items.join(", ")
    )
    .expect("strings grow");
    let firsts = fused.iter().map(|(parts, _)| &all[parts[0]]);
    let items: Vec<String> = all.iter().chain(firsts).map(|opcode| opcode.units.to_string()).collect();
    writeln!(
        out,
        "/// By opcode, the first instruction's units, without the targets of a branch table.\npub(crate) static LENGTHS: [u8; {}] = [{}];",
        items.len(),
        items.join(", ")
    )
    .expect("strings grow");
}

/// The number of `item` in `list`, to which it is added if it is not there.
fn number_in<T: PartialEq + Clone>(list: &mut Vec<T>, item: &T) -> usize {
    list.iter().position(|known| known == item).unwrap_or_else(|| {
        list.push(item.clone());
        list.len() - 1
    })
}

fn write_operations(operations: &[Operation], profile: Profile) -> String {
    let mut out = String::from("#[allow(non_upper_case_globals, dead_code)]\nimpl Op {\n");
    let mut base = 0;
    let (mut infos, mut tables, mut names) = (String::new(), String::new(), String::new());
    let (mut shapes, mut immediates) = (Vec::new(), Vec::new());
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
        writeln!(
            infos,
            "    Info {{ base: {base}, shape: {}, immediates: {}, name: ({}, {}), result: {}, wide_immediate: {}, comparison: {}, vector: {}, moved: {}, swapped: {}, negated: {} }},",
            number_in(&mut shapes, &operation.sets),
            number_in(&mut immediates, &operation.immediates),
            names.len(),
            operation.name.len(),
            match operation.result {
                None | Some("Slots" | "moved") => "None".to_string(),
                Some(bank) => format!("Some(Bank::{bank})"),
            },
            operations.get(index + 1).is_some_and(|next| next.ident == constant(&operation.ident, "_imm")),
            operations.get(index + 1).is_some_and(|next| next.ident == constant(&operation.ident, "_branch")),
            operation.result == Some("Slots"),
            operation.result == Some("moved"),
            index_of(&operation.swapped),
            index_of(&operation.negated),
        )
        .expect("strings grow");
        names.push_str(&operation.name);
        let end = base + operation.sets.iter().map(|set| set.locs(profile).len()).product::<usize>();
        if operation.ident == "BrTable" {
            writeln!(
                tables,
                "/// The opcodes of branch tables.\npub(crate) const BRANCH_TABLES: core::ops::Range<u16> = {base}..{end};"
            )
            .expect("strings grow");
        }
        base = end;
    }
    out.push_str("}\n");
    write!(out, "pub(crate) static INFOS: [Info; {}] = [\n{infos}];\n", operations.len())
        .expect("strings grow");
    out.push_str(&tables);
    let list = |items: &[String]| items.join(", ");
    let shapes = shapes.iter().map(|sets| {
        let sets: Vec<String> = sets.iter().map(|set| format!("Set::{set:?}.locs(PROFILE)")).collect();
        format!("Shape::new(&[{}])", list(&sets))
    });
    let immediates = immediates.iter().map(|immediates| {
        let names: Vec<String> = immediates.iter().map(|imm| format!("Imm::{imm:?}")).collect();
        format!("&[{}]", list(&names))
    });
    for (name, ty, items) in
        [("SHAPES", "Shape", shapes.collect::<Vec<_>>()), ("IMMEDIATES", "&[Imm]", immediates.collect())]
    {
        writeln!(out, "static {name}: [{ty}; {}] = [{}];", items.len(), list(&items)).expect("strings grow");
    }
    writeln!(out, "static NAMES: &str = \"{names}\";").expect("strings grow");
    writeln!(
        out,
        "/// Opcodes of single instructions; those of fused ones follow.\npub(crate) const OPCODES: usize = {base};"
    )
    .expect("strings grow");
    out
}

fn main() {
    for path in [
        "build.rs",
        "src/ops/table.rs",
        "src/ops/table_simd.rs",
        "src/ops/shape.rs",
        "src/ops/tree.rs",
        SEQUENCES,
    ] {
        println!("cargo::rerun-if-changed={path}");
    }
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let arch = variable("CARGO_CFG_TARGET_ARCH");
    let features = variable("CARGO_CFG_TARGET_FEATURE");
    let has = |feature: &str| features.split(',').any(|name| name == feature);

    // A tail call needs an optimised build, registers for every argument, and float registers.
    let registers = arch == "x86_64" && has("sse2") || arch == "aarch64" && has("neon");
    // There C functions have registers for four arguments, and results of two words are in memory.
    let windows = matches!(variable("CARGO_CFG_TARGET_OS").as_str(), "windows" | "uefi" | "cygwin");
    let four = arch == "x86_64" && windows;
    // Builds that are made to be quick are also spared the thousands of handlers of the wide profile.
    let optimised = !matches!(variable("OPT_LEVEL").as_str(), "0" | "1");
    let tail = registers && !four && optimised && !enabled("PORTABLE_DISPATCH") && !enabled("PROFILE");
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
    let mut operations = operations();
    if enabled("SIMD") {
        operations.extend(vector_operations());
    }
    let all: Vec<Opcode> = operations.iter().flat_map(|operation| opcodes(operation, profile)).collect();
    // Where dispatch is a jump, a sequence spares it; a build that is to be small does without.
    let fused = if tail && wide {
        let list = fs::read_to_string(SEQUENCES).unwrap_or_else(|error| panic!("{SEQUENCES}: {error}"));
        sequences(&list, &all)
    } else {
        Vec::new()
    };
    assert!(all.len() + fused.len() < usize::from(u16::MAX), "too many opcodes for 16 bits");
    let mut table = String::from("handlers! {\n");
    let handlers = all.iter().map(|opcode| &opcode.handler).chain(fused.iter().map(|(_, handler)| handler));
    for (opcode, handler) in handlers.enumerate() {
        writeln!(table, "    {opcode} {handler},").expect("strings grow");
    }
    table.push_str("}\n");
    let mut text = write_operations(&operations, profile);
    write_sequences(&mut text, &all, &fused);

    let out = variable("OUT_DIR");
    for (name, text) in [("operations.rs", text), ("handlers.rs", table)] {
        fs::write(Path::new(&out).join(name), text).expect("the output directory can be written");
    }
}
