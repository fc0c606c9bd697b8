//! The layout's laws, for the compiler of the kernel to check again: constants in constant assertions, and what depends on
//! boot parameters in `laws_hold`, which is asserted for the defaults.

use super::Unit;
use super::lines::Lines;
use crate::emit::define::Facet;
use crate::emit::define::definition::Def;
use crate::model::{ItemId, ItemKind};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;
use std::collections::BTreeMap;

/// Laws in the order written.
#[derive(Debug, Default)]
struct Laws {
    /// Of constants alone.
    constant: Vec<String>,
    /// Of boot parameters too.
    boot: Vec<String>,
    /// Of boot parameters, where something may be absent or empty.
    terms: Vec<TermId>,
    /// Of every member of a family: the family's first address, its laws, and whether they need the boot parameters.
    families: Vec<(ItemId, Vec<String>)>,
}

/// A family larger than this is checked at some of its members only.
const MEMBERS: i128 = 4096;

impl Unit<'_> {
    /// The assertions and `laws_hold`.
    pub(super) fn laws(&mut self, lines: &mut Lines) {
        let mut laws = Laws::default();
        for at in 0..self.model.items.len() {
            let id = ItemId(u32::try_from(at).expect("ids are 32 bits"));
            self.item_laws(id, &mut laws);
        }
        self.neighbour_laws(&mut laws);
        for claim in &self.model.asserts {
            let law = self.fixed.fix(claim.cond).unwrap_or(TermId::TRUE);
            laws.terms.push(law);
        }
        laws.terms = self.conjuncts(&laws.terms);
        if !(laws.constant.is_empty() && laws.families.is_empty()) {
            lines.blank().comment("The laws of the layout").blank();
        }
        for law in &laws.constant {
            lines.assertion(law);
        }
        for (id, members) in &laws.families {
            self.family_laws(lines, *id, members);
        }
        if self.has_boot() {
            self.laws_hold(lines, &laws);
        }
    }

    fn laws_hold(&mut self, lines: &mut Lines, laws: &Laws) {
        lines
            .blank()
            .doc("True when the laws of the layout hold, as they do for every valid `boot`.");
        let (terms, mut written) = (laws.terms.clone(), Vec::new());
        let mut body = self.new_body(lines);
        let mut writer = self.writer(usize::MAX, None, "boot", 2);
        let result = writer.write(&terms, false);
        body.push(&result.lets);
        written.extend(laws.boot.iter().cloned());
        let conditions = result
            .conditions
            .iter()
            .filter(|piece| piece.text() != "true");
        written.extend(conditions.map(|piece| match piece.is_disjunction() {
            true if terms.len() + laws.boot.len() > 1 => format!("({})", piece.text()),
            _ => piece.text().to_owned(),
        }));
        written.dedup();
        if written.is_empty() {
            written.push("true".to_owned());
        }
        body.chain("&&", &written, "");
        let arguments = ["boot: &Boot".to_owned()];
        lines.function("pub const fn laws_hold", &arguments, "bool", body);
        lines.blank().assertion("Boot::DEFAULT.is_valid()");
        lines.assertion("laws_hold(&Boot::DEFAULT)");
    }

    /// A value that can stand in a law as text.
    fn side(&self, id: ItemId, facet: Facet) -> Option<Def> {
        self.defs
            .facet(id, facet)
            .filter(|def| def.is_plain())
            .cloned()
    }

    /// Puts a law of plain values where it belongs.
    fn place(&self, laws: &mut Laws, family: Option<ItemId>, sides: &[&Def], text: String) {
        if let Some(id) = family {
            match laws.families.last_mut() {
                Some((last, members)) if *last == id => members.push(text),
                _ => laws.families.push((id, vec![text])),
            }
        } else if sides.iter().any(|def| def.boot) {
            laws.boot.push(text);
        } else {
            laws.constant.push(text);
        }
    }

    /// Start and last in order, the size between them, and all inside the parent.
    fn item_laws(&mut self, id: ItemId, laws: &mut Laws) {
        let item = self.model.item(id);
        let family = item.family.is_some().then_some(id);
        let (Some(start), Some(last)) = (self.side(id, Facet::Start), self.side(id, Facet::Last))
        else {
            self.item_law_terms(id, laws);
            return;
        };
        // No word is below 0 or above the largest.
        let lowest = self.fixed.terms.as_const(start.entry.term) == Some(0);
        let highest = self.fixed.terms.as_const(last.entry.term) == Some(i128::from(u64::MAX));
        if !(lowest || highest) {
            let text = format!("{} <= {}", start.call(), last.call());
            self.place(laws, family, &[&start, &last], text);
        }
        if let Some(size) = self.side(id, Facet::Size) {
            let text = format!("{} - {} == {} - 1", last.call(), start.call(), size.call());
            self.place(laws, family, &[&start, &last, &size], text);
        }
        let Some(parent) = item.parent else { return };
        let (outer_start, outer_last) = (
            self.side(parent, Facet::Start),
            self.side(parent, Facet::Last),
        );
        let whole = self.model.item(parent).family.is_none();
        if let (Some(outer_start), Some(outer_last), true) = (outer_start, outer_last, whole) {
            // Below 0 there is nothing to leave to.
            if self.fixed.terms.as_const(outer_start.entry.term) != Some(0) {
                let text = format!("{} <= {}", outer_start.call(), start.call());
                self.place(laws, family, &[&outer_start, &start], text);
            }
            if self.fixed.terms.as_const(outer_last.entry.term) != Some(i128::from(u64::MAX)) {
                let text = format!("{} <= {}", last.call(), outer_last.call());
                self.place(laws, family, &[&last, &outer_last], text);
            }
        }
    }

    /// The same for an item that may be absent or empty, as terms. Families are left out: they have no single number.
    fn item_law_terms(&mut self, id: ItemId, laws: &mut Laws) {
        let Some((start, end, exists)) = self.range_terms(id) else {
            return;
        };
        let terms = &mut self.fixed.terms;
        let ordered = terms.le(start, end);
        laws.terms.push(terms.implies(exists, ordered));
        let Some(parent) = self.model.item(id).parent else {
            return;
        };
        if let Some((outer_start, outer_end, _)) = self.range_terms(parent) {
            let terms = &mut self.fixed.terms;
            let (above, below) = (terms.le(outer_start, start), terms.le(end, outer_end));
            let inside = terms.and(above, below);
            // What is empty lies nowhere.
            let empty = terms.ge(start, end);
            let inside = match self.model.item(id).optional {
                true => terms.or(empty, inside),
                false => inside,
            };
            laws.terms.push(terms.implies(exists, inside));
        }
    }

    fn range_terms(&mut self, id: ItemId) -> Option<(TermId, TermId, TermId)> {
        let item = self.model.item(id);
        self.defs.facet(id, Facet::Start)?;
        if item.family.is_some() {
            return None;
        }
        let extent = item.range?;
        let (start, end) = (
            self.fixed.fix(extent.start.term)?,
            self.fixed.fix(extent.end.term)?,
        );
        let exists = self.fixed.holds(item.exists);
        Some((start, end, exists))
    }

    /// Neighbours do not overlap. Zones stand among zones; what decides translation among its like; reserves and devices
    /// lie where they lie.
    fn neighbour_laws(&mut self, laws: &mut Laws) {
        let mut siblings: BTreeMap<_, Vec<(i128, ItemId)>> = BTreeMap::new();
        for at in 0..self.model.items.len() {
            let id = ItemId(u32::try_from(at).expect("ids are 32 bits"));
            let item = self.model.item(id);
            let kind = match item.kind {
                ItemKind::Place(PlaceKind::Reserve | PlaceKind::Device) => continue,
                ItemKind::Place(PlaceKind::Zone) => 1,
                _ => 0,
            };
            let Some((start, _, exists)) = self.range_terms(id) else {
                continue;
            };
            let present = self.fixed.terms.eval(exists, &self.values) == Ok(1);
            if let (true, Ok(value)) = (present, self.fixed.terms.eval(start, &self.values)) {
                siblings
                    .entry((kind, item.space, item.parent))
                    .or_default()
                    .push((value, id));
            }
        }
        for (_, mut all) in siblings {
            all.sort_unstable();
            for pair in all.windows(2) {
                self.neighbours(pair[0].1, pair[1].1, laws);
            }
        }
    }

    fn neighbours(&mut self, low: ItemId, high: ItemId, laws: &mut Laws) {
        let (Some(a), Some(b)) = (self.range_terms(low), self.range_terms(high)) else {
            return;
        };
        let apart = self.fixed.terms.le(a.1, b.0);
        let in_order = self
            .facts
            .proves(&mut self.fixed.terms, apart, TermId::TRUE);
        if let (true, Some(last), Some(start)) = (
            in_order,
            self.side(low, Facet::Last),
            self.side(high, Facet::Start),
        ) {
            let text = format!("{} < {}", last.call(), start.call());
            self.place(laws, None, &[&last, &start], text);
            return;
        }
        // In this order, in the other, or one of them is not there.
        let terms = &mut self.fixed.terms;
        let other_way = terms.le(b.1, a.0);
        let (empty_a, empty_b) = (terms.ge(a.0, a.1), terms.ge(b.0, b.1));
        let either = if in_order {
            apart
        } else {
            terms.any(&[apart, other_way, empty_a, empty_b])
        };
        let both = terms.and(a.2, b.2);
        laws.terms.push(terms.implies(both, either));
    }

    /// A loop over the members of a family whose numbers are constants.
    fn family_laws(&mut self, lines: &mut Lines, id: ItemId, laws: &[String]) {
        let Some(start) = self.defs.facet(id, Facet::Start).cloned() else {
            return;
        };
        let (Some(members), Some(name)) = (&start.entry.members, &start.member) else {
            return;
        };
        let bounds = (
            self.fixed.terms.as_const(members.low),
            self.fixed.terms.as_const(members.high),
        );
        let boot = laws.iter().any(|law| law.contains("(boot"));
        let (Some(low), Some(high), false) = (bounds.0, bounds.1, boot) else {
            return;
        };
        let step = (high - low + MEMBERS - 1) / MEMBERS;
        lines
            .open("const _: () = {")
            .line(&format!("let mut {name} = {low};"));
        lines.open(&format!("while {name} < {high} {{"));
        for law in laws {
            let text = format!("assert!({law});");
            if text.len() <= lines.room() {
                lines.line(&text);
            } else {
                lines.open("assert!(").line(law).close(");");
            }
        }
        lines
            .line(&format!("{name} += {};", step.max(1)))
            .close("}")
            .close("};");
    }
}
