use super::*;
use expect_test::{Expect, expect};
use mapwright_runtime::layout::{LayoutBuilder, Place, PlaceKind, Space};
use mapwright_runtime::{Access, Range};

fn layout() -> Layout {
    let mut builder = LayoutBuilder::new("kernel.layout");
    let space = |name: &str, to| Space {
        name: name.to_string(),
        bits: 32,
        to,
        format: None,
        declared_at: String::new(),
        doc: String::new(),
    };
    let physical = builder.space(space("physical", None));
    let linear = builder.space(space("linear", Some(physical)));
    let mut place = |name: &str, kind, start: u128, end: u128, target, access, line: u32| {
        let range = Range::from_start_end(start, end).expect("not empty");
        let space = if kind == PlaceKind::Zone {
            physical
        } else {
            linear
        };
        let mut place = Place::new(name, kind, space, range);
        place.target = target;
        place.access = access;
        place.declared_at = format!("kernel.layout:{line}:1");
        if name == "text" {
            place.alias_of = vec![PlaceId::from_index(1)];
        }
        builder.place(place)
    };
    let rwx = Access::new(true, true, true);
    let at = |at, repeat| Target::Linear {
        space: physical,
        at,
        repeat,
    };
    let (window, none) = (PlaceKind::Window, Access::NONE);
    place(
        "low",
        PlaceKind::Zone,
        0,
        0x1000_0000,
        Target::None,
        none,
        3,
    );
    place(
        "direct",
        window,
        0xc000_0000,
        0xd000_0000,
        at(0, None),
        rwx,
        4,
    );
    place(
        "text",
        window,
        0xe000_0000,
        0xe010_0000,
        at(0x10_0000, None),
        rwx,
        5,
    );
    place(
        "same",
        window,
        0xf000_0000,
        0xf001_0000,
        at(0x10_0000, Some(4096)),
        rwx,
        6,
    );
    place(
        "gap",
        PlaceKind::Guard,
        0xd000_0000,
        0xd080_0000,
        Target::None,
        none,
        7,
    );
    let pages = Target::Pages {
        zones: vec![],
        or_device: false,
        guard: 0,
    };
    place("vmalloc", window, 0xd080_0000, 0xd100_0000, pages, rwx, 8);
    place(
        "unused",
        PlaceKind::Hole,
        0xd100_0000,
        0xd200_0000,
        Target::None,
        none,
        9,
    );
    builder.finish().expect("a right layout")
}

fn check(format: TranslateFormat, reverse: bool, addresses: &[u128], expected: &Expect) {
    let layout = layout();
    let space = layout.space_named("linear").expect("declared");
    let target = layout.space_named("physical").expect("declared");
    let mut printer = Printer::new(&layout, format, space, target);
    let mut text = String::new();
    for &address in addresses {
        let narrow = u64::try_from(address).ok();
        if reverse {
            let found = narrow.map(|a| layout.reverse(space, target, a));
            text.push_str(&printer.reverse(address, &found.unwrap_or_default()));
        } else {
            let beyond = Translation::Fault(Fault::OutOfSpace);
            let translation = narrow.map_or(beyond, |a| layout.translate(space, a));
            text.push_str(&printer.forward(address, &translation));
        }
    }
    text.push_str(&printer.footer());
    expected.assert_eq(&text);
}

const FORWARD: [u128; 7] = [
    0xc010_0000,
    0xd000_0000,
    0xd080_0000,
    0xd100_0000,
    0xf000_1234,
    0x1000,
    0x1_0000_0000_0000_0000,
];

#[test]
fn plain_lines() {
    check(
        TranslateFormat::Plain,
        false,
        &FORWARD,
        &expect![[r#"
        0xc0100000 0x100000 direct
        0xd0000000 fault guard gap
        0xd0800000 dynamic vmalloc
        0xd1000000 fault hole unused
        0xf0001234 0x100234 same
        0x1000 fault unmapped
        0x10000000000000000 fault out_of_space
    "#]],
    );
    check(
        TranslateFormat::Plain,
        true,
        &[0x10_0000, 0x2000_0000, 1 << 32, 1 << 70],
        &expect![[r#"
        0x100000 0xc0100000 direct
        0x100000 0xf0000000 same repeat 16 step 0x1000
        0x100000 0xe0000000 text alias
        0x20000000 fault unmapped
        0x100000000 fault out_of_space
        0x400000000000000000 fault out_of_space
    "#]],
    );
}

#[test]
fn tables() {
    check(
        TranslateFormat::Text,
        false,
        &FORWARD,
        &expect![[r#"
        ADDRESS     MEANS                WHERE                  ACCESS  ZONE
        0xc0100000  0x100000             window direct          rwx     low
        0xd0000000  fault guard          guard gap
        0xd0800000  dynamic              window vmalloc
        0xd1000000  fault hole           hole unused
        0xf0001234  0x100234             window same (repeats)  rwx     low
        0x1000      fault unmapped
        0x10000000000000000  fault out_of_space

        direct is declared at kernel.layout:4:1
        same is declared at kernel.layout:6:1
        gap is declared at kernel.layout:7:1
        vmalloc is declared at kernel.layout:8:1
        unused is declared at kernel.layout:9:1
    "#]],
    );
    check(
        TranslateFormat::Text,
        true,
        &[0x10_0000, 0x2000_0000],
        &expect![[r#"
        ADDRESS     MEANS                WHERE                  ACCESS  ZONE
        0x100000    0xc0100000           window direct          rwx     low
                    0xf0000000           window same (repeats)  rwx     low
                    0xe0000000           window text (alias)    rwx     low
        0x20000000  fault unmapped

        direct is declared at kernel.layout:4:1
        text is declared at kernel.layout:5:1
        same is declared at kernel.layout:6:1
    "#]],
    );
}

#[test]
fn json_lines() {
    check(
        TranslateFormat::Json,
        false,
        &FORWARD[..3],
        &expect![[r#"
        {"address":"0xc0100000","space":"linear","result":"mapped","window":"direct","target":"physical","physical":"0x100000","zone":"low","access":"rwx","fault":null,"declared_at":"kernel.layout:4:1"}
        {"address":"0xd0000000","space":"linear","result":"fault","window":"gap","target":null,"physical":null,"zone":null,"access":null,"fault":"guard","declared_at":"kernel.layout:7:1"}
        {"address":"0xd0800000","space":"linear","result":"dynamic","window":"vmalloc","target":null,"physical":null,"zone":null,"access":"rwx","fault":null,"declared_at":"kernel.layout:8:1"}
    "#]],
    );
    check(
        TranslateFormat::Json,
        true,
        &[0x10_0000, 1 << 32],
        &expect![[r#"
        {"address":"0xc0100000","space":"linear","result":"mapped","window":"direct","target":"physical","physical":"0x100000","zone":"low","access":"rwx","fault":null,"declared_at":"kernel.layout:4:1","alias":false,"count":1,"stride":null}
        {"address":"0xf0000000","space":"linear","result":"mapped","window":"same","target":"physical","physical":"0x100000","zone":"low","access":"rwx","fault":null,"declared_at":"kernel.layout:6:1","alias":false,"count":16,"stride":"0x1000"}
        {"address":"0xe0000000","space":"linear","result":"mapped","window":"text","target":"physical","physical":"0x100000","zone":"low","access":"rwx","fault":null,"declared_at":"kernel.layout:5:1","alias":true,"count":1,"stride":null}
        {"address":null,"space":"linear","result":"fault","window":null,"target":"physical","physical":"0x100000000","zone":null,"access":null,"fault":"out_of_space","declared_at":null}
    "#]],
    );
}
