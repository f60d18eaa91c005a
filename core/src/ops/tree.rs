//! The tree of fused sequences: a node is the start of a sequence, an edge leads to that with one more instruction.
//!
//! Its edges are one table: a node is a position there, and its edge by an opcode is that many places further on, between
//! those of other nodes. `build.rs` fills it and reads this file too, so this names nothing else of the crate.

/// A place of the table: an edge, or none.
#[derive(Clone, Copy)]
pub(crate) struct Edge {
    /// The node that it starts from; no node, nor [`NOWHERE`], where there is no edge.
    pub(crate) node: u16,
    /// The opcode of the sequence with its instruction, or [`NOWHERE`] if only longer ones are fused.
    pub(crate) fused: u16,
    /// The node that it leads to, or [`NOWHERE`] if no longer sequence is fused.
    pub(crate) next: u16,
}

/// The instructions of a sequence, at most.
pub(crate) const LONGEST: usize = 8;

/// The node that no instruction leads to: all sequences start there.
pub(crate) const ROOT: u16 = 0;

/// No node, and no opcode; a position behind the table.
pub(crate) const NOWHERE: u16 = u16::MAX;
