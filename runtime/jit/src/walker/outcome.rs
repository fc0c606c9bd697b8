//! The codes of answers.

use mapwright_runtime::walk::{Walk, WalkFault};

/// What an address was found to be. The low seven bits of a code are the level, the next tells of reserved bits, the next
/// byte is this kind; what was gathered of rights stands above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Mapped,
    NonCanonical,
    NotPresent,
    ReservedBit,
    BadTableAddress,
    ImageHole,
}

/// The bit of a code that is set when an entry on the way has reserved bits set and was followed all the same.
pub(super) const RESERVED_BIT: u32 = 7;
/// Where rights begin in a code.
pub(super) const RIGHTS_SHIFT: u32 = 16;
/// The code of an address that is left to the interpreter.
pub(super) const ASK: u32 = 0xff00;

const KINDS: [Kind; 6] = [
    Kind::Mapped,
    Kind::NonCanonical,
    Kind::NotPresent,
    Kind::ReservedBit,
    Kind::BadTableAddress,
    Kind::ImageHole,
];

impl Kind {
    /// The code without rights.
    pub(super) const fn code(self, level: usize) -> u32 {
        (self as u32) << 8 | level as u32
    }

    pub(super) fn of(code: u32) -> Option<Self> {
        KINDS.get((code >> 8 & 0xff) as usize).copied()
    }

    /// `None` for a permission: walks by code ask for none.
    pub(super) fn of_fault(fault: &WalkFault) -> Option<Self> {
        Some(match fault {
            WalkFault::NonCanonical => Self::NonCanonical,
            WalkFault::NotPresent { .. } => Self::NotPresent,
            WalkFault::ReservedBit { .. } => Self::ReservedBit,
            WalkFault::BadTableAddress { .. } => Self::BadTableAddress,
            WalkFault::ImageHole { .. } => Self::ImageHole,
            WalkFault::Permission { .. } => return None,
        })
    }

    /// The fault of this kind; `None` when it is none.
    pub(super) fn fault(self, level: u32, entry_at: u64, entry: u64) -> Option<WalkFault> {
        Some(match self {
            Self::Mapped => return None,
            Self::NonCanonical => WalkFault::NonCanonical,
            Self::NotPresent => WalkFault::NotPresent {
                level,
                entry_at,
                entry,
            },
            Self::ReservedBit => WalkFault::ReservedBit {
                level,
                entry_at,
                entry,
            },
            Self::BadTableAddress => WalkFault::BadTableAddress {
                level,
                entry_at,
                entry,
            },
            Self::ImageHole => WalkFault::ImageHole {
                level,
                entry_at,
                entry,
            },
        })
    }
}

/// The level in a code, 0 for the top.
pub(super) const fn level_of(code: u32) -> u32 {
    code & ((1 << RESERVED_BIT) - 1)
}

/// Whether a code tells of reserved bits.
pub(super) const fn has_reserved(code: u32) -> bool {
    code >> RESERVED_BIT & 1 == 1
}

/// The rights in a code, as they were gathered.
pub(super) const fn gathered_of(code: u32) -> usize {
    (code >> RIGHTS_SHIFT) as usize
}

/// What batches say of a walk that the interpreter has done: the physical address, or where the entry stands, or the
/// address itself if it is not canonical; and the code without rights.
pub(super) fn answer(address: u64, walk: &Result<Walk, WalkFault>) -> (u64, u32) {
    match walk {
        Ok(walk) => {
            let told = u32::from(walk.reserved.is_some()) << RESERVED_BIT;
            (walk.physical, Kind::Mapped.code(walk.level as usize) | told)
        }
        Err(fault) => {
            let kind = Kind::of_fault(fault).unwrap_or(Kind::NonCanonical);
            let level = fault.level().unwrap_or(0);
            (
                fault.entry_at().unwrap_or(address),
                kind.code(level as usize),
            )
        }
    }
}
