//! Tail calls, as in the execution of code: the check of every instruction ends with a jump to that of the next, and what
//! they all change stays in registers.

use super::code::Code;
use super::run::{Body, Flow, Run};

type Handler = for<'r, 'a> fn(Code<'a>, &'r mut [u8], usize, &'r mut Body<'a>) -> Option<()>;

/// By opcode.
static HANDLERS: [Handler; 256] = {
    let rows = [
        row::<0>(),
        row::<1>(),
        row::<2>(),
        row::<3>(),
        row::<4>(),
        row::<5>(),
        row::<6>(),
        row::<7>(),
        row::<8>(),
        row::<9>(),
        row::<10>(),
        row::<11>(),
        row::<12>(),
        row::<13>(),
        row::<14>(),
        row::<15>(),
    ];
    let mut all = [rows[0][0]; 256];
    let mut opcode = 0;
    while opcode < 256 {
        all[opcode] = rows[opcode >> 4][opcode & 15];
        opcode += 1;
    }
    all
};

/// The handlers of the opcodes with this upper half.
const fn row<const UPPER: u8>() -> [Handler; 16] {
    [
        handler::<UPPER, 0>,
        handler::<UPPER, 1>,
        handler::<UPPER, 2>,
        handler::<UPPER, 3>,
        handler::<UPPER, 4>,
        handler::<UPPER, 5>,
        handler::<UPPER, 6>,
        handler::<UPPER, 7>,
        handler::<UPPER, 8>,
        handler::<UPPER, 9>,
        handler::<UPPER, 10>,
        handler::<UPPER, 11>,
        handler::<UPPER, 12>,
        handler::<UPPER, 13>,
        handler::<UPPER, 14>,
        handler::<UPPER, 15>,
    ]
}

/// Checks the instruction with the opcode of these halves, and those after it.
fn handler<'r, 'a, const UPPER: u8, const LOWER: u8>(
    code: Code<'a>,
    operands: &'r mut [u8],
    height: usize,
    body: &'r mut Body<'a>,
) -> Option<()> {
    let mut run = Run { code, operands, height, body };
    match run.instruction(UPPER << 4 | LOWER)? {
        Flow::Next => self::run(run),
        Flow::End => Some(()),
    }
}

/// Checks the instructions of a body.
#[inline(always)]
pub(super) fn run(mut run: Run<'_, '_>) -> Option<()> {
    let opcode = run.code.byte()?;
    let handler = HANDLERS[usize::from(opcode)];
    handler(run.code, run.operands, run.height, run.body)
}
