//! # not-utf8
//!
//! A file is not UTF-8.
//!
//! Layout files are UTF-8 text. A byte that is not part of a UTF-8 character means that the file
//! was saved in another encoding (Latin-1, UTF-16), or is no text at all.
//!
//! Rejected: a file that contains the byte 0xE9, which is `é` in Latin-1:
//!
//! ```text
//! // r<E9>serve
//! ```
//!
//! What to do: convert it: `iconv -f latin1 -t utf-8 old.layout > new.layout`.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::{FileId, Loc};
use mapwright_grammar::ast::Span;

/// Its page.
pub const PAGE: Page = Page {
    code: "not-utf8",
    title: "a file is not UTF-8 text",
    source: include_str!("not_utf8.rs"),
};

/// The byte at `offset` of a file begins no character. In the source text a replacement character
/// of three bytes stands there. `used` is the `use` line that led here.
pub(crate) fn at(file: FileId, offset: usize, byte: u8, used: Option<Loc>) -> Diagnostic {
    let start = u32::try_from(offset).unwrap_or(u32::MAX);
    let span = Span::new(start, start.saturating_add(3));
    let message = format!("byte {offset} is 0x{byte:02X}, which is not UTF-8");
    let mut diagnostic = Diagnostic::error(&PAGE, message)
        .at(Loc { file, span }, "not UTF-8 from here")
        .help("save the file as UTF-8, or convert it with iconv");
    if let Some(used) = used {
        diagnostic = diagnostic.also(used, "used here");
    }
    diagnostic
}
