//! The made-up machine of `layouts/examples/kestrel.layout`: a format that no line of Rust knows.
//!
//! An entry has its kind in 62:60 (2 a page, 5 a table), a bit that takes it away (63), the frame's number (an address >> 13) with its
//! lower 16 bits in 23:8 and its upper 15 in 55:41, and the right to write in bit 3.

use super::Tables;
use crate::cli::program::mapwright;

pub(super) const KESTREL: Tables<'_> = Tables {
    paging: "kestrel",
    // The top table has 1K.
    roots: &[0x2400],
    entry_bytes: 8,
    entries: &[
        // Entry 64 of the top table, for 512G: a table at 0x4000, frame number 2.
        (0x2600, 0x5000_0000_0000_0200),
        // A page of 8M at 0xabc_de80_0000: >> 13 is 0x55e6_f400; 0xf400 << 8, 0x55e6 << 41 = 0xab_cc00_0000_0000; writable.
        (0x4008, 0x20ab_cc00_00f4_0008),
        // A table at 0x6000, frame number 3.
        (0x4010, 0x5000_0000_0000_0300),
        // A page of 8M at 0x2000: 17:8 are reserved.
        (0x4018, 0x2000_0000_0000_0100),
        // A page of 8K at 0xabc_def0_2000: >> 13 is 0x55e6_f781.
        (0x6028, 0x20ab_cc00_00f7_8100),
        // The same, taken away; one of kind 3.
        (0x6030, 0xa0ab_cc00_00f7_8100),
        (0x6038, 0x3000_0000_0000_0100),
    ],
};

const MEANINGS: &[(u64, &str)] = &[
    // 512G + 8M + 0x12_3456.
    (0x80_0092_3456, "0xabcde923456"),
    // 512G + 2 * 8M + 5 * 8K + 0x1fff.
    (0x80_0100_bfff, "0xabcdef03fff"),
    (
        0x80_0100_c000,
        "fault not_present level=LAST entry=0xa0abcc0000f78100 at=0x6030",
    ),
    (
        0x80_0100_e000,
        "fault reserved_bit level=LAST entry=0x3000000000000100 at=0x6038",
    ),
    (
        0x80_0180_0000,
        "fault reserved_bit level=MID entry=0x2000000000000100 at=0x4018",
    ),
    (
        0x80_0000_0000,
        "fault not_present level=MID entry=0x0 at=0x4000",
    ),
    (0x1234, "fault not_present level=TOP entry=0x0 at=0x2400"),
    (0x100_0000_0000, "fault non_canonical"),
];

#[test]
fn a_format_of_ones_own() {
    KESTREL.lead(MEANINGS);
}

/// The same from a file of the user's.
#[test]
fn a_format_from_a_file() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../layouts/examples/kestrel.layout"
    );
    let named = format!("{file}:kestrel");
    for paging in [file, &named, "std:examples/kestrel:kestrel"] {
        let tables = Tables { paging, ..KESTREL };
        tables.lead(MEANINGS);
    }
}

/// Check, show and translate know the machine, too.
#[test]
fn its_layout_is_a_layout() {
    let run = mapwright(["check", "std:examples/kestrel"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let run = mapwright(["show", "std:examples/kestrel"]);
    assert_eq!(run.code, 0);
    assert!(
        run.out.contains("vmalloc") && run.out.contains("serial"),
        "{}",
        run.out
    );
    let addresses = [
        "0x8000100000",
        "0xffff801234",
        "0xc800000000",
        "0x1234",
        "0xc7ffffffff",
    ];
    let line = ["translate", "std:examples/kestrel", "--format", "plain"];
    for engine in ["table", "jit"] {
        let line = line
            .iter()
            .copied()
            .chain(["--engine", engine])
            .chain(addresses);
        let run = mapwright(line);
        let expected = "\
0x8000100000 0x100000 direct
0xffff801234 0xabcdef01234 serial
0xc800000000 dynamic vmalloc
0x1234 dynamic user
0xc7ffffffff fault guard gap
";
        assert_eq!((run.code, run.out.as_str()), (0, expected), "{engine}");
    }
}
