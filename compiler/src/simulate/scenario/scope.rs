//! What names stand for, where a scenario is read: results above, pools, and the layout.

use std::collections::BTreeMap;

use mapwright_runtime::layout::{Layout, PlaceKind};

use super::document::{Reader, Text};
use crate::simulate::expression::{Comparison, Expression, Kind};
use crate::simulate::function::Parameter;
use crate::simulate::operations::declaration::Field;
use crate::simulate::{scenario_name, scenario_value};
use crate::source::Loc;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// A result with these fields.
    Result(&'static [Field]),
    /// A plain number.
    Number,
}

/// The fields of a range of the layout.
const RANGE_FIELDS: [&str; 4] = ["start", "end", "last", "size"];

/// The names that are known at a place of a scenario.
#[derive(Debug)]
pub(crate) struct Scope<'l> {
    pub(crate) layout: &'l Layout,
    names: BTreeMap<String, Named>,
    pools: BTreeMap<String, Vec<&'static [Field]>>,
}

/// The number that the layout gives a name: a constant, a parameter, an export, or an end of a range.
pub(crate) fn layout_number(layout: &Layout, name: &str, field: Option<&str>) -> Option<i128> {
    if let Some(field) = field {
        let range = layout.place(layout.place_named(name)?).range;
        return Some(match field {
            "start" => range.base().into(),
            "last" => range.last().into(),
            // At most 2^64.
            "end" => range.end() as i128,
            "size" => range.size() as i128,
            _ => return None,
        });
    }
    let parameters = layout.parameters().iter();
    let parameters = parameters.filter_map(|one| Some((&one.name, one.number?)));
    let pairs = layout.constants().iter().chain(layout.exports());
    let mut all = pairs.map(|(name, value)| (name, *value)).chain(parameters);
    all.find(|(one, _)| *one == name).map(|(_, value)| value)
}

impl<'l> Scope<'l> {
    pub(crate) fn new(layout: &'l Layout) -> Self {
        Self {
            layout,
            names: BTreeMap::new(),
            pools: BTreeMap::new(),
        }
    }

    /// Lets a name stand for a result. The same name may be given again: it stands for the newest.
    pub(crate) fn name(&mut self, reader: &mut Reader<'_>, name: &Text, fields: &'static [Field]) {
        self.add(reader, name, Named::Result(fields));
    }

    /// Lets a name stand for a number.
    pub(crate) fn number(&mut self, reader: &mut Reader<'_>, name: &Text) {
        self.add(reader, name, Named::Number);
    }

    fn add(&mut self, reader: &mut Reader<'_>, name: &Text, named: Named) {
        if self.is_free(reader, name) && self.pools.contains_key(&name.text) {
            reader.wrong(scenario_name::taken(&name.text, "a pool", name.loc));
        }
        // A name that was complained about is no reason to complain about its uses.
        self.names.insert(name.text.clone(), named);
    }

    /// Lets results with these fields go into a pool.
    pub(crate) fn pool(&mut self, reader: &mut Reader<'_>, name: &Text, fields: &'static [Field]) {
        if self.is_free(reader, name) && self.names.contains_key(&name.text) {
            reader.wrong(scenario_name::taken(&name.text, "a result", name.loc));
        }
        let pool = self.pools.entry(name.text.clone()).or_default();
        if !pool.contains(&fields) {
            pool.push(fields);
        }
    }

    /// Refuses what is no name, and what the layout names.
    fn is_free(&self, reader: &mut Reader<'_>, name: &Text) -> bool {
        let word = &name.text;
        if !mapwright_grammar::is_name(word) {
            reader.wrong(scenario_name::no_name(word, name.loc));
            return false;
        }
        let place = self.layout.place_named(word).map(|id| {
            let kind = self.layout.place(id).kind;
            format!("{kind} of the layout", kind = kind.word())
        });
        let number = layout_number(self.layout, word, None).map(|_| "a number of the layout");
        let by = match (place, number) {
            _ if word == "it" => "the result of the step itself".to_string(),
            (Some(place), _) => format!("a {place}"),
            (None, Some(number)) => number.to_string(),
            (None, None) => return true,
        };
        reader.wrong(scenario_name::taken(word, &by, name.loc));
        false
    }

    /// The fields of the members of a pool.
    pub(crate) fn pool_fields(&self, reader: &mut Reader<'_>, name: &Text) -> Option<Vec<Field>> {
        match self.pools.get(&name.text) {
            Some(fields) => Some(fields.iter().copied().flatten().copied().collect()),
            None => {
                let known = self.pools.keys().map(String::as_str);
                reader.wrong(scenario_name::unknown(&name.text, known, name.loc));
                None
            }
        }
    }

    /// Checks every name of an expression; `it` are the fields of the step's own result, where they are
    /// there already.
    pub(crate) fn check(
        &self,
        reader: &mut Reader<'_>,
        expression: &Expression,
        text: &Text,
        it: Option<&'static [Field]>,
    ) {
        match &expression.kind {
            Kind::Number(_) => {}
            Kind::Binary { left, right, .. } => {
                self.check(reader, left, text, it);
                self.check(reader, right, text, it);
            }
            Kind::Call {
                function,
                arguments,
            } => {
                for (argument, parameter) in arguments.iter().zip(function.each_parameter()) {
                    match parameter {
                        Parameter::Number => self.check(reader, argument, text, it),
                        Parameter::Zone => {
                            self.check_place(reader, argument, text, PlaceKind::Zone)
                        }
                        Parameter::Window => {
                            self.check_place(reader, argument, text, PlaceKind::Window);
                        }
                    }
                }
            }
            Kind::Name {
                name,
                member,
                field,
            } => {
                if let Some(member) = member {
                    self.check(reader, member, text, it);
                }
                let field = field.as_deref();
                let loc = text.part(expression.at);
                self.check_name(reader, (name, member.is_some(), field), loc, it);
            }
        }
    }

    /// Checks both sides of a comparison.
    pub(crate) fn check_comparison(
        &self,
        reader: &mut Reader<'_>,
        comparison: &Comparison,
        text: &Text,
        it: Option<&'static [Field]>,
    ) {
        self.check(reader, &comparison.left, text, it);
        self.check(reader, &comparison.right, text, it);
    }

    fn check_name(
        &self,
        reader: &mut Reader<'_>,
        (name, is_member, field): (&str, bool, Option<&str>),
        loc: Loc,
        it: Option<&'static [Field]>,
    ) {
        if is_member {
            let Some(pool) = self.pools.get(name) else {
                let pools = self.pools.keys().map(String::as_str);
                return reader.wrong(scenario_name::unknown(name, pools, loc));
            };
            let fields: Vec<Field> = pool.iter().copied().flatten().copied().collect();
            return check_field(reader, name, field, &fields, loc);
        }
        if let Some(it) = it.filter(|_| name == "it") {
            return check_field(reader, name, field, it, loc);
        }
        match self.names.get(name) {
            Some(Named::Result(fields)) => check_field(reader, name, field, fields, loc),
            Some(Named::Number) => {
                if let Some(field) = field {
                    reader.wrong(scenario_name::field(name, field, &[], loc));
                }
            }
            None if self.pools.contains_key(name) => match field {
                Some("count") => {}
                Some(field) => reader.wrong(scenario_name::field(name, field, &["count"], loc)),
                None => {
                    let wanted = format!("a member, `{name}[0]`, or `{name}.count`");
                    reader.wrong(scenario_name::other_use(name, "a pool", &wanted, loc));
                }
            },
            None => self.check_layout_name(reader, name, field, loc),
        }
    }

    fn check_layout_name(
        &self,
        reader: &mut Reader<'_>,
        name: &str,
        field: Option<&str>,
        loc: Loc,
    ) {
        if layout_number(self.layout, name, field).is_some() {
            return;
        }
        let is_place = self.layout.place_named(name).is_some();
        match field {
            Some(field) if is_place => {
                reader.wrong(scenario_name::field(name, field, &RANGE_FIELDS, loc));
            }
            None if is_place => {
                let wanted = format!("a number, such as `{name}.start`,");
                reader.wrong(scenario_name::other_use(name, "a range", &wanted, loc));
            }
            _ => {
                let known = self.known();
                let known = known.iter().map(String::as_str);
                reader.wrong(scenario_name::unknown(name, known, loc));
            }
        }
    }

    /// All names that may stand in an expression.
    fn known(&self) -> Vec<String> {
        let layout = self.layout;
        let places = layout.places().map(|(_, place)| place.name.clone());
        let parameters = layout.parameters().iter().map(|one| one.name.clone());
        let pairs = layout.constants().iter().chain(layout.exports());
        let numbers = pairs.map(|(name, _)| name.clone());
        let own = self.names.keys().chain(self.pools.keys()).cloned();
        own.chain(places).chain(parameters).chain(numbers).collect()
    }

    fn check_place(
        &self,
        reader: &mut Reader<'_>,
        argument: &Expression,
        text: &Text,
        kind: PlaceKind,
    ) {
        let loc = text.part(argument.at);
        match &argument.kind {
            Kind::Name {
                name,
                member: None,
                field: None,
            } => self.place(reader, name, kind, loc),
            _ => {
                let message = format!("the name of a {} is wanted here", kind.word());
                reader.wrong(scenario_value::wrong(message, "this is a number", loc));
            }
        }
    }

    /// Checks that the layout has a place of this kind and name.
    pub(crate) fn place(&self, reader: &mut Reader<'_>, name: &str, kind: PlaceKind, loc: Loc) {
        let of_kind = self
            .layout
            .places()
            .filter(|(_, place)| place.kind == kind)
            .map(|(_, place)| place.name.as_str());
        if !of_kind.clone().any(|one| one == name) {
            let what = format!("{} of this layout", kind.word());
            reader.wrong(scenario_value::word(&what, name, of_kind, loc));
        }
    }
}

fn check_field(
    reader: &mut Reader<'_>,
    name: &str,
    field: Option<&str>,
    fields: &[Field],
    loc: Loc,
) {
    let found = match field {
        Some(field) => fields.iter().find(|one| one.name == field),
        None => fields.first(),
    };
    match (found, field) {
        (Some(field), _) if field.is_text => {
            let is = format!("a text in its field `{}`", field.name);
            reader.wrong(scenario_name::other_use(name, &is, "a number", loc));
        }
        (Some(_), _) => {}
        (None, Some(field)) => {
            let mut known: Vec<&str> = fields.iter().map(|field| field.name).collect();
            known.dedup();
            reader.wrong(scenario_name::field(name, field, &known, loc));
        }
        (None, None) => {
            reader.wrong(scenario_name::other_use(name, "no number", "a number", loc));
        }
    }
}
