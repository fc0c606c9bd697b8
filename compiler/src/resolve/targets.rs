//! Mapping rules and aliases of windows.

use super::{Resolver, TargetDecl, wrong_alias, wrong_covers, wrong_target};
use crate::model::{Alias, Covers, ItemId, ItemKind, SpaceId};
use crate::source::{FileId, Loc};
use mapwright_grammar::ast::{self, Ident, PlaceKind, TargetKind};

const WINDOW: ItemKind = ItemKind::Place(PlaceKind::Window);

impl<'a> Resolver<'a> {
    /// Binds the targets and aliases of all items.
    pub(super) fn bind_targets(&mut self) {
        for at in 0..self.out.items.len() {
            let item = &self.out.items[at];
            let Some(place) = item.place else {
                continue;
            };
            let target = self.target(at, place);
            self.out.items[at].target = target;
            self.out.items[at].alias = self.alias(at, place);
            self.out.items[at].covers = self.covers(at, place);
            let file = self.out.items[at].file;
            let because = place.because.as_ref();
            self.out.items[at].because = because.and_then(|why| self.reason(file, why));
        }
    }

    fn target(&mut self, at: usize, place: &'a ast::Place) -> TargetDecl<'a> {
        let item = &self.out.items[at];
        let (kind, name, file) = (item.kind, &item.name.text, item.file);
        let name_loc = item.at(item.name.span);
        let in_window = item
            .parent
            .is_some_and(|parent| self.out.items[parent.index()].kind == WINDOW);
        match &place.target {
            Some(target) if kind != WINDOW => {
                let loc = item.at(target.span);
                let wrong = wrong_target::not_here(kind.word(), name, loc);
                self.diagnostics.push(wrong);
                TargetDecl::Poisoned
            }
            Some(target) => {
                let space = item.space;
                let bound = self.target_kind(file, space, &target.kind);
                bound.unwrap_or(TargetDecl::Poisoned)
            }
            None if kind != WINDOW => TargetDecl::None,
            None if in_window => TargetDecl::View,
            // Without a space it is not known what holds it.
            None if item.space.is_none() => TargetDecl::Poisoned,
            None => {
                self.diagnostics.push(wrong_target::missing(name, name_loc));
                TargetDecl::Poisoned
            }
        }
    }

    /// `None` when a name in it is wrong.
    fn target_kind(
        &mut self,
        file: FileId,
        space: Option<SpaceId>,
        kind: &'a TargetKind,
    ) -> Option<TargetDecl<'a>> {
        let zone = PlaceKind::Zone;
        Some(match kind {
            TargetKind::Linear {
                space: name,
                at,
                repeat,
            } => {
                let target = self.space_named(name, file)?;
                self.leads_to(file, space, target, name)?;
                let repeat = repeat.as_ref();
                TargetDecl::Linear {
                    space: target,
                    at,
                    repeat,
                }
            }
            TargetKind::Pages { from, or_device } => TargetDecl::Pages {
                from: self.sources_of(file, space, from, zone)?,
                or_device: *or_device,
            },
            TargetKind::Slots { count, from } => TargetDecl::Slots {
                count,
                from: self.sources_of(file, space, from, zone)?,
            },
            TargetKind::Fixed { slots } => TargetDecl::Fixed { slots },
            TargetKind::Device { of } => TargetDecl::Device {
                of: self.sources_of(file, space, of, PlaceKind::Device)?,
            },
            TargetKind::Table { element, per, of } => TargetDecl::Table {
                element,
                per,
                of: self.space_named(of, file)?,
            },
            TargetKind::Tables { of, level, entry } => {
                let named = self.space_named(of, file)?;
                self.translated_here(file, space, named, of)?;
                TargetDecl::Tables {
                    of: named,
                    level,
                    entry,
                }
            }
        })
    }

    /// Whether the tables of `of` are seen in `of` itself, with the message when not.
    fn translated_here(
        &mut self,
        file: FileId,
        space: Option<SpaceId>,
        of: SpaceId,
        name: &Ident,
    ) -> Option<()> {
        let own = &self.out.spaces[space?.index()];
        let loc = Loc {
            file,
            span: name.span,
        };
        let declared = (own.what.name.text.as_str(), own.at(own.what.name.span));
        if space != Some(of) {
            let wrong = wrong_target::tables_elsewhere(declared, &name.text, loc);
            self.diagnostics.push(wrong);
            return None;
        }
        if own.what.paging.is_none() {
            let wrong = wrong_target::no_tables(declared, loc);
            self.diagnostics.push(wrong);
            return None;
        }
        Some(())
    }

    /// Whether a window of `space` may map to `target`, with the message when not.
    fn leads_to(
        &mut self,
        file: FileId,
        space: Option<SpaceId>,
        target: SpaceId,
        name: &Ident,
    ) -> Option<()> {
        let of = &self.out.spaces[space?.index()];
        if of.what.to == Some(target) {
            return Some(());
        }
        if of.what.to_name.is_some() && of.what.to.is_none() {
            // Its own mistake has had its message.
            return None;
        }
        let to = of
            .what
            .to
            .map(|to| self.out.spaces[to.index()].what.name.text.as_str());
        let own = (of.what.name.text.as_str(), of.at(of.what.name.span));
        let loc = Loc {
            file,
            span: name.span,
        };
        let wrong = wrong_target::space(own, to, &name.text, loc);
        self.diagnostics.push(wrong);
        None
    }

    /// The zones or devices that a window of `space` takes frames from; all must be right.
    fn sources_of(
        &mut self,
        file: FileId,
        space: Option<SpaceId>,
        names: &[Ident],
        kind: PlaceKind,
    ) -> Option<Vec<ItemId>> {
        let mut found = Vec::new();
        for name in names {
            let id = self.place_named(name, file, kind);
            found.push(id.filter(|&id| self.reaches(file, space, id, name)));
        }
        found.into_iter().collect()
    }

    /// Whether the zone or device lies in the space that windows of `space` map to, with the
    /// message when not.
    fn reaches(&mut self, file: FileId, space: Option<SpaceId>, id: ItemId, name: &Ident) -> bool {
        let source = &self.out.items[id.index()];
        let to = space.and_then(|space| self.out.spaces[space.index()].what.to);
        let (Some(own), Some(to)) = (source.space, to) else {
            return true;
        };
        if own == to {
            return true;
        }
        let space_name = |id: SpaceId| self.out.spaces[id.index()].what.name.text.as_str();
        let wrong = wrong_target::elsewhere(
            (source.kind.word(), &source.name.text),
            (space_name(own), space_name(to)),
            Loc {
                file,
                span: name.span,
            },
            source.at(source.name.span),
        );
        self.diagnostics.push(wrong);
        false
    }

    fn alias(&mut self, at: usize, place: &'a ast::Place) -> Option<Alias> {
        let written = place.alias.as_ref()?;
        let item = &self.out.items[at];
        let (file, loc) = (item.file, item.at(written.span));
        let name = &item.name.text;
        if item.kind != WINDOW {
            let wrong = wrong_alias::not_here(item.kind.word(), name, loc);
            self.diagnostics.push(wrong);
            return None;
        }
        if written
            .because
            .as_ref()
            .is_none_or(|why| why.text.trim().is_empty())
        {
            self.diagnostics.push(wrong_alias::no_reason(name, loc));
        }
        let mut of = Vec::new();
        for window in &written.of {
            match self.place_named(window, file, PlaceKind::Window) {
                Some(id) if id.index() == at => {
                    let loc = Loc {
                        file,
                        span: window.span,
                    };
                    self.diagnostics
                        .push(wrong_alias::itself(&window.text, loc));
                }
                found => of.extend(found),
            }
        }
        let because = written
            .because
            .as_ref()
            .map_or_else(String::new, |why| why.text.clone());
        Some(Alias { of, because, loc })
    }

    fn covers(&mut self, at: usize, place: &'a ast::Place) -> Option<Covers> {
        let written = place.covers.as_ref()?;
        let item = &self.out.items[at];
        let (file, loc) = (item.file, item.at(written.span));
        let name = &item.name.text;
        if !matches!(
            item.target,
            TargetDecl::Linear { .. } | TargetDecl::Poisoned
        ) {
            let wrong = wrong_covers::not_here(item.kind.word(), name, loc);
            self.diagnostics.push(wrong);
            return None;
        }
        let because = written.because.as_ref().map_or("", |why| why.text.trim());
        if because.is_empty() {
            self.diagnostics.push(wrong_covers::no_reason(name, loc));
        }
        let kinds = [PlaceKind::Device, PlaceKind::Reserve].map(ItemKind::Place);
        let what = written.what.as_ref().map(|names| {
            let ids = names.iter();
            ids.filter_map(|name| self.item_named(name, file, "device or reserve", &kinds))
                .collect()
        });
        Some(Covers {
            what,
            because: because.to_owned(),
            loc,
        })
    }
}
