//! x86 segments.

use super::Num;
use crate::source::Loc;

/// An x86 segment.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// True for the local table.
    pub local: bool,
    /// Its index in the table.
    pub index: Num,
    /// True for code.
    pub code: bool,
    /// Its linear base.
    pub base: Num,
    /// Its size in bytes (half-open, as everywhere).
    pub limit: Num,
    /// Its privilege level, 0 to 3.
    pub dpl: Num,
}
