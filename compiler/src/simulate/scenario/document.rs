//! TOML with places: tables whose unknown keys are refused, and values that are what was asked for.

use std::ops::Range;

use mapwright_grammar::ast::Span;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Diagnostic;
use crate::simulate::expression::{self, Comparison, Expression, Mistake};
use crate::simulate::{scenario_key, scenario_value};
use crate::source::{FileId, Loc};

/// A value with its place.
pub(crate) type Item<'t, 'i> = &'t toml::Spanned<DeValue<'i>>;

/// Reads one file and collects what is wrong with it.
#[derive(Debug)]
pub(crate) struct Reader<'t> {
    /// The file.
    file: FileId,
    text: &'t str,
    /// What is wrong, in the order found.
    pub(crate) found: Vec<Diagnostic>,
}

/// A text with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// The text.
    pub(crate) text: String,
    /// The whole value, quotes included.
    pub(crate) loc: Loc,
    /// Where its first byte is, when it is written as it reads.
    inner: Option<u32>,
}

impl Text {
    /// Another text that is read instead of this one, and stands in its place.
    pub(crate) fn replaced(self, text: String) -> Self {
        let inner = None;
        Self {
            text,
            inner,
            ..self
        }
    }

    /// The place of some of its bytes, as near as can be said.
    pub(crate) fn part(&self, at: (usize, usize)) -> Loc {
        let offset = |at: usize| Some(self.inner?.saturating_add(u32::try_from(at).ok()?));
        match (offset(at.0), offset(at.1)) {
            (Some(start), Some(end)) => Loc {
                file: self.loc.file,
                // The end of a text is where its quote is.
                span: Span::new(start, end.max(start + 1)),
            },
            _ => self.loc,
        }
    }
}

impl<'t> Reader<'t> {
    pub(crate) fn new(file: FileId, text: &'t str) -> Self {
        Self {
            file,
            text,
            found: Vec::new(),
        }
    }

    /// The place of a range of bytes.
    pub(crate) fn loc(&self, range: Range<usize>) -> Loc {
        // Files have at most 16 MiB.
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Loc {
            file: self.file,
            span: Span::new(offset(range.start), offset(range.end)),
        }
    }

    /// Notes a mistake.
    pub(crate) fn wrong(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Refuses the keys of a table that are not among the known ones. `of` says of what the keys are.
    pub(crate) fn only(&mut self, table: &DeTable<'_>, known: &[&str], of: &str) {
        for (key, _) in table.iter() {
            if !known.contains(&key.get_ref().as_ref()) {
                let loc = self.loc(key.span());
                self.wrong(scenario_key::unknown(key.get_ref(), known, of, loc));
            }
        }
    }

    /// A table, or a mistake.
    pub(crate) fn table<'v, 'i>(&mut self, item: Item<'v, 'i>) -> Option<&'v DeTable<'i>> {
        match item.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => self.not(item, "a table"),
        }
    }

    /// The items of an array, or a mistake.
    pub(crate) fn array<'v, 'i>(&mut self, item: Item<'v, 'i>) -> Option<Vec<Item<'v, 'i>>> {
        match item.get_ref() {
            DeValue::Array(array) => Some(array.iter().collect()),
            _ => self.not(item, "an array"),
        }
    }

    /// The items of an array, or a single one.
    pub(crate) fn one_or_more<'v, 'i>(&mut self, item: Item<'v, 'i>) -> Vec<Item<'v, 'i>> {
        match item.get_ref() {
            DeValue::Array(array) => array.iter().collect(),
            _ => vec![item],
        }
    }

    /// `true` or `false`, or a mistake.
    pub(crate) fn flag(&mut self, item: Item<'_, '_>) -> Option<bool> {
        match item.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.not(item, "true or false"),
        }
    }

    /// A text, or a mistake.
    pub(crate) fn text(&mut self, item: Item<'_, '_>) -> Option<Text> {
        let DeValue::String(text) = item.get_ref() else {
            return self.not(item, "a text in quotes");
        };
        let range = item.span();
        let written = self.text.get(range.clone()).unwrap_or("");
        // One quote on each side, or three, with or without a line break behind the first ones.
        let quotes = [(1, 1), (3, 3), (4, 3), (5, 3)];
        let inner = quotes.into_iter().find_map(|(before, after)| {
            let inside = written.get(before..written.len().checked_sub(after)?)?;
            (inside == text).then_some(range.start + before)
        });
        Some(Text {
            text: text.to_string(),
            inner: inner.map(|start| self.loc(start..start).span.start),
            loc: self.loc(range),
        })
    }

    /// A number: an integer of TOML, or an expression in quotes.
    pub(crate) fn expression(&mut self, item: Item<'_, '_>) -> Option<(Expression, Text)> {
        if let DeValue::Integer(integer) = item.get_ref() {
            let text = Text {
                text: integer.to_string(),
                loc: self.loc(item.span()),
                inner: None,
            };
            let value = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
            return match value {
                Some(value) => {
                    let kind = expression::Kind::Number(value);
                    Some((Expression { kind, at: (0, 0) }, text))
                }
                None => self.not(item, "a number of at most 127 bits"),
            };
        }
        let DeValue::String(_) = item.get_ref() else {
            return self.not(item, "a number, such as 4096, 0x1000, \"4K\" or \"a + 4K\"");
        };
        let text = self.text(item)?;
        match expression::parse(&text.text) {
            Ok(expression) => Some((expression, text)),
            Err(mistake) => self.mistake(&text, mistake),
        }
    }

    /// A comparison in quotes.
    pub(crate) fn comparison(&mut self, item: Item<'_, '_>) -> Option<(Comparison, Text)> {
        let text = self.text(item)?;
        match expression::parse_comparison(&text.text) {
            Ok(comparison) => Some((comparison, text)),
            Err(mistake) => self.mistake(&text, mistake),
        }
    }

    /// What is wrong inside a text.
    pub(crate) fn mistake<T>(&mut self, text: &Text, mistake: Mistake) -> Option<T> {
        let loc = text.part(mistake.at);
        self.wrong(scenario_value::expression(&mistake, loc));
        None
    }

    /// The value is not what was wanted.
    pub(crate) fn not<T>(&mut self, item: Item<'_, '_>, wanted: &str) -> Option<T> {
        let loc = self.loc(item.span());
        let is = kind(item.get_ref());
        self.wrong(scenario_value::kind(wanted, is, loc));
        None
    }
}

/// The value of a key with the key's own place.
pub(crate) fn get<'t, 'i>(
    table: &'t DeTable<'i>,
    key: &str,
) -> Option<(Range<usize>, Item<'t, 'i>)> {
    let (found, item) = table.get_key_value(key)?;
    Some((found.span(), item))
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
