//! `walk --all --layout`: what tables map beside what a layout declares.

use super::Tables;
use super::kestrel::KESTREL;
use expect_test::expect;

/// A kernel with every kind of range.
const LAYOUT: &str = "\
use std \"paging/x86.layout\";

space physical : 36 bits;
space linear   : 32 bits, paging x86_pae, to physical;

split linear {
    user   : 0  .. 3G         { access: user,       tables: per_process };
    kernel : 3G .. linear.end { access: supervisor, tables: shared };
}

zone   ram     in physical : 0           .. 256M;
window direct  in kernel   : 3G          .. +256M -> physical at 0 { access: rw };
guard  gap     in kernel   : direct.end  .. +8M;
window vmalloc in kernel   : gap.end     .. +64M  -> pages from ram { access: rw };
hole   old     in kernel   : vmalloc.end .. +4M;
window one     in kernel   : 0xF000_0000 .. +64K  -> physical at 0x10_0000 repeat 8K alias of direct because \"a test\" { access: r };
";

const TABLES: Tables<'_> = Tables {
    paging: "x86_pae",
    roots: &[0x1000],
    entry_bytes: 8,
    entries: &[
        (0x1000, 0x3001),
        (0x1018, 0x2001),
        // A page of a process.
        (0x3000, 0x4067),
        (0x4000, 0x8000_0000_0900_0067),
        // The direct map: right, executable, elsewhere.
        (0x2000, 0x8000_0000_0000_00e3),
        (0x2008, 0x20_00e3),
        (0x2010, 0x8000_0000_0060_00e3),
        // The last 2M of the direct map and the first of the guard (3G + 256M): entries 127 and 128.
        (0x23f8, 0x8000_0000_0fe0_00e3),
        (0x2400, 0x8000_0000_1000_00e3),
        // 3G + 264M is vmalloc: entry 132. 3G + 328M is the hole: entry 164. 3G + 332M is nothing: entry 166.
        (0x2420, 0x8000_0000_0480_00e3),
        (0x2520, 0x8000_0000_0480_00e1),
        (0x2530, 0x8000_0000_0480_00e1),
        // 0xf000_0000 is 3G + 768M: entry 384. Four pages of the window that repeats, the last of them wrong.
        (0x2c00, 0x5063),
        (0x5000, 0x8000_0000_0010_0061),
        (0x5008, 0x8000_0000_0010_1061),
        (0x5010, 0x8000_0000_0010_0061),
        (0x5018, 0x8000_0000_0010_2061),
    ],
};

fn files() -> (tempfile::TempDir, String) {
    let files = crate::cli::program::directory(&[("kernel.layout", LAYOUT.as_bytes())]);
    let name = crate::cli::program::path(&files, "kernel.layout");
    (files, name)
}

#[test]
fn findings() {
    let (_files, layout) = files();
    let run = TABLES.run(&["--all", "--layout", &layout, "--format", "plain"]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    expect![[r#"
        0x0 0x1000 0x9000000 0x1000 rw-u- user
        0xc0000000 0xc0200000 0x0 0x200000 rw--- direct
        0xc0200000 0xc0400000 0x200000 0x200000 rwx-- direct rights write_execute
        0xc0400000 0xc0600000 0x600000 0x200000 rw--- direct elsewhere
        0xc0600000 0xcfe00000 missing direct
        0xcfe00000 0xd0000000 0xfe00000 0x200000 rw--- direct
        0xd0000000 0xd0200000 0x10000000 0x200000 rw--- gap stray
        0xd0800000 0xd0a00000 0x4800000 0x200000 rw--- vmalloc
        0xd4800000 0xd4a00000 0x4800000 0x200000 r---- old stray
        0xd4c00000 0xd4e00000 0x4800000 0x200000 r---- kernel outside
        0xf0000000 0xf0002000 0x100000 0x1000 r---- one
        0xf0002000 0xf0003000 0x100000 0x1000 r---- one
        0xf0003000 0xf0004000 0x102000 0x1000 r---- one elsewhere
        0xf0004000 0xf0010000 missing one
    "#]]
    .assert_eq(&run.out);
}

/// The range that a walk merges is cut where the layout says something else: at the end of the direct map.
#[test]
fn for_people_and_programs() {
    let (_files, layout) = files();
    let run = TABLES.run(&["--all", "--layout", &layout]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    let line = |word: &str| {
        let found = run.out.lines().find(|line| line.contains(word));
        found
            .unwrap_or_else(|| panic!("{word}: {}", run.out))
            .to_owned()
    };
    expect!["0xc0400000   0xc0600000         2M  0x600000            2M    rw---   window direct             elsewhere (0xc0400000 belongs to 0x400000)"]
        .assert_eq(&line("elsewhere"));
    expect!["0xd0000000   0xd0200000         2M  0x10000000          2M    rw---   guard gap                 stray"].assert_eq(&line("stray"));
    expect!["16404K mapped in 11 ranges, by 5 tables; 8 ranges with findings"]
        .assert_eq(&line("findings"));
    assert_eq!(
        line("gap is declared at"),
        format!("gap is declared at {layout}:13:8")
    );
    let run = TABLES.run(&["--all", "--layout", &layout, "--format", "json"]);
    let found = run
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let wrong: Vec<serde_json::Value> =
        found.filter(|line| line["start"] == "0xc0400000").collect();
    assert_eq!(
        wrong,
        [serde_json::json!({
            "start": "0xc0400000", "end": "0xc0600000", "result": "mapped", "physical": "0x600000", "page": "0x200000",
            "repeat": null, "access": "rw---", "fault": null, "level": null, "entry": null, "entry_at": null,
            "reserved_bit": null, "window": "direct", "findings": ["elsewhere"], "differs_at": "0xc0400000",
            "expected": "0x400000", "declared_access": null, "declared_at": format!("{layout}:12:8")
        })]
    );
}

/// Tables that map what the layout says have no findings, and the format comes from the layout.
#[test]
fn nothing_to_find() {
    let run = KESTREL.run(&[
        "--all",
        "--layout",
        "std:examples/kestrel",
        "--format",
        "plain",
    ]);
    // The page of 8M is where `direct` is, but it maps the registers; the page of 8K too.
    assert_eq!(run.code, 1);
    let entries = [
        // 512G: 64M of memory, writable, not executable, in eight pages of 8M, whose frame's number is a multiple of 1024.
        // The registers at the end of the space: entry 127 of the top, entry 1023 of the table, entry 0 of the last.
        (0x2600, 0x5000_0000_0000_0208),
        (0x4000, 0x2000_0000_0000_0009),
        (0x4008, 0x2000_0000_0004_0009),
        (0x4010, 0x2000_0000_0008_0009),
        (0x4018, 0x2000_0000_000c_0009),
        (0x4020, 0x2000_0000_0010_0009),
        (0x4028, 0x2000_0000_0014_0009),
        (0x4030, 0x2000_0000_0018_0009),
        (0x4038, 0x2000_0000_001c_0009),
        (0x27f8, 0x5000_0000_0000_0308),
        (0x7ff8, 0x5000_0000_0000_0408),
        // 0xabc_def0_0000 >> 13 is 0x55e6_f780.
        (0x8000, 0x20ab_cc00_00f7_8009),
    ];
    let tables = Tables {
        entries: &entries,
        ..KESTREL
    };
    let run = tables.run(&[
        "--all",
        "--layout",
        "std:examples/kestrel",
        "--set",
        "RAM=64M",
        "--format",
        "plain",
    ]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    expect![[r#"
        0x8000000000 0x8004000000 0x0 0x800000 rw--- direct
        0xffff800000 0xffff802000 0xabcdef00000 0x2000 rw--- serial
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn a_layout_that_is_wrong() {
    let files = crate::cli::program::directory(&[
        ("wrong.layout", b"space linear : 32 bits;\nwindow a in nowhere : 0 .. 4K -> device;\n"),
        ("bare.layout", b"space physical : 32 bits;\nspace linear : 32 bits, to physical;\nwindow a in linear : 0 .. 4K -> physical at 0;\n"),
    ]);
    let wrong = crate::cli::program::path(&files, "wrong.layout");
    let run = TABLES.run(&["--all", "--layout", &wrong]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(run.err.contains("error[unknown-name]"), "{}", run.err);
    let (_files, layout) = self::files();
    let run = TABLES.run(&["--all", "--layout", &layout, "--space", "lineal"]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.err,
        "error: the layout has no space `lineal`; did you mean linear?\n"
    );
    let run = TABLES.run(&["--all", "--layout", &layout, "--set", "RAM=1"]);
    assert_eq!(run.code, 2, "{}", run.err);
    // Without --paging the space must have a format.
    let bare = crate::cli::program::path(&files, "bare.layout");
    let image = format!("{}@0", crate::cli::program::path(&files, "bare.layout"));
    let run = crate::cli::program::mapwright([
        "walk", "--root", "0", "--image", &image, "--all", "--layout", &bare,
    ]);
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
    assert_eq!(
        run.err,
        "error: the layout gives the space no paging format; say which with --paging\n"
    );
}
