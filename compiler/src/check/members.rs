//! Families in laws. What a law *requires* of a member, it requires of every one: there the member number is a variable like
//! any other. What some member *fulfils* is different: a law may not be told broken because one member does not. Here are the
//! ways in which a law can be fulfilled.
//!
//! Members that lie apart at even distances are found by division: at an address only one can be in question. Others are
//! found by asking: the law is decided with the members that are known to matter, and where a case breaks it, every member
//! is tried in that case; one that fulfils the law there is added to those that matter.

use super::{Checker, Law, not_proved};
use crate::model::ItemId;
use crate::prove::{Undecided, Verdict};
use crate::term::{Evaluation, TermId, VarId};

/// How often members are looked for before a law counts as not decided.
const ROUNDS: u32 = 64;

/// Some member fulfils a condition.
#[derive(Debug, Clone)]
struct SomeMember {
    /// The member number in `condition`.
    var: VarId,
    /// The first member.
    low: TermId,
    /// One past the last.
    high: TermId,
    condition: TermId,
    /// Members that matter.
    witnesses: Vec<TermId>,
}

/// Conditions of which one is enough.
#[derive(Debug, Clone, Default)]
pub(super) struct Ways {
    plain: Vec<TermId>,
    some: Vec<SomeMember>,
}

impl Ways {
    /// A condition in which no member is left open.
    pub(super) fn add(&mut self, condition: TermId) {
        self.plain.push(condition);
    }

    /// A condition about an item; for a family, one that some member has to fulfil. `place` is where a member begins and the
    /// bytes that it has, and the address that the condition is about, when it is about one.
    pub(super) fn add_for(
        &mut self,
        checker: &mut Checker<'_>,
        id: ItemId,
        condition: TermId,
        place: Option<(TermId, TermId, TermId)>,
    ) {
        let Some(family) = &checker.model.item(id).family else {
            return self.plain.push(condition);
        };
        let mut witnesses = vec![family.low];
        if let Some((origin, size, address)) = place
            && let Some(at) = member_at(checker, id, origin, size, address)
        {
            if at.only {
                let found = checker.terms.substituted(condition, family.var, at.member);
                return self.plain.push(found);
            }
            witnesses = vec![at.member];
        }
        self.some.push(SomeMember {
            var: family.var,
            low: family.low,
            high: family.high,
            condition,
            witnesses,
        });
    }

    /// The condition that one of the ways is open, with the members that matter so far.
    pub(super) fn any(&self, checker: &mut Checker<'_>) -> TermId {
        let mut all = self.plain.clone();
        for some in &self.some {
            for &witness in &some.witnesses {
                all.push(checker.terms.substituted(some.condition, some.var, witness));
            }
        }
        checker.terms.any(&all)
    }

    /// The condition that one of the ways is open, written out: every member, up to `most` of a family.
    pub(super) fn each(mut self, checker: &mut Checker<'_>, most: i128) -> TermId {
        for some in &mut self.some {
            let mut hulls = checker.hulls();
            let low = hulls.of(&checker.terms, some.low).map_or(0, |(low, _)| low);
            let high = hulls
                .of(&checker.terms, some.high)
                .map_or(low, |(_, high)| high);
            let members = (low..high).take(usize::try_from(most).unwrap_or(usize::MAX));
            some.witnesses = members.map(|at| checker.terms.constant(at)).collect();
        }
        self.any(checker)
    }

    /// The law that under `under` one of the ways is open. `None` when it could not be decided, which is reported.
    pub(super) fn law(
        mut self,
        checker: &mut Checker<'_>,
        under: TermId,
        law: impl Fn(TermId) -> Law,
    ) -> Option<Law> {
        for _ in 0..ROUNDS {
            let goal = self.any(checker);
            if self.some.is_empty() {
                return Some(law(goal));
            }
            let Verdict::Refuted(shown) = checker.verdict(under, goal) else {
                return Some(law(goal));
            };
            if !self.learn(checker, &shown.values) {
                return Some(law(goal));
            }
        }
        checker.summary.undecided += 1;
        checker.report(not_proved::diagnostic(
            &law(TermId::TRUE),
            Undecided::Budget(ROUNDS),
        ));
        None
    }

    /// Finds a member that opens a way in a case. False when none does.
    fn learn(&mut self, checker: &mut Checker<'_>, values: &[i128]) -> bool {
        for some in &mut self.some {
            let bounds = (
                checker.terms.eval(some.low, values),
                checker.terms.eval(some.high, values),
            );
            let (Ok(low), Ok(high)) = bounds else {
                continue;
            };
            let mut values = values.to_vec();
            let found = (low..high).find(|&member| {
                values[some.var.index()] = member;
                Evaluation::new(&checker.terms, &values).get(some.condition) == Ok(1)
            });
            if let Some(member) = found {
                some.witnesses.push(checker.terms.constant(member));
                return true;
            }
        }
        false
    }
}

/// The member of a family that may hold an address.
struct Found {
    member: TermId,
    /// No other member can: each ends before the next begins.
    only: bool,
}

/// The member of a family that comes into question at `address`, where members begin at even distances: the last one whose
/// `origin` is not above it. Each has `size` bytes.
fn member_at(
    checker: &mut Checker<'_>,
    id: ItemId,
    origin: TermId,
    size: TermId,
    address: TermId,
) -> Option<Found> {
    let family = checker.model.item(id).family.clone()?;
    let stride = checker.terms.slope(origin, family.var)?;
    let bounds = |checker: &Checker<'_>, term| checker.hulls().of(&checker.terms, term);
    let (least, most) = bounds(checker, stride)?;
    let terms = &mut checker.terms;
    let first = terms.substituted(origin, family.var, TermId::FALSE);
    let (member, step) = match (least, most) {
        (1.., _) => {
            let distance = terms.sub(address, first);
            (terms.div(distance, stride), stride)
        }
        (_, ..=-1) => {
            let (distance, step) = (terms.sub(first, address), terms.neg(stride));
            (terms.ceil_div(distance, step), step)
        }
        _ => return None,
    };
    let (member, last) = (terms.max(member, family.low), terms.plus(family.high, -1));
    let member = terms.min(member, last);
    let room = terms.sub(step, size);
    let only = bounds(checker, room).is_some_and(|(least, _)| least >= 0);
    Some(Found { member, only })
}

/// The addresses of all members of a family that lie side by side, and when there are members: `None` when they do not, or
/// when a member may be missing.
pub(super) fn side_by_side(
    checker: &mut Checker<'_>,
    id: ItemId,
    origin: TermId,
    size: TermId,
) -> Option<(TermId, (TermId, TermId))> {
    let item = checker.model.item(id);
    let family = item.family.as_ref()?;
    let exists = item.exists;
    let terms = &mut checker.terms;
    if terms.vars(&[exists, size]).contains(&family.var) {
        return None;
    }
    let stride = terms.slope(origin, family.var)?;
    let backward = terms.neg(stride);
    let first = terms.substituted(origin, family.var, family.low);
    let some = terms.lt(family.low, family.high);
    let exists = terms.and(exists, some);
    if stride == size {
        let past = terms.substituted(origin, family.var, family.high);
        Some((exists, (first, past)))
    } else if backward == size {
        let last = terms.plus(family.high, -1);
        let last = terms.substituted(origin, family.var, last);
        let past = terms.add(first, size);
        Some((exists, (last, past)))
    } else {
        None
    }
}
