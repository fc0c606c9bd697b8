//! What is missing, one too many, or in the wrong order.

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::lex::{Token, TokenKind};
use crate::parser::Rule;
use crate::quote::quote;
use crate::text::span;
use crate::words::CLAUSES;

use super::Scene;
use super::words::found;

/// In which order the pieces of a place stand.
pub(super) const ORDER: &str = "the order is: range, `-> target`, then `because`, `alias of`, `covers`, `when` and `optional`, \
                                and `{ attributes }` last";

/// A doc comment with nothing to document.
pub(super) fn loose_doc(scene: &Scene<'_>) -> Option<SyntaxError> {
    let loose = |token: Token, message: &str, help: &str| {
        let place = span(token.start, token.end);
        Some(
            SyntaxError::new(
                SyntaxErrorKind::LooseDoc,
                place,
                message,
                "documents nothing",
            )
            .with_help(help),
        )
    };
    let help = "write `//` for a comment that documents nothing";
    if scene.found.kind == TokenKind::Doc {
        if scene.found_text().starts_with("//!") {
            return loose(
                scene.found,
                "`//!` documents the file and may only stand at its top",
                "write `///` to document the next item, or `//` for a comment",
            );
        }
        if scene.expects(Rule::semi) && scene.starts_line() {
            return None;
        }
        return loose(
            scene.found,
            "a doc comment cannot stand inside an item",
            help,
        );
    }
    let previous = scene
        .previous()
        .filter(|token| token.kind == TokenKind::Doc)?;
    let ends = matches!(scene.found_text(), "" | "}" | ";" | ")" | "]" | ",");
    if ends {
        loose(
            previous,
            "this doc comment is followed by nothing that it could document",
            help,
        )
    } else {
        None
    }
}

/// The next line begins although this item has not ended.
pub(super) fn missing_semi(scene: &Scene<'_>) -> Option<SyntaxError> {
    let ends_here = scene.starts_line() || scene.found.kind == TokenKind::End;
    let begins_anew = matches!(
        scene.found.kind,
        TokenKind::Word | TokenKind::Doc | TokenKind::End
    ) || scene.found_text() == "}";
    // Inside a list a `;` would not help.
    let in_list = scene.still_open().is_some() && !matches!(scene.first_word(), "split" | "paging");
    if !scene.expects(Rule::semi) || !ends_here || !begins_anew || in_list {
        return None;
    }
    let after = quote(scene.previous_text());
    Some(
        SyntaxError::unexpected(
            scene.after_previous(),
            format!("expected `;` after {after}"),
            "`;` is missing here",
        )
        .with_help("every item, part and clause ends with `;`"),
    )
}

/// `;` between things that are separated by `,`, and the other way round.
pub(super) fn separators(scene: &Scene<'_>) -> Option<SyntaxError> {
    let in_list = scene.expects(Rule::comma)
        && (scene.expects(Rule::close_brace) || scene.expects(Rule::close_bracket));
    if scene.found_text() == ";" && in_list {
        let next = scene.next();
        let goes_on = next.kind == TokenKind::Word && {
            let then = crate::lex::token(scene.source, next.end).text(scene.source);
            matches!(then, ":" | "," | "}" | "[" | ";")
        };
        if goes_on && !scene.source[scene.found.end..next.start].contains("\n\n") {
            return Some(
                SyntaxError::unexpected(
                    scene.place(),
                    "the elements of a list are separated by `,`",
                    "write `,`",
                )
                .with_help("`;` ends a whole item, part or clause"),
            );
        }
    }
    if scene.found_text() == "," && scene.expects(Rule::semi) && !scene.expects(Rule::comma) {
        let what = match scene.failure.rule {
            Rule::lone_part => "a part",
            Rule::lone_clause => "a clause",
            _ if matches!(scene.first_word(), "split") => "a part",
            _ if matches!(scene.first_word(), "paging") => "a clause",
            _ => "an item",
        };
        return Some(SyntaxError::unexpected(
            scene.place(),
            format!("{what} ends with `;`, not with `,`"),
            "write `;`",
        ));
    }
    None
}

/// A bracket that is not closed.
pub(super) fn unclosed(scene: &Scene<'_>) -> Option<SyntaxError> {
    let open = scene.still_open()?;
    let (rule, close) = match open.text(scene.source) {
        "(" => (Rule::close_paren, ")"),
        "[" => (Rule::close_bracket, "]"),
        _ => (Rule::close_brace, "}"),
    };
    let ends = matches!(scene.found_text(), "" | ";" | ")" | "]" | "}") || scene.starts_line();
    let in_body = matches!(scene.failure.rule, Rule::lone_item) && scene.expects(Rule::part)
        || scene.expects(Rule::paging_clause);
    if !ends || !(scene.expects(rule) || in_body) {
        return None;
    }
    let line = scene.source[..open.start].matches('\n').count() + 1;
    let message = format!("expected `{close}`, found {}", found(scene));
    Some(
        SyntaxError::unexpected(
            scene.after_previous(),
            message,
            format!("`{close}` is missing here"),
        )
        .with_help(format!(
            "it closes the `{}` in line {line}",
            open.text(scene.source)
        )),
    )
}

/// What is no target of a window.
pub(super) fn target(scene: &Scene<'_>) -> Option<SyntaxError> {
    let help = "a target is `SPACE at ADDRESS`, `pages from ZONE`, `slots N from ZONE`, `fixed { ... }`, `device`, \
                `table of SIZE per page of SPACE`, or `tables of SPACE via LEVEL[ENTRY]`";
    if scene.expects(Rule::target) {
        let message = format!("expected a target, found {}", found(scene));
        return Some(
            SyntaxError::unexpected(scene.place(), message, "not a target").with_help(help),
        );
    }
    if !scene.expects(Rule::kw_at) {
        return None;
    }
    let word = scene.previous()?;
    let name = word.text(scene.source);
    let joint = if matches!(name, "pages" | "slots") {
        "from"
    } else {
        "at"
    };
    let goes_on = matches!(scene.found.kind, TokenKind::Word | TokenKind::Number)
        || scene.found_text() == "(";
    if goes_on && !scene.starts_line() {
        let message = format!("expected `{joint}` after `{name}`, found {}", found(scene));
        return Some(
            SyntaxError::unexpected(scene.place(), message, format!("expected `{joint}`"))
                .with_help(help),
        );
    }
    let message = format!("{} alone is no target", quote(name));
    Some(
        SyntaxError::unexpected(span(word.start, word.end), message, "not a target")
            .with_help(help),
    )
}

/// Parts of items that are missing or out of order, where the general message would not say how it is written.
pub(super) fn forms(scene: &Scene<'_>) -> Option<SyntaxError> {
    let wrong = |message: String, label: &str, help: &str| {
        Some(SyntaxError::unexpected(scene.place(), message, label).with_help(help))
    };
    let text = scene.found_text();
    if scene.expects(Rule::semi) && scene.previous_text() == "}" && CLAUSES.contains(&text) {
        return wrong(
            format!("`{text}` must stand before the attributes"),
            "too late",
            ORDER,
        );
    }
    if scene.expects(Rule::kw_with) && text == "{" {
        return wrong(
            "expected `with` before the values".to_owned(),
            "expected `with`",
            "write `with { NAME = value }`",
        );
    }
    if scene.expects(Rule::kw_bits) {
        return wrong(
            format!("expected `bits`, found {}", found(scene)),
            "expected `bits`",
            "a width is written `32 bits`; put a longer expression in parentheses if that reads better",
        );
    }
    if matches!(scene.first_word(), "config" | "boot") && scene.expects(Rule::equals) {
        return wrong(
            format!("expected `=` and a default value, found {}", found(scene)),
            "expected `=`",
            "every parameter has a default, so that a layout can be looked at without setting any",
        );
    }
    None
}
