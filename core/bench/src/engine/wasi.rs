//! What a module imports from WASI, for engines that are not Whit.

use anyhow::{Context as _, Result};
use whit_wasi::abi::Abi;
use whit_wasi::{Call, Errno, Outcome, WasiCtx};

/// A function of WASI that a module imports.
#[derive(Clone, Copy)]
pub(super) struct Function {
    abi: Abi,
    call: Call,
}

/// Why a program does not go on after a call.
pub(super) enum Stop {
    Exit(i32),
    NotReady,
}

impl Function {
    pub(super) fn find(module: &str, name: &str) -> Result<Self> {
        let abi =
            Abi::ALL.into_iter().find(|abi| abi.module_name() == module).context("not a module of WASI")?;
        Ok(Self { abi, call: Call::find(abi, name).context("not a function of WASI")? })
    }

    /// The types of its parameters, of which `wide` stands for those with 64 bits and `narrow` for the others.
    pub(super) fn parameters<T: Clone>(self, narrow: T, wide: T) -> Vec<T> {
        self.call
            .parameters()
            .map(|ty| if ty == whit::ValType::I64 { wide.clone() } else { narrow.clone() })
            .collect()
    }

    /// The types of its results, which all have 32 bits: `narrow` stands for that.
    pub(super) fn results<T: Clone>(self, narrow: T) -> Vec<T> {
        vec![narrow; self.call.results().len()]
    }

    /// Makes the call for a program with `memory`; `values` are its arguments, 32-bit ones extended by zeros.
    pub(super) fn call(
        self,
        world: &mut WasiCtx,
        memory: &mut [u8],
        values: impl Iterator<Item = u64>,
    ) -> Result<i32, Stop> {
        let mut slots = [0; 9];
        let mut count = 0;
        for (slot, value) in slots.iter_mut().zip(values) {
            *slot = value;
            count += 1;
        }
        match world.call(self.abi, self.call, memory, &slots[..count]) {
            Outcome::Return(result) => Ok(result.err().map_or(0, Errno::number).into()),
            Outcome::NotReady => Err(Stop::NotReady),
            Outcome::Exit(status) => Err(Stop::Exit(status)),
        }
    }
}
