//! The atomic instructions: what each does, to how many bytes.

use super::Type;

/// The opcode, after the prefix 0xFE, of the one that touches no memory.
pub(crate) const FENCE: u32 = 3;

/// An atomic instruction that has a memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Atomic {
    pub(crate) kind: AtomicKind,
    /// The type of the value that it loads, stores, combines or waits for.
    pub(crate) value: Type,
    /// Base-2 logarithm of the bytes that it accesses, whose alignment must be as large.
    pub(crate) log2: u8,
}

/// What an atomic instruction does; in the order of their opcodes from the load on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AtomicKind {
    /// Wakes agents that wait.
    Notify,
    /// Waits until it is woken.
    Wait,
    Load,
    Store,
    Add,
    Sub,
    And,
    Or,
    Xor,
    Exchange,
    CompareExchange,
}

/// From opcode 0x10 on there are as many instructions of each kind as there are widths here, in this order.
const WIDTHS: [(Type, u8); 7] = [
    (Type::I32, 2),
    (Type::I64, 3),
    (Type::I32, 0),
    (Type::I32, 1),
    (Type::I64, 0),
    (Type::I64, 1),
    (Type::I64, 2),
];
const FIRST: u32 = 0x10;
const KINDS: [AtomicKind; 9] = [
    AtomicKind::Load,
    AtomicKind::Store,
    AtomicKind::Add,
    AtomicKind::Sub,
    AtomicKind::And,
    AtomicKind::Or,
    AtomicKind::Xor,
    AtomicKind::Exchange,
    AtomicKind::CompareExchange,
];

impl Atomic {
    /// The instruction of opcode `opcode` after the prefix 0xFE.
    pub(crate) fn decode(opcode: u32) -> Option<Self> {
        let waits = |kind, (value, log2)| Some(Self { kind, value, log2 });
        match opcode {
            0 => waits(AtomicKind::Notify, WIDTHS[0]),
            1 | 2 => waits(AtomicKind::Wait, WIDTHS[opcode as usize - 1]),
            _ => {
                let number = opcode.checked_sub(FIRST)? as usize;
                let (value, log2) = WIDTHS[number % WIDTHS.len()];
                Some(Self { kind: *KINDS.get(number / WIDTHS.len())?, value, log2 })
            }
        }
    }

    /// How many operands it has, the address included.
    pub(crate) fn operands(self) -> usize {
        match self.kind {
            AtomicKind::Load => 1,
            AtomicKind::Wait | AtomicKind::CompareExchange => 3,
            _ => 2,
        }
    }

    /// The type of its result, if it has one.
    pub(crate) fn result(self) -> Option<Type> {
        match self.kind {
            AtomicKind::Store => None,
            AtomicKind::Notify | AtomicKind::Wait => Some(Type::I32),
            _ => Some(self.value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Type;
    use super::{Atomic, AtomicKind, FENCE};

    #[test]
    fn opcodes_of_the_proposal() {
        let cases = [
            (0x00, AtomicKind::Notify, Type::I32, 2),
            (0x02, AtomicKind::Wait, Type::I64, 3),
            (0x16, AtomicKind::Load, Type::I64, 2),
            (0x17, AtomicKind::Store, Type::I32, 2),
            (0x21, AtomicKind::Add, Type::I32, 1),
            (0x2f, AtomicKind::And, Type::I32, 1),
            (0x42, AtomicKind::Exchange, Type::I64, 3),
            (0x4e, AtomicKind::CompareExchange, Type::I64, 2),
        ];
        for (opcode, kind, value, log2) in cases {
            assert_eq!(Atomic::decode(opcode), Some(Atomic { kind, value, log2 }), "{opcode:x}");
        }
        for opcode in [FENCE, 0x04, 0x0f, 0x4f] {
            assert_eq!(Atomic::decode(opcode), None, "{opcode:x}");
        }
    }
}
