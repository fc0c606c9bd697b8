//! The entries of items: where a range starts and ends, and the numbers of its mapping rule.

use super::words;
use super::{Catalogue, Entry, Facet, Group, Members};
use crate::diagnostic::Diagnostic;
use crate::emit::bounds::WORD;
use crate::model::{Extent, Item, ItemId, Kind, Num, Target};
use crate::term::TermId;

/// What all entries of one item have in common.
struct Frame<'m> {
    id: ItemId,
    item: &'m Item,
    exists: TermId,
    members: Option<Members>,
    /// The condition that the member number is one of the family's.
    member: TermId,
}

/// One entry, before what it has in common with the others is added.
struct Detail<'a> {
    suffix: &'a str,
    what: &'a str,
    kind: Kind,
    term: TermId,
    exists: TermId,
    facet: Facet,
}

impl<'m> Catalogue<'_, 'm> {
    /// The entries of an item; none when it does not exist for these parameters.
    pub(super) fn item(&mut self, id: ItemId) -> Result<Option<Group>, Box<Diagnostic>> {
        let item = self.model.item(id);
        let Some(extent) = item.range else {
            return Ok(None);
        };
        let Some(frame) = self.frame(id, item)? else {
            return Ok(None);
        };
        let mut entries = self.range(&frame, extent)?;
        entries.extend(self.rule(&frame)?);
        let parent = match item.parent {
            Some(parent) => &self.model.item(parent).name,
            None => &self.model.space(item.space).name,
        };
        let heading = format!(
            "{} `{}` in `{parent}`",
            capital(item.kind.word()),
            item.name
        );
        Ok(Some(Group {
            heading,
            entries,
            item: Some(id),
        }))
    }

    fn frame(&mut self, id: ItemId, item: &'m Item) -> Result<Option<Frame<'m>>, Box<Diagnostic>> {
        let exists = self.fixed.holds(item.exists);
        let (mut members, mut member) = (None, TermId::TRUE);
        if let Some(family) = &item.family {
            let bound = |term| Num {
                term,
                loc: family.loc,
            };
            let low = self.value(&item.name, bound(family.low))?;
            let high = self.value(&item.name, bound(family.high))?;
            let number = self.fixed.variable(family.var);
            let (above, below) = (
                self.fixed.terms.ge(number, low),
                self.fixed.terms.lt(number, high),
            );
            member = self.fixed.terms.and(above, below);
            members = Some(Members {
                var: family.var,
                name: family.name.clone(),
                low,
                high,
            });
        }
        let exists = self.facts.settle(&mut self.fixed.terms, exists, member);
        let frame = Frame {
            id,
            item,
            exists,
            members,
            member,
        };
        Ok((exists != TermId::FALSE).then_some(frame))
    }

    fn entry(&mut self, frame: &Frame<'_>, detail: Detail<'_>) -> Option<Entry> {
        if detail.exists == TermId::FALSE {
            return None;
        }
        let item = frame.item;
        let brief = format!(
            "{} `{}`: {}.",
            capital(item.kind.word()),
            item.name,
            detail.what
        );
        let full = format!("{}_{}", item.name, detail.suffix);
        // The author's words stand once, where the item begins.
        let doc = if detail.facet == Facet::Start {
            item.doc.as_str()
        } else {
            ""
        };
        let mut entry = Self::plain(&full, detail.kind, detail.term, item.name_loc, doc, brief);
        entry.exists = detail.exists;
        let is_field = !matches!(detail.facet, Facet::Other | Facet::Slots | Facet::Target);
        if is_field && frame.members.is_none() {
            entry.written = format!("{}.{}", item.name, detail.suffix);
        }
        entry.members = frame.members.clone();
        entry.word = true;
        entry.item = Some(frame.id);
        entry.facet = detail.facet;
        Some(entry)
    }

    fn range(&mut self, frame: &Frame<'_>, extent: Extent) -> Result<Vec<Entry>, Box<Diagnostic>> {
        let name = &frame.item.name;
        let (start, end) = (
            self.value(name, extent.start)?,
            self.value(name, extent.end)?,
        );
        let (last, size) = (
            self.fixed.terms.plus(end, -1),
            self.fixed.terms.sub(end, start),
        );
        let filled = if frame.item.optional {
            let filled = self.fixed.terms.lt(start, end);
            self.settled(frame, filled)
        } else {
            TermId::TRUE
        };
        let end_fits = self.end_fits(frame, end);
        let size_fits = if self
            .facts
            .proves(&mut self.fixed.terms, end_fits, frame.member)
        {
            TermId::TRUE
        } else {
            self.facts
                .fits_word(&mut self.fixed.terms, size, frame.member)
        };
        let exists = frame.exists;
        let mut both = |condition| self.fixed.terms.and(exists, condition);
        let (end_exists, last_exists, size_exists) =
            (both(end_fits), both(filled), both(size_fits));
        let details = [
            (
                "start",
                "first address",
                Kind::Addr,
                start,
                exists,
                Facet::Start,
            ),
            (
                "end",
                "one past its last address",
                Kind::Addr,
                end,
                end_exists,
                Facet::End,
            ),
            (
                "last",
                "last address",
                Kind::Addr,
                last,
                last_exists,
                Facet::Last,
            ),
            (
                "size",
                "size in bytes",
                Kind::Size,
                size,
                size_exists,
                Facet::Size,
            ),
        ];
        let made = details.map(|(suffix, what, kind, term, exists, facet)| {
            self.entry(
                frame,
                Detail {
                    suffix,
                    what,
                    kind,
                    term,
                    exists,
                    facet,
                },
            )
        });
        Ok(made.into_iter().flatten().collect())
    }

    fn settled(&mut self, frame: &Frame<'_>, condition: TermId) -> TermId {
        let also = self.fixed.terms.and(frame.member, frame.exists);
        self.facts.settle(&mut self.fixed.terms, condition, also)
    }

    /// The condition that an end is a `u64`: it is not when the range ends at 2^64.
    fn end_fits(&mut self, frame: &Frame<'_>, end: TermId) -> TermId {
        // Nothing leaves its parents and its space, so that what holds for their ends holds here.
        let mut outer = Some(frame.id);
        while let Some(id) = outer {
            let item = self.model.item(id);
            let end = item
                .range
                .and_then(|extent| self.fixed.fix(extent.end.term));
            if end.is_some_and(|end| self.end_is_word(end)) {
                return TermId::TRUE;
            }
            outer = item.parent;
        }
        let space_end = self.model.space(frame.item.space).end;
        if self
            .fixed
            .fix(space_end)
            .is_some_and(|end| self.end_is_word(end))
        {
            return TermId::TRUE;
        }
        let also = self.fixed.terms.and(frame.member, frame.exists);
        let limit = self.fixed.terms.constant(WORD.1);
        let fits = self.fixed.terms.le(end, limit);
        self.facts.settle(&mut self.fixed.terms, fits, also)
    }

    fn end_is_word(&mut self, end: TermId) -> bool {
        let bounds = self.facts.bounds(&self.fixed.terms, end);
        bounds.is_some_and(|(_, high)| high <= WORD.1)
    }

    /// The numbers of the mapping rule and of the attributes.
    fn rule(&mut self, frame: &Frame<'_>) -> Result<Vec<Entry>, Box<Diagnostic>> {
        let mut numbers: Vec<(&str, &str, Kind, Num)> = Vec::new();
        match &frame.item.target {
            Target::Linear { at, repeat, .. } => {
                numbers.push((
                    "target",
                    "address that its first byte is mapped to",
                    Kind::Addr,
                    *at,
                ));
                if let Some(repeat) = repeat {
                    numbers.push((
                        "repeat",
                        "bytes after which its frames repeat",
                        Kind::Size,
                        *repeat,
                    ));
                }
            }
            Target::Slots { count, .. } => {
                numbers.push(("slots", "number of page slots", Kind::Int, *count))
            }
            Target::Table { element, per, .. } => {
                numbers.push((
                    "element",
                    "size of an element in bytes",
                    Kind::Size,
                    *element,
                ));
                numbers.push((
                    "per",
                    "bytes of memory that one element describes",
                    Kind::Size,
                    *per,
                ));
            }
            _ => {}
        }
        if let Some(guard) = frame.item.attrs.guard {
            numbers.push((
                "guard",
                "bytes left free after every area",
                Kind::Size,
                guard,
            ));
        }
        let mut entries = Vec::new();
        for (suffix, what, kind, num) in numbers {
            let term = self.value(&frame.item.name, num)?;
            let exists = frame.exists;
            let facet = match suffix {
                "target" => Facet::Target,
                _ => Facet::Other,
            };
            let made = self.entry(
                frame,
                Detail {
                    suffix,
                    what,
                    kind,
                    term,
                    exists,
                    facet,
                },
            );
            // A linear target may be negative: it is taken modulo its space.
            entries.extend(made.map(|entry| Entry {
                word: suffix != "target",
                ..entry
            }));
        }
        if let Target::Fixed { slots } = &frame.item.target {
            entries.extend(self.slots(frame, slots)?);
        }
        Ok(entries)
    }

    fn slots(
        &mut self,
        frame: &Frame<'_>,
        slots: &[crate::model::Slot],
    ) -> Result<Vec<Entry>, Box<Diagnostic>> {
        let mut entries = Vec::new();
        let mut total = TermId::FALSE;
        for slot in slots {
            let first = self.value(
                &slot.name,
                Num {
                    term: slot.first,
                    loc: slot.loc,
                },
            )?;
            let count = self.value(&slot.name, slot.count)?;
            total = self.fixed.terms.add(total, count);
            let base = self.slot_name(frame, &slot.name);
            let what = format!("slot `{}` of `{}`", slot.name, frame.item.name);
            let single = count == TermId::TRUE;
            let number = if single {
                "number"
            } else {
                "number of its first slot"
            };
            let mut made = vec![(
                base.clone(),
                first,
                format!("Fixed {what}: {number}, counted down from the top."),
            )];
            if !single {
                made.push((
                    format!("{base}_count"),
                    count,
                    format!("Fixed {what}: number of slots."),
                ));
            }
            for (name, term, brief) in made {
                let mut entry = Self::plain(&name, Kind::Int, term, slot.loc, &slot.doc, brief);
                entry.exists = frame.exists;
                entry.members = frame.members.clone();
                entry.word = true;
                entries.push(entry);
            }
        }
        let (kind, exists, facet) = (Kind::Int, frame.exists, Facet::Slots);
        let detail = Detail {
            suffix: "slots",
            what: "number of page slots",
            kind,
            term: total,
            exists,
            facet,
        };
        entries.extend(self.entry(frame, detail));
        Ok(entries)
    }

    /// `fix_apic`, or with the window's name when that is the name of something else: of a slot of another window, a
    /// parameter, a named value or an export.
    fn slot_name(&self, frame: &Frame<'_>, slot: &str) -> String {
        let has = |item: &&Item| match &item.target {
            Target::Fixed { slots } => slots
                .iter()
                .any(|other| other.name.eq_ignore_ascii_case(slot)),
            _ => false,
        };
        let short = format!("fix_{slot}");
        let spelled = words::capitals(&short);
        let model = self.model;
        let params = model.params.iter().map(|param| &param.name);
        let lets = model.lets.iter().map(|named| &named.name);
        let exports = model.exports.iter().map(|export| &export.name);
        let named = params
            .chain(lets)
            .chain(exports)
            .any(|name| words::capitals(name) == spelled);
        let several = model.items.iter().filter(has).count() > 1;
        if named || several {
            format!("{}_{slot}", frame.item.name)
        } else {
            short
        }
    }
}

/// With a capital first letter.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
