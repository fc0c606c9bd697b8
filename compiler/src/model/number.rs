//! Numbers: their kinds, where they were written, and names for them.

use super::EnumId;
use crate::source::Loc;
use crate::term::TermId;

/// What a number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A literal without suffix: becomes whatever it meets.
    Number,
    /// A place in a space.
    Addr,
    /// A distance between places.
    Size,
    /// A count.
    Int,
    /// A condition.
    Bool,
    /// A version, encoded by [`version_code`].
    Version,
    /// A choice: the number of the variant.
    Enum(EnumId),
}

/// The integer that stands for a version in terms: `major << 32 | minor << 16 | patch`.
#[must_use]
pub const fn version_code(version: [u16; 3]) -> i128 {
    ((version[0] as i128) << 32) | ((version[1] as i128) << 16) | version[2] as i128
}

/// A number, and where it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Num {
    /// Its value.
    pub term: TermId,
    /// Where it was written.
    pub loc: Loc,
}

/// A named value.
#[derive(Debug, Clone)]
pub struct Let {
    /// Its name.
    pub name: String,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// Its kind.
    pub kind: Kind,
    /// Its value.
    pub value: Num,
}

/// A constant of generated code.
#[derive(Debug, Clone)]
pub struct Export {
    /// Its name.
    pub name: String,
    /// Where its name is written.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// Its kind.
    pub kind: Kind,
    /// Its value.
    pub value: Num,
}
