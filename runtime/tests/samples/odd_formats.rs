//! Formats that nobody builds, for what real ones leave out.

use super::formats::{level, spec};
use mapwright_runtime::paging::{
    AddressForm, Condition, EntryForm, Field, Format, FormatSpec, FramePiece, Slice,
};

fn field(name: &str, hi: u32, lo: u32, inverted: bool) -> Field {
    Field {
        name: name.into(),
        slice: Slice::new(hi, lo),
        inverted,
    }
}

fn form(leaf: bool, when: Option<Condition>, hi: u32, lo: u32, shift: u32) -> EntryForm {
    EntryForm {
        leaf,
        when,
        frame: vec![FramePiece { hi, lo, shift }],
        reserved: Vec::new(),
    }
}

fn checked(spec: FormatSpec) -> Format {
    let name = spec.name.clone();
    Format::new(spec).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// One level of 16-byte pages in a space of 14 bits.
pub fn one_level() -> Format {
    let page = form(true, None, 31, 4, 4);
    checked(FormatSpec {
        fields: vec![field("writable", 1, 1, false)],
        levels: vec![level("T", 13, 4, vec![page])],
        ..spec("one_level", 14, 32, 4)
    })
}

/// One table for all of 64 bits, in pages of 4 bytes: its last entries would be past 2^64.
pub fn giant() -> Format {
    let page = form(true, None, 63, 2, 2);
    checked(FormatSpec {
        levels: vec![level("T", 63, 2, vec![page])],
        ..spec("giant", 64, 64, 8)
    })
}

/// All 64 bits of an address, six levels, and pages of 64 KiB, 512 MiB and more, anywhere in 64 bits.
pub fn all_bits() -> Format {
    let next = || {
        form(
            false,
            Some(Condition::Equal(Slice::new(1, 0), 3)),
            63,
            16,
            16,
        )
    };
    let page = |lo| {
        form(
            true,
            Some(Condition::Equal(Slice::new(1, 0), 1)),
            63,
            lo,
            lo,
        )
    };
    checked(FormatSpec {
        present: Condition::NotEqual(Slice::new(1, 0), 0),
        fields: vec![
            field("not_user", 2, 2, false),
            field("read_only", 3, 3, false),
        ],
        levels: vec![
            level("A", 63, 55, vec![next(), page(55)]),
            level("B", 54, 42, vec![next()]),
            level("C", 41, 29, vec![page(29), next()]),
            level("D", 28, 16, vec![page(16)]),
        ],
        ..spec("all_bits", 64, 64, 8)
    })
}

/// Rights in several bits, the same bits with other meanings in tables, and conditions that are no masks.
pub fn odd() -> Format {
    let wide = Slice::new(4, 2);
    let busy = Condition::Any(vec![
        Condition::Equal(wide, 5),
        Condition::All(vec![
            Condition::NotEqual(Slice::new(7, 6), 2),
            Condition::set(5),
        ]),
    ]);
    let leaf = |hi, lo| {
        let mut leaf = form(true, Some(busy.clone()), hi, lo, lo);
        leaf.reserved = vec![Slice::new(63, 62)];
        leaf
    };
    let other = || {
        let when = Condition::Not(Box::new(Condition::NotEqual(wide, 3)));
        form(false, Some(when), 45, 14, 13)
    };
    checked(FormatSpec {
        form: AddressForm::TwoRoots,
        present: Condition::Any(vec![Condition::set(0), Condition::set(1)]),
        fields: vec![
            field("execute", 50, 48, true),
            field("table_write", 51, 51, false),
            field("table_global", 52, 52, false),
            field("write", 52, 52, false),
            field("user", 53, 53, false),
            field("kernel_execute", 54, 54, true),
            field("leaf_no_user_execute", 51, 51, false),
            field("global", 56, 55, true),
        ],
        levels: vec![
            level(
                "X",
                42,
                33,
                vec![form(false, None, 44, 13, 13), other(), leaf(44, 33)],
            ),
            level(
                "Y",
                32,
                23,
                vec![leaf(44, 23), form(false, None, 44, 13, 13), other()],
            ),
            level(
                "Z",
                22,
                13,
                vec![
                    leaf(44, 13),
                    form(true, Some(Condition::Equal(wide, 3)), 45, 14, 13),
                ],
            ),
        ],
        ..spec("odd", 43, 45, 8)
    })
}

/// Arm with the rights of entries that point to tables, and both kinds of fetches.
pub fn arm64_tables() -> Format {
    let is = |value| Some(Condition::Equal(Slice::new(1, 0), value));
    let next = || form(false, is(3), 47, 12, 12);
    let block = |lo| form(true, is(1), 47, lo, lo);
    checked(FormatSpec {
        form: AddressForm::TwoRoots,
        fields: vec![
            field("user", 6, 6, false),
            field("writable", 7, 7, true),
            field("accessed", 10, 10, false),
            field("global", 11, 11, true),
            field("kernel_execute", 53, 53, true),
            field("user_execute", 54, 54, true),
            field("table_kernel_execute", 59, 59, true),
            field("table_user_execute", 60, 60, true),
            field("table_user", 61, 61, true),
            field("table_writable", 62, 62, true),
        ],
        levels: vec![
            level("L0", 47, 39, vec![next()]),
            level("L1", 38, 30, vec![next(), block(30)]),
            level("L2", 29, 21, vec![next(), block(21)]),
            level("L3", 20, 12, vec![form(true, is(3), 47, 12, 12)]),
        ],
        ..spec("arm64_tables", 48, 48, 8)
    })
}

/// RISC-V with the global bit of entries that point to tables.
pub fn sv48() -> Format {
    let bits = Slice::new(3, 1);
    let pointer = || {
        let mut pointer = form(false, Some(Condition::Equal(bits, 0)), 53, 10, 12);
        pointer.reserved = vec![Slice::new(7, 6), Slice::bit(4)];
        pointer
    };
    let page = |lo: u32| {
        let leaf = Condition::Any(vec![Condition::set(1), Condition::Equal(bits, 4)]);
        let mut page = form(true, Some(leaf), 53, lo - 2, lo);
        if lo > 12 {
            page.reserved = vec![Slice::new(lo - 3, 10)];
        }
        page
    };
    checked(FormatSpec {
        form: AddressForm::SignExtended,
        reserved: vec![Slice::bit(63), Slice::new(60, 54)],
        fields: vec![
            field("read", 1, 1, false),
            field("write", 2, 2, false),
            field("execute", 3, 3, false),
            field("user", 4, 4, false),
            field("global", 5, 5, false),
            field("table_global", 5, 5, false),
        ],
        levels: vec![
            level("L3", 47, 39, vec![pointer(), page(39)]),
            level("L2", 38, 30, vec![pointer(), page(30)]),
            level("L1", 29, 21, vec![pointer(), page(21)]),
            level("L0", 20, 12, vec![page(12)]),
        ],
        ..spec("sv48", 48, 56, 8)
    })
}

/// All formats that walks are tried with, and the widths of their spaces.
pub fn all() -> Vec<(Format, u32)> {
    let real = super::formats::all();
    let odd = [one_level(), all_bits(), odd(), arm64_tables(), sv48()];
    let all = real.into_iter().chain(odd);
    let mut all: Vec<(Format, u32)> = all
        .map(|format| {
            let bits = super::trees::space_bits(&format);
            (format, bits)
        })
        .collect();
    // Spaces that are wider, or narrower, than usual.
    all.push((super::x86_32(), 64));
    all.push((super::formats::x86_64(), 40));
    all.push((arm64_tables(), 49));
    all.push((odd_in_its_own_width(), 43));
    all
}

fn odd_in_its_own_width() -> Format {
    odd()
}
