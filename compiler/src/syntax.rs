//! Mistakes in the text of a file, as the parser finds them.

pub mod character;
pub mod file_too_large;
pub mod loose_doc;
pub mod nesting;
pub mod not_utf8;
pub mod unexpected;

use crate::diagnostic::{Diagnostic, Page};
use crate::source::{FileId, Loc};
use mapwright_grammar::{SyntaxError, SyntaxErrorKind};

/// The diagnostic codes of this stage.
pub const PAGES: &[&Page] = &[
    &character::PAGE,
    &file_too_large::PAGE,
    &loose_doc::PAGE,
    &nesting::PAGE,
    &not_utf8::PAGE,
    &unexpected::PAGE,
];

/// The codes of files of which nothing could be read.
pub const UNREAD: &[&Page] = &[&file_too_large::PAGE, &not_utf8::PAGE];

/// The diagnostic of a parser's error: its words are the parser's, its code and page are here.
#[must_use]
pub fn diagnostic(file: FileId, error: &SyntaxError) -> Diagnostic {
    let page = match error.kind {
        SyntaxErrorKind::Unexpected => &unexpected::PAGE,
        SyntaxErrorKind::Nesting => &nesting::PAGE,
        SyntaxErrorKind::FileTooLarge => &file_too_large::PAGE,
        SyntaxErrorKind::Character => &character::PAGE,
        SyntaxErrorKind::Encoding => &not_utf8::PAGE,
        SyntaxErrorKind::LooseDoc => &loose_doc::PAGE,
    };
    let span = error.span;
    let mut diagnostic =
        Diagnostic::error(page, &error.message).at(Loc { file, span }, &error.label);
    diagnostic.help.extend(error.help.clone());
    diagnostic
}
