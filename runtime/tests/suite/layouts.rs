//! Layouts: what the builder accepts and refuses, and how places are found.

use crate::samples::{Draft, i386, range, sized, space, x86_32, x86_64, x86_64_4level};
use mapwright_runtime::layout::{
    DescriptorTable, FixedSlot, LayoutBuilder, LayoutError, Parameter, Place, PlaceId, PlaceKind,
    Segment, SegmentClass, Sharing, Space, SpaceId, Target,
};
use std::time::{Duration, Instant};

fn flat() -> Draft {
    Draft::new("flat", 32, 32, None)
}

/// The messages of a refused layout.
fn refused(draft: Draft) -> Vec<String> {
    let errors = draft.builder.finish().expect_err("a wrong layout");
    errors.iter().map(LayoutError::to_string).collect()
}

#[test]
fn places_are_found_by_name_and_order() {
    let layout = i386();
    let linear = layout.space_named("linear").expect("linear");
    let names = |ids: &[PlaceId]| -> Vec<&str> {
        ids.iter()
            .map(|id| layout.place(*id).name.as_str())
            .collect()
    };
    assert_eq!(names(layout.roots(linear)), ["user", "kernel"]);
    let kernel = layout.place_named("kernel").expect("kernel");
    assert_eq!(
        names(layout.children(kernel)),
        ["lowmem", "gap", "vmalloc", "pkmap", "fixmap", "top"]
    );
    assert_eq!(
        names(layout.in_address_order(linear))[..5],
        ["user", "kernel", "lowmem", "text", "init"]
    );
    assert_eq!(layout.depth(layout.place_named("init").expect("init")), 3);
    assert_eq!(layout.place_named("nothing"), None);
    assert_eq!(layout.space_named("nothing"), None);
    assert_eq!(layout.space_range(linear).end(), 1 << 32);
    assert_eq!(layout.format_of(linear).map(|f| f.name()), Some("x86_32"));
}

#[test]
fn families_are_places_of_one_name() {
    let mut draft = flat();
    for member in [2_i128, 0, 1] {
        let range = sized(0x1000 * (member as u64), 0x1000);
        let stack = Place::new("kstack", PlaceKind::Guard, draft.space, range);
        draft.builder.place(Place {
            member: Some(member),
            ..stack
        });
    }
    let layout = draft.finish();
    let labels = layout.places_named("kstack").iter();
    let labels: Vec<String> = labels
        .map(|id| layout.place(*id).label().to_string())
        .collect();
    assert_eq!(labels, ["kstack[0]", "kstack[1]", "kstack[2]"]);
}

#[test]
fn fixed_slots_count_down_from_the_top() {
    let mut draft = flat();
    let slot = |name: &str, count, first_index| FixedSlot {
        name: name.into(),
        count,
        first_index,
    };
    let slots = vec![slot("HOLE", 1, 0), slot("APIC", 1, 1), slot("KMAP", 2, 2)];
    let window = range(0xFFFF_D000, 1 << 32);
    let fixmap = draft.window("fixmap", None, window, Target::Fixed { slots });
    let layout = draft.finish();
    let found = layout.fixed_slots(fixmap, 4096);
    let found: Vec<_> = found
        .map(|(slot, member, at)| (slot.name.as_str(), member, at))
        .collect();
    // The last slot does not fit: the compiler has a diagnostic for it, nothing here invents an address.
    assert_eq!(
        found,
        [
            ("HOLE", 0, 0xFFFF_F000),
            ("APIC", 0, 0xFFFF_E000),
            ("KMAP", 0, 0xFFFF_D000)
        ]
    );
}

#[test]
fn selectors() {
    let segment = |table, index, dpl| Segment {
        name: "code".into(),
        table,
        index,
        class: SegmentClass::Code,
        base: 0,
        limit: 4 << 30,
        dpl,
        declared_at: String::new(),
        doc: String::new(),
    };
    // Linux: kernel code 0x60, user code 0x73, user data 0x7b.
    assert_eq!(segment(DescriptorTable::Gdt, 12, 0).selector(), 0x60);
    assert_eq!(segment(DescriptorTable::Gdt, 14, 3).selector(), 0x73);
    assert_eq!(segment(DescriptorTable::Gdt, 15, 3).selector(), 0x7b);
    assert_eq!(segment(DescriptorTable::Ldt, 1, 3).selector(), 0x0f);
    let mut builder = LayoutBuilder::new("x");
    builder.segment(segment(DescriptorTable::Gdt, 8192, 4));
    let errors = builder.finish().expect_err("wrong numbers");
    assert_eq!(
        errors[0].to_string(),
        "segment `code` has index 8192 (at most 8191) and privilege level 4 (at most 3)"
    );
}

#[test]
fn what_was_declared_is_kept() {
    let mut builder = LayoutBuilder::new("kept");
    builder
        .parameter(Parameter {
            name: "RAM".into(),
            value: "1G".into(),
            number: Some(1 << 30),
        })
        .constant("PAGE", 4096)
        .export("PAGE_SIZE", 4096);
    let layout = builder.finish().expect("a good layout");
    assert_eq!(layout.name(), "kept");
    assert_eq!(layout.parameters()[0].value, "1G");
    assert_eq!(layout.constants(), [("PAGE".into(), 4096)]);
    assert_eq!(layout.exports(), [("PAGE_SIZE".into(), 4096)]);
}

#[test]
fn ids_must_name_something() {
    let mut draft = flat();
    draft.linear("w", Some(PlaceId::from_index(7)), sized(0, 1), 0);
    let lost = Place::new(
        "lost",
        PlaceKind::Guard,
        SpaceId::from_index(5),
        sized(0, 1),
    );
    draft.builder.place(lost);
    assert_eq!(
        refused(draft),
        [
            "`w` names place number 7, but there are 2",
            "`lost` names space number 5, but there are 2",
        ]
    );
}

#[test]
fn names_are_unique() {
    let mut draft = flat();
    draft.guard_at("a", 0);
    draft.guard_at("a", 1);
    draft.builder.space(space("linear", 8));
    assert_eq!(
        refused(draft),
        ["two spaces are named `linear`", "two places are named `a`"]
    );
}

#[test]
fn spaces_have_a_width_and_no_circle() {
    let mut builder = LayoutBuilder::new("x");
    builder.space(space("wide", 65));
    let format = builder.format(x86_64_4level());
    builder.space(Space {
        format: Some(format),
        ..space("narrow", 32)
    });
    builder.space(Space {
        to: Some(SpaceId::from_index(3)),
        ..space("a", 8)
    });
    builder.space(Space {
        to: Some(SpaceId::from_index(2)),
        ..space("b", 8)
    });
    let errors = builder.finish().expect_err("wrong spaces");
    let errors: Vec<String> = errors.iter().map(LayoutError::to_string).collect();
    assert_eq!(
        errors,
        [
            "space `wide` has 65 bits, but 1 to 64 are possible",
            "space `narrow` has 32 bits, but format `x86_64_4level` translates 48",
            "space `a` is translated into itself, through others",
        ]
    );
}

#[test]
fn a_window_may_not_lead_back_to_its_space() {
    let mut draft = flat();
    let target = Target::Linear {
        space: draft.space,
        at: 0,
        repeat: None,
    };
    draft.window("w", None, sized(0, 1), target);
    assert_eq!(
        refused(draft),
        ["space `linear` is translated into itself, through others"]
    );
}

#[test]
fn parents() {
    let mut draft = flat();
    let a = Place::new("a", PlaceKind::Guard, draft.space, sized(0, 1));
    draft.builder.place(Place {
        parent: Some(PlaceId::from_index(1)),
        ..a
    });
    let b = Place::new("b", PlaceKind::Guard, draft.space, sized(0, 1));
    draft.builder.place(Place {
        parent: Some(PlaceId::from_index(0)),
        ..b
    });
    assert_eq!(refused(draft), ["`a` is inside itself"]);

    let mut draft = flat();
    let zone = draft.zone("zone", sized(0, 16));
    draft.guard("elsewhere", zone, sized(0, 1));
    let inside = Place::new("g", PlaceKind::Guard, draft.physical, sized(0, 1));
    draft.builder.place(Place {
        parent: Some(zone),
        ..inside
    });
    assert_eq!(
        refused(draft),
        [
            "`elsewhere` and its parent `zone` are in different spaces",
            "guard `g` cannot be inside zone `zone`",
        ]
    );
}

#[test]
fn containment() {
    let mut draft = flat();
    let w = draft.linear("w", None, range(0x1000, 0x3000), 0);
    draft.guard("g", w, range(0x2000, 0x3001));
    draft.linear("high", None, sized(1 << 32, 1), 0);
    assert_eq!(
        refused(draft),
        [
            "`g` (0x2000 .. 0x3001) leaves `w` (0x1000 .. 0x3000)",
            "`high` (0x100000000 .. 0x100000001) leaves space `linear` (0x0 .. 0x100000000)",
        ]
    );
}

#[test]
fn one_message_for_one_overlap() {
    let mut draft = flat();
    draft.linear("long", None, range(0, 0x1000), 0);
    draft.linear("inside", None, range(0x100, 0x200), 0);
    draft.linear("after", None, range(0x200, 0x300), 0);
    draft.linear("across", None, range(0xfff, 0x2000), 0);
    draft.linear("apart", None, range(0x2000, 0x3000), 0);
    let messages = refused(draft);
    assert_eq!(messages.len(), 3);
    assert_eq!(
        messages[2],
        "`long` (0x0 .. 0x1000) and `across` (0xfff .. 0x2000) overlap"
    );
}

#[test]
fn a_declared_alias_may_overlap_what_it_names_only() {
    let mut draft = flat();
    let w = draft.linear("w", None, range(0, 0x1000), 0);
    let alias = |name: &str, range, draft: &Draft| Place {
        alias_of: vec![w],
        target: draft.at(0),
        ..Place::new(name, PlaceKind::Window, draft.space, range)
    };
    let a = alias("a", range(0x100, 0x200), &draft);
    let b = alias("b", range(0x180, 0x280), &draft);
    draft.builder.place(a);
    draft.builder.place(b);
    assert_eq!(
        refused(draft),
        ["`a` (0x100 .. 0x200) and `b` (0x180 .. 0x280) overlap"]
    );
}

#[test]
fn reserves_and_zones_may_overlap() {
    let mut draft = flat();
    draft.zone("zone", sized(0, 0x1000));
    let bios = Place::new(
        "bios",
        PlaceKind::Reserve,
        draft.physical,
        sized(0x100, 0x100),
    );
    draft.builder.place(bios);
    draft.zone("second", sized(0xfff, 2));
    assert_eq!(
        refused(draft),
        ["`zone` (0x0 .. 0x1000) and `second` (0xfff .. 0x1001) overlap"]
    );
}

#[test]
fn splits_tile() {
    let mut draft = flat();
    let low = draft.part("low", range(0x10, 0x20), None);
    draft.part("high", range(0x30, 0x40), None);
    let nested = Place::new("nested", PlaceKind::Part, draft.space, range(0x10, 0x18));
    draft.builder.place(Place {
        parent: Some(low),
        ..nested
    });
    assert_eq!(refused(draft), ["part `nested` is inside another place"]);

    let mut draft = flat();
    draft.part("low", range(0x10, 0x20), None);
    draft.part("high", range(0x30, 0x40), None);
    draft.linear("w", None, sized(0x50, 1), 0);
    assert_eq!(
        refused(draft),
        [
            "no part of space `linear` holds 0x0 .. 0x10",
            "no part of space `linear` holds 0x20 .. 0x30",
            "no part of space `linear` holds 0x40 .. 0x100000000",
            "`w` is in no part of its space, which is split",
        ]
    );
}

#[test]
fn shared_parts_begin_on_an_entry_of_the_top_table() {
    let mut draft = Draft::new("x", 32, 32, Some(x86_32()));
    draft.part("user", range(0, 0xC010_0000), Some(Sharing::PerProcess));
    draft.part("kernel", range(0xC010_0000, 1 << 32), Some(Sharing::Shared));
    assert_eq!(
        refused(draft),
        [
            "part `kernel` (0xc0100000 .. 0x100000000) is shared, but its ends are no multiples of \
          0x400000, the reach of an entry of the top table"
        ]
    );
    let mut draft = flat();
    let guard = Place::new("g", PlaceKind::Guard, draft.space, sized(0, 1));
    draft.builder.place(Place {
        tables: Some(Sharing::Shared),
        ..guard
    });
    assert_eq!(
        refused(draft),
        ["`g` is no part, but says that its tables are shared"]
    );
}

#[test]
fn targets() {
    let mut draft = flat();
    let linear = |at, repeat| Target::Linear {
        space: SpaceId::from_index(0),
        at,
        repeat,
    };
    draft.window("none", None, sized(0, 1), Target::None);
    draft.window("view", None, sized(1, 1), Target::View);
    draft.window("zero", None, sized(2, 1), linear(0, Some(0)));
    let element = Target::Table {
        element: 0,
        per: 0,
        of: draft.physical,
    };
    draft.window("table", None, sized(3, 1), element);
    let zones = vec![PlaceId::from_index(0)];
    let pages = Target::Pages {
        zones,
        or_device: false,
        guard: 0,
    };
    draft.window("pages", None, sized(4, 1), pages);
    let guard = Place::new("guard", PlaceKind::Guard, draft.space, sized(5, 1));
    draft.builder.place(Place {
        target: linear(0, None),
        ..guard
    });
    let slot = FixedSlot {
        name: "A".into(),
        count: 0,
        first_index: 1,
    };
    draft.window(
        "fixed",
        None,
        sized(6, 1),
        Target::Fixed { slots: vec![slot] },
    );
    assert_eq!(
        refused(draft),
        [
            "window `none` cannot have target none",
            "`view` is a view, but is in no window",
            "`zero`: repeat is 0",
            "`table`: element is 0",
            "`table`: per is 0",
            "`pages` names window `none` where a zone must be",
            "guard `guard` cannot have target linear",
            "`fixed`: count is 0",
            "slot `A` of `fixed` begins at number 1 instead of 0",
        ]
    );
}

#[test]
fn targets_stay_in_their_space() {
    let mut draft = flat();
    draft.linear("fits", None, sized(0, 0x1000), 0xFFFF_F000);
    draft.linear("past", None, sized(0x1000, 0x1001), 0xFFFF_F000);
    // Below zero is allowed: the window goes round the end of its target space.
    draft.linear(
        "below",
        None,
        sized(0x8000, 0x2000),
        0x1000_u64.wrapping_neg(),
    );
    let repeat = Target::Linear {
        space: draft.physical,
        at: 0xFFFF_F000,
        repeat: Some(0x1000),
    };
    draft.window("repeat", None, sized(0x10_0000, 0x10_0000), repeat);
    assert_eq!(
        refused(draft),
        ["`past` maps 0x1001 bytes from 0xfffff000 of space `physical` (0x0 .. 0x100000000)"]
    );
}

#[test]
fn ids_from_another_layout_of_the_same_shape_are_the_same() {
    let (a, b) = (x86_64(), x86_64());
    assert_eq!(a.place_named("text"), b.place_named("text"));
}

#[test]
fn sixty_five_thousand_windows_are_built_quickly() {
    let started = Instant::now();
    let layout = crate::samples::regular(65_536);
    let taken = started.elapsed();
    assert_eq!(layout.place_count(), 65_536);
    assert_eq!(
        layout.place_named("w65535").map(PlaceId::index),
        Some(65_535)
    );
    assert!(taken < Duration::from_secs(5), "{taken:?}");
}

impl Draft {
    fn guard_at(&mut self, name: &str, at: u64) {
        let guard = Place::new(name, PlaceKind::Guard, self.space, sized(at, 1));
        self.builder.place(guard);
    }
}
