//! Pages and levels of tables: what a space's paging format says about an address.

use super::expr::{Scope, Value};
use super::{Evaluator, kind_mismatch, unknown_field, unknown_level};
use crate::model::paging::{self, Pages};
use crate::model::{FormatId, Kind, SpaceId};
use crate::source::Loc;
use crate::term::TermId;
use mapwright_grammar::ast::{Expr, ExprKind};
use mapwright_runtime::paging::Slice;

impl Evaluator<'_> {
    /// The spaces whose formats say how large a page of `space` is.
    pub(super) fn paged_spaces(&self, space: SpaceId) -> Vec<SpaceId> {
        let spaces = self.decls.spaces.iter();
        let (to, has_tables): (Vec<_>, Vec<_>) = spaces
            .map(|space| (space.what.to, space.what.paging.is_some()))
            .unzip();
        paging::deciding(space, &to, &has_tables)
    }

    /// All spaces with paging.
    pub(super) fn all_paged(&self) -> Vec<SpaceId> {
        let spaces = self.decls.spaces.iter().zip(0..);
        let paged = spaces.filter(|(space, _)| space.what.paging.is_some());
        paged.map(|(_, at)| SpaceId(at)).collect()
    }

    /// How large the pages of a space are. `None` when a format is wrong.
    pub(super) fn pages(&mut self, space: SpaceId) -> Option<Pages> {
        let mut pages = Pages::PLAIN;
        for space in self.paged_spaces(space) {
            let cases = self.paging[space.index()].as_ref()?;
            let its = Pages::of(&mut self.model.terms, &self.model.formats, cases)?;
            pages = pages.larger(its, &mut self.model.terms);
        }
        Some(pages)
    }

    /// The size of the pages of a space in bytes. `None` when a format is wrong.
    pub(super) fn page_size(&mut self, space: SpaceId) -> Option<TermId> {
        if let Some(size) = self.page_sizes[space.index()] {
            return Some(size);
        }
        let size = self.pages(space)?.size(&mut self.model.terms);
        self.page_sizes[space.index()] = Some(size);
        Some(size)
    }

    /// The size of pages where it is not known which space is meant: there is an answer when all spaces with page tables have
    /// the same.
    fn page_of_any(&mut self, loc: Loc) -> Option<TermId> {
        let spaces = self.all_paged();
        let mut sizes = Vec::with_capacity(spaces.len());
        for &space in &spaces {
            sizes.push(self.page_size(space)?);
        }
        let Some((&first, rest)) = sizes.split_first() else {
            return Some(Pages::PLAIN.size(&mut self.model.terms));
        };
        if let Some(other) = rest.iter().position(|&size| size != first) {
            let name = |id: SpaceId| self.decls.spaces[id.index()].what.name.text.as_str();
            let (one, other) = (name(spaces[0]), name(spaces[other + 1]));
            self.diagnostics
                .push(unknown_field::no_one_page(one, other, loc));
            return None;
        }
        Some(first)
    }

    /// The index bits of a level.
    fn slice_of(&self, format: FormatId, level: &str) -> Option<Slice> {
        let spec = self.model.formats[format.index()].spec.as_ref()?;
        let level = spec.levels.iter().find(|found| found.name == level)?;
        Some(level.index)
    }

    /// `address.page`: its page number.
    pub(super) fn page_of(&mut self, base: &Expr, loc: Loc, scope: Scope<'_>) -> Option<Value> {
        let value = self.expr(base, scope, None)?;
        let base_loc = scope.at(base.span);
        if !matches!(value.kind, Kind::Addr | Kind::Size | Kind::Number) {
            let why = "only an address has a page";
            let wrong = kind_mismatch::expected(&self.model, Kind::Addr, value.kind, base_loc, why);
            self.diagnostics.push(wrong);
            return None;
        }
        let page = match value.space {
            Some(space) => self.page_size(space)?,
            None => self.page_of_any(loc)?,
        };
        let term = self.term(loc, |terms| terms.div(value.term, page))?;
        Some(Value::new(Kind::Int, term))
    }

    /// `index(LEVEL, address)`: the entry of the table of that level that translates the address.
    pub(super) fn index_of(
        &mut self,
        level: &Expr,
        address: &Expr,
        loc: Loc,
        scope: Scope<'_>,
    ) -> Option<Value> {
        let why = "`index` cuts an address";
        let address = self.expr_as(address, scope, Kind::Addr, why);
        let level_loc = scope.at(level.span);
        let ExprKind::Name(name) = &level.kind else {
            self.diagnostics.push(unknown_level::no_name(level_loc));
            return None;
        };
        let address = address?;
        let spaces = match address.space {
            Some(space) => self.paged_spaces(space),
            None => self.all_paged(),
        };
        let with_level: Vec<SpaceId> = spaces
            .iter()
            .copied()
            .filter(|&space| self.has_level(space, name))
            .collect();
        let [space] = with_level[..] else {
            return self.wrong_level(name, &spaces, &with_level, level_loc);
        };
        let cases = self.paging[space.index()].clone()?;
        let mut result = None;
        for (cond, format) in cases.into_iter().rev() {
            let Some(slice) = self.slice_of(format, name) else {
                let of = &self.model.formats[format.index()];
                let wrong = unknown_level::in_format(name, &of.name, of.loc, level_loc);
                self.diagnostics.push(wrong);
                return None;
            };
            let index = self.term(loc, |terms| {
                let below = terms.constant(1 << slice.lo);
                let entries = terms.constant(1 << (slice.hi - slice.lo + 1).min(64));
                let shifted = terms.div(address.term, below);
                terms.rem(shifted, entries)
            })?;
            result = Some(match result {
                None => index,
                Some(other) => self.model.terms.choose(cond, index, other),
            });
        }
        Some(Value::new(Kind::Int, result?))
    }

    /// True when a format of the space has the level.
    fn has_level(&self, space: SpaceId, name: &str) -> bool {
        let cases = self.paging[space.index()].as_deref().unwrap_or(&[]);
        cases
            .iter()
            .any(|(_, format)| self.slice_of(*format, name).is_some())
    }

    fn wrong_level(
        &mut self,
        name: &str,
        spaces: &[SpaceId],
        with_level: &[SpaceId],
        loc: Loc,
    ) -> Option<Value> {
        // A format that is wrong may well have the level.
        let all_good = spaces.iter().all(|space| {
            let cases = self.paging[space.index()].as_ref();
            cases.is_some_and(|cases| cases.iter().all(|(_, f)| self.formats_good[f.index()]))
        });
        if !all_good {
            return None;
        }
        let space_name = |id: &SpaceId| self.decls.spaces[id.index()].what.name.text.as_str();
        let wrong = if with_level.is_empty() {
            let formats = spaces
                .iter()
                .flat_map(|space| self.paging[space.index()].iter().flatten());
            let levels =
                formats.filter_map(|(_, format)| self.model.formats[format.index()].spec.as_ref());
            let levels = levels.flat_map(|spec| spec.levels.iter().map(|l| l.name.as_str()));
            unknown_level::nowhere(name, levels.collect(), loc)
        } else {
            unknown_level::ambiguous(name, with_level.iter().map(space_name).collect(), loc)
        };
        self.diagnostics.push(wrong);
        None
    }
}
