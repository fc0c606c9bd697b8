//! Pieces of a source in messages.

/// Longer pieces of a text are cut in messages.
const LONGEST_SHOWN: usize = 40;

/// The text as it is, cut when it is long.
#[must_use]
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Text of a source in backquotes, cut when it is long, and with its number when it is one character that is no ASCII.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) if !only.is_ascii() => format!("`{only}` (U+{:04X})", u32::from(only)),
        _ => format!("`{}`", cut(text)),
    }
}
