//! Finding what a name stands for, with the message when it is not what is needed.

use super::{Meaning, Name, Resolver, unknown_name, wrong_name};
use crate::did_you_mean::list;
use crate::model::{ItemId, ItemKind, SpaceId};
use crate::source::{FileId, Loc};
use mapwright_grammar::ast::{Ident, PlaceKind};

impl Resolver<'_> {
    /// What `ident` stands for, when `accepts` it; otherwise a message that a `noun` was needed.
    fn look_up(
        &mut self,
        ident: &Ident,
        file: FileId,
        noun: &str,
        accepts: impl Fn(&Self, Name) -> bool,
    ) -> Option<Meaning> {
        let loc = Loc {
            file,
            span: ident.span,
        };
        let name = ident.text.as_str();
        let found = self.out.names.get(name);
        if let Some(meaning) = found {
            self.out.used.insert(name.to_owned());
            if accepts(self, meaning.name) {
                return Some(meaning);
            }
        } else if self.out.names.excused(name) {
            return None;
        }
        let all = self.out.names.all();
        let fitting = all.filter(|(_, meaning)| accepts(self, meaning.name));
        let fitting: Vec<&str> = fitting.map(|(name, _)| name).collect();
        let diagnostic = match found {
            Some(meaning) if fitting.len() <= 8 => {
                wrong_name::of(name, meaning, noun, loc, &list(fitting))
            }
            Some(meaning) => wrong_name::of(name, meaning, noun, loc, ""),
            None => unknown_name::among(name, noun, loc, fitting),
        };
        self.diagnostics.push(diagnostic);
        None
    }

    /// The space of this name.
    pub(super) fn space_named(&mut self, ident: &Ident, file: FileId) -> Option<SpaceId> {
        let is_space = |_: &Self, name| matches!(name, Name::Space(_));
        match self.look_up(ident, file, "space", is_space)?.name {
            Name::Space(id) => Some(id),
            _ => None,
        }
    }

    /// The range of this name, of one of these kinds.
    pub(super) fn item_named(
        &mut self,
        ident: &Ident,
        file: FileId,
        noun: &str,
        kinds: &[ItemKind],
    ) -> Option<ItemId> {
        let fits = |this: &Self, name| match name {
            Name::Item(id) => kinds.contains(&this.out.items[id.index()].kind),
            _ => false,
        };
        match self.look_up(ident, file, noun, fits)?.name {
            Name::Item(id) => Some(id),
            _ => None,
        }
    }

    /// The places of this name and kind.
    pub(super) fn place_named(
        &mut self,
        ident: &Ident,
        file: FileId,
        kind: PlaceKind,
    ) -> Option<ItemId> {
        let kind = ItemKind::Place(kind);
        self.item_named(ident, file, kind.word(), &[kind])
    }

    /// What `ident` names as a parent: a space, part or any other range.
    pub(super) fn parent_named(&mut self, ident: &Ident, file: FileId) -> Option<Name> {
        let holds = |this: &Self, name| match name {
            Name::Space(_) => true,
            Name::Item(id) => matches!(
                this.out.items[id.index()].kind,
                ItemKind::Part | ItemKind::Place(PlaceKind::Window)
            ),
            _ => false,
        };
        let noun = "space, part or window";
        self.look_up(ident, file, noun, holds)
            .map(|found| found.name)
    }
}
