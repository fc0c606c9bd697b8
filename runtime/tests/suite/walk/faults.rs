//! What walks say: published examples, faults in full, and rights over all levels.

use super::real;
use mapwright_runtime::paging::Format;
use mapwright_runtime::walk::{
    self, AccessKind, Image, Missing, Mode, PhysicalMemory, Rights, Walk, WalkFault, Wanted,
};
use std::collections::BTreeMap;

/// Entries at physical addresses; what was not written is a hole.
#[derive(Default)]
struct Entries(BTreeMap<u64, u64>);

impl PhysicalMemory for Entries {
    fn entry(&self, at: u64, _: u32) -> Result<u64, Missing> {
        self.0.get(&at).copied().ok_or(Missing::Hole)
    }
}

fn entries(list: &[(u64, u64)]) -> Entries {
    Entries(list.iter().copied().collect())
}

fn found(format: &Format, list: &[(u64, u64)], address: u64) -> Result<Walk, WalkFault> {
    let bits = super::trees::space_bits(format);
    walk::walk(&entries(list), format, bits, &[0, 0x10_0000], address)
}

/// The two-level tables of a published example, in 32-bit entries.
#[test]
fn two_levels_of_x86() {
    let mut bytes = vec![0; 0x3000];
    for (at, entry) in [
        (0x0, 0x1067_u32),
        (0x4, 0x2067),
        (0x8, 0x4000e7),
        (0x1000, 0xa067),
        (0x1004, 0xb067),
        (0x2000, 0xc067),
    ] {
        bytes[at..at + 4].copy_from_slice(&entry.to_le_bytes());
    }
    let image = Image::new([(0, &bytes[..])]).expect("one piece");
    let format = crate::samples::x86_32();
    for (address, physical) in [
        (0x123, 0xa123),
        (0x1234, 0xb234),
        (0x40_0567, 0xc567),
        (0x92_3456, 0x52_3456),
    ] {
        let walk = walk::walk(&image, &format, 32, &[0], address).expect("mapped");
        assert_eq!(walk.physical, physical, "{address:#x}");
    }
    let fault = walk::walk(&image, &format, 32, &[0], 0x40_1000).expect_err("nothing there");
    let text = "not_present level=PT entry=0x0 at=0x2004";
    assert_eq!(fault.in_format(&format).to_string(), text);
}

/// Every fault has its word, its place, and its text.
#[test]
fn faults_in_full() {
    let format = real::x86_64();
    let list = [
        (0x0, 0x1003),
        (0x8, 0x1083),
        (0x1000, 0x4000_0083),
        (0x1008, 0x4000_2083),
        (0x1010, 0x9_9003),
    ];
    let cases = [
        (0x1_0000_0000_0000, "non_canonical"),
        (
            0x80_0000_0000,
            "reserved_bit level=PML4 entry=0x1083 at=0x8",
        ),
        (
            0x4000_0000,
            "reserved_bit level=PDPT entry=0x40002083 at=0x1008",
        ),
        (0x8000_0000, "image_hole level=PD entry=0x99003 at=0x99000"),
    ];
    for (address, expected) in cases {
        let fault = found(&format, &list, address).expect_err("a fault");
        assert_eq!(fault.in_format(&format).to_string(), expected);
    }
    let page = found(&format, &list, 0x1234_5678).expect("a page of 1 GiB");
    assert_eq!(
        (page.physical, page.page.bytes, page.reads),
        (0x5234_5678, 1 << 30, 2)
    );
    for root in [8, 0xfff, 1 << 52, u64::MAX] {
        let fault = walk::walk(&entries(&list), &format, 64, &[root], 0).expect_err("no root");
        assert_eq!(
            (fault.word(), fault.level(), fault.entry()),
            ("bad_table_address", Some(0), Some(root))
        );
    }
    let one_root = walk::walk(&entries(&list), &real::arm64_39(), 64, &[0], u64::MAX);
    assert_eq!(
        one_root,
        Err(WalkFault::NonCanonical),
        "the second is not given"
    );
}

/// A machine with fewer addresses than the format: its tables and pages lie below.
#[test]
fn machines_with_fewer_addresses() {
    let mut bytes = vec![0; 0x4000];
    for (at, entry) in [
        (0, 0x1003_u64),
        (0x1000, 0x2003),
        (0x1008, 0x80_0000_0083),
        (0x1010, 1 << 40 | 3),
    ] {
        bytes[at..at + 8].copy_from_slice(&entry.to_le_bytes());
    }
    let format = real::x86_64();
    let image = Image::new([(0, &bytes[..])]).expect("one piece");
    let word = |bits: u32, address| {
        let image = image.clone().bounded(bits);
        match walk::walk(&image, &format, 64, &[0], address) {
            Ok(_) => "mapped",
            Err(fault) => fault.word(),
        }
    };
    assert_eq!(word(64, 0x4000_0000), "mapped");
    assert_eq!(word(40, 0x4000_0000), "mapped");
    assert_eq!(word(39, 0x4000_0000), "reserved_bit");
    assert_eq!(word(41, 0x8000_0000), "image_hole");
    assert_eq!(word(40, 0x8000_0000), "bad_table_address");
    assert_eq!(word(13, 0), "bad_table_address");
}

/// `r`, `w`, `x` (kernel), `u`, `X` (user), `g`, as [`Rights`] shows itself.
fn rights(format: &Format, list: &[(u64, u64)], address: u64) -> String {
    let walk = found(format, list, address);
    walk.map_or_else(
        |fault| fault.to_string(),
        |walk| format!("{:?}", walk.page.rights),
    )
}

#[test]
fn rights_of_x86() {
    let format = real::x86_64();
    let of = |flags: [u64; 4]| {
        let entry = |level: u64| {
            let next = (level + 1) * 0x1000;
            (level * 0x1000, next | flags[level as usize])
        };
        rights(&format, &[entry(0), entry(1), entry(2), entry(3)], 0)
    };
    let no_execute = 1 << 63;
    assert_eq!(of([7, 7, 7, 7 | 0x100]), "rwxuXg");
    assert_eq!(of([7, 7, 7, 5]), "r-xuX-");
    assert_eq!(of([7, 5, 7, 7]), "r-xuX-", "not writable above");
    assert_eq!(of([3, 7, 7, 7]), "rwx---", "not for user mode above");
    assert_eq!(of([7, 7 | no_execute, 7, 7]), "rw-u--", "any forbids");
    assert_eq!(of([7, 7, 7 | 0x100, 7]), "rwxuX-", "global in leaves only");
}

/// The directory pointers of PAE have no rights to give or withhold.
#[test]
fn rights_of_pae() {
    let format = real::x86_pae();
    let list = |top: u64| [(0, 0x1000 | top), (0x1000, 0x2007), (0x2000, 0x3007)];
    assert_eq!(rights(&format, &list(1), 0), "rwxuX-");
    let fault = found(&format, &list(7), 0).expect_err("reserved there");
    assert_eq!((fault.word(), fault.level()), ("reserved_bit", Some(0)));
}

/// Arm: rights in other bits of tables than of pages, and fetches by each mode for itself.
#[test]
fn rights_of_arm() {
    let format = super::formats::arm64_tables();
    let of = |table: u64, page: u64| {
        let list = [
            (0, 0x1003),
            (0x1000, 0x2003 | table),
            (0x2000, 0x3003),
            (0x3000, 0x4003 | page),
        ];
        rights(&format, &list, 0)
    };
    let (user, read_only, not_global) = (1 << 6, 1 << 7, 1 << 11);
    let (pxn, uxn) = (1 << 53, 1 << 54);
    assert_eq!(of(0, user | not_global), "rwxuX-");
    assert_eq!(
        of(0, pxn | uxn),
        "rw---g",
        "bits 6 and 11 clear in tables say nothing"
    );
    assert_eq!(
        of(0, user | read_only | pxn | not_global),
        "r--uX-",
        "a program's text"
    );
    assert_eq!(of(0, read_only | uxn), "r-x--g", "the kernel's text");
    assert_eq!(
        of(0, read_only | pxn),
        "r---Xg",
        "user mode may fetch what it may not read"
    );
    assert_eq!(of(1 << 59, user), "rw-uXg", "PXNTable");
    assert_eq!(of(1 << 60, user), "rwxu-g", "UXNTable");
    assert_eq!(of(1 << 61, user), "rwx-Xg", "APTable: not for user mode");
    assert_eq!(of(1 << 62, user), "r-xuXg", "APTable: read only");
    assert_eq!(
        of(read_only | pxn | uxn, user),
        "rwxuXg",
        "ignored in tables"
    );
}

/// RISC-V: rights in pages only, except that a table may be global.
#[test]
fn rights_of_risc_v() {
    let format = super::formats::sv48();
    let next = |at: u64| at >> 2;
    let of = |table: u64, page: u64| {
        let list = [
            (0, next(0x1000) | 1),
            (0x1000, next(0x2000) | 1 | table),
            (0x2000, next(0x3000) | 1),
            (0x3000, next(0x4000) | 1 | page),
        ];
        rights(&format, &list, 0)
    };
    assert_eq!(of(0, 0xe), "rwx---");
    assert_eq!(of(0, 0x1e), "rwxuX-");
    assert_eq!(of(0, 0x8), "--x---", "executed only");
    assert_eq!(of(0x20, 0x2), "r----g", "global above");
    assert!(of(0, 0x4).contains("reserved"), "written only");
    assert!(of(0x10, 0x2).contains("reserved"), "U in a table");
}

/// What may be done with a page of given rights.
#[test]
fn permissions() {
    use AccessKind::{Execute, Read, Write};
    use Mode::{Kernel, User};
    let format = super::formats::arm64_tables();
    let list = [
        (0, 0x1003),
        (0x1000, 0x2003),
        (0x2000, 0x3003),
        (0x3000, 0x4083 | 1 << 53),
    ];
    let try_it = |kind, mode| {
        let wanted = Wanted { kind, mode };
        walk::walk_for(&entries(&list), &format, 64, &[0, 0], 0x10, wanted)
    };
    let refused = WalkFault::Permission {
        level: 3,
        entry_at: 0x3000,
        entry: 0x4083 | 1 << 53,
    };
    for (kind, mode, allowed) in [
        (Read, Kernel, true),
        (Write, Kernel, false),
        (Execute, Kernel, false),
        (Read, User, false),
        (Write, User, false),
        (Execute, User, true),
    ] {
        let result = try_it(kind, mode);
        let expected = if allowed { Ok(0x4010) } else { Err(refused) };
        assert_eq!(
            result.map(|walk| walk.physical),
            expected,
            "{kind:?} {mode:?}"
        );
    }
    assert_eq!(refused.word(), "permission");
    let access = Rights::USER_EXECUTE.with(Rights::READ).access();
    assert_eq!(
        access.to_string(),
        "r-x",
        "executable for anybody is executable"
    );
    assert!(!access.user);
}
