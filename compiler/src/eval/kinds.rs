//! The kinds of numbers: what they are called and which may stand for which.

use super::expr::Value;
use super::{Evaluator, kind_mismatch};
use crate::did_you_mean::{nearest, question};
use crate::model::{EnumId, Kind, Model};
use crate::resolve::{Name, unknown_name, wrong_name};
use crate::source::{FileId, Loc};
use mapwright_grammar::ast::Ident;
use mapwright_grammar::words::KINDS;

/// The word for a kind, as it is written: `addr`, or the name of the enum.
#[must_use]
pub(crate) fn kind_word(model: &Model, kind: Kind) -> &str {
    match kind {
        Kind::Number => "number",
        Kind::Addr => "addr",
        Kind::Size => "size",
        Kind::Int => "int",
        Kind::Bool => "bool",
        Kind::Version => "version",
        Kind::Enum(id) => model.enums.get(id.index()).map_or("enum", |e| &e.name),
    }
}

/// A kind in a sentence: `an address`, `a choice of Split`.
#[must_use]
pub(crate) fn article_kind(model: &Model, kind: Kind) -> String {
    let text = match kind {
        Kind::Number => "a plain number",
        Kind::Addr => "an address",
        Kind::Size => "a size",
        Kind::Int => "a count (int)",
        Kind::Bool => "a condition (bool)",
        Kind::Version => "a version",
        Kind::Enum(_) => return format!("a choice of `{}`", kind_word(model, kind)),
    };
    text.to_owned()
}

/// True for the kinds that are numbers with a sign: not conditions, versions or choices.
pub(super) const fn is_numeric(kind: Kind) -> bool {
    matches!(kind, Kind::Number | Kind::Addr | Kind::Size | Kind::Int)
}

/// The kind that both operands of a comparison, `min`, `max` or `if` have, when there is one:
/// a literal takes the other's, and a size stands for the address at that distance from 0.
pub(super) fn common(left: Kind, right: Kind) -> Option<Kind> {
    match (left, right) {
        _ if left == right => Some(left),
        (Kind::Number, other) | (other, Kind::Number) if is_numeric(other) => Some(other),
        (Kind::Addr, Kind::Size) | (Kind::Size, Kind::Addr) => Some(Kind::Addr),
        _ => None,
    }
}

impl Evaluator<'_> {
    /// `value` as a `want`, or a message; `why` says what needs it.
    pub(super) fn coerce(
        &mut self,
        value: Value,
        want: Kind,
        loc: Loc,
        why: &str,
    ) -> Option<Value> {
        let fits = match (value.kind, want) {
            (have, want) if have == want => true,
            (Kind::Number, want) => is_numeric(want),
            (Kind::Size, Kind::Addr) => true,
            (have, Kind::Number) => is_numeric(have),
            _ => false,
        };
        if fits {
            return Some(Value {
                kind: want,
                ..value
            });
        }
        let wrong = kind_mismatch::expected(&self.model, want, value.kind, loc, why);
        self.diagnostics.push(wrong);
        None
    }

    /// The kind that a word names.
    pub(super) fn kind_named(&mut self, word: &Ident, file: FileId) -> Option<Kind> {
        let built_in = match word.text.as_str() {
            "addr" => Some(Kind::Addr),
            "size" => Some(Kind::Size),
            "int" => Some(Kind::Int),
            "bool" => Some(Kind::Bool),
            "version" => Some(Kind::Version),
            _ => None,
        };
        if built_in.is_some() {
            return built_in;
        }
        let loc = Loc {
            file,
            span: word.span,
        };
        let found = self.decls.names.get(&word.text);
        if let Some(Name::Enum(id)) = found.map(|meaning| meaning.name) {
            self.note_use(&word.text);
            return Some(Kind::Enum(id));
        }
        if found.is_none() && self.decls.names.excused(&word.text) {
            return None;
        }
        let enums = self.model.enums.iter().map(|e| e.name.as_str());
        let kinds: Vec<&str> = KINDS.iter().copied().chain(enums).collect();
        let diagnostic = match found {
            Some(meaning) => wrong_name::of(&word.text, meaning, "kind", loc, ""),
            None => {
                let near = nearest(&word.text, kinds.iter().copied());
                match question(&near) {
                    Some(_) => unknown_name::among(&word.text, "kind", loc, kinds),
                    None => unknown_name::among(&word.text, "kind", loc, KINDS.iter().copied())
                        .help("or declare it: `enum NAME { A, B }`"),
                }
            }
        };
        self.diagnostics.push(diagnostic);
        None
    }

    /// The number of a choice of an enum.
    pub(super) fn choice(&self, id: EnumId, name: &str) -> Option<i128> {
        let variants = &self.model.enums.get(id.index())?.variants;
        let at = variants.iter().position(|(choice, _)| choice == name)?;
        i128::try_from(at).ok()
    }
}
