//! Loads and instantiates modules, and tells known failures from others.

use whit::{Error, ErrorKind, Instance, Module};

use super::{Absence, Script, Stop};
use crate::proposals::Verdict;

impl Script<'_> {
    /// Loads `bytes`, which is meant to be valid.
    pub(super) fn load(&self, bytes: &[u8]) -> Result<Module, Absence> {
        let loaded = Module::new(&self.engine, bytes);
        let Verdict::Needs(proposals) = self.oracle.verdict(bytes) else {
            return loaded.map_err(|error| Absence::Failed(format!("refused: {error}")));
        };
        match loaded.and_then(|module| module.translate_all()) {
            Ok(()) => Err(Absence::Failed(format!("accepted, but it needs {proposals}: an unexpected pass"))),
            Err(error) if matches!(error.kind(), ErrorKind::Module) => Err(Absence::Expected(proposals)),
            Err(error) => Err(Absence::Failed(format!("refused as needing {proposals}, but so: {error}"))),
        }
    }

    /// Loads `bytes` and validates every body, whatever the mode.
    pub(super) fn load_all(&self, bytes: &[u8]) -> Result<(), Error> {
        let module = Module::new(&self.engine, bytes)?;
        if self.lazy { module.translate_all() } else { Ok(()) }
    }

    /// Instantiates `module` with what is registered.
    pub(super) fn instantiate(&mut self, module: &Module) -> Result<Instance, Stop> {
        for import in module.imports() {
            if let Some(absence) = self.unregistered.get(import.module) {
                return Err(absence.clone().into());
            }
        }
        Ok(self.linker.instantiate(&mut self.store, module)?)
    }

    /// Instantiates `module`; not to succeed is a failure.
    pub(super) fn instantiate_expecting_success(&mut self, module: &Module) -> Result<Instance, Absence> {
        self.instantiate(module).map_err(|stop| match stop {
            Stop::Absent(absence) => absence,
            Stop::Error(error) => Absence::Failed(format!("not instantiated: {error}")),
        })
    }
}
