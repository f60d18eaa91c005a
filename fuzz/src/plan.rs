//! What is done with a module: the same for both engines.

use crate::trace::{Type, Value, mix};

/// What to do with a module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// What arguments and the host's answers are made from.
    pub(crate) seed: u64,
    /// When Whit validates and translates.
    pub(crate) mode: whit::CompilationMode,
    /// How Whit is given fuel.
    pub(crate) fuel: Fuel,
    /// Whether Whit fuses instructions.
    pub(crate) fusion: bool,
}

/// How Whit is given fuel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fuel {
    /// Code does not consume any.
    Off,
    /// There is more than enough.
    Plenty,
    /// A little at a time: calls are interrupted and resumed again and again.
    Slices(u64),
}

impl Plan {
    /// The plan that two numbers of the input stand for.
    pub(crate) fn new(seed: u64, choice: u8) -> Self {
        let mode = match choice % 3 {
            0 => whit::CompilationMode::LazyTranslation,
            1 => whit::CompilationMode::Eager,
            _ => whit::CompilationMode::Lazy,
        };
        let fuel = match choice / 3 % 4 {
            0 | 1 => Fuel::Off,
            2 => Fuel::Plenty,
            _ => Fuel::Slices(u64::from(choice) * 3 + 20),
        };
        Self { seed, mode, fuel, fusion: choice / 12 % 4 != 0 }
    }
}

/// Makes values, the same from the same seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    state: u64,
}

impl Source {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed ^ 0x5851_f42d_4c95_7f2d }
    }

    /// Takes note of `values`, so that later ones depend on them.
    pub(crate) fn absorb(&mut self, values: &[Value]) {
        self.state = values.iter().fold(self.state, |state, value| mix(state, value.bits()));
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A value of type `ty`: often a small or an extreme one. References to functions are null: they belong to a store.
    pub(crate) fn value(&mut self, ty: Type) -> Value {
        let any = self.next();
        let int = match any % 4 {
            0 => any >> 2 & 0xff,
            1 => [0, 1, u64::MAX, 1 << 63, 1 << 31, 0x7fff_ffff, 0xffff_ffff, i64::MAX as u64]
                [(any >> 2) as usize % 8],
            _ => any,
        };
        let float = match any >> 2 & 3 {
            0 => ((any >> 4) as i16).into(),
            1 => [0.0, -0.0, 1.5, f64::INFINITY, f64::NEG_INFINITY, 1e-310, 4_294_967_296.0, f64::NAN]
                [(any >> 4) as usize % 8],
            _ => f64::from_bits(self.next()),
        };
        match ty {
            Type::I32 => Value::I32(int as u32),
            Type::I64 => Value::I64(int),
            Type::F32 if float.is_nan() => Value::F32(0x7fc0_0000),
            Type::F32 => Value::F32((float as f32).to_bits()),
            Type::F64 if float.is_nan() => Value::F64(0x7ff8_0000_0000_0000),
            Type::F64 => Value::F64(float.to_bits()),
            Type::Func => Value::Func(false),
            Type::Extern => Value::Extern((any & 3 != 0).then_some(any as u32 >> 4)),
        }
    }
}

/// What the store of either engine holds for the host functions.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) events: Vec<crate::trace::Event>,
    pub(crate) source: Source,
}

/// How much host functions may be called: a guest can spend a long time on nothing else.
pub(crate) const HOST_CALLS: usize = 2_000;

impl Host {
    pub(crate) fn new(seed: u64) -> Self {
        Self { events: Vec::new(), source: Source::new(seed) }
    }

    /// Takes note of a call with `arguments` and makes the results; `None` is a failure.
    pub(crate) fn answer(&mut self, arguments: Vec<Value>, results: &[Type]) -> Option<Vec<Value>> {
        self.source.absorb(&arguments);
        self.events.push(crate::trace::Event::HostCalled(arguments));
        if self.events.len() > HOST_CALLS || self.source.next().is_multiple_of(64) {
            return None;
        }
        Some(results.iter().map(|ty| self.source.value(*ty)).collect())
    }
}
