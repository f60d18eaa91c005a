//! Which proposals a module needs, found by validating it with and without them.

use wasmparser::{Validator, WasmFeatures};

/// A proposal's name, as it stands in `expected-failures.txt`, and the feature that switches it.
const PROPOSALS: &[(&str, WasmFeatures)] = &[
    ("simd", WasmFeatures::SIMD),
    ("relaxed-simd", WasmFeatures::RELAXED_SIMD),
    ("tail-call", WasmFeatures::TAIL_CALL),
    ("extended-const", WasmFeatures::EXTENDED_CONST),
    ("multi-memory", WasmFeatures::MULTI_MEMORY),
    ("memory64", WasmFeatures::MEMORY64),
    ("exceptions", WasmFeatures::EXCEPTIONS),
    ("legacy-exceptions", WasmFeatures::LEGACY_EXCEPTIONS),
    ("function-references", WasmFeatures::FUNCTION_REFERENCES),
    ("gc", WasmFeatures::GC),
    ("threads", WasmFeatures::THREADS),
    ("custom-page-sizes", WasmFeatures::CUSTOM_PAGE_SIZES),
    ("wide-arithmetic", WasmFeatures::WIDE_ARITHMETIC),
    ("custom-descriptors", WasmFeatures::CUSTOM_DESCRIPTORS),
    ("compact-imports", WasmFeatures::COMPACT_IMPORTS),
];

/// What is known about a module without running Whit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// Whit has to accept it.
    Valid,
    /// It is valid with these proposals, which Whit does not implement.
    Needs(String),
    /// It is invalid whatever is switched on.
    Invalid,
    /// It is invalid whatever is switched on, but without these proposals for another reason than with them: that it
    /// is refused says nothing about Whit.
    InvalidWith(String),
}

/// The proposals that are switched on.
#[derive(Clone, Debug)]
pub(crate) struct Oracle {
    off: Vec<(&'static str, WasmFeatures)>,
}

/// Whether `name` is a proposal that can be listed as not implemented.
pub(crate) fn is_known(name: &str) -> bool {
    PROPOSALS.iter().any(|(known, _)| *known == name)
}

fn everything() -> WasmFeatures {
    PROPOSALS.iter().fold(WasmFeatures::WASM2, |all, (_, feature)| all | *feature)
}

/// Where and why `bytes` is invalid.
fn validate(bytes: &[u8], features: WasmFeatures) -> Result<(), String> {
    match Validator::new_with_features(features).validate_all(bytes) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

impl Oracle {
    /// Proposals of which `is_off` holds are off.
    pub(crate) fn new(is_off: impl Fn(&str) -> bool) -> Self {
        Self { off: PROPOSALS.iter().filter(|(name, _)| is_off(name)).copied().collect() }
    }

    /// What is known about the module `bytes`.
    pub(crate) fn verdict(&self, bytes: &[u8]) -> Verdict {
        let everything = everything();
        let on = self.off.iter().fold(everything, |on, (_, feature)| on - *feature);
        let Err(error) = validate(bytes, on) else {
            return Verdict::Valid;
        };
        match validate(bytes, everything) {
            Ok(()) => Verdict::Needs(
                self.names(|feature| validate(bytes, everything - feature).is_err())
                    .unwrap_or_else(|| "several proposals".to_owned()),
            ),
            Err(with_everything) if with_everything == error => Verdict::Invalid,
            Err(with_everything) => Verdict::InvalidWith(
                self.names(|feature| validate(bytes, everything - feature).as_ref() != Err(&with_everything))
                    .unwrap_or_else(|| "several proposals".to_owned()),
            ),
        }
    }

    /// The names of the proposals that are off and of which `holds` holds.
    fn names(&self, holds: impl Fn(WasmFeatures) -> bool) -> Option<String> {
        let names: Vec<_> =
            self.off.iter().filter(|(_, feature)| holds(*feature)).map(|(name, _)| *name).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}
