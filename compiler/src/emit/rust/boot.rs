//! What is learned when the kernel starts: `struct Boot`, its defaults, and the test that it is valid.

use super::lines::Lines;
use super::names;
use super::operand::literal;
use super::{Unit, author};
use crate::emit::define::definition::Type;
use crate::emit::define::words;
use crate::model::{Domain, Kind, Param};
use crate::show_value::{end_literal, value_literal, value_text};
use mapwright_grammar::ast::ParamClass;

impl Unit<'_> {
    /// `struct Boot` and what it can do; nothing without boot parameters.
    pub(super) fn boot(&mut self, lines: &mut Lines) {
        if !self.has_boot() {
            return;
        }
        let model = self.model;
        let params: Vec<&Param> = model
            .params
            .iter()
            .filter(|param| param.class == ParamClass::Boot)
            .collect();
        lines
            .blank()
            .doc("What is learned when the kernel starts.")
            .line("///");
        lines
            .doc("Functions of it mean something only for values that [`Boot::is_valid`] accepts.");
        lines
            .line("#[derive(Debug, Clone, Copy, PartialEq, Eq)]")
            .open("pub struct Boot {");
        for param in &params {
            lines.doc(&format!(
                "Parameter `{}`{}.",
                param.name,
                self.domain_text(param)
            ));
            author(lines, &param.doc);
            lines.line(&format!(
                "pub {}: {},",
                field(param),
                self.field_type(param)
            ));
        }
        lines.close("}").blank().open("impl Boot {");
        let defaults: Vec<String> = params
            .iter()
            .map(|param| value_text(model, param.kind, self.values[param.var.index()]))
            .collect();
        lines.doc(&format!("The defaults: {}.", defaults.join(", ")));
        let mut fields: Vec<String> = Vec::new();
        for param in &params {
            let value = self.values[param.var.index()];
            let value = match param.kind {
                Kind::Bool => (value != 0).to_string(),
                Kind::Enum(id) => self.choice(id, value),
                Kind::Int => value.to_string(),
                _ => literal(value),
            };
            fields.push(format!("{}: {value}", field(param)));
        }
        lines
            .literal("pub const DEFAULT: Self = Self", &fields)
            .blank();
        self.is_valid(lines, &params);
        lines.close("}");
    }

    fn is_valid(&mut self, lines: &mut Lines, params: &[&Param]) {
        lines.doc(
            "True when every parameter is in its domain and what the layout assumes of them holds.",
        );
        lines.open_function("pub const fn is_valid", &["&self".to_owned()], "bool");
        let mut conditions: Vec<String> = Vec::new();
        for param in params {
            self.domain_conditions(lines, param, &mut conditions);
        }
        let assumptions = self.conjuncts(self.facts.assumptions());
        let mut writer = self.writer(usize::MAX, None, "self", 3);
        let written = writer.write(&assumptions, false);
        for piece in &written.conditions {
            conditions.push(if piece.is_disjunction() {
                format!("({})", piece.text())
            } else {
                piece.text().to_owned()
            });
        }
        lines.push(&written.lets);
        match conditions.as_slice() {
            [] => lines.line("true"),
            [one] => lines.line(
                one.strip_prefix('(')
                    .and_then(|one| one.strip_suffix(')'))
                    .unwrap_or(one),
            ),
            _ => lines.chain("&&", &conditions, ""),
        };
        lines.close("}");
    }

    fn domain_conditions(&self, lines: &mut Lines, param: &Param, into: &mut Vec<String>) {
        let path = format!("self.{}", field(param));
        if matches!(param.kind, Kind::Bool | Kind::Enum(_)) {
            if let Domain::Set(values) = &self.model.vars[param.var.index()].domain {
                self.choice_conditions(lines, param, &path, values, into);
            }
            return;
        }
        match &self.model.vars[param.var.index()].domain {
            Domain::Interval { low, high, step } => {
                if *low != 0 || self.field_type(param) != "u64" {
                    into.push(format!("{path} >= {}", literal(*low)));
                }
                if *high != i128::from(u64::MAX) {
                    into.push(format!("{path} <= {}", literal(*high)));
                }
                if *step > 1 {
                    into.push(on_step(&path, *low, *step));
                }
            }
            Domain::Set(values) => {
                let values: Vec<String> = values.iter().map(|&value| literal(value)).collect();
                matches_any(lines, &path, &values, into);
            }
        }
    }

    /// A bool or enum parameter whose domain is not everything.
    fn choice_conditions(
        &self,
        lines: &mut Lines,
        param: &Param,
        path: &str,
        values: &[i128],
        into: &mut Vec<String>,
    ) {
        let all = match param.kind {
            Kind::Enum(id) => self.model.enums[id.index()].variants.len(),
            _ => 2,
        };
        if values.len() >= all {
            return;
        }
        match param.kind {
            Kind::Enum(id) => {
                let paths: Vec<String> =
                    values.iter().map(|&value| self.choice(id, value)).collect();
                matches_any(lines, path, &paths, into);
            }
            _ if values == [1] => into.push(path.to_owned()),
            _ => into.push(format!("!{path}")),
        }
    }

    fn field_type(&self, param: &Param) -> String {
        let domain = &self.model.vars[param.var.index()].domain;
        match param.kind {
            Kind::Bool => "bool".to_owned(),
            Kind::Enum(id) => self.type_text(Type::Choice(id)),
            _ => self.type_text(Type::of(Some((domain.low(), domain.high())))),
        }
    }

    /// ` in 16M ..= 64G step 4K`
    fn domain_text(&self, param: &Param) -> String {
        let text = |value| value_literal(self.model, param.kind, value);
        if matches!(param.kind, Kind::Bool | Kind::Enum(_)) {
            return String::new();
        }
        match &self.model.vars[param.var.index()].domain {
            Domain::Interval { low, high, step: 1 } => {
                let high = end_literal(self.model, param.kind, *high);
                format!(", `{} ..= {high}`", text(*low))
            }
            Domain::Interval { low, high, step } => {
                format!(
                    ", `{} ..= {} step {}`",
                    text(*low),
                    text(*high),
                    text(*step)
                )
            }
            Domain::Set(values) => {
                let values: Vec<String> = values.iter().map(|&value| text(value)).collect();
                format!(", one of `{{ {} }}`", values.join(", "))
            }
        }
    }
}

/// The condition that a value is `low` or whole steps above it. It stands behind the one that it is not below.
fn on_step(path: &str, low: i128, step: i128) -> String {
    let rest = literal(low.rem_euclid(step));
    if step.count_ones() == 1 {
        return format!("{path} & {} == {rest}", literal(step - 1));
    }
    match low {
        0 => format!("{path} / {0} * {0} == {path}", literal(step)),
        low => format!(
            "({path} - {1}) / {0} * {0} == {path} - {1}",
            literal(step),
            literal(low)
        ),
    }
}

/// The field of a parameter.
fn field(param: &Param) -> String {
    names::escape(&words::small(&param.name))
}

/// `matches!(path, a | b | c)`, or a `let` that is built up where that would be too long for a line.
fn matches_any(lines: &mut Lines, path: &str, values: &[String], into: &mut Vec<String>) {
    let joined = values.join(" | ");
    if path.len() + joined.len() <= 58 {
        into.push(format!("matches!({path}, {joined})"));
        return;
    }
    let name = format!("listed_{}", into.len() + 1);
    for (at, value) in values.iter().enumerate() {
        if at == 0 {
            lines.line(&format!("let mut {name} = matches!({path}, {value});"));
        } else {
            lines.line(&format!("{name} |= matches!({path}, {value});"));
        }
    }
    into.push(name);
}
