//! A space as rows in address order.

use super::describe;
use mapwright_runtime::Range;
use mapwright_runtime::layout::{Layout, Place, PlaceId, PlaceKind, SpaceId, Target};
use std::collections::BTreeMap;

/// What a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// A heading: the part that the rows below it are in.
    Part,
    /// A place.
    Place(PlaceKind),
    /// All members of a family.
    Family(PlaceKind),
    /// Addresses where nothing is declared.
    Gap,
}

impl RowKind {
    /// `part`, `gap`, or the kind of the place.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Gap => "gap",
            Self::Place(kind) | Self::Family(kind) => kind.word(),
        }
    }
}

/// The mapping rules of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// None of its own, and none that it is a part of.
    None,
    /// A fixed offset.
    Linear,
    /// Pages allocated from zones.
    Pages,
    /// Page slots, pooled or numbered.
    Slots,
    /// Devices.
    Device,
    /// A table that describes memory.
    Table,
}

impl Rule {
    /// The rule of a place; of a view, that of the window that it is a part of.
    fn of(layout: &Layout, place: &Place) -> Self {
        let mut place = place;
        while let (Target::View, Some(parent)) = (&place.target, place.parent) {
            place = layout.place(parent);
        }
        match place.target {
            Target::None | Target::View => Self::None,
            Target::Linear { .. } => Self::Linear,
            Target::Pages { .. } => Self::Pages,
            Target::Slots { .. } | Target::Fixed { .. } => Self::Slots,
            Target::Device { .. } => Self::Device,
            Target::Table { .. } | Target::Tables { .. } => Self::Table,
        }
    }
}

/// One row of a memory map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it shows.
    pub kind: RowKind,
    /// Its addresses; for a family, from the first member to the last.
    pub range: Range,
    /// How deep it is inside other places: 0 directly in its part or space.
    pub depth: u32,
    /// The name; `None` for gaps.
    pub name: Option<String>,
    /// How many members, for a family.
    pub members: Option<u64>,
    /// The place; the first member, for a family.
    pub place: Option<PlaceId>,
    /// The mapping rule.
    pub rule: Rule,
    /// The mapping rule in words; may be empty.
    pub target: String,
    /// Rights, aliases and more, in words.
    pub notes: Vec<String>,
    /// The first sentence of its documentation; may be empty.
    pub doc: String,
    /// What to say about it in one line.
    pub text: String,
}

/// The rows of a space in address order, parts as headings, gaps included.
#[must_use]
pub fn rows(layout: &Layout, space: SpaceId) -> Vec<Row> {
    let mut maker = Maker {
        layout,
        space,
        rows: Vec::new(),
    };
    let all = layout.space_range(space);
    let roots = layout.roots(space);
    if roots
        .iter()
        .any(|&id| layout.place(id).kind == PlaceKind::Part)
    {
        for &id in roots {
            maker.part(id);
        }
    } else {
        maker.siblings(roots, all, 0, true);
    }
    maker.rows
}

struct Maker<'l> {
    layout: &'l Layout,
    space: SpaceId,
    rows: Vec<Row>,
}

/// A place among its siblings, or a whole family.
struct Group {
    range: Range,
    first: PlaceId,
    members: u64,
}

impl Maker<'_> {
    /// A heading, and what is in the part.
    fn part(&mut self, id: PlaceId) {
        let place = self.layout.place(id);
        if place.kind != PlaceKind::Part {
            return self.siblings(&[id], place.range, 0, false);
        }
        let text = describe::part(place);
        self.push(id, place, RowKind::Part, 0, text);
        self.siblings(self.layout.children(id), place.range, 0, true);
    }

    fn push(&mut self, id: PlaceId, place: &Place, kind: RowKind, depth: u32, text: String) {
        self.rows.push(Row {
            kind,
            range: place.range,
            depth,
            name: Some(place.name.clone()),
            members: None,
            place: Some(id),
            rule: Rule::of(self.layout, place),
            target: describe::target(self.layout, place),
            notes: describe::notes(self.layout, place),
            doc: describe::summary(&place.doc),
            text,
        });
    }

    /// Places side by side inside `outer`; what they leave of it are gaps, if `gaps`. A place inside one before it, which
    /// only memory allows, is shown below that one.
    fn siblings(&mut self, ids: &[PlaceId], outer: Range, depth: u32, gaps: bool) {
        let mut next = u128::from(outer.base());
        let mut around: Vec<Range> = Vec::new();
        for group in self.groups(ids) {
            let base = u128::from(group.range.base());
            if gaps && next < base {
                self.gap(Range::from_start_end(next, base), depth);
            }
            around.retain(|before| before.contains_range(group.range));
            let inner = depth + u32::try_from(around.len()).unwrap_or(0);
            self.group(&group, inner);
            around.push(group.range);
            next = next.max(group.range.end());
        }
        if gaps && next < outer.end() {
            self.gap(Range::from_start_end(next, outer.end()), depth);
        }
    }

    /// Families together, each where its lowest member is.
    fn groups(&self, ids: &[PlaceId]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut families: BTreeMap<&str, usize> = BTreeMap::new();
        for &id in ids {
            let place = self.layout.place(id);
            let known = place
                .member
                .and_then(|_| families.get(place.name.as_str()).copied());
            if let Some(at) = known {
                let group = &mut groups[at];
                let last = group.range.last().max(place.range.last());
                group.range = Range::new(group.range.base(), last).unwrap_or(group.range);
                group.members += 1;
                continue;
            }
            if place.member.is_some() {
                families.insert(&place.name, groups.len());
            }
            groups.push(Group {
                range: place.range,
                first: id,
                members: 1,
            });
        }
        groups
    }

    fn group(&mut self, group: &Group, depth: u32) {
        let place = self.layout.place(group.first);
        let family = place.member.is_some();
        let kind = if family {
            RowKind::Family(place.kind)
        } else {
            RowKind::Place(place.kind)
        };
        let label = if family {
            let size = super::units::size(place.range.size());
            format!("{}[{}]: {size} each", place.name, group.members)
        } else {
            place.name.clone()
        };
        let text = self.line(place, &label);
        self.push(group.first, place, kind, depth, text);
        if let Some(row) = self.rows.last_mut().filter(|_| family) {
            row.range = group.range;
            row.members = Some(group.members);
        }
        if !family {
            self.siblings(
                self.layout.children(group.first),
                place.range,
                depth + 1,
                false,
            );
        }
    }

    /// One line about a place: its label, its rule, and more.
    fn line(&self, place: &Place, label: &str) -> String {
        let mut text = match place.kind {
            PlaceKind::Guard => format!("... guard hole: {label}"),
            PlaceKind::Hole => format!("... unused hole: {label}"),
            PlaceKind::Zone | PlaceKind::Reserve | PlaceKind::Device => {
                format!("{} {label}", place.kind)
            }
            _ => label.to_owned(),
        };
        let target = describe::target(self.layout, place);
        if !target.is_empty() {
            let colon = if text.contains(':') { ", " } else { ": " };
            text.push_str(colon);
            text.push_str(&target);
        }
        for note in describe::notes(self.layout, place) {
            text.push_str(", ");
            text.push_str(&note);
        }
        text
    }

    fn gap(&mut self, range: Option<Range>, depth: u32) {
        let Some(range) = range else { return };
        let kinds = self
            .layout
            .roots(self.space)
            .iter()
            .map(|&id| self.layout.place(id).kind);
        let memory = !kinds.into_iter().any(PlaceKind::decides_translation);
        let what = self.layout.translate(self.space, range.base());
        self.rows.push(Row {
            kind: RowKind::Gap,
            range,
            depth,
            name: None,
            members: None,
            place: None,
            rule: Rule::None,
            target: String::new(),
            notes: Vec::new(),
            doc: String::new(),
            text: describe::gap(self.layout, what, memory),
        });
    }
}
