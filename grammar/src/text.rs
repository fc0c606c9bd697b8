//! Rules for the text itself, before any grammar: its size, its encoding, and the characters that it may contain.

use std::borrow::Cow;

use crate::ast::Span;
use crate::error::{SyntaxError, SyntaxErrorKind};

/// The largest file, in bytes (16 MiB). The largest layout that makes sense, some 65,536 windows, has a third of it.
pub const MAX_FILE: usize = 16 << 20;

/// The largest item, in bytes (1 MiB). Parsing takes up to a hundred times the memory of one item's text.
pub const MAX_ITEM: usize = 1 << 20;

/// The largest number of mistakes reported for one file.
pub const MAX_ERRORS: usize = 100;

/// U+FEFF, as some editors write it at the start of a file.
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// The text of a file's bytes.
///
/// # Errors
/// [`SyntaxErrorKind::Encoding`] when the bytes are not UTF-8. Its span is in bytes of the file; a source view made with
/// [`String::from_utf8_lossy`] has the same offset for the first bad byte, as everything before it is good.
pub fn decode(bytes: &[u8]) -> Result<String, SyntaxError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let start = error.valid_up_to();
            let bad = bytes.get(start).copied().unwrap_or(0);
            let message = match error.error_len() {
                Some(_) => format!("the file is not UTF-8: byte 0x{bad:02x} at offset {start}"),
                None => format!(
                    "the file is not UTF-8: it ends inside a character that begins at offset {start}"
                ),
            };
            let span = span(
                start,
                start + error.error_len().unwrap_or(bytes.len() - start),
            );
            Err(
                SyntaxError::new(SyntaxErrorKind::Encoding, span, message, "not UTF-8")
                    .with_help("save the file as UTF-8; plain ASCII is UTF-8 too"),
            )
        }
    }
}

/// A span of `usize` offsets. Texts are at most [`MAX_FILE`] bytes where spans are made; larger offsets are cut.
pub(crate) fn span(start: usize, end: usize) -> Span {
    Span::new(
        u32::try_from(start).unwrap_or(u32::MAX),
        u32::try_from(end).unwrap_or(u32::MAX),
    )
}

/// The mistake of a file that is too large.
pub(crate) fn too_large(text: &str) -> SyntaxError {
    let message = format!(
        "the file is too large: {} bytes, and at most {MAX_FILE} (16 MiB) are read",
        text.len()
    );
    SyntaxError::new(
        SyntaxErrorKind::FileTooLarge,
        Span::new(0, 0),
        message,
        "this file",
    )
    .with_help("split it into several files and join them with `use`")
}

/// The text with every forbidden character replaced by blanks of the same length, so that all offsets stay and the parser
/// need not stumble over them, and a mistake for each of them (at most [`MAX_ERRORS`]).
pub(crate) fn without_forbidden(text: &str) -> (Cow<'_, str>, Vec<SyntaxError>) {
    let mut errors = Vec::new();
    let mut clean = Cow::Borrowed(text);
    let mut at = 0;
    while let Some(found) = next_suspect(text.as_bytes(), at) {
        let Some(c) = text[found..].chars().next() else {
            break;
        };
        at = found + c.len_utf8();
        let Some(name) = forbidden(text, found, c) else {
            continue;
        };
        if !(found == 0 && c == BYTE_ORDER_MARK) && errors.len() < MAX_ERRORS {
            errors.push(bad_character(found, c, name));
        }
        let blank = " ".repeat(c.len_utf8());
        clean.to_mut().replace_range(found..at, &blank);
    }
    (clean, errors)
}

/// The next byte at or after `at` that may begin a forbidden character: a control, or the first byte of a group of
/// characters that contains one.
fn next_suspect(bytes: &[u8], at: usize) -> Option<usize> {
    let suspect = |b: u8| {
        (b < b' ' && b != b'\n' && b != b'\t')
            || b == 0x7F
            || matches!(b, 0xC2 | 0xD8 | 0xE2 | 0xEF)
    };
    bytes[at..].iter().position(|&b| suspect(b)).map(|n| at + n)
}

/// What a forbidden character is called; `None` for the others.
fn forbidden(text: &str, at: usize, c: char) -> Option<&'static str> {
    match c {
        '\0' => Some("a NUL character"),
        '\r' if text.as_bytes().get(at + 1) == Some(&b'\n') => None,
        '\r' => Some("a carriage return without a line feed"),
        BYTE_ORDER_MARK => Some("a byte order mark inside the file"),
        '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{061C}' => Some("a character that changes the direction of text"),
        '\u{2028}' | '\u{2029}' => Some("a Unicode line separator"),
        '\n' | '\t' => None,
        _ if c.is_control() => Some("a control character"),
        _ => None,
    }
}

fn bad_character(at: usize, c: char, name: &str) -> SyntaxError {
    let code = format!("U+{:04X}", u32::from(c));
    let help = match c {
        '\r' => "end lines with a line feed, or with carriage return and line feed",
        BYTE_ORDER_MARK => "it may only be the first character of a file; remove it here",
        '\u{0}'..='\u{1F}' | '\u{7F}' => {
            "remove it; lines end with a line feed, and columns are made with blanks or tabs"
        }
        _ => {
            "remove it; it makes a line look different from what it says, so it is refused in comments and texts too"
        }
    };
    SyntaxError::new(
        SyntaxErrorKind::Character,
        span(at, at + c.len_utf8()),
        format!("{code} is not allowed: {name}"),
        format!("{code} here"),
    )
    .with_help(help)
}
