//! What people write wrong, and what they are told: whole texts.

mod items;
mod lists;
mod text;
mod values;

use expect_test::Expect;

use crate::{SyntaxError, parse, parse_expr};

/// The mistakes of a text under their lines, as a compiler would show them.
fn shown(source: &str) -> String {
    parse(source)
        .1
        .iter()
        .map(|error| one(source, error))
        .collect()
}

fn one(source: &str, error: &SyntaxError) -> String {
    let (start, end) = (error.span.start as usize, error.span.end as usize);
    let before = &source[..start];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line_end = source[start..]
        .find('\n')
        .map_or(source.len(), |at| start + at);
    let number = before.matches('\n').count() + 1;
    let column = source[line_start..start].chars().count();
    let carets = source[start..end.min(line_end)].chars().count().max(1);
    let mut out = format!("{:?}: {}\n", error.kind, error.message);
    // What a terminal must not be sent is shown as a dot.
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let line: String = source[line_start..line_end]
        .chars()
        .map(|c| if hidden(c) { '·' } else { c })
        .collect();
    out += &format!("{number} | {line}\n");
    out += &format!(
        "  | {}{} {}\n",
        " ".repeat(column),
        "^".repeat(carets),
        error.label
    );
    if let Some(help) = &error.help {
        out += &format!("help: {help}\n");
    }
    out
}

fn check(source: &str, expected: &Expect) {
    expected.assert_eq(&shown(source));
}

/// The mistake of an expression given on a command line.
fn check_expr(source: &str, expected: &Expect) {
    let error = parse_expr(source).err();
    expected
        .assert_eq(&error.map_or_else(|| "no mistake\n".to_owned(), |error| one(source, &error)));
}
