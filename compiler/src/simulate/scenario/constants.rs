//! Numbers, ranges and words that are known before a run.

use mapwright_runtime::Range;
use toml::de::DeTable;

use super::document::{Item, Reader, Text, get};
use super::scope::Scope;
use crate::simulate::evaluate::constant;
use crate::simulate::expression::{self, Expression};
use crate::simulate::scenario_value;

/// Reads what is constant; numbers may name what the layout names.
pub(crate) struct Constants<'r, 't, 's, 'l> {
    pub(crate) reader: &'r mut Reader<'t>,
    pub(crate) scope: &'s Scope<'l>,
}

impl Constants<'_, '_, '_, '_> {
    /// A number from `least` to `most`.
    pub(crate) fn number(&mut self, item: Item<'_, '_>, least: u64, most: u64) -> Option<u64> {
        let (expression, text) = self.reader.expression(item)?;
        let value = self.constant(&expression, &text)?;
        let found = u64::try_from(value).ok();
        let found = found.filter(|value| (least..=most).contains(value));
        if found.is_none() {
            let message = format!("{value} is not from {least} to {most}");
            self.reader
                .wrong(scenario_value::wrong(message, "out of range", text.loc));
        }
        found
    }

    fn constant(&mut self, expression: &Expression, text: &Text) -> Option<i128> {
        let before = self.reader.found.len();
        self.scope.check(self.reader, expression, text, None);
        if self.reader.found.len() > before {
            return None;
        }
        match constant(self.scope.layout, expression) {
            Ok(value) => Some(value),
            Err(why) => {
                self.reader
                    .wrong(scenario_value::wrong(why, "here", text.loc));
                None
            }
        }
    }

    pub(crate) fn key(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        least: u64,
        most: u64,
    ) -> Option<u64> {
        let (_, item) = get(table, key)?;
        self.number(item, least, most)
    }

    /// `"START .. END"` or `"START .. +SIZE"`.
    pub(crate) fn range(&mut self, item: Item<'_, '_>) -> Option<Range> {
        let text = self.reader.text(item)?;
        let (start, end, sized) = match expression::parse_range(&text.text) {
            Ok(range) => range,
            Err(mistake) => return self.reader.mistake(&text, mistake),
        };
        let start = self.constant(&start, &text)?;
        let end = self.constant(&end, &text)?;
        let end = if sized {
            start.checked_add(end)
        } else {
            Some(end)
        };
        let range = end.and_then(|end| {
            let (start, end) = (u128::try_from(start).ok()?, u128::try_from(end).ok()?);
            Range::from_start_end(start, end)
        });
        if range.is_none() {
            let message = format!("`{}` is empty, inverted or outside 0 .. 2^64", text.text);
            self.reader
                .wrong(scenario_value::wrong(message, "no range", text.loc));
        }
        range
    }

    pub(crate) fn word<T: Copy>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let (_, item) = get(table, key)?;
        let text = self.reader.text(item)?;
        let found = words.iter().find(|(word, _)| *word == text.text);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let what = format!("`{key}`");
            let wrong = scenario_value::word(&what, &text.text, known, text.loc);
            self.reader.wrong(wrong);
        }
        found.map(|(_, value)| *value)
    }
}
