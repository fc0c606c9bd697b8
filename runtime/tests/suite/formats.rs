//! Page-table formats: what is accepted, what they say, and every law with its refusal.

use crate::samples::{arm64_64k_52, x86_32, x86_32_spec, x86_64_4level, x86_64_spec};
use mapwright_runtime::Range;
use mapwright_runtime::paging::{
    AddressForm, Condition, Field, Format, FormatError, FormatSpec, FramePiece, Owner, Slice,
};

fn refused(change: impl FnOnce(&mut FormatSpec)) -> FormatError {
    let mut spec = x86_64_spec();
    change(&mut spec);
    Format::new(spec).expect_err("a wrong format")
}

#[test]
fn sizes() {
    let x86_64 = x86_64_4level();
    assert_eq!(x86_64.page_size(), 4096);
    assert_eq!(x86_64.leaf_sizes(), [4 << 10, 2 << 20, 1 << 30]);
    assert_eq!(x86_64.top_entry_span(), 512 << 30);
    assert_eq!(x86_64.table_bytes(0), Some(4096));
    assert_eq!(x86_64.table_bytes(4), None);
    let x86_32 = x86_32();
    assert_eq!(x86_32.leaf_sizes(), [4 << 10, 4 << 20]);
    assert_eq!(x86_32.top_entry_span(), 4 << 20);
    let arm64 = arm64_64k_52();
    assert_eq!(arm64.page_size(), 65536);
    assert_eq!(arm64.leaf_sizes(), [64 << 10, 512 << 20, 4 << 40]);
    assert_eq!(arm64.table_bytes(0), Some(8192));
}

#[test]
fn canonical_addresses() {
    let ranges = |format: &Format, bits| -> Vec<(u64, u128)> {
        let ranges = format.canonical_ranges_in(bits);
        ranges.iter().map(|r| (r.base(), r.end())).collect()
    };
    let x86_64 = x86_64_4level();
    let halves = [(0, 1 << 47), (0xffff_8000_0000_0000, 1 << 64)];
    assert_eq!(ranges(&x86_64, 64), halves);
    assert_eq!(ranges(&x86_64, 48), [(0, 1 << 48)]);
    for (address, canonical) in [
        (0x7fff_ffff_ffff, true),
        (0x8000_0000_0000, false),
        (0xffff_7fff_ffff_ffff, false),
        (0xffff_8000_0000_0000, true),
        (u64::MAX, true),
    ] {
        assert_eq!(x86_64.is_canonical(address), canonical, "{address:#x}");
    }
    assert_eq!(ranges(&x86_32(), 64), [(0, 1 << 32)]);
    assert_eq!(
        x86_32().canonical_ranges_in(32),
        [Range::of_bits(32).unwrap()]
    );
    let two_roots = arm64_64k_52();
    assert_eq!(
        ranges(&two_roots, 64),
        [(0, 1 << 52), (0xfff0 << 48, 1 << 64)]
    );
    assert_eq!(ranges(&two_roots, 53), [(0, 1 << 53)]);
    assert!(two_roots.canonical_ranges_in(0).is_empty());
    assert_eq!(AddressForm::TwoRoots.to_string(), "two_roots");
}

#[test]
fn frames_in_two_pieces() {
    let arm64 = arm64_64k_52();
    let page = arm64.levels()[2].form_of(0x1234_5678_a003).expect("a page");
    assert!(page.leaf);
    assert_eq!(page.frame_of(0x1234_5678_a003), 0xa_1234_5678_0000);
    let block = arm64.levels()[1].form_of(0b01).expect("a block");
    let table = arm64.levels()[1].form_of(0b11).expect("a table");
    assert!(block.leaf && !table.leaf);
    assert_eq!(arm64.levels()[2].form_of(0b01), None);
}

/// The default form stands before the conditional one, and still comes last.
#[test]
fn conditional_forms_are_tried_first() {
    let x86_32 = x86_32();
    let directory = &x86_32.levels()[0];
    assert!(directory.form_of(0x0040_00e7).expect("a form").leaf);
    assert!(!directory.form_of(0x1067).expect("a form").leaf);
}

#[test]
fn conditions_read_as_written() {
    let condition = Condition::All(vec![
        Condition::set(0),
        Condition::Not(Box::new(Condition::Any(vec![
            Condition::Equal(Slice::new(1, 0), 3),
            Condition::NotEqual(Slice::bit(7), 0),
        ]))),
    ]);
    assert_eq!(
        condition.to_string(),
        "(entry[0] == 0x1 && !((entry[1:0] == 0x3 || entry[7] != 0x0)))"
    );
    assert!(condition.holds(0b01) && !condition.holds(0b11) && !condition.holds(0x81));
    assert_eq!(Condition::All(Vec::new()).to_string(), "true");
    assert!(!Condition::Any(Vec::new()).holds(0));
}

#[test]
fn widths() {
    assert_eq!(
        refused(|s| s.va_bits = 0),
        FormatError::AddressBits { bits: 0 }
    );
    assert_eq!(
        refused(|s| s.va_bits = 65),
        FormatError::AddressBits { bits: 65 }
    );
    assert_eq!(
        refused(|s| s.physical_bits = 65),
        FormatError::PhysicalBits { bits: 65 }
    );
    assert_eq!(
        refused(|s| s.entry_bytes = 16),
        FormatError::EntryBytes { bytes: 16 }
    );
    assert_eq!(refused(|s| s.levels.clear()), FormatError::NoLevels);
}

#[test]
fn names() {
    let same = refused(|s| s.levels[2].name = "PT".into());
    assert_eq!(same, FormatError::DuplicateName { name: "PT".into() });
    let field = Field {
        name: "writable".into(),
        slice: Slice::bit(9),
        inverted: false,
    };
    let same = refused(|s| s.fields.push(field));
    assert_eq!(same.to_string(), "the name `writable` is used twice");
}

#[test]
fn indices() {
    let gap = refused(|s| s.levels[1].index = Slice::new(37, 30));
    assert_eq!(
        gap.to_string(),
        "level `PDPT` is indexed by va[37:30], but its highest bit must be 38"
    );
    let unused = refused(|s| s.va_bits = 49);
    assert!(matches!(
        unused,
        FormatError::IndexGap {
            expected_hi: 48,
            ..
        }
    ));
    let outside = refused(|s| s.levels[0].index = Slice::new(48, 39));
    assert!(matches!(
        outside,
        FormatError::IndexOutside { va_bits: 48, .. }
    ));
    let inverted = refused(|s| s.levels[0].index = Slice::new(39, 47));
    assert!(matches!(inverted, FormatError::IndexOutside { .. }));
    let byte = refused(|s| s.levels[3].index = Slice::new(20, 0));
    assert_eq!(byte, FormatError::NoOffset { level: "PT".into() });
    let below = refused(|s| {
        s.levels[3].index = Slice::new(20, 0);
        let mut more = s.levels[3].clone();
        more.name = "more".into();
        s.levels.push(more);
    });
    assert!(matches!(
        below,
        FormatError::IndexGap { expected_hi: 0, .. }
    ));
}

#[test]
fn tables_are_pages() {
    let half = refused(|s| s.entry_bytes = 4);
    assert_eq!(
        half.to_string(),
        "a table of level `PDPT` has 2048 bytes, a page has 4096"
    );
}

#[test]
fn slices_are_in_the_entry() {
    let mut spec = x86_32_spec();
    spec.reserved.push(Slice::bit(32));
    let error = Format::new(spec).expect_err("a wrong format");
    let expected = FormatError::SliceOutside {
        owner: Owner::Reserved,
        slice: Slice::bit(32),
        entry_bits: 32,
    };
    assert_eq!(error, expected);
    let inverted = refused(|s| s.fields[0].slice = Slice::new(1, 2));
    assert_eq!(
        inverted.to_string(),
        "field `writable` uses [1:2], but an entry has 64 bits"
    );
    let form = refused(|s| s.levels[1].forms[1].reserved.push(Slice::new(64, 13)));
    assert_eq!(
        form.to_string(),
        "form 1 of level `PDPT` uses [64:13], but an entry has 64 bits"
    );
    let frame = refused(|s| s.levels[3].forms[0].frame[0].hi = 64);
    assert!(matches!(frame, FormatError::SliceOutside { .. }));
    let large =
        refused(|s| s.present = Condition::Not(Box::new(Condition::Equal(Slice::bit(0), 2))));
    assert_eq!(
        large.to_string(),
        "the condition of presence compares [0] with 0x2, which is above 0x1"
    );
}

#[test]
fn forms() {
    let none = refused(|s| s.levels[3].forms.clear());
    assert_eq!(none, FormatError::NoForms { level: "PT".into() });
    let two = refused(|s| s.levels[1].forms[1].when = None);
    assert_eq!(
        two,
        FormatError::TwoDefaults {
            level: "PDPT".into(),
            form: 1
        }
    );
    let table = refused(|s| s.levels[3].forms[0].leaf = false);
    assert_eq!(
        table,
        FormatError::TableAtLastLevel {
            level: "PT".into(),
            form: 0
        }
    );
    let unreachable = refused(|s| {
        s.levels[1].forms.remove(0);
    });
    assert_eq!(
        unreachable.to_string(),
        "no form of level `PDPT` points to a table, so that `PD` is never reached"
    );
}

#[test]
fn frames() {
    let piece = |hi, lo, shift| FramePiece { hi, lo, shift };
    let none = refused(|s| s.levels[3].forms[0].frame.clear());
    assert_eq!(
        none,
        FormatError::NoFrame {
            level: "PT".into(),
            form: 0
        }
    );
    let twice = refused(|s| s.levels[3].forms[0].frame.push(piece(8, 7, 50)));
    assert_eq!(
        twice.to_string(),
        "form 0 of level `PT`: `entry[8:7] << 50` gives a bit that another piece gives"
    );
    let small = refused(|s| s.levels[1].forms[1].frame[0] = piece(51, 21, 21));
    assert_eq!(
        small.to_string(),
        "form 1 of level `PDPT` gives addresses from bit 21, which must be bit 30"
    );
    let table = refused(|s| s.levels[0].forms[0].frame[0] = piece(51, 13, 13));
    assert!(matches!(
        table,
        FormatError::FrameUnaligned {
            lowest: 13,
            expected: 12,
            ..
        }
    ));
    let wide = refused(|s| s.physical_bits = 51);
    assert!(matches!(
        wide,
        FormatError::FrameTooWide {
            highest: 51,
            physical_bits: 51,
            ..
        }
    ));
    let beyond = refused(|s| s.levels[3].forms[0].frame[0] = piece(51, 12, u32::MAX));
    assert!(matches!(
        beyond,
        FormatError::FrameTooWide {
            highest: u32::MAX,
            ..
        }
    ));
}
