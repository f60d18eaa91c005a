//! Constant expressions, and numbers in LEB128 of every length that the format allows.

use proptest::prelude::*;
use whit::{Config, Engine, Extern, Global, GlobalType, Instance, Module, Mutability, Store, Val, ValType};

/// `value` as signed LEB128, made longer by `padding` bytes where that is allowed.
fn signed(value: i64, bits: u32, padding: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = value;
    loop {
        let byte = (rest & 0x7f) as u8;
        rest >>= 7;
        if (rest == 0 && byte & 0x40 == 0) || (rest == -1 && byte & 0x40 != 0) {
            bytes.push(byte);
            break;
        }
        bytes.push(byte | 0x80);
    }
    let fill = if value < 0 { 0x7f } else { 0 };
    for _ in 0..padding.min(bits.div_ceil(7) as usize - bytes.len()) {
        if let Some(last) = bytes.last_mut() {
            *last |= 0x80;
        }
        bytes.push(fill);
    }
    bytes
}

/// `value` as unsigned LEB128, made longer by `padding` bytes where that is allowed.
fn unsigned(value: u32, padding: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = value;
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    for _ in 0..padding.min(5 - bytes.len()) {
        if let Some(last) = bytes.last_mut() {
            *last |= 0x80;
        }
        bytes.push(0);
    }
    bytes
}

fn section(id: u8, padding: usize, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [vec![id], unsigned(body.len() as u32, padding), body].concat()
}

/// A module whose globals `g` and `h` start as the values, and whose functions `i` and `j` return them.
fn constants(narrow: i32, wide: i64, padding: usize) -> Vec<u8> {
    let narrow = signed(narrow.into(), 32, padding);
    let wide = signed(wide, 64, padding);
    let number = |value| unsigned(value, padding);
    let body = |opcode: u8, value: &[u8]| {
        // No locals; the constant is kept over a block, so that it is decoded twice.
        let code = [&[0, 0x02, 0x40, 0x0B, opcode][..], value, &[0x0B]].concat();
        [unsigned(code.len() as u32, padding), code].concat()
    };
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, padding, &[&number(2), &[0x60, 0, 1, 0x7F, 0x60, 0, 1, 0x7E]]),
        section(3, padding, &[&number(2), &number(0), &number(1)]),
        section(6, padding, &[&number(2), &[0x7F, 0, 0x41], &narrow, &[0x0B, 0x7E, 0, 0x42], &wide, &[0x0B]]),
        section(
            7,
            padding,
            &[&number(4), b"\x01g\x03\0", b"\x01h\x03\x01", b"\x01i\0", &number(0), b"\x01j\0", &number(1)],
        ),
        section(10, padding, &[&number(2), &body(0x41, &narrow), &body(0x42, &wide)]),
    ]
    .concat()
}

fn load(bytes: &[u8], imports: &[(ValType, Val)]) -> (Store<()>, Instance) {
    let engine = Engine::new(&Config::new()).expect("an engine can be made");
    let module = Module::new(&engine, bytes).expect("the module is valid");
    let mut store = Store::new(&engine, ());
    let imports: Vec<Extern> = imports
        .iter()
        .map(|(ty, value)| {
            let ty = GlobalType::new(*ty, Mutability::Const);
            Global::new(&mut store, ty, *value).expect("a global can be made").into()
        })
        .collect();
    let instance = Instance::new(&mut store, &module, &imports).expect("the module can be instantiated");
    (store, instance)
}

fn global(store: &mut Store<()>, instance: &Instance, name: &str) -> Val {
    instance.get_global(&mut *store, name).expect("the global is exported").get(store).expect("a value")
}

/// A constant expression of type `i64`, and what `i64` arithmetic makes of it.
#[derive(Clone, Debug)]
enum Expression {
    Constant(i64),
    Import(usize),
    Operation(&'static str, Box<Self>, Box<Self>),
}

impl Expression {
    fn text(&self, ty: &str) -> String {
        match self {
            Self::Constant(value) if ty == "i32" => format!("(i32.const {})", *value as i32),
            Self::Constant(value) => format!("(i64.const {value})"),
            Self::Import(index) => format!("(global.get ${ty}{index})"),
            Self::Operation(name, lhs, rhs) => format!("({ty}.{name} {} {})", lhs.text(ty), rhs.text(ty)),
        }
    }

    /// The value, of which the low half is what `i32` arithmetic gives.
    fn value(&self, imports: &[i64; 2]) -> i64 {
        match self {
            Self::Constant(value) => *value,
            Self::Import(index) => imports[*index],
            Self::Operation(name, lhs, rhs) => {
                let (lhs, rhs) = (lhs.value(imports), rhs.value(imports));
                match *name {
                    "add" => lhs.wrapping_add(rhs),
                    "sub" => lhs.wrapping_sub(rhs),
                    _ => lhs.wrapping_mul(rhs),
                }
            }
        }
    }
}

fn expression() -> impl Strategy<Value = Expression> {
    let leaf =
        prop_oneof![any::<i64>().prop_map(Expression::Constant), (0..2_usize).prop_map(Expression::Import)];
    leaf.prop_recursive(6, 40, 2, |inner| {
        (prop::sample::select(&["add", "sub", "mul"][..]), inner.clone(), inner)
            .prop_map(|(name, lhs, rhs)| Expression::Operation(name, lhs.into(), rhs.into()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn leb128_of_any_length(narrow: i32, wide: i64, shift in 0..64_u32, padding in 0..10_usize) {
        let (narrow, wide) = (narrow >> (shift % 32), wide >> shift);
        let (mut store, instance) = load(&constants(narrow, wide, padding), &[]);
        prop_assert!(matches!(global(&mut store, &instance, "g"), Val::I32(value) if value == narrow));
        prop_assert!(matches!(global(&mut store, &instance, "h"), Val::I64(value) if value == wide));
        let i = instance.get_typed_func::<(), i32>(&store, "i").unwrap();
        let j = instance.get_typed_func::<(), i64>(&store, "j").unwrap();
        prop_assert_eq!(i.call(&mut store, ()).unwrap(), narrow);
        prop_assert_eq!(j.call(&mut store, ()).unwrap(), wide);
    }

    #[test]
    fn floats_keep_their_bits(narrow: u32, wide: u64) {
        let bytes = [
            &b"\0asm\x01\0\0\0\x06\x15\x02\x7D\0\x43"[..],
            &narrow.to_le_bytes(),
            b"\x0B\x7C\0\x44",
            &wide.to_le_bytes(),
            b"\x0B\x07\x09\x02\x01g\x03\0\x01h\x03\x01",
        ]
        .concat();
        let (mut store, instance) = load(&bytes, &[]);
        prop_assert!(matches!(global(&mut store, &instance, "g"), Val::F32(bits) if bits == narrow));
        prop_assert!(matches!(global(&mut store, &instance, "h"), Val::F64(bits) if bits == wide));
    }

    #[test]
    fn extended_constant_expressions(expression in expression(), imports: [i64; 2]) {
        let text = format!(
            r#"(module
                (import "" "" (global $i320 i32)) (import "" "" (global $i321 i32))
                (import "" "" (global $i640 i64)) (import "" "" (global $i641 i64))
                (global (export "g") i32 {}) (global (export "h") i64 {}))"#,
            expression.text("i32"),
            expression.text("i64"),
        );
        let values = imports.map(|value| (ValType::I32, Val::I32(value as i32)));
        let values = [values, imports.map(|value| (ValType::I64, Val::I64(value)))].concat();
        let (mut store, instance) = load(&wat::parse_str(&text).unwrap(), &values);
        let expected = expression.value(&imports);
        prop_assert!(matches!(global(&mut store, &instance, "g"), Val::I32(value) if value == expected as i32));
        prop_assert!(matches!(global(&mut store, &instance, "h"), Val::I64(value) if value == expected));
    }
}
