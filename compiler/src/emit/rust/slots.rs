//! Addresses of what is numbered: the slots of fixed windows, the elements of tables.

use super::Unit;
use super::lines::Lines;
use crate::emit::define::Facet;
use crate::model::{ItemId, Target};
use crate::show_value::addr_text;
use crate::term::TermId;

impl Unit<'_> {
    /// The address of a slot by its number.
    pub(super) fn slot_address(&mut self, lines: &mut Lines, id: ItemId, name: &str) {
        let item = self.model.item(id);
        let said = |facet| self.defs.said(id, facet).cloned();
        let (Some(last), Some(slots)) = (said(Facet::Last), said(Facet::Slots)) else {
            return;
        };
        let Some(page) = self.fixed.fix(self.model.space(item.space).page) else {
            return;
        };
        lines.blank().doc(&format!(
            "The address of a slot of `{}`; `None` for a number that no slot has.",
            item.name
        ));
        let terms = self.item_terms(id, &[page, slots.term]);
        let arguments = self.item_arguments(id, &terms, "slot: u64");
        let mut body = self.new_body(lines);
        self.return_unless(&mut body, last.exists);
        let count = self.said_text(&mut body, id, Facet::Slots);
        let count = self.short(&mut body, "slots", count);
        body.open(&format!("if slot >= {count} {{"))
            .line("return None;")
            .close("}");
        let last = self.said_text(&mut body, id, Facet::Last);
        let last = self.short(&mut body, "last", last);
        let page = self.word(&mut body, page);
        let page = self.short(&mut body, "page", page);
        body.line(&format!("Some({last} - ((slot + 1) * {page} - 1))"));
        lines.function(
            &format!("pub const fn {name}"),
            &arguments,
            "Option<u64>",
            body,
        );
    }

    /// The address of the element that describes an address.
    pub(super) fn element_address(&mut self, lines: &mut Lines, id: ItemId, name: &str) {
        let Target::Table { element, per, of } = self.model.item(id).target else {
            return;
        };
        let (Some(element), Some(per), Some(start)) = (
            self.fixed.fix(element.term),
            self.fixed.fix(per.term),
            self.defs.said(id, Facet::Start).cloned(),
        ) else {
            return;
        };
        let (table, space) = (&self.model.item(id).name, &self.model.space(of).name);
        lines.blank().doc(&format!(
            "The address of the element of `{table}` for `address` of space `{space}`; `None` where the table has none."
        ));
        let terms = self.item_terms(id, &[element, per]);
        let arguments = self.item_arguments(id, &terms, "address: u64");
        let mut body = self.new_body(lines);
        self.return_unless(&mut body, start.exists);
        let (element, per) = (self.word(&mut body, element), self.word(&mut body, per));
        let element = self.short(&mut body, "element", element);
        let per = self.short(&mut body, "per", per);
        let size = self.said(id, Facet::Size).map(|size| size.exists);
        let size = match size {
            Some(there) if there == TermId::TRUE || there == start.exists => {
                self.said_text(&mut body, id, Facet::Size)
            }
            // All 2^64 addresses but the last, which is no whole element.
            _ => addr_text(i128::from(u64::MAX)),
        };
        let size = self.short(&mut body, "size", size);
        body.assign("let number", &format!("address / {per}"));
        body.open(&format!("if number >= {size} / {element} {{"))
            .line("return None;")
            .close("}");
        let start = self.said_text(&mut body, id, Facet::Start);
        let start = self.short(&mut body, "start", start);
        body.line(&format!("Some({start} + number * {element})"));
        lines.function(
            &format!("pub const fn {name}"),
            &arguments,
            "Option<u64>",
            body,
        );
    }
}
