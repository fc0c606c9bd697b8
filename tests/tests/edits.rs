//! Edits that somebody could make to the bundled i386 layout: each is caught, with the values that show it.

use mapwright::source::{Input, Memory};
use mapwright::{Compilation, Options, compile};

fn edited(edit: impl FnOnce(String) -> String) -> Compilation {
    let (_, whole) = mapwright::bundled::find("linux/i386").expect("is bundled");
    let text = edit(whole.to_owned());
    assert_ne!(text, whole, "the edit changes something");
    compile(
        &Input::named("/t.layout"),
        &Memory::new().with("/t.layout", text),
        &Options::default(),
    )
    .expect("is there")
}

/// The first `item` with its text up to `;` in place of another.
fn replace(text: &str, item: &str, with: &str) -> String {
    let start = text
        .find(item)
        .unwrap_or_else(|| panic!("the layout has `{item}`"));
    let end = start + text[start..].find(';').expect("ends with a semicolon") + 1;
    format!("{}{with}{}", &text[..start], &text[end..])
}

/// The codes of all messages, and the values and words of the first.
fn said(made: &Compilation) -> (Vec<&str>, String) {
    let text = mapwright::diagnostic::render(&made.diagnostics[..1], &made.sources, false, 200);
    (made.diagnostics.iter().map(|d| d.code).collect(), text)
}

#[test]
fn lowmem_without_its_cap() {
    let made = edited(|text| {
        replace(
            &text,
            "let lowmem_size",
            "let lowmem_size : size = min(RAM, 1G);",
        )
    });
    let (codes, text) = said(&made);
    assert_eq!(codes[0], "empty-range", "{text}");
    assert!(text.contains("HIGHMEM"), "{text}");
    assert!(
        made.diagnostics
            .iter()
            .any(|d| d.message.contains("`vmalloc`") && d.counterexample.is_some()),
        "{text}"
    );
}

#[test]
fn pkmap_twice_as_large() {
    let made = edited(|text| text.replace("+(PAGE * LAST_PKMAP)", "+(2 * PAGE * LAST_PKMAP)"));
    let (codes, text) = said(&made);
    assert_eq!(codes, ["overlap"], "{text}");
    assert!(
        text.contains("window `pkmap` overlaps `ldt` by 4M"),
        "{text}"
    );
    assert!(
        text.contains("shown by: the defaults, KERNEL = v6.1"),
        "{text}"
    );
}

#[test]
fn pae_with_any_split() {
    let made = edited(|text| replace(&text, "assume !PAE || PAGE_OFFSET", ""));
    let (codes, text) = said(&made);
    assert_eq!(codes, ["shared-tables"], "{text}");
    assert!(text.contains("PAE = true"), "{text}");
    assert!(text.contains("one entry covers 1G"), "{text}");
}

#[test]
fn no_window_for_high_memory() {
    let made = edited(|text| {
        let mut text = replace(&text, "window pkmap", "")
            .replace("pages from HIGHMEM, NORMAL", "pages from NORMAL");
        while let Some(at) = text.find("-> dynamic pkmap") {
            let start = text[..at].rfind("expect").expect("an example");
            text = format!(
                "{}{}",
                &text[..start],
                replace(&text[start..], "expect", "")
            );
        }
        text
    });
    let (codes, text) = said(&made);
    assert_eq!(codes, ["unreachable-memory"], "{text}");
    assert!(text.contains("zone `HIGHMEM`"), "{text}");
    assert!(text.contains("RAM = 0x36FF_F000 (879.99M)"), "{text}");
}

#[test]
fn a_gap_of_negative_size() {
    let made = edited(|text| {
        replace(
            &text,
            "let VMALLOC_OFFSET",
            "let VMALLOC_OFFSET : size = -8M;",
        )
    });
    let (codes, text) = said(&made);
    assert_eq!(codes, ["empty-range"], "{text}");
    assert!(
        text.contains("guard `gap` ends 8M before it starts"),
        "{text}"
    );
}

#[test]
fn too_many_processors() {
    let made = edited(|text| text.replace("in 1 ..= 512;", "in 1 ..= 65536;"));
    let (codes, text) = said(&made);
    // Three ranges, each by values of its own, and the author's assertion, which says the same of vmalloc in its own words.
    assert_eq!(
        codes,
        ["empty-range", "empty-range", "empty-range", "assert-fails"],
        "{text}"
    );
    assert!(text.contains("shown by: NR_CPUS = "), "{text}");
}
