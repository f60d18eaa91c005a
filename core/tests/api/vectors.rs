//! Vectors wherever values go: parameters, results, locals, globals, blocks, branches, host functions, memories.

use whit::{
    CompilationMode, Config, Engine, ErrorKind, Func, FuncType, Global, GlobalType, Instance, Linker, Module,
    Mutability, Store, Trap, Val, ValType,
};

use super::{instance, module};

const A: u128 = 0x0f0e_0d0c_0b0a_0908_0706_0504_0302_0100;
const B: u128 = 0xf0e1_d2c3_b4a5_9687_7869_5a4b_3c2d_1e0f;

/// Engines that translate in different ways.
fn engines() -> Vec<Engine> {
    let modes = [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy];
    let config = |mode: usize, fusion| {
        let mut config = Config::new();
        config.compilation_mode(modes[mode]).fuse_instructions(fusion).consume_fuel(mode == 1);
        Engine::new(&config).expect("an engine")
    };
    (0..6).map(|number| config(number / 2, number % 2 == 0)).collect()
}

fn store(engine: &Engine) -> Store<()> {
    let mut store = Store::new(engine, ());
    // Without fuel there is nothing to set.
    let _ = store.set_fuel(1 << 40);
    store
}

fn call(store: &mut Store<()>, instance: Instance, name: &str, args: &[Val]) -> Vec<Val> {
    let func = instance.get_func(&mut *store, name).expect("a function");
    let mut results = vec![Val::I32(0); func.ty(store).results().len()];
    func.call(store, args, &mut results).unwrap_or_else(|error| panic!("{name}: {error}"));
    results
}

/// What `name` returns, as text, for it to be compared.
fn check(text: &str, cases: &[(&str, &[Val], &[Val])]) {
    for engine in engines() {
        let mut store = store(&engine);
        let module = module(&engine, text);
        let instance = Linker::new(&engine).instantiate(&mut store, &module).expect("an instance");
        for (name, args, expected) in cases {
            let results = call(&mut store, instance, name, args);
            assert_eq!(format!("{results:x?}"), format!("{expected:x?}"), "{name}");
        }
    }
}

#[test]
fn calls_take_and_return_vectors() {
    check(
        r#"(module
            (type $swap (func (param v128 i32 v128) (result v128 i32 v128)))
            (table funcref (elem $swap $other))
            (func $swap (export "swap") (type $swap) (local.get 2) (local.get 1) (local.get 0))
            (func $other (type $swap)
                (return_call $swap (local.get 0) (i32.add (local.get 1) (i32.const 1)) (local.get 2)))
            (func $not (param v128) (result v128) (v128.not (local.get 0)))
            (func (export "nested") (param i64 v128 f64 v128) (result f64 v128 i64 v128)
                (local $v v128)
                (local.set $v (v128.xor (local.get 1) (call $not (call $not (local.get 3)))))
                (f64.add (local.get 2) (f64.const 1))
                (call $not (local.get $v))
                (i64.add (local.get 0) (i64.const 1))
                (v128.or (call $not (local.get 1)) (local.get 1)))
            (func (export "indirect") (param v128 v128 i32) (result v128 i32 v128)
                (call_indirect (type $swap) (local.get 0) (i32.const 7) (local.get 1) (local.get 2)))
            (func $count (export "count") (param v128 i32) (result v128)
                (if (result v128) (local.get 1)
                    (then (i32x4.add (i32x4.splat (i32.const 1))
                        (call $count (local.get 0) (i32.sub (local.get 1) (i32.const 1)))))
                    (else (local.get 0)))))"#,
        &[
            ("swap", &[Val::V128(A), Val::I32(5), Val::V128(B)], &[Val::V128(B), Val::I32(5), Val::V128(A)]),
            (
                "nested",
                &[Val::I64(41), Val::V128(A), Val::F64(0), Val::V128(B)],
                &[Val::F64(1f64.to_bits()), Val::V128(!(A ^ B)), Val::I64(42), Val::V128(u128::MAX)],
            ),
            (
                "indirect",
                &[Val::V128(A), Val::V128(B), Val::I32(0)],
                &[Val::V128(B), Val::I32(7), Val::V128(A)],
            ),
            (
                "indirect",
                &[Val::V128(A), Val::V128(B), Val::I32(1)],
                &[Val::V128(B), Val::I32(8), Val::V128(A)],
            ),
            ("count", &[Val::V128(0), Val::I32(3000)], &[Val::V128(0x0bb8_0000_0bb8_0000_0bb8_0000_0bb8)]),
        ],
    );
}

#[test]
fn blocks_and_branches_carry_vectors() {
    let text = r#"(module
        (func (export "loop") (param $n i32) (result v128)
            (i32.const 77)
            (v128.const i64x2 0 0)
            (local.get $n)
            (loop $again (param v128 i32) (result v128)
                (local.set $n)
                (i64x2.add (v128.const i64x2 1 2))
                (br_if $again (i32.sub (local.get $n) (i32.const 1)) (i32.gt_s (local.get $n) (i32.const 1)))
                (drop))
            (return (i64x2.add (i64x2.splat (i64.const 0))))
            (drop))
        (func (export "if") (param v128 v128 i32) (result i32 v128)
            (i32.const 9)
            (local.get 0)
            (if (param v128) (result v128) (local.get 2)
                (then (v128.and (local.get 1)))
                (else (v128.or (local.get 1)))))
        (func (export "table") (param v128 v128 i32) (result v128)
            (block $far (result v128)
                (i64.const 1)
                (block $middle (result v128)
                    (i32.const 2)
                    (f32.const 3)
                    (block $near (result v128)
                        (v128.xor (local.get 0) (local.get 1))
                        (br_table $near $middle $far (local.get 2)))
                    (drop) (drop) (drop)
                    (br $far (local.get 0)))
                (drop) (drop)
                (local.get 1))
            )
        (func (export "br_if") (param v128 i32) (result v128)
            (block $out (result v128)
                (i64.const 4)
                (v128.not (local.get 0))
                (br_if $out (local.get 1))
                (drop) (drop)
                (local.get 0)))
        (func (export "return") (param v128 i32) (result i32 v128)
            (if (local.get 1) (then (return (i32.const 1) (v128.not (local.get 0)))))
            (i32.const 2) (local.get 0)))"#;
    let table = |index| [Val::V128(A), Val::V128(B), Val::I32(index)];
    check(
        text,
        &[
            ("loop", &[Val::I32(5)], &[Val::V128(10 << 64 | 5)]),
            ("if", &table(1), &[Val::I32(9), Val::V128(A & B)]),
            ("if", &table(0), &[Val::I32(9), Val::V128(A | B)]),
            ("table", &table(0), &[Val::V128(A)]),
            ("table", &table(1), &[Val::V128(B)]),
            ("table", &table(2), &[Val::V128(A ^ B)]),
            ("table", &table(-1), &[Val::V128(A ^ B)]),
            ("br_if", &[Val::V128(A), Val::I32(1)], &[Val::V128(!A)]),
            ("br_if", &[Val::V128(A), Val::I32(0)], &[Val::V128(A)]),
            ("return", &[Val::V128(A), Val::I32(1)], &[Val::I32(1), Val::V128(!A)]),
            ("return", &[Val::V128(A), Val::I32(0)], &[Val::I32(2), Val::V128(A)]),
        ],
    );
}

#[test]
fn locals_and_select_keep_vectors_apart() {
    check(
        r#"(module
            ;; Operands that are a local keep its value from before an assignment.
            (func (export "old") (param $v v128) (result v128 v128 v128)
                (local $w v128)
                (local.get $v)
                (local.tee $v (v128.not (local.get $v)))
                (local.set $w (local.get $v))
                (local.set $v (v128.const i64x2 1 1))
                (i64x2.add (local.get $w) (local.get $v)))
            ;; Slots that had a number in an accumulator get a vector, and the other way round.
            (func (export "reuse") (param $a i32) (param $v v128) (result i32 i32 v128)
                (i32.add (local.get $a) (i32.const 1))
                (i32.mul (local.get $a) (i32.const 3))
                (drop)
                (i32.add (i32x4.extract_lane 1 (v128.not (local.get $v))) (local.get $a))
                (i32x4.replace_lane 2 (v128.not (local.get $v)) (i32.add (local.get $a) (local.get $a))))
            (func (export "second") (param $a i32) (param $v v128) (result v128)
                (i32.eqz (local.get $a))
                (i32.mul (local.get $a) (i32.const 3))
                (drop) (drop)
                (v128.not (local.get $v))
                (drop (i32.sub (local.get $a) (i32.const 1))))
            (func (export "select") (param v128 v128 i32) (result v128 v128)
                (select (local.get 0) (local.get 1) (i32.eqz (local.get 2)))
                (select (result v128) (v128.not (local.get 0)) (v128.not (local.get 1)) (i32.const 1)))
            (func (export "zero") (param i32) (result v128 i64 v128)
                (local v128 i64 v128)
                (local.get 1) (local.get 2) (local.get 3))
            (func (export "shift") (param v128 i32) (result v128 v128)
                (i8x16.shl (local.get 0) (i32.add (local.get 1) (i32.const 8)))
                (i64x2.shr_u (local.get 0) (i32.const 4)))
            (func (export "test") (param v128) (result i32)
                (if (result i32) (v128.any_true (local.get 0))
                    (then (i32.add (i8x16.bitmask (local.get 0)) (i32.eqz (i8x16.all_true (local.get 0)))))
                    (else (i32.const -1)))))"#,
        &[
            (
                "old",
                &[Val::V128(A)],
                &[Val::V128(A), Val::V128(!A), Val::V128(0xf0f1_f2f3_f4f5_f6f8_f8f9_fafb_fcfd_ff00)],
            ),
            (
                "reuse",
                &[Val::I32(5), Val::V128(A)],
                &[
                    Val::I32(6),
                    Val::I32((!0x0706_0504 + 5u32) as i32),
                    Val::V128(!A & !(0xffff_ffff << 64) | 10 << 64),
                ],
            ),
            ("second", &[Val::I32(5), Val::V128(A)], &[Val::V128(!A)]),
            ("select", &[Val::V128(A), Val::V128(B), Val::I32(0)], &[Val::V128(A), Val::V128(!A)]),
            ("select", &[Val::V128(A), Val::V128(B), Val::I32(1)], &[Val::V128(B), Val::V128(!A)]),
            ("zero", &[Val::I32(1)], &[Val::V128(0), Val::I64(0), Val::V128(0)]),
            (
                "shift",
                &[Val::V128(B), Val::I32(1)],
                &[
                    Val::V128(0xe0c2_a486_684a_2c0e_f0d2_b496_785a_3c1e),
                    Val::V128(0x0f0e_1d2c_3b4a_5968_0786_95a4_b3c2_d1e0),
                ],
            ),
            ("test", &[Val::V128(B)], &[Val::I32(0xff00)]),
            ("test", &[Val::V128(A)], &[Val::I32(1)]),
            ("test", &[Val::V128(0)], &[Val::I32(-1)]),
        ],
    );
}

#[test]
fn globals_hold_vectors() {
    for engine in engines() {
        let mut store = store(&engine);
        let mut linker = Linker::new(&engine);
        let ty = GlobalType::new(ValType::V128, Mutability::Var);
        let global = Global::new(&mut store, ty, Val::V128(A)).expect("a global");
        linker.define(&mut store, "env", "global", global).expect("a definition");
        let module = module(
            &engine,
            r#"(module
                (import "env" "global" (global $imported (mut v128)))
                (global $before (mut i32) (i32.const 3))
                (global $own (export "own") (mut v128) (v128.const i64x2 5 6))
                (global $after (mut i64) (i64.const 4))
                (func (export "run") (param v128) (result v128 i32 i64)
                    (global.set $own (v128.xor (global.get $own) (global.get $imported)))
                    (global.set $imported (local.get 0))
                    (global.get $imported) (global.get $before) (global.get $after)))"#,
        );
        let instance = linker.instantiate(&mut store, &module).expect("an instance");
        let results = call(&mut store, instance, "run", &[Val::V128(B)]);
        assert!(matches!(results[..], [Val::V128(B), Val::I32(3), Val::I64(4)]), "{results:?}");
        assert_eq!(global.get(&mut store).expect("a value").v128(), Some(B));
        let own = instance.get_global(&mut store, "own").expect("a global");
        assert_eq!(own.get(&mut store).expect("a value").v128(), Some((6 << 64 | 5) ^ A));
        own.set(&mut store, Val::V128(7)).expect("a vector");
        global.set(&mut store, Val::V128(9)).expect("a vector");
        call(&mut store, instance, "run", &[Val::V128(0)]);
        assert_eq!(own.get(&mut store).expect("a value").v128(), Some(14));
        let error = own.set(&mut store, Val::I64(7)).expect_err("another type");
        assert!(matches!(error.kind(), ErrorKind::Usage), "{error}");
    }
}

#[test]
fn host_functions_and_other_instances_get_vectors() {
    for engine in engines() {
        let mut store = store(&engine);
        let mut linker = Linker::new(&engine);
        let types = [ValType::V128, ValType::I32, ValType::V128];
        let ty = FuncType::new(types, types).expect("memory suffices");
        let host = Func::new(&mut store, ty, |_, args, results| {
            let (Some(first), Some(number), Some(last)) = (args[0].v128(), args[1].i32(), args[2].v128())
            else {
                panic!("other types: {args:?}");
            };
            results.copy_from_slice(&[Val::V128(!last), Val::I32(-number), Val::V128(first)]);
            Ok(())
        })
        .expect("a function");
        linker.define(&mut store, "env", "host", host).expect("a definition");
        let one = FuncType::new([ValType::V128], [ValType::V128]).expect("memory suffices");
        let not = Func::new(&mut store, one, |_, args, results| {
            results[0] = Val::V128(!args[0].v128().expect("a vector"));
            Ok(())
        });
        linker.define(&mut store, "env", "not", not.expect("a function")).expect("a definition");
        let text = r#"(module
            (func (export "swap") (param v128 i32 v128) (result v128 i32 v128)
                (local.get 2) (local.get 1) (local.get 0)))"#;
        let other = linker.instantiate(&mut store, &module(&engine, text)).expect("an instance");
        let swap = other.get_func(&mut store, "swap").expect("a function");
        linker.define(&mut store, "other", "swap", swap).expect("a definition");
        let text = r#"(module
            (import "env" "host" (func $host (param v128 i32 v128) (result v128 i32 v128)))
            (import "env" "not" (func $not (param v128) (result v128)))
            (import "other" "swap" (func $swap (param v128 i32 v128) (result v128 i32 v128)))
            (func (export "run") (param v128 v128) (result v128 i32 v128 v128)
                (call $swap (call $host (local.get 0) (i32.const 5) (local.get 1)))
                (call $not (local.get 0))))"#;
        let instance = linker.instantiate(&mut store, &module(&engine, text)).expect("an instance");
        let results = call(&mut store, instance, "run", &[Val::V128(A), Val::V128(B)]);
        let expected = [Val::V128(A), Val::I32(-5), Val::V128(!B), Val::V128(!A)];
        assert_eq!(format!("{results:x?}"), format!("{expected:x?}"));
    }
}

#[test]
fn accesses_stay_in_bounds() {
    let text = |memory: &str, index: &str, at: &str, forty: &str| {
        format!(
            r#"(module
                (memory (export "first") {index} 1) (memory (export "second") {index} 1)
                (func (export "load") (param i32) (result v128) (v128.load {memory} offset=16 {at}))
                (func (export "store") (param i32 v128) (v128.store {memory} offset=16 {at} (local.get 1)))
                (func (export "far") (param i32) (result v128)
                    (v128.load {memory} offset=0xffffffff {at}))
                (func (export "extend") (param i32) (result v128)
                    (v128.load8x8_s {memory} offset=16 {at}))
                (func (export "splat") (param i32) (result v128)
                    (v128.load16_splat {memory} offset=16 {at}))
                (func (export "zero") (param i32) (result v128)
                    (v128.load32_zero {memory} offset=16 {at}))
                (func (export "load_lane") (param i32 v128) (result v128)
                    (v128.load64_lane {memory} offset=16 1 {at} (local.get 1)))
                (func (export "store_lane") (param i32 v128)
                    (v128.store8_lane {memory} offset=16 15 {at} (local.get 1)))
                (func (export "constant") (result v128)
                    (v128.store {memory} {forty} (v128.const i64x2 1 2))
                    (v128.load {memory} {forty})))"#
        )
    };
    let near = ("", "(local.get 0)", "(i32.const 40)");
    let far = ("i64", "(i64.extend_i32_u (local.get 0))", "(i64.const 40)");
    let far = cfg!(feature = "memory64").then_some(far);
    for (memory, (index, at, forty)) in ["", "1"]
        .into_iter()
        .flat_map(|memory| [Some(near), far].into_iter().flatten().map(move |shape| (memory, shape)))
    {
        let (mut store, instance) = instance(&text(memory, index, at, forty));
        let bytes = instance.get_memory(&mut store, if memory.is_empty() { "first" } else { "second" });
        let bytes = bytes.expect("a memory");
        let end = 65536 - 16;
        let mut run = |name: &str, address: i32, vector: Option<u128>| {
            let func = instance.get_func(&mut store, name).expect("a function");
            let mut args = vec![Val::I32(address)];
            args.extend(vector.map(Val::V128));
            let count = func.ty(&store).results().len();
            let mut results = vec![Val::I32(0); count];
            let outcome = func.call(&mut store, &args, &mut results);
            let after = bytes.data(&store)[65536 - 16..].to_vec();
            (outcome.map(|()| results.first().and_then(Val::v128).unwrap_or(0)), after)
        };
        let traps = |(outcome, after): (Result<u128, whit::Error>, Vec<u8>), before: &[u8]| {
            assert_eq!(outcome.expect_err("out of bounds").as_trap(), Some(Trap::MemoryOutOfBounds));
            assert_eq!(after, before, "nothing has been written");
        };
        let (outcome, before) = run("store", end - 16, Some(B));
        assert_eq!((outcome.expect("in bounds"), &before[..]), (0, &B.to_le_bytes()[..]));
        for address in [end - 15, end - 8, end - 1, end, -1, -16] {
            traps(run("store", address, Some(A)), &before);
            traps(run("load", address, None), &before);
        }
        for address in [0, 1, 0x10, -1] {
            traps(run("far", address, None), &before);
        }
        assert_eq!(run("load", end - 16, None).0.expect("in bounds"), B);
        for (name, size, expected) in [
            ("extend", 8, 0xfff0_ffe1_ffd2_ffc3_ffb4_ffa5_ff96_ff87),
            ("splat", 2, 0xf0e1_f0e1_f0e1_f0e1_f0e1_f0e1_f0e1_f0e1),
            ("zero", 4, 0xf0e1_d2c3),
        ] {
            assert_eq!(run(name, end - size, None).0.expect(name), expected, "{name}");
            traps(run(name, end - size + 1, None), &before);
        }
        let lane = run("load_lane", end - 8, Some(A)).0.expect("in bounds");
        assert_eq!(lane, (B >> 64) << 64 | u128::from(A as u64));
        traps(run("load_lane", end - 7, Some(A)), &before);
        traps(run("store_lane", end, Some(A)), &before);
        let (outcome, after) = run("store_lane", end - 1, Some(A));
        outcome.expect("in bounds");
        assert_eq!((&after[..15], after[15]), (&before[..15], 0x0f));
        assert_eq!(call(&mut store, instance, "constant", &[])[0].v128(), Some(2 << 64 | 1));
    }
}

#[test]
fn the_proposals_can_be_turned_off() {
    let relaxed =
        "(module (func (param v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 0))))";
    let plain = "(module (func (param v128) (result v128) (i8x16.swizzle (local.get 0) (local.get 0))))";
    let load = |config: &mut Config, text: &str| {
        let engine = Engine::new(config).expect("an engine");
        Module::new(&engine, &wat::parse_str(text).expect("text")).map(drop)
    };
    assert!(load(&mut Config::new(), relaxed).is_ok());
    assert!(load(Config::new().wasm_relaxed_simd(false), plain).is_ok());
    let error = load(Config::new().wasm_relaxed_simd(false), relaxed).expect_err("relaxed SIMD is off");
    assert!(error.to_string().contains("relaxed SIMD"), "{error}");
    for text in [plain, relaxed] {
        let error = load(Config::new().wasm_simd(false), text).expect_err("SIMD is off");
        assert!(error.to_string().contains("SIMD"), "{error}");
    }
}

/// The deterministic profile: what other engines may do otherwise.
#[test]
fn relaxed_operations_are_deterministic() {
    let text = r#"(module
        (func (export "swizzle") (param v128 v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))
        (func (export "trunc") (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_u (local.get 0)))
        (func (export "madd") (param v128 v128 v128) (result v128)
            (f64x2.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
        (func (export "laneselect") (param v128 v128 v128) (result v128)
            (i8x16.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
        (func (export "min") (param v128 v128) (result v128) (f32x4.relaxed_min (local.get 0) (local.get 1)))
        (func (export "q15mulr") (param v128 v128) (result v128)
            (i16x8.relaxed_q15mulr_s (local.get 0) (local.get 1)))
        (func (export "dot") (param v128 v128) (result v128)
            (i16x8.relaxed_dot_i8x16_i7x16_s (local.get 0) (local.get 1))))"#;
    let doubles = |value: f64| Val::V128(u128::from(value.to_bits()) << 64 | u128::from(value.to_bits()));
    let third = 1.0 / 3.0;
    check(
        text,
        &[
            // No lane 16 and above.
            (
                "swizzle",
                &[Val::V128(B), Val::V128(0x8081_1011_0f00_ff01_0203_0405_0607_0809)],
                &[Val::V128(0xf00f_001e_2d3c_4b5a_6978_8796)],
            ),
            // Saturates; NaN gives zero.
            (
                "trunc",
                &[Val::V128(0x7fc0_0000_bf80_0000_4f80_0000_4040_0000)],
                &[Val::V128(0xffff_ffff_0000_0003)],
            ),
            // Rounded twice: exact, the sum would not be zero.
            ("madd", &[doubles(third), doubles(third), doubles(-(third * third))], &[doubles(0.0)]),
            // Bit by bit.
            (
                "laneselect",
                &[Val::V128(A), Val::V128(B), Val::V128(0x80)],
                &[Val::V128(A & 0x80 | B & !0x80)],
            ),
            // The lesser zero is the negative one.
            ("min", &[Val::V128(0), Val::V128(0x8000_0000)], &[Val::V128(0x8000_0000)]),
            ("q15mulr", &[Val::V128(0x8000), Val::V128(0x8000)], &[Val::V128(0x7fff)]),
            // Signed, and the sum saturates.
            ("dot", &[Val::V128(0x8080), Val::V128(0x8080)], &[Val::V128(0x7fff)]),
        ],
    );
}
