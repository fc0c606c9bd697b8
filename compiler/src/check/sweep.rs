//! Which of many stretches of addresses may meet: most are seen to be apart by cheap bounds, most of the others by their
//! order, so that few pairs are left to ask about.

use super::{Case, Checker};
use crate::model::ItemId;
use crate::prove::Verdict;
use crate::term::{Evaluation, TermId};

/// More pairs at fixed places than this are not listed: a file that is wrong everywhere stays quick.
const ENOUGH: usize = 1_000;

/// More stretches than this are not kept open at once; those that end last are.
const OPEN: usize = 64;

/// A half-open stretch of addresses that belongs to an item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// Whose it is.
    pub(super) id: ItemId,
    /// When it is there.
    pub(super) exists: TermId,
    /// Its first address.
    pub(super) start: TermId,
    /// One past its last.
    pub(super) end: TermId,
    /// True when it stands for every member of a family.
    pub(super) family: bool,
}

impl Stretch {
    /// The range of an item.
    pub(super) fn of(checker: &mut Checker<'_>, id: ItemId) -> Option<Self> {
        let range = checker.model.item(id).range?;
        let exists = checker.exists(id);
        let family = checker.model.item(id).family.is_some();
        Some(Self {
            id,
            exists,
            start: range.start.term,
            end: range.end.term,
            family,
        })
    }

    fn fixed(&self, checker: &Checker<'_>) -> bool {
        let constant = |term: TermId| checker.terms.as_const(term).is_some();
        self.exists == TermId::TRUE && !self.family && constant(self.start) && constant(self.end)
    }
}

/// Pairs of stretches that may meet, each with the lower place in `all` first.
#[derive(Debug, Default)]
pub(super) struct Meetings {
    /// These do, whatever the parameters are.
    pub(super) certain: Vec<(usize, usize)>,
    /// These could; neighbours come first.
    pub(super) possible: Vec<(usize, usize)>,
    /// How many laws it took to see that the others do not.
    pub(super) proved: usize,
}

/// Finds the pairs that may meet.
pub(super) fn meetings(checker: &mut Checker<'_>, all: &[Stretch]) -> Meetings {
    let mut found = Meetings::default();
    for cluster in clusters(checker, all) {
        if cluster.iter().all(|&at| all[at].fixed(checker)) {
            fixed(checker, all, &cluster, &mut found);
        } else {
            match in_order(checker, all, &cluster) {
                Some(proved) => found.proved += proved,
                None => every_pair(checker, all, &cluster, &mut found),
            }
        }
    }
    found
}

/// Sorts stretches by the lowest start that they may have and joins those whose bounds meet; each cluster in the order of
/// the starts for the default values.
fn clusters(checker: &Checker<'_>, all: &[Stretch]) -> Vec<Vec<usize>> {
    let mut hulls = checker.hulls();
    let mut reach: Vec<(i128, i128, usize)> = Vec::with_capacity(all.len());
    for (at, stretch) in all.iter().enumerate() {
        let low = hulls
            .of(&checker.terms, stretch.start)
            .map_or(i128::MIN, |(low, _)| low);
        let high = hulls
            .of(&checker.terms, stretch.end)
            .map_or(i128::MAX, |(_, high)| high);
        reach.push((low, high, at));
    }
    reach.sort_unstable();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut end = i128::MIN;
    for (low, high, at) in reach {
        match groups.last_mut() {
            Some(group) if low < end => group.push(at),
            _ => groups.push(vec![at]),
        }
        end = end.max(high);
    }
    groups.retain(|group| group.len() > 1);
    let mut evaluation = Evaluation::new(&checker.terms, checker.defaults());
    for group in &mut groups {
        group.sort_by_cached_key(|&at| {
            let stretch = all[at];
            (
                evaluation.get(stretch.start).unwrap_or(0),
                evaluation.get(stretch.end).unwrap_or(0),
                at,
            )
        });
    }
    groups
}

/// Stretches at fixed places: one sweep finds who meets whom.
fn fixed(checker: &Checker<'_>, all: &[Stretch], cluster: &[usize], found: &mut Meetings) {
    let mut open: Vec<(i128, usize)> = Vec::new();
    for &at in cluster {
        let value = |term: TermId| checker.terms.as_const(term).unwrap_or(0);
        let (start, end) = (value(all[at].start), value(all[at].end));
        if start >= end {
            continue;
        }
        open.retain(|&(other_end, _)| other_end > start);
        found.proved += usize::from(open.is_empty());
        if found.certain.len() < ENOUGH {
            found.certain.extend(
                open.iter()
                    .map(|&(_, other)| (other.min(at), other.max(at))),
            );
        }
        open.push((end, at));
        if open.len() > OPEN {
            let first_to_end = (0..open.len()).min_by_key(|&n| open[n].0).unwrap_or(0);
            open.swap_remove(first_to_end);
        }
    }
}

/// Proves that each stretch ends before the next one starts. What may not exist is stepped over: two stretches are compared
/// under the condition that none between them exists. The number of laws when all of that is proved; then no two meet.
fn in_order(checker: &mut Checker<'_>, all: &[Stretch], cluster: &[usize]) -> Option<usize> {
    let mut proved = 0;
    for (place, &first) in cluster.iter().enumerate() {
        let first = all[first];
        let mut under = first.exists;
        for &second in &cluster[place + 1..] {
            let second = all[second];
            let both = checker.terms.and(under, second.exists);
            let goal = checker.terms.le(first.end, second.start);
            if checker.verdict(both, goal) != Verdict::Proved {
                return None;
            }
            proved += 1;
            if second.exists == TermId::TRUE {
                break;
            }
            // A family exists for some member numbers, not for the one that a comparison looks at.
            if !second.family {
                let absent = checker.terms.not(second.exists);
                under = checker.terms.and(under, absent);
            }
        }
    }
    Some(proved)
}

/// Every two whose bounds meet, nearest first.
fn every_pair(checker: &Checker<'_>, all: &[Stretch], cluster: &[usize], found: &mut Meetings) {
    let mut hulls = checker.hulls();
    let mut reach = |at: usize| {
        let low = hulls
            .of(&checker.terms, all[at].start)
            .map_or(i128::MIN, |(low, _)| low);
        let high = hulls
            .of(&checker.terms, all[at].end)
            .map_or(i128::MAX, |(_, high)| high);
        (low, high)
    };
    let reach: Vec<(i128, i128)> = cluster.iter().map(|&at| reach(at)).collect();
    for distance in 1..cluster.len() {
        for first in 0..cluster.len() - distance {
            let second = first + distance;
            if reach[first].0 < reach[second].1 && reach[second].0 < reach[first].1 {
                let (a, b) = (cluster[first], cluster[second]);
                found.possible.push((a.min(b), a.max(b)));
            }
        }
    }
}

/// `[a, b)` and `[c, d)` share nothing.
pub(super) fn disjoint(
    checker: &mut Checker<'_>,
    (a, b): (TermId, TermId),
    (c, d): (TermId, TermId),
) -> TermId {
    let terms = &mut checker.terms;
    let all = [
        terms.le(b, c),
        terms.le(d, a),
        terms.ge(a, b),
        terms.ge(c, d),
    ];
    terms.any(&all)
}

/// The case of something that holds whatever the parameters are.
pub(super) fn every_case(checker: &Checker<'_>) -> Case {
    Case {
        values: checker.defaults().to_vec(),
        uses: Vec::new(),
        law: TermId::FALSE,
        always: true,
        smallest: true,
    }
}
