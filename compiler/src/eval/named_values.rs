//! Named values and exports.

use super::Evaluator;
use super::expr::{Scope, Value};
use crate::model::{Export, Let, Num};

impl Evaluator<'_> {
    pub(super) fn named_value(&mut self, at: usize) {
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

    pub(super) fn fill_lets(&mut self) {
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

    pub(super) fn fill_exports(&mut self) {
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
