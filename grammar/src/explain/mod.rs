//! From "pest stopped here and had tried these rules" to a message that says what is wrong and what to write instead.
//!
//! Well-known mistakes are recognised first (`mistakes`, `marks`, `values`); everything else is told as what was expected and
//! what was found (`words`). Rule names never reach a message.

mod item_word;
mod marks;
mod mistakes;
mod values;
mod words;

use crate::ast::Span;
use crate::error::SyntaxError;
use crate::lex::{self, Token, TokenKind};
use crate::parser::Rule;
use crate::text::span;

pub(crate) use item_word::CLAUSE_WORDS;

/// Where the parser stopped and what it had tried there.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Where the piece begins: an item, a part of a split, a clause of a page-table format, or an expression.
    pub(crate) start: usize,
    /// The first byte that fits nothing.
    pub(crate) at: usize,
    /// The rules that were tried there.
    pub(crate) expected: Vec<Rule>,
    /// What was being read.
    pub(crate) rule: Rule,
}

/// A failure with the tokens around it.
struct Scene<'s> {
    source: &'s str,
    failure: &'s Failure,
    /// All tokens of the piece before the failure.
    before: Vec<Token>,
    /// The token that fits nothing.
    found: Token,
}

impl<'s> Scene<'s> {
    fn new(source: &'s str, failure: &'s Failure) -> Self {
        let mut before = Vec::new();
        let mut found = lex::token(source, failure.start);
        // A failure inside a token (`a /* b`) is one of the whole token.
        while found.kind != TokenKind::End && found.end <= failure.at {
            before.push(found);
            found = lex::token(source, found.end);
        }
        Self {
            source,
            failure,
            before,
            found,
        }
    }

    fn expects(&self, rule: Rule) -> bool {
        self.failure.expected.contains(&rule)
    }

    /// True when a value was expected and nothing of it has been read.
    fn expects_value(&self) -> bool {
        self.expects(Rule::expr) || self.expects(Rule::number)
    }

    fn found_text(&self) -> &'s str {
        self.found.text(self.source)
    }

    /// The token before the one found; none at the beginning of the piece.
    fn previous(&self) -> Option<Token> {
        self.before.last().copied()
    }

    fn previous_text(&self) -> &'s str {
        self.previous().map_or("", |token| token.text(self.source))
    }

    /// The first word of the piece that is no doc comment.
    fn first_word(&self) -> &'s str {
        let first = self
            .before
            .iter()
            .find(|token| token.kind != TokenKind::Doc);
        first.map_or(self.found_text(), |token| token.text(self.source))
    }

    /// The token after the one found.
    fn next(&self) -> Token {
        lex::token(self.source, self.found.end)
    }

    /// True when the token found begins a line.
    fn starts_line(&self) -> bool {
        let end = self.previous().map_or(0, |token| token.end);
        self.source[end..self.found.start].contains('\n')
    }

    /// The place of the token found; the end of what precedes it, at the end of the text.
    fn place(&self) -> Span {
        if self.found.kind == TokenKind::End {
            self.after_previous()
        } else {
            span(self.found.start, self.found.end)
        }
    }

    /// The empty place behind the token before.
    fn after_previous(&self) -> Span {
        let end = self
            .previous()
            .map_or(self.failure.start, |token| token.end);
        span(end, end)
    }

    /// The opening bracket that is still open and was opened last.
    fn still_open(&self) -> Option<Token> {
        let mut open: Vec<Token> = Vec::new();
        for token in &self.before {
            match token.text(self.source) {
                "(" | "[" | "{" => open.push(*token),
                ")" | "]" | "}" => drop(open.pop()),
                _ => {}
            }
        }
        open.pop()
    }
}

/// The message for a failure.
pub(crate) fn explain(source: &str, failure: &Failure) -> SyntaxError {
    let scene = Scene::new(source, failure);
    let known: [fn(&Scene<'_>) -> Option<SyntaxError>; 15] = [
        mistakes::loose_doc,
        values::text,
        values::number,
        values::reserved,
        item_word::unknown,
        mistakes::missing_semi,
        marks::foreign,
        marks::range,
        marks::arrow,
        marks::equals,
        marks::words_for_operators,
        mistakes::separators,
        mistakes::unclosed,
        mistakes::target,
        mistakes::forms,
    ];
    known
        .iter()
        .find_map(|mistake| mistake(&scene))
        .unwrap_or_else(|| words::general(&scene))
}
