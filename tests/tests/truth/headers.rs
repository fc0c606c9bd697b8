//! The address space of a 32-bit x86 kernel, computed as the kernel's own headers do it: in unsigned numbers of 64 bits with
//! masks and shifts, from the bottom of the headers up. Written after `fixmap.h`, `kmap_types.h`, `pgtable_32_types.h` and
//! `init_32.c`, not after the bundled layout.

use super::dice::Dice;

const PAGE_SIZE: u64 = 4096;
const MB: u64 = 1 << 20;
const GB: u64 = 1 << 30;

/// Versions on both sides of every change.
const VERSIONS: &[(u16, u16, u16)] = &[
    (2, 6, 20),
    (2, 6, 24),
    (2, 6, 25),
    (2, 6, 27),
    (2, 6, 28),
    (2, 6, 30),
    (2, 6, 31),
    (2, 6, 32),
    (2, 6, 33),
    (2, 6, 34),
    (2, 6, 35),
    (3, 12, 0),
    (3, 13, 0),
    (3, 18, 0),
    (3, 19, 0),
    (4, 14, 0),
    (4, 15, 0),
    (4, 18, 0),
    (4, 19, 0),
    (5, 3, 0),
    (5, 4, 0),
    (5, 5, 0),
    (5, 10, 0),
    (5, 11, 0),
    (6, 12, 0),
];

/// What a kernel is built and started with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kernel {
    pub(super) version: (u16, u16, u16),
    pub(super) page_offset: u64,
    pub(super) pae: bool,
    pub(super) highmem: bool,
    pub(super) zone_dma: bool,
    pub(super) nr_cpus: u64,
    pub(super) debug_highmem: bool,
    pub(super) fix_others: u64,
    pub(super) max_pfn: u64,
    pub(super) reserve: u64,
    pub(super) highmem_pages: u64,
    pub(super) reservetop: u64,
}

/// Where everything is. Ends are exclusive; what does not exist is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Map {
    pub(super) high_memory: u64,
    pub(super) vmalloc: (u64, u64),
    pub(super) pkmap: Option<(u64, u64)>,
    pub(super) ldt: Option<(u64, u64)>,
    pub(super) cpu_entry: Option<(u64, u64)>,
    pub(super) fixmap: (u64, u64),
    pub(super) max_low_pfn: u64,
    pub(super) max_pfn: u64,
}

impl Kernel {
    /// A kernel that can be built, on a machine that it can start on.
    pub(super) fn any(dice: &mut Dice) -> Self {
        let pae = dice.coin();
        let offsets: &[u64] = if pae {
            &[0xc000_0000, 0x8000_0000, 0x4000_0000]
        } else {
            &[
                0xc000_0000,
                0xb000_0000,
                0x8000_0000,
                0x7800_0000,
                0x4000_0000,
            ]
        };
        let page_offset = dice.pick(offsets);
        let reservetop = if dice.coin() {
            0
        } else {
            dice.between(0, 256 * MB, 4 * MB)
        };
        let room = (1 << 32) - page_offset - reservetop - 256 * MB;
        Self {
            version: dice.pick(VERSIONS),
            page_offset,
            pae,
            highmem: dice.below(4) != 0,
            zone_dma: dice.below(4) != 0,
            nr_cpus: dice.between(1, 512, 1),
            debug_highmem: dice.below(4) == 0,
            fix_others: dice.between(5, 16, 1),
            max_pfn: dice.between(16 * MB, if pae { 64 * GB } else { 4 * GB }, PAGE_SIZE)
                / PAGE_SIZE,
            reserve: if dice.coin() {
                128 * MB
            } else {
                dice.between(96 * MB, room, PAGE_SIZE)
            },
            highmem_pages: if dice.coin() {
                u64::MAX
            } else {
                dice.between(0, 4 * GB, PAGE_SIZE) / PAGE_SIZE
            },
            reservetop,
        }
    }

    /// The parameters of the bundled layout that describe it.
    pub(super) fn set(&self) -> Vec<(String, String)> {
        let (major, minor, patch) = self.version;
        let highmem_size = self.highmem_pages.min(64 * GB / PAGE_SIZE) * PAGE_SIZE;
        [
            ("KERNEL", format!("v{major}.{minor}.{patch}")),
            ("PAGE_OFFSET", format!("{:#x}", self.page_offset)),
            ("PAE", self.pae.to_string()),
            ("CONFIG_HIGHMEM", self.highmem.to_string()),
            ("ZONE_DMA", self.zone_dma.to_string()),
            ("NR_CPUS", self.nr_cpus.to_string()),
            ("DEBUG_HIGHMEM", self.debug_highmem.to_string()),
            ("FIX_OTHERS", self.fix_others.to_string()),
            ("RAM", format!("{:#x}", self.max_pfn * PAGE_SIZE)),
            ("VMALLOC_RESERVE", format!("{:#x}", self.reserve)),
            ("HIGHMEM_SIZE", format!("{highmem_size:#x}")),
            ("RESERVETOP", format!("{:#x}", self.reservetop)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// `enum fixed_addresses`: its permanent end and its end.
    fn fixed_addresses(&self) -> (u64, u64) {
        let mut km_type_nr = match self.version {
            v if v >= (5, 11, 0) => 16,
            v if v >= (2, 6, 35) => 20,
            v if v >= (2, 6, 31) => 19,
            _ => 13,
        };
        if self.debug_highmem {
            km_type_nr = km_type_nr * 2 + 1;
        }
        // Everything else, MAX_IO_APICS among it.
        let mut next = self.fix_others + 64;
        if self.highmem || self.version >= (2, 6, 28) {
            next += km_type_nr * self.nr_cpus;
        }
        let permanent = next;
        let total = match self.version {
            v if v >= (3, 13, 0) => 64 * 8,
            v if v >= (2, 6, 25) => 64 * 4,
            _ => 16,
        };
        let ptrs_per_pte: u64 = if self.pae { 512 } else { 1024 };
        let btmap_end = if self.version < (2, 6, 25) {
            permanent
        } else if self.version < (2, 6, 33) {
            permanent + 256 - (permanent & 255)
        } else if (permanent ^ (permanent + total - 1)) & ptrs_per_pte.wrapping_neg() != 0 {
            permanent + total - (permanent & (total - 1))
        } else {
            permanent
        };
        let btmap_begin = btmap_end + total - 1;
        let wp_test = btmap_begin + 1;
        (permanent, wp_test + 1)
    }

    /// The whole map.
    pub(super) fn map(&self) -> Map {
        let pmd_size: u64 = if self.pae { 2 * MB } else { 4 * MB };
        let pmd_mask = !(pmd_size - 1);
        let last_pkmap = if self.pae { 512 } else { 1024 };
        let fixaddr_top = (1 << 32) - self.reservetop - PAGE_SIZE;
        let (permanent, end) = self.fixed_addresses();
        let fixaddr_start = fixaddr_top - (permanent << 12);
        let fixaddr_tot_start = fixaddr_top - (end << 12);

        let entry_pages = match self.version {
            v if v >= (5, 5, 0) => 43,
            v if v >= (5, 4, 0) => 39,
            _ => 40,
        } * self.nr_cpus;
        let entry_base = (fixaddr_tot_start - PAGE_SIZE * (entry_pages + 1)) & pmd_mask;
        let ldt_base = (entry_base - PAGE_SIZE) & pmd_mask;
        let (pkmap_base, otherwise) = match self.version {
            v if v >= (4, 19, 0) => ((ldt_base - PAGE_SIZE) & pmd_mask, ldt_base),
            v if v >= (4, 15, 0) => ((entry_base - PAGE_SIZE) & pmd_mask, entry_base),
            v if v >= (3, 19, 0) => (
                (fixaddr_start - PAGE_SIZE * (last_pkmap + 1)) & pmd_mask,
                fixaddr_start,
            ),
            _ => (
                (fixaddr_tot_start - PAGE_SIZE * (last_pkmap + 1)) & pmd_mask,
                fixaddr_start,
            ),
        };
        let vmalloc_end = if self.highmem { pkmap_base } else { otherwise } - 2 * PAGE_SIZE;
        let maxmem = if self.version < (2, 6, 28) {
            (1 << 32) - self.reservetop - self.page_offset - self.reserve
        } else {
            vmalloc_end - self.page_offset - self.reserve
        };
        let (max_low_pfn, max_pfn) = self.frames(maxmem / PAGE_SIZE);
        let high_memory = self.page_offset + max_low_pfn * PAGE_SIZE;
        let vmalloc_start = if self.version < (2, 6, 28) {
            (high_memory + 2 * 8 * MB - 1) & !(8 * MB - 1)
        } else {
            high_memory + 8 * MB
        };
        let from = |since: (u16, u16, u16), range| (self.version >= since).then_some(range);
        Map {
            high_memory,
            vmalloc: (vmalloc_start, vmalloc_end),
            pkmap: self
                .highmem
                .then_some((pkmap_base, pkmap_base + last_pkmap * PAGE_SIZE)),
            ldt: from((4, 19, 0), (ldt_base, ldt_base + pmd_size)),
            cpu_entry: from(
                (4, 15, 0),
                (entry_base, entry_base + (entry_pages + 1) * PAGE_SIZE),
            ),
            fixmap: (fixaddr_start, fixaddr_top),
            max_low_pfn,
            max_pfn,
        }
    }

    /// `find_low_pfn_range()`: `lowmem_pfn_init()` and `highmem_pfn_init()`.
    fn frames(&self, maxmem_pfn: u64) -> (u64, u64) {
        let (max_pfn, mut highmem_pages) = (self.max_pfn, self.highmem_pages);
        if max_pfn <= maxmem_pfn {
            if !self.highmem
                || highmem_pages >= max_pfn
                || max_pfn - highmem_pages < 64 * MB / PAGE_SIZE
            {
                highmem_pages = 0;
            }
            return (
                max_pfn - highmem_pages,
                if self.highmem {
                    max_pfn
                } else {
                    max_pfn - highmem_pages
                },
            );
        }
        if !self.highmem {
            return (maxmem_pfn, maxmem_pfn);
        }
        let asked = highmem_pages.saturating_add(maxmem_pfn);
        (maxmem_pfn, if asked < max_pfn { asked } else { max_pfn })
    }
}
