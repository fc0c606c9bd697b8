//! The values of nodes: named values, ranges, families and slots.

use super::expr::Scope;
use super::graph::Node;
use super::{Evaluator, bounds, wrong_family};
use crate::model::{Domain, Family, ItemId, Kind, Num, Slot, Var};
use crate::resolve::{TargetDecl, duplicate_name, shadows_builtin};
use crate::source::Loc;
use crate::term::{TermId, VarId};
use mapwright_grammar::ast::{FixedSlot, RangeEnd};

impl<'a> Evaluator<'a> {
    /// Gives a node its value, when it has one. All that it needs has been evaluated.
    pub(super) fn evaluate(&mut self, node: Node) {
        match node {
            Node::Param(at) => self.param(at),
            Node::Let(at) => self.named_value(at),
            Node::Format(at) => self.format(at),
            Node::Bits(id) => self.bits_of(id),
            Node::Paging(id) => self.paging_of(id),
            Node::Exists(id) => self.exists[id.index()] = self.existence(id),
            Node::Family(id) => self.families[id.index()] = self.family(id),
            Node::Start(id) => self.starts[id.index()] = self.start(id),
            Node::End(id) => self.ends[id.index()] = self.end(id),
            Node::Slots(id) => self.slots[id.index()] = self.slots_of(id),
        }
    }

    fn named_value(&mut self, at: usize) {
        let written = &self.decls.lets[at];
        let decl = written.what;
        let scope = Scope::always(written.file);
        let kind = match decl.kind {
            Some(word) => match self.kind_named(word, written.file) {
                Some(kind) => Some(kind),
                None => return,
            },
            None => None,
        };
        let value = match kind {
            Some(kind) => self.expr_as(decl.value, scope, kind, "that is the kind written"),
            None => self.expr(decl.value, scope, None),
        };
        self.lets[at] = value;
    }

    fn existence(&mut self, id: ItemId) -> Option<TermId> {
        let item = &self.decls.items[id.index()];
        item.space?;
        let outer = match item.parent {
            Some(parent) => self.exists[parent.index()]?,
            None => TermId::TRUE,
        };
        let Some(cond) = item.place.and_then(|place| place.when.as_ref()) else {
            return Some(outer);
        };
        let scope = Scope {
            under: outer,
            ..self.member_scope(id)?
        };
        let own = self.condition(cond, scope, "`when` asks for a condition")?;
        Some(self.model.terms.and(outer, own))
    }

    /// The scope of an item's expressions without the condition that it exists.
    fn member_scope(&mut self, id: ItemId) -> Option<Scope<'a>> {
        let item = &self.decls.items[id.index()];
        let mut scope = Scope::always(item.file);
        if let Some(written) = item.place.and_then(|place| place.family.as_ref()) {
            let family = self.families[id.index()].clone()?;
            let var = self.model.terms.var(family.var);
            scope.member = Some((&written.var.text, family.var));
            scope.under = self.in_range(var, family.low, family.high);
        }
        Some(scope)
    }

    /// The scope of an item's expressions: it exists, and its member number is in range.
    pub(super) fn item_scope(&mut self, id: ItemId) -> Option<Scope<'a>> {
        let exists = self.exists[id.index()]?;
        let scope = self.member_scope(id)?;
        let under = self.model.terms.and(scope.under, exists);
        Some(Scope { under, ..scope })
    }

    fn family(&mut self, id: ItemId) -> Option<Family> {
        let item = &self.decls.items[id.index()];
        let written = item.place?.family.as_ref()?;
        let scope = Scope::always(item.file);
        let why = "members of a family are counted";
        let low = self.expr_as(&written.low, scope, Kind::Int, why);
        let high = self.expr_as(&written.high, scope, Kind::Int, why);
        let (low, high) = (low?.term, high?.term);
        let loc = item.at(written.span);
        let var_loc = item.at(written.var.span);
        if let Some(taken) = self.decls.names.get(&written.var.text) {
            let wrong = duplicate_name::of(
                &written.var.text,
                "member number",
                var_loc,
                taken.noun,
                taken.loc,
            );
            self.diagnostics.push(wrong);
            return None;
        }
        let domain = self.members(&item.name.text, low, high, loc)?;
        let var = VarId(u32::try_from(self.model.vars.len()).expect("fewer than items"));
        self.model.vars.push(Var {
            name: written.var.text.clone(),
            domain,
            family: true,
        });
        Some(Family {
            var,
            name: written.var.text.clone(),
            low,
            high,
            loc,
        })
    }

    /// Every number that a member can have for some parameters.
    fn members(&mut self, name: &str, low: TermId, high: TermId, loc: Loc) -> Option<Domain> {
        let bounds_of = |term| bounds::of(&self.model.terms, &self.model.vars, term);
        let (Some((first, _)), Some((_, past))) = (bounds_of(low), bounds_of(high)) else {
            self.diagnostics.push(wrong_family::unbounded(name, loc));
            return None;
        };
        if past <= first {
            self.diagnostics
                .push(wrong_family::empty(name, (first, past), loc));
            return None;
        }
        Some(Domain::Interval {
            low: first,
            high: past - 1,
            step: 1,
        })
    }

    fn start(&mut self, id: ItemId) -> Option<Num> {
        let item = &self.decls.items[id.index()];
        let scope = self.item_scope(id)?;
        let why = "a range begins at an address";
        let value = self.expr_as(&item.range.start, scope, Kind::Addr, why)?;
        Some(Num {
            term: value.term,
            loc: item.at(item.range.start.span),
        })
    }

    fn end(&mut self, id: ItemId) -> Option<Num> {
        let item = &self.decls.items[id.index()];
        let scope = self.item_scope(id)?;
        match &item.range.end {
            RangeEnd::End(end) => {
                let why = "a range ends at an address";
                let value = self.expr_as(end, scope, Kind::Addr, why)?;
                Some(Num {
                    term: value.term,
                    loc: item.at(end.span),
                })
            }
            RangeEnd::Size(size) => {
                let why = "what stands after `.. +` is a size";
                let value = self.expr_as(size, scope, Kind::Size, why)?;
                let loc = item.at(size.span);
                let start = self.starts[id.index()]?.term;
                let term = self.term(loc, |terms| terms.add(start, value.term))?;
                Some(Num { term, loc })
            }
        }
    }

    fn slots_of(&mut self, id: ItemId) -> Option<Vec<Slot>> {
        let item = &self.decls.items[id.index()];
        let TargetDecl::Fixed { slots } = item.target else {
            return None;
        };
        let scope = self.item_scope(id)?;
        let mut done: Vec<Slot> = Vec::with_capacity(slots.len());
        let mut next = TermId::FALSE;
        let mut good = true;
        for slot in slots {
            let loc = item.at(slot.name.span);
            good &= self.slot_name(slot, loc, &done);
            let count = self.slot_count(slot, loc, scope);
            let Some(count) = count else {
                good = false;
                continue;
            };
            done.push(Slot {
                name: slot.name.text.clone(),
                doc: slot.docs.join("\n"),
                count,
                first: next,
                loc,
            });
            next = self.term(loc, |terms| terms.add(next, count.term))?;
        }
        good.then_some(done)
    }

    /// Whether a slot's name is its own.
    fn slot_name(&mut self, slot: &FixedSlot, loc: Loc, earlier: &[Slot]) -> bool {
        let name = &slot.name.text;
        let wrong = if super::references::FIELDS.contains(&name.as_str()) {
            shadows_builtin::of(name, "slot", "a number of every range", loc)
        } else if let Some(first) = earlier.iter().find(|first| first.name == *name) {
            duplicate_name::of(name, "slot", loc, "slot", first.loc)
        } else {
            return true;
        };
        self.diagnostics.push(wrong);
        false
    }

    fn slot_count(&mut self, slot: &FixedSlot, loc: Loc, scope: Scope<'_>) -> Option<Num> {
        let Some(count) = &slot.count else {
            return Some(Num {
                term: TermId::TRUE,
                loc,
            });
        };
        let value = self.expr_as(count, scope, Kind::Int, "slots are counted")?;
        Some(Num {
            term: value.term,
            loc: scope.at(count.span),
        })
    }
}
