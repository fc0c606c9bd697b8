//! Examples that must hold.

use super::Evaluator;
use super::expr::Scope;
use crate::model::{Expect, Kind, Outcome};
use crate::resolve::OutcomeDecl;
use crate::term::{Evaluation, VarId};

impl Evaluator<'_> {
    pub(super) fn fill_examples(&mut self) {
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
        let mut evaluation = Evaluation::new(&self.model.terms, values);
        let open: Vec<_> = needs
            .into_iter()
            .filter(|need| evaluation.get(need.cond) != Ok(1))
            .collect();
        self.model.obligations.extend(open);
    }

    /// The values of all variables with some parameters fixed.
    fn values_with(&self, with: &[(VarId, i128)]) -> Vec<i128> {
        let mut values = self.model.defaults();
        for &(var, value) in with {
            values[var.index()] = value;
        }
        values
    }
}
