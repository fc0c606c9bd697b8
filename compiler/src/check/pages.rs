//! Page sizes and formats of spaces.

use super::Checker;
use crate::model::{Format, SpaceId};
use crate::term::TermId;
use mapwright_runtime::paging::{self, FormatSpec};

/// The page size that stands for pages where no format says one, in bytes.
pub(super) const DEFAULT_PAGE: i128 = 4096;

/// A page-table format of a space, with the condition under which it is in force.
#[derive(Debug, Clone, Copy)]
pub(super) struct InForce<'m> {
    /// When.
    pub(super) when: TermId,
    /// Its declaration.
    pub(super) format: &'m Format,
    /// Its data, which obeys the laws of formats.
    pub(super) spec: &'m FormatSpec,
}

impl InForce<'_> {
    /// The size of its smallest page in bytes.
    pub(super) fn page(&self) -> i128 {
        self.spec
            .levels
            .last()
            .map_or(DEFAULT_PAGE, |level| i128::from(level.span()))
    }

    /// What one entry of its top table covers, in bytes.
    pub(super) fn top_entry(&self) -> i128 {
        self.spec
            .levels
            .first()
            .map_or(DEFAULT_PAGE, |level| i128::from(level.span()))
    }

    /// The sizes of the pages that it can map, smallest first, in bytes.
    pub(super) fn leaf_sizes(&self) -> Vec<i128> {
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

/// The formats of a space that are not broken.
pub(super) fn formats<'m>(checker: &Checker<'m>, space: SpaceId) -> Vec<InForce<'m>> {
    let model = checker.model;
    let named = model
        .space(space)
        .paging
        .iter()
        .map(|&(when, id)| (when, &model.formats[id.index()]));
    named
        .filter_map(|(when, format)| {
            format
                .spec
                .as_ref()
                .map(|spec| InForce { when, format, spec })
        })
        .filter(|in_force| paging::Format::new(in_force.spec.clone()).is_ok())
        .collect()
}

/// The page sizes of a space: of its own format, or of those of the spaces that are translated into it. Empty when there are
/// no page tables.
pub(super) fn page_sizes(checker: &Checker<'_>, space: SpaceId) -> Vec<(TermId, i128)> {
    let mut sizes: Vec<(TermId, i128)> = Vec::new();
    let mut add =
        |space: SpaceId| sizes.extend(formats(checker, space).iter().map(|f| (f.when, f.page())));
    add(space);
    if checker.model.space(space).paging.is_empty() {
        for (at, other) in checker.model.spaces.iter().enumerate() {
            if other.to == Some(space) {
                add(SpaceId(at as u32));
            }
        }
    }
    match sizes.first() {
        // The cases of a space cover everything: one size in all of them needs no conditions.
        Some(&(_, size))
            if sizes.iter().all(|&(_, other)| other == size) && whole(checker, space) =>
        {
            vec![(TermId::TRUE, size)]
        }
        _ => sizes,
    }
}

/// True when every space that gives a page size to `space` has one in every case.
fn whole(checker: &Checker<'_>, space: SpaceId) -> bool {
    let model = checker.model;
    let complete = |at: SpaceId| formats(checker, at).len() == model.space(at).paging.len();
    complete(space)
        && (0..model.spaces.len())
            .all(|at| model.spaces[at].to != Some(space) || complete(SpaceId(at as u32)))
}

/// The page size of a space as a number: 4096 where no format says another.
pub(super) fn page_term(checker: &mut Checker<'_>, space: SpaceId) -> TermId {
    let mut page = checker.terms.constant(DEFAULT_PAGE);
    for (when, size) in page_sizes(checker, space) {
        let size = checker.terms.constant(size);
        page = checker.terms.choose(when, size, page);
    }
    page
}

/// The smallest page of a space, for advice about places: 1 when it has no pages.
pub(super) fn granule(checker: &Checker<'_>, space: SpaceId) -> i128 {
    page_sizes(checker, space)
        .into_iter()
        .map(|(_, size)| size)
        .min()
        .unwrap_or(1)
}
