//! The engine: the configuration that modules and stores share.

use crate::config::Config;
use crate::error::Error;
use crate::raw::Shared;

/// The configuration under which modules are loaded and run. Cheap to clone; usable from any thread.
#[derive(Clone)]
pub struct Engine {
    config: Shared<Config>,
}

impl Engine {
    /// An engine that works as `config` says.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn new(config: &Config) -> Result<Self, Error> {
        Ok(Self { config: Shared::try_new(*config)? })
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Whether both are the same engine.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.config.same(&other.config)
    }
}
