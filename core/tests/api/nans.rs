//! The bits of NaNs where they are to be canonical.

use whit::{Config, Engine, Instance, Module, Store, Val};

const UNARY: &[&str] = &["ceil", "floor", "trunc", "nearest", "sqrt"];
const BINARY: &[&str] = &["add", "sub", "mul", "div", "min", "max"];

/// NaNs with a sign, and with a payload, quiet and signalling.
const NANS_32: &[u32] = &[0xFFC0_0000, 0x7FC1_2345, 0xFFA0_0001, 0x7F80_0001];
const NANS_64: &[u64] = &[0xFFF8 << 48, 0x7FF8_0000_0001_0000, 0xFFF4_0000_0000_0001, 0x7FF0_0000_0000_0001];

/// Functions without parameters that each compute the bits of a NaN: an expression of type `i32` or `i64`.
fn expressions() -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let mut types = Vec::new();
    types.extend(
        NANS_32.iter().map(|bits| ("i32", "f32", format!("(f32.reinterpret_i32 (i32.const {bits}))"))),
    );
    types.extend(
        NANS_64.iter().map(|bits| ("i64", "f64", format!("(f64.reinterpret_i64 (i64.const {bits}))"))),
    );
    for (integer, float, nan) in &types {
        let bits = |value: String| (*integer, format!("({integer}.reinterpret_{float} {value})"));
        for op in UNARY {
            all.push(bits(format!("({float}.{op} {nan})")));
        }
        for op in BINARY {
            all.push(bits(format!("({float}.{op} {nan} ({float}.const 1))")));
            all.push(bits(format!("({float}.{op} ({float}.const 1) {nan})")));
            // More than one instruction, with the value in a local meanwhile.
            all.push(bits(format!("({float}.{op} ({float}.neg (local.tee ${float} ({float}.add {nan} {nan}))) (local.get ${float}))")));
        }
        if *float == "f32" {
            all.push(("i64", format!("(i64.reinterpret_f64 (f64.promote_f32 {nan}))")));
        } else {
            all.push(("i32", format!("(i32.reinterpret_f32 (f32.demote_f64 {nan}))")));
        }
        if cfg!(feature = "simd") {
            let (shape, lane) = if *float == "f32" { ("f32x4", "i32x4") } else { ("f64x2", "i64x2") };
            let splat = format!("({shape}.splat {nan})");
            let lane = |value: String| (*integer, format!("({lane}.extract_lane 1 {value})"));
            for op in UNARY {
                all.push(lane(format!("({shape}.{op} {splat})")));
            }
            for op in BINARY.iter().chain(&["relaxed_min", "relaxed_max"]) {
                all.push(lane(format!("({shape}.{op} {splat} ({shape}.splat ({float}.const 1)))")));
            }
            for op in ["relaxed_madd", "relaxed_nmadd"] {
                all.push(lane(format!("({shape}.{op} {splat} {splat} {splat})")));
            }
        }
    }
    // Not of a NaN's making, but invalid.
    all.push(("i32", "(i32.reinterpret_f32 (f32.div (f32.const 0) (f32.const 0)))".to_string()));
    all.push(("i64", "(i64.reinterpret_f64 (f64.sqrt (f64.const -1)))".to_string()));
    all.push(("i64", "(i64.reinterpret_f64 (f64.sub (f64.const inf) (f64.const inf)))".to_string()));
    all
}

#[test]
fn results_are_canonical() {
    let expressions = expressions();
    let mut text = String::from("(module ");
    for (index, (ty, expression)) in expressions.iter().enumerate() {
        text += &format!(
            "(func (export \"{index}\") (result {ty}) (local $f32 f32) (local $f64 f64) {expression})\n"
        );
    }
    text += ")";
    let engine = Engine::new(Config::new().canonicalize_nans(true)).expect("an engine");
    let module =
        Module::new(&engine, &wat::parse_str(text).expect("text of a module")).expect("a valid module");
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
    for (index, (_, expression)) in expressions.iter().enumerate() {
        let func = instance.get_func(&store, &index.to_string()).expect("it is exported");
        let mut results = [Val::I32(0)];
        func.call(&mut store, &[], &mut results).expect("no trap");
        match results[0] {
            Val::I32(bits) => assert_eq!(bits, 0x7FC0_0000, "{expression}"),
            Val::I64(bits) => assert_eq!(bits, 0x7FF8 << 48, "{expression}"),
            other => panic!("{other:?}"),
        }
    }
}

/// What only moves bits leaves them as they are.
#[test]
fn other_bits_stay() {
    let text = r#"(module
        (func (export "neg") (param f32) (result f32) (f32.neg (local.get 0)))
        (func (export "copysign") (param f32) (result f32) (f32.copysign (local.get 0) (f32.const 1)))
        (func (export "add") (param f32) (result f32) (f32.add (local.get 0) (f32.const 1))))"#;
    let engine = Engine::new(Config::new().canonicalize_nans(true)).expect("an engine");
    let module =
        Module::new(&engine, &wat::parse_str(text).expect("text of a module")).expect("a valid module");
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
    let mut call = |name: &str, argument: u32| {
        let mut results = [Val::I32(0)];
        let func = instance.get_func(&store, name).expect("it is exported");
        func.call(&mut store, &[Val::F32(argument)], &mut results).expect("no trap");
        if let Val::F32(bits) = results[0] { bits } else { panic!("{results:?}") }
    };
    assert_eq!(call("neg", 0x7FC1_2345), 0xFFC1_2345);
    assert_eq!(call("copysign", 0xFFC1_2345), 0x7FC1_2345);
    assert_eq!(call("add", 2.5f32.to_bits()), 3.5f32.to_bits());
}
