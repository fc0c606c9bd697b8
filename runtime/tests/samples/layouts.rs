//! Layouts and formats that tests and benchmarks share.

use mapwright_runtime::layout::{
    FormatId, Layout, LayoutBuilder, Place, PlaceId, PlaceKind, Sharing, Space, SpaceId, Target,
};
use mapwright_runtime::paging::{
    AddressForm, Condition, EntryForm, Field, Format, FormatSpec, FramePiece, Level, Slice,
};
use mapwright_runtime::{Access, Range};

/// A space with this name and width.
pub fn space(name: &str, bits: u32) -> Space {
    Space {
        name: name.into(),
        bits,
        to: None,
        format: None,
        declared_at: String::new(),
        doc: String::new(),
    }
}

/// `start .. end`
pub fn range(start: u128, end: u128) -> Range {
    Range::from_start_end(start, end).expect("a range")
}

/// `start .. +size`
pub fn sized(start: u64, size: u128) -> Range {
    Range::from_base_size(start, size).expect("a range")
}

/// Adds places that have a parent to a builder, one line each.
pub struct Draft {
    pub builder: LayoutBuilder,
    pub space: SpaceId,
    pub physical: SpaceId,
    pub physical_bits: u32,
}

impl Draft {
    /// Two spaces, the first translated into the second.
    pub fn new(name: &str, bits: u32, physical_bits: u32, format: Option<Format>) -> Self {
        let mut builder = LayoutBuilder::new(name);
        let format: Option<FormatId> = format.map(|format| builder.format(format));
        let physical = builder.space(space("physical", physical_bits));
        let linear = Space {
            to: Some(physical),
            format,
            ..space("linear", bits)
        };
        let space = builder.space(linear);
        Self {
            builder,
            space,
            physical,
            physical_bits,
        }
    }

    pub fn part(&mut self, name: &str, range: Range, tables: Option<Sharing>) -> PlaceId {
        let part = Place::new(name, PlaceKind::Part, self.space, range);
        self.builder.place(Place { tables, ..part })
    }

    pub fn zone(&mut self, name: &str, range: Range) -> PlaceId {
        let zone = Place::new(name, PlaceKind::Zone, self.physical, range);
        self.builder.place(zone)
    }

    pub fn guard(&mut self, name: &str, parent: PlaceId, range: Range) -> PlaceId {
        let guard = Place::new(name, PlaceKind::Guard, self.space, range);
        self.builder.place(Place {
            parent: Some(parent),
            ..guard
        })
    }

    pub fn window(
        &mut self,
        name: &str,
        parent: Option<PlaceId>,
        range: Range,
        target: Target,
    ) -> PlaceId {
        let window = Place::new(name, PlaceKind::Window, self.space, range);
        self.builder.place(Place {
            parent,
            target,
            access: Access::new(true, true, false),
            ..window
        })
    }

    /// A linear window.
    pub fn linear(
        &mut self,
        name: &str,
        parent: Option<PlaceId>,
        range: Range,
        at: u64,
    ) -> PlaceId {
        let target = self.at(at);
        self.window(name, parent, range, target)
    }

    /// The target of a linear window.
    pub fn at(&self, at: u64) -> Target {
        Target::Linear {
            space: self.physical,
            at,
            repeat: None,
        }
    }

    pub fn finish(self) -> Layout {
        match self.builder.finish() {
            Ok(layout) => layout,
            Err(errors) => panic!("the sample is wrong: {errors:?}"),
        }
    }
}

fn pages(zones: &[PlaceId]) -> Target {
    Target::Pages {
        zones: zones.into(),
        or_device: false,
        guard: 0x1000,
    }
}

/// Linux on 32-bit x86 with 1 GiB, by the rules of 6.1.
pub fn i386() -> Layout {
    let mut draft = Draft::new("i386", 32, 32, Some(x86_32()));
    let user = range(0, 0xC000_0000);
    draft.part("user", user, Some(Sharing::PerProcess));
    let kernel = draft.part("kernel", range(0xC000_0000, 1 << 32), Some(Sharing::Shared));
    draft.zone("DMA", range(0, 16 << 20));
    let normal = draft.zone("NORMAL", range(16 << 20, 0x377f_e000));
    let high = draft.zone("HIGHMEM", range(0x377f_e000, 0x4000_0000));
    let lowmem = draft.linear("lowmem", Some(kernel), range(0xC000_0000, 0xF77F_E000), 0);
    let text = draft.window(
        "text",
        Some(lowmem),
        range(0xC010_0000, 0xC090_0000),
        Target::View,
    );
    draft.window(
        "init",
        Some(text),
        range(0xC080_0000, 0xC090_0000),
        Target::View,
    );
    draft.guard("gap", kernel, range(0xF77F_E000, 0xF7FF_E000));
    let all = [high, normal];
    draft.window(
        "vmalloc",
        Some(kernel),
        range(0xF7FF_E000, 0xFF7F_E000),
        pages(&all),
    );
    let slots = Target::Slots {
        count: 1024,
        zones: vec![high],
    };
    draft.window(
        "pkmap",
        Some(kernel),
        range(0xFF80_0000, 0xFFC0_0000),
        slots,
    );
    let fixed = Target::Fixed { slots: Vec::new() };
    draft.window(
        "fixmap",
        Some(kernel),
        range(0xFFF1_6000, 0xFFFF_F000),
        fixed,
    );
    draft.guard("top", kernel, range(0xFFFF_F000, 1 << 32));
    draft.finish()
}

/// Linux on x86-64 with 4 levels: the classic table, with an espfix-like repeated page.
pub fn x86_64() -> Layout {
    let mut draft = Draft::new("x86_64", 64, 52, Some(x86_64_4level()));
    draft.part("user", range(0, 1 << 47), Some(Sharing::PerProcess));
    draft.part("middle", range(1 << 47, 0xffff_8000_0000_0000), None);
    let kernel = range(0xffff_8000_0000_0000, 1 << 64);
    let kernel = draft.part("kernel", kernel, Some(Sharing::Shared));
    let normal = draft.zone("NORMAL", range(0, 1 << 46));
    draft.guard("hypervisor", kernel, sized(0xffff_8000_0000_0000, 8 << 40));
    let direct = draft.linear(
        "direct",
        Some(kernel),
        sized(0xffff_8800_0000_0000, 64 << 40),
        0,
    );
    let all = [normal];
    draft.window(
        "vmalloc",
        Some(kernel),
        sized(0xffff_c900_0000_0000, 32 << 40),
        pages(&all),
    );
    let table = Target::Table {
        element: 64,
        per: 4096,
        of: draft.physical,
    };
    draft.window(
        "vmemmap",
        Some(kernel),
        sized(0xffff_ea00_0000_0000, 1 << 40),
        table,
    );
    let espfix = Target::Linear {
        space: draft.physical,
        at: 0x7000,
        repeat: Some(0x1000),
    };
    draft.window(
        "espfix",
        Some(kernel),
        sized(0xffff_ff00_0000_0000, 1 << 39),
        espfix,
    );
    let text = Place {
        parent: Some(kernel),
        target: draft.at(0),
        access: Access::new(true, false, true),
        alias_of: vec![direct],
        ..Place::new(
            "text",
            PlaceKind::Window,
            draft.space,
            sized(0xffff_ffff_8000_0000, 512 << 20),
        )
    };
    draft.builder.place(text);
    let modules = range(0xffff_ffff_a000_0000, 0xffff_ffff_ff00_0000);
    draft.window("modules", Some(kernel), modules, pages(&all));
    draft.finish()
}

/// `count` windows of 1 MiB in a space of 64 bits, each behind a hole of 1 MiB, mapped at random
/// distances.
pub fn regular(count: u64) -> Layout {
    let mut draft = Draft::new("regular", 64, 52, None);
    for number in 0..count {
        let base = (1 << 40) + (number << 21);
        let at = ((number * 7919) % count.next_power_of_two()) << 20;
        draft.linear(&format!("w{number}"), None, sized(base, 1 << 20), at);
    }
    draft.finish()
}

/// `count` windows of sizes from 4 KiB to 4 GiB, one after the other with odd holes.
pub fn mixed(count: u64) -> Layout {
    let mut draft = Draft::new("mixed", 64, 64, None);
    let mut base = 0x1234_5000_u64;
    for number in 0..count {
        let size = 0x1000_u64 << (number * 7 % 21);
        draft.linear(
            &format!("w{number}"),
            None,
            sized(base, size.into()),
            number << 33,
        );
        base += size + (number % 3) * 0x3000;
    }
    draft.finish()
}

fn spec(name: &str, va_bits: u32, physical_bits: u32, entry_bytes: u32) -> FormatSpec {
    FormatSpec {
        name: name.into(),
        doc: String::new(),
        va_bits,
        form: AddressForm::SignExtended,
        physical_bits,
        entry_bytes,
        present: Condition::set(0),
        fields: Vec::new(),
        reserved: Vec::new(),
        levels: Vec::new(),
    }
}

/// A form: `leaf when entry[bit] -> entry[hi:lo] << lo`.
fn form(leaf: bool, when: Option<u32>, hi: u32, lo: u32) -> EntryForm {
    EntryForm {
        leaf,
        when: when.map(Condition::set),
        frame: vec![FramePiece { hi, lo, shift: lo }],
        reserved: Vec::new(),
    }
}

fn level(name: &str, hi: u32, lo: u32, forms: Vec<EntryForm>) -> Level {
    Level {
        name: name.into(),
        index: Slice::new(hi, lo),
        forms,
    }
}

/// The two-level format of 32-bit x86, with 4 MiB pages.
pub fn x86_32_spec() -> FormatSpec {
    let directory = vec![form(false, None, 31, 12), form(true, Some(7), 31, 22)];
    FormatSpec {
        form: AddressForm::ZeroExtended,
        levels: vec![
            level("PD", 31, 22, directory),
            level("PT", 21, 12, vec![form(true, None, 31, 12)]),
        ],
        ..spec("x86_32", 32, 32, 4)
    }
}

pub fn x86_32() -> Format {
    Format::new(x86_32_spec()).expect("a good format")
}

/// The four-level format of x86-64.
pub fn x86_64_spec() -> FormatSpec {
    let or_leaf = |lo| vec![form(false, None, 51, 12), form(true, Some(7), 51, lo)];
    let field = |name: &str, bit, inverted| Field {
        name: name.into(),
        slice: Slice::bit(bit),
        inverted,
    };
    FormatSpec {
        fields: vec![field("writable", 1, false), field("execute", 63, true)],
        levels: vec![
            level("PML4", 47, 39, vec![form(false, None, 51, 12)]),
            level("PDPT", 38, 30, or_leaf(30)),
            level("PD", 29, 21, or_leaf(21)),
            level("PT", 20, 12, vec![form(true, None, 51, 12)]),
        ],
        ..spec("x86_64_4level", 48, 52, 8)
    }
}

pub fn x86_64_4level() -> Format {
    Format::new(x86_64_spec()).expect("a good format")
}

/// Arm's long descriptors, 64 KiB granule, 52-bit addresses: an address in two pieces.
pub fn arm64_64k_52() -> Format {
    let frame = |lo| {
        vec![
            FramePiece {
                hi: 47,
                lo,
                shift: lo,
            },
            FramePiece {
                hi: 15,
                lo: 12,
                shift: 48,
            },
        ]
    };
    let is = |value| Some(Condition::Equal(Slice::new(1, 0), value));
    let form = |leaf, when, lo| EntryForm {
        leaf,
        when,
        frame: frame(lo),
        reserved: Vec::new(),
    };
    let made = Format::new(FormatSpec {
        form: AddressForm::TwoRoots,
        levels: vec![
            level(
                "L1",
                51,
                42,
                vec![form(false, is(3), 16), form(true, is(1), 42)],
            ),
            level(
                "L2",
                41,
                29,
                vec![form(false, is(3), 16), form(true, is(1), 29)],
            ),
            level("L3", 28, 16, vec![form(true, is(3), 16)]),
        ],
        ..spec("arm64_64k_52", 52, 52, 8)
    });
    made.expect("a good format")
}
