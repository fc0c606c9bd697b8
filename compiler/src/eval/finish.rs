//! The rest of the model: everything that nothing else refers to, now that all nodes have values.

use super::expr::{Scope, Value};
use super::{Evaluator, binding};
use crate::lower::{Valuation, setting};
use crate::model::{
    Claim, Expect, Export, Extent, Item, ItemId, Kind, Let, Num, Outcome, Segment, Space, SpaceId,
    Split, Target, Variant,
};
use crate::paging::Pages;
use crate::resolve::{
    ClaimDecl, ItemDecl, Name, OutcomeDecl, TargetDecl, Written, unknown_name, wrong_name,
};
use crate::source::{FileId, Loc};
use crate::term::{TermId, VarId};
use mapwright_grammar::ast::{Expr, ExprKind, Ident, RangeEnd, Text};

fn text_of(why: Option<&Text>) -> String {
    why.map_or_else(String::new, |why| why.text.clone())
}

impl Evaluator<'_> {
    /// Fills the model.
    pub(super) fn finish(&mut self) {
        self.finish_spaces();
        self.finish_lets();
        if !self.model.spaces.is_empty() {
            self.finish_items();
        }
        self.model.assumes = self.claims(&self.decls.assumes, "`assume` takes a condition");
        self.model.asserts = self.claims(&self.decls.asserts, "`assert` takes a condition");
        self.finish_segments();
        self.finish_expects();
        self.finish_variants();
        self.finish_exports();
    }

    fn finish_spaces(&mut self) {
        for (at, written) in self.decls.spaces.iter().enumerate() {
            let decl = written.what;
            let end = match self.ends_of_spaces[at] {
                Some(end) => end,
                None => self.model.terms.constant(1 << super::spaces::WIDEST),
            };
            let pages = self.pages(SpaceId(u32::try_from(at).expect("ids are 32 bits")));
            let known = pages.clone().unwrap_or(Pages::PLAIN);
            let page = known.size(&mut self.model.terms);
            self.model.spaces.push(Space {
                name: decl.name.text.clone(),
                loc: written.at(decl.name.span),
                doc: written.doc(),
                bits: self.bits[at],
                paging: self.paging[at].clone().unwrap_or_default(),
                paging_loc: decl.paging.map(|paging| written.at(paging.span)),
                to: decl.to,
                end,
                pages,
                page,
            });
        }
        for split in &self.decls.splits {
            if let Some(space) = split.space {
                self.model.splits.push(Split {
                    space,
                    parts: split.parts.clone(),
                    loc: split.loc,
                });
            }
        }
    }

    fn finish_lets(&mut self) {
        for (written, value) in self.decls.lets.iter().zip(&self.lets) {
            let Some(value) = value else {
                continue;
            };
            self.model.lets.push(Let {
                name: written.what.name.text.clone(),
                loc: written.at(written.what.name.span),
                doc: written.doc(),
                kind: value.kind,
                value: Num {
                    term: value.term,
                    loc: written.at(written.what.value.span),
                },
            });
        }
    }

    /// All items keep their places, so that ids stay; one that is wrong has no range.
    fn finish_items(&mut self) {
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
            alias: decl.alias.clone(),
            attrs,
        }
    }

    /// A number as an `Option` of an `Option`: absent is fine, wrong is not.
    fn num(&mut self, expr: &Expr, scope: Scope<'_>, kind: Kind, why: &str) -> Option<Num> {
        let term = self.expr_as(expr, scope, kind, why)?.term;
        Some(Num {
            term,
            loc: scope.at(expr.span),
        })
    }

    fn size(&mut self, expr: Option<&Expr>, scope: Scope<'_>, why: &str) -> Option<Num> {
        self.num(expr?, scope, Kind::Size, why)
    }

    fn target(&mut self, decl: &ItemDecl<'_>, id: ItemId, scope: Scope<'_>) -> Option<Target> {
        Some(match &decl.target {
            TargetDecl::None => Target::None,
            TargetDecl::View => Target::View,
            TargetDecl::Poisoned => Target::Poisoned,
            TargetDecl::Linear { space, at, repeat } => {
                let at = self.num(at, scope, Kind::Addr, "`at` takes an address");
                let repeat = match repeat {
                    Some(repeat) => {
                        Some(self.num(repeat, scope, Kind::Size, "`repeat` takes a size")?)
                    }
                    None => None,
                };
                Target::Linear {
                    space: *space,
                    at: at?,
                    repeat,
                }
            }
            TargetDecl::Pages { from, or_device } => Target::Pages {
                from: from.clone(),
                or_device: *or_device,
            },
            TargetDecl::Slots { count, from } => Target::Slots {
                count: self.num(count, scope, Kind::Int, "slots are counted")?,
                from: from.clone(),
            },
            TargetDecl::Fixed { .. } => Target::Fixed {
                slots: self.slots[id.index()].clone()?,
            },
            TargetDecl::Device { of } => Target::Device { of: of.clone() },
            TargetDecl::Table { element, per, of } => {
                let element = self.num(element, scope, Kind::Size, "an element has a size");
                let per = self.per(per, *of, scope);
                Target::Table {
                    element: element?,
                    per: per?,
                    of: *of,
                }
            }
        })
    }

    /// What one element of a table describes: the word `page`, or a size.
    fn per(&mut self, per: &Expr, of: SpaceId, scope: Scope<'_>) -> Option<Num> {
        if matches!(&per.kind, ExprKind::Name(word) if word == "page") {
            let term = self.page_size(of)?;
            return Some(Num {
                term,
                loc: scope.at(per.span),
            });
        }
        self.num(per, scope, Kind::Size, "`per` takes `page` or a size")
    }

    fn claims(&mut self, list: &[Written<'_, ClaimDecl<'_>>], why: &str) -> Vec<Claim> {
        let mut claims = Vec::new();
        for written in list {
            let expr = written.what.cond;
            let scope = Scope::always(written.file);
            if let Some(cond) = self.condition(expr, scope, why) {
                self.note_comparisons(expr, scope, scope.at(expr.span));
                claims.push(Claim {
                    cond,
                    loc: scope.at(expr.span),
                    why: text_of(written.what.why),
                    item_loc: written.loc,
                });
            }
        }
        claims
    }

    fn finish_segments(&mut self) {
        for written in &self.decls.segments {
            let decl = written.what;
            let scope = Scope::always(written.file);
            let index = self.num(decl.index, scope, Kind::Int, "descriptors are counted");
            let base = self.num(decl.base, scope, Kind::Addr, "`base` is an address");
            let limit = self.num(decl.limit, scope, Kind::Size, "`limit` is a size");
            let dpl = self.num(decl.dpl, scope, Kind::Int, "`dpl` is a level from 0 to 3");
            if let (Some(index), Some(base), Some(limit), Some(dpl)) = (index, base, limit, dpl) {
                self.model.segments.push(Segment {
                    name: decl.name.text.clone(),
                    loc: written.at(decl.name.span),
                    doc: written.doc(),
                    local: decl.local,
                    index,
                    code: decl.code,
                    base,
                    limit,
                    dpl,
                });
            }
        }
    }

    /// `NAME = value, ...`; `None` when one is wrong.
    fn bindings(&mut self, file: FileId, with: &[(Ident, Expr)]) -> Option<Vec<(VarId, i128)>> {
        let mut fixed: Vec<(VarId, i128, Loc)> = Vec::new();
        let mut good = true;
        for (name, value) in with {
            let loc = Loc {
                file,
                span: name.span,
            };
            let bound = self.parameter(name, loc);
            let bound = bound.and_then(|at| binding(self, file, at, name, value));
            let Some((var, value)) = bound else {
                good = false;
                continue;
            };
            match fixed.iter().find(|(earlier, ..)| *earlier == var) {
                Some((.., first)) => {
                    let twice = setting::twice(&name.text, loc, *first);
                    self.diagnostics.push(twice);
                    good = false;
                }
                None => fixed.push((var, value, loc)),
            }
        }
        let fixed = fixed.into_iter().map(|(var, value, _)| (var, value));
        good.then(|| fixed.collect())
    }

    /// The parameter of this name, when it is a good one.
    fn parameter(&mut self, name: &Ident, loc: Loc) -> Option<usize> {
        let found = self.decls.names.get(&name.text);
        if let Some(Name::Param(at)) = found.map(|meaning| meaning.name) {
            return self.params_good[at].then_some(at);
        }
        let params = self
            .decls
            .params
            .iter()
            .map(|param| param.what.name.text.as_str());
        let diagnostic = match found {
            Some(meaning) => wrong_name::of(&name.text, meaning, "parameter", loc, ""),
            None if self.decls.names.excused(&name.text) => return None,
            None => unknown_name::among(&name.text, "parameter", loc, params),
        };
        self.diagnostics.push(diagnostic);
        None
    }

    /// The values of all variables with some parameters fixed.
    fn values_with(&self, with: &[(VarId, i128)]) -> Vec<i128> {
        let mut values = self.model.defaults();
        for &(var, value) in with {
            values[var.index()] = value;
        }
        values
    }

    fn finish_expects(&mut self) {
        for written in &self.decls.expects {
            let decl = written.what;
            let scope = Scope::always(written.file);
            let with = self.bindings(written.file, decl.with);
            let noted = self.model.obligations.len();
            let address = self.num(decl.address, scope, Kind::Addr, "an example is an address");
            let outcome = match decl.outcome {
                OutcomeDecl::Mapped(space, address, window) => {
                    let why = "an example maps to an address";
                    let address = self.num(address, scope, Kind::Addr, why);
                    address.map(|address| Outcome::Mapped {
                        space,
                        address,
                        window,
                    })
                }
                OutcomeDecl::Dynamic(id) => Some(Outcome::Dynamic(id)),
                OutcomeDecl::Fault(kind, item) => Some(Outcome::Fault(kind, item)),
            };
            let (Some(with), Some(address), Some(outcome)) = (with, address, outcome) else {
                self.model.obligations.truncate(noted);
                continue;
            };
            self.keep_needs_of(noted, &with);
            self.model.expects.push(Expect {
                loc: written.loc,
                space: decl.space,
                address,
                outcome,
                with,
            });
        }
    }

    /// An example speaks of one instance: of the needs noted since `first`, those that the
    /// instance meets are dropped.
    fn keep_needs_of(&mut self, first: usize, with: &[(VarId, i128)]) {
        let values = self.values_with(with);
        let needs = self.model.obligations.split_off(first);
        let mut valuation = Valuation::new(&self.model.terms, values);
        let open: Vec<_> = needs
            .into_iter()
            .filter(|need| valuation.value(need.cond) != Ok(1))
            .collect();
        self.model.obligations.extend(open);
    }

    fn finish_variants(&mut self) {
        let mut settled: Vec<Vec<(VarId, i128)>> = Vec::new();
        for written in &self.decls.variants {
            let decl = written.what;
            let own = self.bindings(written.file, decl.with);
            let base = decl.base.and_then(|base| settled.get(base));
            let mut with = base.cloned().unwrap_or_default();
            for (var, value) in own.into_iter().flatten() {
                match with.iter_mut().find(|(known, _)| *known == var) {
                    Some(known) => known.1 = value,
                    None => with.push((var, value)),
                }
            }
            with.sort_unstable();
            settled.push(with.clone());
            self.model.variants.push(Variant {
                name: decl.name.text.clone(),
                loc: written.at(decl.name.span),
                doc: written.doc(),
                with,
            });
        }
    }

    fn finish_exports(&mut self) {
        for written in &self.decls.exports {
            let decl = written.what;
            let scope = Scope::always(written.file);
            let Some(value) = self.expr(decl.value, scope, None) else {
                continue;
            };
            let Value { kind, term, .. } = value;
            self.model.exports.push(Export {
                name: decl.name.text.clone(),
                loc: written.at(decl.name.span),
                doc: written.doc(),
                kind,
                value: Num {
                    term,
                    loc: scope.at(decl.value.span),
                },
            });
        }
    }
}
