//! 64-bit Arm, from the architecture's manual, D8. Flags of entries: 3 a table or page, 1 a block; 0x700 the attributes of a page that
//! was accessed (bit 10) and is shared (9:8). Where 9:8 are address bits (LPA2), pages have 0x400 instead.

use super::Tables;

#[test]
fn granule_4k_39_bits() {
    let tables = Tables {
        paging: "arm64_4k_39",
        roots: &[0x1000, 0x2000],
        entry_bytes: 8,
        entries: &[
            // A block of 1G at 0xabc0_0000_0000 (48 bits).
            (0x1000, 0xabc0_0000_0701),
            (0x1008, 0x3003),
            // The first block of the upper half, at 1G; its last entry.
            (0x2000, 0x4000_0701),
            (0x2ff8, 0x3003),
            // A block of 2M at 0x80_0060_0000.
            (0x3010, 0x80_0060_0701),
            (0x3018, 0x4003),
            // Blocks of 2M with bit 17, which is reserved, and with bit 16, which is nT.
            (0x3020, 0x80_0082_0701),
            (0x3028, 0xa1_0701),
            // A table with bit 48.
            (0x3030, 0x1_0000_0000_4003),
            // The last page of 48 bits; 0b01 at the last level; bit 48.
            (0x4020, 0xffff_ffff_f703),
            (0x4028, 0x5701),
            (0x4030, 0x1_0000_0000_6703),
        ],
    };
    tables.lead(&[
        (0x3fff_ffff, "0xabc03fffffff"),
        // 1G + 2 * 2M + 0x1f_ffff.
        (0x405f_ffff, "0x80007fffff"),
        // 1G + 3 * 2M + 4 * 4K + 0xabc.
        (0x4060_4abc, "0xfffffffffabc"),
        (0xffff_ff80_0012_3456, "0x40123456"),
        (u64::MAX, "fault not_present level=L2 entry=0x0 at=0x3ff8"),
        (
            0x4060_5000,
            "fault reserved_bit level=L3 entry=0x5701 at=0x4028",
        ),
        (
            0x4060_6000,
            "fault reserved_bit level=L3 entry=0x1000000006703 at=0x4030",
        ),
        (
            0x4080_0000,
            "fault reserved_bit level=L2 entry=0x8000820701 at=0x3020",
        ),
        (0x40a0_0000, "0xa00000"),
        (
            0x40c0_0000,
            "fault reserved_bit level=L2 entry=0x1000000004003 at=0x3030",
        ),
        (0x80_0000_0000, "fault non_canonical"),
        (0xffff_ff7f_ffff_ffff, "fault non_canonical"),
    ]);
}

/// With one root only, nothing of the upper half is translated.
#[test]
fn the_second_root_may_be_left_out() {
    let tables = Tables {
        paging: "arm64_4k_39",
        roots: &[0x1000],
        entry_bytes: 8,
        entries: &[(0x1000, 0x701)],
    };
    tables.lead(&[
        (0x42, "0x42"),
        (0xffff_ff80_0000_0000, "fault non_canonical"),
    ]);
}

#[test]
fn granule_4k_48_bits() {
    let tables = Tables {
        paging: "arm64_4k_48",
        roots: &[0x1000, 0x2000],
        entry_bytes: 8,
        entries: &[
            (0x1008, 0x3003),
            // Level 0 has no blocks.
            (0x1010, 0x701),
            (0x2ff8, 0x3003),
            // A block of 1G at 0x7f_c000_0000.
            (0x3010, 0x7f_c000_0701),
            (0x3018, 0x4003),
            (0x4000, 0x5003),
            // A block of 2M at 0x123_4560_0000.
            (0x4ff8, 0x123_4560_0701),
            (0x5000, 0xdea_dbee_f703),
        ],
    };
    tables.lead(&[
        // 512G + 2 * 1G + 0x2abc_def1.
        (0x80_aabc_def1, "0x7feabcdef1"),
        // 512G + 3 * 1G + 511 * 2M + 0x5_4321.
        (0x80_ffe5_4321, "0x12345654321"),
        // 512G + 3 * 1G + 0xfff.
        (0x80_c000_0fff, "0xdeadbeeffff"),
        // The last 512G of the upper half, then as above.
        (0xffff_ff80_aabc_def1, "0x7feabcdef1"),
        (
            0x100_0000_0000,
            "fault reserved_bit level=L0 entry=0x701 at=0x1010",
        ),
        (
            0xffff_0000_0000_0000,
            "fault not_present level=L0 entry=0x0 at=0x2000",
        ),
        (0x1_0000_0000_0000, "fault non_canonical"),
        (0xfffe_ffff_ffff_ffff, "fault non_canonical"),
    ]);
}

/// LPA2: address bits 51:50 in 9:8, 49:12 in place.
#[test]
fn granule_4k_52_bits() {
    let tables = Tables {
        paging: "arm64_4k_52",
        roots: &[0x1000, 0x2000],
        entry_bytes: 8,
        entries: &[
            // Level -1 has no blocks.
            (0x1008, 0x401),
            // Entry 15: a table at 0xc_0000_0000_3000; 51:50 are 3.
            (0x1078, 0x3303),
            (0x2000, 0x7003),
            (0x4000, 0x4000_0501),
            (0x4008, 0x5003),
            (0x5000, 0x20_0701),
            (0x5008, 0x6003),
            // The last page of 52 bits: 49:12 all ones, 9:8 too.
            (0x6008, 0x3_ffff_ffff_f703),
            (0x7000, 0x401),
            // A block of 512G at 0x8_0180_0000_0000: 51:50 are 2, 0x200.
            (0xc_0000_0000_3008, 0x180_0000_0601),
            (0xc_0000_0000_3010, 0x4003),
            // Bit 50 of a table is reserved.
            (0xc_0000_0000_3018, 0x4_0000_0000_4003),
        ],
    };
    tables.lead(&[
        // 15 << 48 | 1 << 39 | 512G - 1.
        (0xf_00ff_ffff_ffff, "0x801ffffffffff"),
        // 15 << 48 | 2 << 39 | 0x1234_5678: a block of 1G at 0x4_0000_4000_0000.
        (0xf_0100_1234_5678, "0x4000052345678"),
        // ... | 1 << 30 | 2M - 1: a block of 2M at 0xc_0000_0020_0000.
        (0xf_0100_401f_ffff, "0xc0000003fffff"),
        // ... | 1 << 30 | 1 << 21 | 1 << 12 | 0xabc.
        (0xf_0100_4020_1abc, "0xffffffffffabc"),
        (0xfff0_0000_00ab_cdef, "0xabcdef"),
        (
            0x1_0000_0000_0000,
            "fault reserved_bit level=LM1 entry=0x401 at=0x1008",
        ),
        (
            0xf_0180_0000_0000,
            "fault reserved_bit level=L0 entry=0x4000000004003 at=0xc000000003018",
        ),
        (0x10_0000_0000_0000, "fault non_canonical"),
        (0xffef_ffff_ffff_ffff, "fault non_canonical"),
    ]);
}

#[test]
fn granule_16k_36_bits() {
    let tables = Tables {
        paging: "arm64_16k_36",
        roots: &[0x4000, 0xc000],
        entry_bytes: 8,
        entries: &[
            // The last block of 32M of 48 bits.
            (0x4008, 0xffff_fe00_0701),
            (0x4010, 0x8003),
            // A page of 16K at 0x123_4567_4000; one with bit 12, which is reserved.
            (0x8018, 0x123_4567_4703),
            (0x8020, 0x1703),
            (0xc000, 0x701),
        ],
    };
    tables.lead(&[
        (0x3ff_ffff, "0xffffffffffff"),
        // 2 * 32M + 3 * 16K + 0x3fff.
        (0x400_ffff, "0x12345677fff"),
        (
            0x401_0000,
            "fault reserved_bit level=L3 entry=0x1703 at=0x8020",
        ),
        (0xffff_fff0_0000_0123, "0x123"),
        (0x10_0000_0000, "fault non_canonical"),
    ]);
}

#[test]
fn granule_16k_47_bits() {
    let tables = Tables {
        paging: "arm64_16k_47",
        roots: &[0x4000, 0x1_4000],
        entry_bytes: 8,
        entries: &[
            (0x4008, 0x8003),
            // Level 1 has no blocks without LPA2.
            (0x4010, 0x701),
            // A block of 32M at 96M.
            (0x8000, 0x600_0701),
            (0x8008, 0xc003),
            // The last page of 48 bits, in entry 2047.
            (0xfff8, 0xffff_ffff_c703),
            // Entry 2047 of the upper root.
            (0x1_7ff8, 0x8003),
        ],
    };
    tables.lead(&[
        // 64G + 0x123_4567.
        (0x10_0123_4567, "0x7234567"),
        // 64G + 32M + 2047 * 16K + 1.
        (0x10_03ff_c001, "0xffffffffc001"),
        (
            0x20_0000_0000,
            "fault reserved_bit level=L1 entry=0x701 at=0x4010",
        ),
        // The last 64G of the upper half.
        (0xffff_fff0_0000_0010, "0x6000010"),
        (0x8000_0000_0000, "fault non_canonical"),
        (0xffff_7fff_ffff_ffff, "fault non_canonical"),
    ]);
}

/// The top table has two entries: 16 bytes, and a root may be at any multiple of them.
#[test]
fn granule_16k_48_bits() {
    let tables = Tables {
        paging: "arm64_16k_48",
        roots: &[0x4010, 0x4020],
        entry_bytes: 8,
        entries: &[
            (0x4010, 0x8003),
            (0x4018, 0xc003),
            (0x4020, 0x8003),
            // Level 0 has no blocks.
            (0x4028, 0x701),
            (0xbff8, 0x1_0003),
            (0xc000, 0x1_0003),
            (0x1_0000, 0x200_0701),
            (0x1_0008, 0x1_4003),
            (0x1_4008, 0x8703),
        ],
    };
    tables.lead(&[
        // Bit 47, then first entries; a block of 32M at 32M.
        (0x8000_00ab_cdef, "0x2abcdef"),
        // Bit 47, 32M, 16K, 7.
        (0x8000_0200_4007, "0x8007"),
        // 2047 * 64G + 0x123.
        (0x7ff0_0000_0123, "0x2000123"),
        (0xffff_7ff0_0000_0456, "0x2000456"),
        (
            0xffff_8000_0000_0000,
            "fault reserved_bit level=L0 entry=0x701 at=0x4028",
        ),
        (0x1_0000_0000_0000, "fault non_canonical"),
    ]);
}

/// LPA2: blocks of 64G too.
#[test]
fn granule_16k_52_bits() {
    let tables = Tables {
        paging: "arm64_16k_52",
        roots: &[0x4000, 0x1_4000],
        entry_bytes: 8,
        entries: &[
            // Entry 31: a table at 0x8_0000_0000_8000; 51:50 are 2, 0x200.
            (0x40f8, 0x8203),
            // A block of 32M at 0x4_0000_0200_0000: 51:50 are 1, 0x100.
            (0xc008, 0x200_0501),
            (0xc010, 0x1_0003),
            // The last page of 52 bits.
            (0x1_0000, 0x3_ffff_ffff_c703),
            (0x1_4000, 0x1_8003),
            (0x1_8000, 0x401),
            // A block of 64G at 0xc_0050_0000_0000; a table.
            (0x8_0000_0000_8008, 0x50_0000_0701),
            (0x8_0000_0000_8010, 0xc003),
        ],
    };
    tables.lead(&[
        // 31 << 47 | 64G | 64G - 1.
        (0xf_801f_ffff_ffff, "0xc005fffffffff"),
        // 31 << 47 | 2 * 64G | 32M | 0x123_4567.
        (0xf_8020_0323_4567, "0x4000003234567"),
        // 31 << 47 | 2 * 64G | 2 * 32M | 0x3fff.
        (0xf_8020_0400_3fff, "0xfffffffffffff"),
        (0xfff0_0000_0000_0042, "0x42"),
        (0x0, "fault not_present level=L0 entry=0x0 at=0x4000"),
        (0x10_0000_0000_0000, "fault non_canonical"),
    ]);
}

#[test]
fn granule_64k_42_bits() {
    let tables = Tables {
        paging: "arm64_64k_42",
        roots: &[0x1_0000, 0x3_0000],
        entry_bytes: 8,
        entries: &[
            // The last block of 512M of 48 bits.
            (0x1_0008, 0xffff_e000_0701),
            (0x1_0010, 0x2_0003),
            // A page of 64K at 0x1_2345_0000; one with bit 12, which is reserved.
            (0x2_0018, 0x1_2345_0703),
            (0x2_0020, 0x1_2345_1703),
            (0x3_0000, 0x701),
        ],
    };
    tables.lead(&[
        (0x3fff_ffff, "0xffffffffffff"),
        // 2 * 512M + 3 * 64K + 0xffff.
        (0x4003_ffff, "0x12345ffff"),
        (
            0x4004_0000,
            "fault reserved_bit level=L3 entry=0x123451703 at=0x20020",
        ),
        (0xffff_fc00_0000_0777, "0x777"),
        (0x400_0000_0000, "fault non_canonical"),
    ]);
}

#[test]
fn granule_64k_48_bits() {
    let tables = Tables {
        paging: "arm64_64k_48",
        // The top table has 64 entries: 512 bytes.
        roots: &[0x1_0200, 0x1_0400],
        entry_bytes: 8,
        entries: &[
            // Level 1 has no blocks without LPA.
            (0x1_0208, 0x701),
            // Entry 63, and the first of the upper half.
            (0x1_03f8, 0x2_0003),
            (0x1_0400, 0x2_0003),
            (0x2_0000, 0x2000_0701),
            (0x2_0008, 0x3_0003),
            (0x3_0008, 0xffff_ffff_0703),
        ],
    };
    tables.lead(&[
        // 63 * 4T + 0xab_cdef; a block of 512M at 512M.
        (0xfc00_00ab_cdef, "0x20abcdef"),
        // 63 * 4T + 512M + 64K + 5.
        (0xfc00_2001_0005, "0xffffffff0005"),
        (0xffff_0000_00ab_cdef, "0x20abcdef"),
        (
            0x400_0000_0000,
            "fault reserved_bit level=L1 entry=0x701 at=0x10208",
        ),
        (0x1_0000_0000_0000, "fault non_canonical"),
    ]);
}

/// LPA: address bits 51:48 in 15:12, 47:16 in place; blocks of 4T too.
#[test]
fn granule_64k_52_bits() {
    let tables = Tables {
        paging: "arm64_64k_52",
        // The top table has 1024 entries: 8K.
        roots: &[0x1_0000, 0x1_2000],
        entry_bytes: 8,
        entries: &[
            // A block of 4T at 0x7_0400_0000_0000: 51:48 are 7, 0x7000.
            (0x1_0008, 0x400_0000_7701),
            // Entry 1023: a table at 0xa_0000_0002_0000.
            (0x1_1ff8, 0x2_a003),
            (0x1_2000, 0x701),
            // The last page of 52 bits: 47:16 and 15:12 all ones.
            (0x3_0010, 0xffff_ffff_f703),
            // A block of 512M at 0x5_0000_2000_0000; a table.
            (0xa_0000_0002_0000, 0x2000_5701),
            (0xa_0000_0002_0008, 0x3_0003),
        ],
    };
    tables.lead(&[
        // 4T + 0x123_4567_89ab.
        (0x523_4567_89ab, "0x70523456789ab"),
        // 1023 * 4T + 0xab_cdef.
        (0xf_fc00_00ab_cdef, "0x5000020abcdef"),
        // 1023 * 4T + 512M + 2 * 64K + 0x1234.
        (0xf_fc00_2002_1234, "0xfffffffff1234"),
        (0xfff0_0000_0000_0099, "0x99"),
        (0x10_0000_0000_0000, "fault non_canonical"),
        (0xffef_ffff_ffff_ffff, "fault non_canonical"),
    ]);
}
