//! Filling the runtime's builder.

use super::expand::Expanded;
use super::{Lowered, Valuation, refused, undefined_here};
use crate::diagnostic::Diagnostic;
use crate::model::{Item, ItemId, ItemKind, Kind, Mode, Model, Num, SpaceId, Target};
use crate::show_value::value_literal;
use crate::source::{Loc, Sources};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind as Ast;
use mapwright_runtime::Access;
use mapwright_runtime::layout as rt;
use mapwright_runtime::paging::Format;

/// Builds the layout of these places.
pub(super) fn layout(
    model: &Model,
    sources: &Sources,
    values: &[i128],
    places: Vec<Expanded>,
) -> Result<Lowered, Vec<Diagnostic>> {
    let mut build = Build {
        model,
        sources,
        values,
        valuation: Valuation::new(&model.terms, values.to_vec()),
        builder: rt::LayoutBuilder::new(name(sources)),
        first: first_places(model, &places),
        diagnostics: Vec::new(),
    };
    build.parameters();
    build.spaces();
    for place in &places {
        build.place(place);
    }
    build.segments();
    build.constants();
    if !build.diagnostics.is_empty() {
        return Err(build.diagnostics);
    }
    let items = places.iter().map(|place| place.item).collect();
    match build.builder.finish() {
        Ok(layout) => Ok(Lowered {
            layout,
            items,
            values: values.to_vec(),
        }),
        Err(errors) => {
            let refuse = |error: &rt::LayoutError| refused::of(model, values, &error.to_string());
            Err(errors.iter().map(refuse).collect())
        }
    }
}

/// The main file's name: its last part, without its ending.
fn name(sources: &Sources) -> String {
    if sources.is_empty() {
        return String::from("layout");
    }
    let name = &sources.get(crate::source::FileId(0)).name;
    let last = name.rsplit(['/', ':']).next().unwrap_or(name);
    crate::bundled::short(last).to_owned()
}

/// For each item the position of its first place and how many it has.
fn first_places(model: &Model, places: &[Expanded]) -> Vec<(usize, usize)> {
    let mut first = vec![(0, 0); model.items.len()];
    for (at, place) in places.iter().enumerate() {
        let entry = &mut first[place.item.index()];
        if entry.1 == 0 {
            entry.0 = at;
        }
        entry.1 += 1;
    }
    first
}

struct Build<'a> {
    model: &'a Model,
    sources: &'a Sources,
    values: &'a [i128],
    valuation: Valuation<'a>,
    builder: rt::LayoutBuilder,
    first: Vec<(usize, usize)>,
    diagnostics: Vec<Diagnostic>,
}

const fn space_id(id: SpaceId) -> rt::SpaceId {
    rt::SpaceId::from_index(id.index())
}

impl Build<'_> {
    fn declared_at(&self, loc: Loc) -> String {
        self.sources.place_text(loc)
    }

    /// The value of a term, with a message when it has none.
    fn value(&mut self, term: TermId, loc: Loc, what: &str) -> i128 {
        match self.valuation.value(term) {
            Ok(value) => value,
            Err(no) => {
                let wrong = undefined_here::of(self.model, self.values, what, no, loc);
                self.diagnostics.push(wrong);
                0
            }
        }
    }

    /// A value that the runtime keeps in 64 bits, with a message when it does not fit.
    fn small(&mut self, num: Num, what: &str) -> u64 {
        let value = self.value(num.term, num.loc, what);
        self.fits(value, num.loc, what)
    }

    fn fits<T: TryFrom<i128> + Default>(&mut self, value: i128, loc: Loc, what: &str) -> T {
        T::try_from(value).unwrap_or_else(|_| {
            let wrong = undefined_here::out_of_range(self.model, self.values, what, value, loc);
            self.diagnostics.push(wrong);
            T::default()
        })
    }

    fn parameters(&mut self) {
        for param in &self.model.params {
            let value = self.values[param.var.index()];
            let number = match param.kind {
                Kind::Version | Kind::Enum(_) => None,
                _ => Some(value),
            };
            self.builder.parameter(rt::Parameter {
                name: param.name.clone(),
                value: value_literal(self.model, param.kind, value),
                number,
            });
        }
    }

    fn spaces(&mut self) {
        for space in &self.model.spaces {
            let bits = match space.bits {
                Some(bits) => {
                    let what = format!("the width of `{}`", space.name);
                    let value = self.value(bits.term, bits.loc, &what);
                    self.fits(value, bits.loc, &what)
                }
                None => 64,
            };
            let mut cases = space.paging.iter();
            let taken = cases.find(|(cond, _)| self.valuation.holds(*cond));
            let format = taken.and_then(|(_, id)| {
                let format = &self.model.formats[id.index()];
                match Format::new(format.spec.clone()?) {
                    Ok(format) => Some(self.builder.format(format)),
                    Err(error) => {
                        let wrong = refused::at(&error.to_string(), format.loc);
                        self.diagnostics.push(wrong);
                        None
                    }
                }
            });
            let declared_at = self.declared_at(space.loc);
            self.builder.space(rt::Space {
                name: space.name.clone(),
                bits,
                to: space.to.map(space_id),
                format,
                declared_at,
                doc: space.doc.clone(),
            });
        }
    }

    /// The places of items that exist here, in the order named.
    fn ids(&self, items: &[ItemId]) -> Vec<rt::PlaceId> {
        let places = |id: &ItemId| {
            let (first, count) = self.first[id.index()];
            (first..first + count).map(rt::PlaceId::from_index)
        };
        items.iter().flat_map(places).collect()
    }

    fn place(&mut self, expanded: &Expanded) {
        let item = self.model.item(expanded.item);
        if let (Some(family), Some(member)) = (&item.family, expanded.member) {
            self.valuation.set(family.var, member);
        }
        let target = self.target(item);
        let mut place = rt::Place::new(
            item.name.clone(),
            kind(item.kind),
            space_id(item.space),
            expanded.range,
        );
        place.member = expanded.member;
        place.parent = item
            .parent
            .and_then(|parent| self.ids(&[parent]).first().copied());
        place.access = self.access(item);
        place.tables = item.attrs.tables.map(|(sharing, _)| match sharing {
            crate::model::Sharing::Shared => rt::Tables::Shared,
            crate::model::Sharing::PerProcess => rt::Tables::PerProcess,
        });
        place.target = target;
        place.alias_of = item
            .alias
            .as_ref()
            .map_or_else(Vec::new, |alias| self.ids(&alias.of));
        place.declared_at = self.declared_at(item.name_loc);
        place.doc.clone_from(&item.doc);
        place.attrs = self.attrs(item);
        self.builder.place(place);
    }

    /// What a place allows. Windows and areas that do not say so may be read and written; a view
    /// has its window's rights; a part limits nothing but who may enter.
    fn access(&self, item: &Item) -> Access {
        let rights = |item: &Item| {
            let said = item.attrs.rights.map(|(rights, _)| rights);
            said.map(|rights| Access::new(rights.read, rights.write, rights.execute))
        };
        let access = match item.kind {
            ItemKind::Part => match item.attrs.mode {
                Some((Mode::Nobody, _)) => Access::NONE,
                _ => Access::new(true, true, true),
            },
            ItemKind::Place(Ast::Window | Ast::Area) => {
                let mut from = Some(item);
                let mut found = None;
                while let (None, Some(this)) = (found, from) {
                    found = rights(this);
                    let outer = this.parent.map(|parent| self.model.item(parent));
                    from = outer.filter(|_| matches!(this.target, Target::View));
                }
                found.unwrap_or(Access::new(true, true, false))
            }
            ItemKind::Place(_) => return Access::NONE,
        };
        let access = match item.attrs.mode {
            Some((Mode::User, _)) => access.for_user(),
            _ => access,
        };
        match item.attrs.global {
            Some(_) => access.as_global(),
            None => access,
        }
    }

    fn target(&mut self, item: &Item) -> rt::Target {
        let what = |of: &str| format!("{of} of `{}`", item.name);
        match &item.target {
            Target::None | Target::Poisoned => rt::Target::None,
            Target::View => rt::Target::View,
            Target::Linear { space, at, repeat } => rt::Target::Linear {
                space: space_id(*space),
                at: self.linear_at(*at, &what("the target")),
                repeat: repeat.map(|repeat| self.small(repeat, &what("`repeat`"))),
            },
            Target::Pages { from, or_device } => rt::Target::Pages {
                zones: self.ids(from),
                or_device: *or_device,
                guard: item
                    .attrs
                    .guard
                    .map_or(0, |guard| self.small(guard, &what("`guard`"))),
            },
            Target::Slots { count, from } => rt::Target::Slots {
                count: self.small(*count, &what("the number of slots")),
                zones: self.ids(from),
            },
            Target::Fixed { slots } => rt::Target::Fixed {
                slots: self.slots(slots),
            },
            Target::Device { of } => rt::Target::Device { of: self.ids(of) },
            Target::Table { element, per, of } => rt::Target::Table {
                element: self.small(*element, &what("the element")),
                per: self.small(*per, &what("`per`")),
                of: space_id(*of),
            },
        }
    }

    /// Where a linear window begins in its target, modulo 2^64.
    fn linear_at(&mut self, at: Num, what: &str) -> u64 {
        let value = self.value(at.term, at.loc, what);
        let wraps = (-(1_i128 << 64)..0).contains(&value);
        let value = if wraps { value + (1 << 64) } else { value };
        self.fits(value, at.loc, what)
    }

    /// Groups without a slot are left out: the numbers of the others are the same.
    fn slots(&mut self, slots: &[crate::model::Slot]) -> Vec<rt::FixedSlot> {
        let mut all = Vec::with_capacity(slots.len());
        for slot in slots {
            let what = format!("the number of slots `{}`", slot.name);
            let count = self.small(slot.count, &what);
            let first = self.value(slot.first, slot.loc, &what);
            let first_index = self.fits(first, slot.loc, &what);
            if count > 0 {
                all.push(rt::FixedSlot {
                    name: slot.name.clone(),
                    count,
                    first_index,
                });
            }
        }
        all
    }

    /// Attributes without a field of their own, as text.
    fn attrs(&mut self, item: &Item) -> Vec<(String, String)> {
        let attrs = &item.attrs;
        let mut all: Vec<(String, String)> = Vec::new();
        for (key, num) in [
            ("guard", attrs.guard),
            ("page", attrs.page),
            ("reach", attrs.reach),
        ] {
            if let Some(num) = num {
                let value = self.value(num.term, num.loc, &format!("`{key}` of `{}`", item.name));
                all.push((key.into(), value_literal(self.model, Kind::Size, value)));
            }
        }
        if let Some((zones, _)) = &attrs.fallback {
            let names: Vec<&str> = zones
                .iter()
                .map(|zone| self.model.item(*zone).name.as_str())
                .collect();
            all.push(("fallback".into(), names.join(", ")));
        }
        if let Some((why, _)) = &attrs.unreached {
            all.push(("unreached".into(), why.clone()));
        }
        if let Some((down, _)) = attrs.grows_down {
            all.push(("grows".into(), if down { "down" } else { "up" }.into()));
        }
        if let Some((file, _)) = attrs.file_backed {
            all.push(("backing".into(), if file { "file" } else { "anon" }.into()));
        }
        if let Some(alias) = &item.alias {
            all.push(("because".into(), alias.because.clone()));
        }
        all
    }

    fn segments(&mut self) {
        for segment in &self.model.segments {
            let what = |of: &str| format!("{of} of `{}`", segment.name);
            let index = self.value(segment.index.term, segment.index.loc, &what("the index"));
            let dpl = self.value(segment.dpl.term, segment.dpl.loc, &what("`dpl`"));
            let made = rt::Segment {
                name: segment.name.clone(),
                table: match segment.local {
                    true => rt::DescriptorTable::Ldt,
                    false => rt::DescriptorTable::Gdt,
                },
                index: self.fits(index, segment.index.loc, &what("the index")),
                class: match segment.code {
                    true => rt::SegmentClass::Code,
                    false => rt::SegmentClass::Data,
                },
                base: self.small(segment.base, &what("`base`")),
                limit: self.small(segment.limit, &what("`limit`")),
                dpl: self.fits(dpl, segment.dpl.loc, &what("`dpl`")),
                declared_at: self.declared_at(segment.loc),
                doc: segment.doc.clone(),
            };
            self.builder.segment(made);
        }
    }

    fn constants(&mut self) {
        for named in &self.model.lets {
            // A value that no instance like this one has (its item does not exist) is left out.
            if let Ok(value) = self.valuation.value(named.value.term) {
                self.builder.constant(named.name.clone(), value);
            }
        }
        for export in &self.model.exports {
            let what = format!("the export \"{}\"", export.name);
            let value = self.value(export.value.term, export.value.loc, &what);
            self.builder.export(export.name.clone(), value);
        }
    }
}

const fn kind(kind: ItemKind) -> rt::PlaceKind {
    match kind {
        ItemKind::Part => rt::PlaceKind::Part,
        ItemKind::Place(Ast::Zone) => rt::PlaceKind::Zone,
        ItemKind::Place(Ast::Reserve) => rt::PlaceKind::Reserve,
        ItemKind::Place(Ast::Device) => rt::PlaceKind::Device,
        ItemKind::Place(Ast::Window) => rt::PlaceKind::Window,
        ItemKind::Place(Ast::Guard) => rt::PlaceKind::Guard,
        ItemKind::Place(Ast::Hole) => rt::PlaceKind::Hole,
        ItemKind::Place(Ast::Area) => rt::PlaceKind::Area,
    }
}
