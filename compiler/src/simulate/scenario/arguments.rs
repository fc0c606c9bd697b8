//! The values of a step's arguments, checked against what each may be.

use mapwright_runtime::Access;
use mapwright_runtime::layout::{PlaceKind, Target};

use super::document::{Item, Reader, Text};
use super::scope::Scope;
use super::{Given, GivenValue};
use crate::simulate::expression::Expression;
use crate::simulate::operations::declaration::{Argument, Takes};
use crate::simulate::scenario_value;

/// Reads arguments, whose names stand for what the scope has.
pub(super) struct ArgumentReader<'r, 't, 'l> {
    pub(super) reader: &'r mut Reader<'t>,
    pub(super) scope: &'r Scope<'l>,
}

impl ArgumentReader<'_, '_, '_> {
    /// The value of an argument.
    pub(super) fn argument(
        &mut self,
        argument: &'static Argument,
        item: Item<'_, '_>,
    ) -> Option<Given> {
        let loc = self.reader.loc(item.span());
        let value = match argument.takes {
            Takes::Number => GivenValue::Number(self.number(item)?),
            Takes::Numbers => {
                let items = self.reader.array(item)?;
                let numbers = items.into_iter().map(|item| self.number(item));
                GivenValue::Numbers(numbers.collect::<Option<_>>()?)
            }
            Takes::Flag => GivenValue::Flag(self.reader.flag(item)?),
            Takes::Choices(words) => {
                let mut texts = Vec::new();
                for item in self.reader.one_or_more(item) {
                    let text = self.reader.text(item)?;
                    self.one_of(&text, words, argument.name);
                    texts.push(text.text);
                }
                GivenValue::Texts(texts)
            }
            takes => {
                let text = self.reader.text(item)?;
                self.check_text(takes, argument.name, &text);
                GivenValue::Text(text.text)
            }
        };
        Some(Given { loc, value })
    }

    fn number(&mut self, item: Item<'_, '_>) -> Option<Expression> {
        let (expression, text) = self.reader.expression(item)?;
        self.scope.check(self.reader, &expression, &text, None);
        Some(expression)
    }

    fn one_of(&mut self, text: &Text, words: &'static [&'static str], what: &str) {
        if !words.contains(&text.text.as_str()) {
            let known = words.iter().copied();
            let what = format!("`{what}`");
            let wrong = scenario_value::word(&what, &text.text, known, text.loc);
            self.reader.wrong(wrong);
        }
    }

    /// Checks that a word is one of the names that a layout has for something.
    fn one_named(&mut self, text: &Text, what: &str, names: Vec<&str>) {
        if !names.contains(&text.text.as_str()) {
            let wrong = scenario_value::word(what, &text.text, names, text.loc);
            self.reader.wrong(wrong);
        }
    }

    /// Checks a word against what it may name.
    fn check_text(&mut self, takes: Takes, name: &str, text: &Text) {
        match takes {
            Takes::Choice(words) => self.one_of(text, words, name),
            Takes::Zone if !["dma", "normal", "high"].contains(&text.text.as_str()) => {
                let kind = PlaceKind::Zone;
                self.scope.place(self.reader, &text.text, kind, text.loc);
            }
            Takes::Window => {
                let kind = PlaceKind::Window;
                self.scope.place(self.reader, &text.text, kind, text.loc);
            }
            Takes::Space => {
                let spaces = self.scope.layout.spaces();
                let names = spaces.map(|(_, space)| space.name.as_str());
                self.one_named(text, "space of this layout", names.collect());
            }
            Takes::Slot => {
                let places = self.scope.layout.places();
                let slots = places.filter_map(|(_, place)| match &place.target {
                    Target::Fixed { slots } => Some(slots),
                    _ => None,
                });
                let names = slots.flatten().map(|slot| slot.name.as_str());
                self.one_named(text, "fixed slot of this layout", names.collect());
            }
            Takes::Segment => {
                let segments = self.scope.layout.segments().iter();
                let names = segments.map(|segment| segment.name.as_str());
                self.one_named(text, "segment of this layout", names.collect());
            }
            Takes::Rights if Access::from_letters(&text.text).is_none() => {
                let message = format!("`{}` are no rights", text.text);
                let label = "any of r, w, x, in this order";
                self.reader
                    .wrong(scenario_value::wrong(message, label, text.loc));
            }
            _ => {}
        }
    }
}
