//! x86, from the Intel manual, volume 3A, chapter 4. Flags of entries: 1 present, 2 writable, 4 user, 0x20 accessed, 0x40 dirty,
//! 0x80 page size, 1 << 63 no-execute.

use super::Tables;

/// The published example: a directory at 0, tables at 0x1000 and 0x2000, a 4M page.
#[test]
fn two_levels() {
    let tables = Tables {
        paging: "x86_32",
        roots: &[0],
        entry_bytes: 4,
        entries: &[
            (0x0, 0x1067),
            (0x4, 0x2067),
            (0x8, 0x40_00e7),
            (0x1000, 0xa067),
            (0x1004, 0xb067),
            (0x2000, 0xc067),
            // A 4M page with bit 13 set: no address bit without PSE-36.
            (0xc, 0x0080_2083),
        ],
    };
    tables.lead(&[
        (0x123, "0xa123"),
        (0x1234, "0xb234"),
        (0x40_0567, "0xc567"),
        // Directory entry 2 (0x92_3456 >> 22): 0x40_0000 + 0x12_3456.
        (0x92_3456, "0x523456"),
        // Entry 2 of the table at 0x1000 is empty; entry 4 of the directory is.
        (0x2000, "fault not_present level=PT entry=0x0 at=0x1008"),
        (0x100_0000, "fault not_present level=PD entry=0x0 at=0x10"),
        (
            0xc0_0000,
            "fault reserved_bit level=PD entry=0x802083 at=0xc",
        ),
        (0x1_0000_0000, "fault non_canonical"),
    ]);
}

/// Without PSE, bit 7 of a directory entry is ignored.
#[test]
fn two_levels_without_large_pages() {
    let tables = Tables {
        paging: "x86_32_no_pse",
        roots: &[0x1000],
        entry_bytes: 4,
        entries: &[(0x1000, 0x20e7), (0x200c, 0x7_7067)],
    };
    tables.lead(&[
        (0x3456, "0x77456"),
        (0x4000, "fault not_present level=PT entry=0x0 at=0x2010"),
    ]);
}

/// 4M pages below 2^40: address bits 39:32 stand in 20:13.
#[test]
fn pse36() {
    let tables = Tables {
        paging: "x86_32_pse36",
        roots: &[0x1000],
        entry_bytes: 4,
        entries: &[
            // 0xab_1040_0000: 31:22 in place are 0x1040_0000; 0xab << 13 = 0x15_6000; flags 0x83.
            (0x1008, 0x1055_6083),
            // Bit 21 (0x20_0000) is reserved.
            (0x100c, 0x1060_0083),
            (0x1000, 0x2003),
            (0x2000, 0xffff_f003),
        ],
    };
    tables.lead(&[
        (0x81_2345, "0xab10412345"),
        (
            0xc0_0000,
            "fault reserved_bit level=PD entry=0x10600083 at=0x100c",
        ),
        // 4K pages stay below 4G.
        (0xabc, "0xfffffabc"),
    ]);
}

/// Three levels: four directory pointers, 2M pages.
#[test]
fn pae() {
    let tables = Tables {
        paging: "x86_pae",
        // The pointers need 32 bytes only: any multiple of 32 is a root.
        roots: &[0x1020],
        entry_bytes: 8,
        entries: &[
            (0x1020, 0x2001),
            // Directory pointers carry no rights: bit 1 is reserved.
            (0x1028, 0x2003),
            (0x1038, 0x3001),
            (0x2000, 0x4067),
            // A 2M page at 0xf_edc0_0000, no-execute, flags 0xe3.
            (0x2008, 0x8000_000f_edc0_00e3),
            // Bit 13 of a 2M page is reserved.
            (0x2010, 0x20_2083),
            (0x3000, 0x83),
            // 62:52 are reserved: bit 52.
            (0x4000, 0x0010_0000_0000_5001),
            // All address bits, 51:12.
            (0x4028, 0x000f_ffff_ffff_f067),
        ],
    };
    tables.lead(&[
        // Directory entry 1 covers 0x20_0000 .. 0x40_0000; offset 0x1_2345.
        (0x21_2345, "0xfedc12345"),
        // Table entry 5 is at 0x4000 + 5 * 8.
        (0x5678, "0xffffffffff678"),
        // Pointer 3: 3G.
        (0xc012_3456, "0x123456"),
        (
            0x4000_0000,
            "fault reserved_bit level=PDPT entry=0x2003 at=0x1028",
        ),
        (
            0x8000_0000,
            "fault not_present level=PDPT entry=0x0 at=0x1030",
        ),
        (
            0x0,
            "fault reserved_bit level=PT entry=0x10000000005001 at=0x4000",
        ),
        (
            0x40_0000,
            "fault reserved_bit level=PD entry=0x202083 at=0x2010",
        ),
        (0x1_0000_0000, "fault non_canonical"),
    ]);
}

const FOUR: Tables<'_> = Tables {
    paging: "x86_64_4level",
    roots: &[0x1000],
    entry_bytes: 8,
    entries: &[
        (0x1000, 0x2067),
        // Entry 1: bit 7 is reserved there.
        (0x1008, 0x20e7),
        // Entry 2: a table at 0x7_0000_0000. Entry 3: one at 2^36.
        (0x1010, 0x7_0000_0067),
        (0x1018, 0x10_0000_0067),
        // Entry 256 is the first of the upper half: 0x1000 + 256 * 8.
        (0x1800, 0x2067),
        // A 1G page at 2G.
        (0x2000, 0x8000_00e3),
        (0x2008, 0x3067),
        // A 1G page with bit 13 set.
        (0x2010, 0xc000_2083),
        // A 2M page at 0xab_cde0_0000 with PAT (bit 12).
        (0x3000, 0xab_cde0_10e3),
        (0x3008, 0x4067),
        // The last page of 52 bits, no-execute.
        (0x4ff8, 0x800f_ffff_ffff_f063),
    ],
};

#[test]
fn four_levels() {
    FOUR.lead(&[
        // 0x8000_0000 + 0x1234_5678, which is below 1G.
        (0x1234_5678, "0x92345678"),
        (0xffff_8000_1234_5678, "0x92345678"),
        // Second entry of the pointers (1G), first of the directory: 0xab_cde0_0000 + 0x1a_bcde.
        (0x401a_bcde, "0xabcdfabcde"),
        // 1G + 2M + 511 * 4K + 0x123.
        (0x403f_f123, "0xffffffffff123"),
        (
            0x4020_0000,
            "fault not_present level=PT entry=0x0 at=0x4000",
        ),
        (
            0x8000_0000,
            "fault reserved_bit level=PDPT entry=0xc0002083 at=0x2010",
        ),
        (
            0x80_0000_0000,
            "fault reserved_bit level=PML4 entry=0x20e7 at=0x1008",
        ),
        // 2 << 39: the image has nothing at 0x7_0000_0000.
        (
            0x100_0000_0000,
            "fault image_hole level=PDPT entry=0x700000067 at=0x700000000",
        ),
        (0x8000_0000_0000, "fault non_canonical"),
        (0xffff_7fff_ffff_ffff, "fault non_canonical"),
    ]);
}

/// A machine with fewer physical address bits has no tables and no pages above.
#[test]
fn physical_bits_of_the_machine() {
    FOUR.lead_with(
        &["--physical-bits", "36"],
        &[
            (0x1234_5678, "0x92345678"),
            // 3 << 39.
            (
                0x180_0000_0000,
                "fault bad_table_address level=PDPT entry=0x1000000067 at=0x1000000000",
            ),
            // 0xab_cde0_0000 has 40 bits: its upper ones are reserved in the entry.
            (
                0x4000_0000,
                "fault reserved_bit level=PD entry=0xabcde010e3 at=0x3000",
            ),
        ],
    );
}

/// A register is no address: low bits are not dropped.
#[test]
fn a_root_is_an_address() {
    let tables = Tables {
        roots: &[0x1018],
        ..FOUR
    };
    tables.lead(&[(
        0,
        "fault bad_table_address level=PML4 entry=0x1018 at=0x1018",
    )]);
}

#[test]
fn five_levels() {
    let tables = Tables {
        paging: "x86_64_5level",
        roots: &[0x1000],
        entry_bytes: 8,
        entries: &[
            (0x1008, 0x4067),
            (0x1010, 0x40e7),
            (0x1800, 0x2067),
            (0x2000, 0x3067),
            (0x3000, 0x4000_00e3),
            (0x4010, 0x5067),
            (0x5018, 0x6067),
            (0x6020, 0x7067),
            (0x7028, 0x123_4567_8063),
        ],
    };
    tables.lead(&[
        // Entry 256 of 512, then first entries; a 1G page at 1G.
        (0xff00_0000_0765_4321, "0x47654321"),
        // 1 << 48 | 2 << 39 | 3 << 30 | 4 << 21 | 5 << 12 | 0xabc.
        (0x1_0100_c080_5abc, "0x12345678abc"),
        (
            0x2_0000_0000_0000,
            "fault reserved_bit level=PML5 entry=0x40e7 at=0x1010",
        ),
        (0x100_0000_0000_0000, "fault non_canonical"),
        (0xfeff_ffff_ffff_ffff, "fault non_canonical"),
    ]);
}
