//! Page-table formats with all their fields, as the bundled files declare them.

use mapwright_runtime::paging::{
    AddressForm, Condition, EntryForm, Field, Format, FormatSpec, FramePiece, Level, Slice,
};

pub fn spec(name: &str, va_bits: u32, physical_bits: u32, entry_bytes: u32) -> FormatSpec {
    FormatSpec {
        name: name.into(),
        doc: String::new(),
        va_bits,
        form: AddressForm::ZeroExtended,
        physical_bits,
        entry_bytes,
        present: Condition::set(0),
        fields: Vec::new(),
        reserved: Vec::new(),
        levels: Vec::new(),
    }
}

fn fields(list: &[(&str, u32, bool)]) -> Vec<Field> {
    let field = |(name, bit, inverted): &(&str, u32, bool)| Field {
        name: (*name).into(),
        slice: Slice::bit(*bit),
        inverted: *inverted,
    };
    list.iter().map(field).collect()
}

fn piece(hi: u32, lo: u32, shift: u32) -> FramePiece {
    FramePiece { hi, lo, shift }
}

fn form(
    leaf: bool,
    when: Option<Condition>,
    frame: &[FramePiece],
    reserved: &[Slice],
) -> EntryForm {
    EntryForm {
        leaf,
        when,
        frame: frame.into(),
        reserved: reserved.into(),
    }
}

pub fn level(name: &str, hi: u32, lo: u32, forms: Vec<EntryForm>) -> Level {
    Level {
        name: name.into(),
        index: Slice::new(hi, lo),
        forms,
    }
}

const X86: [(&str, u32, bool); 5] = [
    ("writable", 1, false),
    ("user", 2, false),
    ("accessed", 5, false),
    ("dirty", 6, false),
    ("global", 8, false),
];

/// Two levels with 4 MiB pages that may lie above 4 GiB.
pub fn x86_32_pse36() -> Format {
    let large = [piece(31, 22, 22), piece(20, 13, 32)];
    let directory = vec![
        form(false, None, &[piece(31, 12, 12)], &[]),
        form(true, Some(Condition::set(7)), &large, &[Slice::bit(21)]),
    ];
    let table = vec![form(true, None, &[piece(31, 12, 12)], &[])];
    Format::new(FormatSpec {
        fields: fields(&X86),
        levels: vec![level("PD", 31, 22, directory), level("PT", 21, 12, table)],
        ..spec("x86_32_pse36", 32, 40, 4)
    })
    .expect("a format")
}

/// Three levels; the entries of the small top table have no rights.
pub fn x86_pae() -> Format {
    let next = |reserved: &[Slice]| form(false, None, &[piece(51, 12, 12)], reserved);
    let top = [Slice::new(2, 1), Slice::new(8, 5), Slice::bit(63)];
    let large = form(
        true,
        Some(Condition::set(7)),
        &[piece(51, 21, 21)],
        &[Slice::new(20, 13)],
    );
    let page = form(true, None, &[piece(51, 12, 12)], &[]);
    let mut all = fields(&X86);
    all.extend(fields(&[("no_execute", 63, false)]));
    Format::new(FormatSpec {
        fields: all,
        reserved: vec![Slice::new(62, 52)],
        levels: vec![
            level("PDPT", 31, 30, vec![next(&top)]),
            level("PD", 29, 21, vec![next(&[]), large]),
            level("PT", 20, 12, vec![page]),
        ],
        ..spec("x86_pae", 32, 52, 8)
    })
    .expect("a format")
}

/// Four levels, 4 KiB, 2 MiB and 1 GiB pages.
pub fn x86_64() -> Format {
    let next = |reserved: &[Slice]| form(false, None, &[piece(51, 12, 12)], reserved);
    let large = |lo: u32| {
        let reserved = [Slice::new(lo - 1, 13)];
        form(
            true,
            Some(Condition::set(7)),
            &[piece(51, lo, lo)],
            &reserved,
        )
    };
    let mut all = fields(&X86);
    all.extend(fields(&[("no_execute", 63, false)]));
    Format::new(FormatSpec {
        form: AddressForm::SignExtended,
        fields: all,
        levels: vec![
            level("PML4", 47, 39, vec![next(&[Slice::bit(7)])]),
            level("PDPT", 38, 30, vec![next(&[]), large(30)]),
            level("PD", 29, 21, vec![next(&[]), large(21)]),
            level(
                "PT",
                20,
                12,
                vec![form(true, None, &[piece(51, 12, 12)], &[])],
            ),
        ],
        ..spec("x86_64", 48, 52, 8)
    })
    .expect("a format")
}

/// Arm, 4 KiB granule, 39 bits and two roots: descriptor types, inverted rights.
pub fn arm64_39() -> Format {
    let is = |value| Some(Condition::Equal(Slice::new(1, 0), value));
    let next = || form(false, is(3), &[piece(47, 12, 12)], &[]);
    let block = |lo| form(true, is(1), &[piece(47, lo, lo)], &[]);
    let rights = [
        ("user", 6, false),
        ("writable", 7, true),
        ("accessed", 10, false),
        ("global", 11, true),
        ("execute", 54, true),
    ];
    Format::new(FormatSpec {
        form: AddressForm::TwoRoots,
        fields: fields(&rights),
        levels: vec![
            level("L1", 38, 30, vec![next(), block(30)]),
            level("L2", 29, 21, vec![next(), block(21)]),
            level(
                "L3",
                20,
                12,
                vec![form(true, is(3), &[piece(47, 12, 12)], &[])],
            ),
        ],
        ..spec("arm64_39", 39, 48, 8)
    })
    .expect("a format")
}

/// RISC-V Sv39: what is a page is said by its rights.
pub fn sv39() -> Format {
    let right = |bit| Condition::set(bit);
    let leaf_bits = || Condition::Any(vec![right(1), right(3)]);
    let frame = |lo: u32| [piece(53, lo - 2, lo)];
    let next = || {
        let no = Condition::Not(Box::new(leaf_bits()));
        form(
            false,
            Some(no),
            &frame(12),
            &[Slice::bit(2), Slice::new(7, 6), Slice::bit(4)],
        )
    };
    let page = |lo: u32| {
        let reserved = if lo == 12 {
            vec![]
        } else {
            vec![Slice::new(lo - 3, 10)]
        };
        form(true, Some(leaf_bits()), &frame(lo), &reserved)
    };
    let rights = [
        ("read", 1, false),
        ("write", 2, false),
        ("execute", 3, false),
        ("user", 4, false),
        ("global", 5, false),
        ("accessed", 6, false),
        ("dirty", 7, false),
    ];
    Format::new(FormatSpec {
        form: AddressForm::SignExtended,
        fields: fields(&rights),
        reserved: vec![Slice::new(63, 54)],
        levels: vec![
            level("L2", 38, 30, vec![next(), page(30)]),
            level("L1", 29, 21, vec![next(), page(21)]),
            level("L0", 20, 12, vec![page(12)]),
        ],
        ..spec("sv39", 39, 56, 8)
    })
    .expect("a format")
}

/// All of them, and one with 64 KiB pages and addresses in two pieces.
pub fn all() -> Vec<Format> {
    vec![
        super::x86_32(),
        x86_32_pse36(),
        x86_pae(),
        x86_64(),
        arm64_39(),
        sv39(),
        super::arm64_64k_52(),
    ]
}
