//! A loop over the instructions of a body.

use super::run::{Flow, Run};

/// Checks the instructions of a body.
pub(super) fn run(mut run: Run<'_, '_>) -> Option<()> {
    loop {
        let opcode = run.code.byte()?;
        if run.instruction(opcode)? == Flow::End {
            return Some(());
        }
    }
}
