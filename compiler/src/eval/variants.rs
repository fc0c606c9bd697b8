//! Named variants, and the parameters that they and examples fix.

use super::setting;
use super::{Evaluator, binding};
use crate::model::Variant;
use crate::resolve::{Name, unknown_name, wrong_name};
use crate::source::{FileId, Loc};
use crate::term::VarId;
use mapwright_grammar::ast::{Expr, Ident};

impl Evaluator<'_> {
    pub(super) fn fill_variants(&mut self) {
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

    /// `NAME = value, ...`; `None` when one is wrong.
    pub(super) fn bindings(
        &mut self,
        file: FileId,
        with: &[(Ident, Expr)],
    ) -> Option<Vec<(VarId, i128)>> {
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
}
