//! Items: when they exist, where they begin and end, and what else is said of them.

use super::Evaluator;
use super::expr::Scope;
use crate::model::{Extent, Item, ItemId, Kind, Num, SpaceId, Target};
use crate::resolve::ItemDecl;
use crate::term::TermId;
use mapwright_grammar::ast::{Expr, RangeEnd};

impl<'a> Evaluator<'a> {
    pub(super) fn existence(&mut self, id: ItemId) -> Option<TermId> {
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

    pub(super) fn start(&mut self, id: ItemId) -> Option<Num> {
        let item = &self.decls.items[id.index()];
        let scope = self.item_scope(id)?;
        let why = "a range begins at an address";
        let value = self.expr_as(&item.range.start, scope, Kind::Addr, why)?;
        Some(Num {
            term: value.term,
            loc: item.at(item.range.start.span),
        })
    }

    pub(super) fn end(&mut self, id: ItemId) -> Option<Num> {
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

    /// All items keep their places, so that ids stay; one that is wrong has no range.
    pub(super) fn fill_items(&mut self) {
        for (decl, id) in self.decls.items.iter().zip((0..).map(ItemId)) {
            let item = self.item(decl, id);
            self.model.items.push(item);
        }
    }

    fn item(&mut self, decl: &ItemDecl<'_>, id: ItemId) -> Item {
        let at = id.index();
        let scope = self.item_scope(id);
        let range = match (self.starts[at], self.ends[at]) {
            (Some(start), Some(end)) => Some(Extent {
                start,
                end,
                sized: matches!(decl.range.end, RangeEnd::Size(_)),
                loc: decl.at(decl.range.span),
            }),
            _ => None,
        };
        let mut attrs = decl.attrs.clone();
        let target = match scope {
            Some(scope) => {
                attrs.guard = self.size(decl.guard, scope, "`guard` is a size");
                attrs.page = self.size(decl.page, scope, "`page` is a size");
                attrs.reach = self.size(decl.reach, scope, "`reach` is a size");
                self.target(decl, id, scope).unwrap_or(Target::Poisoned)
            }
            None => Target::Poisoned,
        };
        let place = decl.place;
        let when = place.and_then(|place| place.when.as_ref());
        Item {
            kind: decl.kind,
            name: decl.name.text.clone(),
            name_loc: decl.at(decl.name.span),
            loc: decl.loc,
            doc: decl.docs.join("\n"),
            space: decl.space.unwrap_or(SpaceId(0)),
            parent: decl.parent,
            range,
            family: self.families[at].clone(),
            exists: self.exists[at].unwrap_or(TermId::FALSE),
            when_loc: when.map(|when| decl.at(when.span)),
            optional: place.is_some_and(|place| place.optional.is_some()),
            target,
            target_loc: place
                .and_then(|place| place.target.as_ref())
                .map(|target| decl.at(target.span)),
            because: decl.because.clone(),
            alias: decl.alias.clone(),
            covers: decl.covers.clone(),
            attrs,
        }
    }

    /// A number as an `Option` of an `Option`: absent is fine, wrong is not.
    pub(super) fn num(
        &mut self,
        expr: &Expr,
        scope: Scope<'_>,
        kind: Kind,
        why: &str,
    ) -> Option<Num> {
        let term = self.expr_as(expr, scope, kind, why)?.term;
        Some(Num {
            term,
            loc: scope.at(expr.span),
        })
    }

    fn size(&mut self, expr: Option<&Expr>, scope: Scope<'_>, why: &str) -> Option<Num> {
        self.num(expr?, scope, Kind::Size, why)
    }
}
