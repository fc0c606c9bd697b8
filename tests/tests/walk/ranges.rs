//! `walk --all`: everything that tables map, as merged ranges.

use super::Tables;
use crate::cli::program::{directory, mapwright, path};
use expect_test::expect;

const TWO: Tables<'_> = Tables {
    paging: "x86_64_4level",
    roots: &[0x1000],
    entry_bytes: 8,
    entries: &[
        (0x1000, 0x2067),
        (0x1ff8, 0x2067),
        (0x2000, 0x3067),
        // A table that the image does not hold, and one that cannot be a page table entry (bit 7 with 29:13).
        (0x2010, 0x7_0000_0067),
        (0x2018, 0x2083),
        (0x3000, 0x4067),
        // Two 2M pages one after the other, then one elsewhere.
        (0x3008, 0x20_00e3),
        (0x3010, 0x40_00e3),
        (0x3018, 0xa0_00e3),
        // Three 4K pages in a row, the last with other rights; the same frame once more.
        (0x4000, 0x9067),
        (0x4008, 0xa067),
        (0x4010, 0xb065),
        (0x4020, 0x9067),
    ],
};

#[test]
fn neighbours_are_merged() {
    let run = TWO.run(&["--strict", "--all", "--format", "plain"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    // The first and the last 512G have the same tables.
    expect![[r#"
        0x0 0x2000 0x9000 0x1000 rwxu-
        0x2000 0x3000 0xb000 0x1000 r-xu-
        0x4000 0x5000 0x9000 0x1000 rwxu-
        0x200000 0x600000 0x200000 0x200000 rwx--
        0x600000 0x800000 0xa00000 0x200000 rwx--
        0x80000000 0xc0000000 fault image_hole level=PD entry=0x700000067 at=0x700000000
        0xc0000000 0x100000000 fault reserved_bit level=PDPT entry=0x2083 at=0x2018
        0xffffff8000000000 0xffffff8000002000 0x9000 0x1000 rwxu-
        0xffffff8000002000 0xffffff8000003000 0xb000 0x1000 r-xu-
        0xffffff8000004000 0xffffff8000005000 0x9000 0x1000 rwxu-
        0xffffff8000200000 0xffffff8000600000 0x200000 0x200000 rwx--
        0xffffff8000600000 0xffffff8000800000 0xa00000 0x200000 rwx--
        0xffffff8080000000 0xffffff80c0000000 fault image_hole level=PD entry=0x700000067 at=0x700000000
        0xffffff80c0000000 0xffffff8100000000 fault reserved_bit level=PDPT entry=0x2083 at=0x2018
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn as_a_table_for_people() {
    let run = TWO.run(&["--strict", "--all"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let lines: Vec<&str> = run.out.lines().collect();
    expect!["START                END                      SIZE  PHYSICAL            PAGE  ACCESS"]
        .assert_eq(lines[0]);
    expect!["0x200000             0x600000                   4M  0x200000            2M    rwx--"]
        .assert_eq(lines[4]);
    expect!["0x80000000           0xc0000000                 1G  fault image_hole level=PD entry=0x700000067 at=0x700000000"]
        .assert_eq(lines[6]);
    // Twice 16K in 4K pages and 6M in 2M pages.
    expect!["12320K mapped in 10 ranges, by 4 tables; the entries of 4 ranges lead nowhere"]
        .assert_eq(lines[16]);
}

#[test]
fn as_objects() {
    let run = TWO.run(&["--strict", "--all", "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let lines: Vec<serde_json::Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 14);
    assert_eq!(
        lines[3],
        serde_json::json!({
            "start": "0x200000", "end": "0x600000", "result": "mapped", "physical": "0x200000", "page": "0x200000",
            "repeat": null, "access": "rwx--", "fault": null, "level": null, "entry": null, "entry_at": null,
            "reserved_bit": null
        })
    );
    assert_eq!(
        lines[5],
        serde_json::json!({
            "start": "0x80000000", "end": "0xc0000000", "result": "fault", "physical": null, "page": null,
            "repeat": null, "access": null, "fault": "image_hole", "level": "PD", "entry": "0x700000067",
            "entry_at": "0x700000000", "reserved_bit": null
        })
    );
}

/// Single walks in the other two formats.
#[test]
fn one_address_in_every_format() {
    let addresses = ["0x212345", "0x3000", "0x80000000", "0x800000000000"];
    let run = TWO.run(&[&["--format", "text"], &addresses[..]].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    expect![[r#"
        ADDRESS         PHYSICAL                 PAGE  ACCESS  ENTRY
        0x212345        0x212345                 2M    rwx--   PD 0x2000e3 at 0x3008
        0x3000          fault not_present                      PT 0x0 at 0x4018
        0x80000000      fault image_hole                       PD at 0x700000000, from 0x700000067
        0x800000000000  fault non_canonical
    "#]]
    .assert_eq(&run.out);
    // Plain, if nothing is said.
    let run = TWO.run(&addresses);
    expect![[r#"
        0x212345 0x212345
        0x3000 fault not_present level=PT entry=0x0 at=0x4018
        0x80000000 fault image_hole level=PD entry=0x700000067 at=0x700000000
        0x800000000000 fault non_canonical
    "#]]
    .assert_eq(&run.out);
    let run = TWO.run(&["--format", "json", "0x212345", "0x3000", "0x800000000000"]);
    let lines: Vec<serde_json::Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(
        lines,
        [
            serde_json::json!({
                "address": "0x212345", "result": "mapped", "physical": "0x212345", "page": "0x200000",
                "page_address": "0x200000", "page_physical": "0x200000", "access": "rwx--", "fault": null,
                "level": "PD", "entry": "0x2000e3", "entry_at": "0x3008", "reserved_bit": null
            }),
            serde_json::json!({
                "address": "0x3000", "result": "fault", "physical": null, "page": null, "page_address": null,
                "page_physical": null, "access": null, "fault": "not_present", "level": "PT", "entry": "0x0",
                "entry_at": "0x4018", "reserved_bit": null
            }),
            serde_json::json!({
                "address": "0x800000000000", "result": "fault", "physical": null, "page": null, "page_address": null,
                "page_physical": null, "access": null, "fault": "non_canonical", "level": null, "entry": null,
                "entry_at": null, "reserved_bit": null
            }),
        ]
    );
}

/// Ends may be 2^64, and both roots of a format are read.
#[test]
fn the_top_of_the_space() {
    let tables = Tables {
        paging: "arm64_64k_42",
        roots: &[0x1_0000, 0x2_0000],
        entry_bytes: 8,
        entries: &[(0x1_0000, 0x2000_0701), (0x2_fff8, 0x4000_0781)],
    };
    let run = tables.run(&["--all", "--format", "plain"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    expect![[r#"
        0x0 0x20000000 0x20000000 0x20000000 rwx-g
        0xffffffffe0000000 0x10000000000000000 0x40000000 0x20000000 r-x-g
    "#]]
    .assert_eq(&run.out);
}

/// One frame under many pages is one range.
#[test]
fn repeated_frames() {
    let entries: Vec<(u64, u64)> = [(0x1000, 0x2067)]
        .into_iter()
        .chain((0..1024).map(|index| (0x2000 + index * 4, 0x9065)))
        .collect();
    let tables = Tables {
        paging: "x86_32",
        roots: &[0x1000],
        entry_bytes: 4,
        entries: &entries,
    };
    let run = tables.run(&["--all", "--format", "plain"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    expect!["0x0 0x400000 0x9000 0x1000 r-xu- repeat 0x1000\n"].assert_eq(&run.out);
    let run = tables.run(&["--all"]);
    assert!(run.out.contains("0x9000 x 4K"), "{}", run.out);
}

/// 64 GiB in 4K pages: 32,768 tables, 128 MiB of them. Every second page is the wrong way round, so that nothing merges beyond two.
#[test]
fn all_of_64_gib() {
    let (pointers, directories, tables) = (0x2000_u64, 0x1_0000_u64, 0x10_0000_u64);
    let mut image = vec![0_u8; 0x10_0000 + (32768 << 12)];
    let mut put = |at: u64, entry: u64| {
        image[at as usize..at as usize + 8].copy_from_slice(&entry.to_le_bytes());
    };
    put(0x1000, pointers | 3);
    for gib in 0..64 {
        put(pointers + gib * 8, (directories + (gib << 12)) | 3);
    }
    for table in 0..32768_u64 {
        put(directories + table * 8, (tables + (table << 12)) | 3);
        for page in 0..512 {
            let frame = table * 512 + page;
            put(tables + frame * 8, frame << 12 | 3);
        }
    }
    // One page in the middle is elsewhere.
    put(tables + 0x80_0000 * 8, 0x1234_5000 | 3);
    let files = directory(&[("ram.img", &image)]);
    drop(image);
    let started = std::time::Instant::now();
    let run = mapwright([
        "walk",
        "--paging",
        "x86_64_4level",
        "--root",
        "0x1000",
        "--image",
        &path(&files, "ram.img"),
        "--all",
        "--format",
        "plain",
    ]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    // 0x80_0000 pages are 32 GiB.
    expect![[r#"
        0x0 0x800000000 0x0 0x1000 rwx--
        0x800000000 0x800001000 0x12345000 0x1000 rwx--
        0x800001000 0x1000000000 0x800001000 0x1000 rwx--
    "#]]
    .assert_eq(&run.out);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
