//! Which space and which range everything lies in.

use super::{Name, Resolver, parent_cycle, split_twice, wrong_parent};
use crate::model::{ItemId, ItemKind, SpaceId};
use crate::source::Loc;

/// What holds an item, as it names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    Space(SpaceId),
    Item(ItemId),
    Wrong,
}

impl Resolver<'_> {
    /// Binds the `to` of spaces and the spaces of splits.
    pub(super) fn bind_spaces(&mut self) {
        for at in 0..self.out.spaces.len() {
            let space = self.out.spaces[at];
            if let Some(name) = space.what.to_name {
                self.out.spaces[at].what.to = self.space_named(name, space.file);
            }
        }
        let mut first: Vec<Option<Loc>> = vec![None; self.out.spaces.len()];
        for at in 0..self.out.splits.len() {
            let name = self.out.splits[at].space_name;
            let loc = self.out.splits[at].space_loc();
            let Some(space) = self.space_named(name, loc.file) else {
                continue;
            };
            match first[space.index()] {
                Some(earlier) => {
                    let twice = split_twice::of(&name.text, loc, earlier);
                    self.diagnostics.push(twice);
                }
                None => {
                    first[space.index()] = Some(loc);
                    self.out.splits[at].space = Some(space);
                }
            }
        }
    }

    /// Binds the parent of every item. Returns the items in an order in which parents come before
    /// what lies in them.
    pub(super) fn bind_parents(&mut self) -> Vec<ItemId> {
        let mut holders = vec![Holder::Wrong; self.out.items.len()];
        for split in &self.out.splits {
            for part in &split.parts {
                holders[part.index()] = split.space.map_or(Holder::Wrong, Holder::Space);
            }
        }
        for (at, holder) in holders.iter_mut().enumerate() {
            if self.out.items[at].place.is_some() {
                *holder = self.holder(at);
            }
        }
        self.follow(&holders)
    }

    fn holder(&mut self, at: usize) -> Holder {
        let item = &self.out.items[at];
        let (file, name, kind) = (item.file, item.name, item.kind);
        let Some(place) = item.place else {
            return Holder::Wrong;
        };
        let loc = item.at(place.parent.span);
        match self.parent_named(&place.parent, kind, file) {
            Some(Name::Space(space)) => {
                let split = self.out.splits.iter().find(|s| s.space == Some(space));
                let Some(split) = split else {
                    return Holder::Space(space);
                };
                let items = &self.out.items;
                let parts: Vec<&str> = split
                    .parts
                    .iter()
                    .map(|p| items[p.index()].name.text.as_str())
                    .collect();
                let space = &place.parent.text;
                let declared = split.space_loc();
                let wrong = wrong_parent::split(&name.text, space, &parts, loc, declared);
                self.diagnostics.push(wrong);
                Holder::Wrong
            }
            Some(Name::Item(parent)) => match self.may_hold(parent, kind, &name.text, loc) {
                true => Holder::Item(parent),
                false => Holder::Wrong,
            },
            _ => Holder::Wrong,
        }
    }

    /// Whether `parent` may hold an item of this kind, with the message when not.
    fn may_hold(&mut self, parent: ItemId, kind: ItemKind, name: &str, loc: Loc) -> bool {
        let holder = &self.out.items[parent.index()];
        let declared = holder.at(holder.name.span);
        let holder_name = &holder.name.text;
        let is_family = holder.place.is_some_and(|place| place.family.is_some());
        let wrong = if is_family {
            wrong_parent::family(name, holder_name, loc, declared)
        } else if !holder.kind.owner().holds(kind.owner()) {
            let child = (kind.word(), name);
            let outer = (holder.kind.word(), holder_name.as_str());
            wrong_parent::kind(child, outer, loc, declared)
        } else {
            return true;
        };
        self.diagnostics.push(wrong);
        false
    }

    /// Follows the holders up to a space, finding circles.
    fn follow(&mut self, holders: &[Holder]) -> Vec<ItemId> {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done,
        }
        let mut states = vec![State::New; holders.len()];
        let mut order = Vec::with_capacity(holders.len());
        for start in 0..holders.len() {
            let mut path = Vec::new();
            let mut at = start;
            while states[at] == State::New {
                states[at] = State::Open;
                path.push(at);
                match holders[at] {
                    Holder::Item(parent) => at = parent.index(),
                    Holder::Space(_) | Holder::Wrong => break,
                }
            }
            if states[at] == State::Open
                && matches!(holders[at], Holder::Item(_))
                && let Some(first) = path.iter().position(|&member| member == at)
            {
                self.circle(&path[first..]);
            }
            for &member in path.iter().rev() {
                states[member] = State::Done;
                order.push(ItemId(u32::try_from(member).expect("an id")));
                self.settle(member, holders[member]);
            }
        }
        order
    }

    /// Sets the space and parent of an item whose parent is settled. What lies in something
    /// without a space has none.
    fn settle(&mut self, at: usize, holder: Holder) {
        let (space, parent) = match holder {
            Holder::Space(space) => (Some(space), None),
            Holder::Item(parent) => (self.out.items[parent.index()].space, Some(parent)),
            Holder::Wrong => (None, None),
        };
        self.out.items[at].space = space;
        self.out.items[at].parent = space.and(parent);
    }

    fn circle(&mut self, members: &[usize]) {
        let hop = |&at: &usize| {
            let item = &self.out.items[at];
            let span = item.place.map_or(item.name.span, |place| place.parent.span);
            (item.name.text.clone(), item.at(span))
        };
        let hops: Vec<_> = members.iter().map(hop).collect();
        self.diagnostics.push(parent_cycle::of(&hops));
    }
}
