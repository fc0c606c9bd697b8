//! What an address is: the window, guard or hole that decides about it, or why it has no meaning. The same answer as
//! `mapwright translate` gives, for fault handlers.

use super::Unit;
use super::lines::Lines;
use super::names;
use crate::emit::define::deciders::{Decider, Decision};
use crate::emit::define::naming::Owner;
use crate::model::paging::formats;
use crate::model::{Model, SpaceId};
use crate::show_value::addr_text;
use crate::term::TermId;
use mapwright_runtime::paging::Format;

/// The types that `classify` answers with.
const TYPES: &str = "
/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// What decides about it.
    pub kind: PlaceKind,
    /// The name of the window, guard, hole, area or part; empty where there is none.
    pub name: &'static str,
    /// The number of the member, in a family.
    pub member: Option<i64>,
}

/// What decides about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// A window maps it, at a fixed distance.
    Linear,
    /// Page tables decide while the kernel runs.
    Dynamic,
    /// A guard: touching it is a fault.
    Guard,
    /// A hole: touching it is a fault.
    Hole,
    /// Nothing is declared there.
    Unmapped,
    /// Page tables cannot translate it.
    NonCanonical,
}

impl Place {
    const fn of(kind: PlaceKind, name: &'static str, member: Option<i64>) -> Option<Self> {
        Some(Self { kind, name, member })
    }
}
";

/// The space that the kernel's own addresses are in: the first with anything in it that no other such space leads to.
pub(super) fn main_space(model: &Model, deciders: &[Vec<Decider>]) -> Option<SpaceId> {
    let declared = || (0..).map(SpaceId).zip(&model.spaces);
    let filled = |id: SpaceId| !deciders[id.index()].is_empty();
    let led_to =
        |id: SpaceId| declared().any(|(other, space)| filled(other) && space.to == Some(id));
    let mut all = declared().map(|(id, _)| id).filter(|&id| filled(id));
    let first = all.clone().next();
    all.find(|&id| !led_to(id)).or(first)
}

/// The functions that classify, with the spaces whose addresses they take.
fn functions(model: &Model, deciders: &[Vec<Decider>]) -> Vec<(SpaceId, String)> {
    let main = main_space(model, deciders);
    let spaces = (0..).map(SpaceId).take(model.spaces.len());
    let filled = spaces.filter(|id| !deciders[id.index()].is_empty());
    let named = filled.map(|id| {
        let name = match Some(id) == main {
            true => "classify".to_owned(),
            false => names::function(&format!("classify_{}", model.space(id).name)),
        };
        (id, name)
    });
    named.collect()
}

/// The names of the functions that classify, with what they are.
pub(super) fn function_names(model: &Model, deciders: &[Vec<Decider>]) -> Vec<(String, Owner)> {
    let named = functions(model, deciders).into_iter().map(|(id, name)| {
        let space = model.space(id);
        let what = format!("what addresses of space `{}` are", space.name);
        (name, Owner::other(what, space.loc))
    });
    named.collect()
}

impl Unit<'_> {
    /// The types and functions; nothing where no address has a meaning.
    pub(super) fn classify(&mut self, lines: &mut Lines) {
        let functions = functions(self.model, &self.deciders);
        if functions.is_empty() {
            return;
        }
        lines.blank().comment("What addresses are").blank();
        for line in TYPES.trim().lines() {
            lines.line(line);
        }
        for (space, name) in functions {
            self.classify_space(lines, space, &name);
        }
    }

    fn classify_space(&mut self, lines: &mut Lines, space: SpaceId, name: &str) {
        let roots = self.deciders[space.index()].clone();
        let declared = self.model.space(space);
        lines.blank().doc(&format!(
            "What `address` of space `{}` is; `None` when the space has no such address.",
            declared.name
        ));
        let mut terms = Vec::new();
        for decider in roots.iter().flat_map(Decider::all) {
            terms.extend(self.item_terms(decider.item, &[]));
            terms.extend(self.member_terms(decider.item));
        }
        let end = self.fixed.fix(declared.end);
        terms.extend(end);
        let canonical = self.not_canonical(space);
        terms.extend(canonical.iter().map(|(when, ..)| *when));
        let arguments = self.arguments(self.reads_boot(&terms), None, &["address: u64"]);
        let mut body = self.new_body(lines);
        if let Some(end) = end.filter(|&end| self.fixed.terms.as_const(end) != Some(1 << 64)) {
            let last = self.fixed.terms.plus(end, -1);
            let last = self.word(&mut body, last);
            body.open(&format!("if address > {last} {{"))
                .line("return None;")
                .close("}");
        }
        for (when, low, high) in canonical {
            let mut tests = vec![
                format!("address >= {}", addr_text(low)),
                format!("address <= {}", addr_text(high)),
            ];
            if when != TermId::TRUE {
                let when = self.condition(&mut body, when);
                tests.insert(0, format!("({when})"));
            }
            body.open_if(&tests)
                .line("return Place::of(PlaceKind::NonCanonical, \"\", None);")
                .close("}");
        }
        for decider in &roots {
            self.classify_inside(&mut body, decider);
        }
        body.line("Place::of(PlaceKind::Unmapped, \"\", None)");
        let name = format!("pub const fn {name}");
        lines.function(&name, &arguments, "Option<Place>", body);
    }

    /// The addresses that the page tables of a space cannot translate, and when: both ends inclusive.
    fn not_canonical(&mut self, space: SpaceId) -> Vec<(TermId, i128, i128)> {
        let bits = self.model.space(space).bits;
        let bits = bits.and_then(|bits| self.fixed.fix(bits.term));
        let bits = bits.and_then(|bits| self.fixed.terms.as_const(bits));
        let Some(bits) = bits.and_then(|bits| u8::try_from(bits).ok()) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for format in formats(self.model, space) {
            let when = self.fixed.holds(format.when);
            let Ok(format) = Format::new(format.spec.clone()) else {
                continue;
            };
            let mut next = 0;
            for range in format.canonical_ranges_in(bits.into()) {
                let (base, end) = (i128::from(range.base()), i128::from(range.last()) + 1);
                if base > next && when != TermId::FALSE {
                    found.push((when, next, base - 1));
                }
                next = end;
            }
            let end = 1_i128 << bits;
            if next < end && when != TermId::FALSE {
                found.push((when, next, end - 1));
            }
        }
        found
    }

    /// The answer for what lies in a range: what is inside of it is asked first.
    fn classify_inside(&mut self, lines: &mut Lines, decider: &Decider) {
        self.if_inside(lines, decider.item, |this, lines, member| {
            for inner in &decider.inside {
                this.classify_inside(lines, inner);
            }
            let kind = match decider.decision {
                Decision::Linear(_) => "Linear",
                Decision::Dynamic => "Dynamic",
                Decision::Guard => "Guard",
                Decision::Hole => "Hole",
                Decision::Nothing => "Unmapped",
            };
            let named = this.model.item(decider.named);
            let member = match (member, named.family.is_some()) {
                (Some(number), true) => format!("Some({number} as i64)"),
                _ => "None".to_owned(),
            };
            lines.line(&format!(
                "return Place::of(PlaceKind::{kind}, \"{}\", {member});",
                named.name
            ));
        });
    }
}
