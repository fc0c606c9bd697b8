//! Segmentation: logical addresses (selector and offset) to linear ones, as an x86 processor in
//! protected mode does it (Intel SDM vol. 3, chapters 3 and 5).

use super::access::AccessKind;
use core::fmt;
use mapwright_runtime::layout::{DescriptorTable, Layout, Segment, SegmentClass};

/// A selector: index, table, and requested privilege level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Selector(pub u16);

impl Selector {
    /// The index of the descriptor in its table.
    #[must_use]
    pub const fn index(self) -> u16 {
        self.0 >> 3
    }

    /// The table.
    #[must_use]
    pub const fn table(self) -> DescriptorTable {
        if self.0 & 4 == 0 {
            DescriptorTable::Gdt
        } else {
            DescriptorTable::Ldt
        }
    }

    /// The requested privilege level.
    #[must_use]
    pub const fn rpl(self) -> u8 {
        (self.0 & 3) as u8
    }
}

/// Why a logical address has no linear one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SegmentFault {
    /// The null selector, or one whose descriptor does not exist.
    NoDescriptor {
        /// The selector.
        selector: u16,
    },
    /// The access reaches beyond the limit.
    Limit {
        /// The selector.
        selector: u16,
        /// The offset of the last byte accessed.
        offset: u64,
        /// The bytes of the segment.
        limit: u64,
    },
    /// The segment is not for that: code is not written, data is not executed.
    Type {
        /// The selector.
        selector: u16,
        /// What was tried.
        kind: AccessKind,
        /// What the segment holds.
        class: SegmentClass,
    },
    /// The segment is for more privileged code.
    Privilege {
        /// The selector.
        selector: u16,
        /// The current privilege level.
        cpl: u8,
        /// The requested one.
        rpl: u8,
        /// The segment's.
        dpl: u8,
    },
}

impl SegmentFault {
    /// `no_descriptor`, `limit`, `type` or `privilege`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoDescriptor { .. } => "no_descriptor",
            Self::Limit { .. } => "limit",
            Self::Type { .. } => "type",
            Self::Privilege { .. } => "privilege",
        }
    }
}

impl fmt::Display for SegmentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDescriptor { selector } => {
                write!(f, "selector {selector:#x} names no descriptor")
            }
            Self::Limit {
                selector,
                offset,
                limit,
            } => write!(
                f,
                "offset {offset:#x} is beyond the {limit:#x} bytes of selector {selector:#x}"
            ),
            Self::Type {
                selector,
                kind,
                class,
            } => {
                let class = match class {
                    SegmentClass::Code => "code",
                    SegmentClass::Data => "data",
                };
                let kind = kind.word();
                write!(
                    f,
                    "no {kind} in the {class} segment of selector {selector:#x}"
                )
            }
            Self::Privilege {
                selector,
                cpl,
                rpl,
                dpl,
            } => write!(
                f,
                "selector {selector:#x} of level {dpl} is not for level {cpl} (requested {rpl})"
            ),
        }
    }
}

impl core::error::Error for SegmentFault {}

/// The linear address of `offset` in the segment that `selector` names, for an access of `bytes` bytes
/// by code of privilege level `cpl` (0 to 3).
///
/// Code may be read (as all of Linux's code segments may), but not written; data is not executed. Data
/// is for levels up to its own, code is executed at exactly its own.
///
/// # Errors
/// The fault, in the order in which a processor finds it: descriptor, privilege, type, limit.
pub fn linear_of(
    layout: &Layout,
    selector: Selector,
    offset: u64,
    bytes: u64,
    kind: AccessKind,
    cpl: u8,
) -> Result<u64, SegmentFault> {
    let segment = descriptor(layout, selector)?;
    check_privilege(segment, selector, kind, cpl)?;
    let wrong = matches!(
        (segment.class, kind),
        (SegmentClass::Code, AccessKind::Write) | (SegmentClass::Data, AccessKind::Execute)
    );
    if wrong {
        return Err(SegmentFault::Type {
            selector: selector.0,
            kind,
            class: segment.class,
        });
    }
    let last = offset.checked_add(bytes.max(1) - 1);
    let last = last.filter(|last| *last < segment.limit);
    let linear = segment.base.wrapping_add(offset);
    // Linear addresses of protected mode have 32 bits.
    let linear = linear & u64::from(u32::MAX);
    last.map(|_| linear).ok_or(SegmentFault::Limit {
        selector: selector.0,
        offset: offset.saturating_add(bytes.max(1) - 1),
        limit: segment.limit,
    })
}

fn descriptor(layout: &Layout, selector: Selector) -> Result<&Segment, SegmentFault> {
    let null = selector.index() == 0 && selector.table() == DescriptorTable::Gdt;
    let mut segments = layout.segments().iter();
    let found = segments
        .find(|segment| segment.index == selector.index() && segment.table == selector.table());
    found.filter(|_| !null).ok_or(SegmentFault::NoDescriptor {
        selector: selector.0,
    })
}

fn check_privilege(
    segment: &Segment,
    selector: Selector,
    kind: AccessKind,
    cpl: u8,
) -> Result<(), SegmentFault> {
    let (rpl, dpl) = (selector.rpl(), segment.dpl);
    let allowed = match kind {
        AccessKind::Execute => cpl == dpl && rpl <= cpl,
        AccessKind::Read | AccessKind::Write => cpl.max(rpl) <= dpl,
    };
    if allowed {
        Ok(())
    } else {
        Err(SegmentFault::Privilege {
            selector: selector.0,
            cpl,
            rpl,
            dpl,
        })
    }
}
