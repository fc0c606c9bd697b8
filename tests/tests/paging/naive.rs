//! Walks as the manuals tell them, one function for each family, without the declarations of formats.

use mapwright_runtime::Access;

/// A page, or the word of the fault, its level from the top, where the entry stands, and the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Page {
        physical: u64,
        bytes: u64,
        access: Access,
    },
    Fault(&'static str, u32, u64, u64),
    NonCanonical,
}

/// Reads a little-endian entry.
pub(super) type Read<'a> = &'a dyn Fn(u64) -> Option<u64>;

/// An entry, or the fault that there is none. `from` is what led to its table.
fn entry(read: Read<'_>, level: u32, at: u64, from: u64) -> Result<u64, Found> {
    read(at).ok_or(Found::Fault("image_hole", level, at, from))
}

const fn bits(high: u32, low: u32) -> u64 {
    (u64::MAX >> (63 - high)) & (u64::MAX << low)
}

fn rights(read: bool, write: bool, execute: bool, user: bool, global: bool) -> Access {
    Access {
        read,
        write,
        execute,
        user,
        global,
    }
}

/// What bit 7 of a directory entry of 32-bit x86 does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pse {
    Ignored,
    Plain,
    Bits36,
}

/// Intel SDM 4.3.
pub(super) fn x86_32(read: Read<'_>, pse: Pse, root: u64, va: u64) -> Result<Found, Found> {
    if va > u64::from(u32::MAX) {
        return Ok(Found::NonCanonical);
    }
    let at = root + (va >> 22) * 4;
    let pde = entry(read, 0, at, root)?;
    if pde & 1 == 0 {
        return Ok(Found::Fault("not_present", 0, at, pde));
    }
    if pde & 0x80 != 0 && pse != Pse::Ignored {
        let (reserved, upper) = match pse {
            Pse::Bits36 => (1 << 21, (pde >> 13 & 0xff) << 32),
            _ => (bits(21, 13), 0),
        };
        if pde & reserved != 0 {
            return Ok(Found::Fault("reserved_bit", 0, at, pde));
        }
        return Ok(Found::Page {
            physical: pde & 0xffc0_0000 | upper | va & 0x3f_ffff,
            bytes: 4 << 20,
            access: rights(true, pde & 2 != 0, true, pde & 4 != 0, pde & 0x100 != 0),
        });
    }
    let at = (pde & 0xffff_f000) + (va >> 12 & 0x3ff) * 4;
    let pte = entry(read, 1, at, pde)?;
    if pte & 1 == 0 {
        return Ok(Found::Fault("not_present", 1, at, pte));
    }
    let both = pde & pte;
    Ok(Found::Page {
        physical: pte & 0xffff_f000 | va & 0xfff,
        bytes: 4096,
        access: rights(true, both & 2 != 0, true, both & 4 != 0, pte & 0x100 != 0),
    })
}

/// Intel SDM 4.4 (`levels` 3) and 4.5 (4 and 5).
pub(super) fn x86_64(read: Read<'_>, levels: u32, root: u64, va: u64) -> Result<Found, Found> {
    let pae = levels == 3;
    let canonical = match levels {
        3 => va >> 32 == 0,
        _ => {
            let top = (va as i64) >> (levels * 9 + 11);
            top == 0 || top == -1
        }
    };
    if !canonical {
        return Ok(Found::NonCanonical);
    }
    let (mut table, mut from) = (root, root);
    let (mut write, mut user, mut execute) = (true, true, true);
    for level in 0..levels {
        let height = levels - 1 - level;
        let low = 12 + 9 * height;
        let index = if pae && height == 2 {
            va >> 30 & 3
        } else {
            va >> low & 0x1ff
        };
        let at = table + index * 8;
        let e = entry(read, level, at, from)?;
        if e & 1 == 0 {
            return Ok(Found::Fault("not_present", level, at, e));
        }
        let large = e & 0x80 != 0;
        let leaf = height == 0 || large && (height == 1 || height == 2 && !pae);
        let mut reserved = match (height, leaf) {
            (0, _) | (_, false) => 0,
            _ => bits(low - 1, 13),
        };
        if !leaf && height >= 2 && large && !pae {
            reserved |= 0x80;
        }
        if pae {
            reserved |= bits(62, 52);
            if height == 2 {
                reserved |= bits(2, 1) | bits(8, 5) | 1 << 63;
            }
        }
        if e & reserved != 0 {
            return Ok(Found::Fault("reserved_bit", level, at, e));
        }
        // The pointers of PAE carry no rights.
        if !(pae && height == 2) {
            write &= e & 2 != 0;
            user &= e & 4 != 0;
            execute &= e >> 63 == 0;
        }
        if leaf {
            return Ok(Found::Page {
                physical: e & bits(51, low) | va & (bits(low, 0) >> 1),
                bytes: 1 << low,
                access: rights(true, write, execute, user, e & 0x100 != 0),
            });
        }
        (table, from) = (e & bits(51, 12), e);
    }
    unreachable!("the last level has pages only")
}

/// A granule and widths of Arm's stage 1: DDI 0487 D8.2, D8.3.
#[derive(Clone, Copy)]
pub(super) struct Arm {
    /// 12, 14 or 16.
    pub(super) granule: u32,
    pub(super) bits: u32,
    /// LPA2 (4K, 16K) or LPA (64K).
    pub(super) wide: bool,
}

impl Arm {
    fn address(self, e: u64, low: u32) -> u64 {
        match (self.wide, self.granule) {
            (false, _) => e & bits(47, low),
            (true, 16) => e & bits(47, low) | (e >> 12 & 0xf) << 48,
            (true, _) => e & bits(49, low) | (e >> 8 & 3) << 50,
        }
    }

    /// RES0 of a descriptor whose address begins at `low`.
    fn reserved(self, low: u32, table: bool) -> u64 {
        let mut reserved = 0;
        if !self.wide || self.granule == 16 {
            reserved |= bits(49, 48);
        }
        if table {
            reserved |= 1 << 50;
        }
        if low > 17 {
            reserved |= bits(low - 1, 17);
        }
        // 15:12 below an address, unless they are its upper bits.
        let upper_there = self.wide && self.granule == 16;
        if low > 12 && !upper_there {
            reserved |= bits(low.min(16) - 1, 12);
        }
        reserved
    }

    pub(super) fn walk(self, read: Read<'_>, roots: &[u64], va: u64) -> Result<Found, Found> {
        let above = va >> self.bits;
        let upper = above == u64::MAX >> self.bits;
        if above != 0 && !upper {
            return Ok(Found::NonCanonical);
        }
        let root = roots[usize::from(upper)];
        let stride = self.granule - 3;
        let levels = (self.bits - self.granule).div_ceil(stride);
        let (mut table, mut from) = (root, root);
        let (mut user, mut write, mut pxn, mut uxn) = (true, true, false, false);
        for number in 0..levels {
            // Level 3 is the last, whatever the first is.
            let level = 4 - levels as i32 + number as i32;
            let low = self.granule + stride * (levels - 1 - number);
            let high = (low + stride).min(self.bits) - 1;
            let at = table + ((va & bits(high, low)) >> low) * 8;
            let e = entry(read, number, at, from)?;
            if e & 1 == 0 {
                return Ok(Found::Fault("not_present", number, at, e));
            }
            let bad = Found::Fault("reserved_bit", number, at, e);
            let first_block = match (self.granule, self.wide) {
                (12, false) | (14 | 16, true) => 1,
                (12, true) => 0,
                _ => 2,
            };
            let leaf = level == 3 || e & 2 == 0;
            if e & 2 == 0 && (level == 3 || level < first_block) {
                return Ok(bad);
            }
            let begin = if leaf { low } else { self.granule };
            if e & self.reserved(begin, !leaf) != 0 {
                return Ok(bad);
            }
            let address = self.address(e, begin);
            if !leaf {
                user &= e >> 61 & 1 == 0;
                write &= e >> 62 & 1 == 0;
                pxn |= e >> 59 & 1 == 1;
                uxn |= e >> 60 & 1 == 1;
                (table, from) = (address, e);
                continue;
            }
            user &= e >> 6 & 1 == 1;
            write &= e >> 7 & 1 == 0;
            pxn |= e >> 53 & 1 == 1;
            uxn |= e >> 54 & 1 == 1;
            return Ok(Found::Page {
                physical: address | va & (bits(low, 0) >> 1),
                bytes: 1 << low,
                access: rights(true, write, !pxn || !uxn, user, e >> 11 & 1 == 0),
            });
        }
        unreachable!("level 3 has pages only")
    }
}

/// RISC-V privileged 4.3.2, for Sv32 (`levels` 2) and Sv39 to Sv57 (3 to 5).
pub(super) fn riscv(read: Read<'_>, levels: u32, root: u64, va: u64) -> Result<Found, Found> {
    let narrow = levels == 2;
    let (stride, entry_bytes) = if narrow { (10, 4) } else { (9, 8) };
    let canonical = if narrow {
        va >> 32 == 0
    } else {
        let top = (va as i64) >> (levels * 9 + 11);
        top == 0 || top == -1
    };
    if !canonical {
        return Ok(Found::NonCanonical);
    }
    let (mut table, mut from, mut global) = (root, root, false);
    for level in 0..levels {
        let height = levels - 1 - level;
        let low = 12 + stride * height;
        let at = table + (va >> low & bits(stride - 1, 0)) * entry_bytes;
        let e = entry(read, level, at, from)?;
        if e & 1 == 0 {
            return Ok(Found::Fault("not_present", level, at, e));
        }
        let bad = Found::Fault("reserved_bit", level, at, e);
        let (r, w, x) = (e >> 1 & 1 == 1, e >> 2 & 1 == 1, e >> 3 & 1 == 1);
        let memory_type = if narrow { 0 } else { e >> 61 & 3 };
        if !narrow && (e >> 63 != 0 || e & bits(60, 54) != 0) || w && !r || memory_type == 3 {
            return Ok(bad);
        }
        global |= e >> 5 & 1 == 1;
        let number = if narrow {
            e >> 10
        } else {
            e >> 10 & bits(43, 0)
        };
        let address = number << 12;
        if r || x {
            // A page that is not aligned to its size.
            if address & (bits(low, 0) >> 1) != 0 {
                return Ok(bad);
            }
            return Ok(Found::Page {
                physical: address | va & (bits(low, 0) >> 1),
                bytes: 1 << low,
                access: rights(r, w, x, e >> 4 & 1 == 1, global),
            });
        }
        // A table: D, A and U are clear, and the memory type too; not at the last level.
        if height == 0 || e & 0xd0 != 0 || memory_type != 0 {
            return Ok(bad);
        }
        (table, from) = (address, e);
    }
    unreachable!("the last level has pages only")
}

/// `layouts/examples/kestrel.layout`, from its documentation.
pub(super) fn kestrel(read: Read<'_>, root: u64, va: u64) -> Result<Found, Found> {
    if va >> 40 != 0 {
        return Ok(Found::NonCanonical);
    }
    let (mut table, mut from) = (root, root);
    let (mut write, mut user, mut execute) = (true, true, true);
    for (level, (low, entries)) in [(33, 128), (23, 1024), (13, 1024)].into_iter().enumerate() {
        let number = level as u32;
        let at = table + (va >> low) % entries * 8;
        let e = entry(read, number, at, from)?;
        let kind = e >> 60 & 7;
        if e >> 63 == 1 || kind == 0 {
            return Ok(Found::Fault("not_present", number, at, e));
        }
        let bad = Found::Fault("reserved_bit", number, at, e);
        let leaf = match kind {
            2 if level > 0 => true,
            5 if level < 2 => false,
            _ => return Ok(bad),
        };
        if leaf && level == 1 && e & bits(17, 8) != 0 {
            return Ok(bad);
        }
        write &= e >> 3 & 1 == 1;
        user &= e >> 5 & 1 == 1;
        execute &= e & 1 == 0;
        let address = (e >> 8 & 0xffff) << 13 | (e >> 41 & 0x7fff) << 29;
        if leaf {
            return Ok(Found::Page {
                physical: address | va & (bits(low, 0) >> 1),
                bytes: 1 << low,
                access: rights(true, write, execute, user, e >> 40 & 1 == 1),
            });
        }
        (table, from) = (address, e);
    }
    unreachable!("the last level has pages only")
}

/// The walk of a bundled format.
pub(super) fn walk(format: &str, read: Read<'_>, roots: &[u64], va: u64) -> Found {
    let arm = |granule, bits, wide| {
        Arm {
            granule,
            bits,
            wide,
        }
        .walk(read, roots, va)
    };
    let root = roots[0];
    let found = match format {
        "x86_32" => x86_32(read, Pse::Plain, root, va),
        "x86_32_no_pse" => x86_32(read, Pse::Ignored, root, va),
        "x86_32_pse36" => x86_32(read, Pse::Bits36, root, va),
        "x86_pae" => x86_64(read, 3, root, va),
        "x86_64_4level" => x86_64(read, 4, root, va),
        "x86_64_5level" => x86_64(read, 5, root, va),
        "arm64_4k_39" => arm(12, 39, false),
        "arm64_4k_48" => arm(12, 48, false),
        "arm64_4k_52" => arm(12, 52, true),
        "arm64_16k_36" => arm(14, 36, false),
        "arm64_16k_47" => arm(14, 47, false),
        "arm64_16k_48" => arm(14, 48, false),
        "arm64_16k_52" => arm(14, 52, true),
        "arm64_64k_42" => arm(16, 42, false),
        "arm64_64k_48" => arm(16, 48, false),
        "arm64_64k_52" => arm(16, 52, true),
        "riscv_sv32" => riscv(read, 2, root, va),
        "riscv_sv39" => riscv(read, 3, root, va),
        "riscv_sv48" => riscv(read, 4, root, va),
        "riscv_sv57" => riscv(read, 5, root, va),
        "kestrel" => kestrel(read, root, va),
        _ => panic!("no walk is written for {format}"),
    };
    found.unwrap_or_else(|fault| fault)
}
