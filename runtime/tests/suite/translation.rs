//! Translation by table against a linear scan over the places, and back again.

use crate::samples::random_layouts::{addresses, layout};
use crate::samples::{Draft, i386, range, sized, space, x86_64};
use mapwright_runtime::layout::{
    Layout, LayoutBuilder, Place, PlaceId, PlaceKind, Sharing, Space, SpaceId, Target,
};
use mapwright_runtime::translate::{Fault, Inverse, Translation};
use proptest::prelude::*;

fn plain(layout: &Layout, address: u64) -> String {
    let linear = layout.space_named("linear").expect("linear");
    layout.translate(linear, address).plain(layout).to_string()
}

#[test]
fn i386_by_example() {
    let layout = i386();
    for (address, expected) in [
        (0xC010_0000, "0x100000 lowmem"),
        (0xF77F_DFFF, "0x377fdfff lowmem"),
        (0xF77F_E000, "fault guard gap"),
        (0xF7FF_E000, "dynamic vmalloc"),
        (0xFF7F_E000, "fault unmapped"),
        (0xFF80_0000, "dynamic pkmap"),
        (0xBFFF_FFFF, "dynamic user"),
        (0xFFFF_FFFF, "fault guard top"),
        (0x1_0000_0000, "fault out_of_space"),
    ] {
        assert_eq!(plain(&layout, address), expected, "{address:#x}");
    }
}

#[test]
fn views_zones_and_rights() {
    let layout = i386();
    let linear = layout.space_named("linear").expect("linear");
    let named = |name| layout.place_named(name).expect("a place");
    let Translation::Mapped {
        window,
        view,
        zone,
        address,
        ..
    } = layout.translate(linear, 0xC080_0010)
    else {
        panic!("not mapped");
    };
    assert_eq!((window, view), (named("lowmem"), Some(named("init"))));
    assert_eq!((address, zone), (0x80_0010, Some(named("DMA"))));
    assert_eq!(layout.innermost(linear, 0xC010_0000), Some(named("text")));
    let last = layout.space_range(linear).last();
    assert_eq!(layout.innermost(linear, last), Some(named("top")));
    assert_eq!(layout.innermost(linear, last + 1), None);
}

#[test]
fn x86_64_by_example() {
    let layout = x86_64();
    for (address, expected) in [
        (0x7fff_ffff_ffff, "dynamic user"),
        (0x8000_0000_0000, "fault non_canonical"),
        (0xffff_7fff_ffff_ffff, "fault non_canonical"),
        (0xffff_8000_0000_0000, "fault guard hypervisor"),
        (0xffff_8800_0000_1234, "0x1234 direct"),
        (0xffff_ffff_8010_0000, "0x100000 text"),
        (0xffff_ff00_0000_0fff, "0x7fff espfix"),
        (0xffff_ff12_3456_7890, "0x7890 espfix"),
        (0xffff_ea00_0000_0000, "dynamic vmemmap"),
        (u64::MAX, "fault unmapped"),
    ] {
        assert_eq!(plain(&layout, address), expected, "{address:#x}");
    }
}

#[test]
fn reverse_names_every_address_of_a_frame() {
    let layout = x86_64();
    let space = |name| layout.space_named(name).expect("a space");
    let found = layout.reverse(space("linear"), space("physical"), 0x7010);
    let named = |name| layout.place_named(name).expect("a place");
    let expected = [
        Inverse {
            address: 0xffff_8800_0000_7010,
            count: 1,
            stride: 0,
            window: named("direct"),
            alias: false,
        },
        Inverse {
            address: 0xffff_ff00_0000_0010,
            count: 1 << 27,
            stride: 0x1000,
            window: named("espfix"),
            alias: false,
        },
        Inverse {
            address: 0xffff_ffff_8000_7010,
            count: 1,
            stride: 0,
            window: named("text"),
            alias: true,
        },
    ];
    assert_eq!(found, expected);
    assert_eq!(layout.reverse(space("physical"), space("linear"), 0), []);
    assert_eq!(
        layout.reverse(space("linear"), space("physical"), u64::MAX),
        []
    );
}

#[test]
fn a_window_below_zero_goes_round_its_target() {
    let mut draft = Draft::new("x", 64, 48, None);
    let base = 0xffff_0000_0000_0000;
    draft.linear(
        "linear_map",
        None,
        sized(base, 1 << 40),
        (1_u64 << 30).wrapping_neg(),
    );
    let layout = draft.finish();
    assert_eq!(plain(&layout, base), "0xffffc0000000 linear_map");
    assert_eq!(
        plain(&layout, base + (1 << 30) - 1),
        "0xffffffffffff linear_map"
    );
    assert_eq!(plain(&layout, base + (1 << 30)), "0x0 linear_map");
    let (linear, physical) = (SpaceId::from_index(1), SpaceId::from_index(0));
    let found = layout.reverse(linear, physical, 0);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].address, base + (1 << 30));
}

#[test]
fn areas_are_templates_where_processes_have_their_own_tables() {
    let area = |name: &str, space, parent, range| Place {
        parent,
        ..Place::new(name, PlaceKind::Area, space, range)
    };
    let mut draft = Draft::new("x", 32, 32, None);
    let user = draft.part("user", range(0, 0xC000_0000), Some(Sharing::PerProcess));
    let kernel = draft.part("kernel", range(0xC000_0000, 1 << 32), None);
    let space = draft.space;
    draft.builder.place(area(
        "stack",
        space,
        Some(user),
        range(0xB000_0000, 0xC000_0000),
    ));
    draft.builder.place(area(
        "boot",
        space,
        Some(kernel),
        range(0xD000_0000, 0xE000_0000),
    ));
    let layout = draft.finish();
    assert_eq!(plain(&layout, 0xBFFF_FFFF), "dynamic user");
    assert_eq!(plain(&layout, 0xD000_0000), "dynamic boot");
    let innermost = layout.innermost(space, 0xBFFF_FFFF);
    assert_eq!(innermost, layout.place_named("stack"));
}

#[test]
fn chains_end_where_nothing_maps_on() {
    let mut builder = LayoutBuilder::new("chain");
    let physical = builder.space(space("physical", 32));
    let linear = builder.space(Space {
        to: Some(physical),
        ..space("linear", 32)
    });
    let logical = builder.space(Space {
        to: Some(linear),
        ..space("logical", 32)
    });
    let mut window = |name: &str, from, to, at| {
        builder.place(Place {
            target: Target::Linear {
                space: to,
                at,
                repeat: None,
            },
            ..Place::new(name, PlaceKind::Window, from, sized(0x1000, 0x1000))
        })
    };
    let code = window("code", logical, linear, 0x1800);
    let low = window("low", linear, physical, 0x5000);
    let layout = builder.finish().expect("a good layout");
    let steps = |address| -> Vec<(Option<PlaceId>, Option<u64>)> {
        let chain = layout.translate_chain(logical, address);
        let step = |step: &Translation| match *step {
            Translation::Mapped {
                window, address, ..
            } => (Some(window), Some(address)),
            _ => (None, None),
        };
        chain.iter().map(step).collect()
    };
    assert_eq!(
        steps(0x1010),
        [(Some(code), Some(0x1810)), (Some(low), Some(0x5810))]
    );
    assert_eq!(steps(0x1810), [(Some(code), Some(0x2010)), (None, None)]);
    assert_eq!(steps(0), [(None, None)]);
}

#[test]
fn an_alias_on_top_of_its_window_does_not_hide_it() {
    let mut draft = Draft::new("x", 32, 32, None);
    let second = PlaceId::from_index(1);
    let alias = Place {
        alias_of: vec![second],
        target: draft.at(0),
        ..Place::new(
            "alias",
            PlaceKind::Window,
            draft.space,
            range(0x1000, 0x4000),
        )
    };
    draft.builder.place(alias);
    draft.linear("window", None, range(0x2000, 0x3000), 0x1000);
    let layout = draft.finish();
    assert_eq!(plain(&layout, 0x1000), "0x0 alias");
    assert_eq!(plain(&layout, 0x2000), "0x1000 window");
    assert_eq!(plain(&layout, 0x3000), "0x2000 alias");
}

/// The meaning of an address, said again without any table.
fn naive(layout: &Layout, space: SpaceId, address: u64) -> Translation {
    if !layout.space_range(space).contains(address) {
        return Translation::Fault(Fault::OutOfSpace);
    }
    let bits = layout.space(space).bits;
    let canonical = layout
        .format_of(space)
        .map(|format| format.canonical_ranges_in(bits));
    if canonical.is_some_and(|ranges| !ranges.iter().any(|range| range.contains(address))) {
        return Translation::Fault(Fault::NonCanonical);
    }
    let holds = |(_, place): &(PlaceId, &Place)| {
        place.space == space && place.kind.decides_translation() && place.range.contains(address)
    };
    let innermost = layout
        .places()
        .filter(holds)
        .max_by_key(|(id, _)| layout.depth(*id));
    let Some((innermost, place)) = innermost else {
        return Translation::Fault(Fault::Unmapped { part: None });
    };
    match place.kind {
        PlaceKind::Guard => return Translation::Fault(Fault::Guard(innermost)),
        PlaceKind::Hole => return Translation::Fault(Fault::Hole(innermost)),
        _ => {}
    }
    let mut around = innermost;
    let mut part = None;
    loop {
        let outer = layout.place(around);
        match &outer.target {
            Target::Linear { space, at, repeat } => {
                return linear(layout, (innermost, around), (*space, *at, *repeat), address);
            }
            Target::None | Target::View => {}
            _ => return Translation::Dynamic { place: around },
        }
        if outer.kind == PlaceKind::Part {
            part = Some(around);
        }
        match outer.parent {
            Some(parent) => around = parent,
            None => break,
        }
    }
    match part.map(|part| (part, layout.place(part).tables)) {
        Some((part, Some(Sharing::PerProcess))) => Translation::Dynamic { place: part },
        _ if place.kind == PlaceKind::Area => Translation::Dynamic { place: innermost },
        _ => Translation::Fault(Fault::Unmapped { part }),
    }
}

fn linear(
    layout: &Layout,
    (innermost, window): (PlaceId, PlaceId),
    (space, at, repeat): (SpaceId, u64, Option<u64>),
    address: u64,
) -> Translation {
    let offset = u128::from(address - layout.place(window).range.base());
    let offset = repeat.map_or(offset, |unit| offset % u128::from(unit));
    let size = layout.space_range(space).size();
    let address = ((u128::from(at) + offset) % size) as u64;
    let in_zone = |(_, place): &(PlaceId, &Place)| {
        place.space == space && place.kind == PlaceKind::Zone && place.range.contains(address)
    };
    Translation::Mapped {
        window,
        view: (innermost != window).then_some(innermost),
        space,
        address,
        zone: layout.places().find(in_zone).map(|(id, _)| id),
        access: layout.place(innermost).access,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_table_agrees_with_a_scan(
        layout in layout(),
        random in prop::collection::vec(any::<u64>(), 64),
    ) {
        let linear = layout.space_named("linear").expect("linear");
        for address in addresses(&layout, &random) {
            let (table, scan) = (layout.translate(linear, address), naive(&layout, linear, address));
            prop_assert_eq!(table, scan, "{:#x}", address);
        }
    }

    #[test]
    fn reverse_is_the_inverse_of_translate(
        layout in layout(),
        random in prop::collection::vec(any::<u64>(), 64),
    ) {
        let linear = layout.space_named("linear").expect("linear");
        let physical = layout.space_named("physical").expect("physical");
        for address in addresses(&layout, &random) {
            // There: whatever is mapped is found again.
            if let Translation::Mapped { window, address: target, .. } =
                layout.translate(linear, address)
            {
                let back = layout.reverse(linear, physical, target);
                let holds = |i: &&Inverse| i.window == window && holds_address(i, address);
                prop_assert_eq!(back.iter().filter(holds).count(), 1, "{:#x}: {:?}", address, back);
            }
            // And back: whatever is found is mapped to it.
            for inverse in layout.reverse(linear, physical, address) {
                let last = inverse.address + inverse.stride * (inverse.count - 1);
                for found in [inverse.address, last] {
                    let there = layout.translate(linear, found);
                    let Translation::Mapped { window, address: target, .. } = there else {
                        return Err(TestCaseError::fail(format!("{found:#x}: {there:?}")));
                    };
                    prop_assert_eq!((window, target), (inverse.window, address));
                }
            }
        }
    }
}

fn holds_address(inverse: &Inverse, address: u64) -> bool {
    let distance = address.wrapping_sub(inverse.address);
    match inverse.stride {
        0 => distance == 0,
        stride => {
            address >= inverse.address
                && distance.is_multiple_of(stride)
                && distance / stride < inverse.count
        }
    }
}
