//! How an [`Engine`](crate::Engine) works: proposals, compilation mode, fuel, module limits.

use crate::limits::ModuleLimits;

/// When function bodies are validated and translated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CompilationMode {
    /// Both while the module is loaded.
    Eager,
    /// Validated while the module is loaded, translated when first called.
    #[default]
    LazyTranslation,
    /// Both when first called: an invalid body is found only then.
    Lazy,
}

/// The configuration of an [`Engine`](crate::Engine).
#[derive(Clone, Copy, Debug)]
pub struct Config {
    pub(crate) mode: CompilationMode,
    pub(crate) fuel: bool,
    pub(crate) fusion: bool,
    pub(crate) canonical_nans: bool,
    pub(crate) limits: ModuleLimits,
    pub(crate) tail_call: bool,
    pub(crate) extended_const: bool,
    pub(crate) multi_memory: bool,
    pub(crate) wide_arithmetic: bool,
    pub(crate) threads: bool,
    pub(crate) memory64: bool,
    pub(crate) custom_page_sizes: bool,
    pub(crate) function_references: bool,
    pub(crate) gc: bool,
    pub(crate) exceptions: bool,
    pub(crate) legacy_exceptions: bool,
    #[cfg(feature = "simd")]
    pub(crate) simd: bool,
    #[cfg(feature = "simd")]
    pub(crate) relaxed_simd: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mode: CompilationMode::default(),
            fuel: false,
            fusion: true,
            canonical_nans: false,
            limits: ModuleLimits::default(),
            tail_call: true,
            extended_const: true,
            multi_memory: true,
            wide_arithmetic: true,
            threads: true,
            memory64: cfg!(feature = "memory64"),
            custom_page_sizes: true,
            function_references: cfg!(feature = "gc"),
            gc: cfg!(feature = "gc"),
            exceptions: cfg!(feature = "exceptions"),
            legacy_exceptions: cfg!(feature = "exceptions"),
            #[cfg(feature = "simd")]
            simd: true,
            #[cfg(feature = "simd")]
            relaxed_simd: true,
        }
    }
}

impl Config {
    /// The default configuration: every proposal that Whit implements, lazy translation, no fuel.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets when function bodies are validated and translated.
    pub fn compilation_mode(&mut self, mode: CompilationMode) -> &mut Self {
        self.mode = mode;
        self
    }

    /// Sets whether execution consumes fuel: a unit for each instruction that is executed.
    ///
    /// Free are `nop`, `drop`, and those that only mark blocks: `block`, `loop`, `else`, `end`, and of exceptions all but
    /// those that throw.
    ///
    /// What is certain to be executed is paid for before, together with the instructions that lead to it, and a call that
    /// cannot pay stops there, with none of that done. So one that traps, throws or stops elsewhere may have paid for
    /// instructions that it did not get to. Every turn of a loop and every call of a function pay for themselves.
    pub fn consume_fuel(&mut self, enable: bool) -> &mut Self {
        self.fuel = enable;
        self
    }

    /// Sets whether translation fuses instructions, as it does by default. Without, code is slower; it exists so that
    /// the two can be compared.
    pub fn fuse_instructions(&mut self, enable: bool) -> &mut Self {
        self.fusion = enable;
        self
    }

    /// Sets whether arithmetic whose result is a NaN gives the canonical one of positive sign, as the specification's
    /// deterministic profile has it; without, its bits are those that the machine makes. It costs an instruction more
    /// for most operations on floats.
    pub fn canonicalize_nans(&mut self, enable: bool) -> &mut Self {
        self.canonical_nans = enable;
        self
    }

    /// Sets the limits on the shape of modules.
    pub fn module_limits(&mut self, limits: ModuleLimits) -> &mut Self {
        self.limits = limits;
        self
    }

    /// Sets whether the tail-call proposal is enabled.
    pub fn wasm_tail_call(&mut self, enable: bool) -> &mut Self {
        self.tail_call = enable;
        self
    }

    /// Sets whether the extended-const proposal is enabled.
    pub fn wasm_extended_const(&mut self, enable: bool) -> &mut Self {
        self.extended_const = enable;
        self
    }

    /// Sets whether the multi-memory proposal is enabled.
    pub fn wasm_multi_memory(&mut self, enable: bool) -> &mut Self {
        self.multi_memory = enable;
        self
    }

    /// Sets whether the wide-arithmetic proposal is enabled.
    pub fn wasm_wide_arithmetic(&mut self, enable: bool) -> &mut Self {
        self.wide_arithmetic = enable;
        self
    }

    /// Sets whether the custom-page-sizes proposal is enabled.
    pub fn wasm_custom_page_sizes(&mut self, enable: bool) -> &mut Self {
        self.custom_page_sizes = enable;
        self
    }

    /// Sets whether the memory64 proposal is enabled: memories and tables whose indices are 64 bits wide.
    #[cfg(feature = "memory64")]
    pub fn wasm_memory64(&mut self, enable: bool) -> &mut Self {
        self.memory64 = enable;
        self
    }

    /// Sets whether the typed function references proposal is enabled: references to functions of a known type, and
    /// references that are never null.
    #[cfg(feature = "gc")]
    pub fn wasm_function_references(&mut self, enable: bool) -> &mut Self {
        self.function_references = enable;
        self
    }

    /// Sets whether the GC proposal is enabled: structs, arrays and small integers, which the store's heap holds. It needs
    /// typed function references too.
    #[cfg(feature = "gc")]
    pub fn wasm_gc(&mut self, enable: bool) -> &mut Self {
        self.gc = enable;
        self
    }

    /// Sets whether the exceptions proposal is enabled: tags, and instructions that throw and catch.
    #[cfg(feature = "exceptions")]
    pub fn wasm_exceptions(&mut self, enable: bool) -> &mut Self {
        self.exceptions = enable;
        self
    }

    /// Sets whether the instructions that the exceptions proposal had before are enabled: `try`, `catch`, `catch_all`,
    /// `delegate` and `rethrow`, which compilers still emit. They need exceptions too.
    #[cfg(feature = "exceptions")]
    pub fn wasm_legacy_exceptions(&mut self, enable: bool) -> &mut Self {
        self.legacy_exceptions = enable;
        self
    }

    /// Sets whether the instructions and shared memories of the threads proposal are enabled.
    ///
    /// A store is one agent: what its guests share, they share with each other. A wait for a value that memory has
    /// therefore times out at once, and traps if it has no timeout.
    pub fn wasm_threads(&mut self, enable: bool) -> &mut Self {
        self.threads = enable;
        self
    }

    /// Sets whether the SIMD proposal is enabled: fixed-width vectors.
    #[cfg(feature = "simd")]
    pub fn wasm_simd(&mut self, enable: bool) -> &mut Self {
        self.simd = enable;
        self
    }

    /// Sets whether the relaxed SIMD proposal is enabled; it needs SIMD too. Its instructions give the results of the
    /// deterministic profile.
    #[cfg(feature = "simd")]
    pub fn wasm_relaxed_simd(&mut self, enable: bool) -> &mut Self {
        self.relaxed_simd = enable;
        self
    }
}
