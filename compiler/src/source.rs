//! Source texts: where they come from, and places in them. Besides `cli`, only this module touches files.

mod files;
mod input;

pub use files::{Disk, Files, Memory, ReadError};
pub use input::{Input, InputError, split_variant};

use mapwright_grammar::ast::Span;

/// The largest file, in bytes.
pub const MAX_BYTES: u64 = mapwright_grammar::MAX_FILE as u64;

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

/// What a source text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A file, a bundled file, or a text that was given in the place of one.
    File,
    /// `NAME=VALUE`, from an argument or a scenario.
    Setting,
    /// The name of a variant, from an argument.
    Variant,
}

/// One source text.
#[derive(Debug, Clone)]
pub struct Source {
    /// What it is.
    pub origin: Origin,
    /// How it is named in messages: a path as given, `std:linux/i386`, `<stdin>`, `--set` or `variant`.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Where its lines begin, and how many characters precede every [`BLOCK`]th byte: places in it
    /// are found quickly, however many there are and however long its lines.
    index: Index,
}

/// The distance in bytes between counted places.
const BLOCK: usize = 1024;

#[derive(Debug, Clone, Default)]
struct Index {
    lines: Vec<usize>,
    characters: Vec<usize>,
}

/// How many characters begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    // All bytes of a character but the first are 0b10xx_xxxx.
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

impl Source {
    fn new(origin: Origin, name: String, text: String) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        let mut counted = vec![0];
        for block in bytes.chunks(BLOCK) {
            counted.push(counted[counted.len() - 1] + characters(block));
        }
        let index = Index {
            lines: lines.collect(),
            characters: counted,
        };
        Self {
            origin,
            name,
            text,
            index,
        }
    }

    /// How many characters begin before the byte at `offset`.
    fn characters_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let block = offset / BLOCK;
        self.index.characters[block] + characters(&self.text.as_bytes()[block * BLOCK..offset])
    }
}

/// All source texts of a compilation, by [`FileId`].
#[derive(Debug, Clone, Default)]
pub struct Sources {
    texts: Vec<Source>,
}

impl Sources {
    /// Adds the text of a file.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.push(Origin::File, name.into(), text.into())
    }

    /// Adds a setting, `NAME=VALUE`.
    pub fn add_setting(&mut self, text: impl Into<String>) -> FileId {
        self.push(Origin::Setting, "--set".into(), text.into())
    }

    /// Adds the name of a variant that was asked for.
    pub fn add_variant(&mut self, name: impl Into<String>) -> FileId {
        self.push(Origin::Variant, "variant".into(), name.into())
    }

    fn push(&mut self, origin: Origin, name: String, text: String) -> FileId {
        self.texts.push(Source::new(origin, name, text));
        FileId(u32::try_from(self.texts.len() - 1).expect("fewer than 2^32 files"))
    }

    /// Gives a text another content.
    pub(crate) fn replace(&mut self, id: FileId, text: String) {
        let source = &mut self.texts[id.0 as usize];
        *source = Source::new(source.origin, std::mem::take(&mut source.name), text);
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
        let source = self.get(file);
        let offset = offset as usize;
        let line = source.index.lines.partition_point(|start| *start <= offset);
        let start = source.index.lines[line - 1];
        let column = source.characters_before(offset) - source.characters_before(start);
        (line, column + 1)
    }

    /// A place as `file:line:column`.
    #[must_use]
    pub fn place_text(&self, loc: Loc) -> String {
        let (line, column) = self.line_column(loc.file, loc.span.start);
        format!("{}:{line}:{column}", self.get(loc.file).name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_counted_in_characters() {
        let mut text = String::from("a\n\u{e9}\u{20ac}x\n\nlast");
        text.push_str(&"\u{e9}".repeat(2000));
        text.push('z');
        let mut sources = Sources::default();
        let file = sources.add("t", text.as_str());
        for (offset, c) in text.char_indices() {
            let before = &text[..offset];
            let line = before.matches('\n').count() + 1;
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            let expected = (line, before[start..].chars().count() + 1);
            let offset = u32::try_from(offset).expect("short");
            assert_eq!(
                sources.line_column(file, offset),
                expected,
                "{c:?} at {offset}"
            );
        }
        let end = u32::try_from(text.len()).expect("short");
        assert_eq!(sources.line_column(file, end), (4, 2006));
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK] {
            let file = sources.add("t", "x".repeat(length));
            let end = u32::try_from(length).expect("short");
            assert_eq!(sources.line_column(file, end), (1, length + 1));
            assert_eq!(sources.line_column(file, end + 99), (1, length + 1));
        }
        let empty = sources.add_setting("");
        let loc = Loc {
            file: empty,
            span: Span::new(0, 0),
        };
        assert_eq!(sources.place_text(loc), "--set:1:1");
    }
}
