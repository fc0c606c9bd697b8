//! Linear windows in pieces: a view that says something of its own (rights, a memory type) is a piece of its own, and the window
//! around it is without it.

use super::Checker;
use super::frames::{Shown, children, linear_windows};
use crate::model::{Item, ItemId, Target};

/// Every linear window, and every view that `says` something itself; each without the views inside it that do.
pub(super) fn pieces(checker: &mut Checker<'_>, says: fn(&Item) -> bool) -> Vec<Shown> {
    let mut found = Vec::new();
    for window in linear_windows(checker) {
        gather(checker, window.id, says, &mut found);
    }
    found
}

fn gather(checker: &mut Checker<'_>, id: ItemId, says: fn(&Item) -> bool, found: &mut Vec<Shown>) {
    let Some(mut shown) = Shown::of(checker, id) else {
        return;
    };
    let mut open = vec![id];
    while let Some(next) = open.pop() {
        for child in children(checker, next) {
            let item = checker.model.item(child);
            if !matches!(item.target, Target::View) {
                continue;
            }
            if says(item) {
                shown.without.push(child);
                gather(checker, child, says, found);
            } else {
                open.push(child);
            }
        }
    }
    found.push(shown);
}
