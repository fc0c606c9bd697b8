//! What a path such as `lowmem.end`, `kstack[3].start`, `fixmap.APIC` or `Split.Three` refers to,
//! and its value.

use super::expr::{Scope, Value};
use super::{Evaluator, unknown_field, wrong_family};
use crate::model::{EnumId, ItemId, Kind, Need, Num, SpaceId};
use crate::resolve::{Name, TargetDecl, unknown_name};
use crate::source::Loc;
use crate::term::TermId;
use mapwright_grammar::ast::{Expr, ExprKind, Ident, Span};

/// The fields of ranges.
pub(super) const FIELDS: &[&str] = &["start", "end", "last", "size", "pages"];

/// What an expression with a `.` or `[` refers to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reference<'e> {
    /// `lowmem.end`, `kstack[3].start`
    Item(ItemId, Option<&'e Expr>, &'e Ident),
    /// `fixmap.APIC`, `fixmap.IO_APIC[3]`
    Slot(ItemId, &'e Ident, Option<&'e Expr>),
    /// `linear.end`
    Space(SpaceId, &'e Ident),
    /// `Split.Three`
    Choice(EnumId, &'e Ident),
    /// `x.page`
    PageOf(&'e Expr),
    /// A member of a family without a field: `kstack[3]`
    Member(&'e str, ItemId),
    /// A name that is not declared, and where it stands.
    Unknown(&'e str, Span),
    /// Something that has no such field.
    NoField(&'e Expr, &'e Ident),
    /// An index where there is nothing to count.
    NoIndex(&'e Expr),
}

/// The expression inside parentheses.
fn bare(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Paren(inner) => bare(inner),
        _ => expr,
    }
}

impl Evaluator<'_> {
    /// What `expr`, a [`ExprKind::Field`] or [`ExprKind::Index`], refers to.
    pub(super) fn classify<'e>(&self, expr: &'e Expr, member: Option<&str>) -> Reference<'e> {
        match &expr.kind {
            ExprKind::Field(base, field) => self.classify_field(bare(base), field, member),
            ExprKind::Index(base, index) => match &bare(base).kind {
                ExprKind::Field(item, slot) => match &bare(item).kind {
                    ExprKind::Name(name) => match self.item_of(name) {
                        Some(id) if self.is_fixed(id) => Reference::Slot(id, slot, Some(index)),
                        _ => Reference::NoIndex(base),
                    },
                    _ => Reference::NoIndex(base),
                },
                ExprKind::Name(name) => match self.item_of(name) {
                    Some(id) => Reference::Member(name, id),
                    None if self.decls.names.get(name).is_none() => {
                        Reference::Unknown(name, bare(base).span)
                    }
                    None => Reference::NoIndex(base),
                },
                _ => Reference::NoIndex(base),
            },
            _ => Reference::NoIndex(expr),
        }
    }

    fn classify_field<'e>(
        &self,
        base: &'e Expr,
        field: &'e Ident,
        member: Option<&str>,
    ) -> Reference<'e> {
        let of_value = match field.text.as_str() {
            "page" => Reference::PageOf(base),
            _ => Reference::NoField(base, field),
        };
        match &base.kind {
            ExprKind::Name(name) if member == Some(name) => of_value,
            ExprKind::Name(name) => match self.decls.names.get(name).map(|found| found.name) {
                Some(Name::Item(id)) if FIELDS.contains(&field.text.as_str()) => {
                    Reference::Item(id, None, field)
                }
                Some(Name::Item(id)) if self.is_fixed(id) => Reference::Slot(id, field, None),
                Some(Name::Space(id)) if FIELDS.contains(&field.text.as_str()) => {
                    Reference::Space(id, field)
                }
                Some(Name::Enum(id)) => Reference::Choice(id, field),
                Some(Name::Param(_) | Name::Let(_)) => of_value,
                Some(_) => Reference::NoField(base, field),
                None => Reference::Unknown(name, base.span),
            },
            ExprKind::Index(item, index) => match &bare(item).kind {
                ExprKind::Name(name) => match self.item_of(name) {
                    Some(id) if FIELDS.contains(&field.text.as_str()) => {
                        Reference::Item(id, Some(index), field)
                    }
                    Some(_) => Reference::NoField(base, field),
                    None => of_value,
                },
                _ => of_value,
            },
            _ => of_value,
        }
    }

    fn item_of(&self, name: &str) -> Option<ItemId> {
        match self.decls.names.get(name)?.name {
            Name::Item(id) => Some(id),
            _ => None,
        }
    }

    fn is_fixed(&self, id: ItemId) -> bool {
        matches!(
            self.decls.items[id.index()].target,
            TargetDecl::Fixed { .. }
        )
    }

    /// The value of a path.
    pub(super) fn reference(&mut self, expr: &Expr, scope: Scope<'_>) -> Option<Value> {
        let loc = scope.at(expr.span);
        match self.classify(expr, scope.member.map(|(name, _)| name)) {
            Reference::Item(id, member, field) => self.item_field(id, member, field, loc, scope),
            Reference::Slot(id, slot, member) => self.slot(id, slot, member, loc, scope),
            Reference::Space(id, field) => self.space_field(id, field, loc),
            Reference::Choice(id, choice) => self.choice_of(id, choice, scope),
            Reference::PageOf(base) => self.page_of(base, loc, scope),
            Reference::Member(name, id) => {
                let is_family = self.is_family(id);
                let wrong = match is_family {
                    true => wrong_family::no_field(name, loc),
                    false => self.no_family(id, loc),
                };
                self.diagnostics.push(wrong);
                None
            }
            Reference::Unknown(name, span) => {
                if !self.decls.names.excused(name) {
                    let unknown = self.unknown_value(name, scope.at(span), None);
                    self.diagnostics.push(unknown);
                }
                None
            }
            Reference::NoField(base, field) => {
                self.no_field(base, field, scope);
                None
            }
            Reference::NoIndex(base) => {
                self.diagnostics
                    .push(wrong_family::no_index(scope.at(base.span)));
                None
            }
        }
    }

    fn is_family(&self, id: ItemId) -> bool {
        let place = self.decls.items[id.index()].place;
        place.is_some_and(|place| place.family.is_some())
    }

    fn no_family(&self, id: ItemId, loc: Loc) -> crate::diagnostic::Diagnostic {
        let item = &self.decls.items[id.index()];
        let declared = item.at(item.name.span);
        wrong_family::not_one(&item.name.text, item.kind.word(), loc, declared)
    }

    fn no_field(&mut self, base: &Expr, field: &Ident, scope: Scope<'_>) {
        let loc = scope.at(field.span);
        let name = match &base.kind {
            ExprKind::Name(name) => Some(name.as_str()),
            ExprKind::Index(inner, _) => match &inner.kind {
                ExprKind::Name(name) => Some(name.as_str()),
                _ => None,
            },
            _ => None,
        };
        let meaning = name.and_then(|name| self.decls.names.get(name));
        let wrong = match meaning.map(|meaning| (meaning.name, meaning.noun)) {
            Some((Name::Item(_) | Name::Space(_), noun)) => {
                unknown_field::of(&field.text, noun, FIELDS, loc)
            }
            Some((Name::Format(_) | Name::Segment, noun)) => {
                unknown_field::of(&field.text, noun, &[], loc)
            }
            _ => unknown_field::of(&field.text, "number", &["page"], loc),
        };
        self.diagnostics.push(wrong);
    }

    fn choice_of(&mut self, id: EnumId, choice: &Ident, scope: Scope<'_>) -> Option<Value> {
        let name = self.model.enums[id.index()].name.clone();
        self.note_use(&name);
        if let Some(number) = self.choice(id, &choice.text) {
            let term = self.model.terms.constant(number);
            return Some(Value::new(Kind::Enum(id), term));
        }
        let variants = &self.model.enums[id.index()].variants;
        let unknown = unknown_name::among(
            &choice.text,
            &format!("`{name}` choice"),
            scope.at(choice.span),
            variants.iter().map(|(choice, _)| choice.as_str()),
        );
        self.diagnostics.push(unknown);
        None
    }

    /// Notes that an item is named here, and that it has to exist. `member` is the number and
    /// variable of the member meant.
    fn name_item(
        &mut self,
        id: ItemId,
        member: Option<(crate::term::VarId, TermId)>,
        loc: Loc,
        scope: Scope<'_>,
    ) -> Option<()> {
        let name = &self.decls.items[id.index()].name.text;
        self.note_use(name);
        let mut cond = self.exists[id.index()]?;
        if let Some((var, number)) = member {
            cond = self.substitute(cond, var, number, loc)?;
        }
        self.need(cond, scope.under, loc, Need::Exists(id));
        Some(())
    }

    fn item_field(
        &mut self,
        id: ItemId,
        member: Option<&Expr>,
        field: &Ident,
        loc: Loc,
        scope: Scope<'_>,
    ) -> Option<Value> {
        let member = self.member(id, member, loc, scope)?;
        self.name_item(id, member, loc, scope)?;
        let part = |this: &mut Self, num: Option<Num>| {
            let term = num?.term;
            match member {
                Some((var, number)) => this.substitute(term, var, number, loc),
                None => Some(term),
            }
        };
        let space = self.decls.items[id.index()].space?;
        let addr = |term| Value {
            kind: Kind::Addr,
            term,
            space: Some(space),
        };
        let (start, end) = (self.starts[id.index()], self.ends[id.index()]);
        match field.text.as_str() {
            "start" => part(self, start).map(addr),
            "end" => part(self, end).map(addr),
            "last" => {
                let end = part(self, end)?;
                self.term(loc, |terms| terms.plus(end, -1)).map(addr)
            }
            other => {
                let (start, end) = (part(self, start)?, part(self, end)?);
                let size = self.term(loc, |terms| terms.sub(end, start))?;
                self.size_field(other, size, space, loc)
            }
        }
    }

    /// `.size` and `.pages` of a range of this size.
    fn size_field(&mut self, field: &str, size: TermId, space: SpaceId, loc: Loc) -> Option<Value> {
        if field == "size" {
            return Some(Value::new(Kind::Size, size));
        }
        let page = self.page_size(space)?;
        let term = self.term(loc, |terms| terms.div(size, page))?;
        Some(Value::new(Kind::Int, term))
    }

    fn space_field(&mut self, id: SpaceId, field: &Ident, loc: Loc) -> Option<Value> {
        let name = &self.decls.spaces[id.index()].what.name.text;
        self.note_use(name);
        let addr = |term| Value {
            kind: Kind::Addr,
            term,
            space: Some(id),
        };
        if field.text == "start" {
            return Some(addr(TermId::FALSE));
        }
        let end = self.ends_of_spaces[id.index()]?;
        match field.text.as_str() {
            "end" => Some(addr(end)),
            "last" => self.term(loc, |terms| terms.plus(end, -1)).map(addr),
            other => self.size_field(other, end, id, loc),
        }
    }

    /// The variable and number of the member of a family; for other items there is none. The outer
    /// `None` is a mistake.
    #[allow(clippy::option_option)] // "wrong" and "no family" are different answers
    fn member(
        &mut self,
        id: ItemId,
        member: Option<&Expr>,
        loc: Loc,
        scope: Scope<'_>,
    ) -> Option<Option<(crate::term::VarId, TermId)>> {
        let item = &self.decls.items[id.index()];
        match (self.is_family(id), member) {
            (false, None) => Some(None),
            (false, Some(index)) => {
                let wrong = self.no_family(id, scope.at(index.span));
                self.diagnostics.push(wrong);
                None
            }
            (true, None) => {
                let declared = item.at(item.name.span);
                let wrong = wrong_family::needs_member(&item.name.text, loc, declared);
                self.diagnostics.push(wrong);
                None
            }
            (true, Some(index)) => {
                let why = "members of a family are counted";
                let number = self.expr_as(index, scope, Kind::Int, why)?.term;
                let family = self.families[id.index()].clone()?;
                let cond = self.in_range(number, family.low, family.high);
                let need = Need::Member(id, number);
                self.need(cond, scope.under, scope.at(index.span), need);
                Some(Some((family.var, number)))
            }
        }
    }

    /// `low <= x && x < high`
    pub(super) fn in_range(&mut self, x: TermId, low: TermId, high: TermId) -> TermId {
        let terms = &mut self.model.terms;
        let above = terms.ge(x, low);
        let below = terms.lt(x, high);
        terms.and(above, below)
    }

    /// The address of a fixed slot: slot x is the page `[end - (x + 1) * page, end - x * page)`.
    fn slot(
        &mut self,
        id: ItemId,
        slot: &Ident,
        member: Option<&Expr>,
        loc: Loc,
        scope: Scope<'_>,
    ) -> Option<Value> {
        if self.is_family(id) {
            return self.member(id, None, loc, scope).and(None);
        }
        self.name_item(id, None, loc, scope)?;
        let slots = self.slots[id.index()].as_ref()?;
        let Some(found) = slots.iter().find(|s| s.name == slot.text) else {
            let names: Vec<&str> = slots.iter().map(|s| s.name.as_str()).collect();
            let slot_loc = scope.at(slot.span);
            let unknown = unknown_name::among(&slot.text, "slot", slot_loc, names);
            self.diagnostics.push(unknown);
            return None;
        };
        let (first, count) = (found.first, found.count.term);
        let number = match member {
            None => first,
            Some(index) => {
                let why = "slots are counted";
                let at = self.expr_as(index, scope, Kind::Int, why)?.term;
                let cond = self.in_range(at, TermId::FALSE, count);
                self.need(
                    cond,
                    scope.under,
                    scope.at(index.span),
                    Need::Member(id, at),
                );
                self.term(loc, |terms| terms.add(first, at))?
            }
        };
        let space = self.decls.items[id.index()].space?;
        let end = self.ends[id.index()]?.term;
        let page = self.page_size(space)?;
        let term = self.term(loc, |terms| {
            let next = terms.plus(number, 1);
            let distance = terms.mul(next, page);
            terms.sub(end, distance)
        })?;
        Some(Value {
            kind: Kind::Addr,
            term,
            space: Some(space),
        })
    }
}
