//! The tree of fused sequences: a node is the start of a sequence, an edge leads to that with one more instruction.
//!
//! Its edges are a hash table, which `build.rs` fills; it reads this file too, so this names nothing else of the crate.

/// An edge of the tree.
#[derive(Clone, Copy)]
pub(crate) struct Edge {
    /// The node that it starts from; [`NOWHERE`] for a place of the table that has no edge.
    pub(crate) node: u16,
    /// The opcode of the next instruction.
    pub(crate) opcode: u16,
    /// The opcode of the sequence with it, or [`NOWHERE`] if only longer ones are fused.
    pub(crate) fused: u16,
    /// The node that it leads to, or [`NOWHERE`] if no longer sequence is fused.
    pub(crate) next: u16,
}

/// The node that no instruction leads to: all sequences start there.
pub(crate) const ROOT: u16 = 0;

/// No node, and no opcode.
pub(crate) const NOWHERE: u16 = u16::MAX;

/// Where in a table of `len` places, a power of two, the edge from `node` by `opcode` is, or before which other edges.
#[inline]
pub(crate) const fn home(node: u16, opcode: u16, len: usize) -> usize {
    let key = (node as u32) << 16 | opcode as u32;
    // The upper bits of multiples of the golden ratio, which fall far apart.
    (key.wrapping_mul(0x9E37_79B1) >> (32 - len.trailing_zeros())) as usize
}
