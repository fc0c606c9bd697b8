//! Whether the processor can reach memory and devices: what [`unreachable_memory`](super::unreachable_memory),
//! [`unreachable_device`](super::unreachable_device) and [`cut_off`](super::cut_off) share.

use super::covered::top_of;
use super::frames::{Shown, every_frame, holds, linear_windows, of_the_processor};
use super::members::Ways;
use super::{Case, Checker, Law};
use crate::model::{ItemId, ItemKind, SpaceId, Target};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// The windows through which the processor reaches memory.
pub(super) struct Reach {
    /// Linear ones.
    pub(super) linear: Vec<Shown>,
    own: Vec<bool>,
}

impl Reach {
    /// `None` when a window is wrong: what it would have mapped is not missing.
    pub(super) fn of(checker: &mut Checker<'_>) -> Option<Self> {
        let window = ItemKind::Place(PlaceKind::Window);
        let broken = |(id, item): (ItemId, &crate::model::Item)| {
            let poisoned = item.range.is_none() || matches!(item.target, Target::Poisoned);
            let inside = item
                .parent
                .is_some_and(|parent| checker.model.item(parent).kind == window);
            (item.kind == window || inside) && (poisoned || checker.broken.contains(&id))
        };
        if checker.model.missing.places(&[PlaceKind::Window])
            || (0..).map(ItemId).zip(&checker.model.items).any(broken)
        {
            return None;
        }
        let own = of_the_processor(checker.model);
        let mut linear = linear_windows(checker);
        linear.retain(|window| own[checker.model.item(window.id).space.index()]);
        Some(Self { linear, own })
    }

    /// Whether a space of the processor is translated into this one. Spaces that none leads to describe memory only.
    pub(super) fn leads_to(&self, checker: &Checker<'_>, space: SpaceId) -> bool {
        let mut spaces = checker.model.spaces.iter().zip(&self.own);
        spaces.any(|(other, own)| *own && other.to == Some(space))
    }

    /// The windows in which a device is mapped when it is asked for.
    fn on_demand(&self, checker: &Checker<'_>, device: ItemId) -> Vec<ItemId> {
        let space = checker.model.item(device).space;
        let mut windows = checker.sound(PlaceKind::Window);
        windows.retain(|&id| {
            let item = checker.model.item(id);
            let takes = match &item.target {
                Target::Pages { or_device, .. } => *or_device,
                Target::Device { of } => of.is_empty() || of.contains(&device),
                _ => false,
            };
            let leads = checker.model.space(item.space).to == Some(space);
            takes && leads && self.own[item.space.index()]
        });
        windows
    }
}

/// A device or reserve that no window shows whole.
pub(super) struct Missing {
    pub(super) id: ItemId,
    pub(super) case: Case,
    /// A window that shows some of it, and what that shows of it.
    pub(super) part: Option<(ItemId, (i128, i128))>,
}

/// Devices, and reserves that are needed, each asked for once; those that some window does not show whole.
pub(super) fn missing(checker: &mut Checker<'_>) -> Vec<Missing> {
    let Some(reach) = Reach::of(checker) else {
        return Vec::new();
    };
    let mut wanted = checker.sound(PlaceKind::Device);
    let reserves = checker.sound(PlaceKind::Reserve);
    wanted.extend(reserves.into_iter().filter(|id| {
        let needed = &checker.model.item(*id).attrs.needed;
        needed.is_some()
    }));
    let mut found = Vec::new();
    for id in wanted {
        let excused = top_of(checker, id, |item| {
            item.attrs.unreached.is_some() || item.attrs.never_mapped.is_some()
        });
        let space = checker.model.item(id).space;
        if excused.is_none() && reach.leads_to(checker, space) {
            found.extend(ask(checker, &reach, id));
        }
    }
    found
}

/// Every byte is shown by a window that shows all of it.
fn ask(checker: &mut Checker<'_>, reach: &Reach, id: ItemId) -> Option<Missing> {
    let item = checker.model.item(id);
    let range = item.range?;
    let whole = (range.start.term, range.end.term);
    let (_, frame) = every_frame(checker, item.space);
    let mut ways = Ways::default();
    for window in reach.on_demand(checker, id) {
        let bounds = checker.model.item(window).range?;
        let present = checker.present(window);
        let terms = &mut checker.terms;
        let room = terms.sub(bounds.end.term, bounds.start.term);
        let size = terms.sub(whole.1, whole.0);
        let fits = terms.ge(room, size);
        let fits = terms.and(present, fits);
        ways.add_for(checker, window, fits, None);
    }
    let linear = reach
        .linear
        .iter()
        .filter(|window| window.space == item.space);
    for window in linear {
        window.ways_to_show_whole(checker, frame, whole, &mut ways);
    }
    let under = holds(checker, id, frame);
    let law = ways.law(checker, under, |goal| Law {
        under,
        goal,
        loc: range.loc,
        what: "some window shows all of this",
    })?;
    let case = checker.law(&law)?;
    checker.mistake(id, case.always);
    let part = reach
        .linear
        .iter()
        .filter(|window| window.space == item.space)
        .find_map(|window| Some((window.id, piece(checker, window, id, &case)?)));
    Some(Missing { id, case, part })
}

/// What a window, or the first member of it that does, shows of an item in a case.
fn piece(checker: &Checker<'_>, window: &Shown, id: ItemId, case: &Case) -> Option<(i128, i128)> {
    let (start, end) = checker.bounds(id, case)?;
    let shown = |values: &[i128]| {
        let value = |term: TermId| checker.terms.eval(term, values).ok();
        let there = value(window.present)? == 1;
        let (from, to) = (value(window.at)?.max(start), value(window.end)?.min(end));
        (there && from < to).then_some((from, to))
    };
    let Some(family) = &checker.model.item(window.id).family else {
        return shown(&case.values);
    };
    let low = checker.value(family.low, case);
    let high = checker.value(family.high, case).min(low + MOST);
    (low..high).find_map(|member| {
        let mut values = case.values.clone();
        values[family.var.index()] = member;
        shown(&values)
    })
}

/// Members of a family that are looked at to say which window shows a piece.
const MOST: i128 = 256;
