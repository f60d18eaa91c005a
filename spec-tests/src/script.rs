//! Runs the directives of one script.

mod assert;
mod load;

use std::collections::{HashMap, HashSet};

use wast::core::WastArgCore;
use wast::parser::{self, ParseBuffer};
use wast::token::Id;
use wast::{QuoteWat, Wast, WastArg, WastDirective, WastExecute, WastInvoke};
use whit::{Config, Engine, Error, Extern, Instance, Linker, Module, Store, StoreLimits, Val};

use crate::expected::Expected;
use crate::outcome::{FileReport, Outcome};
use crate::proposals::Oracle;
use crate::runner::Options;
use crate::spectest;
use crate::suite::TestFile;
use crate::values;

/// Memory for one script. The largest memories that scripts make on purpose must fit, and the machine's must not be
/// used up by a wrong one.
const BUDGET: usize = 5 << 30;

/// Why there is no instance or module to work with.
#[derive(Clone, Debug)]
enum Absence {
    /// It is a known one.
    Expected(String),
    /// It should be there.
    Failed(String),
}

impl From<Absence> for Outcome {
    fn from(absence: Absence) -> Self {
        match absence {
            Absence::Expected(reason) => Self::Expected(reason),
            Absence::Failed(cause) => Self::Failed(cause),
        }
    }
}

/// Why an action did not return.
enum Stop {
    /// There was nothing to act on.
    Absent(Absence),
    /// Whit answered with an error.
    Error(Error),
}

impl From<Absence> for Stop {
    fn from(absence: Absence) -> Self {
        Self::Absent(absence)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// A running script.
struct Script<'a> {
    file: &'a TestFile,
    expected: &'a Expected,
    lazy: bool,
    oracle: Oracle,
    engine: Engine,
    store: Store<()>,
    linker: Linker<()>,
    /// Module definitions by name; `None` is the latest.
    modules: HashMap<Option<String>, Result<Module, Absence>>,
    /// Instances by name; `None` is the latest.
    instances: HashMap<Option<String>, Result<Instance, Absence>>,
    /// What was registered under a name although there was no instance.
    unregistered: HashMap<String, Absence>,
    report: FileReport,
    /// Lines on which a directive was expected to fail.
    met: HashSet<usize>,
    /// Offsets at which lines start.
    lines: Vec<usize>,
}

/// Runs `file`.
pub(crate) fn run(file: &TestFile, expected: &Expected, options: &Options) -> FileReport {
    let mut report = FileReport::new(&file.name);
    let mut lexer = wast::lexer::Lexer::new(&file.text);
    // Some scripts test exactly such text.
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer);
    let parsed = buffer.as_ref().map_err(ToString::to_string).and_then(|buffer| {
        parser::parse::<Wast<'_>>(buffer).map_err(|mut error| {
            error.set_text(&file.text);
            error.to_string()
        })
    });
    let wast = match (parsed, expected.script(&file.name)) {
        (Ok(wast), None) => wast,
        (Ok(_), Some(_)) => {
            report.record(1, Outcome::Failed("can be read: an unexpected pass".to_owned()));
            return report;
        }
        (Err(_), Some(reason)) => {
            report.record(1, Outcome::Expected(reason.to_owned()));
            return report;
        }
        (Err(cause), None) => {
            report.record(1, Outcome::Failed(format!("cannot be read: {cause}")));
            return report;
        }
    };
    match Script::new(file, expected, options) {
        Ok(mut script) => {
            for directive in wast.directives {
                script.run(directive);
            }
            script.finish()
        }
        Err(error) => {
            report.record(1, Outcome::Failed(format!("the host module cannot be made: {error}")));
            report
        }
    }
}

impl<'a> Script<'a> {
    fn new(file: &'a TestFile, expected: &'a Expected, options: &Options) -> Result<Self, Error> {
        let mut config = Config::new();
        config.compilation_mode(options.mode).fuse_instructions(options.fusion);
        let has = |proposal| file.has(proposal);
        config.wasm_tail_call(has("tail-call")).wasm_extended_const(has("extended-const"));
        config.wasm_multi_memory(has("multi-memory")).wasm_memory64(has("memory64"));
        config.wasm_custom_page_sizes(has("custom-page-sizes"));
        config.wasm_wide_arithmetic(has("wide-arithmetic")).wasm_threads(has("threads"));
        config.wasm_exceptions(has("exceptions")).wasm_legacy_exceptions(has("legacy-exceptions"));
        config.wasm_function_references(has("function-references"));
        config.wasm_relaxed_simd(has("relaxed-simd"));
        let engine = Engine::new(&config)?;
        let mut limits = StoreLimits::default();
        limits.budget = BUDGET;
        let mut store = Store::with_limits(&engine, (), limits);
        let mut linker = Linker::new(&engine);
        linker.allow_shadowing(true);
        spectest::define(&mut linker, &mut store)?;
        let lines = std::iter::once(0).chain(file.text.match_indices('\n').map(|(offset, _)| offset + 1));
        Ok(Self {
            file,
            expected,
            lazy: options.mode == whit::CompilationMode::Lazy,
            oracle: Oracle::new(|name| expected.is_off(name) || !file.has(name)),
            engine,
            store,
            linker,
            modules: HashMap::new(),
            instances: HashMap::new(),
            unregistered: HashMap::new(),
            report: FileReport::new(&file.name),
            met: HashSet::new(),
            lines: lines.collect(),
        })
    }

    /// Runs `directive` and records what became of it.
    fn run(&mut self, directive: WastDirective<'_>) {
        let offset = directive.span().offset();
        let line = self.lines.partition_point(|start| *start <= offset);
        let outcome = match directive {
            WastDirective::Thread(thread) => {
                // Threads run one after the other, each where it starts: scripts have to give the same results in
                // every order that waiting allows.
                for directive in thread.directives {
                    self.run(directive);
                }
                Outcome::Passed
            }
            directive => self.directive(directive),
        };
        if self.expected.directive(&self.file.name, line).is_some() {
            self.met.insert(line);
        }
        let outcome = match (self.expected.directive(&self.file.name, line), outcome) {
            (None, outcome) => outcome,
            (Some(reason), Outcome::Failed(_) | Outcome::Expected(_)) => Outcome::Expected(reason.to_owned()),
            (Some(_), Outcome::Passed | Outcome::PassedInText) => {
                Outcome::Failed("passes: an unexpected pass".to_owned())
            }
        };
        self.report.record(line, outcome);
    }

    /// Ends the script: an expected failure of which no directive came is none.
    fn finish(mut self) -> FileReport {
        for line in self.expected.lines(&self.file.name) {
            if !self.met.contains(&line) {
                let cause = "no directive starts here, but one is expected to fail".to_owned();
                self.report.record(line, Outcome::Failed(cause));
            }
        }
        self.report.finish();
        self.report
    }

    fn directive(&mut self, directive: WastDirective<'_>) -> Outcome {
        match directive {
            WastDirective::Module(module) => self.module(module),
            WastDirective::ModuleDefinition(module) => self.definition(module),
            WastDirective::ModuleInstance { instance, module, .. } => self.instance(instance, module),
            WastDirective::Register { name, module, .. } => self.register(name, module),
            WastDirective::Invoke(invoke) => match self.invoke(&invoke) {
                Ok(_) => Outcome::Passed,
                Err(Stop::Absent(absence)) => absence.into(),
                Err(Stop::Error(error)) => Outcome::Failed(format!("{error}")),
            },
            WastDirective::AssertMalformed { module, message, .. }
            | WastDirective::AssertInvalid { module, message, .. }
            | WastDirective::AssertInvalidCustom { module, message, .. }
            | WastDirective::AssertMalformedCustom { module, message, .. } => {
                self.assert_refused(module, message)
            }
            WastDirective::AssertUnlinkable { module, .. } => self.assert_unlinkable(module),
            WastDirective::AssertReturn { exec, results, .. } => self.assert_return(exec, &results),
            WastDirective::AssertTrap { exec, message, .. } => self.assert_trap(exec, message),
            WastDirective::AssertExhaustion { call, message, .. } => {
                self.assert_trap(WastExecute::Invoke(call), message)
            }
            WastDirective::AssertException { exec, .. } => self.assert_exception(exec),
            WastDirective::AssertSuspension { exec, .. } => self.assert_suspension(exec),
            WastDirective::Thread(_) | WastDirective::Wait { .. } => Outcome::Passed,
        }
    }

    fn module(&mut self, mut module: QuoteWat<'_>) -> Outcome {
        let name = module.name().map(|id| id.name().to_owned());
        let made = module
            .encode()
            .map_err(|error| Absence::Failed(format!("cannot be encoded: {error}")))
            .and_then(|bytes| self.load(&bytes))
            .and_then(|module| self.instantiate_expecting_success(&module));
        let outcome = made.as_ref().err().map_or(Outcome::Passed, |absence| absence.clone().into());
        self.name_instance(name, made);
        outcome
    }

    fn definition(&mut self, mut module: QuoteWat<'_>) -> Outcome {
        let name = module.name().map(|id| id.name().to_owned());
        let made = module
            .encode()
            .map_err(|error| Absence::Failed(format!("cannot be encoded: {error}")))
            .and_then(|bytes| self.load(&bytes));
        let outcome = made.as_ref().err().map_or(Outcome::Passed, |absence| absence.clone().into());
        if name.is_some() {
            self.modules.insert(name, made.clone());
        }
        self.modules.insert(None, made);
        outcome
    }

    fn instance(&mut self, instance: Option<Id<'_>>, module: Option<Id<'_>>) -> Outcome {
        let module = self
            .modules
            .get(&module.map(|id| id.name().to_owned()))
            .cloned()
            .unwrap_or_else(|| Err(Absence::Failed("no such module".to_owned())));
        let made = module.and_then(|module| self.instantiate_expecting_success(&module));
        let outcome = made.as_ref().err().map_or(Outcome::Passed, |absence| absence.clone().into());
        self.name_instance(instance.map(|id| id.name().to_owned()), made);
        outcome
    }

    fn name_instance(&mut self, name: Option<String>, instance: Result<Instance, Absence>) {
        if name.is_some() {
            self.instances.insert(name, instance.clone());
        }
        self.instances.insert(None, instance);
    }

    fn find_instance(&self, id: Option<Id<'_>>) -> Result<Instance, Absence> {
        self.instances
            .get(&id.map(|id| id.name().to_owned()))
            .cloned()
            .unwrap_or_else(|| Err(Absence::Failed("no such instance".to_owned())))
    }

    fn register(&mut self, name: &str, module: Option<Id<'_>>) -> Outcome {
        let registered = self.find_instance(module).and_then(|instance| {
            match self.linker.instance(&mut self.store, name, instance) {
                Ok(_) => Ok(()),
                Err(error) => Err(Absence::Failed(format!("cannot be registered: {error}"))),
            }
        });
        match registered {
            Ok(()) => {
                self.unregistered.remove(name);
                Outcome::Passed
            }
            Err(absence) => {
                self.unregistered.insert(name.to_owned(), absence.clone());
                absence.into()
            }
        }
    }

    /// Acts as `execute` says and returns the results.
    fn execute(&mut self, execute: WastExecute<'_>) -> Result<Vec<Val>, Stop> {
        match execute {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Wat(mut module) => {
                let bytes = module
                    .encode()
                    .map_err(|error| Absence::Failed(format!("cannot be encoded: {error}")))?;
                let module = self.load(&bytes)?;
                self.instantiate(&module)?;
                Ok(Vec::new())
            }
            WastExecute::Get { module, global, .. } => {
                let instance = self.find_instance(module)?;
                match instance.get_export(&self.store, global) {
                    Some(Extern::Global(global)) => {
                        let value = global.get(&mut self.store);
                        Ok(vec![value.map_err(|error| Absence::Failed(error.to_string()))?])
                    }
                    _ => Err(Absence::Failed(format!("no global is exported as {global:?}")).into()),
                }
            }
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Result<Vec<Val>, Stop> {
        let instance = self.find_instance(invoke.module)?;
        let Some(Extern::Func(func)) = instance.get_export(&self.store, invoke.name) else {
            return Err(Absence::Failed(format!("no function is exported as {:?}", invoke.name)).into());
        };
        let mut arguments = Vec::with_capacity(invoke.args.len());
        for argument in &invoke.args {
            let argument: &WastArgCore<'_> = match argument {
                WastArg::Core(argument) => argument,
                _ => return Err(Absence::Failed("not a core module's argument".to_owned()).into()),
            };
            arguments.push(values::argument(&mut self.store, argument).map_err(Absence::Failed)?);
        }
        let mut results = vec![Val::I32(0); func.ty(&self.store).results().len()];
        func.call(&mut self.store, &arguments, &mut results)?;
        Ok(results)
    }
}
