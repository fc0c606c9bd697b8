//! What entries allow, and asking for it: the rights of all levels together.

use super::Tables;

/// Runs `walk --format json` for one address and gives its `access`.
fn access(tables: &Tables<'_>, address: u64) -> String {
    let run = tables.run(&["--format", "json", &format!("{address:#x}")]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let line: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    line["access"].as_str().expect("mapped").to_owned()
}

#[track_caller]
fn allow(tables: &Tables<'_>, expected: &[(u64, &str)]) {
    for (address, rights) in expected {
        assert_eq!(
            &access(tables, *address),
            rights,
            "{} {address:#x}",
            tables.paging
        );
    }
}

/// On x86 each level can take the right to write, to execute, and user mode away.
const X86: Tables<'_> = Tables {
    paging: "x86_64_4level",
    roots: &[0x1000],
    entry_bytes: 8,
    entries: &[
        (0x1000, 0x2007),
        (0x2000, 0x3007),
        // No-execute; read-only; supervisor.
        (0x2008, 0x8000_0000_0000_3007),
        (0x2010, 0x3005),
        (0x2018, 0x3003),
        (0x3000, 0x4007),
        // All rights and global; read-only; supervisor; no-execute.
        (0x4000, 0x5167),
        (0x4008, 0x5005),
        (0x4010, 0x5003),
        (0x4018, 0x8000_0000_0000_5007),
    ],
};

#[test]
fn x86() {
    allow(
        &X86,
        &[
            (0x0, "rwxug"),
            (0x1000, "r-xu-"),
            (0x2000, "rwx--"),
            (0x3000, "rw-u-"),
            (0x4000_0000, "rw-ug"),
            (0x8000_0000, "r-xug"),
            (0xc000_0000, "rwx-g"),
            (0xc000_1000, "r-x--"),
        ],
    );
}

#[test]
fn asking_for_rights() {
    // The entry of the page is named, whatever level takes the right away.
    let denied = "fault permission level=PT entry=0x5167 at=0x4000";
    X86.lead_with(
        &["--access", "rw,user"],
        &[
            (0x10, "0x5010"),
            (0x8000_0000, denied),
            (0xc000_0000, denied),
            (0x1000, "fault permission level=PT entry=0x5005 at=0x4008"),
            (0x9000, "fault not_present level=PT entry=0x0 at=0x4048"),
        ],
    );
    X86.lead_with(
        &["--access", "w"],
        &[(0xc000_0000, "0x5000"), (0x8000_0000, denied)],
    );
    X86.lead_with(
        &["--access", "x"],
        &[
            (0x8000_0000, "0x5000"),
            (0x4000_0000, denied),
            (
                0x3000,
                "fault permission level=PT entry=0x8000000000005007 at=0x4018",
            ),
        ],
    );
    X86.lead_with(
        &["--access", "x,user"],
        &[
            (0, "0x5000"),
            (0x2000, "fault permission level=PT entry=0x5003 at=0x4010"),
        ],
    );
}

/// Arm: AP[2] (7) read-only, AP[1] (6) user, PXN (53), UXN (54), nG (11) in pages; APTable (62 read-only, 61 no user), UXNTable (60),
/// PXNTable (59) in tables.
#[test]
fn arm64() {
    let tables = Tables {
        paging: "arm64_4k_39",
        roots: &[0x1000],
        entry_bytes: 8,
        entries: &[
            (0x1000, 0x2003),
            (0x1008, 0x4000_0000_0000_2003),
            (0x1010, 0x2000_0000_0000_2003),
            (0x1018, 0x1000_0000_0000_2003),
            (0x1020, 0x0800_0000_0000_2003),
            // Bits 11:2 of a table mean nothing.
            (0x2000, 0x3fff),
            // The kernel's data (UXN, PXN), its text (UXN, read-only), a user's data, a user's text (PXN).
            (0x3000, 0x0060_0000_0000_5703),
            (0x3008, 0x0040_0000_0000_5783),
            (0x3010, 0x0060_0000_0000_5f43),
            (0x3018, 0x0020_0000_0000_5fc3),
        ],
    };
    allow(
        &tables,
        &[
            (0x0, "rw--g"),
            (0x1000, "r-x-g"),
            (0x2000, "rw-u-"),
            (0x3000, "r-xu-"),
            // APTable: read-only.
            (0x4000_0000, "r---g"),
            (0x4000_2000, "r--u-"),
            // APTable: not for users. The kernel may not execute it either (PXN), users still might (UXN is clear).
            (0x8000_2000, "rw---"),
            (0x8000_3000, "r-x--"),
            // UXNTable leaves the kernel's text alone, PXNTable the user's.
            (0xc000_1000, "r-x-g"),
            (0xc000_3000, "r--u-"),
            (0x1_0000_1000, "r---g"),
            (0x1_0000_3000, "r-xu-"),
        ],
    );
    tables.lead_with(
        &["--access", "x,user"],
        &[
            (0x3000, "0x5000"),
            (
                0x1000,
                "fault permission level=L3 entry=0x40000000005783 at=0x3008",
            ),
            (
                0xc000_3000,
                "fault permission level=L3 entry=0x20000000005fc3 at=0x3018",
            ),
        ],
    );
    tables.lead_with(
        &["--access", "x"],
        &[
            (0x1000, "0x5000"),
            (
                0x3000,
                "fault permission level=L3 entry=0x20000000005fc3 at=0x3018",
            ),
        ],
    );
}

/// RISC-V: rights are the page's alone; G of a table holds for all below.
#[test]
fn riscv() {
    let tables = Tables {
        paging: "riscv_sv39",
        roots: &[0x1000],
        entry_bytes: 8,
        entries: &[
            (0x1000, 0x801),
            (0x1008, 0x821),
            (0x2000, 0xc01),
            // Read, write, user; read, execute, global; execute alone, for users.
            (0x3000, 0x14d7),
            (0x3008, 0x146b),
            (0x3010, 0x1459),
        ],
    };
    allow(
        &tables,
        &[
            (0x0, "rw-u-"),
            (0x1000, "r-x-g"),
            (0x2000, "--xu-"),
            (0x4000_0000, "rw-ug"),
        ],
    );
    tables.lead_with(
        &["--access", "r,user"],
        &[
            (0x0, "0x5000"),
            (0x2000, "fault permission level=L0 entry=0x1459 at=0x3010"),
        ],
    );
}

/// The made-up machine: no-execute is bit 0, write bit 3, user bit 5, global bit 40, in every entry.
#[test]
fn kestrel() {
    let tables = Tables {
        entries: &[
            (0x2600, 0x5000_0000_0000_0228),
            (0x4010, 0x5000_0000_0000_0328),
            (0x6028, 0x20ab_cc00_00f7_8128),
            (0x6030, 0x20ab_cd00_00f7_8109),
            (0x6038, 0x20ab_cd00_00f7_8128),
        ],
        ..super::kestrel::KESTREL
    };
    allow(
        &tables,
        &[
            (0x80_0100_a000, "rwxu-"),
            (0x80_0100_c000, "rw--g"),
            (0x80_0100_e000, "rwxug"),
        ],
    );
}
