//! Spaces: their widths and formats.

use super::Evaluator;
use super::expr::Scope;
use crate::model::paging::Pages;
use crate::model::{FormatId, Kind, Num, Space, SpaceId, Split};
use crate::resolve::{Name, unknown_name, wrong_name};
use crate::source::Loc;
use crate::term::{TermId, Terms};
use mapwright_grammar::ast::{Expr, ExprKind};

/// The widest space, in bits.
const WIDEST: i128 = 64;

impl Evaluator<'_> {
    pub(super) fn bits_of(&mut self, id: SpaceId) {
        let written = &self.decls.spaces[id.index()];
        let bits = written.what.bits;
        let scope = Scope::always(written.file);
        let value = self.expr_as(bits, scope, Kind::Int, "a width is a count of bits");
        let Some(value) = value else {
            return;
        };
        self.bits[id.index()] = Some(Num {
            term: value.term,
            loc: scope.at(bits.span),
        });
        let end = power(&mut self.model.terms, value.term);
        self.ends_of_spaces[id.index()] = Some(end);
    }

    pub(super) fn paging_of(&mut self, id: SpaceId) {
        let written = &self.decls.spaces[id.index()];
        let Some(paging) = written.what.paging else {
            self.paging[id.index()] = Some(Vec::new());
            return;
        };
        let mut cases = Vec::new();
        let scope = Scope::always(written.file);
        if self.cases(paging, scope, &mut cases).is_some() {
            self.paging[id.index()] = Some(cases);
        }
    }

    /// The format that `expr` names under the condition of the scope; an `if` has two cases.
    fn cases(
        &mut self,
        expr: &Expr,
        scope: Scope<'_>,
        cases: &mut Vec<(TermId, FormatId)>,
    ) -> Option<()> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.cases(inner, scope, cases),
            ExprKind::If(condition, yes, no) => {
                let cond = self.condition(condition, scope, "`if` asks for a condition")?;
                let terms = &mut self.model.terms;
                let not = terms.not(cond);
                let (a, b) = (terms.and(scope.under, cond), terms.and(scope.under, not));
                let a = self.cases(yes, Scope { under: a, ..scope }, cases);
                let b = self.cases(no, Scope { under: b, ..scope }, cases);
                a.and(b)
            }
            ExprKind::Name(name) => {
                let id = self.format_named(name, scope.at(expr.span))?;
                if scope.under != TermId::FALSE {
                    cases.push((scope.under, id));
                }
                Some(())
            }
            _ => {
                let loc = scope.at(expr.span);
                let wrong = super::wrong_paging::no_format(loc);
                self.diagnostics.push(wrong);
                None
            }
        }
    }

    fn format_named(&mut self, name: &str, loc: Loc) -> Option<FormatId> {
        let found = self.decls.names.get(name);
        if let Some(Name::Format(id)) = found.map(|meaning| meaning.name) {
            self.note_use(name);
            return Some(id);
        }
        let formats = self
            .decls
            .formats
            .iter()
            .map(|format| format.what.name.text.as_str());
        let diagnostic = match found {
            Some(meaning) => wrong_name::of(name, meaning, "paging format", loc, ""),
            None if self.decls.names.excused(name) => return None,
            None => unknown_name::among(name, "paging format", loc, formats),
        };
        self.diagnostics.push(diagnostic);
        None
    }

    pub(super) fn fill_spaces(&mut self) {
        for (at, written) in self.decls.spaces.iter().enumerate() {
            let decl = written.what;
            let end = match self.ends_of_spaces[at] {
                Some(end) => end,
                None => self.model.terms.constant(1 << WIDEST),
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
}

/// `2^bits`, for widths of 1 to 64; others are the business of a law and count as the nearest.
fn power(terms: &mut Terms, bits: TermId) -> TermId {
    if let Some(bits) = terms.as_const(bits) {
        return terms.constant(1 << bits.clamp(1, WIDEST));
    }
    if let Some((condition, a, b)) = terms.as_choice(bits) {
        let (a, b) = (power(terms, a), power(terms, b));
        return terms.choose(condition, a, b);
    }
    let mut result = terms.constant(1 << WIDEST);
    for width in (1..WIDEST).rev() {
        let this = terms.constant(width);
        let fits = terms.le(bits, this);
        let end = terms.constant(1 << width);
        result = terms.choose(fits, end, result);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::VarId;

    #[test]
    fn powers_of_widths_that_depend_on_parameters() {
        let mut terms = Terms::new();
        let bits = terms.var(VarId(0));
        let end = power(&mut terms, bits);
        for width in 1..=64 {
            assert_eq!(terms.eval(end, &[width]), Ok(1 << width));
        }
        let (c, wide, narrow) = (terms.var(VarId(0)), terms.constant(36), terms.constant(32));
        let either = terms.choose(c, wide, narrow);
        let end = power(&mut terms, either);
        assert_eq!(terms.eval(end, &[1]), Ok(1 << 36));
        assert_eq!(terms.eval(end, &[0]), Ok(1 << 32));
    }
}
