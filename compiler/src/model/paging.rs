//! Pages of spaces: the one answer to "how large is a page of this space", for everything that asks. Evaluation (`.page`,
//! `.pages`, fixed slots, `per page`), the laws, pictures and generated constants all get it from here, by way of
//! [`Space::pages`](crate::model::Space::pages).
//!
//! A space with page tables has the pages of its own format: the smallest that an entry maps, the offset below the last
//! level's index. A space without has the pages of the spaces that are translated into it: frames are handed out for their
//! pages. Where those differ, a frame has to serve the largest, and since all are powers of two, what is on a page of the
//! largest is on a page of every other. Where nothing has page tables, pages of 4K stand for pages.
//!
//! Formats depend on parameters, so an answer has cases. The size as one term is [`Pages::size`]; laws that must hold in each
//! case ask for [`Pages::sound`].

use crate::model::{Format, FormatId, Model, SpaceId};
use crate::term::{TermId, Terms};
use mapwright_runtime::paging::{self, FormatSpec};

/// The page size of a space that no page tables have to do with, in bytes.
pub const PLAIN_PAGE: i128 = 4096;

/// A page-table format of a space, with the condition under which it is in force.
#[derive(Debug, Clone, Copy)]
pub struct InForce<'m> {
    /// When.
    pub when: TermId,
    /// Its declaration.
    pub format: &'m Format,
    /// Its data, which obeys the laws of formats.
    pub spec: &'m FormatSpec,
}

impl InForce<'_> {
    /// What one entry of its top table covers, in bytes.
    #[must_use]
    pub fn top_entry(&self) -> i128 {
        let top = self.spec.levels.first();
        top.map_or(PLAIN_PAGE, |level| i128::from(level.span()))
    }

    /// The sizes of the pages that it can map, smallest first, in bytes.
    #[must_use]
    pub fn leaf_sizes(&self) -> Vec<i128> {
        let leaves = self
            .spec
            .levels
            .iter()
            .filter(|level| level.forms.iter().any(|form| form.leaf));
        let mut sizes: Vec<i128> = leaves.map(|level| i128::from(level.span())).collect();
        sizes.sort_unstable();
        sizes
    }
}

/// The formats of a space that obey the laws of formats, in the order written.
#[must_use]
pub fn formats(model: &Model, space: SpaceId) -> Vec<InForce<'_>> {
    let cases = model.space(space).paging.iter();
    let named = cases.map(|&(when, id)| (when, &model.formats[id.index()]));
    named
        .filter_map(|(when, format)| {
            let spec = format.spec.as_ref()?;
            is_lawful(spec).then_some(InForce { when, format, spec })
        })
        .collect()
}

fn is_lawful(spec: &FormatSpec) -> bool {
    paging::Format::new(spec.clone()).is_ok()
}

/// The spaces whose formats say how large a page of `space` is: itself when it has page tables, otherwise those that are
/// translated into it, through others without page tables too. `to` and `has_tables` run over all spaces.
#[must_use]
pub fn deciding(space: SpaceId, to: &[Option<SpaceId>], has_tables: &[bool]) -> Vec<SpaceId> {
    let mut seen = vec![false; to.len()];
    let mut open = vec![space];
    while let Some(next) = open.pop() {
        if std::mem::replace(&mut seen[next.index()], true) || has_tables[next.index()] {
            continue;
        }
        let into = (0..).map(SpaceId).zip(to);
        open.extend(into.filter(|(_, to)| **to == Some(next)).map(|(id, _)| id));
    }
    let all = (0..).map(SpaceId).zip(seen);
    all.filter(|&(id, seen)| seen && has_tables[id.index()])
        .map(|(id, _)| id)
        .collect()
}

/// The size of the pages of a space, for every case of the formats that decide it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// Their conditions exclude each other and cover everything. Empty where nothing has page tables.
    cases: Vec<Case>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Case {
    when: TermId,
    bytes: i128,
    /// Whether the formats behind it obey the laws of formats.
    lawful: bool,
}

impl Pages {
    /// Of a space that no page tables have to do with.
    pub const PLAIN: Self = Self { cases: Vec::new() };

    /// Of a space with these formats, or of those with the same pages. `None` when a format was wrong and has no data.
    #[must_use]
    pub fn of(
        terms: &mut Terms,
        formats: &[Format],
        paging: &[(TermId, FormatId)],
    ) -> Option<Self> {
        let mut pages = Self::PLAIN;
        for &(when, format) in paging {
            let spec = formats[format.index()].spec.as_ref()?;
            let bits = spec.levels.last()?.index.lo;
            let bytes = 1 << bits.min(63);
            let lawful = is_lawful(spec);
            pages.add(
                terms,
                Case {
                    when,
                    bytes,
                    lawful,
                },
            );
        }
        Some(pages.simplified())
    }

    /// Of a space that both kinds of pages have to do with: the larger ones, in every case.
    #[must_use]
    pub fn larger(self, other: Self, terms: &mut Terms) -> Self {
        if self.cases.is_empty() || self == other {
            return other;
        }
        if other.cases.is_empty() {
            return self;
        }
        let mut both = Self::PLAIN;
        for a in &self.cases {
            for b in &other.cases {
                let case = Case {
                    when: terms.and(a.when, b.when),
                    bytes: a.bytes.max(b.bytes),
                    lawful: a.lawful && b.lawful,
                };
                both.add(terms, case);
            }
        }
        both.simplified()
    }

    /// Adds a case; cases of one size are one.
    fn add(&mut self, terms: &mut Terms, case: Case) {
        let same = |old: &&mut Case| old.bytes == case.bytes && old.lawful == case.lawful;
        match self.cases.iter_mut().find(same) {
            _ if case.when == TermId::FALSE => {}
            Some(old) => old.when = terms.or(old.when, case.when),
            None => self.cases.push(case),
        }
    }

    /// The cases cover everything: a single one needs no condition.
    fn simplified(mut self) -> Self {
        if let [only] = &mut self.cases[..] {
            only.when = TermId::TRUE;
        }
        self
    }

    /// True where page tables say how large a page is.
    #[must_use]
    pub fn are_said(&self) -> bool {
        !self.cases.is_empty()
    }

    /// The size in bytes as one term: [`PLAIN_PAGE`] where no page tables say it.
    #[must_use]
    pub fn size(&self, terms: &mut Terms) -> TermId {
        let mut cases = self.cases.iter().rev();
        let last = cases.next().map_or(PLAIN_PAGE, |case| case.bytes);
        let mut size = terms.constant(last);
        for case in cases {
            let bytes = terms.constant(case.bytes);
            size = terms.choose(case.when, bytes, size);
        }
        size
    }

    /// When there are pages of how many bytes; cases in which a format breaks the laws of formats are left out. Empty where
    /// nothing has page tables.
    pub fn sound(&self) -> impl Iterator<Item = (TermId, i128)> + '_ {
        let lawful = self.cases.iter().filter(|case| case.lawful);
        lawful.map(|case| (case.when, case.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::VarId;

    fn pages(cases: &[(TermId, i128)]) -> Pages {
        let lawful = |&(when, bytes)| Case {
            when,
            bytes,
            lawful: true,
        };
        Pages {
            cases: cases.iter().map(lawful).collect(),
        }
    }

    #[test]
    fn who_decides() {
        // linear (tables) -> physical -> machine <- bus; alone
        let ids = |list: &[u32]| list.iter().map(|&id| SpaceId(id)).collect::<Vec<_>>();
        let to = [Some(1), Some(2), None, Some(2), None].map(|to| to.map(SpaceId));
        let tables = [true, false, false, false, false];
        assert_eq!(deciding(SpaceId(0), &to, &tables), ids(&[0]));
        assert_eq!(deciding(SpaceId(1), &to, &tables), ids(&[0]));
        assert_eq!(deciding(SpaceId(2), &to, &tables), ids(&[0]));
        assert_eq!(deciding(SpaceId(3), &to, &tables), ids(&[]));
        assert_eq!(deciding(SpaceId(4), &to, &tables), ids(&[]));
        // A second master of the bus; tables on the way stop the search.
        let tables = [true, true, false, true, false];
        assert_eq!(deciding(SpaceId(2), &to, &tables), ids(&[1, 3]));
        // Spaces that are translated in a circle have had their message.
        let circle = [Some(SpaceId(1)), Some(SpaceId(0))];
        assert_eq!(deciding(SpaceId(0), &circle, &[false, false]), ids(&[]));
    }

    #[test]
    fn the_larger_pages_in_every_case() {
        let mut terms = Terms::new();
        let (a, b) = (terms.var(VarId(0)), terms.var(VarId(1)));
        let (not_a, not_b) = (terms.not(a), terms.not(b));
        let one = pages(&[(a, 4096), (not_a, 16384)]);
        let two = pages(&[(b, 4096), (not_b, 65536)]);
        let both = one.clone().larger(two, &mut terms);
        let size = both.size(&mut terms);
        for (values, bytes) in [
            ([1, 1], 4096),
            ([0, 1], 16384),
            ([1, 0], 65536),
            ([0, 0], 65536),
        ] {
            assert_eq!(terms.eval(size, &values), Ok(bytes));
            let holding = both
                .sound()
                .filter(|&(when, _)| terms.eval(when, &values) != Ok(0));
            assert_eq!(holding.map(|(_, bytes)| bytes).collect::<Vec<_>>(), [bytes]);
        }
        assert_eq!(one.clone().larger(Pages::PLAIN, &mut terms), one);
        assert_eq!(Pages::PLAIN.larger(one.clone(), &mut terms), one);
        let plain = Pages::PLAIN.size(&mut terms);
        assert_eq!(terms.as_const(plain), Some(PLAIN_PAGE));
    }
}
