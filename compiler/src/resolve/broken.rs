//! What could not be read: names that were declared there are not reported as unknown.

use super::Resolved;
use crate::diagnostic::Diagnostic;
use crate::load::Loaded;
use crate::source::Sources;
use crate::{load, syntax};
use mapwright_grammar::words::{ItemWord, item_word};

/// Notes in `out` what is missing because of `earlier` messages.
pub(super) fn note(
    out: &mut Resolved<'_>,
    loaded: &Loaded,
    sources: &Sources,
    earlier: &[Diagnostic],
) {
    let has = |pages: &[&crate::diagnostic::Page]| {
        let of_stage = |d: &Diagnostic| pages.iter().any(|page| page.code == d.code);
        earlier.iter().any(of_stage)
    };
    out.names.incomplete = has(load::PAGES) || has(syntax::UNREAD);
    out.incomplete = out.names.incomplete;
    if has(syntax::PAGES) {
        out.incomplete = true;
        for file in &loaded.files {
            declared_in(&sources.get(file.id).text, &mut out.names.broken);
        }
    }
}

/// Adds every word of `text` that stands behind a word which declares, or before a colon (the
/// parts of splits).
fn declared_in(text: &str, names: &mut Vec<String>) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for line in text.lines() {
        let mut before = "";
        let words = line.split(|c| !is_word(c)).filter(|word| !word.is_empty());
        for word in words {
            if item_word(before).is_some_and(ItemWord::declares) {
                names.push(word.to_owned());
            }
            before = word;
        }
        if let Some((name, _)) = line.split_once(':') {
            names.push(name.trim().to_owned());
        }
    }
}
