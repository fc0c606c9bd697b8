//! What windows show: targets, and the slots of fixed windows.

use super::Evaluator;
use super::expr::Scope;
use crate::model::{ItemId, Kind, Num, Slot, SpaceId, Target};
use crate::resolve::{ItemDecl, TargetDecl, duplicate_name, shadows_builtin};
use crate::source::Loc;
use crate::term::TermId;
use mapwright_grammar::ast::{Expr, ExprKind, FixedSlot};

impl Evaluator<'_> {
    pub(super) fn target(
        &mut self,
        decl: &ItemDecl<'_>,
        id: ItemId,
        scope: Scope<'_>,
    ) -> Option<Target> {
        Some(match &decl.target {
            TargetDecl::None => Target::None,
            TargetDecl::View => Target::View,
            TargetDecl::Poisoned => Target::Poisoned,
            TargetDecl::Linear { space, at, repeat } => {
                let at = self.num(at, scope, Kind::Addr, "`at` takes an address");
                let repeat = match repeat {
                    Some(repeat) => {
                        Some(self.num(repeat, scope, Kind::Size, "`repeat` takes a size")?)
                    }
                    None => None,
                };
                Target::Linear {
                    space: *space,
                    at: at?,
                    repeat,
                }
            }
            TargetDecl::Pages { from, or_device } => Target::Pages {
                from: from.clone(),
                or_device: *or_device,
            },
            TargetDecl::Slots { count, from } => Target::Slots {
                count: self.num(count, scope, Kind::Int, "slots are counted")?,
                from: from.clone(),
            },
            TargetDecl::Fixed { .. } => Target::Fixed {
                slots: self.slots[id.index()].clone()?,
            },
            TargetDecl::Device { of } => Target::Device { of: of.clone() },
            TargetDecl::Table { element, per, of } => {
                let element = self.num(element, scope, Kind::Size, "an element has a size");
                let per = self.per(per, *of, scope);
                Target::Table {
                    element: element?,
                    per: per?,
                    of: *of,
                }
            }
            TargetDecl::Tables { of, level, entry } => Target::Tables {
                of: *of,
                level: level.text.clone(),
                level_loc: decl.at(level.span),
                entry: self.num(entry, scope, Kind::Int, "entries are counted")?,
            },
        })
    }

    /// What one element of a table describes: the word `page`, or a size.
    fn per(&mut self, per: &Expr, of: SpaceId, scope: Scope<'_>) -> Option<Num> {
        if matches!(&per.kind, ExprKind::Name(word) if word == "page") {
            let term = self.page_size(of)?;
            return Some(Num {
                term,
                loc: scope.at(per.span),
            });
        }
        self.num(per, scope, Kind::Size, "`per` takes `page` or a size")
    }

    pub(super) fn slots_of(&mut self, id: ItemId) -> Option<Vec<Slot>> {
        let item = &self.decls.items[id.index()];
        let TargetDecl::Fixed { slots } = item.target else {
            return None;
        };
        let scope = self.item_scope(id)?;
        let mut done: Vec<Slot> = Vec::with_capacity(slots.len());
        let mut next = TermId::FALSE;
        let mut good = true;
        for slot in slots {
            let loc = item.at(slot.name.span);
            good &= self.slot_name(slot, loc, &done);
            let count = self.slot_count(slot, loc, scope);
            let Some(count) = count else {
                good = false;
                continue;
            };
            done.push(Slot {
                name: slot.name.text.clone(),
                doc: slot.docs.join("\n"),
                count,
                first: next,
                loc,
            });
            next = self.term(loc, |terms| terms.add(next, count.term))?;
        }
        good.then_some(done)
    }

    /// Whether a slot's name is its own.
    fn slot_name(&mut self, slot: &FixedSlot, loc: Loc, earlier: &[Slot]) -> bool {
        let name = &slot.name.text;
        let wrong = if super::references::FIELDS.contains(&name.as_str()) {
            shadows_builtin::of(name, "slot", "a number of every range", loc)
        } else if let Some(first) = earlier.iter().find(|first| first.name == *name) {
            duplicate_name::of(name, "slot", loc, "slot", first.loc)
        } else {
            return true;
        };
        self.diagnostics.push(wrong);
        false
    }

    fn slot_count(&mut self, slot: &FixedSlot, loc: Loc, scope: Scope<'_>) -> Option<Num> {
        let Some(count) = &slot.count else {
            return Some(Num {
                term: TermId::TRUE,
                loc,
            });
        };
        let value = self.expr_as(count, scope, Kind::Int, "slots are counted")?;
        Some(Num {
            term: value.term,
            loc: scope.at(count.span),
        })
    }
}
