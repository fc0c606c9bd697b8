//! Finding what a name stands for, with the message when it is not what is needed.

use super::{Meaning, Name, Resolver, unknown_name, wrong_name};
use crate::did_you_mean::list;
use crate::model::{ItemId, ItemKind, SpaceId};
use crate::source::{FileId, Loc};
use mapwright_grammar::ast::{Ident, PlaceKind};
use mapwright_grammar::words::Owner;

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

    /// What `ident` names as the parent of a `child`: a space, or a range that holds others, if perhaps not this one.
    pub(super) fn parent_named(
        &mut self,
        ident: &Ident,
        child: ItemKind,
        file: FileId,
    ) -> Option<Name> {
        let holds = |this: &Self, name| match name {
            Name::Space(_) => true,
            Name::Item(id) => {
                let owner = this.out.items[id.index()].kind.owner();
                owner.holds(child.owner())
            }
            _ => false,
        };
        if let Some(Name::Item(id)) = self.out.names.get(&ident.text).map(|found| found.name)
            && self.out.items[id.index()].kind.owner().holds_any()
        {
            self.out.used.insert(ident.text.clone());
            return Some(Name::Item(id));
        }
        let mut holders = vec!["space", Owner::Part.word()];
        let places = PlaceKind::ALL.into_iter().map(Owner::Place);
        holders.extend(
            places
                .filter(|owner| owner.holds(child.owner()))
                .map(Owner::word),
        );
        let last = holders.pop().unwrap_or_default();
        let noun = format!("{} or {last}", holders.join(", "));
        self.look_up(ident, file, &noun, holds)
            .map(|found| found.name)
    }
}
