//! RISC-V, from the privileged manual, chapter 4. Flags of entries: 1 valid, 2 read, 4 write, 8 execute, 0x10 user, 0x20 global, 0x40
//! accessed, 0x80 dirty; 0xcf is a page that may be read, written and executed. The frame's number (an address >> 12) stands
//! at bit 10, so that an entry for an address has address >> 2.

use super::Tables;

#[test]
fn sv32() {
    let tables = Tables {
        paging: "riscv_sv32",
        roots: &[0x1000],
        entry_bytes: 4,
        entries: &[
            // A table at 0x2000: 0x2000 >> 2 | 1.
            (0x1004, 0x801),
            // A 4M page at 0x2_0040_0000 (34 bits): >> 2 is 0x8010_0000.
            (0x1008, 0x8010_00cf),
            // The same, 4K further on: misaligned.
            (0x100c, 0x8010_04cf),
            // A table with A set, which is reserved.
            (0x1010, 0x841),
            // The last page of 34 bits: 0x3_ffff_f000 >> 2 = 0xffff_fc00.
            (0x2008, 0xffff_fccf),
            // W without R; a table at the last level; X alone, at 0x7000.
            (0x200c, 0x805),
            (0x2010, 0x801),
            (0x2014, 0x1c49),
        ],
    };
    tables.lead(&[
        (0x40_2123, "0x3fffff123"),
        (0xbf_ffff, "0x2007fffff"),
        (
            0xc0_0000,
            "fault reserved_bit level=L1 entry=0x801004cf at=0x100c",
        ),
        (
            0x100_0000,
            "fault reserved_bit level=L1 entry=0x841 at=0x1010",
        ),
        (
            0x40_3000,
            "fault reserved_bit level=L0 entry=0x805 at=0x200c",
        ),
        (
            0x40_4000,
            "fault reserved_bit level=L0 entry=0x801 at=0x2010",
        ),
        (0x40_5010, "0x7010"),
        (0x40_6000, "fault not_present level=L0 entry=0x0 at=0x2018"),
        (0x1_0000_0000, "fault non_canonical"),
    ]);
}

#[test]
fn sv39() {
    let tables = Tables {
        paging: "riscv_sv39",
        roots: &[0x1000],
        entry_bytes: 8,
        entries: &[
            // A 1G page at 2G: 0x8000_0000 >> 2.
            (0x1000, 0x2000_00cf),
            (0x1008, 0x801),
            // At 2G + 2M: no multiple of 1G.
            (0x1010, 0x2008_00cf),
            // Entry 256 is the first of the upper half.
            (0x1800, 0xcf),
            // A 2M page at 0x12_3460_0000: >> 2 is 0x4_8d18_0000.
            (0x2008, 0x4_8d18_00cf),
            (0x2010, 0xc01),
            // At 4K: no multiple of 2M.
            (0x2018, 0x4cf),
            // A table with a memory type, which is reserved (61).
            (0x2020, 0x2000_0000_0000_0c01),
            // Bit 54; N (63); memory type 3; memory type 1; W without R.
            (0x3000, 0x0040_0000_0000_04cf),
            (0x3008, 0x8000_0000_0000_20cf),
            (0x3010, 0x6000_0000_0000_04cf),
            (0x3018, 0x2000_0000_0000_04cf),
            (0x3020, 0x4c5),
            // The last page of 56 bits: 0xff_ffff_ffff_f000 >> 2.
            (0x3ff8, 0x003f_ffff_ffff_fccf),
        ],
    };
    tables.lead(&[
        (0x3fff_ffff, "0xbfffffff"),
        // 1G + 2M + 0x1_2345.
        (0x4021_2345, "0x1234612345"),
        // 1G + 2 * 2M + 511 * 4K + 0xfff.
        (0x405f_ffff, "0xffffffffffffff"),
        (0xffff_ffc0_00ab_cdef, "0xabcdef"),
        (
            0x8000_0000,
            "fault reserved_bit level=L2 entry=0x200800cf at=0x1010",
        ),
        (
            0x4060_0000,
            "fault reserved_bit level=L1 entry=0x4cf at=0x2018",
        ),
        (
            0x4080_0000,
            "fault reserved_bit level=L1 entry=0x2000000000000c01 at=0x2020",
        ),
        (
            0x4040_0000,
            "fault reserved_bit level=L0 entry=0x400000000004cf at=0x3000",
        ),
        (
            0x4040_1000,
            "fault reserved_bit level=L0 entry=0x80000000000020cf at=0x3008",
        ),
        (
            0x4040_2000,
            "fault reserved_bit level=L0 entry=0x60000000000004cf at=0x3010",
        ),
        (0x4040_3000, "0x1000"),
        (
            0x4040_4000,
            "fault reserved_bit level=L0 entry=0x4c5 at=0x3020",
        ),
        (0x40_0000_0000, "fault non_canonical"),
        (0xffff_ffbf_ffff_ffff, "fault non_canonical"),
    ]);
}

#[test]
fn sv48() {
    let tables = Tables {
        paging: "riscv_sv48",
        roots: &[0x1000],
        entry_bytes: 8,
        entries: &[
            // A 512G page at 512G: 0x80_0000_0000 >> 2.
            (0x1000, 0x20_0000_00cf),
            (0x1008, 0x801),
            // At 1G: no multiple of 512G.
            (0x1010, 0x1000_00cf),
            (0x1800, 0xcf),
            // A 1G page at 1G, a 2M page at 2M, a 4K page at 0x9_9000.
            (0x2008, 0x1000_00cf),
            (0x2010, 0xc01),
            (0x3018, 0x8_00cf),
            (0x3020, 0x1001),
            (0x4028, 0x2_64cf),
        ],
    };
    tables.lead(&[
        (0x12_3456_789a, "0x923456789a"),
        // 512G + 1G + 7.
        (0x80_4000_0007, "0x40000007"),
        // 512G + 2 * 1G + 3 * 2M + 1.
        (0x80_8060_0001, "0x200001"),
        // 512G + 2 * 1G + 4 * 2M + 5 * 4K + 0x42.
        (0x80_8080_5042, "0x99042"),
        (0xffff_8000_0000_0011, "0x11"),
        (
            0x100_0000_0000,
            "fault reserved_bit level=L3 entry=0x100000cf at=0x1010",
        ),
        (0x8000_0000_0000, "fault non_canonical"),
    ]);
}

#[test]
fn sv57() {
    let tables = Tables {
        paging: "riscv_sv57",
        roots: &[0x1000],
        entry_bytes: 8,
        entries: &[
            // A 256T page at 256T: 0x1_0000_0000_0000 >> 2.
            (0x1000, 0x4000_0000_00cf),
            (0x1008, 0x801),
            // At 512G: no multiple of 256T.
            (0x1010, 0x20_0000_00cf),
            (0x1800, 0xcf),
            // Pages of 512G, 1G, 2M and 4K.
            (0x2000, 0x20_0000_00cf),
            (0x2008, 0xc01),
            (0x3000, 0x1000_00cf),
            (0x3008, 0x1001),
            (0x4000, 0x8_00cf),
            (0x4008, 0x1401),
            (0x5008, 0x2_64cf),
        ],
    };
    tables.lead(&[
        (0xabcd_ef01_2345, "0x1abcdef012345"),
        // 256T + 1.
        (0x1_0000_0000_0001, "0x8000000001"),
        // 256T + 512G + 2.
        (0x1_0080_0000_0002, "0x40000002"),
        // 256T + 512G + 1G + 3.
        (0x1_0080_4000_0003, "0x200003"),
        // 256T + 512G + 1G + 2M + 4K + 4.
        (0x1_0080_4020_1004, "0x99004"),
        (0xff00_0000_0000_0077, "0x77"),
        (
            0x2_0000_0000_0000,
            "fault reserved_bit level=L4 entry=0x20000000cf at=0x1010",
        ),
        (0x100_0000_0000_0000, "fault non_canonical"),
    ]);
}
