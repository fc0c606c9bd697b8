//! Marks and operators of other languages.

use crate::ast::PlaceKind;
use crate::error::SyntaxError;
use crate::lex::TokenKind;
use crate::parser::Rule;
use crate::quote::quote;

use super::Scene;

/// Characters that the language does not have, and what to write instead.
pub(super) fn foreign(scene: &Scene<'_>) -> Option<SyntaxError> {
    if scene.found.kind != TokenKind::Mark {
        return None;
    }
    let help = match scene.found_text() {
        "#" | "/*" => "comments are `// ...`, to the end of the line",
        "'" | "`" | "‘" | "’" | "“" | "”" | "„" | "«" | "»" => {
            "texts stand between straight double quotes: \"...\""
        }
        "–" | "—" | "−" | "‐" | "‑" => "write an ordinary `-`",
        "→" | "⇒" => "write `->`",
        "…" => "write `..`",
        "×" | "·" => "write `*`",
        "÷" => "write `/`",
        "≤" | "=<" => "write `<=`",
        "≥" => "write `>=`",
        "≠" => "write `!=`",
        "\u{A0}" | "\u{3000}" | "\u{202F}" | "\u{2009}" | "\u{200B}" | "\u{FEFF}" => {
            "put an ordinary blank in its place"
        }
        "^" | "~" => {
            "there is no such operator; bits are joined with `|` and taken with `[high:low]`"
        }
        "?" => "conditions are written `if CONDITION { a } else { b }`",
        "@" | "$" | "\\" => "there is no such mark in layout files",
        _ => return None,
    };
    let message = format!(
        "{} does not belong to the language",
        quote(scene.found_text())
    );
    Some(SyntaxError::unexpected(scene.place(), message, "not known here").with_help(help))
}

/// `..=`, `..` and `...` mixed up.
pub(super) fn range(scene: &Scene<'_>) -> Option<SyntaxError> {
    let found = scene.found_text();
    if scene.expects(Rule::dotdot) && matches!(found, "..=" | "..." | "to" | ":" | "-" | ",") {
        let message = format!(
            "ranges are half-open and written with `..`, not {}",
            quote(found)
        );
        let help = match found {
            "..=" | "..." => {
                "write `start .. end`, where `end` is the first address behind the range, or `start .. +size`"
            }
            _ => "write `start .. end` or `start .. +size`",
        };
        return Some(SyntaxError::unexpected(scene.place(), message, "write `..`").with_help(help));
    }
    if scene.expects(Rule::dotdot) {
        let message = format!(
            "expected `..` and the end of the range, found {}",
            super::words::found(scene)
        );
        return Some(
            SyntaxError::unexpected(scene.place(), message, "expected `..`")
                .with_help("a range is `start .. end`, or `start .. +size`"),
        );
    }
    if scene.expects(Rule::dotdoteq) && matches!(found, ".." | "..." | "to" | "-") {
        let message = format!(
            "domains include both ends and are written with `..=`, not {}",
            quote(found)
        );
        return Some(
            SyntaxError::unexpected(scene.place(), message, "write `..=`")
                .with_help("write `low ..= high`, or list the values: `{ a, b, c }`"),
        );
    }
    None
}

/// `=>` and `=` for `->`.
pub(super) fn arrow(scene: &Scene<'_>) -> Option<SyntaxError> {
    let found = scene.found_text();
    if scene.expects(Rule::arrow) && matches!(found, "=>" | "=" | "~" | ">" | "<-") {
        let message = format!("the arrow is written `->`, not {}", quote(found));
        return Some(SyntaxError::unexpected(
            scene.place(),
            message,
            "write `->`",
        ));
    }
    if found == "->"
        && scene.expects(Rule::semi)
        && PlaceKind::ALL
            .iter()
            .any(|kind| kind.word() == scene.first_word())
    {
        let message = "the target must directly follow the range";
        return Some(
            SyntaxError::unexpected(scene.place(), message, "too late")
                .with_help(super::mistakes::ORDER),
        );
    }
    None
}

/// `=`, `==` and `:` mixed up.
pub(super) fn equals(scene: &Scene<'_>) -> Option<SyntaxError> {
    let found = scene.found_text();
    let wrong =
        |message: String, label: &str| SyntaxError::unexpected(scene.place(), message, label);
    if scene.expects(Rule::equals) && matches!(found, ":" | "==" | "=>" | "->") {
        return Some(wrong(
            format!("a value is given with `=`, not {}", quote(found)),
            "write `=`",
        ));
    }
    if !matches!(found, "=" | "=>") {
        return None;
    }
    if scene.expects(Rule::colon) {
        return Some(equals_for_colon(scene));
    }
    let compares = scene.expects(Rule::comma)
        || scene.expects(Rule::open_brace)
        || scene.expects(Rule::close_paren);
    (compares && found == "=").then(|| {
        wrong(
            "`=` gives a name its value; values are compared with `==`".to_owned(),
            "write `==`",
        )
    })
}

fn equals_for_colon(scene: &Scene<'_>) -> SyntaxError {
    let (word, name) = (scene.first_word(), scene.previous_text());
    if matches!(word, "config" | "boot") {
        let message =
            format!("a parameter says its kind before its default: `{word} {name} : kind = ...`");
        return SyntaxError::unexpected(scene.place(), message, "expected `:` and a kind")
            .with_help("the kinds are addr, size, int, bool, version, and the name of an `enum`");
    }
    if scene.expects(Rule::close_brace) {
        return SyntaxError::unexpected(
            scene.place(),
            format!("an attribute is written `{name}: value`"),
            "write `:`",
        );
    }
    super::words::general(scene)
}

/// Operators spelled as words, and other ways to write a choice.
pub(super) fn words_for_operators(scene: &Scene<'_>) -> Option<SyntaxError> {
    let wrong = |place, word: &str, help: &str| {
        Some(
            SyntaxError::unexpected(
                place,
                format!("{} is no operator", quote(word)),
                "not an operator",
            )
            .with_help(help),
        )
    };
    let found = scene.found_text();
    if scene.expects(Rule::else_if) || scene.expects(Rule::kw_else) {
        let message = "an `if` is a value and needs an `else`";
        let help = match found {
            "elif" | "elsif" | "elseif" => "write `else if`",
            _ => "write `if CONDITION { a } else { b }`",
        };
        return Some(
            SyntaxError::unexpected(scene.after_previous(), message, "expected `else { ... }`")
                .with_help(help),
        );
    }
    if !scene.expects_value()
        && scene.expects(Rule::open_brace)
        && matches!(found, "then" | ":" | "?")
    {
        return Some(
            SyntaxError::unexpected(
                scene.place(),
                "the branches of an `if` stand in braces",
                "expected `{`",
            )
            .with_help("write `if CONDITION { a } else { b }`"),
        );
    }
    let previous = scene.previous()?;
    if previous.text(scene.source) == "not" && !scene.expects_value() {
        let place = crate::text::span(previous.start, previous.end);
        return wrong(place, "not", "write `!`");
    }
    if scene.expects_value() {
        return None;
    }
    match found {
        "and" => wrong(scene.place(), found, "write `&&`"),
        "or" if !scene.expects(Rule::kw_or) => wrong(scene.place(), found, "write `||`"),
        "mod" => wrong(scene.place(), found, "write `%`"),
        "shl" => wrong(scene.place(), found, "write `<<`"),
        "shr" => wrong(scene.place(), found, "write `>>`"),
        "is" | "eq" => wrong(scene.place(), found, "write `==`"),
        _ => None,
    }
}
