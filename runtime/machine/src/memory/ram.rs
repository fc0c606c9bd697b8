//! What lies where in physical space: memory, what of it is reserved, devices, and holes between.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use mapwright_runtime::range::Range;

/// What a range of physical space is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MemoryKind {
    /// Memory that allocators may give.
    Ram,
    /// Memory that is in use from the start: firmware, the kernel's image, its frame descriptors.
    Reserved,
    /// A device's registers or memory.
    Device,
}

impl MemoryKind {
    /// `ram`, `reserved` or `device`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ram => "ram",
            Self::Reserved => "reserved",
            Self::Device => "device",
        }
    }
}

/// A range of physical space that is no hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryRange {
    /// Where.
    pub range: Range,
    /// What.
    pub kind: MemoryKind,
    /// Its name: of the zone, the reserve, the device.
    pub name: String,
}

/// Two ranges of a machine that cannot both be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryConflict {
    /// The one that begins first.
    pub first: MemoryRange,
    /// The other.
    pub second: MemoryRange,
}

impl fmt::Display for MemoryConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |f: &mut fmt::Formatter<'_>, one: &MemoryRange| {
            write!(f, "{} `{}` ({})", one.kind.word(), one.name, one.range)
        };
        show(f, &self.first)?;
        f.write_str(" and ")?;
        show(f, &self.second)?;
        f.write_str(" overlap")
    }
}

impl core::error::Error for MemoryConflict {}

/// The map of physical space: disjoint ranges in address order, holes between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RamMap {
    ranges: Vec<MemoryRange>,
}

impl RamMap {
    /// A map of memory, of devices, and of what is reserved ([`RamMap::reserve`] for each).
    ///
    /// # Errors
    /// When memory overlaps memory or a device, or a device a device.
    pub fn new(
        ram: Vec<MemoryRange>,
        reserved: &[MemoryRange],
        devices: Vec<MemoryRange>,
    ) -> Result<Self, MemoryConflict> {
        let mut map = Self {
            ranges: [ram, devices].concat(),
        };
        map.sort()?;
        reserved.iter().for_each(|reserve| map.reserve(reserve));
        Ok(map)
    }

    /// The map with something that answers in the holes between memory, as far as direct maps show them: devices that
    /// nobody described (the video memory below 1M of a PC, its PCI hole). What is written there stays.
    #[must_use]
    pub(crate) fn with_devices_in_holes(mut self, shown: &[Range]) -> Self {
        let mut holes = Vec::new();
        for range in shown {
            let memory = self.overlapping(*range);
            let end = memory.filter(|one| one.kind != MemoryKind::Device).last();
            let Some(end) = end.map(|one| one.range.end()) else {
                continue;
            };
            let mut next = u128::from(range.base());
            for one in self.overlapping(*range) {
                holes.extend(Range::from_start_end(next, one.range.base().into()));
                next = one.range.end();
                if next >= end {
                    break;
                }
            }
        }
        holes.sort_unstable_by_key(|hole| hole.base());
        let mut next = 0;
        for hole in holes {
            // Two windows may show the same hole.
            let base = u128::from(hole.base()).max(next);
            if let Some(range) = Range::from_start_end(base, hole.end()) {
                next = range.end();
                let (kind, name) = (MemoryKind::Device, "hole".into());
                self.ranges.push(MemoryRange { range, kind, name });
            }
        }
        self.ranges.sort_unstable_by_key(|one| one.range.base());
        self
    }

    fn sort(&mut self) -> Result<(), MemoryConflict> {
        self.ranges
            .sort_unstable_by_key(|one| (one.range.base(), one.kind));
        let mut pairs = self.ranges.windows(2);
        match pairs.find(|pair| pair[0].range.overlaps(pair[1].range)) {
            Some(pair) => Err(MemoryConflict {
                first: pair[0].clone(),
                second: pair[1].clone(),
            }),
            None => Ok(()),
        }
    }

    /// Marks a range as reserved: what of it is memory is reserved memory from now on, and where
    /// nothing was, something answers that is no memory (firmware, a window of a bridge), as a device
    /// does. What of it is reserved or a device already stays as it is.
    pub fn reserve(&mut self, reserve: &MemoryRange) {
        let piece = |kind, range| MemoryRange {
            range,
            kind,
            name: reserve.name.clone(),
        };
        let mut kept = Vec::with_capacity(self.ranges.len() + 2);
        let mut rest = Some(reserve.range);
        for one in core::mem::take(&mut self.ranges) {
            let Some(common) = one.range.intersection(reserve.range) else {
                kept.push(one);
                continue;
            };
            if let Some(range) = rest {
                let (below, above) = range.without(one.range);
                kept.extend(below.map(|range| piece(MemoryKind::Device, range)));
                rest = above;
            }
            if one.kind != MemoryKind::Ram {
                kept.push(one);
                continue;
            }
            let (below, above) = one.range.without(reserve.range);
            let beside = [below, above].into_iter().flatten();
            kept.extend(beside.map(|range| MemoryRange {
                range,
                ..one.clone()
            }));
            kept.push(piece(MemoryKind::Reserved, common));
        }
        kept.extend(rest.map(|range| piece(MemoryKind::Device, range)));
        kept.sort_unstable_by_key(|one| one.range.base());
        self.ranges = kept;
    }

    /// The ranges in address order.
    #[must_use]
    pub fn ranges(&self) -> &[MemoryRange] {
        &self.ranges
    }

    /// The range that holds `address`; a hole when there is none.
    #[must_use]
    pub fn at(&self, address: u64) -> Option<&MemoryRange> {
        let after = self
            .ranges
            .partition_point(|one| one.range.base() <= address);
        let one = self.ranges[..after].last()?;
        one.range.contains(address).then_some(one)
    }

    /// The ranges that overlap `range`, in address order.
    pub fn overlapping(&self, range: Range) -> impl Iterator<Item = &MemoryRange> {
        let from = self
            .ranges
            .partition_point(|one| one.range.last() < range.base());
        let ranges = self.ranges[from..].iter();
        ranges.take_while(move |one| one.range.base() <= range.last())
    }

    /// The bytes of a kind.
    #[must_use]
    pub fn bytes_of(&self, kind: MemoryKind) -> u128 {
        let ranges = self.ranges.iter().filter(|one| one.kind == kind);
        ranges.map(|one| one.range.size()).sum()
    }

    /// The last address that is no hole.
    #[must_use]
    pub fn last(&self) -> Option<u64> {
        self.ranges.last().map(|one| one.range.last())
    }

    /// The stretches of whole frames of 2^`bits` bytes that are free memory from end to end,
    /// `first .. end` each, in order. Ranges of memory that touch count as one.
    #[must_use]
    pub fn whole_frames(&self, bits: u32) -> Vec<(u64, u64)> {
        let size = 1_u128 << bits;
        let mut stretches: Vec<(u128, u128)> = Vec::new();
        for one in self.ranges.iter().filter(|one| one.kind == MemoryKind::Ram) {
            let (base, end) = (u128::from(one.range.base()), one.range.end());
            match stretches.last_mut() {
                Some((_, last)) if *last == base => *last = end,
                _ => stretches.push((base, end)),
            }
        }
        let frames = stretches.into_iter().map(|(base, end)| {
            let (first, end) = (base.div_ceil(size), end / size);
            // A frame number has at most 64 bits less those of the offset.
            (first as u64, end as u64)
        });
        frames.filter(|(first, end)| first < end).collect()
    }
}
