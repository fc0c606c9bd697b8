//! Places of an instance: what is said of the item of each, and its rights.

use super::existing::Existing;
use super::instance::Instance;
use super::spaces::space_id;
use crate::model::{Item, ItemKind, Kind};
use crate::show_value::value_literal;
use crate::source::Loc;
use mapwright_grammar::ast::PlaceKind as Ast;
use mapwright_runtime::layout as rt;

impl Instance<'_> {
    pub(super) fn place(&mut self, expanded: &Existing) {
        let item = self.model.item(expanded.item);
        if let (Some(family), Some(member)) = (&item.family, expanded.member) {
            self.evaluation.set(family.var, member);
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
        place.access = self.model.access(item);
        place.tables = item.attrs.tables.map(|(sharing, _)| sharing);
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
        all.extend(self.words(item));
        all
    }

    /// Attributes that are words and texts, and every reason.
    fn words(&self, item: &Item) -> Vec<(String, String)> {
        let attrs = &item.attrs;
        let grows = attrs
            .grows_down
            .map(|(down, _)| if down { "down" } else { "up" });
        let backing = attrs
            .file_backed
            .map(|(file, _)| if file { "file" } else { "anon" });
        let text = |why: &Option<(String, Loc)>| why.as_ref().map(|(why, _)| why.clone());
        let covers = item.covers.as_ref().map(|covers| match &covers.what {
            None => "all".to_owned(),
            Some(list) => {
                let names = list.iter().map(|id| self.model.item(*id).name.as_str());
                names.collect::<Vec<_>>().join(", ")
            }
        });
        let said = [
            ("unreached", text(&attrs.unreached)),
            ("needed", text(&attrs.needed)),
            ("map", attrs.never_mapped.map(|_| "never".to_owned())),
            ("everywhere", attrs.everywhere.map(|_| String::new())),
            (
                "cache",
                attrs.cache.map(|(cache, _)| cache.word().to_owned()),
            ),
            ("grows", grows.map(str::to_owned)),
            ("backing", backing.map(str::to_owned)),
            (
                "because",
                item.because.as_ref().map(|reason| reason.why.clone()),
            ),
            (
                "alias because",
                item.alias.as_ref().map(|alias| alias.because.clone()),
            ),
            ("covers", covers),
            (
                "covers because",
                item.covers.as_ref().map(|covers| covers.because.clone()),
            ),
        ];
        let said = said
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        let reasons = attrs.reasons.iter();
        let reasons = reasons.map(|(key, reason)| (format!("{key} because"), reason.why.clone()));
        said.chain(reasons).collect()
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
