//! Which places there are: families become their members, what does not exist goes.

use super::{MAX_MEMBERS, MAX_PLACES, range_here, too_many_places, undefined_here};
use crate::diagnostic::Diagnostic;
use crate::model::{Item, ItemId, Model};
use crate::term::Evaluation;
use mapwright_runtime::Range;

/// A place that exists in this instance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Existing {
    /// Its item.
    pub(super) item: ItemId,
    /// Its member number, in a family.
    pub(super) member: Option<i128>,
    /// Its addresses.
    pub(super) range: Range,
}

/// Messages about more items than this are left out.
const MOST_MESSAGES: usize = 20;

/// All places, in the order of the items and members.
pub(super) fn places(model: &Model, values: &[i128]) -> Result<Vec<Existing>, Vec<Diagnostic>> {
    let mut expansion = Expansion {
        model,
        evaluation: Evaluation::new(&model.terms, values.to_vec()),
        places: Vec::new(),
        diagnostics: Vec::new(),
        values,
    };
    // Families last: moving their variables forgets what is known.
    let ids = || (0..).map(ItemId).take(model.items.len());
    for id in ids().filter(|id| model.item(*id).family.is_none()) {
        expansion.single(id);
    }
    for id in ids().filter(|id| model.item(*id).family.is_some()) {
        expansion.family(id);
    }
    expansion
        .places
        .sort_by_key(|place| (place.item, place.member));
    match expansion.diagnostics.is_empty() {
        true => Ok(expansion.places),
        false => Err(expansion.diagnostics),
    }
}

struct Expansion<'a> {
    model: &'a Model,
    evaluation: Evaluation<'a>,
    places: Vec<Existing>,
    diagnostics: Vec<Diagnostic>,
    values: &'a [i128],
}

impl Expansion<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_MESSAGES {
            self.diagnostics.push(diagnostic);
        }
    }

    fn single(&mut self, id: ItemId) {
        if let Some(range) = self.range(id) {
            self.add(id, None, range);
        }
    }

    fn family(&mut self, id: ItemId) {
        let item = self.model.item(id);
        let Some(family) = &item.family else {
            return;
        };
        let ends = (
            self.evaluation.get(family.low),
            self.evaluation.get(family.high),
        );
        let (low, high) = match ends {
            (Ok(low), Ok(high)) => (low, high),
            (Err(no), _) | (_, Err(no)) => {
                let what = format!("the number of members of `{}`", item.name);
                let wrong = undefined_here::of(self.model, self.values, &what, no, family.loc);
                return self.report(wrong);
            }
        };
        if high.saturating_sub(low) > MAX_MEMBERS {
            let count = high.saturating_sub(low);
            let wrong =
                too_many_places::members(self.model, self.values, &item.name, count, family.loc);
            return self.report(wrong);
        }
        for member in low..high {
            self.evaluation.set(family.var, member);
            if let Some(range) = self.range(id) {
                self.add(id, Some(member), range);
            }
        }
    }

    fn add(&mut self, item: ItemId, member: Option<i128>, range: Range) {
        if self.places.len() < MAX_PLACES {
            self.places.push(Existing {
                item,
                member,
                range,
            });
        } else if self.diagnostics.is_empty() {
            let loc = self.model.item(item).name_loc;
            self.report(too_many_places::places(loc));
        }
    }

    /// The range of an item or of the member that is set; `None` when it does not exist here.
    fn range(&mut self, id: ItemId) -> Option<Range> {
        let item: &Item = self.model.item(id);
        match self.evaluation.get(item.exists) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(no) => {
                let what = format!("the condition of `{}`", item.name);
                let loc = item.when_loc.unwrap_or(item.name_loc);
                self.report(undefined_here::of(self.model, self.values, &what, no, loc));
                return None;
            }
        }
        let extent = item.range?;
        let mut end_of = |num: crate::model::Num, which: &str| match self.evaluation.get(num.term) {
            Ok(value) => Some(value),
            Err(no) => {
                let what = format!("`{}.{which}`", item.name);
                self.report(undefined_here::of(
                    self.model,
                    self.values,
                    &what,
                    no,
                    num.loc,
                ));
                None
            }
        };
        let (start, end) = (end_of(extent.start, "start")?, end_of(extent.end, "end")?);
        if start == end && item.optional {
            return None;
        }
        let unsigned = (u128::try_from(start).ok(), u128::try_from(end).ok());
        let range = match unsigned {
            (Some(start), Some(end)) => Range::from_start_end(start, end),
            _ => None,
        };
        if range.is_none() {
            let wrong = range_here::of(self.model, self.values, item, (start, end), extent.loc);
            self.report(wrong);
        }
        range
    }
}
