//! A number is one wherever it is written: every reader of numbers takes the same spellings, with the same value, and says
//! the same words about the others.

use crate::cli::program::{Run, directory, mapwright, path, with_input};
use mapwright_grammar::read_number;

/// Spellings that have been numbers in one place and none in another, and what is near them.
const SPELLINGS: [&str; 34] = [
    "4096",
    "4_096",
    "4096_",
    "4K",
    "16M",
    "1G",
    "1T",
    "1P",
    "1E",
    "0x1000",
    "0x_1000",
    "0xfE",
    "0o10000",
    "0b1000000000000",
    "007",
    "0x1K",
    "0X1000",
    "0O10000",
    "0B1000",
    "0x",
    "0o8",
    "0b2",
    "4k",
    "4Q",
    "4KB",
    "4KiB",
    "4096B",
    "10h",
    "0FFh",
    "1.5G",
    "12z",
    "0xg",
    "0b1M",
    "99999999999999999999999999999999999999999",
];

/// A way into Mapwright that takes a number: its name, and a run with the number in it.
type Reader = (&'static str, fn(&str, &tempfile::TempDir) -> Run);

const LAYOUT: &str = "config N : size = 1 in 0 ..= 1048576;\nspace physical : 64 bits;\nspace linear : 64 bits, to physical;\n\
    zone all in physical : 0 .. physical.end;\n\
    window w in linear : 0 .. linear.end -> physical at 0;\n";

/// All of them. The second argument is a directory with `some.layout` and `some.img` in it.
const READERS: [Reader; 13] = [
    ("a layout file", |number, _| {
        let text = format!("{LAYOUT}export \"FOUND\" = N - N + {number};\n");
        with_input(["check", "-"], text.as_bytes())
    }),
    ("--set", |number, at| {
        let layout = path(at, "some.layout");
        mapwright(["check", &layout, "--set", &format!("N={number}")])
    }),
    ("an address", |number, at| {
        let layout = path(at, "some.layout");
        mapwright(["translate", &layout, "--format", "plain", number])
    }),
    ("an address of standard input", |number, at| {
        let layout = path(at, "some.layout");
        with_input(
            ["translate", &layout, "--format", "plain", "-"],
            number.as_bytes(),
        )
    }),
    ("an address of walk", |number, at| walk(at, "0", "", number)),
    ("--root", |number, at| walk(at, number, "", "0")),
    ("the place of an image", |number, at| {
        walk(at, "0", &format!("@{number}"), "0")
    }),
    ("--pattern", |number, _| {
        let pattern = format!("sequential:count=1,start={number}");
        mapwright(["simulate", "std:linux/i386-3g1g", "--pattern", &pattern])
    }),
    ("--page", |number, _| {
        pattern(["--page", number, "--tlb", "16"])
    }),
    ("--tlb", |number, _| {
        pattern(["--tlb", number, "--page", "4K"])
    }),
    ("--seed", |number, at| {
        let (layout, scenario) = (path(at, "some.layout"), path(at, "none.toml"));
        mapwright(["simulate", &layout, &scenario, "--seed", number])
    }),
    ("a scenario", |number, _| {
        scenario(&format!("expect = \"{number} >= 0\""))
    }),
    ("the machine of a scenario", |number, _| {
        scenario(&format!(
            "[machine]\nreserved = {{ some = \"{number} .. +4K\" }}"
        ))
    }),
];

fn walk(at: &tempfile::TempDir, root: &str, place: &str, address: &str) -> Run {
    let image = format!("{}{place}", path(at, "some.img"));
    let format = ["walk", "--paging", "x86_64_4level"];
    let rest = ["--root", root, "--image", &image, address];
    mapwright(format.into_iter().chain(rest))
}

fn pattern(arguments: [&str; 4]) -> Run {
    let all = [
        "simulate",
        "std:linux/i386-3g1g",
        "--pattern",
        "sequential:count=1",
    ];
    mapwright(all.into_iter().chain(arguments))
}

fn scenario(more: &str) -> Run {
    let text = format!("[[step]]\ndo = \"note\"\ntext = \"a number\"\n{more}\n");
    with_input(["simulate", "std:linux/i386-3g1g", "-"], text.as_bytes())
}

#[test]
fn every_reader_takes_the_same_spellings() {
    let folder = directory(&[("some.layout", LAYOUT.as_bytes()), ("some.img", &[0; 4096])]);
    let mut differ = Vec::new();
    for (name, reader) in READERS {
        // What takes 4096 takes it in all its forms as the same.
        let plain = reader("4096", &folder);
        for spelling in [
            "4_096",
            "4096_",
            "4K",
            "0x1000",
            "0o10000",
            "0b1000000000000",
        ] {
            let run = reader(spelling, &folder);
            let out = without_time(&run.out.replace(spelling, "4096"));
            let expected = without_time(&plain.out.replace(spelling, "4096"));
            assert_eq!(
                (run.code, out),
                (plain.code, expected),
                "{spelling} in {name}: {}",
                run.err
            );
        }
    }
    for spelling in SPELLINGS {
        let expected = read_number(spelling);
        for (name, reader) in READERS {
            let run = reader(spelling, &folder);
            let refused = [
                "not a number",
                "no fraction",
                "is too large;",
                "does not fit",
            ];
            let refused = refused.iter().any(|words| run.err.contains(words));
            let said = match &expected {
                Ok(_) => !refused,
                Err(error) => {
                    run.code != 0
                        && run.err.contains(&error.message)
                        && run.err.contains(&error.help)
                }
            };
            if !said {
                differ.push(format!("{spelling} in {name}: {}{}", run.out, run.err));
            }
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// What systems print as their version can be said to be the version of a layout.
#[test]
fn versions_are_what_systems_print() {
    for (version, shown) in [
        ("v6.1", "v6.1"),
        ("v6.12.107", "v6.12.107"),
        ("v2.6.32.69", "v2.6.32.69"),
        ("v6.1.0-50", "v6.1"),
        ("6.1.0-50-amd64", "v6.1"),
        ("5.15.0-91-generic", "v5.15"),
    ] {
        let setting = format!("KERNEL={version}");
        let run = mapwright(["check", "std:linux/x86_64", "--set", &setting]);
        assert_eq!(run.code, 0, "{version}: {}", run.err);
        let told = format!("for KERNEL = {shown}, ");
        assert!(run.out.contains(&told), "{version}: {}", run.out);
        let scenario = format!(
            "set = {{ KERNEL = \"{version}\" }}\n[[step]]\ndo = \"note\"\ntext = \"a version\"\n"
        );
        let run = with_input(["simulate", "std:linux/x86_64", "-"], scenario.as_bytes());
        assert_eq!(run.code, 0, "{version}: {}", run.err);
    }
    for version in ["v6.13", "v6.12.65536", "6", "six", "v1.2.3.4.5"] {
        let setting = format!("KERNEL={version}");
        let run = mapwright(["check", "std:linux/x86_64", "--set", &setting]);
        assert_eq!(run.code, 2, "{version}: {}", run.out);
    }
}

/// The words of the text without how long a proof took; the widths of columns go by what was written.
fn without_time(out: &str) -> Vec<String> {
    let lines = out.lines().map(|line| {
        line.split_once("laws proved in ")
            .map_or(line, |(before, _)| before)
    });
    lines
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect()
}
