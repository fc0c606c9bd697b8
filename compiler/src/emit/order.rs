//! Walking terms without recursion: chains of definitions may be deeper than a thread's stack.

use crate::term::{TermId, Terms};

/// `root` and everything below it, children before parents, leaving out what is `known` and what is below that only.
pub(crate) fn below(terms: &Terms, root: TermId, known: impl Fn(TermId) -> bool) -> Vec<TermId> {
    let mut found = std::collections::BTreeSet::new();
    let mut stack = vec![root];
    while let Some(id) = stack.pop() {
        if !known(id) && found.insert(id) {
            terms.for_children(id, |child| stack.push(child));
        }
    }
    // A child has a smaller id than its parent.
    found.into_iter().collect()
}
