//! Values that have a name in the generated code, and how the variables of terms are written.

use crate::emit::bounds::Bounds;
use crate::term::{TermId, VarId};
use std::collections::BTreeMap;

/// A named value.
#[derive(Debug, Clone)]
pub(in crate::emit) struct Known {
    /// Its name: a constant's or a function's.
    pub(in crate::emit) name: String,
    /// True for a function of the boot parameters.
    pub(in crate::emit) boot: bool,
    /// True when it is an `i64` or `i128`.
    pub(in crate::emit) wide: bool,
    /// True when it is an `i64`.
    pub(in crate::emit) signed: bool,
    /// Its bounds.
    pub(in crate::emit) bounds: Bounds,
    /// Where it is declared among all values.
    pub(in crate::emit) position: usize,
}

/// A variable as it is written.
#[derive(Debug, Clone)]
pub(in crate::emit) enum VarText {
    /// A field of `Boot`.
    Field {
        /// The field.
        name: String,
        /// Its type.
        kind: VarKind,
    },
    /// The member number of a family.
    Member {
        /// The function's parameter.
        name: String,
        /// True when it is an `i128`.
        wide: bool,
    },
}

/// The type of a field of `Boot`.
#[derive(Debug, Clone)]
pub(in crate::emit) enum VarKind {
    /// `u64`
    Word,
    /// `i64`
    Signed,
    /// `i128`
    Wide,
    /// `bool`
    Bool,
    /// An enum: its choices.
    Choice(Vec<String>),
}

/// The atoms of a sum with their coefficients, sorted.
type Parts = Vec<(TermId, i128)>;

/// All of them.
#[derive(Debug, Default)]
pub(in crate::emit) struct NameTable {
    /// By the parts of their sums: values that differ by a constant are together.
    classes: BTreeMap<Parts, Vec<(i128, Known)>>,
    /// The keys of `classes` by their first part.
    by_first: BTreeMap<(TermId, i128), Vec<Parts>>,
    /// Constant addresses; the first name of each.
    addresses: BTreeMap<i128, String>,
    vars: BTreeMap<VarId, VarText>,
}

/// A named value that is a part of a sum.
#[derive(Debug)]
pub(in crate::emit) struct Found {
    pub(in crate::emit) known: Known,
    /// What is added besides.
    pub(in crate::emit) distance: i128,
    /// The parts that it does not have.
    pub(in crate::emit) rest: Vec<(TermId, i128)>,
}

/// Below this, an address in a sum is more likely a distance that happens to be equal.
pub(in crate::emit) const LOWEST_ADDRESS: i128 = 0x10_0000;

impl NameTable {
    /// Names the value `parts + constant`.
    pub(in crate::emit) fn add(
        &mut self,
        parts: Vec<(TermId, i128)>,
        constant: i128,
        known: Known,
    ) {
        let class = self.classes.entry(parts.clone()).or_default();
        if let (true, Some(&first)) = (class.is_empty(), parts.first()) {
            self.by_first.entry(first).or_default().push(parts);
        }
        class.push((constant, known));
    }

    /// Names a constant address.
    pub(in crate::emit) fn add_address(&mut self, value: i128, name: &str) {
        if value >= LOWEST_ADDRESS {
            self.addresses
                .entry(value)
                .or_insert_with(|| name.to_owned());
        }
    }

    /// Says how a variable is written.
    pub(in crate::emit) fn add_var(&mut self, var: VarId, text: VarText) {
        self.vars.insert(var, text);
    }

    /// The name of a constant address.
    pub(in crate::emit) fn address(&self, value: i128) -> Option<&str> {
        self.addresses.get(&value).map(String::as_str)
    }

    /// How a variable is written.
    pub(in crate::emit) fn var(&self, var: VarId) -> Option<&VarText> {
        self.vars.get(&var)
    }

    /// True for a variable of type `bool`.
    pub(in crate::emit) fn is_bool(&self, var: VarId) -> bool {
        matches!(
            self.var(var),
            Some(VarText::Field {
                kind: VarKind::Bool,
                ..
            })
        )
    }

    /// The path of a choice, for a variable of an enum.
    pub(in crate::emit) fn choice(&self, var: VarId, value: i128) -> Option<String> {
        match self.var(var) {
            Some(VarText::Field {
                kind: VarKind::Choice(choices),
                ..
            }) => choices.get(usize::try_from(value).ok()?).cloned(),
            _ => None,
        }
    }

    /// The named value nearest to `parts + constant`, declared before `before`, and what is to be added to it. A lone
    /// variable is its own name.
    pub(in crate::emit) fn nearest(
        &self,
        parts: &[(TermId, i128)],
        constant: i128,
        before: usize,
        wide: bool,
    ) -> Option<(Known, i128)> {
        let class = self.classes.get(parts)?;
        let usable = class
            .iter()
            .filter(|(_, known)| known.position < before && (wide || !known.wide));
        let at_distance =
            usable.filter_map(|(at, known)| Some((constant.checked_sub(*at)?, known)));
        let (distance, known) =
            at_distance.min_by_key(|(distance, known)| (self.rank(*distance), known.position))?;
        Some((known.clone(), distance))
    }

    /// What reads best beside a name: nothing, a named address, a short distance.
    fn rank(&self, distance: i128) -> (bool, u128) {
        let named = self.addresses.contains_key(&distance.saturating_abs());
        (distance != 0 && !named, distance.unsigned_abs())
    }

    /// The named value with most of these parts and no others, what is to be added to it, and the parts that are left.
    pub(in crate::emit) fn most(
        &self,
        parts: &[(TermId, i128)],
        constant: i128,
        wide: bool,
    ) -> Option<Found> {
        let keys = parts
            .iter()
            .filter_map(|first| self.by_first.get(first))
            .flatten();
        let inside = keys
            .filter(|key| key.len() < parts.len() && key.iter().all(|part| parts.contains(part)));
        let mut best: Option<Found> = None;
        for key in inside {
            if best
                .as_ref()
                .is_some_and(|best| parts.len() - best.rest.len() >= key.len())
            {
                continue;
            }
            if let Some((known, distance)) = self.nearest(key, constant, usize::MAX, wide) {
                let rest = parts
                    .iter()
                    .filter(|part| !key.contains(part))
                    .copied()
                    .collect();
                best = Some(Found {
                    known,
                    distance,
                    rest,
                });
            }
        }
        best
    }
}
