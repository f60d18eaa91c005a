//! Branches over more code than one unit of the IR can say.

use whit::{Trap, Val};

use super::{engine, instance, module};

/// Times that the filler adds [`STEP`] to `$sum`: more than 32,768 units of code in every profile.
const TIMES: u32 = 12_000;
const STEP: u32 = 100_000;

/// Code that adds [`STEP`] to a local so many times.
pub(super) fn filler(local: &str, times: u32) -> String {
    format!("(local.set ${local} (i32.add (local.get ${local}) (i32.const {STEP})))").repeat(times as usize)
}

/// What `body`, a function from an `i32` to an `i32` in which `FILLER` stands for code, gives for `argument`.
fn run(body: &str, argument: i32) -> i32 {
    let body = body.replace("FILLER", &filler("sum", TIMES));
    let text =
        format!("(module (func (export \"run\") (param $x i32) (result i32) (local $sum i32) {body}))");
    let (mut store, instance) = instance(&text);
    let run = instance.get_typed_func::<i32, i32>(&store, "run").expect("the type is right");
    run.call(&mut store, argument).expect("no trap")
}

#[test]
fn an_if_has_long_arms() {
    let sum = TIMES.wrapping_mul(STEP) as i32;
    let body = "(if (result i32) (local.get $x) (then FILLER (local.get $sum)) (else (i32.const -1)))";
    assert_eq!((run(body, 1), run(body, 0)), (sum, -1));
    let body = "(if (result i32) (i32.lt_s (local.get $x) (i32.const 5))
        (then (i32.const -1)) (else FILLER (local.get $sum)))";
    assert_eq!((run(body, 5), run(body, 4)), (sum, -1));
}

#[test]
fn branches_leave_long_blocks() {
    let sum = TIMES.wrapping_mul(STEP) as i32;
    let plain = "(block (br_if 0 (local.get $x)) FILLER) (local.get $sum)";
    assert_eq!((run(plain, 0), run(plain, 1)), (sum, 0));
    let float = "(block (br_if 0 (f64.lt (f64.convert_i32_s (local.get $x)) (f64.const 0.5))) FILLER) (local.get $sum)";
    assert_eq!((run(float, 1), run(float, 0)), (sum, 0));
    let with_value = "(i32.add (i32.const 1) (block (result i32)
        (drop (br_if 0 (i32.const 7) (local.get $x))) FILLER (local.get $sum)))";
    assert_eq!((run(with_value, 0), run(with_value, 1)), (sum + 1, 8));
    let moved =
        "(block (result i32) (i32.const 3) (i32.const 4) (local.get $x) (br_if 0) (drop) (drop) FILLER
        (local.get $sum))";
    assert_eq!((run(moved, 0), run(moved, 1)), (sum, 4));
    let table = "(block (block (br_table 0 1 (local.get $x))) FILLER) (local.get $sum)";
    assert_eq!((run(table, 0), run(table, 1)), (sum, 0));
}

#[test]
fn a_long_loop_goes_round() {
    let twice = (2 * TIMES).wrapping_mul(STEP) as i32;
    let body =
        "(loop FILLER (br_if 0 (i32.ne (local.tee $x (i32.sub (local.get $x) (i32.const 1))) (i32.const 0))))
        (local.get $sum)";
    assert_eq!(run(body, 2), twice);
}

/// Bytes of IR of a function with `body`.
fn ir_size(body: &str) -> usize {
    let text = format!(
        "(module (func (param $x i32) (local $sum i32) {}))",
        body.replace("FILLER", &filler("sum", TIMES))
    );
    let module = module(&engine(), &text);
    module.translate_all().expect("room for the code");
    module.ir_size()
}

#[test]
fn near_branches_stay_short_beside_a_far_one() {
    let near = "(block (br_if 0 (local.get $x)) (br_if 0 (local.get $sum)))".repeat(500);
    let without = ir_size(&format!("(block (br_if 0 (local.get $x))) FILLER {near}"));
    let with = ir_size(&format!("(block (br_if 0 (local.get $x)) FILLER) {near}"));
    assert!((1..=32).contains(&(with - without)), "{with} bytes and {without}");
}

/// Branches that become far may stretch what a near one leads over, beyond what was foreseen.
#[test]
fn far_branches_make_others_far() {
    let step = format!("(local.set $sum (i32.add (local.get $sum) (i32.const {STEP})))");
    let short = step.repeat(TIMES as usize / 3);
    let far = "(br_if $far (i32.eq (local.get $x) (i32.const 2)))".repeat(5000);
    let body = format!(
        "(block $far (block $near (br_if $near (i32.eq (local.get $x) (i32.const 1))) {far} {short}) FILLER) (local.get $sum)"
    );
    let (sum, third) = (TIMES.wrapping_mul(STEP) as i32, (TIMES / 3 * STEP) as i32);
    assert_eq!((run(&body, 0), run(&body, 1), run(&body, 2)), (sum.wrapping_add(third), sum, 0));
}

#[cfg(feature = "gc")]
#[test]
fn references_branch_over_long_code() {
    let sum = TIMES.wrapping_mul(STEP) as i32;
    let reference = "(select (result i31ref) (ref.i31 (i32.const 9)) (ref.null i31) (local.get $x))";
    let null = format!("(block (drop (br_on_null 0 {reference})) FILLER) (local.get $sum)");
    assert_eq!((run(&null, 1), run(&null, 0)), (sum, 0));
    let present = format!(
        "(i31.get_u (block (result (ref i31)) (br_on_non_null 0 {reference}) FILLER (ref.i31 (local.get $sum))))"
    );
    assert_eq!((run(&present, 0), run(&present, 1)), (sum & 0x7FFF_FFFF, 9));
    let cast = format!(
        "(i31.get_u (block (result (ref i31)) (drop (br_on_cast 0 i31ref (ref i31) {reference})) FILLER
        (ref.i31 (local.get $sum))))"
    );
    assert_eq!((run(&cast, 0), run(&cast, 1)), (sum & 0x7FFF_FFFF, 9));
}

#[test]
fn a_trap_behind_long_code_has_its_offset() {
    let text = format!(
        r#"(module (func (export "run") (param $x i32) (local $sum i32)
            (block (br_if 0 (local.get $x)) {}) (drop (i32.div_u (i32.const 1) (i32.const 0)))))"#,
        filler("sum", TIMES)
    );
    let (mut store, instance) = instance(&text);
    let run = instance.get_func(&store, "run").expect("a function");
    for argument in [0, 1] {
        let error = run.call(&mut store, &[Val::I32(argument)], &mut []).expect_err("a division by zero");
        assert_eq!(error.as_trap(), Some(Trap::IntegerDivideByZero));
        let bytes = wat::parse_str(&text).expect("text");
        let frame = error.backtrace().next().expect("the function was running");
        assert_eq!(bytes[frame.offset], 0x6e, "i32.div_u");
    }
}
