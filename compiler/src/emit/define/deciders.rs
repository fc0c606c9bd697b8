//! Who decides what an address means, whatever the target: the innermost range does, and most ranges inside others say
//! nothing of their own. What `translate` answers from its table, generated code has to answer from here.

use crate::emit::fixed::Fixed;
use crate::model::{Item, ItemId, ItemKind, Model, Sharing, SpaceId, Target};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// What a range makes of its addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emit) enum Decision {
    /// A fixed distance into this space.
    Linear(SpaceId),
    /// Page tables decide while the system runs.
    Dynamic,
    /// A guard: a fault.
    Guard,
    /// A hole: a fault.
    Hole,
    /// Nothing is declared there besides the part of a split: a fault.
    Nothing,
}

/// A range that decides differently than what it lies in.
#[derive(Debug, Clone)]
pub(in crate::emit) struct Decider {
    /// The range.
    pub(in crate::emit) item: ItemId,
    /// What it decides.
    pub(in crate::emit) decision: Decision,
    /// Who is named for it: the range, or the part whose tables are each process's own.
    pub(in crate::emit) named: ItemId,
    /// Ranges inside that decide otherwise. They do not meet.
    pub(in crate::emit) inside: Vec<Decider>,
}

impl Decider {
    /// It and all below it.
    pub(in crate::emit) fn all(&self) -> Vec<&Self> {
        let mut found = vec![self];
        let mut at = 0;
        while let Some(next) = found.get(at).copied() {
            found.extend(&next.inside);
            at += 1;
        }
        found
    }

    /// The outermost linear windows inside of it that lead to `space`.
    pub(in crate::emit) fn linear_inside(&self, space: SpaceId) -> Vec<&Self> {
        let mut found = Vec::new();
        for inner in &self.inside {
            if inner.decision == Decision::Linear(space) {
                found.push(inner);
            } else {
                found.extend(inner.linear_inside(space));
            }
        }
        found
    }
}

/// What holds around an item.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    /// The window whose target holds.
    window: Option<ItemId>,
    /// The part of the split.
    part: Option<ItemId>,
    /// What is decided there; `None` where nothing is declared at all.
    decided: Option<(Decision, ItemId)>,
}

/// The outermost deciding ranges of a space, in the order declared.
pub(in crate::emit) fn deciders(
    model: &Model,
    fixed: &mut Fixed<'_>,
    space: SpaceId,
) -> Vec<Decider> {
    let mut children = vec![Vec::new(); model.items.len()];
    let mut roots = Vec::new();
    for (id, item) in (0..).map(ItemId).zip(&model.items) {
        let decides = !matches!(
            item.kind,
            ItemKind::Place(PlaceKind::Zone | PlaceKind::Reserve | PlaceKind::Device)
        );
        let there = item.range.is_some() && fixed.holds(item.exists) != TermId::FALSE;
        if decides && there && item.space == space {
            match item.parent {
                Some(parent) => children[parent.index()].push(id),
                None => roots.push(id),
            }
        }
    }
    within(model, &children, &roots, Around::default())
}

fn within(model: &Model, children: &[Vec<ItemId>], ids: &[ItemId], around: Around) -> Vec<Decider> {
    let mut found = Vec::new();
    for &id in ids {
        let here = decided(model, id, around);
        let inside = within(model, children, &children[id.index()], here);
        match here.decided {
            Some((decision, named)) if here.decided != around.decided => found.push(Decider {
                item: id,
                decision,
                named,
                inside,
            }),
            _ => found.extend(inside),
        }
    }
    found
}

/// What holds inside of an item.
fn decided(model: &Model, id: ItemId, around: Around) -> Around {
    let item: &Item = model.item(id);
    let mut here = around;
    if item.kind == ItemKind::Part {
        here.part = Some(id);
    }
    if !matches!(item.target, Target::None | Target::View | Target::Poisoned) {
        here.window = Some(id);
    }
    let own_tables = here.part.filter(|part| {
        let tables = model.item(*part).attrs.tables;
        tables.is_some_and(|(sharing, _)| sharing == Sharing::PerProcess)
    });
    here.decided = Some(match (item.kind, here.window, own_tables) {
        (ItemKind::Place(PlaceKind::Guard), ..) => (Decision::Guard, id),
        (ItemKind::Place(PlaceKind::Hole), ..) => (Decision::Hole, id),
        (_, Some(window), _) => match model.item(window).target {
            Target::Linear { space, .. } => (Decision::Linear(space), window),
            _ => (Decision::Dynamic, window),
        },
        (_, None, Some(part)) => (Decision::Dynamic, part),
        (ItemKind::Place(PlaceKind::Area), None, None) => (Decision::Dynamic, id),
        (_, None, None) => (Decision::Nothing, here.part.unwrap_or(id)),
    });
    here
}
