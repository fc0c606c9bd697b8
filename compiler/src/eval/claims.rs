//! What is assumed and what is asserted.

use super::Evaluator;
use super::expr::Scope;
use crate::model::Claim;
use crate::resolve::{ClaimDecl, Written};
use mapwright_grammar::ast::Text;

fn text_of(why: Option<&Text>) -> String {
    why.map_or_else(String::new, |why| why.text.clone())
}

impl Evaluator<'_> {
    pub(super) fn claims(&mut self, list: &[Written<'_, ClaimDecl<'_>>], why: &str) -> Vec<Claim> {
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
}
