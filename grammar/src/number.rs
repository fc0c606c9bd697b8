//! Numbers as they are written: the one reader of them, for layout files and for everything else that takes a number
//! (arguments of the command line, scenarios, patterns, descriptions of TLBs). What one of them takes all take, with the
//! same words for what is none.

use std::fmt;

use crate::quote::{cut, quote};

/// The letters that may follow a decimal number; the first is worth 2^10, each further one 2^10 times the one before.
const SUFFIXES: &str = "KMGTPE";

/// A number as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// Its value, suffix applied; never negative.
    pub value: i128,
    /// True when a suffix made it a size in bytes.
    pub sized: bool,
}

/// Why a text is no number, in the words that every reader uses. Shown as one sentence: the message, `;` and the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberError {
    /// The headline, without a full stop.
    pub message: String,
    /// A few words for the place itself.
    pub label: &'static str,
    /// A way out.
    pub help: String,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}

impl std::error::Error for NumberError {}

impl NumberError {
    /// The text is spelt in no way that numbers are.
    fn spelling(text: &str) -> Self {
        if is_fraction(text) {
            return Self::fraction();
        }
        Self {
            message: format!("{} is not a number", quote(text)),
            label: "not a number",
            help: advice(text),
        }
    }

    /// The number goes on behind a decimal point.
    pub(crate) fn fraction() -> Self {
        Self {
            message: "numbers have no fraction".to_owned(),
            label: "not a whole number",
            help: "use a smaller unit: `1536M`".to_owned(),
        }
    }

    /// The number that is spelt `text` does not fit in 127 bits.
    #[must_use]
    pub fn too_large(text: &str) -> Self {
        Self {
            message: format!("the number {} is too large", cut(text)),
            label: "does not fit in 127 bits",
            help: "no address has more than 64 bits: is there a digit too many?".to_owned(),
        }
    }
}

/// Reads a number that takes up the whole of `text`: `4096`, `4K`, `0x1000`, `0b1010`, `0o17`. `_` may group digits;
/// K, M, G, T, P and E behind a decimal number stand for 2^10, 2^20, ... 2^60.
///
/// # Errors
/// What is wrong with it: it is spelt otherwise, or does not fit in 127 bits.
pub fn read_number(text: &str) -> Result<Number, NumberError> {
    let (radix, digits) = match text.get(..2) {
        Some("0x") => (16, &text[2..]),
        Some("0o") => (8, &text[2..]),
        Some("0b") => (2, &text[2..]),
        _ => (10, text),
    };
    let last = digits.chars().next_back();
    let suffix = last.filter(|_| radix == 10).and_then(|c| SUFFIXES.find(c));
    let (digits, shift) = match suffix {
        Some(at) => (&digits[..digits.len() - 1], 10 * (at + 1)),
        None => (digits, 0),
    };
    let is_digit = |c: char| c.is_digit(radix);
    // Only a prefix may be followed by `_`: `_1` is a name.
    let begins = digits.starts_with(is_digit) || radix != 10 && digits.contains(is_digit);
    if !begins || !digits.chars().all(|c| is_digit(c) || c == '_') {
        return Err(NumberError::spelling(text));
    }
    let mut value = Some(0_i128);
    for digit in digits.chars().filter_map(|c| c.to_digit(radix)) {
        value = value.and_then(|value| value.checked_mul(radix.into())?.checked_add(digit.into()));
    }
    let value = value.and_then(|value| value.checked_mul(1 << shift));
    match value {
        Some(value) => Ok(Number {
            value,
            sized: suffix.is_some(),
        }),
        None => Err(NumberError::too_large(text)),
    }
}

/// True for `1.5G`: digits, a point, digits, and perhaps letters.
fn is_fraction(text: &str) -> bool {
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    text.split_once('.')
        .is_some_and(|(whole, rest)| digit(whole) && digit(rest) && !rest.contains('.'))
}

/// What to write instead.
fn advice(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let suffix = &lower[digits.len()..];
    if let Some(rest) = ["0x", "0b", "0o"]
        .iter()
        .find_map(|prefix| lower.strip_prefix(prefix))
    {
        return if rest.is_empty() {
            "digits are missing".to_owned()
        } else if text.as_bytes()[1].is_ascii_uppercase() {
            format!("write the prefix small: `{}`", &lower[..2])
        } else if lower.starts_with("0x") {
            "after `0x` stand 0-9 and A-F; size suffixes go with decimal numbers only".to_owned()
        } else {
            "after `0b` stand 0 and 1, after `0o` stand 0 to 7".to_owned()
        };
    }
    let unit = suffix
        .trim_end_matches("ib")
        .trim_end_matches('b')
        .to_ascii_uppercase();
    if plain && unit.len() == 1 && SUFFIXES.contains(&unit) {
        return format!("write `{digits}{unit}`: the suffixes are K M G T P E, and K is 1024");
    }
    if plain && suffix == "b" {
        return format!("bytes need no suffix: write `{digits}`");
    }
    let hexadecimal = |b: u8| b.is_ascii_hexdigit() || b == b'_';
    let has_digit = lower.bytes().any(|b| b.is_ascii_digit());
    if has_digit && lower.trim_end_matches('h').bytes().all(hexadecimal) {
        return "hexadecimal numbers begin with `0x`".to_owned();
    }
    "a number is `4096`, `4K`, `0x1000`, `0b1010` or `0o17`; digits may be grouped with `_`"
        .to_owned()
}
