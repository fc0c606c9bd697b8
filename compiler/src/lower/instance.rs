//! An instance being made: the runtime's builder, and the values of all terms.

use super::existing::Existing;
use super::{Lowered, refused, undefined_here};
use crate::diagnostic::Diagnostic;
use crate::model::{ItemId, Model, Num};
use crate::source::{Loc, Sources};
use crate::term::{Evaluation, TermId};
use mapwright_runtime::layout as rt;

/// What it is made from, and what is there of it.
pub(super) struct Instance<'a> {
    pub(super) model: &'a Model,
    sources: &'a Sources,
    pub(super) values: &'a [i128],
    pub(super) evaluation: Evaluation<'a>,
    pub(super) builder: rt::LayoutBuilder,
    /// For each item the position of its first place and how many it has.
    first: Vec<(usize, usize)>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The layout of these places.
pub(super) fn layout(
    model: &Model,
    sources: &Sources,
    values: &[i128],
    places: Vec<Existing>,
) -> Result<Lowered, Vec<Diagnostic>> {
    let mut instance = Instance {
        model,
        sources,
        values,
        evaluation: Evaluation::new(&model.terms, values.to_vec()),
        builder: rt::LayoutBuilder::new(name(sources)),
        first: first_places(model, &places),
        diagnostics: Vec::new(),
    };
    instance.parameters();
    instance.spaces();
    for place in &places {
        instance.place(place);
    }
    instance.segments();
    instance.constants();
    if !instance.diagnostics.is_empty() {
        return Err(instance.diagnostics);
    }
    let items = places.iter().map(|place| place.item).collect();
    match instance.builder.finish() {
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
fn first_places(model: &Model, places: &[Existing]) -> Vec<(usize, usize)> {
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

impl Instance<'_> {
    pub(super) fn declared_at(&self, loc: Loc) -> String {
        self.sources.place_text(loc)
    }

    /// The value of a term, with a message when it has none.
    pub(super) fn value(&mut self, term: TermId, loc: Loc, what: &str) -> i128 {
        match self.evaluation.get(term) {
            Ok(value) => value,
            Err(no) => {
                let wrong = undefined_here::of(self.model, self.values, what, no, loc);
                self.diagnostics.push(wrong);
                0
            }
        }
    }

    /// A value that the runtime keeps in 64 bits, with a message when it does not fit.
    pub(super) fn small(&mut self, num: Num, what: &str) -> u64 {
        let value = self.value(num.term, num.loc, what);
        self.fits(value, num.loc, what)
    }

    pub(super) fn fits<T: TryFrom<i128> + Default>(
        &mut self,
        value: i128,
        loc: Loc,
        what: &str,
    ) -> T {
        T::try_from(value).unwrap_or_else(|_| {
            let wrong = undefined_here::out_of_range(self.model, self.values, what, value, loc);
            self.diagnostics.push(wrong);
            T::default()
        })
    }

    /// The places of items that exist here, in the order named.
    pub(super) fn ids(&self, items: &[ItemId]) -> Vec<rt::PlaceId> {
        let places = |id: &ItemId| {
            let (first, count) = self.first[id.index()];
            (first..first + count).map(rt::PlaceId::from_index)
        };
        items.iter().flat_map(places).collect()
    }

    fn constants(&mut self) {
        for named in &self.model.lets {
            // A value that no instance like this one has (its item does not exist) is left out.
            if let Ok(value) = self.evaluation.get(named.value.term) {
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
