//! Putting a number in the place of a variable: `kstack[3].start` is the start of `kstack[p]`
//! with 3 for p.

use super::Evaluator;
use crate::source::Loc;
use crate::term::{TermId, VarId};

impl Evaluator<'_> {
    /// `term` with `number` in the place of `var`.
    pub(super) fn substitute(
        &mut self,
        term: TermId,
        var: VarId,
        number: TermId,
        loc: Loc,
    ) -> Option<TermId> {
        self.term(loc, |terms| terms.substituted(term, var, number))
    }
}
