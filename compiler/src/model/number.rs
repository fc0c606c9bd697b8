//! Numbers: their kinds, where they were written, and names for them.

use super::EnumId;
use crate::source::Loc;
use crate::term::TermId;
use mapwright_grammar::Version;

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

/// The integer that stands for a version in terms: its four parts of 16 bits, so that versions are ordered as their integers.
#[must_use]
pub fn version_code(version: Version) -> i128 {
    let parts = version.parts().into_iter();
    parts.fold(0, |code, part| (code << 16) | i128::from(part))
}

/// The version that an integer stands for.
#[must_use]
pub fn version_of(code: i128) -> Version {
    let part = |shift: u32| ((code >> shift) & 0xFFFF) as u16;
    Version::new([part(48), part(32), part(16), part(0)])
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
