//! Instances and settings.

use super::{Lowered, lower};
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::samples::{lines, model};
use crate::settings::{instance, settings, variant};
use crate::source::Sources;
use mapwright_runtime::layout::{PlaceKind, Target};

const M: u64 = 1 << 20;
const G: u64 = 1 << 30;

/// Parameters, families, things that exist only sometimes, and every target.
const RICH: &str = "
/// How many processors.
config CPUS : int = 2 in 1 ..= 8;
config HIGH : bool = true;
enum Mode { Fast, Safe }
config MODE : Mode = Safe;
config V : version = v6.1 in v5.0 ..= v6.12;
zone high in physical : 1G .. 1G + RAM - 16M optional;
/// The direct map.
window direct in kernel : 3G .. +RAM -> physical at 0 { access: rwx, global };
window image in direct : 3G + 1M .. +1M;
guard gap in kernel : direct.end .. +8M when HIGH;
window k[p in 0 .. CPUS] in kernel : linear.end - 64M + p * 16K .. +8K -> pages from high, low { guard: 4K };
window slots in kernel : linear.end - 32M .. +4M -> slots 1024 from high, low;
window fix in kernel : linear.end - 4M .. linear.end - 4K -> fixed { HOLE, NONE[CPUS - 2], KMAP[CPUS], LAST };
window table in kernel : linear.end - 16M .. +8M -> table of 64 per page of physical;
window below in kernel : linear.end - 128M .. +4K -> physical at 0 - 4K;
let direct_size = direct.size;
segment code : gdt[12] = code { base: 0, limit: 4G, dpl: 3 };
export \"HIGH_MEMORY\" = direct.end;
layout small = default with { RAM = 16M, HIGH = false };
";

fn lowered(model: &Model, sources: &Sources, args: &[&str]) -> Result<Lowered, Vec<Diagnostic>> {
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let mut scratch = Sources::default();
    let (fixed, said) = settings(model, &mut scratch, &args);
    assert_eq!(lines(&scratch, &said), Vec::<String>::new());
    lower(model, sources, &instance(model, &fixed))
}

fn good(text: &str, args: &[&str]) -> Lowered {
    let (sources, model) = model(text);
    match lowered(&model, &sources, args) {
        Ok(lowered) => lowered,
        Err(said) => panic!("{:#?}", lines(&sources, &said)),
    }
}

#[test]
fn an_instance_has_the_numbers_of_its_parameters() {
    let made = good(RICH, &["RAM=64M", "CPUS=3"]);
    let layout = &made.layout;
    let place = |name: &str| layout.place(layout.place_named(name).expect("exists"));
    assert_eq!(
        (place("direct").range.base(), place("direct").range.end()),
        (3 * G, (3 * G + 64 * M).into())
    );
    assert_eq!(place("direct").doc, "The direct map.");
    assert_eq!(place("direct").access.to_string(), "rwx");
    assert!(place("direct").access.global && !place("direct").access.user);
    assert_eq!(place("image").access.to_string(), "rwx");
    assert_eq!(place("image").target, Target::View);
    assert_eq!(place("gap").kind, PlaceKind::Guard);
    assert_eq!(place("gap").range.base(), 3 * G + 64 * M);
    assert_eq!(place("high").range.size(), (48 * M).into());
    assert!(place("user").access.user);
    assert_eq!(layout.places_named("k").len(), 3);
    let last = layout.place(layout.places_named("k")[2]);
    assert_eq!(
        (last.member, last.range.base()),
        (Some(2), 4 * G - 64 * M + 2 * 16384)
    );
    let Target::Pages { zones, guard, .. } = &last.target else {
        panic!("{:?}", last.target)
    };
    assert_eq!((zones.len(), *guard), (2, 4096));
    let Target::Fixed { slots } = &place("fix").target else {
        panic!("not fixed")
    };
    let numbers: Vec<(&str, u64, u64)> = slots
        .iter()
        .map(|s| (s.name.as_str(), s.first_index, s.count))
        .collect();
    assert_eq!(
        numbers,
        [
            ("HOLE", 0, 1),
            ("NONE", 1, 1),
            ("KMAP", 2, 3),
            ("LAST", 5, 1)
        ]
    );
    let Target::Table { element, per, .. } = place("table").target else {
        panic!("no table")
    };
    assert_eq!((element, per), (64, 4096));
    let Target::Linear { at, .. } = place("below").target else {
        panic!("not linear")
    };
    assert_eq!(at, 0_u64.wrapping_sub(4096));
    let shown: Vec<(&str, &str)> = layout
        .parameters()
        .iter()
        .map(|p| (p.name.as_str(), p.value.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("RAM", "64M"),
            ("CPUS", "3"),
            ("HIGH", "true"),
            ("MODE", "Safe"),
            ("V", "v6.1")
        ]
    );
    assert_eq!(
        layout.constants(),
        [("direct_size".to_owned(), (64 * M).into())]
    );
    assert_eq!(
        layout.exports(),
        [("HIGH_MEMORY".to_owned(), (3 * G + 64 * M).into())]
    );
    assert_eq!(layout.segments()[0].selector(), 0x63);
    assert_eq!(made.items.len(), layout.place_count());
    assert_eq!(place("direct").declared_at, "test.layout:20:8");
    assert_eq!(layout.name(), "test");
}

#[test]
fn what_does_not_exist_is_not_there() {
    let made = good(RICH, &["RAM=16M", "HIGH=false"]);
    assert!(made.layout.place_named("gap").is_none());
    assert!(made.layout.place_named("high").is_none());
    let k = made
        .layout
        .place(made.layout.place_named("k").expect("exists"));
    let Target::Pages { zones, .. } = &k.target else {
        panic!("{:?}", k.target)
    };
    assert_eq!(zones.len(), 1);
    let fix = made
        .layout
        .place(made.layout.place_named("fix").expect("exists"));
    let Target::Fixed { slots } = &fix.target else {
        panic!("not fixed")
    };
    assert_eq!(
        slots.iter().map(|s| s.first_index).collect::<Vec<_>>(),
        [0, 1, 3]
    );
}

#[test]
fn instances_that_are_impossible() {
    let cases = [
        (
            "zone z in physical : 1G .. 1G + RAM - 128M;",
            "impossible-range @ 1G .. 1G + RAM - 128M: the zone `z` is empty: 0x4000_0000 .. 0x4000_0000 | mark it `optional` if it may be empty",
        ),
        (
            "zone z in physical : 1G .. 1G + RAM - 129M;",
            "impossible-range @ 1G .. 1G + RAM - 129M: the zone `z` is inverted: 0x4000_0000 .. 0x3FF0_0000",
        ),
        (
            "zone z in physical : 16E - 4K .. 16E * 2;",
            "impossible-range @ 16E - 4K .. 16E * 2: the zone `z` is outside all 64-bit addresses",
        ),
        (
            "window z in kernel : 3G .. 3G + 1G / (RAM / 4K - 32768) -> device;",
            "undefined-here @ 3G + 1G / (RAM / 4K - 32768): `z.end` has no value: the divisor is 0, not positive",
        ),
        (
            "window a in kernel : 3G .. +8K -> device; window b in kernel : 3G + 4K .. +RAM -> device;",
            "layout-refused @ a",
        ),
        (
            "window k[p in 0 .. RAM / 1K] in kernel : 3G + p * 1 .. +1 -> device;",
            "too-many-places @ [p in 0 .. RAM / 1K]: the family `k` has 131072 members",
        ),
        (
            "window w in kernel : 3G .. +4K -> slots 16E / 1 from low;",
            "kind-mismatch",
        ),
        (
            "window w in kernel : 3G .. +4K -> physical at 3G - (RAM << 60);",
            "undefined-here",
        ),
    ];
    for (text, expected) in cases {
        let (sources, made, said) =
            crate::samples::evaluated(&format!("{}{text}", crate::samples::BASE));
        let said = match said.is_empty() {
            true => lowered(&made, &sources, &[]).map(|_| ()).expect_err(text),
            false => said,
        };
        let shown = lines(&sources, &said);
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!(shown[0].starts_with(expected), "{}", shown[0]);
    }
}

#[test]
fn settings_are_literals_of_the_language() {
    let (_, model) = model(RICH);
    let read = |args: &[&str]| {
        let mut sources = Sources::default();
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let (fixed, said) = settings(&model, &mut sources, &args);
        let values: Vec<i128> = fixed.iter().map(|(_, value)| *value).collect();
        (values, lines(&sources, &said))
    };
    let fine = |args: &[&str], values: &[i128]| {
        assert_eq!(read(args), (values.to_vec(), Vec::new()), "{args:?}");
    };
    fine(&["RAM=64M"], &[64 << 20]);
    fine(&["RAM = 64M - 4K"], &[(64 << 20) - 4096]);
    fine(&["RAM=0x2000000", "CPUS=8"], &[0x200_0000, 8]);
    fine(&["HIGH=false", "MODE=Fast"], &[0, 0]);
    fine(
        &["MODE=Mode.Safe", "V=v6.1.7"],
        &[1, (6 << 48) | (1 << 32) | (7 << 16)],
    );
    let wrong = |args: &[&str], message: &str| {
        let (_, said) = read(args);
        assert_eq!(said, [message], "{args:?}");
    };
    wrong(
        &["RAM=3M"],
        "outside-domain @ 3M: RAM = 3M is below the domain 16M ..= 896M step 4K | nearest value: 16M",
    );
    wrong(
        &["RAM=16M + 1"],
        "outside-domain @ 16M + 1: RAM = 0x100_0001 (16.00M) is not in the domain 16M ..= 896M step 4K | nearest values: 16M and 0x100_1000",
    );
    wrong(
        &["RAN=64M"],
        "unknown-name @ RAN: there is no parameter `RAN` | did you mean `RAM`?",
    );
    wrong(
        &["CPUS=4K"],
        "kind-mismatch @ 4K: a count (int) is needed, not a size | divided by a size it is a count: `x / 4K`",
    );
    wrong(
        &["HIGH=yes"],
        "unknown-name @ yes: `yes` is not declared | write `true` or `false`",
    );
    wrong(
        &["MODE=Fats"],
        "unknown-name @ Fats: there is no `Mode` choice `Fats` | did you mean `Fast`?",
    );
    wrong(
        &["RAM"],
        "setting @ RAM: the setting `RAM` is not NAME=VALUE | write the name of a parameter, `=` and its value: `RAM=2G`",
    );
    wrong(
        &["RAM=64M", "RAM=32M"],
        "setting @ RAM: the parameter `RAM` is set twice | leave one of them out",
    );
    wrong(
        &["RAM=-1"],
        "outside-domain @ -1: RAM = -1 byte is below the domain 16M ..= 896M step 4K | nearest value: 16M",
    );
    wrong(
        &["CPUS=1/0"],
        "undefined-here @ 0: CPUS is set to something without a value: the divisor is 0, not positive",
    );
    for broken in [
        "RAM=",
        "RAM=64 M",
        "RAM=(",
        "=3",
        "",
        "RAM=64M)",
        "\u{0}=1",
        "RAM=\u{202e}1",
    ] {
        let (values, said) = read(&[broken]);
        assert_eq!((values.len(), said.len()), (0, 1), "{broken:?}: {said:?}");
    }
}

#[test]
fn variants_are_settings() {
    let (_, model) = model(RICH);
    let mut sources = Sources::default();
    let small = variant(&model, &mut sources, Some("small")).expect("declared");
    assert_eq!(instance(&model, &small)[..3], [16 << 20, 2, 0]);
    assert_eq!(variant(&model, &mut sources, None), Ok(Vec::new()));
    assert_eq!(
        variant(&model, &mut sources, Some("default")),
        Ok(Vec::new())
    );
    let unknown = variant(&model, &mut sources, Some("smal")).expect_err("not declared");
    let said = lines(&sources, &[*unknown]);
    assert_eq!(
        said,
        ["unknown-name @ smal: there is no variant `smal` | did you mean `small`?"]
    );
}
