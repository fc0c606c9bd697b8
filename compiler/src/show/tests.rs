//! The renderers, whole texts, for a layout that has something of everything.

use super::*;
use expect_test::{expect, expect_file};
use mapwright_runtime::layout::{
    FixedSlot, LayoutBuilder, Parameter, Place, PlaceId, PlaceKind, Sharing, Space, Target,
};
use mapwright_runtime::{Access, Range};

fn range(start: u128, end: u128) -> Range {
    Range::from_start_end(start, end).expect("a range")
}

fn space(name: &str, bits: u32, to: Option<SpaceId>) -> Space {
    let (name, declared_at, doc) = (name.to_owned(), String::new(), String::new());
    Space {
        name,
        bits,
        to,
        format: None,
        declared_at,
        doc,
    }
}

struct Maker {
    builder: LayoutBuilder,
    next: usize,
}

impl Maker {
    fn place(&mut self, place: Place) -> PlaceId {
        self.builder.place(place);
        self.next += 1;
        PlaceId::from_index(self.next - 1)
    }
}

/// A 32-bit kernel with zones, a device, direct map with a view, guard, pages, slots, a family and a hole.
pub(super) fn sample() -> Layout {
    let mut builder = LayoutBuilder::new("sample");
    builder.parameter(Parameter {
        name: "RAM".into(),
        value: "1G".into(),
        number: Some(1 << 30),
    });
    let physical = builder.space(space("physical", 32, None));
    let linear = builder.space(space("linear", 32, Some(physical)));
    let mut m = Maker { builder, next: 0 };
    let mut low = Place::new("LOW", PlaceKind::Zone, physical, range(0, 0x3800_0000));
    low.doc = "Mapped one to one\nfor good. And more that is not said here.".into();
    let low = m.place(low);
    let mut high = Place::new(
        "HIGH",
        PlaceKind::Zone,
        physical,
        range(0x3800_0000, 0x4000_0000),
    );
    high.attrs.push(("fallback".into(), "LOW".into()));
    let high = m.place(high);
    m.place(Place::new(
        "bios",
        PlaceKind::Reserve,
        physical,
        range(0xA_0000, 0x10_0000),
    ));
    m.place(Place::new(
        "pci",
        PlaceKind::Device,
        physical,
        range(0xE000_0000, 0xF000_0000),
    ));

    let mut user = Place::new("user", PlaceKind::Part, linear, range(0, 0xC000_0000));
    user.access = Access::new(true, true, true).for_user();
    user.tables = Some(Sharing::PerProcess);
    m.place(user);
    let mut kernel = Place::new(
        "kernel",
        PlaceKind::Part,
        linear,
        range(0xC000_0000, 1 << 32),
    );
    kernel.access = Access::new(true, true, true);
    kernel.tables = Some(Sharing::Shared);
    let kernel = m.place(kernel);
    let mut child = |name: &str, kind, start, end, target| {
        let mut place = Place::new(name, kind, linear, range(start, end));
        place.parent = Some(kernel);
        place.target = target;
        if kind == PlaceKind::Window {
            place.access = Access::new(true, true, false);
        }
        m.place(place)
    };
    let at = |at| Target::Linear {
        space: physical,
        at,
        repeat: None,
    };
    let direct = child("direct", PlaceKind::Window, 0xC000_0000, 0xF800_0000, at(0));
    child(
        "gap",
        PlaceKind::Guard,
        0xF800_0000,
        0xF880_0000,
        Target::None,
    );
    let pages = Target::Pages {
        zones: vec![high, low],
        or_device: true,
        guard: 4096,
    };
    child(
        "vmalloc",
        PlaceKind::Window,
        0xF880_0000,
        0xFF00_0000,
        pages,
    );
    child(
        "spare",
        PlaceKind::Hole,
        0xFF00_0000,
        0xFF10_0000,
        Target::None,
    );
    let slots = vec![FixedSlot {
        name: "APIC".into(),
        count: 16,
        first_index: 0,
    }];
    child(
        "fixmap",
        PlaceKind::Window,
        0xFFFF_0000,
        1 << 32,
        Target::Fixed { slots },
    );
    for member in 0..4_u64 {
        let start = 0xFFE0_0000 + u128::from(member) * 0x2000;
        let mut stack = Place::new(
            "stack",
            PlaceKind::Window,
            linear,
            range(start, start + 0x1000),
        );
        stack.member = Some(i128::from(member));
        stack.parent = Some(kernel);
        stack.access = Access::new(true, true, false);
        stack.target = at(0x10_0000 + member * 0x1000);
        stack.alias_of = vec![direct];
        m.place(stack);
    }
    let mut image = Place::new(
        "image",
        PlaceKind::Window,
        linear,
        range(0xC010_0000, 0xC080_0000),
    );
    image.parent = Some(direct);
    image.target = Target::View;
    image.access = Access::new(true, false, true);
    m.place(image);
    m.builder
        .finish()
        .unwrap_or_else(|errors| panic!("{errors:?}"))
}

#[test]
fn as_text() {
    let layout = sample();
    expect_file!["tests/sample.txt"].assert_eq(&text(&layout, Options::default()));
    let boxes = text(&layout, Options { unicode: true });
    let plain = boxes.replace('│', "|").replace('─', "-").replace('═', "=");
    assert_eq!(
        plain,
        text(&layout, Options::default()),
        "only the lines differ"
    );
    assert!(boxes.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn as_markdown() {
    expect_file!["tests/sample.md"].assert_eq(&markdown(&sample()));
}

#[test]
fn as_json() {
    let all = json(&sample());
    expect_file!["tests/sample.jsonl"].assert_eq(&all);
    for line in all.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("an object on each line");
        assert!(value["type"].is_string());
    }
}

#[test]
fn rows_cover_every_address_once() {
    let layout = sample();
    for (id, _) in layout.spaces() {
        let mut next = u128::from(layout.space_range(id).base());
        let mut last_part = next;
        for row in rows(&layout, id).iter().filter(|row| row.depth == 0) {
            if row.kind == RowKind::Part {
                assert_eq!(u128::from(row.range.base()), last_part, "parts tile");
                last_part = row.range.end();
                continue;
            }
            assert_eq!(u128::from(row.range.base()), next, "{}", row.text);
            next = row.range.end();
        }
        assert_eq!(next, layout.space_range(id).end());
    }
}

#[test]
fn a_summary_is_one_sentence() {
    for (doc, summary) in [
        ("One line.", "One line"),
        ("Two\nlines. Not this.", "Two lines"),
        (
            "Up to 2.6.27 and e.g. here. Then more.",
            "Up to 2.6.27 and e.g. here",
        ),
        ("\n\nFirst paragraph\n\nSecond", "First paragraph"),
        ("", ""),
    ] {
        assert_eq!(describe::summary(doc), summary);
    }
}

/// The numbers of an attribute, in the order drawn.
fn numbers(text: &str, name: &str) -> Vec<f64> {
    let key = format!(" {name}=\"");
    text.split(&key)
        .skip(1)
        .filter_map(|rest| rest.split('"').next()?.parse().ok())
        .collect()
}

#[test]
fn labels_of_a_picture_do_not_overlap() {
    let picture = svg(&sample());
    let mut by_column: std::collections::BTreeMap<String, Vec<f64>> =
        std::collections::BTreeMap::new();
    for text in picture.split("<text class=\"mw-address\"").skip(1) {
        let text = text.split('>').next().expect("a tag").to_owned() + " ";
        let x = numbers(&text, "x");
        by_column
            .entry(format!("{x:?}"))
            .or_default()
            .extend(numbers(&text, "y"));
    }
    assert_eq!(by_column.len(), 2, "two spaces");
    for (column, mut heights) in by_column {
        heights.sort_by(f64::total_cmp);
        for pair in heights.windows(2) {
            assert!(pair[1] - pair[0] >= 11.0, "{column}: {pair:?}");
        }
    }
    for name in ["width", "height"] {
        assert!(numbers(&picture, name).iter().all(|&size| size > 0.0));
    }
}

#[test]
fn text_of_a_layout_cannot_leave_its_place() {
    let mut builder = LayoutBuilder::new("a<b>&\"|");
    let linear = builder.space(space("linear", 32, None));
    let mut place = Place::new("w", PlaceKind::Window, linear, range(0, 4096));
    place.target = Target::Device { of: Vec::new() };
    place.doc = "</script> | <b>`x`".into();
    builder.place(place);
    let layout = builder.finish().expect("a layout");
    let page = html(&layout);
    assert!(!page.contains("</script>") && !page.contains("a<b>"));
    expect![
        "| `00000000` | 0 | `00000fff` | 4 kB | w: devices<br>\\</script\\> \\| \\<b\\>\\`x\\` |"
    ]
    .assert_eq(
        markdown(&layout)
            .lines()
            .find(|line| line.contains("devices"))
            .expect("a row"),
    );
}

#[test]
fn a_picture_of_many_ranges_is_folded() {
    let mut builder = LayoutBuilder::new("many");
    let linear = builder.space(space("linear", 64, None));
    for at in 0..5_000_u128 {
        let mut place = Place::new(
            format!("w{at}"),
            PlaceKind::Window,
            linear,
            range(at << 20, (at << 20) + 4096),
        );
        place.target = Target::Device { of: Vec::new() };
        builder.place(place);
    }
    let layout = builder.finish().expect("a layout");
    assert_eq!(rows(&layout, linear).len(), 10_000);
    let picture = svg(&layout);
    assert!(
        picture.matches("<rect").count() < 300,
        "{}",
        picture.matches("<rect").count()
    );
    assert!(picture.contains("ranges"));
}
