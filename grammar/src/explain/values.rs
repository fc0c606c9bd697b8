//! Numbers, texts and names that are none.

use crate::error::SyntaxError;
use crate::lex::TokenKind;
use crate::number::{NumberError, read_number};
use crate::parser::Rule;
use crate::quote::quote;
use crate::text::span;

use super::Scene;

/// A text that is not closed or has an unknown escape, or a text that should be one and has no quotes.
pub(super) fn text(scene: &Scene<'_>) -> Option<SyntaxError> {
    if scene.found.kind == TokenKind::Text {
        return broken_text(scene);
    }
    if !scene.expects(Rule::string) || scene.expects_value() || scene.found.kind != TokenKind::Word
    {
        return None;
    }
    let rest = &scene.source[scene.found.start..];
    // A reason is a sentence and goes on to the end of the item; paths and names are one word.
    let sentence = matches!(scene.previous_text(), "," | "because");
    let stops: &[char] = if sentence {
        &[';', '\n', '"', '{']
    } else {
        &[';', '\n', '"', ' ']
    };
    let end = rest.find(stops).unwrap_or(rest.len());
    let meant = rest[..end].trim_end();
    let message = format!(
        "expected a quoted text, found {}",
        quote(scene.found_text())
    );
    let place = span(scene.found.start, scene.found.start + meant.len());
    let help = if meant.chars().count() <= 60 {
        format!("write \"{meant}\"")
    } else {
        "put it in quotes".to_owned()
    };
    Some(SyntaxError::unexpected(place, message, "quotes are missing").with_help(help))
}

fn broken_text(scene: &Scene<'_>) -> Option<SyntaxError> {
    let text = scene.found_text();
    let mut at = 1;
    while let Some(offset) = text.get(at..)?.find(['\\', '"']) {
        at += offset;
        if text.as_bytes()[at] == b'"' {
            // It is closed and well formed; it only stands in the wrong place.
            return None;
        }
        let escaped = text[at + 1..].chars().next();
        if !matches!(escaped, Some('"' | '\\')) {
            let length = 1 + escaped.map_or(0, char::len_utf8);
            let place = span(scene.found.start + at, scene.found.start + at + length);
            let message = format!("unknown escape {} in a text", quote(&text[at..at + length]));
            return Some(
                SyntaxError::unexpected(place, message, "unknown escape")
                    .with_help("the escapes are `\\\"` for a quote and `\\\\` for a backslash; paths are written with `/`"),
            );
        }
        at += 2;
    }
    let place = span(scene.found.start, scene.found.start + 1);
    Some(
        SyntaxError::unexpected(place, "this text is not closed on its line", "opened here")
            .with_help("add the closing `\"`; a text stands on one line, and a quote inside is written `\\\"`"),
    )
}

/// Something that begins like a number and is none.
pub(super) fn number(scene: &Scene<'_>) -> Option<SyntaxError> {
    if scene.found.kind != TokenKind::Number {
        return None;
    }
    let error = if scene.previous_text() == "." && scene.expects(Rule::name) {
        NumberError::fraction()
    } else if scene.expects_value() {
        // The grammar says what a number is, the reader what is wrong with one that is none.
        read_number(scene.found_text()).err()?
    } else {
        return None;
    };
    Some(SyntaxError::unexpected(scene.place(), error.message, error.label).with_help(error.help))
}

/// A reserved word or a version where a name is wanted.
pub(super) fn reserved(scene: &Scene<'_>) -> Option<SyntaxError> {
    if !scene.expects(Rule::name) || scene.expects_value() || scene.found.kind != TokenKind::Word {
        return None;
    }
    let word = scene.found_text();
    let message = if matches!(word, "if" | "else" | "true" | "false") {
        format!("`{word}` is reserved and cannot be a name")
    } else {
        format!("{} is a version and cannot be a name", quote(word))
    };
    let other = if word.contains('.') {
        "version".to_owned()
    } else {
        format!("{word}_")
    };
    Some(
        SyntaxError::unexpected(scene.place(), message, "not a name")
            .with_help(format!("use another name, such as `{other}`")),
    )
}
