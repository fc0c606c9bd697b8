//! Numbers and conditions in the bodies of functions: by their names where they have one, otherwise as formulas with what
//! these need written before them.

use super::Unit;
use super::formula::Written;
use super::lines::Lines;
use crate::emit::define::{Entry, Facet};
use crate::model::ItemId;
use crate::term::TermId;

impl Unit<'_> {
    /// The lines of a function's body. Its `let`s are numbered from 1.
    pub(super) fn new_body(&mut self, lines: &Lines) -> Lines {
        self.parts = 0;
        lines.inner()
    }

    /// What is said about an item.
    pub(super) fn said(&self, id: ItemId, facet: Facet) -> Option<&Entry> {
        self.defs.said(id, facet)
    }

    /// A number of an item as a `u64`: by its name, or as a formula where it has none or none for every boot. It is
    /// read only where the number is known to be there.
    pub(super) fn said_text(&mut self, lines: &mut Lines, id: ItemId, facet: Facet) -> String {
        let call = self.defs.facet(id, facet).filter(|def| def.is_plain());
        if let Some(call) = call.map(|def| def.call()) {
            return call;
        }
        let term = self.said(id, facet).map_or(TermId::FALSE, |said| said.term);
        self.word(lines, term)
    }

    /// A formula as text, its `let`s written first.
    fn formula(&mut self, lines: &mut Lines, term: TermId, wide: bool) -> Written {
        let (depth, parts) = (lines.depth(), self.parts);
        let mut writer = self.writer(usize::MAX, None, "boot", depth);
        writer.parts = parts;
        let written = writer.write(&[term], wide);
        self.parts = writer.parts;
        lines.push(&written.lets);
        written
    }

    /// The text of a number as a `u64`, its `let`s written first.
    pub(super) fn word(&mut self, lines: &mut Lines, term: TermId) -> String {
        let written = self.formula(lines, term, false);
        if written.wide {
            written.numbers[0].as_type("u64")
        } else {
            written.numbers[0].text().to_owned()
        }
    }

    /// The text of a number as an `i128`, its `let`s written first.
    pub(super) fn wide(&mut self, lines: &mut Lines, term: TermId) -> String {
        self.formula(lines, term, true).numbers[0].text().to_owned()
    }

    /// The text of a condition, its `let`s written first.
    pub(super) fn condition(&mut self, lines: &mut Lines, term: TermId) -> String {
        self.formula(lines, term, false).conditions[0]
            .text()
            .to_owned()
    }

    /// A number in a `let` of its own, unless it is short.
    pub(super) fn short(&mut self, lines: &mut Lines, name: &str, text: String) -> String {
        if text.len() <= 30 && !text.contains(' ') {
            return text;
        }
        lines.assign(&format!("let {name}"), &text);
        name.to_owned()
    }

    /// `if !(condition) { return None; }`, for a condition that is not always so.
    pub(super) fn return_unless(&mut self, lines: &mut Lines, condition: TermId) {
        if condition != TermId::TRUE {
            let text = self.condition(lines, condition);
            lines
                .open(&format!("if !({text}) {{"))
                .line("return None;")
                .close("}");
        }
    }
}
