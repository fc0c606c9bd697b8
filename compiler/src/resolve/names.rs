//! The one namespace of a layout: what every name stands for.

use crate::model::{EnumId, FormatId, ItemId, SpaceId};
use crate::source::Loc;
use mapwright_grammar::words::{FUNCTIONS, KINDS};
use std::collections::BTreeMap;

/// What a name stands for. Numbers are places in the lists of [`super::Resolved`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// A parameter.
    Param(usize),
    /// A named value.
    Let(usize),
    /// An enum.
    Enum(EnumId),
    /// A page-table format.
    Format(FormatId),
    /// A space.
    Space(SpaceId),
    /// A part, zone, window, or any other range.
    Item(ItemId),
    /// An x86 segment.
    Segment,
}

/// A name with what it stands for, in words, and where it is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// What it stands for.
    pub name: Name,
    /// The noun for it: `parameter`, `window`.
    pub noun: &'static str,
    /// Where it is declared.
    pub loc: Loc,
}

/// All names.
#[derive(Debug, Clone, Default)]
pub struct Names {
    by_text: BTreeMap<String, Meaning>,
    /// True when names may be missing that were meant to be there: a used file was not found.
    pub incomplete: bool,
    /// The names of items that could not be parsed.
    pub broken: Vec<String>,
}

impl Names {
    /// What a name stands for.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Meaning> {
        self.by_text.get(name).copied()
    }

    /// Adds a name, unless it is taken: then what has it already.
    pub fn add(&mut self, name: &str, meaning: Meaning) -> Result<(), Meaning> {
        if let Some(taken) = self.get(name) {
            return Err(taken);
        }
        self.by_text.insert(name.to_owned(), meaning);
        Ok(())
    }

    /// Every name, in alphabetical order.
    pub fn all(&self) -> impl Iterator<Item = (&str, Meaning)> {
        self.by_text
            .iter()
            .map(|(name, meaning)| (name.as_str(), *meaning))
    }

    /// True when `name` was declared by something that has had its message, so that not finding
    /// it is no news.
    #[must_use]
    pub fn excused(&self, name: &str) -> bool {
        self.incomplete || self.broken.iter().any(|broken| broken == name)
    }
}

/// What a built-in word means, when `name` is one.
#[must_use]
pub fn built_in(name: &str) -> Option<&'static str> {
    if FUNCTIONS.iter().any(|(function, _)| *function == name) {
        return Some("a function");
    }
    if KINDS.contains(&name) {
        return Some("a kind of number");
    }
    match name {
        "page" => Some("the page size in `table of ... per page`"),
        "default" => Some("the layout with every parameter at its default"),
        _ => None,
    }
}
