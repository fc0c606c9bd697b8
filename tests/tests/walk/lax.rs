//! Entries with reserved bits, as a reader of dumps takes them: followed, and told.

use super::Tables;
use expect_test::expect;

/// What emulators write: the accessed bit (5) in an entry of PAE's top table, where it is reserved (Intel SDM vol. 3A,
/// table 5-8).
const PAE: Tables<'_> = Tables {
    paging: "x86_pae",
    roots: &[0],
    entry_bytes: 8,
    entries: &[
        (0x0, 0x1021),
        (0x18, 0x1001),
        (0x1000, 0x2067),
        // A large page at 2M with 20:13 not all zero, where they are reserved.
        (0x1008, 0x40_2083),
        (0x2008, 0xa067),
        // Bit 62 is reserved.
        (0x2010, 0x4000_0000_0000_b067),
    ],
};

/// The first entry from the top is the one that is told, by both engines.
#[test]
fn followed_and_told() {
    PAE.lead_with(
        &[],
        &[
            (0x1234, "0xa234 reserved_bit level=PDPT entry=0x1021 at=0x0"),
            (
                0x20_1234,
                "0x401234 reserved_bit level=PDPT entry=0x1021 at=0x0",
            ),
            // Through an entry of the top that is in order.
            (0xc000_1234, "0xa234"),
            (
                0xc020_1234,
                "0x401234 reserved_bit level=PD entry=0x402083 at=0x1008",
            ),
            (
                0xc000_0123,
                "fault not_present level=PT entry=0x0 at=0x2000",
            ),
        ],
    );
    PAE.lead(&[
        (0x1234, "fault reserved_bit level=PDPT entry=0x1021 at=0x0"),
        (0xc000_1234, "0xa234"),
        (
            0xc020_1234,
            "fault reserved_bit level=PD entry=0x402083 at=0x1008",
        ),
    ]);
}

/// Rights are asked of a page that was found so as of any other.
#[test]
fn rights_are_asked_all_the_same() {
    PAE.lead_with(
        &["--access", "w,user"],
        &[
            (0x1234, "0xa234 reserved_bit level=PDPT entry=0x1021 at=0x0"),
            (
                0x20_1234,
                "fault permission level=PD entry=0x402083 at=0x1008",
            ),
        ],
    );
}

#[test]
fn for_people_and_programs() {
    let run = PAE.run(&["--format", "text", "0x1234"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    expect![[r#"
        ADDRESS     PHYSICAL                 PAGE  ACCESS  ENTRY
        0x1234      0xa234                   4K    rwxu-   PT 0xa067 at 0x2008; reserved_bit level=PDPT entry=0x1021 at=0x0
    "#]].assert_eq(&run.out);
    let run = PAE.run(&["--format", "json", "0x1234", "0xc0001234"]);
    let objects: Vec<serde_json::Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let reserved = |object: &serde_json::Value| object["reserved_bit"].clone();
    assert_eq!(
        objects.iter().map(reserved).collect::<Vec<_>>(),
        [
            serde_json::json!({"level": "PDPT", "entry": "0x1021", "entry_at": "0x0"}),
            serde_json::Value::Null
        ]
    );
}

/// All that is mapped, with the finding where it belongs.
#[test]
fn as_ranges() {
    let run = PAE.run(&["--all", "--format", "plain"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    expect![[r#"
        0x1000 0x3000 0xa000 0x1000 rwxu- reserved_bit level=PDPT entry=0x1021 at=0x0
        0x200000 0x400000 0x400000 0x200000 rwx-- reserved_bit level=PDPT entry=0x1021 at=0x0
        0xc0001000 0xc0002000 0xa000 0x1000 rwxu-
        0xc0002000 0xc0003000 0xb000 0x1000 rwxu- reserved_bit level=PT entry=0x400000000000b067 at=0x2010
        0xc0200000 0xc0400000 0x400000 0x200000 rwx-- reserved_bit level=PD entry=0x402083 at=0x1008
    "#]].assert_eq(&run.out);
    let run = PAE.run(&["--all"]);
    expect![[r#"
        START        END              SIZE  PHYSICAL            PAGE  ACCESS
        0x1000       0x3000             8K  0xa000              4K    rwxu-                             reserved_bit level=PDPT entry=0x1021 at=0x0
        0x200000     0x400000           2M  0x400000            2M    rwx--                             reserved_bit level=PDPT entry=0x1021 at=0x0
        0xc0001000   0xc0002000         4K  0xa000              4K    rwxu-
        0xc0002000   0xc0003000         4K  0xb000              4K    rwxu-                             reserved_bit level=PT entry=0x400000000000b067 at=0x2010
        0xc0200000   0xc0400000         2M  0x400000            2M    rwx--                             reserved_bit level=PD entry=0x402083 at=0x1008

        4112K mapped in 5 ranges, by 3 tables
    "#]].assert_eq(&run.out);
    let run = PAE.run(&["--all", "--strict", "--format", "plain"]);
    expect![[r#"
        0x0 0x40000000 fault reserved_bit level=PDPT entry=0x1021 at=0x0
        0xc0001000 0xc0002000 0xa000 0x1000 rwxu-
        0xc0002000 0xc0003000 fault reserved_bit level=PT entry=0x400000000000b067 at=0x2010
        0xc0200000 0xc0400000 fault reserved_bit level=PD entry=0x402083 at=0x1008
    "#]]
    .assert_eq(&run.out);
}
