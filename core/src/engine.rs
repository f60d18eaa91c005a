//! The engine: the configuration that modules and stores share.

use crate::config::Config;
use crate::error::Error;
use crate::raw::Shared;
use crate::types::registry::Registry;

/// The configuration under which modules are loaded and run. Cheap to clone; usable from any thread.
#[derive(Clone)]
pub struct Engine {
    inner: Shared<Inner>,
}

struct Inner {
    config: Config,
    types: Registry,
}

impl Engine {
    /// An engine that works as `config` says.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn new(config: &Config) -> Result<Self, Error> {
        Ok(Self { inner: Shared::try_new(Inner { config: *config, types: Registry::default() })? })
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The types that modules define.
    pub(crate) fn types(&self) -> &Registry {
        &self.inner.types
    }

    /// Whether both are the same engine.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.inner.same(&other.inner)
    }
}
