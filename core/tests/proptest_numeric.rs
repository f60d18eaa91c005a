//! Every numeric operation gives what native arithmetic gives, wherever its operands are.

mod numeric;

use numeric::{Outcome, Type, binary_operations, unary_operations};
use proptest::prelude::*;
use whit::{Config, Engine, Instance, Module, Store, Val};

/// Where an operand is when the operation takes it.
#[derive(Clone, Copy, Debug)]
enum Place {
    Constant,
    Parameter,
    /// A local that has been assigned before.
    Local,
    /// The result of the operation before.
    Temporary,
    Global,
    Memory,
}

const PLACES: [Place; 6] =
    [Place::Constant, Place::Parameter, Place::Local, Place::Temporary, Place::Global, Place::Memory];

/// The text that brings operand `number` with value `bits`.
fn operand(place: Place, ty: Type, number: usize, bits: u64) -> String {
    let name = ty.name();
    match place {
        Place::Constant => ty.constant(bits),
        Place::Parameter => format!("(local.get {number})"),
        Place::Local => format!("(local.get $copy{number})"),
        Place::Temporary => format!("(call $same_{name} (local.get {number}))"),
        Place::Global => format!("(global.get $global{number})"),
        Place::Memory => format!("({name}.load offset={} (i32.const 0))", 16 + 8 * number),
    }
}

/// A function `f{index}` of the operation, used as a value or, for comparisons, in one of several branches.
fn function(name: &str, types: &[Type], result: Type, use_: usize, text: &[String]) -> String {
    let params: String = types.iter().map(|ty| format!(" {}", ty.name())).collect();
    let copies: String =
        types.iter().enumerate().map(|(n, ty)| format!("(local $copy{n} {})", ty.name())).collect();
    let copy: String = (0..types.len()).map(|n| format!("(local.set $copy{n} (local.get {n}))")).collect();
    let stores: String = types
        .iter()
        .enumerate()
        .map(|(n, ty)| {
            let ty = ty.name();
            format!(
                "({ty}.store offset={} (i32.const 0) (local.get {n}))(global.set $global{n} (local.get {n}))",
                16 + 8 * n
            )
        })
        .collect();
    let operation = format!("({name} {})", text.join(" "));
    let value = match use_ {
        1 => format!("(if (result i32) {operation} (then (i32.const 1)) (else (i32.const 0)))"),
        2 => format!("(if (result i32) (i32.eqz {operation}) (then (i32.const 0)) (else (i32.const 1)))"),
        3 => format!("(block $out (result i32) (drop (br_if $out (i32.const 1) {operation})) (i32.const 0))"),
        4 => format!("(select (i32.const 1) (i32.const 0) {operation})"),
        5 => format!("(i32.eqz (i32.eqz {operation}))"),
        _ => operation,
    };
    format!("(param{params}) (result {}) {copies} {copy} {stores} {value}", result.name())
}

/// Runs every operation on operands of type `ty` and compares.
fn check(ty: Type, values: [u64; 2], places: [Place; 2]) -> Result<(), TestCaseError> {
    let mut text = String::from("(module (memory 1)\n");
    for name in ["i32", "i64", "f32", "f64"] {
        text += &format!("(func $same_{name} (param {name}) (result {name}) (local.get 0))\n");
    }
    for number in 0..2 {
        text += &format!("(global $global{number} (mut {}) {})\n", ty.name(), ty.constant(0));
    }
    let mut cases = Vec::new();
    let mut add = |name: &'static str, count: usize, result: Type, expected: Outcome| {
        let uses = if result == Type::I32 && numeric::compares(name) { 6 } else { 1 };
        for use_ in 0..uses {
            let operands: Vec<_> = (0..count).map(|n| operand(places[n], ty, n, values[n])).collect();
            let body = function(name, &[ty, ty][..count], result, use_, &operands);
            text += &format!("(func (export \"{}\") {body})\n", cases.len());
            cases.push((name, use_, count, result, expected));
        }
    };
    for (name, result, native) in binary_operations(ty) {
        add(name, 2, result, native(values[0], values[1]));
    }
    for (name, result, native) in unary_operations(ty) {
        add(name, 1, result, native(values[0]));
    }
    text.push(')');
    let (mut store, instance) = instantiate(&text);
    let arguments = values.map(|bits| ty.value(bits));
    for (index, (name, use_, count, result, expected)) in cases.into_iter().enumerate() {
        let func = instance.get_func(&store, &index.to_string()).expect("the function is exported");
        let mut results = [Val::I32(0)];
        let actual = match func.call(&mut store, &arguments[..count], &mut results) {
            Ok(()) => Ok(numeric::bits(results[0])),
            Err(error) => Err(error.as_trap().expect("only traps stop these functions")),
        };
        let same = match (actual, expected) {
            (Ok(actual), Ok(expected)) if numeric::moves_bits(name) => actual == expected,
            (Ok(actual), Ok(expected)) => result.same(actual, expected),
            (actual, expected) => actual == expected,
        };
        prop_assert!(
            same,
            "{name} (use {use_}) of {values:x?} at {places:?}: {actual:x?}, not {expected:x?}"
        );
    }
    Ok(())
}

fn instantiate(text: &str) -> (Store<()>, Instance) {
    let engine = Engine::new(&Config::new()).expect("an engine can be made");
    let bytes = wat::parse_str(text).expect("the text is a module");
    let module = Module::new(&engine, &bytes).expect("the module is valid");
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).expect("the module can be instantiated");
    (store, instance)
}

fn place() -> impl Strategy<Value = Place> {
    prop::sample::select(&PLACES[..])
}

/// Bits of a value of type `ty`: any, small, or extreme.
fn value(ty: Type) -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), (-40_i64..40).prop_map(|v| v as u64), prop::sample::select(ty.extremes())]
        .prop_map(move |bits| if ty.is_narrow() { bits & 0xffff_ffff } else { bits })
}

macro_rules! properties {
    ($($test:ident $ty:ident;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
            $(
                #[test]
                fn $test(a in value(Type::$ty), b in value(Type::$ty), at_a in place(), at_b in place()) {
                    check(Type::$ty, [a, b], [at_a, at_b])?;
                }
            )*
        }
    };
}

properties! {
    i32_operations I32;
    i64_operations I64;
    f32_operations F32;
    f64_operations F64;
}
