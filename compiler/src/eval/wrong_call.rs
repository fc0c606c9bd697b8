//! # wrong-call
//!
//! An operation does not exist or does not take this.
//!
//! The functions are `min` and `max` (two values or more), `align_up(x, to)`, `align_down(x, to)`,
//! `ceil_div(a, b)`, `log2(x)` and `index(LEVEL, address)`. Bits are picked (`entry[51:12]`) and
//! joined (`|`) in paging formats only; elsewhere `%`, `/` and `align_down` say what is meant.
//! Shifts are by 0 to 126 bits.
//!
//! Rejected:
//!
//! ```text
//! let N = roundup(RAM, 4M);
//! ```
//!
//! What to do: write `align_up(RAM, 4M)`.

use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::{list, nearest, question};
use crate::source::Loc;
use mapwright_grammar::words::FUNCTIONS;

/// Its page.
pub const PAGE: Page = Page {
    code: "wrong-call",
    title: "an operation does not exist or does not take this",
    source: include_str!("wrong_call.rs"),
};

/// What other languages call the functions.
const SYNONYMS: &[(&str, &str)] = &[
    ("roundup", "align_up"),
    ("round_up", "align_up"),
    ("rounddown", "align_down"),
    ("round_down", "align_down"),
    ("div_round_up", "ceil_div"),
    ("ilog2", "log2"),
    ("order", "log2"),
];

/// There is no such function, or it does not take so many values.
pub(crate) fn of(name: &str, count: usize, loc: Loc) -> Diagnostic {
    if let Some((_, usage)) = FUNCTIONS.iter().find(|(function, _)| *function == name) {
        let values = if count == 1 { "value" } else { "values" };
        return Diagnostic::error(&PAGE, format!("`{name}` does not take {count} {values}"))
            .at(loc, format!("given {count}"))
            .help(format!("write `{usage}`"));
    }
    let diagnostic = Diagnostic::error(&PAGE, format!("there is no function `{name}`"))
        .at(loc, "not a function");
    let functions = FUNCTIONS.iter().map(|(function, _)| *function);
    let lower = name.to_ascii_lowercase();
    let near = match SYNONYMS.iter().find(|(word, _)| *word == lower) {
        Some((_, meant)) => vec![(*meant).to_owned()],
        None => nearest(name, functions.clone()),
    };
    match question(&near) {
        Some(question) => diagnostic.help(question),
        None => diagnostic.help(format!("the functions are {}", list(functions))),
    }
}

/// `x[51:12]` outside a paging format.
pub(crate) fn slice(loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "bits are picked in paging formats only")
        .at(loc, "not in a paging format")
        .help("write `x / 4K % 512` for bits 12 to 20, or `index(LEVEL, x)`")
}

/// `|` or `&` outside a paging format.
pub(crate) fn bits(operator: &str, loc: Loc) -> Diagnostic {
    let (meant, help) = match operator {
        "|" => ("||", "add disjoint parts with `+`"),
        _ => (
            "&&",
            "`x & ~(n - 1)` is `align_down(x, n)`, and `x & (n - 1)` is `x % n`",
        ),
    };
    Diagnostic::error(
        &PAGE,
        format!("`{operator}` joins bits, in paging formats only"),
    )
    .at(loc, "not in a paging format")
    .help(help)
    .help(format!("conditions are joined by `{meant}`"))
}

/// A shift by a negative or enormous number.
pub(crate) fn shift(by: i128, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("a shift by {by} bits")).at(loc, "shifts are by 0 to 126 bits")
}
