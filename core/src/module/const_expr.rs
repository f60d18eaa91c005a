//! Constant expressions: initial values of globals and tables, offsets and items of segments.

use alloc::vec::Vec;

use super::reader::Reader;
use crate::error::Error;

/// What constant expressions can refer to.
pub(crate) trait ConstScope {
    /// Appends the slots of global `index` to `stack`, in which there is room for two.
    fn global(&self, index: u32, stack: &mut Vec<u64>);

    /// A reference to function `index`.
    fn function(&self, index: u32) -> u64;

    /// Evaluates instruction `opcode` behind the prefix of the GC proposal, whose immediates are at `reader`; nothing if
    /// it is not one that is constant. There is room for one slot more in `stack`.
    ///
    /// # Errors
    /// When there is no room for the object that it makes.
    fn object(
        &mut self,
        opcode: u32,
        reader: &mut Reader<'_>,
        stack: &mut Vec<u64>,
    ) -> Result<Option<()>, Error>;
}

/// Evaluates the constant expression at `reader`, which has been validated, and reads it with its end.
///
/// The slots of its value replace what is on `stack`.
pub(crate) fn evaluate(
    reader: &mut Reader<'_>,
    scope: &mut impl ConstScope,
    stack: &mut Vec<u64>,
) -> Result<(), Error> {
    stack.clear();
    while reader.remaining() > 0 {
        stack.try_reserve(2)?;
        let mut ahead = reader.clone();
        let step = match (ahead.byte(), ahead.u32()) {
            (Some(0xfb), Some(opcode)) => {
                *reader = ahead;
                scope.object(opcode, reader, stack)?.map(|()| true)
            }
            _ => step(reader, scope, stack),
        };
        match step {
            Some(true) => {}
            Some(false) => break,
            None => return Err(Error::module(0, format_args!("a constant expression cannot be evaluated"))),
        }
    }
    Ok(())
}

/// Evaluates one instruction and tells whether another follows; nothing if it is not one that is constant.
fn step(reader: &mut Reader<'_>, scope: &impl ConstScope, stack: &mut Vec<u64>) -> Option<bool> {
    let i32 = |value: u64| u64::from(value as u32);
    match reader.byte()? {
        // end
        0x0b => return Some(false),
        // global.get
        0x23 => scope.global(reader.u32()?, stack),
        // i32.const, i64.const, f32.const, f64.const
        0x41 => stack.push(u64::from(reader.i32()?.cast_unsigned())),
        0x42 => stack.push(reader.i64()?.cast_unsigned()),
        0x43 => stack.push(u64::from(u32::from_le_bytes(reader.array()?))),
        0x44 => stack.push(u64::from_le_bytes(reader.array()?)),
        // i32.add, i32.sub, i32.mul
        0x6a => binary(stack, |a, b| i32(a.wrapping_add(b)))?,
        0x6b => binary(stack, |a, b| i32(a.wrapping_sub(b)))?,
        0x6c => binary(stack, |a, b| i32(a.wrapping_mul(b)))?,
        // i64.add, i64.sub, i64.mul
        0x7c => binary(stack, u64::wrapping_add)?,
        0x7d => binary(stack, u64::wrapping_sub)?,
        0x7e => binary(stack, u64::wrapping_mul)?,
        // ref.null with its heap type
        0xd0 => {
            reader.i64()?;
            stack.push(0);
        }
        // ref.func
        0xd2 => stack.push(scope.function(reader.u32()?)),
        // v128.const
        #[cfg(feature = "simd")]
        0xfd if reader.u32()? == 0x0c => {
            stack.push(u64::from_le_bytes(reader.array()?));
            stack.push(u64::from_le_bytes(reader.array()?));
        }
        _ => return None,
    }
    Some(true)
}

fn binary(stack: &mut Vec<u64>, operation: impl Fn(u64, u64) -> u64) -> Option<()> {
    let right = stack.pop()?;
    let left = stack.pop()?;
    stack.push(operation(left, right));
    Some(())
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{ConstScope, evaluate};
    use crate::error::Error;
    use crate::module::reader::Reader;

    struct Scope;

    impl ConstScope for Scope {
        fn global(&self, index: u32, stack: &mut Vec<u64>) {
            stack.push(u64::from(index) * 100);
        }

        fn function(&self, index: u32) -> u64 {
            u64::from(index) + 1
        }

        fn object(&mut self, _: u32, _: &mut Reader<'_>, _: &mut Vec<u64>) -> Result<Option<()>, Error> {
            Ok(None)
        }
    }

    fn value(bytes: &[u8]) -> Option<u64> {
        let mut stack = Vec::new();
        evaluate(&mut Reader::new(bytes), &mut Scope, &mut stack).ok()?;
        stack.first().copied()
    }

    #[test]
    fn values() {
        assert_eq!(value(&[0x41, 0x7f, 0x0b]), Some(0xffff_ffff));
        assert_eq!(value(&[0x42, 0x7f, 0x0b]), Some(u64::MAX));
        assert_eq!(value(&[0xd0, 0x70, 0x0b]), Some(0));
        assert_eq!(value(&[0xd2, 0x04, 0x0b]), Some(5));
        assert_eq!(value(&[0x23, 0x03, 0x41, 0x02, 0x6c, 0x41, 0x7f, 0x6a, 0x0b]), Some(599));
        assert_eq!(value(&[0x41, 0x00, 0x41, 0x01, 0x6b, 0x0b]), Some(0xffff_ffff));
    }

    #[test]
    fn what_is_not_constant_is_an_error() {
        assert_eq!(value(&[0x00]), None);
        assert_eq!(value(&[0x6a, 0x0b]), None);
    }
}
