//! What the check accepts, wasmparser accepts: for bodies of real modules and for bodies with a byte changed.

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::vec::Vec;

use wasmparser::{BinaryReader, FuncToValidate, FunctionBody};

use super::types::byte_of;
use super::{Checker, Scope};
use crate::config::{CompilationMode, Config};
use crate::engine::Engine;
use crate::limits::ModuleLimits;
use crate::module::validate::{Resources, features};
use crate::module::{Module, ModuleInner};

fn load(bytes: &[u8]) -> Option<Module> {
    let engine = Engine::new(Config::new().compilation_mode(CompilationMode::Lazy)).expect("an engine");
    Module::new(&engine, bytes).ok()
}

/// Modules of this repository: programs, and what tests and fuzzing found worth keeping, but for those of proposals
/// that the check does not know.
fn modules() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["bench/kernels/wasm", "tests/robust", "tests/translate", "../fuzz/seeds/decode"] {
        let entries = fs::read_dir(root.join(folder)).expect("a folder of modules");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
        paths.retain(|path| path.file_stem().is_none_or(|name| name != "proposals"));
        paths.sort();
        for path in paths {
            found.extend(wat::parse_bytes(&fs::read(path).expect("a module")).map(Cow::into_owned));
        }
    }
    found
}

struct Judges<'m> {
    module: &'m ModuleInner,
    resources: &'m Resources,
    checker: Checker,
}

impl<'m> Judges<'m> {
    fn new(module: &'m Module) -> Option<Self> {
        let module = &*module.inner;
        Some(Self { module, resources: module.resources.as_ref()?, checker: Checker::default() })
    }

    fn bodies(&self) -> u32 {
        self.module.bodies.len() as u32
    }

    fn body(&self, body: u32) -> &'m [u8] {
        self.module.bytes(self.module.bodies[body as usize].span)
    }

    fn ty(&self, body: u32) -> u32 {
        self.module.func_types[(self.module.imported_funcs + body) as usize]
    }

    /// Whether the check accepts `bytes` in place of `body`.
    fn fast(&mut self, limits: &ModuleLimits, body: u32, bytes: &[u8]) -> bool {
        let Resources { foreign, types } = self.resources;
        let scope = Scope::new(self.module, foreign, types);
        let most_results = types.widest().max(2);
        let pins = self.checker.check(&scope, limits, most_results, self.ty(body), bytes);
        pins.expect("memory").is_some()
    }

    /// Whether wasmparser does.
    fn foreign(&self, body: u32, bytes: &[u8]) -> bool {
        let features = features(self.module.engine.config());
        let func = FuncToValidate {
            resources: self.resources.foreign.clone(),
            index: self.module.imported_funcs + body,
            ty: self.ty(body),
            features,
        };
        let mut validator = func.into_validator(wasmparser::FuncValidatorAllocations::default());
        validator.validate(&FunctionBody::new(BinaryReader::new_features(bytes, 0, features))).is_ok()
    }
}

/// Whether the check knows all types of the module: vectors and references to its types are left to wasmparser.
fn known(module: &Module) -> bool {
    let mut parts = module.inner.types.iter().flat_map(|ty| (0..).map_while(|index| ty.part(index)));
    parts.all(|part| byte_of(part.storage.unpacked()).is_some())
}

#[test]
fn valid_bodies_are_accepted() {
    let limits = ModuleLimits::default();
    let (mut valid, mut accepted) = (0, 0);
    for module in modules().iter().filter_map(|bytes| load(bytes)).filter(known) {
        let Some(mut judges) = Judges::new(&module) else { continue };
        for body in 0..judges.bodies() {
            let bytes = judges.body(body);
            let (fast, foreign) = (judges.fast(&limits, body, bytes), judges.foreign(body, bytes));
            assert!(foreign || !fast);
            valid += u32::from(foreign);
            accepted += u32::from(fast);
        }
    }
    assert!(valid > 500 && accepted == valid, "{accepted} of {valid}");
}

/// Every byte of short bodies is changed in many ways, and some bytes of long ones.
#[test]
fn changed_bodies_are_accepted_only_if_valid() {
    let limits = ModuleLimits::default();
    let (mut refused, mut accepted, mut unknown) = (0, 0, 0);
    let mut random = 0x5eed_u64;
    for module in modules().iter().filter_map(|bytes| load(bytes)) {
        let known = known(&module);
        let Some(mut judges) = Judges::new(&module) else { continue };
        for body in 0..judges.bodies() {
            let mut bytes = judges.body(body).to_vec();
            let step = 1 + bytes.len() / 16;
            for place in (0..bytes.len()).step_by(step) {
                let original = bytes[place];
                for change in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0] {
                    random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                    bytes[place] = if change == 0 { (random >> 56) as u8 } else { original ^ change };
                    let fast = judges.fast(&limits, body, &bytes);
                    let foreign = judges.foreign(body, &bytes);
                    assert!(foreign || !fast, "body {body} with byte {place} {:#04x}", bytes[place]);
                    match (fast, foreign) {
                        (true, _) => accepted += 1,
                        (false, true) => unknown += u32::from(known),
                        (false, false) => refused += 1,
                    }
                }
                bytes[place] = original;
            }
        }
    }
    assert!(
        refused > 10_000 && accepted > 10_000 && unknown < accepted / 100,
        "{refused} {accepted} {unknown}"
    );
}

#[test]
fn limits_are_kept() {
    let text = "(module (func (local i64 f64) (drop (i32.add (i32.const 1) (i32.const 2))) (block (loop))))";
    let module = load(&wat::parse_str(text).expect("text of a module")).expect("a module");
    let mut judges = Judges::new(&module).expect("bodies that are not validated yet");
    let body = judges.body(0);
    let mut accepts = |set: fn(&mut ModuleLimits, usize), value| {
        let mut limits = ModuleLimits::default();
        set(&mut limits, value);
        judges.fast(&limits, 0, body)
    };
    // Two operands at most, and room for two more; three blocks with the body's, and room for one more.
    assert!(accepts(|limits, value| limits.operands = value, 4));
    assert!(!accepts(|limits, value| limits.operands = value, 3));
    assert!(accepts(|limits, value| limits.labels = value, 4));
    assert!(!accepts(|limits, value| limits.labels = value, 3));
    assert!(accepts(|limits, value| limits.locals = value, 2));
    assert!(!accepts(|limits, value| limits.locals = value, 1));
}

/// All instructions, each after an `unreachable`, so that its operands can be anything.
fn all_instructions() -> Vec<u8> {
    let mut code = Vec::new();
    let mut add = |instruction: &[u8]| {
        code.push(0x00);
        code.extend_from_slice(instruction);
    };
    for plain in [&[0x00][..], &[0x01], &[0x0F], &[0x1A], &[0x1B], &[0xD1]] {
        add(plain);
    }
    for block in [0x02, 0x03, 0x04] {
        add(&[block, 0x40, 0x0B]);
    }
    add(&[0x04, 0x40, 0x05, 0x0B]);
    for with_index in (0x0C..=0x0D).chain([0x10, 0x12]).chain(0x20..=0x26).chain(0x3F..=0x42) {
        add(&[with_index, 0]);
    }
    for with_two in [0x0E, 0x11, 0x13].into_iter().chain(0x28..=0x3E) {
        add(&[with_two, 0, 0]);
    }
    add(&[0x1C, 1, 0x7F]);
    add(&[0x43, 0, 0, 0, 0]);
    add(&[0x44, 0, 0, 0, 0, 0, 0, 0, 0]);
    (0x45..=0xC4).for_each(|numeric| add(&[numeric]));
    add(&[0xD0, 0x70]);
    add(&[0xD2, 0]);
    for prefixed in 0..=17 {
        match prefixed {
            0..=7 => add(&[0xFC, prefixed]),
            9 | 11 | 13 | 15..=17 => add(&[0xFC, prefixed, 0]),
            _ => add(&[0xFC, prefixed, 0, 0]),
        }
    }
    code
}

/// Where each instruction's check ends with a call of the next one's, that call must be a jump.
#[test]
fn long_bodies_need_no_native_stack() {
    let text =
        "(module (memory 1) (table 1 funcref) (global (mut i32) (i32.const 0)) (data \"\") (elem funcref (ref.func 0))
        (func (export \"f\") (local i32) (data.drop 0)))";
    let check = move || {
        let module = load(&wat::parse_str(text).expect("text of a module")).expect("a module");
        let mut judges = Judges::new(&module).expect("bodies that are not validated yet");
        // One local.
        let mut body = std::vec![1, 1, 0x7F];
        body.extend(all_instructions().repeat(2000));
        body.push(0x0B);
        assert!(judges.foreign(0, &body) && judges.fast(&ModuleLimits::default(), 0, &body));
    };
    let thread = std::thread::Builder::new().stack_size(64 << 10).spawn(check).expect("a thread");
    thread.join().expect("the body is valid");
}
