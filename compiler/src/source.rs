//! Source texts: where they come from, and places in them. Besides `cli`, only this module touches
//! files.

mod files;
mod input;
mod load;

pub mod file_too_large;
pub mod not_utf8;
pub mod too_many_files;
pub mod use_cycle;
pub mod use_not_found;
pub mod use_outside;
pub mod use_unreadable;

pub use files::{Disk, Files, Memory, ReadError};
pub use input::{Input, InputError, split_variant};
pub use load::{Loaded, MAX_BYTES, MAX_FILES, ParsedFile, load};

use crate::diagnostic::Page;
use mapwright_grammar::ast::Span;

/// The diagnostic codes of this stage.
pub const PAGES: &[&Page] = &[
    &file_too_large::PAGE,
    &not_utf8::PAGE,
    &too_many_files::PAGE,
    &use_cycle::PAGE,
    &use_not_found::PAGE,
    &use_outside::PAGE,
    &use_unreadable::PAGE,
];

/// A source text in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A place in a source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Loc {
    /// Which text.
    pub file: FileId,
    /// Which bytes of it.
    pub span: Span,
}

/// One source text.
#[derive(Debug, Clone)]
pub struct Source {
    /// How it is named in messages: a path as given, `std:linux/i386`, `<stdin>`, or `--set RAM`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// All source texts of a compilation, by [`FileId`].
#[derive(Debug, Clone, Default)]
pub struct Sources {
    texts: Vec<Source>,
}

impl Sources {
    /// Adds a text.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.texts.push(Source {
            name: name.into(),
            text: text.into(),
        });
        FileId(u32::try_from(self.texts.len() - 1).expect("fewer than 2^32 files"))
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The text of an id.
    #[must_use]
    pub fn get(&self, id: FileId) -> &Source {
        &self.texts[id.0 as usize]
    }

    /// The text of an id, when there is one.
    #[must_use]
    pub fn find(&self, id: FileId) -> Option<&Source> {
        self.texts.get(id.0 as usize)
    }

    /// The words at a place.
    #[must_use]
    pub fn slice(&self, loc: Loc) -> &str {
        let bytes = loc.span.start as usize..loc.span.end as usize;
        self.get(loc.file).text.get(bytes).unwrap_or("")
    }

    /// Line and column (both from 1, the column in characters) of a byte offset.
    #[must_use]
    pub fn line_column(&self, file: FileId, offset: u32) -> (usize, usize) {
        let text = &self.get(file).text;
        let before = text.get(..offset as usize).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (line, before[start..].chars().count() + 1)
    }

    /// A place as `file:line:column`.
    #[must_use]
    pub fn place_text(&self, loc: Loc) -> String {
        let (line, column) = self.line_column(loc.file, loc.span.start);
        format!("{}:{line}:{column}", self.get(loc.file).name)
    }
}
