//! Locals and fuel, whichever way control goes: locals that are not assigned are zero, and a call consumes a unit for each
//! instruction that it executes.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use whit::{Config, Engine, Instance, Module, Store, Trap};

/// Instructions that a run may execute before it is given up.
const MOST: u64 = 5_000;

/// Locals behind the parameter.
const LOCALS: usize = 6;

/// Something that leaves the operand stack as it was. Labels are taken modulo how many there are.
#[derive(Clone, Debug)]
enum Statement {
    /// Assigns a local what another one is and one more.
    Assign {
        to: usize,
        from: usize,
    },
    Block(Vec<Statement>),
    Protected(Vec<Statement>, usize),
    Loop(Vec<Statement>),
    If(Vec<Statement>, Vec<Statement>),
    BrIf(usize),
    Br(usize),
    BrTable(Vec<usize>),
    Return,
    Throw,
}

/// How statements are left before their end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Left {
    To(usize),
    ByException,
}

impl Left {
    /// The same outside of a block, if it is not left to its end.
    fn outside(self) -> Option<Self> {
        match self {
            Self::To(label) => label.checked_sub(1).map(Self::To),
            Self::ByException => Some(Self::ByException),
        }
    }
}

fn statements() -> impl Strategy<Value = Vec<Statement>> {
    let label = 0..4_usize;
    let leaf = prop_oneof![
        6 => (1..=LOCALS, 1..=LOCALS).prop_map(|(to, from)| Statement::Assign { to, from }),
        4 => label.clone().prop_map(Statement::BrIf),
        1 => label.clone().prop_map(Statement::Br),
        1 => vec(label.clone(), 1..4).prop_map(Statement::BrTable),
        1 => Just(Statement::Return),
        1 => Just(if cfg!(feature = "exceptions") { Statement::Throw } else { Statement::Return }),
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
        Statement::Assign { to, from } => {
            format!("(local.set {to} (i32.add (local.get {from}) (i32.const 1)))")
        }
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
        Statement::Return => format!("(return {})", result_text()),
        Statement::Throw => "(throw $tag)".into(),
    });
    each.collect::<Vec<_>>().join(" ")
}

/// A number that all locals go into.
fn result_text() -> String {
    let sum = |sum, local| format!("(i32.add (i32.mul {sum} (i32.const 31)) (local.get {local}))");
    (2..=LOCALS).fold("(local.get 1)".into(), sum)
}

/// Instructions of [`result_text`].
const RESULT: u64 = 1 + 4 * (LOCALS as u64 - 1);

/// The module: `run` calls a function that leaves its locals on the stack, then the one with the statements.
fn module_text(statements: &[Statement]) -> String {
    let mut used = String::new();
    for local in 0..USED {
        write!(used, "(local.set {local} (i64.const -1))").expect("strings grow");
    }
    format!(
        r#"(module {}
            (func $use (local {}) {used})
            (func $body (param i32) (result i32) (local {}) (block {}) {})
            (func (export "run") (param i32) (result i32) (call $use) (call $body (local.get 0))))"#,
        if cfg!(feature = "exceptions") { "(tag $tag)" } else { "" },
        "i64 ".repeat(USED),
        "i32 ".repeat(LOCALS),
        text(statements, 1),
        result_text(),
    )
}

/// Locals of the function that is called first.
const USED: usize = 3 * LOCALS;

/// Instructions that are executed around the statements.
const AROUND: u64 = 2 * USED as u64 + 3;

/// What a run does: its input, its locals, and how many instructions it has executed.
struct Run {
    bits: u32,
    locals: [u32; LOCALS + 1],
    executed: u64,
    /// Whether an exception was thrown: then as much is consumed as if what follows had been executed.
    thrown: bool,
}

impl Run {
    fn result(&mut self) -> u32 {
        self.executed += RESULT;
        self.locals[2..].iter().fold(self.locals[1], |sum, local| sum.wrapping_mul(31).wrapping_add(*local))
    }

    fn take(&mut self, mask: u32) -> u32 {
        let taken = self.bits & mask;
        self.bits >>= 1;
        self.executed += TAKE;
        taken
    }

    /// Executes the statements, which are inside `labels` labels.
    fn execute(&mut self, statements: &[Statement], labels: usize) -> Option<Left> {
        for statement in statements {
            let left = match statement {
                Statement::Assign { to, from } => {
                    self.locals[*to] = self.locals[*from].wrapping_add(1);
                    self.executed += 4;
                    None
                }
                Statement::Block(body) => self.execute(body, labels + 1).and_then(Left::outside),
                Statement::Protected(body, label) => match self.execute(body, labels + 1) {
                    Some(Left::ByException) => Some(Left::To(label % labels)),
                    left => left.and_then(Left::outside),
                },
                Statement::Loop(body) => loop {
                    match self.execute(body, labels + 1) {
                        Some(Left::To(0)) if self.executed <= MOST => {}
                        left => break left.and_then(Left::outside),
                    }
                },
                Statement::If(then, otherwise) => {
                    let arm = if self.take(1) != 0 { then } else { otherwise };
                    self.executed += 1;
                    self.execute(arm, labels + 1).and_then(Left::outside)
                }
                Statement::BrIf(label) => {
                    let taken = self.take(1) != 0;
                    self.executed += 1;
                    taken.then_some(Left::To(label % labels))
                }
                Statement::Br(label) => {
                    self.executed += 1;
                    Some(Left::To(label % labels))
                }
                Statement::BrTable(targets) => {
                    let index = self.take(3) as usize;
                    self.executed += 1;
                    targets.get(index).or(targets.last()).map(|label| Left::To(label % labels))
                }
                // The result is the same as behind the statements.
                Statement::Return => {
                    self.executed += 1;
                    Some(Left::To(labels - 1))
                }
                Statement::Throw => {
                    self.executed += 1;
                    self.thrown = true;
                    Some(Left::ByException)
                }
            };
            if left.is_some() || self.executed > MOST {
                return left;
            }
        }
        None
    }
}

/// Calls the module's function with so much fuel; gives its result and what is left, or how it trapped.
fn call(engine: &Engine, module: &Module, bits: u32, fuel: u64) -> Result<(u32, u64), Option<Trap>> {
    let mut store = Store::new(engine, ());
    store.set_fuel(fuel).expect("the engine consumes fuel");
    let instance = Instance::new(&mut store, module, &[]).expect("there are no imports");
    let run = instance.get_typed_func::<u32, u32>(&mut store, "run").expect("a function");
    match run.call(&mut store, bits) {
        Ok(result) => Ok((result, store.get_fuel().expect("the engine consumes fuel"))),
        Err(error) => Err(error.as_trap()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 768, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn locals_and_fuel_follow_control(statements in statements(), bits: u32, fusion: bool) {
        let text = module_text(&statements);
        let engine = Engine::new(Config::new().consume_fuel(true).fuse_instructions(fusion)).expect("an engine");
        let module = Module::new(&engine, &wat::parse_str(&text).expect("the text is right")).expect("a module");
        let mut run = Run { bits, locals: [0; LOCALS + 1], executed: AROUND, thrown: false };
        let left = run.execute(&statements, 1);
        if run.executed > MOST {
            prop_assert_eq!(call(&engine, &module, bits, MOST), Err(Some(Trap::OutOfFuel)), "{}", text);
            return Ok(());
        }
        if left == Some(Left::ByException) {
            prop_assert_eq!(call(&engine, &module, bits, 2 * MOST), Err(None), "{}", text);
            return Ok(());
        }
        let result = run.result();
        let executed = run.executed;
        if run.thrown {
            let called = call(&engine, &module, bits, 1000 * MOST);
            prop_assert_eq!(called.map(|(result, _)| result), Ok(result), "{}", text);
            return Ok(());
        }
        prop_assert_eq!(call(&engine, &module, bits, executed), Ok((result, 0)), "{}", text);
        prop_assert_eq!(call(&engine, &module, bits, executed + 9), Ok((result, 9)), "{}", text);
        prop_assert_eq!(call(&engine, &module, bits, executed - 1), Err(Some(Trap::OutOfFuel)), "{}", text);
    }
}
