//! From the tables of a scenario to its steps, with every mistake that can be found without running it.

use toml::de::{DeTable, DeValue};

use super::arguments::ArgumentReader;
use super::document::{Item, Reader, Text, get};
use super::expectations;
use super::scope::Scope;
use super::{Action, Draw, Given, Pick, Step};
use crate::simulate::operations::declaration::{Argument, Field, Operation, number};
use crate::simulate::{scenario_key, scenario_value};
use crate::source::{Loc, Sources};

/// Repeats and choices nest at most so deep.
const MOST_DEPTH: u32 = 16;

/// Keys that every step may have.
pub(crate) const COMMON: &[&str] = &["do", "as", "into", "weight", "about"];

/// Keys of steps that do one thing: what they expect, and where arguments come from.
const OF_OPERATIONS: &[&str] = &["from", "pick"];

/// The fields of a `repeat`.
const ROUNDS: &[Field] = &[number("rounds")];

/// Reads steps.
pub(crate) struct StepReader<'r, 't, 'l> {
    pub(crate) reader: &'r mut Reader<'t>,
    pub(crate) scope: Scope<'l>,
    pub(crate) sources: &'r Sources,
    depth: u32,
}

impl<'r, 't, 'l> StepReader<'r, 't, 'l> {
    pub(crate) fn new(reader: &'r mut Reader<'t>, scope: Scope<'l>, sources: &'r Sources) -> Self {
        Self {
            reader,
            scope,
            sources,
            depth: 0,
        }
    }

    /// The steps of an array.
    pub(crate) fn steps(&mut self, item: Item<'_, '_>, in_choice: bool) -> Vec<Step> {
        let items = self.reader.array(item).unwrap_or_default();
        let steps = items.into_iter();
        steps
            .filter_map(|item| self.step(item, in_choice))
            .collect()
    }

    fn step(&mut self, item: Item<'_, '_>, in_choice: bool) -> Option<Step> {
        let table = self.reader.table(item)?;
        let Some((_, what)) = get(table, "do") else {
            let loc = self.reader.loc(item.span());
            let missing = scenario_key::missing("do", "a step", "what the step does", loc);
            self.reader.wrong(missing);
            return None;
        };
        let word = self.reader.text(what)?;
        if !in_choice && let Some((key, _)) = get(table, "weight") {
            let loc = self.reader.loc(key);
            let wrong = scenario_key::misplaced("weight", "only steps of a `choose` have one", loc);
            self.reader.wrong(wrong);
        }
        if let Some((_, item)) = get(table, "about") {
            self.reader.text(item);
        }
        let (line, _) = self.sources.line_column(word.loc.file, word.loc.span.start);
        let weight = self.weight(table);
        let (action, fields) = match word.text.as_str() {
            "repeat" => (self.repeat(table, &word)?, ROUNDS),
            "choose" => (self.choose(table, &word)?, &[][..]),
            name => match Operation::named(name) {
                Some(operation) => (self.operation(operation, table, &word), operation.fields),
                None => {
                    let names = Operation::all().map(|operation| operation.name);
                    let names = names.chain(["repeat", "choose"]);
                    let wrong = scenario_value::word("operation", name, names, word.loc);
                    self.reader.wrong(wrong);
                    return None;
                }
            },
        };
        // Expectations may name the result of their own step.
        let (name, into) = self.names(table, fields);
        let expect = expectations::read(self, table, fields, &action);
        Some(Step {
            action,
            loc: word.loc,
            line,
            name,
            into,
            weight,
            expect,
        })
    }

    fn weight(&mut self, table: &DeTable<'_>) -> u64 {
        let Some((_, item)) = get(table, "weight") else {
            return 1;
        };
        let given = match item.get_ref() {
            DeValue::Integer(integer) => {
                u64::from_str_radix(integer.as_str(), integer.radix()).ok()
            }
            _ => None,
        };
        match given.filter(|weight| *weight <= 1_000_000) {
            Some(weight) => weight,
            None => {
                let loc = self.reader.loc(item.span());
                let message = "a weight is an integer from 0 to 1000000";
                self.reader
                    .wrong(scenario_value::wrong(message, "here", loc));
                1
            }
        }
    }

    /// The name of the result, and the pool that it goes into.
    fn names(
        &mut self,
        table: &DeTable<'_>,
        fields: &'static [Field],
    ) -> (Option<String>, Option<String>) {
        let mut of = |key: &str| {
            let (found, item) = get(table, key)?;
            if fields.is_empty() {
                let loc = self.reader.loc(found);
                let wrong = scenario_key::misplaced(key, "this step has no result", loc);
                self.reader.wrong(wrong);
            }
            self.reader.text(item)
        };
        let (name, into) = (of("as"), of("into"));
        if let Some(name) = &name {
            self.scope.name(self.reader, name, fields);
        }
        if let Some(into) = &into {
            self.scope.pool(self.reader, into, fields);
        }
        (name.map(|name| name.text), into.map(|into| into.text))
    }

    fn deeper(&mut self, loc: Loc) -> bool {
        self.depth += 1;
        if self.depth == MOST_DEPTH + 1 {
            let message = format!("steps nest at most {MOST_DEPTH} deep");
            self.reader
                .wrong(scenario_value::wrong(message, "one too deep", loc));
        }
        self.depth <= MOST_DEPTH
    }

    fn repeat(&mut self, table: &DeTable<'_>, word: &Text) -> Option<Action> {
        let own = ["count", "index", "until", "step"];
        let known = [COMMON, &own, expectations::AFTER].concat();
        self.reader.only(table, &known, "`repeat`");
        let count = self.needed(table, "count", "how many rounds there are", word.loc);
        let count = count.and_then(|item| self.reader.expression(item));
        if let Some((count, text)) = &count {
            self.scope.check(self.reader, count, text, None);
        }
        let index = get(table, "index").and_then(|(_, item)| self.reader.text(item));
        if let Some(index) = &index {
            self.scope.number(self.reader, index);
        }
        let until = get(table, "until").and_then(|(_, item)| self.reader.text(item));
        if let Some(until) = &until {
            expectations::check_refusal(self.reader, until);
        }
        let steps = self.nested(table, false, word.loc);
        Some(Action::Repeat {
            count: count?,
            index: index.map(|index| index.text),
            until: until.map(|until| (until.text, until.loc)),
            steps,
        })
    }

    fn choose(&mut self, table: &DeTable<'_>, word: &Text) -> Option<Action> {
        let known = [COMMON, &["step"]].concat();
        self.reader.only(table, &known, "`choose`");
        let steps = self.nested(table, true, word.loc);
        let total: u64 = steps.iter().map(|step| step.weight).sum();
        if total == 0 && !steps.is_empty() {
            let message = "no step of this choice has a weight above 0";
            self.reader.wrong(scenario_value::wrong(
                message,
                "nothing can be chosen",
                word.loc,
            ));
            return None;
        }
        Some(Action::Choose(steps))
    }

    fn nested(&mut self, table: &DeTable<'_>, in_choice: bool, loc: Loc) -> Vec<Step> {
        let Some(item) = self.needed(table, "step", "the steps inside it", loc) else {
            return Vec::new();
        };
        let steps = if self.deeper(loc) {
            self.steps(item, in_choice)
        } else {
            Vec::new()
        };
        self.depth -= 1;
        steps
    }

    fn needed<'v, 'i>(
        &mut self,
        table: &'v DeTable<'i>,
        key: &str,
        does: &str,
        loc: Loc,
    ) -> Option<Item<'v, 'i>> {
        let found = get(table, key).map(|(_, item)| item);
        if found.is_none() {
            self.reader
                .wrong(scenario_key::missing(key, "this step", does, loc));
        }
        found
    }

    fn operation(
        &mut self,
        operation: &'static Operation,
        table: &DeTable<'_>,
        word: &Text,
    ) -> Action {
        let own: Vec<&str> = operation.arguments.iter().map(|one| one.name).collect();
        let expectations = expectations::keys(operation.fields);
        let expectations: Vec<&str> = expectations.iter().map(String::as_str).collect();
        let known = [COMMON, OF_OPERATIONS, &own, &expectations].concat();
        let of = format!("`{}`", operation.name);
        self.reader.only(table, &known, &of);
        let (from, supplied) = self.draw(table);
        let mut arguments = Vec::new();
        for argument in operation.arguments {
            match get(table, argument.name) {
                Some((_, item)) => {
                    arguments.extend(self.given(argument, item).map(|given| (argument, given)));
                }
                None if !argument.required || supplied.contains(&argument.name) => {}
                None => {
                    let missing =
                        scenario_key::missing(argument.name, &of, argument.does, word.loc);
                    self.reader.wrong(missing);
                }
            }
        }
        Action::Do {
            operation,
            arguments,
            from,
        }
    }

    /// The pool that a step takes a member from, and what the member has.
    fn draw(&mut self, table: &DeTable<'_>) -> (Option<Draw>, Vec<&'static str>) {
        let pick = get(table, "pick").and_then(|(key, item)| Some((key, self.reader.text(item)?)));
        let Some(pool) = get(table, "from").and_then(|(_, item)| self.reader.text(item)) else {
            if let Some((key, _)) = pick {
                let loc = self.reader.loc(key);
                let wrong = scenario_key::misplaced("pick", "it goes with `from`", loc);
                self.reader.wrong(wrong);
            }
            return (None, Vec::new());
        };
        let words = [
            ("random", Pick::Random),
            ("first", Pick::First),
            ("last", Pick::Last),
        ];
        let pick = pick.map_or(Pick::Random, |(_, word)| {
            let found = words.iter().find(|(one, _)| *one == word.text);
            found.map_or_else(
                || {
                    let known = words.map(|(word, _)| word);
                    let wrong = scenario_value::word("way to pick", &word.text, known, word.loc);
                    self.reader.wrong(wrong);
                    Pick::Random
                },
                |(_, pick)| *pick,
            )
        });
        let fields = self.scope.pool_fields(self.reader, &pool);
        // With a pool that is unknown, one message is enough.
        let supplied = match fields {
            Some(fields) => fields.iter().map(|field| field.name).collect(),
            None => Operation::all()
                .flat_map(|operation| operation.arguments)
                .map(|argument| argument.name)
                .collect(),
        };
        let pool = pool.text;
        (Some(Draw { pool, pick }), supplied)
    }

    fn given(&mut self, argument: &'static Argument, item: Item<'_, '_>) -> Option<Given> {
        let mut arguments = ArgumentReader {
            reader: self.reader,
            scope: &self.scope,
        };
        arguments.argument(argument, item)
    }
}
