//! What a layout of [`super::random`] means, by looking at every parameter value and every byte: an evaluator of the syntax
//! tree that shares nothing with the compiler but the parser.

mod values;

use mapwright_grammar::ast::{Domain, Expr, File, ItemKind, Param, Place, PlaceKind, TargetKind};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use values::{No, World};

/// How many bytes a space has.
const TOP: i128 = 256;

/// Parameter values, in the order of declaration.
pub(crate) type Point = Vec<i128>;

/// A law that is broken: its code, what it is about, and the parameter values.
pub(crate) type Broken = (&'static str, String);

/// The order in which the compiler asks: from the most basic law to the most derived.
pub(crate) const ORDER: &[&str] = &[
    "assumptions-contradict",
    "breaks-assumption",
    "undefined-value",
    "may-not-exist",
    "no-such-member",
    "empty-range",
    "guard-empty",
    "outside-space",
    "leaves-parent",
    "overlap",
    "not-page-aligned",
    "not-congruent",
    "target-outside",
    "frames-without-zone",
    "undeclared-alias",
    "unreachable-memory",
    "assert-fails",
];

/// A layout, ready to be looked at.
pub(crate) struct Naive<'a> {
    params: Vec<&'a Param>,
    places: Vec<&'a Place>,
    assumes: Vec<&'a Expr>,
    asserts: Vec<&'a Expr>,
    paged: bool,
}

/// A member of a place for one point.
#[derive(Debug, Clone)]
struct Member {
    place: usize,
    number: i128,
    start: i128,
    end: i128,
}

impl Member {
    fn empty(&self) -> bool {
        self.start >= self.end
    }

    fn meets(&self, other: &Self) -> bool {
        !self.empty() && !other.empty() && self.start < other.end && other.start < self.end
    }
}

impl<'a> Naive<'a> {
    pub(crate) fn new(file: &'a File) -> Self {
        let mut naive = Self {
            params: Vec::new(),
            places: Vec::new(),
            assumes: Vec::new(),
            asserts: Vec::new(),
            paged: false,
        };
        for item in &file.items {
            match &item.kind {
                ItemKind::Param(param) => naive.params.push(param),
                ItemKind::Place(place) => naive.places.push(place),
                ItemKind::Assume { cond, .. } => naive.assumes.push(cond),
                ItemKind::Assert { cond, .. } => naive.asserts.push(cond),
                ItemKind::Paging(_) => naive.paged = true,
                _ => {}
            }
        }
        naive
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.params
            .iter()
            .map(|param| param.name.text.as_str())
            .collect()
    }

    fn constant(&self, expr: &Expr) -> i128 {
        let world = World {
            naive: self,
            values: BTreeMap::new(),
            needs: RefCell::default(),
        };
        world.value(expr, None).expect("domains are numbers")
    }

    pub(crate) fn defaults(&self) -> Point {
        self.params
            .iter()
            .map(|param| self.constant(&param.default))
            .collect()
    }

    /// Every assignment.
    pub(crate) fn points(&self) -> Vec<Point> {
        let mut points = vec![Vec::new()];
        for param in &self.params {
            let domain: Vec<i128> = match &param.domain {
                None => vec![0, 1],
                Some(Domain::Set { values, .. }) => {
                    values.iter().map(|value| self.constant(value)).collect()
                }
                Some(Domain::Interval {
                    low, high, step, ..
                }) => {
                    let step = step.as_ref().map_or(1, |step| self.constant(step));
                    let low = self.constant(low);
                    (0..=(self.constant(high) - low) / step)
                        .map(|n| low + n * step)
                        .collect()
                }
            };
            points = points
                .iter()
                .flat_map(|point: &Point| {
                    domain
                        .iter()
                        .map(move |&value| [point.as_slice(), &[value]].concat())
                })
                .collect();
        }
        points
    }

    fn world(&'a self, point: &[i128]) -> World<'a> {
        let mut values: BTreeMap<&str, i128> = self
            .params
            .iter()
            .map(|p| p.name.text.as_str())
            .zip(point.iter().copied())
            .collect();
        values.insert("U", 16);
        World {
            naive: self,
            values,
            needs: RefCell::default(),
        }
    }

    /// True when the outside world allows it.
    pub(crate) fn allowed(&'a self, point: &[i128]) -> bool {
        let world = self.world(point);
        self.assumes
            .iter()
            .all(|assume| world.value(assume, None) == Ok(1))
    }

    /// Every law that is broken for these values.
    pub(crate) fn broken(&'a self, point: &[i128]) -> BTreeSet<Broken> {
        let world = self.world(point);
        let mut found = BTreeSet::new();
        let members = world.members();
        world.ranges(&members, &mut found);
        world.overlaps(&members, &mut found);
        world.frames(&members, &mut found);
        for (at, assert) in self.asserts.iter().enumerate() {
            if world.value(assert, None) == Ok(0) {
                found.insert(("assert-fails", format!("assert {at}")));
            }
        }
        found.extend(
            world
                .needs
                .take()
                .into_iter()
                .map(|code| (code, String::new())),
        );
        found
    }
}

impl<'a> World<'a> {
    /// The members of everything that exists and has a range. What has none is noted.
    fn members(&self) -> Vec<Member> {
        let mut members = Vec::new();
        for at in (0..self.naive.places.len()).filter(|&at| self.exists(at)) {
            for number in self.numbers(at) {
                if let Ok((start, end)) = self.bounds(at, number) {
                    members.push(Member {
                        place: at,
                        number: number.unwrap_or(0),
                        start,
                        end,
                    });
                }
                // What its target needs is noted, too.
                let _ = self.target(at, number);
            }
        }
        members
    }

    fn target(&self, at: usize, number: Option<i128>) -> Option<Result<i128, No>> {
        match &self.place(at).target.as_ref()?.kind {
            TargetKind::Linear { at, .. } => Some(self.value(at, number)),
            _ => None,
        }
    }

    fn name(&self, member: &Member) -> String {
        self.place(member.place).name.text.clone()
    }

    fn ranges(&self, members: &[Member], found: &mut BTreeSet<Broken>) {
        for member in members {
            let place = self.place(member.place);
            let name = self.name(member);
            if member.start > member.end || (member.start == member.end && place.optional.is_none())
            {
                let guard = place.kind == PlaceKind::Guard && member.start == member.end;
                found.insert((
                    if guard { "guard-empty" } else { "empty-range" },
                    name.clone(),
                ));
            }
            if member.start < 0 || member.end > TOP {
                found.insert(("outside-space", name.clone()));
            }
            let parent = self
                .find(&place.parent.text)
                .filter(|&parent| self.exists(parent));
            if let Some(Ok((start, end))) = parent.map(|parent| self.bounds(parent, None))
                && (member.start < start || member.end > end)
                && member.start != member.end
            {
                found.insert(("leaves-parent", name.clone()));
            }
            if self.naive.paged
                && !member.empty()
                && (member.start % 16 != 0 || member.end % 16 != 0)
            {
                found.insert(("not-page-aligned", name.clone()));
            }
            if let (Some(Ok(at)), false) = (
                self.target(member.place, Some(member.number)),
                member.empty(),
            ) {
                if self.naive.paged && (member.start - at).rem_euclid(16) != 0 {
                    found.insert(("not-congruent", name.clone()));
                }
                if at < -TOP || at + member.end - member.start > TOP {
                    found.insert(("target-outside", name));
                }
            }
        }
    }

    fn overlaps(&self, members: &[Member], found: &mut BTreeSet<Broken>) {
        for (at, a) in members.iter().enumerate() {
            for b in &members[at + 1..] {
                if self.place(a.place).parent.text == self.place(b.place).parent.text && a.meets(b)
                {
                    found.insert(("overlap", pair(&self.name(a), &self.name(b))));
                }
            }
        }
    }

    /// The frames that a linear window shows: not those of the guards in it.
    fn shown(&self, window: &Member, members: &[Member]) -> BTreeSet<i128> {
        let Some(Ok(at)) = self.target(window.place, Some(window.number)) else {
            return BTreeSet::new();
        };
        let mut shown = BTreeSet::new();
        for byte in window.start..window.end {
            let mut hidden = false;
            let mut around = vec![window.place];
            while let Some(outer) = around.pop() {
                let name = &self.place(outer).name.text;
                let inner = members
                    .iter()
                    .filter(|m| self.place(m.place).parent.text == *name);
                for member in inner {
                    if self.place(member.place).kind == PlaceKind::Guard {
                        hidden |= member.start <= byte && byte < member.end;
                    } else {
                        around.push(member.place);
                    }
                }
            }
            let frame = at + byte - window.start;
            if !hidden {
                shown.insert(if frame < 0 { frame + TOP } else { frame });
            }
        }
        shown
    }

    fn frames(&self, members: &[Member], found: &mut BTreeSet<Broken>) {
        let is_linear = |m: &&Member| self.target(m.place, Some(m.number)).is_some();
        let windows: Vec<(&Member, BTreeSet<i128>)> = members
            .iter()
            .filter(is_linear)
            .map(|window| (window, self.shown(window, members)))
            .collect();
        let zones: Vec<&Member> = members
            .iter()
            .filter(|m| self.place(m.place).kind == PlaceKind::Zone)
            .collect();
        let zoned = |frame: i128| {
            zones
                .iter()
                .any(|zone| zone.start <= frame && frame < zone.end)
        };
        for (at, (window, shown)) in windows.iter().enumerate() {
            let alias = self.place(window.place).alias.is_some();
            if !alias && shown.iter().any(|&frame| !zoned(frame)) {
                found.insert(("frames-without-zone", self.name(window)));
            }
            for (other, its) in &windows[at + 1..] {
                let same = window.place == other.place;
                let said = if same {
                    alias
                } else {
                    !self.kin(window.place).is_disjoint(&self.kin(other.place))
                };
                if !said && !shown.is_disjoint(its) {
                    found.insert((
                        "undeclared-alias",
                        pair(&self.name(window), &self.name(other)),
                    ));
                }
            }
        }
        for zone in &zones {
            let taken = members
                .iter()
                .any(|m| !m.empty() && self.takes(m.place, &self.name(zone)));
            let reached = |frame: i128| windows.iter().any(|(_, shown)| shown.contains(&frame));
            if !taken && (zone.start..zone.end).any(|frame| !reached(frame)) {
                found.insert(("unreachable-memory", self.name(zone)));
            }
        }
    }

    fn takes(&self, window: usize, zone: &str) -> bool {
        match self
            .place(window)
            .target
            .as_ref()
            .map(|target| &target.kind)
        {
            Some(TargetKind::Pages { from, .. }) => from.iter().any(|name| name.text == zone),
            _ => false,
        }
    }

    fn kin(&self, window: usize) -> BTreeSet<usize> {
        let mut kin = BTreeSet::from([window]);
        let mut open = vec![window];
        while let Some(next) = open.pop() {
            for of in self.place(next).alias.iter().flat_map(|alias| &alias.of) {
                let of = self.find(&of.text).expect("declared");
                if kin.insert(of) {
                    open.push(of);
                }
            }
        }
        kin
    }
}

/// Two names in the order of the alphabet.
pub(crate) fn pair(a: &str, b: &str) -> String {
    format!("{} {}", a.min(b), a.max(b))
}
