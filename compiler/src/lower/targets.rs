//! What windows of an instance show.

use super::instance::Instance;
use super::spaces::space_id;
use crate::model::{Item, Num, Target};
use mapwright_runtime::layout as rt;

impl Instance<'_> {
    pub(super) fn target(&mut self, item: &Item) -> rt::Target {
        let what = |of: &str| format!("{of} of `{}`", item.name);
        match &item.target {
            Target::None | Target::Poisoned => rt::Target::None,
            Target::View => rt::Target::View,
            Target::Linear { space, at, repeat } => rt::Target::Linear {
                space: space_id(*space),
                at: self.linear_at(*at, &what("the target")),
                repeat: repeat.map(|repeat| self.small(repeat, &what("`repeat`"))),
            },
            Target::Pages { from, or_device } => rt::Target::Pages {
                zones: self.ids(from),
                or_device: *or_device,
                guard: item
                    .attrs
                    .guard
                    .map_or(0, |guard| self.small(guard, &what("`guard`"))),
            },
            Target::Slots { count, from } => rt::Target::Slots {
                count: self.small(*count, &what("the number of slots")),
                zones: self.ids(from),
            },
            Target::Fixed { slots } => rt::Target::Fixed {
                slots: self.slots(slots),
            },
            Target::Device { of } => rt::Target::Device { of: self.ids(of) },
            Target::Table { element, per, of } => rt::Target::Table {
                element: self.small(*element, &what("the element")),
                per: self.small(*per, &what("`per`")),
                of: space_id(*of),
            },
            Target::Tables { of, entry, .. } => rt::Target::Tables {
                of: space_id(*of),
                entry: self.small(*entry, &what("the entry")),
            },
        }
    }

    /// Where a linear window begins in its target, modulo 2^64.
    fn linear_at(&mut self, at: Num, what: &str) -> u64 {
        let value = self.value(at.term, at.loc, what);
        let wraps = (-(1_i128 << 64)..0).contains(&value);
        let value = if wraps { value + (1 << 64) } else { value };
        self.fits(value, at.loc, what)
    }

    /// Groups without a slot are left out: the numbers of the others are the same.
    fn slots(&mut self, slots: &[crate::model::Slot]) -> Vec<rt::FixedSlot> {
        let mut all = Vec::with_capacity(slots.len());
        for slot in slots {
            let what = format!("the number of slots `{}`", slot.name);
            let count = self.small(slot.count, &what);
            let first = self.value(slot.first, slot.loc, &what);
            let first_index = self.fits(first, slot.loc, &what);
            if count > 0 {
                all.push(rt::FixedSlot {
                    name: slot.name.clone(),
                    count,
                    first_index,
                });
            }
        }
        all
    }
}
