//! Hostile modules: random bytes and mutations of real modules give errors, and never a panic, a hang or more memory
//! than the budget.

use whit::{
    CompilationMode, Config, Engine, ExternType, Linker, Module, ModuleLimits, Store, StoreLimits, Val,
};

/// Numbers that look random and are the same in every run (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit.max(1)
    }

    fn byte(&mut self) -> u8 {
        // Small numbers and the ends of the range are more often meaningful than others.
        match self.below(4) {
            0 => self.below(16) as u8,
            1 => [0x00, 0x7f, 0x80, 0xff, 0x0b, 0x10, 0x20, 0x41][self.below(8)],
            _ => self.next() as u8,
        }
    }
}

const BUDGET: usize = 2 << 20;

/// How far modules came.
#[derive(Default, Debug)]
struct Tally {
    refused: usize,
    not_instantiated: usize,
    failed: usize,
    returned: usize,
}

fn engines() -> [Engine; 3] {
    let mut limits = ModuleLimits::default();
    limits.functions = 10_000;
    [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy].map(|mode| {
        let mut config = Config::new();
        config.compilation_mode(mode).consume_fuel(true).module_limits(limits);
        Engine::new(&config).expect("an engine")
    })
}

/// Loads `bytes` and calls everything that they export, within limits.
fn exercise(engine: &Engine, bytes: &[u8], tally: &mut Tally) {
    let Ok(module) = Module::new(engine, bytes) else {
        tally.refused += 1;
        return;
    };
    let mut limits = StoreLimits::default();
    limits.budget = BUDGET;
    limits.value_stack = 64 << 10;
    let mut store = Store::with_limits(engine, (), limits);
    store.set_fuel(50_000).expect("the engine consumes fuel");
    let mut linker = Linker::new(engine);
    for import in module.imports() {
        if let ExternType::Func(ty) = import.ty {
            // The results are zeros. A name that is imported twice is defined once.
            let ty = ty.try_clone().expect("memory");
            let _ = linker.func_new(import.module, import.name, ty, |_, _, _| Ok(()));
        }
    }
    let Ok(instance) = linker.instantiate(&mut store, &module) else {
        tally.not_instantiated += 1;
        return;
    };
    let exports: Vec<_> = instance.exports(&store).map(|(_, item)| item).collect();
    for func in exports.into_iter().filter_map(whit::Extern::into_func).take(20) {
        let ty = func.ty(&store);
        let args: Vec<_> = ty.params().iter().map(|ty| Val::default_for(*ty)).collect();
        let mut results: Vec<_> = ty.results().iter().map(|ty| Val::default_for(*ty)).collect();
        store.set_fuel(50_000).expect("the engine consumes fuel");
        match func.call(&mut store, &args, &mut results) {
            Ok(()) => tally.returned += 1,
            Err(error) => {
                tally.failed += 1;
                // Its parts can be looked at.
                assert!(!format!("{error:?}").is_empty());
            }
        }
    }
    assert!(store.budget_used() <= BUDGET);
}

/// Changes `bytes` in one to eight places.
fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..1 + random.below(8) {
        // The first eight bytes have to stay for anything to happen.
        let place = 8 + random.below(bytes.len().saturating_sub(8));
        if place >= bytes.len() {
            return;
        }
        match random.below(12) {
            0 => bytes.insert(place, random.byte()),
            1 => drop(bytes.remove(place)),
            2 => bytes.truncate(place),
            3 => {
                let from = 8 + random.below(bytes.len() - 8);
                let len = random.below(16).min(bytes.len() - from.max(place));
                bytes.copy_within(from..from + len, place);
            }
            4 => bytes[place] ^= 1 << random.below(8),
            5 => bytes[place] = bytes[place].wrapping_add(1),
            _ => bytes[place] = random.byte(),
        }
    }
}

#[test]
fn random_bytes() {
    let engines = engines();
    let mut random = Random(0x5eed);
    let mut tally = Tally::default();
    for round in 0..5000 {
        let mut bytes = match round % 3 {
            0 => Vec::new(),
            _ => b"\0asm\x01\0\0\0".to_vec(),
        };
        let len = random.below(200);
        while bytes.len() < len {
            if round % 3 == 2 {
                // A section of a plausible number and size.
                let size = random.below(40);
                bytes.extend([random.below(14) as u8, size as u8]);
                bytes.extend((0..size).map(|_| random.byte()));
            } else {
                bytes.push(random.byte());
            }
        }
        exercise(&engines[round % engines.len()], &bytes, &mut tally);
    }
    assert!(tally.refused > 4000, "{tally:?}");
}

const EVERYTHING: &str = include_str!("robust/everything.wat");
const PROPOSALS: &str = include_str!("robust/proposals.wat");
const COMPILED: &[u8] = include_bytes!("robust/compiled.wasm");

fn mutations(original: &[u8], count: usize, seed: u64) {
    let engines = engines();
    let mut tally = Tally::default();
    exercise(&engines[0], original, &mut tally);
    let valid = Module::new(&engines[0], original);
    assert!(valid.is_ok() && tally.not_instantiated == 0, "{valid:?}");
    let mut random = Random(seed);
    for round in 0..count {
        let mut bytes = original.to_vec();
        mutate(&mut random, &mut bytes);
        exercise(&engines[round % engines.len()], &bytes, &mut tally);
    }
    assert!(tally.refused < count && tally.failed > count / 100, "{tally:?}");
}

#[test]
fn mutations_of_a_module_with_everything() {
    let bytes = wat::parse_str(EVERYTHING).expect("text of a module");
    mutations(&bytes, 4000, 1);
}

#[test]
fn mutations_of_a_module_of_proposals() {
    let bytes = wat::parse_str(PROPOSALS).expect("text of a module");
    mutations(&bytes, 4000, 3);
}

#[test]
fn mutations_of_a_compiled_module() {
    mutations(COMPILED, 1000, 2);
}
