//! Fuel: a call consumes a unit for each instruction that it executes, whichever way control goes.

use proptest::collection::vec;
use proptest::prelude::*;
use whit::{Config, Engine, Instance, Module, Store, Trap};

/// Instructions that a run may execute before it is given up.
const MOST: u64 = 5_000;

/// Something that leaves the operand stack as it was. Labels are taken modulo how many there are.
#[derive(Clone, Debug)]
enum Statement {
    Work,
    Block(Vec<Statement>),
    Protected(Vec<Statement>, usize),
    Loop(Vec<Statement>),
    If(Vec<Statement>, Vec<Statement>),
    BrIf(usize),
    Br(usize),
    BrTable(Vec<usize>),
    Return,
}

fn statements() -> impl Strategy<Value = Vec<Statement>> {
    let label = 0..4_usize;
    let leaf = prop_oneof![
        4 => Just(Statement::Work),
        4 => label.clone().prop_map(Statement::BrIf),
        1 => label.clone().prop_map(Statement::Br),
        1 => vec(label.clone(), 1..4).prop_map(Statement::BrTable),
        1 => Just(Statement::Return),
    ];
    let statement = leaf.prop_recursive(4, 40, 5, move |inner| {
        let body = vec(inner, 0..5);
        prop_oneof![
            body.clone().prop_map(Statement::Block),
            (body.clone(), label.clone()).prop_map(|(body, label)| Statement::Protected(body, label)),
            body.clone().prop_map(Statement::Loop),
            (body.clone(), body).prop_map(|(then, otherwise)| Statement::If(then, otherwise)),
        ]
    });
    vec(statement, 0..8)
}

/// Takes the lowest bits of the parameter, those of `mask`, and shifts it by one.
fn take(mask: u32) -> String {
    format!(
        "(i32.and (i32.const {mask}) (local.get 0)) (local.set 0 (i32.shr_u (local.get 0) (i32.const 1)))"
    )
}

/// Instructions of [`take`].
const TAKE: u64 = 7;

/// The statements in the text format, inside `labels` labels.
fn text(statements: &[Statement], labels: usize) -> String {
    let inside = |body| text(body, labels + 1);
    let each = statements.iter().map(|statement| match statement {
        Statement::Work => "(local.set 1 (i32.add (local.get 1) (i32.const 1)))".into(),
        Statement::Block(body) => format!("(block {})", inside(body)),
        Statement::Protected(body, label) => {
            let catch = format!("try_table (catch_all {})", label % labels);
            let block = if cfg!(feature = "exceptions") { &catch } else { "block" };
            format!("({block} {})", inside(body))
        }
        Statement::Loop(body) => format!("(loop {})", inside(body)),
        Statement::If(then, otherwise) if otherwise.is_empty() => {
            format!("{} (if (then {}))", take(1), inside(then))
        }
        Statement::If(then, otherwise) => {
            format!("{} (if (then {}) (else {}))", take(1), inside(then), inside(otherwise))
        }
        Statement::BrIf(label) => format!("{} (br_if {})", take(1), label % labels),
        Statement::Br(label) => format!("(br {})", label % labels),
        Statement::BrTable(targets) => {
            let targets: Vec<_> = targets.iter().map(|label| (label % labels).to_string()).collect();
            format!("{} (br_table {})", take(3), targets.join(" "))
        }
        Statement::Return => "(return)".into(),
    });
    each.collect::<Vec<_>>().join(" ")
}

/// What a run does: its input, and how many instructions it has executed.
struct Run {
    bits: u32,
    executed: u64,
}

impl Run {
    fn take(&mut self, mask: u32) -> u32 {
        let taken = self.bits & mask;
        self.bits >>= 1;
        self.executed += TAKE;
        taken
    }

    /// Executes the statements, which are inside `labels` labels; gives the label that they leave to.
    fn execute(&mut self, statements: &[Statement], labels: usize) -> Option<usize> {
        for statement in statements {
            let left = match statement {
                Statement::Work => {
                    self.executed += 4;
                    None
                }
                Statement::Block(body) | Statement::Protected(body, _) => {
                    self.execute(body, labels + 1).and_then(|label| label.checked_sub(1))
                }
                Statement::Loop(body) => loop {
                    match self.execute(body, labels + 1) {
                        Some(0) if self.executed <= MOST => {}
                        left => break left.and_then(|label| label.checked_sub(1)),
                    }
                },
                Statement::If(then, otherwise) => {
                    let arm = if self.take(1) != 0 { then } else { otherwise };
                    self.executed += 1;
                    self.execute(arm, labels + 1).and_then(|label| label.checked_sub(1))
                }
                Statement::BrIf(label) => {
                    let taken = self.take(1) != 0;
                    self.executed += 1;
                    taken.then_some(label % labels)
                }
                Statement::Br(label) => {
                    self.executed += 1;
                    Some(label % labels)
                }
                Statement::BrTable(targets) => {
                    let index = self.take(3) as usize;
                    self.executed += 1;
                    targets.get(index).or(targets.last()).map(|label| label % labels)
                }
                Statement::Return => {
                    self.executed += 1;
                    Some(labels - 1)
                }
            };
            if left.is_some() || self.executed > MOST {
                return left;
            }
        }
        None
    }
}

/// Calls the module's function with so much fuel; gives what is left, or how it trapped.
fn call(engine: &Engine, module: &Module, bits: u32, fuel: u64) -> Result<u64, Option<Trap>> {
    let mut store = Store::new(engine, ());
    store.set_fuel(fuel).expect("the engine consumes fuel");
    let instance = Instance::new(&mut store, module, &[]).expect("there are no imports");
    let run = instance.get_typed_func::<u32, ()>(&mut store, "run").expect("a function");
    match run.call(&mut store, bits) {
        Ok(()) => Ok(store.get_fuel().expect("the engine consumes fuel")),
        Err(error) => Err(error.as_trap()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_call_consumes_a_unit_for_each_instruction(statements in statements(), bits: u32, fusion: bool) {
        let body = text(&statements, 1);
        let text = format!(r#"(module (func (export "run") (param i32) (local i32) {body}))"#);
        let engine = Engine::new(Config::new().consume_fuel(true).fuse_instructions(fusion)).expect("an engine");
        let module = Module::new(&engine, &wat::parse_str(&text).expect("the text is right")).expect("a module");
        let mut run = Run { bits, executed: 0 };
        run.execute(&statements, 1);
        let executed = run.executed;
        if executed > MOST {
            prop_assert_eq!(call(&engine, &module, bits, MOST), Err(Some(Trap::OutOfFuel)), "{}", body);
        } else {
            prop_assert_eq!(call(&engine, &module, bits, executed), Ok(0), "{}", body);
            prop_assert_eq!(call(&engine, &module, bits, executed + 9), Ok(9), "{}", body);
            if let Some(less) = executed.checked_sub(1) {
                prop_assert_eq!(call(&engine, &module, bits, less), Err(Some(Trap::OutOfFuel)), "{}", body);
            }
        }
    }
}
