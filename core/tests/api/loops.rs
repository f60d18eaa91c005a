//! What loops read first, which the code may keep in a register from one round to the next.

use whit::{Linker, Store, Val};

use super::branches::filler;
use super::{call_in_steps, counting, instance, module};

/// A module with `body`, of a function of three parameters and a local. `$fill` makes a list in memory: node `n`, which
/// is at `8 * n`, has the address of the next, up to 80, and `n`.
fn text(body: &str) -> String {
    let tag = if cfg!(feature = "exceptions") { "(tag $tag)" } else { "" };
    format!(
        "(module (memory 1) {tag}
            (func $fill (local $at i32)
                (loop $next
                    (i32.store (local.get $at) (i32.add (local.get $at) (i32.const 8)))
                    (i32.store offset=4 (local.get $at) (i32.shr_u (local.get $at) (i32.const 3)))
                    (br_if $next (i32.ne (i32.const 80)
                        (local.tee $at (i32.add (local.get $at) (i32.const 8))))))
                (i32.store (local.get $at) (i32.const 0)))
            (func (export \"run\") (param $x i32) (param $a i32) (param $b i32) (result i32) (local $c i32)
                {body}))"
    )
}

/// What `body` gives for these parameters.
fn run(body: &str, arguments: (i32, i32, i32)) -> i32 {
    let (mut store, instance) = instance(&text(body));
    let run = instance.get_typed_func::<(i32, i32, i32), i32>(&store, "run").expect("the type is right");
    run.call(&mut store, arguments).expect("no trap")
}

/// Uses of `$a` and `$b` that are never reached, so that these two are pinned where locals are.
const PIN: &str = "(if (i32.eq (local.get $x) (i32.const -1)) (then (loop (loop (loop
    (local.set $a (i32.add (local.get $a) (local.get $a))) (local.set $b (i32.add (local.get $b) (local.get $b)))
    (local.set $a (i32.add (local.get $a) (local.get $a))) (local.set $b (i32.add (local.get $b) (local.get $b)))
    (br 0))))))";

#[test]
fn a_list_is_reversed() {
    // Then the numbers of the nodes from the last one on, as digits.
    let body = format!(
        "(call $fill) {PIN}
        (loop $again
            (local.set $x (i32.load (local.tee $c (local.get $x))))
            (i32.store (local.get $c) (local.get $a))
            (local.set $a (local.get $c))
            (br_if $again (local.get $x)))
        (loop $again
            (local.set $b (i32.add (i32.mul (local.get $b) (i32.const 10)) (i32.load offset=4 (local.get $a))))
            (br_if $again (local.tee $a (i32.load (local.get $a)))))
        (local.get $b)"
    );
    assert_eq!(run(&body, (16, 0, 0)), 98_765_432);
}

#[test]
fn branches_come_back_with_and_without_it() {
    // With it from the first branch, as long as $b is large; with something else, from a branch table or not, later.
    let body = format!(
        "{PIN}
        (loop $again
            (local.set $a (i32.mul (i32.add (local.get $x) (local.get $a)) (i32.const 3)))
            (local.set $b (i32.shr_u (local.get $b) (i32.const 1)))
            (local.set $x (i32.add (local.get $x) (i32.const 1)))
            (br_if $again (i32.gt_u (local.get $b) (i32.const 1000)))
            (local.set $c (i32.add (local.get $c) (i32.mul (local.get $a) (i32.const 7))))
            (br_if $again (i32.and (local.get $b) (i32.const 1)))
            (block
                (br_table $again 0 (i32.eqz (local.get $b)))))
        (i32.add (local.get $a) (local.get $c))"
    );
    let expected = |(mut x, mut a, mut b): (i32, i32, i32)| {
        let mut c = 0i32;
        loop {
            a = x.wrapping_add(a).wrapping_mul(3);
            b = ((b as u32) >> 1) as i32;
            x += 1;
            if b as u32 > 1000 {
                continue;
            }
            c = c.wrapping_add(a.wrapping_mul(7));
            if b == 0 {
                return a.wrapping_add(c);
            }
        }
    };
    for arguments in [(0, 0, 0), (5, 1, 0b1011_0110_1110), (100, -3, i32::MAX), (-7, 2, 0b1010_1010)] {
        assert_eq!(run(&body, arguments), expected(arguments), "{arguments:?}");
    }
}

#[test]
fn it_starts_as_it_was() {
    // Before the first round, something else is in the accumulator, and the local is zero, a parameter, or just
    // assigned.
    for (before, result) in
        [("", 10), ("(local.set $c (local.get $x))", 20), ("(local.set $c (i32.const -4))", 11)]
    {
        let body = format!(
            "{PIN} {before}
            (local.set $b (i32.mul (local.get $x) (local.get $a)))
            (loop $again
                (local.set $a (i32.add (local.get $c) (local.get $a)))
                (br_if $again (i32.lt_s (local.tee $c (i32.add (local.get $c) (i32.const 3))) (i32.const 6))))
            (i32.add (i32.add (local.get $a) (local.get $c)) (i32.sub (local.get $b) (i32.const 8)))"
        );
        assert_eq!(run(&body, (8, 1, 0)), result, "{before}");
    }
}

/// A loop to which the first branch comes with `$x` in the accumulator, until that is `$b`; every fourth time `way` comes
/// there.
fn with_another_way(way: &str) -> String {
    format!(
        "{PIN}
        (loop $again
            (local.set $a (i32.mul (i32.add (local.get $x) (local.get $a)) (i32.const 3)))
            (local.set $x (i32.add (local.get $x) (i32.const 1)))
            (br_if $again (i32.ne (local.get $x) (local.get $b)))
            (local.set $b (i32.add (local.get $b) (i32.const 4)))
            (if (i32.lt_s (local.get $x) (i32.const 12)) (then
                {way})))
        (local.get $a)"
    )
}

/// What that gives with these parameters.
const ANOTHER_WAY: ((i32, i32, i32), i32) = {
    let (mut x, mut a) = (0, 1);
    while x < 12 {
        a = (x + a) * 3;
        x += 1;
    }
    ((0, 1, 4), a)
};

#[test]
fn all_branches_lead_to_its_start() {
    let (arguments, result) = ANOTHER_WAY;
    // More than 32,768 units of code, which nothing takes less than two for.
    let far = filler("c", 20_000);
    // With something else in the accumulator, and with `$x`.
    let far_if = format!("{far} (br_if $again (local.get $x))");
    let far_if_held = format!(
        "{far} (local.set $x (i32.add (local.get $x) (local.get $b)))
        (local.set $x (i32.sub (local.get $x) (local.get $b)))
        (br_if $again (i32.ne (local.get $x) (i32.const 100)))"
    );
    let far = format!("{far} (br $again)");
    let mut ways = vec!["(br $again)", "(br_if $again (local.get $x))", &far, &far_if, &far_if_held];
    if cfg!(feature = "gc") {
        ways.push("(drop (br_on_null $again (ref.null func)))");
    }
    if cfg!(feature = "exceptions") {
        ways.push("(try_table (catch_all $again) (throw $tag))");
        ways.push("try throw $tag catch_all br $again end");
    }
    for way in ways {
        // With `$x` in the accumulator, perhaps, and with something else.
        for before in ["", "(local.set $c (i32.mul (local.get $b) (i32.const 77)))"] {
            let body = with_another_way(&[before, way].concat());
            assert_eq!(run(&body, arguments), result, "{before} {}", &way[..way.len().min(50)]);
        }
    }
}

#[test]
fn it_goes_on_where_fuel_ran_out() {
    let ((x, a, b), result) = ANOTHER_WAY;
    let engine = counting();
    let module = module(
        &engine,
        &text(&with_another_way("(local.set $c (i32.mul (local.get $b) (i32.const 77))) (br $again)")),
    );
    for step in 1..10 {
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &module).expect("an instance");
        let run = instance.get_func(&store, "run").expect("a function");
        let mut results = [Val::I32(0)];
        let arguments = [x, a, b].map(Val::I32);
        let given = call_in_steps(&mut store, run, &arguments, &mut results, (step, 10_000));
        assert!(given / step > 12, "{given}");
        assert_eq!(results[0].i32(), Some(result), "{step}");
    }
}
