//! Help that names a place can be followed: whoever writes it into the text of a rejected layout has a right one.

use crate::fixtures::{self, Fixture};
use mapwright::diagnostic::{Diagnostic, Severity};
use mapwright::model::{Extent, Item, Target};
use mapwright::source::{Input, Loc, Memory};
use mapwright::{Compilation, Options, compile};
use std::fs;

/// How help names places, with what following it means.
const WAYS: &[(&str, Way)] = &[
    ("would fit at ", Way::Start),
    ("start the window at ", Way::Start),
    ("move it to ", Way::Start),
    ("map it to ", Way::Target),
    ("begin at ", Way::End),
    ("end at ", Way::End),
    ("begin it at ", Way::End),
    ("end it at ", Way::End),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The item begins there, as large as it is.
    Start,
    /// The end that is pointed at is there.
    End,
    /// The window shows what is there.
    Target,
}

/// The places that a help names.
fn named(help: &str) -> Vec<(Way, i128)> {
    let mut found = Vec::new();
    for &(words, way) in WAYS {
        let Some(at) = help.find(words) else { continue };
        let mut rest = &help[at + words.len()..];
        while let Some((place, more)) = address(rest) {
            found.push((way, place));
            rest = more.strip_prefix(" or ").unwrap_or("");
        }
    }
    found
}

/// An address at the start of a text, and what follows it.
fn address(text: &str) -> Option<(i128, &str)> {
    let digits = text.strip_prefix("0x")?;
    let end = digits
        .find(|c: char| !c.is_ascii_hexdigit() && c != '_')
        .unwrap_or(digits.len());
    let value = i128::from_str_radix(&digits[..end].replace('_', ""), 16).ok()?;
    Some((value, &digits[end..]))
}

/// `NAME=VALUE` for what shows a mistake.
fn shown_by(diagnostic: &Diagnostic) -> Vec<String> {
    let values = diagnostic.counterexample.iter().flat_map(|c| &c.values);
    values
        .map(|of| {
            format!(
                "{}={}",
                of.name,
                of.value.split(' ').next().expect("a value")
            )
        })
        .collect()
}

fn compiled(fixture: &Fixture, text: &str, set: &[String]) -> Compilation {
    let options = Options {
        set: set.to_vec(),
        instance: true,
        ..Options::default()
    };
    let path = format!("/{}", fixture.path);
    let files = Memory::new().with(path.as_str(), text);
    compile(&Input::named(&path), &files, &options).expect("is there")
}

/// The item that a place in the text belongs to, with its range.
fn item_at(made: &Compilation, loc: Loc) -> Option<(&Item, Extent)> {
    let ranges = made
        .model
        .items
        .iter()
        .filter_map(|item| Some((item, item.range?)));
    let at = |item: &Item| match &item.target {
        Target::Linear { at, .. } => Some(at.loc),
        _ => None,
    };
    let mut ranges = ranges;
    ranges.find(|(item, range)| {
        [range.loc, range.start.loc, range.end.loc].contains(&loc) || at(item) == Some(loc)
    })
}

/// The text with a help followed.
fn followed(made: &Compilation, text: &str, loc: Loc, (way, place): (Way, i128)) -> String {
    let (item, range) = item_at(made, loc).expect("points at a range");
    let value = |term| {
        made.model
            .terms
            .eval(term, &made.values)
            .expect("has a value")
    };
    let (start, end) = (value(range.start.term), value(range.end.term));
    let literal = format!("0x{place:X}");
    let mut edits: Vec<(Loc, String)> = match way {
        Way::Start if range.sized => vec![(range.start.loc, literal)],
        Way::Start => vec![(range.loc, format!("{literal} .. +{}", end - start))],
        Way::Target => match &item.target {
            Target::Linear { at, .. } => vec![(at.loc, literal)],
            other => panic!("{other:?} shows no place"),
        },
        Way::End if loc == range.end.loc && range.sized => {
            vec![(loc, format!("{}", place - start))]
        }
        Way::End => vec![(loc, literal)],
    };
    if item.kind.word() == "part" {
        // The part beside it begins or ends there too.
        let old = if loc == range.start.loc { start } else { end };
        edits.clear();
        for other in made
            .model
            .items
            .iter()
            .filter(|other| other.kind == item.kind)
        {
            let range = other.range.expect("is right");
            for num in [range.start, range.end] {
                if value(num.term) == old {
                    edits.push((num.loc, format!("0x{place:X}")));
                }
            }
        }
    }
    edits.sort_by_key(|(loc, _)| std::cmp::Reverse(loc.span.start));
    let mut text = text.to_owned();
    for (loc, new) in edits {
        text.replace_range(loc.span.start as usize..loc.span.end as usize, &new);
    }
    text
}

#[test]
fn help_that_names_a_place_can_be_followed() {
    let mut tried = 0;
    for fixture in fixtures::all("reject") {
        let made = fixture.compile();
        let [diagnostic] = &made.diagnostics[..] else {
            continue;
        };
        let places: Vec<_> = diagnostic
            .help
            .iter()
            .flat_map(|help| named(help))
            .collect();
        let Some(label) = diagnostic.primary.as_ref().filter(|_| !places.is_empty()) else {
            continue;
        };
        let bytes = fs::read(fixtures::root().join(&fixture.path)).expect("can be read");
        let text = String::from_utf8(bytes).expect("is text");
        let set = shown_by(diagnostic);
        let wrong = compiled(&fixture, &text, &set);
        if item_at(&wrong, label.loc).is_none() {
            continue;
        }
        assert!(wrong.is_wrong(), "{}: {set:?} shows nothing", fixture.path);
        for place in places {
            let text = followed(&wrong, &text, label.loc, place);
            let right = compiled(&fixture, &text, &set);
            let errors = right.diagnostics.iter();
            let errors: Vec<&Diagnostic> =
                errors.filter(|d| d.severity == Severity::Error).collect();
            assert!(
                errors.is_empty(),
                "{} with {place:X?} and {set:?}:\n{text}\n{errors:#?}",
                fixture.path
            );
            tried += 1;
        }
    }
    assert!(tried >= 12, "{tried} places were tried");
}
