//! Where to go on after a mistake.

use crate::explain::CLAUSE_WORDS;
use crate::lex::{self, Token, TokenKind};
use crate::parser::Rule;
use crate::scan::is_joint;
use crate::words::item_word;

/// The items whose bodies consist of parts that end with `;`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    /// `split`: parts.
    Parts,
    /// `paging`: clauses.
    Clauses,
}

impl Body {
    /// The rule for one of its parts.
    fn rule(self) -> Rule {
        match self {
            Body::Parts => Rule::lone_part,
            Body::Clauses => Rule::lone_clause,
        }
    }
}

/// The body that the item at `start` has.
fn body(source: &str, start: usize) -> Option<Body> {
    let mut first = lex::token(source, start);
    while first.kind == TokenKind::Doc {
        first = lex::token(source, first.end);
    }
    match first.text(source) {
        "split" => Some(Body::Parts),
        "paging" => Some(Body::Clauses),
        _ => None,
    }
}

/// The tokens from `start` up to `end`, each with the end of the one before it.
fn tokens(source: &str, start: usize, end: usize) -> impl Iterator<Item = (usize, Token)> {
    let mut at = start;
    std::iter::from_fn(move || {
        let token = lex::token(source, at);
        let before = at;
        at = token.end;
        (token.kind != TokenKind::End && token.start < end).then_some((before, token))
    })
}

/// True when the token begins a line.
fn begins_line(source: &str, before: usize, token: Token) -> bool {
    source[before..token.start].contains('\n')
}

/// The next line after the mistake at `from`, in the item that begins at `start`, that begins with the keyword of an item;
/// `end`, when there is none before it.
pub(crate) fn next_item(source: &str, start: usize, from: usize, end: usize) -> usize {
    let inside = |(before, token): &(usize, Token)| {
        token.start >= from
            && token.start > start
            && begins_line(source, *before, *token)
            && looks_like_item(source, *token)
    };
    tokens(source, start, end)
        .find(inside)
        .map_or(end, |(_, token)| token.start)
}

/// True when a line that begins with this token is most likely an item, although something in it may be wrong.
fn looks_like_item(source: &str, token: Token) -> bool {
    let next = lex::token(source, token.end);
    item_word(token.text(source)).is_some()
        && matches!(next.kind, TokenKind::Word | TokenKind::Text)
        && !is_joint(next.text(source))
}

/// Looks for the parts of a body, once through all its tokens.
pub(crate) struct Walk {
    body: Body,
    at: usize,
    end: usize,
    /// How many brackets are open; 1 between two parts.
    depth: usize,
    /// True when the last token but docs can be the end of a part.
    ended: bool,
}

impl Walk {
    /// Through the item at `start`, when its body consists of parts, up to `end`.
    pub(crate) fn new(source: &str, start: usize, end: usize) -> Option<Self> {
        let body = body(source, start)?;
        Some(Self {
            body,
            at: start,
            end,
            depth: 0,
            ended: false,
        })
    }

    /// The rule for one part.
    pub(crate) fn rule(&self) -> Rule {
        self.body.rule()
    }

    /// The next line at or after `from` that begins a part.
    pub(crate) fn next_part(&mut self, source: &str, from: usize) -> Option<usize> {
        loop {
            let token = lex::token(source, self.at);
            if token.kind == TokenKind::End || token.start >= self.end {
                return None;
            }
            // At `from` itself, the part before may lack its `;`.
            let anew = if self.ended {
                token.start > from
            } else {
                token.start == from
            };
            let found = anew
                && begins_line(source, self.at, token)
                && token.kind == TokenKind::Word
                && self.begins_part(source, token);
            self.at = token.end;
            match token.text(source) {
                "{" | "(" | "[" => self.depth += 1,
                "}" | ")" | "]" => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if token.kind != TokenKind::Doc {
                let comma = token.text(source) == "," && self.body == Body::Parts;
                self.ended = comma || matches!(token.text(source), ";" | "}");
            }
            if found {
                return Some(token.start);
            }
        }
    }

    /// True when a line that begins with `token` is a part. When a bracket before it was not closed, only the form tells.
    fn begins_part(&self, source: &str, token: Token) -> bool {
        let first = token.text(source);
        let second = lex::token(source, token.end).text(source);
        match self.body {
            _ if self.depth == 1 => true,
            Body::Clauses => CLAUSE_WORDS.contains(&first) && second != ":",
            Body::Parts => {
                second == ":"
                    && source[token.start..lex::line_end(source, token.start)].contains("..")
            }
        }
    }
}
