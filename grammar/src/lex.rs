//! A loose reader of words and marks: enough to find the ends of items in broken text and to say what was found, not a
//! second grammar.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name or a keyword.
    Word,
    /// Begins with a digit.
    Number,
    /// A quoted text, closed or not.
    Text,
    /// `/// ...` or `//! ...`, to the end of its line.
    Doc,
    /// An operator, a bracket or another mark; also any character that the language does not have.
    Mark,
    /// The end of the text.
    End,
}

/// A token with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// First byte.
    pub(crate) start: usize,
    /// One past its last byte.
    pub(crate) end: usize,
}

impl Token {
    /// Its text.
    pub(crate) fn text(self, source: &str) -> &str {
        &source[self.start..self.end]
    }
}

/// Marks of more than one character, longer ones first.
const LONG_MARKS: [&str; 15] = [
    "..=", "...", "..", "->", "=>", "==", "!=", "<=", ">=", "=<", "<<", ">>", "||", "&&", "/*",
];

/// True for the bytes of names and numbers.
pub(crate) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// True when a comment that is no doc comment begins at `at`: `//`, but not `///` or `//!`; `////` and longer are
/// comments again, as people draw lines with them.
pub(crate) fn comment_at(source: &str, at: usize) -> bool {
    let rest = &source.as_bytes()[at..];
    rest.starts_with(b"//")
        && (rest.starts_with(b"////") || !matches!(rest.get(2), Some(b'/' | b'!')))
}

/// The end of the line that holds `at`: the place of its line feed, or of the end of the text.
pub(crate) fn line_end(source: &str, at: usize) -> usize {
    source.as_bytes()[at..]
        .iter()
        .position(|&b| b == b'\n')
        .map_or(source.len(), |n| at + n)
}

/// The first byte at or after `at` that is neither blank nor in a comment.
pub(crate) fn skip_blanks(source: &str, mut at: usize) -> usize {
    let bytes = source.as_bytes();
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
            Some(b'/') if comment_at(source, at) => at = line_end(source, at),
            _ => return at,
        }
    }
}

/// The token at or after `at`.
pub(crate) fn token(source: &str, at: usize) -> Token {
    let start = skip_blanks(source, at);
    let bytes = source.as_bytes();
    let Some(&first) = bytes.get(start) else {
        return Token {
            kind: TokenKind::End,
            start,
            end: start,
        };
    };
    let (kind, end) = match first {
        b'0'..=b'9' => (TokenKind::Number, word_end(bytes, start)),
        b'"' => (TokenKind::Text, text_end(bytes, start)),
        b'/' if bytes[start..].starts_with(b"///") || bytes[start..].starts_with(b"//!") => {
            (TokenKind::Doc, line_end(source, start))
        }
        b'v' if bytes.get(start + 1).is_some_and(u8::is_ascii_digit) => {
            (TokenKind::Word, version_end(bytes, start))
        }
        _ if is_word_byte(first) => (TokenKind::Word, word_end(bytes, start)),
        _ => (TokenKind::Mark, start + mark_length(&source[start..])),
    };
    Token { kind, start, end }
}

/// The end of the word that begins at `start`.
pub(crate) fn word_end(bytes: &[u8], start: usize) -> usize {
    start
        + bytes[start..]
            .iter()
            .take_while(|&&b| is_word_byte(b))
            .count()
}

/// The end of the version, or of the word, that begins with a `v` at `start`.
fn version_end(bytes: &[u8], start: usize) -> usize {
    let digits = |at: usize| {
        at + bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let mut end = digits(start + 1);
    for _ in 0..3 {
        if bytes.get(end) == Some(&b'.') && digits(end + 1) > end + 1 {
            end = digits(end + 1);
        }
    }
    if bytes.get(end).is_some_and(|&b| is_word_byte(b)) {
        return word_end(bytes, start);
    }
    // What distributions add.
    while bytes.get(end) == Some(&b'-') && word_end(bytes, end + 1) > end + 1 {
        end = word_end(bytes, end + 1);
    }
    end
}

/// The end of the quoted text that begins at `start`: behind its closing quote, or at the end of its line.
pub(crate) fn text_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' => return at,
            b'\\' if bytes.get(at + 1).is_some_and(|&b| b == b'"' || b == b'\\') => at += 2,
            _ => at += 1,
        }
    }
    at
}

fn mark_length(rest: &str) -> usize {
    LONG_MARKS
        .iter()
        .find(|mark| rest.starts_with(**mark))
        .map_or_else(
            || rest.chars().next().map_or(0, char::len_utf8),
            |mark| mark.len(),
        )
}
