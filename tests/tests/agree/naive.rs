//! What a layout of [`super::random`] means, by looking at every parameter value and every byte: an evaluator of the syntax
//! tree that shares nothing with the compiler but the parser.

use mapwright_grammar::ast::{
    BinaryOp, Domain, Expr, ExprKind, File, ItemKind, Param, Place, PlaceKind, RangeEnd, TargetKind, UnaryOp,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// How many bytes a space has.
const TOP: i128 = 256;

/// Why an expression has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum No {
    Undefined,
    Missing,
    NoMember,
}

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

struct World<'a> {
    naive: &'a Naive<'a>,
    values: BTreeMap<&'a str, i128>,
    /// The codes of everything that has no value: all of them, not the first of each expression.
    needs: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Naive<'a> {
    pub(crate) fn new(file: &'a File) -> Self {
        let mut naive = Self { params: Vec::new(), places: Vec::new(), assumes: Vec::new(), asserts: Vec::new(), paged: false };
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
        self.params.iter().map(|param| param.name.text.as_str()).collect()
    }

    fn constant(&self, expr: &Expr) -> i128 {
        let world = World { naive: self, values: BTreeMap::new(), needs: RefCell::default() };
        world.value(expr, None).expect("domains are numbers")
    }

    pub(crate) fn defaults(&self) -> Point {
        self.params.iter().map(|param| self.constant(&param.default)).collect()
    }

    /// Every assignment.
    pub(crate) fn points(&self) -> Vec<Point> {
        let mut points = vec![Vec::new()];
        for param in &self.params {
            let domain: Vec<i128> = match &param.domain {
                None => vec![0, 1],
                Some(Domain::Set { values, .. }) => values.iter().map(|value| self.constant(value)).collect(),
                Some(Domain::Interval { low, high, step, .. }) => {
                    let step = step.as_ref().map_or(1, |step| self.constant(step));
                    let low = self.constant(low);
                    (0..=(self.constant(high) - low) / step).map(|n| low + n * step).collect()
                }
            };
            points = points
                .iter()
                .flat_map(|point: &Point| domain.iter().map(move |&value| [point.as_slice(), &[value]].concat()))
                .collect();
        }
        points
    }

    fn world(&'a self, point: &[i128]) -> World<'a> {
        let mut values: BTreeMap<&str, i128> = self.params.iter().map(|p| p.name.text.as_str()).zip(point.iter().copied()).collect();
        values.insert("U", 16);
        World { naive: self, values, needs: RefCell::default() }
    }

    /// True when the outside world allows it.
    pub(crate) fn allowed(&'a self, point: &[i128]) -> bool {
        let world = self.world(point);
        self.assumes.iter().all(|assume| world.value(assume, None) == Ok(1))
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
            match world.value(assert, None) {
                Ok(0) => drop(found.insert(("assert-fails", format!("assert {at}")))),
                Ok(_) | Err(_) => {}
            }
        }
        found.extend(world.needs.take().into_iter().map(|code| (code, String::new())));
        found
    }
}

impl No {
    fn code(self) -> &'static str {
        match self {
            Self::Undefined => "undefined-value",
            Self::Missing => "may-not-exist",
            Self::NoMember => "no-such-member",
        }
    }
}

impl<'a> World<'a> {
    fn need(&self, no: No) -> No {
        self.needs.borrow_mut().insert(no.code());
        no
    }

    fn place(&self, at: usize) -> &'a Place {
        self.naive.places[at]
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.naive.places.iter().position(|place| place.name.text == name)
    }

    fn exists(&self, at: usize) -> bool {
        let place = self.place(at);
        let own = place.when.as_ref().is_none_or(|when| self.value(when, None) == Ok(1));
        own && self.find(&place.parent.text).is_none_or(|parent| self.exists(parent))
    }

    fn bounds(&self, at: usize, member: Option<i128>) -> Result<(i128, i128), No> {
        let range = &self.place(at).range;
        let start = self.value(&range.start, member);
        match &range.end {
            RangeEnd::End(end) => {
                let end = self.value(end, member);
                Ok((start?, end?))
            }
            RangeEnd::Size(size) => {
                let size = self.value(size, member);
                Ok((start?, start? + size?))
            }
        }
    }

    fn value(&self, expr: &Expr, member: Option<i128>) -> Result<i128, No> {
        let value = |expr: &Expr| self.value(expr, member);
        Ok(match &expr.kind {
            ExprKind::Number { value, .. } => value.expect("small"),
            ExprKind::Bool(value) => i128::from(*value),
            ExprKind::Paren(inner) => value(inner)?,
            ExprKind::Name(name) if name == "p" => member.expect("in a family"),
            ExprKind::Name(name) => self.values[name.as_str()],
            ExprKind::Unary(UnaryOp::Not, inner) => 1 - value(inner)?,
            ExprKind::Unary(UnaryOp::Neg, inner) => -value(inner)?,
            ExprKind::If(condition, yes, no) => {
                if value(condition)? == 1 { value(yes)? } else { value(no)? }
            }
            ExprKind::Field(base, field) => self.field(base, &field.text, member)?,
            ExprKind::Call(name, args) => self.call(&name.text, args, member)?,
            ExprKind::Binary(BinaryOp::And, a, b) => if value(a)? == 0 { 0 } else { value(b)? },
            ExprKind::Binary(BinaryOp::Or, a, b) => if value(a)? == 1 { 1 } else { value(b)? },
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (value(a), value(b));
                operate(*op, a?, b?).map_err(|no| self.need(no))?
            }
            other => panic!("not in these layouts: {other:?}"),
        })
    }

    fn field(&self, base: &Expr, field: &str, member: Option<i128>) -> Result<i128, No> {
        let (name, number) = match &base.kind {
            ExprKind::Name(name) => (name, None),
            ExprKind::Index(name, number) => {
                let ExprKind::Name(name) = &name.kind else { panic!("a family has a name") };
                (name, Some(self.value(number, member)?))
            }
            other => panic!("not in these layouts: {other:?}"),
        };
        let at = self.find(name).expect("declared before");
        if !self.exists(at) {
            return Err(self.need(No::Missing));
        }
        if !self.numbers(at).contains(&number) {
            return Err(self.need(No::NoMember));
        }
        let (start, end) = self.bounds(at, number)?;
        Ok(match field {
            "start" => start,
            "end" => end,
            "size" => end - start,
            other => panic!("not in these layouts: {other}"),
        })
    }

    fn call(&self, name: &str, args: &[Expr], member: Option<i128>) -> Result<i128, No> {
        let (x, y) = (self.value(&args[0], member), self.value(&args[1], member));
        let (x, y) = (x?, y?);
        Ok(match name {
            "min" => x.min(y),
            "max" => x.max(y),
            "align_down" => x.div_euclid(y) * y,
            "align_up" => -((-x).div_euclid(y)) * y,
            other => panic!("not in these layouts: {other}"),
        })
    }

    fn numbers(&self, at: usize) -> Vec<Option<i128>> {
        match &self.place(at).family {
            None => vec![None],
            Some(family) => {
                let (low, high) = (self.value(&family.low, None).expect("a number"), self.value(&family.high, None).expect("a number"));
                (low..high).map(Some).collect()
            }
        }
    }

    /// The members of everything that exists and has a range. What has none is noted.
    fn members(&self) -> Vec<Member> {
        let mut members = Vec::new();
        for at in (0..self.naive.places.len()).filter(|&at| self.exists(at)) {
            for number in self.numbers(at) {
                if let Ok((start, end)) = self.bounds(at, number) {
                    members.push(Member { place: at, number: number.unwrap_or(0), start, end });
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
            if member.start > member.end || (member.start == member.end && place.optional.is_none()) {
                let guard = place.kind == PlaceKind::Guard && member.start == member.end;
                found.insert((if guard { "guard-empty" } else { "empty-range" }, name.clone()));
            }
            if member.start < 0 || member.end > TOP {
                found.insert(("outside-space", name.clone()));
            }
            let parent = self.find(&place.parent.text).filter(|&parent| self.exists(parent));
            if let Some(Ok((start, end))) = parent.map(|parent| self.bounds(parent, None)) {
                if (member.start < start || member.end > end) && member.start != member.end {
                    found.insert(("leaves-parent", name.clone()));
                }
            }
            if self.naive.paged && !member.empty() && (member.start % 16 != 0 || member.end % 16 != 0) {
                found.insert(("not-page-aligned", name.clone()));
            }
            if let (Some(Ok(at)), false) = (self.target(member.place, Some(member.number)), member.empty()) {
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
                if self.place(a.place).parent.text == self.place(b.place).parent.text && a.meets(b) {
                    found.insert(("overlap", pair(&self.name(a), &self.name(b))));
                }
            }
        }
    }

    /// The frames that a linear window shows: not those of the guards in it.
    fn shown(&self, window: &Member, members: &[Member]) -> BTreeSet<i128> {
        let Some(Ok(at)) = self.target(window.place, Some(window.number)) else { return BTreeSet::new() };
        let mut shown = BTreeSet::new();
        for byte in window.start..window.end {
            let mut hidden = false;
            let mut around = vec![window.place];
            while let Some(outer) = around.pop() {
                let name = &self.place(outer).name.text;
                let inner = members.iter().filter(|m| self.place(m.place).parent.text == *name);
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
        let windows: Vec<(&Member, BTreeSet<i128>)> =
            members.iter().filter(is_linear).map(|window| (window, self.shown(window, members))).collect();
        let zones: Vec<&Member> = members.iter().filter(|m| self.place(m.place).kind == PlaceKind::Zone).collect();
        let zoned = |frame: i128| zones.iter().any(|zone| zone.start <= frame && frame < zone.end);
        for (at, (window, shown)) in windows.iter().enumerate() {
            let alias = self.place(window.place).alias.is_some();
            if !alias && shown.iter().any(|&frame| !zoned(frame)) {
                found.insert(("frames-without-zone", self.name(window)));
            }
            for (other, its) in &windows[at + 1..] {
                let same = window.place == other.place;
                let said = if same { alias } else { !self.kin(window.place).is_disjoint(&self.kin(other.place)) };
                if !said && !shown.is_disjoint(its) {
                    found.insert(("undeclared-alias", pair(&self.name(window), &self.name(other))));
                }
            }
        }
        for zone in &zones {
            let taken = members.iter().any(|m| !m.empty() && self.takes(m.place, &self.name(zone)));
            let reached = |frame: i128| windows.iter().any(|(_, shown)| shown.contains(&frame));
            if !taken && (zone.start..zone.end).any(|frame| !reached(frame)) {
                found.insert(("unreachable-memory", self.name(zone)));
            }
        }
    }

    fn takes(&self, window: usize, zone: &str) -> bool {
        match self.place(window).target.as_ref().map(|target| &target.kind) {
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

fn operate(op: BinaryOp, a: i128, b: i128) -> Result<i128, No> {
    Ok(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b > 0 => a.div_euclid(b),
        BinaryOp::Div => return Err(No::Undefined),
        BinaryOp::Eq => i128::from(a == b),
        BinaryOp::Ne => i128::from(a != b),
        BinaryOp::Lt => i128::from(a < b),
        BinaryOp::Le => i128::from(a <= b),
        BinaryOp::Gt => i128::from(a > b),
        BinaryOp::Ge => i128::from(a >= b),
        other => panic!("not in these layouts: {other:?}"),
    })
}
