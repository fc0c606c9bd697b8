//! What could not be read: names that were declared there are not reported as unknown, and laws do not look for what was
//! written there.

use super::Resolved;
use crate::diagnostic::Diagnostic;
use crate::load::Loaded;
use crate::model::{Lack, Missing};
use crate::source::{Loc, Sources};
use crate::{load, syntax};
use mapwright_grammar::ast::PlaceKind;
use mapwright_grammar::words::{ItemWord, item_word};
use std::collections::BTreeMap;

/// Notes in `out` what is missing because of `earlier` messages.
pub(super) fn note(
    out: &mut Resolved<'_>,
    loaded: &Loaded,
    sources: &Sources,
    earlier: &[Diagnostic],
) {
    let of_stage = |d: &Diagnostic, pages: &[&crate::diagnostic::Page]| {
        pages.iter().any(|page| page.code == d.code)
    };
    let unread = |d: &Diagnostic| of_stage(d, load::PAGES) || of_stage(d, syntax::UNREAD);
    if earlier.iter().any(unread) {
        out.names.incomplete = true;
        out.missing.note(Lack::Anything);
    }
    let broken: Vec<&Diagnostic> = earlier
        .iter()
        .filter(|d| of_stage(d, syntax::PAGES))
        .collect();
    if broken.is_empty() {
        return;
    }
    for file in &loaded.files {
        declared_in(&sources.get(file.id).text, &mut out.names.broken);
    }
    for diagnostic in broken {
        let at = diagnostic.primary.as_ref().map(|label| label.loc);
        let begun = at.and_then(|at| item_around(&sources.find(at.file)?.text, at));
        match begun {
            Some((Some(word), _)) => out.missing.note(lack_of(word)),
            Some((None, name)) => {
                // Its word is misspelt: the name behind it was meant to be declared.
                out.names.broken.extend(name);
                out.missing.note(Lack::Anything);
            }
            None => out.missing.note(Lack::Anything),
        }
    }
}

/// What the items of all files are to the laws about what is absent, by the place where they begin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lacks {
    by_start: BTreeMap<Loc, Lack>,
}

impl Lacks {
    /// Those of all items that were read.
    pub(super) fn of(loaded: &Loaded) -> Self {
        let items = loaded.files.iter().flat_map(|file| {
            let at = |item: &mapwright_grammar::ast::Item| Loc {
                file: file.id,
                span: item.span,
            };
            let items = file.ast.items.iter();
            items.map(move |item| (at(item), Lack::of(&item.kind)))
        });
        Self {
            by_start: items.collect(),
        }
    }

    /// Notes what is missing because of what these messages are about.
    pub(crate) fn note(&self, found: &[Diagnostic], missing: &mut Missing) {
        for diagnostic in found {
            let at = diagnostic.primary.as_ref().map(|label| label.loc);
            let around = at.and_then(|mut at| {
                // The last item that begins at or before it.
                at.span.end = u32::MAX;
                let (loc, lack) = self.by_start.range(..=at).next_back()?;
                (loc.file == at.file).then_some(*lack)
            });
            missing.note(around.unwrap_or(Lack::Anything));
        }
    }
}

/// What is lacking when an item that begins with this word could not be read.
fn lack_of(word: &ItemWord) -> Lack {
    let place = PlaceKind::ALL
        .into_iter()
        .find(|kind| kind.word() == word.word);
    match (place, word.word) {
        (Some(kind), _) => Lack::Place(kind),
        (None, "split") => Lack::Part,
        (None, "assert" | "expect" | "export" | "segment" | "layout") => Lack::Nothing,
        _ => Lack::Anything,
    }
}

/// The item that a mistake is in, judged by how lines begin: its first word, if that begins items, and the word behind it.
/// `None` before the first item.
fn item_around(text: &str, at: Loc) -> Option<(Option<&'static ItemWord>, Option<String>)> {
    let start = text.floor_char_boundary(at.span.start as usize);
    let line_start = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let line_end = text[start..]
        .find('\n')
        .map_or(text.len(), |end| start + end);
    let mut lines = text[..line_end].lines().rev();
    // Parts and lists are indented, and so are the clauses of items that are broken over lines.
    let begins = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let line = lines.find(begins)?;
    let mut words = words(line);
    let first = words.next()?;
    let is_here = text[line_start..line_end].starts_with(line);
    match item_word(first) {
        Some(word) => Some((Some(word), None)),
        None if is_here => Some((None, words.next().map(str::to_owned))),
        None => None,
    }
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// Adds every word of `text` that stands behind a word which declares, where items begin (on a line of its own or behind
/// another item), or before a colon (the parts of splits).
fn declared_in(text: &str, names: &mut Vec<String>) {
    for line in text.lines() {
        for item in line.split([';', '}']) {
            let mut words = words(item);
            let first = words.next().and_then(item_word);
            if first.is_some_and(ItemWord::declares) {
                names.extend(words.next().map(str::to_owned));
            }
        }
        if let Some((name, _)) = line.split_once(':') {
            names.push(name.trim().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use mapwright_grammar::ast::Span;

    #[test]
    fn names_stand_behind_the_words_that_begin_items() {
        let mut names = Vec::new();
        let text = "space virt : 48 bits, paging x86, to p; zone low in p : 0 .. 1;\nsplit virt {\n    user : 0 .. 1;";
        declared_in(text, &mut names);
        assert_eq!(names, ["virt", "low", "space virt", "user"]);
    }

    #[test]
    fn mistakes_are_in_the_item_that_begins_last() {
        let text = "zone a in p : 0 .. 1;\nsplit v {\n    b ; 0 .. 1;\n}\nzoen c in p : 0 .. 1;\n";
        let around = |what: &str| {
            let start = text.find(what).expect("there") as u32;
            let at = Loc {
                file: FileId(0),
                span: Span::new(start, start),
            };
            let (word, name) = item_around(text, at).expect("an item");
            (word.map(|word| word.word), name)
        };
        assert_eq!(around("; 0"), (Some("split"), None));
        assert_eq!(around("zoen"), (None, Some("c".to_owned())));
        assert_eq!(around("in p"), (Some("zone"), None));
    }
}
