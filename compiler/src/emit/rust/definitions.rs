//! Constants and functions, one for each definition.

use super::formula::Written;
use super::lines::Lines;
use super::operand::literal;
use super::{Unit, author};
use crate::emit::define::definition::{Def, Type};
use crate::emit::define::words::lower;
use crate::emit::define::{Facet, Members};
use crate::emit::expression::defined::VarText;
use crate::model::Kind;
use crate::show_value::{addr_text, value_text};
use crate::term::{TermId, VarId};

impl Unit<'_> {
    /// All groups with their headings.
    pub(super) fn groups(&mut self, lines: &mut Lines) {
        for (heading, item, range) in self.defs.groups.clone() {
            lines.blank().comment(&heading);
            for at in range {
                let def = self.defs.all[at].clone();
                // Also below the heading, which is no comment of the first constant.
                lines.blank();
                self.define(lines, at, &def);
            }
            if let Some(item) = item {
                self.window_functions(lines, item);
            }
        }
    }

    fn define(&mut self, lines: &mut Lines, position: usize, def: &Def) {
        self.document(lines, def);
        if def.entry.exact {
            self.allow_spelling(lines, def);
        }
        if def.is_constant() {
            let value = self.fixed.terms.as_const(def.entry.term).unwrap_or(0);
            let text = self.constant(def, value);
            lines.assign(
                &format!("pub const {}: {}", def.name, self.type_text(def.kind)),
                &text,
            );
            return;
        }
        let result = self.type_text(def.kind);
        let plain = def.is_plain();
        let result = if plain {
            result
        } else {
            format!("Option<{result}>")
        };
        let member = def
            .member
            .as_ref()
            .and(def.entry.members.as_ref())
            .map(|members| members.var);
        let arguments = self.arguments(def.boot, member, &[]);
        let mut body = lines.inner();
        self.body(&mut body, position, def);
        lines.function(
            &format!("pub const fn {}", def.name),
            &arguments,
            &result,
            body,
        );
    }

    /// `boot: &Boot`, the member number, and others.
    pub(super) fn arguments(
        &self,
        boot: bool,
        member: Option<VarId>,
        more: &[&str],
    ) -> Vec<String> {
        let mut arguments = Vec::new();
        if boot {
            arguments.push("boot: &Boot".to_owned());
        }
        if let Some(VarText::Member { name, wide }) = member.and_then(|var| self.names.var(var)) {
            arguments.push(format!("{name}: {}", if *wide { "i128" } else { "u64" }));
        }
        arguments.extend(more.iter().map(|&text| text.to_owned()));
        arguments
    }

    fn body(&mut self, lines: &mut Lines, position: usize, def: &Def) {
        let (term, exists, kind) = (def.entry.term, def.entry.exists, def.kind);
        let mut writer = self.writer(position, Some(term), "boot", 2);
        let wide = matches!(kind, Type::Wide | Type::Signed);
        let roots = if exists == TermId::TRUE {
            vec![term]
        } else {
            vec![term, exists]
        };
        writer.value = (kind != Type::Signed).then_some(wide);
        let written = writer.write(&roots, wide);
        lines.push(&written.lets);
        if let Some([condition, a, b]) = &written.choice {
            match kind {
                Type::Choice(id) => {
                    lines.assign_choice("let choice", condition, a, b);
                    self.match_choice(lines, id, "choice", false, &written);
                }
                _ => {
                    lines.choice(condition, &side_text(kind, a), &side_text(kind, b));
                }
            }
            return;
        }
        let value = value(kind, &written);
        let plain = exists == TermId::TRUE;
        match (kind, plain) {
            (Type::Choice(id), _) => self.match_choice(lines, id, &value, !plain, &written),
            (_, true) => {
                lines.line(&value);
            }
            (_, false) => {
                lines.choice(
                    written.conditions[1].text(),
                    &format!("Some({value})"),
                    "None",
                );
            }
        }
    }

    /// A choice that is computed: its number, matched.
    fn match_choice(
        &self,
        lines: &mut Lines,
        id: crate::model::EnumId,
        value: &str,
        optional: bool,
        written: &Written,
    ) {
        let count = self.model.enums[id.index()].variants.len();
        if optional {
            lines
                .open(&format!("if !({}) {{", written.conditions[1].text()))
                .line("return None;")
                .close("}");
        }
        let some = |path: String| {
            if optional {
                format!("Some({path})")
            } else {
                path
            }
        };
        lines.open(&format!("match {value} {{"));
        for at in 0..count {
            let number = i128::try_from(at).unwrap_or(0);
            let pattern = if at + 1 == count {
                "_".to_owned()
            } else {
                at.to_string()
            };
            lines.line(&format!("{pattern} => {},", some(self.choice(id, number))));
        }
        lines.close("}");
    }

    pub(super) fn type_text(&self, kind: Type) -> String {
        match kind {
            Type::Word => "u64".to_owned(),
            Type::Signed => "i64".to_owned(),
            Type::Wide => "i128".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Choice(id) => super::names::type_name(&self.model.enums[id.index()].name),
        }
    }

    fn constant(&self, def: &Def, value: i128) -> String {
        match (def.kind, def.entry.kind) {
            (Type::Bool, _) => (value != 0).to_string(),
            (Type::Choice(id), _) => self.choice(id, value),
            (_, Kind::Addr | Kind::Version) if value != 0 => addr_text(value),
            (_, Kind::Size) if value.unsigned_abs() >= 1024 => addr_text(value),
            (_, Kind::Int) => value.to_string(),
            _ => literal(value),
        }
    }

    fn document(&mut self, lines: &mut Lines, def: &Def) {
        let entry = &def.entry;
        let value = self
            .fixed
            .terms
            .as_const(entry.term)
            .filter(|_| def.is_constant());
        let value = match (entry.kind, value) {
            (Kind::Size, Some(value)) => format!(" {}.", value_text(self.model, Kind::Size, value)),
            (Kind::Version, Some(value)) => {
                format!(
                    " {} as `major << 32 | minor << 16 | patch`.",
                    value_text(self.model, Kind::Version, value)
                )
            }
            _ => String::new(),
        };
        lines.doc(&format!("{}{value}", entry.brief));
        if let Some(members) = entry.members.as_ref().filter(|_| def.member.is_some()) {
            let text = self.members_text(&members.clone());
            lines.line("///").doc(&text);
        }
        if !def.is_plain() {
            let why = match entry.facet {
                Facet::Last => "`None` where the range is empty or absent.",
                Facet::End | Facet::Size => {
                    "`None` where it is 2^64, or where the range is absent."
                }
                _ => "`None` where it is absent.",
            };
            lines.line("///").doc(why);
        }
        if let Some(what) = self.defs.displaced.get(&def.name).filter(|_| entry.exact) {
            lines.line("///").doc(&format!(
                "The layout's own choice, instead of {}.",
                lower(what)
            ));
        }
        author(lines, &entry.doc);
    }

    /// Which numbers members have: `0..4`, or `0..boot.cpus`.
    fn members_text(&mut self, members: &Members) -> String {
        let name = &members.name;
        let mut writer = self.writer(usize::MAX, None, "boot", 0);
        let written = writer.write(&[members.low, members.high], false);
        let [low, high] = [0, 1].map(|at| written.numbers[at].text());
        if written.lets.is_empty() && !written.wide {
            return format!("`{name}` is a member's number, in `{low}..{high}`.");
        }
        let mut most = |id| self.facts.bounds(&self.fixed.terms, id);
        let (low, high) = (most(members.low), most(members.high));
        match (low, high) {
            (Some((low, _)), Some((_, high))) => {
                format!(
                    "`{name}` is a member's number: at least {low}, at most {}.",
                    high - 1
                )
            }
            _ => format!("`{name}` is a member's number."),
        }
    }

    /// An export keeps its spelling, whatever Rust thinks of it.
    fn allow_spelling(&self, lines: &mut Lines, def: &Def) {
        let name = &def.entry.name;
        if def.is_constant() && name.chars().any(|c| c.is_lowercase()) {
            lines.line("#[allow(non_upper_case_globals)]");
        }
        if !def.is_constant() && (name.chars().any(|c| c.is_uppercase()) || name.contains("__")) {
            lines.line("#[allow(non_snake_case)]");
        }
    }
}

/// One side of a choice as a value of a type.
fn side_text(kind: Type, side: &str) -> String {
    if kind == Type::Bool {
        format!("{side} != 0")
    } else {
        side.to_owned()
    }
}

/// The first root as a value of a type.
fn value(kind: Type, written: &Written) -> String {
    match kind {
        Type::Bool => written.conditions[0].text().to_owned(),
        Type::Word if written.wide => written.numbers[0].as_type("u64"),
        Type::Signed => written.numbers[0].as_type("i64"),
        _ => written.numbers[0].text().to_owned(),
    }
}
