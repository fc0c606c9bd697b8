//! # breaks-assumption
//!
//! The default values of the parameters, those of a variant, or those that were given break an assumption.
//!
//! `assume` says what the outside world guarantees, so such a machine cannot exist: the default of a parameter, a
//! `layout NAME = ... with { ... }` or a `--set` describes it nevertheless.
//!
//! ```layout
//! config PAE : bool = false;
//! boot   RAM : size = 8G in 16M ..= 64G step 4K;
//! assume PAE || RAM <= 4G;           // rejected: the defaults are PAE = false and RAM = 8G
//! space physical : 36 bits;
//! zone  low in physical : 0 .. RAM { unreached: "an example" };
//! ```
//!
//! What to do: change one of the values in the message so that the assumption holds, or correct the assumption.

use super::{Case, Checker, Scope};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Claim, Expect, Variant};
use crate::show_value::value_text;

/// Its page.
pub const PAGE: Page = Page {
    code: "breaks-assumption",
    title: "the values of the parameters break an assumption",
    source: include_str!("breaks_assumption.rs"),
};

/// Defaults, variants and given values fulfil every assumption. False when the given values do not, so that there is nothing
/// else to decide.
pub(super) fn check(checker: &mut Checker<'_>) -> bool {
    let values = checker.defaults().to_vec();
    let given = matches!(checker.scope(), Scope::One(_));
    let mut fine = true;
    for claim in &checker.model.assumes {
        if broken(checker, claim, &values) {
            fine = false;
            let diagnostic = match given {
                true => of_given(checker, claim, &values),
                false => of_defaults(checker, claim, &values),
            };
            checker.report(diagnostic);
        }
    }
    if given {
        return fine;
    }
    for variant in &checker.model.variants {
        let mut changed = values.clone();
        variant
            .with
            .iter()
            .for_each(|&(var, value)| changed[var.index()] = value);
        for claim in &checker.model.assumes {
            // What the defaults break already is their mistake.
            if broken(checker, claim, &changed) && !broken(checker, claim, &values) {
                let diagnostic = of_variant(checker, variant, claim, &changed);
                checker.report(diagnostic);
            }
        }
    }
    true
}

fn broken(checker: &mut Checker<'_>, claim: &Claim, values: &[i128]) -> bool {
    let broken = checker.terms.eval(claim.cond, values) == Ok(0);
    checker.summary.refuted += usize::from(broken);
    checker.summary.proved += usize::from(!broken);
    broken
}

/// `RAM = 8G, PAE = false`: the values that the assumption is about.
fn values_text(checker: &Checker<'_>, claim: &Claim, values: &[i128]) -> String {
    let uses = checker.terms.vars(&[claim.cond]);
    let params = checker
        .model
        .params
        .iter()
        .filter(|param| uses.contains(&param.var));
    let each = params.map(|p| {
        format!(
            "{} = {}",
            p.name,
            value_text(checker.model, p.kind, values[p.var.index()])
        )
    });
    each.collect::<Vec<_>>().join(", ")
}

fn reasoned(diagnostic: Diagnostic, claim: &Claim) -> Diagnostic {
    if claim.why.is_empty() {
        diagnostic
    } else {
        diagnostic.note(format!("assumed because: {}", claim.why))
    }
}

fn of_defaults(checker: &Checker<'_>, claim: &Claim, values: &[i128]) -> Diagnostic {
    let uses = checker.terms.vars(&[claim.cond]);
    let mut diagnostic = Diagnostic::error(&PAGE, "the default values break this assumption")
        .at(claim.loc, "false for them");
    for param in checker
        .model
        .params
        .iter()
        .filter(|param| uses.contains(&param.var))
    {
        let value = value_text(checker.model, param.kind, values[param.var.index()]);
        diagnostic = diagnostic.also(param.loc, format!("`{}` is {value} by default", param.name));
    }
    let case = Case {
        values: values.to_vec(),
        uses,
        law: claim.cond,
        always: false,
        smallest: true,
    };
    reasoned(diagnostic, claim)
        .shown_by(checker.counterexample(&case))
        .help("choose defaults that fulfil it: they are the machine that is meant when nothing else is said")
}

fn of_given(checker: &Checker<'_>, claim: &Claim, values: &[i128]) -> Diagnostic {
    let text = values_text(checker, claim, values);
    let diagnostic = Diagnostic::error(&PAGE, "the values given break this assumption")
        .at(claim.loc, "false for them");
    reasoned(diagnostic, claim)
        .note(format!("the values are {text}"))
        .help("such a machine does not exist: give other values")
}

fn of_variant(
    checker: &Checker<'_>,
    variant: &Variant,
    claim: &Claim,
    values: &[i128],
) -> Diagnostic {
    let text = values_text(checker, claim, values);
    let diagnostic = Diagnostic::error(
        &PAGE,
        format!(
            "the values of the variant `{}` break an assumption",
            variant.name
        ),
    )
    .at(variant.loc, format!("here {text}"))
    .also(claim.loc, "false for these values");
    reasoned(diagnostic, claim).help("give the variant values that fulfil it")
}

/// The message for an example whose values break an assumption.
pub(super) fn of_expect(
    checker: &Checker<'_>,
    expect: &Expect,
    claim: &Claim,
    values: &[i128],
) -> Diagnostic {
    let text = values_text(checker, claim, values);
    let diagnostic = Diagnostic::error(&PAGE, "the values of an example break an assumption")
        .at(expect.loc, format!("here {text}"))
        .also(claim.loc, "false for these values");
    reasoned(diagnostic, claim)
        .help("give it values that fulfil the assumption: no such machine exists")
}
