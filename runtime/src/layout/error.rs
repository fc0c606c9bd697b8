//! Why a layout is refused.

use super::{PlaceKind, Sharing};
use crate::range::Range;
use alloc::string::String;
use core::fmt;

/// The name of a place in messages: `lowmem`, `kstack[3]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaceLabel {
    /// The name.
    pub name: String,
    /// The member number, in a family.
    pub member: Option<i128>,
}

impl fmt::Display for PlaceLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.member {
            Some(member) => write!(f, "{}[{member}]", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A law that the contents of a builder break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutError {
    /// An id names nothing: nothing was added at its position.
    UnknownId {
        /// What has the id: a space, a place.
        user: String,
        /// What the id should name: `space`, `place` or `format`.
        what: &'static str,
        /// Its position.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// Two spaces, places (of the same member number), parameters, constants or segments have the
    /// same name.
    DuplicateName {
        /// `space`, `place`, `parameter`, `constant`, `export` or `segment`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A space is not 1 to 64 bits wide.
    SpaceBits {
        /// The space.
        space: String,
        /// Its width.
        bits: u32,
    },
    /// A space's format translates more address bits than the space has.
    FormatTooWide {
        /// The space.
        space: String,
        /// Its width in bits.
        bits: u32,
        /// The format.
        format: String,
        /// The format's virtual width in bits.
        va_bits: u32,
    },
    /// Spaces translate into each other in a circle.
    SpaceCycle {
        /// A space of the circle.
        space: String,
    },
    /// A place is its own parent, directly or through others.
    ParentCycle {
        /// A place of the circle.
        place: PlaceLabel,
    },
    /// A place and its parent are in different spaces.
    ParentInOtherSpace {
        /// The place.
        place: PlaceLabel,
        /// Its parent.
        parent: PlaceLabel,
    },
    /// A place of this kind cannot be inside a place of that kind.
    ParentKind {
        /// The place.
        place: PlaceLabel,
        /// What it is.
        kind: PlaceKind,
        /// Its parent.
        parent: PlaceLabel,
        /// What that is.
        parent_kind: PlaceKind,
    },
    /// A place leaves its space.
    OutsideSpace {
        /// The place.
        place: PlaceLabel,
        /// Its range.
        range: Range,
        /// The space.
        space: String,
        /// The space's addresses.
        bounds: Range,
    },
    /// A place leaves its parent.
    OutsideParent {
        /// The place.
        place: PlaceLabel,
        /// Its range.
        range: Range,
        /// Its parent.
        parent: PlaceLabel,
        /// The parent's range.
        bounds: Range,
    },
    /// Two places side by side overlap, and neither is an alias of the other.
    Overlap {
        /// The one that begins first.
        first: PlaceLabel,
        /// Its range.
        first_range: Range,
        /// The other.
        second: PlaceLabel,
        /// The other's range.
        second_range: Range,
    },
    /// The parts of a space leave addresses out.
    SplitGap {
        /// The space.
        space: String,
        /// The addresses in no part.
        gap: Range,
    },
    /// A part is inside another place.
    NestedPart {
        /// The part.
        part: PlaceLabel,
    },
    /// A space is split, and a window, guard, hole or area of it is in no part.
    NotInPart {
        /// The place.
        place: PlaceLabel,
    },
    /// A part with shared tables begins or ends inside an entry of the top table.
    SharedPartUnaligned {
        /// The part.
        part: PlaceLabel,
        /// Its range.
        range: Range,
        /// The bytes behind one entry of the top table.
        span: u64,
    },
    /// Something other than a part says whose tables describe it.
    TablesOnNonPart {
        /// The place.
        place: PlaceLabel,
        /// What it says.
        tables: Sharing,
    },
    /// A place of this kind cannot have a target (or, for a window, has none).
    TargetKind {
        /// The place.
        place: PlaceLabel,
        /// What it is.
        kind: PlaceKind,
        /// The target's word.
        target: &'static str,
    },
    /// A view is in no window.
    ViewOutsideWindow {
        /// The view.
        place: PlaceLabel,
    },
    /// A linear window begins at an address that its target space does not have, or ends past it.
    TargetOutsideSpace {
        /// The window.
        window: PlaceLabel,
        /// The target of its first byte.
        at: u64,
        /// The bytes that it needs there.
        size: u128,
        /// The target space.
        space: String,
        /// The target space's addresses.
        bounds: Range,
    },
    /// A number that must be at least 1 is 0: `repeat`, `element`, `per` or a slot's `count`.
    ZeroNumber {
        /// The window.
        window: PlaceLabel,
        /// Which number.
        what: &'static str,
    },
    /// A place is named where a place of another kind must be: a zone, a device, a window.
    WrongKind {
        /// Who names it.
        user: PlaceLabel,
        /// The kind that it must have.
        expected: PlaceKind,
        /// What is named.
        named: PlaceLabel,
        /// What that is.
        kind: PlaceKind,
    },
    /// The slots of a fixed window are not numbered one after the other from 0.
    SlotNumbers {
        /// The window.
        window: PlaceLabel,
        /// The slot.
        slot: String,
        /// Its first number.
        first_index: u64,
        /// What that must be.
        expected: u64,
    },
    /// A segment's index or privilege level does not exist.
    SegmentNumbers {
        /// The segment.
        segment: String,
        /// Its index, at most 8191.
        index: u16,
        /// Its privilege level, at most 3.
        dpl: u8,
    },
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownId {
                user,
                what,
                index,
                count,
            } => {
                write!(
                    f,
                    "{user} names {what} number {index}, but there are {count}"
                )
            }
            Self::DuplicateName { what, name } => write!(f, "two {what}s are named `{name}`"),
            Self::SpaceBits { space, bits } => {
                write!(
                    f,
                    "space `{space}` has {bits} bits, but 1 to 64 are possible"
                )
            }
            Self::FormatTooWide {
                space,
                bits,
                format,
                va_bits,
            } => write!(
                f,
                "space `{space}` has {bits} bits, but format `{format}` translates {va_bits}"
            ),
            Self::SpaceCycle { space } => {
                write!(
                    f,
                    "space `{space}` is translated into itself, through others"
                )
            }
            Self::ParentCycle { place } => write!(f, "`{place}` is inside itself"),
            Self::ParentInOtherSpace { place, parent } => {
                write!(
                    f,
                    "`{place}` and its parent `{parent}` are in different spaces"
                )
            }
            Self::ParentKind {
                place,
                kind,
                parent,
                parent_kind,
            } => {
                write!(
                    f,
                    "{kind} `{place}` cannot be inside {parent_kind} `{parent}`"
                )
            }
            Self::OutsideSpace {
                place,
                range,
                space,
                bounds,
            } => {
                write!(f, "`{place}` ({range}) leaves space `{space}` ({bounds})")
            }
            Self::OutsideParent {
                place,
                range,
                parent,
                bounds,
            } => {
                write!(f, "`{place}` ({range}) leaves `{parent}` ({bounds})")
            }
            Self::Overlap {
                first,
                first_range,
                second,
                second_range,
            } => {
                write!(
                    f,
                    "`{first}` ({first_range}) and `{second}` ({second_range}) overlap"
                )
            }
            Self::SplitGap { space, gap } => {
                write!(f, "no part of space `{space}` holds {gap}")
            }
            Self::NestedPart { part } => write!(f, "part `{part}` is inside another place"),
            Self::NotInPart { place } => {
                write!(f, "`{place}` is in no part of its space, which is split")
            }
            Self::SharedPartUnaligned { part, range, span } => write!(
                f,
                "part `{part}` ({range}) is shared, but its ends are no multiples of {span:#x}, \
                 the reach of an entry of the top table"
            ),
            Self::TablesOnNonPart { place, tables } => {
                write!(
                    f,
                    "`{place}` is no part, but says that its tables are {tables}"
                )
            }
            Self::TargetKind {
                place,
                kind,
                target,
            } => {
                write!(f, "{kind} `{place}` cannot have target {target}")
            }
            Self::ViewOutsideWindow { place } => {
                write!(f, "`{place}` is a view, but is in no window")
            }
            Self::TargetOutsideSpace {
                window,
                at,
                size,
                space,
                bounds,
            } => write!(
                f,
                "`{window}` maps {size:#x} bytes from {at:#x} of space `{space}` ({bounds})"
            ),
            Self::ZeroNumber { window, what } => write!(f, "`{window}`: {what} is 0"),
            Self::WrongKind {
                user,
                expected,
                named,
                kind,
            } => {
                write!(
                    f,
                    "`{user}` names {kind} `{named}` where a {expected} must be"
                )
            }
            Self::SlotNumbers {
                window,
                slot,
                first_index,
                expected,
            } => write!(
                f,
                "slot `{slot}` of `{window}` begins at number {first_index} instead of {expected}"
            ),
            Self::SegmentNumbers {
                segment,
                index,
                dpl,
            } => write!(
                f,
                "segment `{segment}` has index {index} (at most 8191) and privilege level {dpl} \
                 (at most 3)"
            ),
        }
    }
}

impl core::error::Error for LayoutError {}
