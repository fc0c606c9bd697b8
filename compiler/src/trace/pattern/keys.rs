//! The keys of a pattern's text.

use super::{Order, PatternError};
use mapwright_grammar::read_number;

/// `key=value` pairs, and which keys were asked for.
pub(super) struct Keys<'a> {
    pairs: Vec<(&'a str, &'a str, bool)>,
    known: Vec<&'static str>,
}

impl<'a> Keys<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, PatternError> {
        let mut pairs: Vec<(&str, &str, bool)> = Vec::new();
        let parts = text.split(',').map(str::trim);
        for part in parts.filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let (key, value) = (key.trim(), value.trim());
            if pairs.iter().any(|pair| pair.0 == key) {
                return Err(PatternError::Twice { key: key.into() });
            }
            pairs.push((key, value, false));
        }
        Ok(Self {
            pairs,
            known: Vec::new(),
        })
    }

    fn take(&mut self, key: &'static str) -> Option<&'a str> {
        self.known.push(key);
        let pair = self.pairs.iter_mut().find(|pair| pair.0 == key)?;
        pair.2 = true;
        Some(pair.1)
    }

    /// A number from `least` to `most`.
    pub(super) fn number(
        &mut self,
        key: &'static str,
        default: u64,
        least: u64,
        most: u64,
    ) -> Result<u64, PatternError> {
        let Some(value) = self.take(key) else {
            return Ok(default);
        };
        let number = read_number(value).map_err(|error| PatternError::Number {
            key: key.into(),
            error,
        })?;
        let number = u64::try_from(number.value).ok();
        let number = number.filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| PatternError::Value {
            key: key.into(),
            value: value.into(),
            expected: format!("a number from {least} to {most}"),
        })
    }

    pub(super) fn order(&mut self) -> Result<Order, PatternError> {
        match self.take("order") {
            None | Some("rows") => Ok(Order::Rows),
            Some("columns") => Ok(Order::Columns),
            Some("tiles") => Ok(Order::Tiles),
            Some(value) => Err(PatternError::Value {
                key: "order".into(),
                value: value.into(),
                expected: "`rows`, `columns` or `tiles`".into(),
            }),
        }
    }

    /// No key is left that nobody asked for.
    pub(super) fn finish(self) -> Result<(), PatternError> {
        match self.pairs.iter().find(|pair| !pair.2) {
            None => Ok(()),
            Some((key, ..)) => Err(PatternError::Key {
                key: (*key).into(),
                known: self.known,
            }),
        }
    }
}
