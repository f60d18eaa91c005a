//! What instructions cost to validate and translate beyond their bytes.
//!
//! A call, block or branch handles every value of its type, and types can be wide: without a bound, a module of a
//! megabyte that branches to labels of a thousand values would keep the host busy for many seconds.

use wasmparser::{BlockType, FuncValidator, ModuleArity, ValidatorResources};

use super::reader::Reader;

/// Types of no more values than this cost no more than the bytes that name them, in effect.
pub(super) const NARROW: usize = 64;

/// How many values the instruction at the start of `bytes` handles because of types that it names.
///
/// What is not valid counts for nothing: it is refused in a moment.
pub(super) fn values(validator: &FuncValidator<ValidatorResources>, bytes: &[u8]) -> usize {
    read(validator, &mut Reader::new(bytes)).unwrap_or(0)
}

fn read(validator: &FuncValidator<ValidatorResources>, reader: &mut Reader<'_>) -> Option<usize> {
    let arity =
        |ty: BlockType| validator.block_type_arity(ty).map(|(params, results)| (params + results) as usize);
    let label = |depth: u32| arity(validator.label_block(depth)?.0);
    let tag = |tag: u32| validator.tag_type_arity(tag).map(|(params, _)| params as usize);
    let block = |reader: &mut Reader<'_>| arity(BlockType::FuncType(u32::try_from(reader.i64()?).ok()?));
    match reader.byte()? {
        // block, loop, if, try
        0x02..=0x04 | 0x06 => block(reader),
        // else, end, delegate, catch_all
        0x05 | 0x0b | 0x18 | 0x19 => label(0),
        // catch
        0x07 => Some(label(0)? + tag(reader.u32()?)?),
        // throw
        0x08 => tag(reader.u32()?),
        // try_table
        0x1f => {
            let mut values = block(reader).unwrap_or(0);
            for _ in 0..reader.u32()? {
                if reader.byte()? < 2 {
                    reader.u32()?;
                }
                values = values.saturating_add(label(reader.u32()?)?);
            }
            Some(values)
        }
        // br, br_if, br_on_null, br_on_non_null
        0x0c | 0x0d | 0xd5 | 0xd6 => label(reader.u32()?),
        // br_table: its labels are of equal types
        0x0e => {
            let targets = reader.u32()? as usize;
            Some(label(reader.u32()?)?.saturating_mul(targets + 1))
        }
        // return
        0x0f => label(validator.control_stack_height().checked_sub(1)?),
        // call, return_call
        0x10 | 0x12 => arity(BlockType::FuncType(validator.type_index_of_function(reader.u32()?)?)),
        // call_indirect, return_call_indirect, call_ref, return_call_ref
        0x11 | 0x13..=0x15 => arity(BlockType::FuncType(reader.u32()?)),
        _ => None,
    }
}
