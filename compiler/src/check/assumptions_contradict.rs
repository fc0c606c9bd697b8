//! # assumptions-contradict
//!
//! No parameter values fulfil all assumptions at once.
//!
//! `assume` says what the outside world guarantees; every proof is about the parameter values that are left. When none are
//! left, everything is true of them and a proof says nothing. So no other law is decided until this is mended.
//!
//! ```layout
//! boot RAM : size = 128M in 16M ..= 4G step 4K;
//! assume RAM <= 1G;
//! assume RAM > 2G;        // rejected: together with the first
//! space physical : 32 bits;
//! zone  low in physical : 0 .. RAM { unreached: "an example" };
//! ```
//!
//! What to do: the message names the assumptions that cannot hold together; drop or weaken one of them, or widen the
//! domain of a parameter.

use super::{Checker, Law, Scope, not_proved};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Claim;
use crate::prove::Undecided;
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "assumptions-contradict",
    title: "no parameter values fulfil all assumptions",
    source: include_str!("assumptions_contradict.rs"),
};

/// Some parameter values fulfil all assumptions. False when none do, so that there is nothing else to decide.
pub(super) fn check(checker: &mut Checker<'_>) -> bool {
    let claims: Vec<&Claim> = checker.model.assumes.iter().collect();
    // Values that were given break an assumption or do not, which has its own message.
    if claims.is_empty() || matches!(checker.scope(), Scope::One(_)) {
        return true;
    }
    match together(checker, &claims) {
        Ok(true) => {
            checker.summary.proved += 1;
            true
        }
        Ok(false) => {
            checker.summary.refuted += 1;
            let core = core(checker, claims);
            checker.report(diagnostic(&core));
            false
        }
        Err(why) => {
            checker.summary.undecided += 1;
            let what = "some parameter values fulfil all assumptions";
            let law = Law {
                under: TermId::TRUE,
                goal: TermId::TRUE,
                loc: claims[0].loc,
                what,
            };
            checker.report(not_proved::diagnostic(&law, why));
            true
        }
    }
}

fn together(checker: &mut Checker<'_>, claims: &[&Claim]) -> Result<bool, Undecided> {
    let conditions: Vec<TermId> = claims.iter().map(|claim| claim.cond).collect();
    Ok(checker.smallest(&conditions)?.is_some())
}

/// The assumptions that are needed for the contradiction: each is left out that is not.
fn core<'m>(checker: &mut Checker<'m>, claims: Vec<&'m Claim>) -> Vec<&'m Claim> {
    let mut core = claims;
    let mut at = 0;
    while at < core.len() {
        let mut fewer = core.clone();
        fewer.remove(at);
        if together(checker, &fewer) == Ok(false) {
            core = fewer;
        } else {
            at += 1;
        }
    }
    core
}

fn diagnostic(core: &[&Claim]) -> Diagnostic {
    let Some((last, others)) = core.split_last() else {
        return Diagnostic::error(&PAGE, "the assumptions contradict");
    };
    if others.is_empty() {
        return Diagnostic::error(&PAGE, "no parameter values fulfil this assumption")
            .at(last.loc, "false for every value in the domains")
            .help("correct it, or widen the domain of a parameter in it");
    }
    let message = format!(
        "no parameter values fulfil these {} assumptions together",
        core.len()
    );
    let diagnostic =
        Diagnostic::error(&PAGE, message).at(last.loc, "cannot hold together with the others");
    let diagnostic = others
        .iter()
        .fold(diagnostic, |d, claim| d.also(claim.loc, "assumed here"));
    diagnostic
        .note("nothing else is decided: every law would hold of no values at all")
        .help("drop or weaken one of them, or widen the domain of a parameter in them")
}
