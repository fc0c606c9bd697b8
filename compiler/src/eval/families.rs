//! Families: how many members there are.

use super::expr::Scope;
use super::{Evaluator, wrong_family};
use crate::model::{Domain, Family, ItemId, Kind, Var};
use crate::resolve::duplicate_name;
use crate::source::Loc;
use crate::term::{Bounds, TermId, Undefined, VarId};

impl Evaluator<'_> {
    pub(super) fn family(&mut self, id: ItemId) -> Option<Family> {
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
        let terms = &self.model.terms;
        let mut bounds = Bounds::new(&self.model.vars, Undefined::Ignored);
        let ends = (bounds.of(terms, low), bounds.of(terms, high));
        let (Some((first, _)), Some((_, past))) = ends else {
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
}
