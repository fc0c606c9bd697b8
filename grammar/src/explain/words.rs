//! Rules in human words.

use crate::error::SyntaxError;
use crate::lex::TokenKind;
use crate::parser::Rule;
use crate::quote::quote;

use super::{Scene, item_word};

/// "expected this, found that", with the form of the item.
pub(super) fn general(scene: &Scene<'_>) -> SyntaxError {
    let expected = expected(scene);
    let found = found(scene);
    let error = if expected.is_empty() {
        SyntaxError::unexpected(
            scene.place(),
            format!("{found} cannot stand here"),
            "unexpected",
        )
    } else {
        let expected = list(&expected);
        let message = format!("expected {expected}, found {found}");
        SyntaxError::unexpected(scene.place(), message, format!("expected {expected}"))
    };
    match item_word::written(scene) {
        Some(form) => error.with_help(form),
        None => error,
    }
}

/// What was found, for a message.
pub(super) fn found(scene: &Scene<'_>) -> String {
    match scene.found.kind {
        TokenKind::End => "the end of the text".to_owned(),
        TokenKind::Doc => "a doc comment".to_owned(),
        TokenKind::Text => "a quoted text".to_owned(),
        _ => quote(scene.found_text()),
    }
}

/// `a`, `b` or `c`.
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// What may stand at the place, each once, in the order of the grammar. What may follow every value or name is left out.
fn expected(scene: &Scene<'_>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let value = scene.expects_value();
    for &rule in &scene.failure.expected {
        let word = match rule {
            // The beginnings of a value.
            Rule::name
            | Rule::paren
            | Rule::if_expr
            | Rule::boolean
            | Rule::version
            | Rule::neg
            | Rule::not
                if value =>
            {
                None
            }
            Rule::kw_if | Rule::open_paren => None,
            Rule::family | Rule::open_bracket if scene.expects(Rule::kw_in) => None,
            _ => word(rule),
        };
        words.extend(word.filter(|word| !words.contains(word)));
    }
    words
}

/// A rule in human words; nothing for rules that continue a value.
fn word(rule: Rule) -> Option<String> {
    let phrase = match rule {
        Rule::expr | Rule::number => "a value",
        Rule::name | Rule::names | Rule::bindings | Rule::binding => "a name",
        Rule::attr | Rule::entry_field | Rule::fixed_slot | Rule::enum_choice => "a name",
        Rule::string => "a quoted text",
        Rule::range => "a range",
        Rule::domain | Rule::interval => "a set `{ ... }` or an interval `a ..= b`",
        Rule::target => "a target",
        Rule::outcome => "an outcome",
        Rule::part => "a part `name : start .. end;`",
        Rule::paging_clause => "a clause",
        Rule::item | Rule::place_kind | Rule::param_class => "an item",
        Rule::bit_slice | Rule::bit_slices | Rule::bit_place => "bits `[high:low]`",
        Rule::entry_form => "the address in an entry",
        Rule::EOI => "the end",
        Rule::doc => return None,
        _ => {
            let text = mark(rule).map(str::to_owned).or_else(|| keyword(rule))?;
            return Some(format!("`{text}`"));
        }
    };
    Some(phrase.to_owned())
}

/// The text of a rule that is a mark, or begins with one.
pub(super) fn mark(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::semi => ";",
        Rule::comma => ",",
        Rule::colon => ":",
        Rule::equals => "=",
        Rule::arrow => "->",
        Rule::dotdot => "..",
        Rule::dotdoteq => "..=",
        Rule::plus | Rule::size_end => "+",
        Rule::bang => "!",
        Rule::open_brace | Rule::attrs | Rule::value_set => "{",
        Rule::close_brace => "}",
        Rule::open_bracket | Rule::family | Rule::attr_list | Rule::name_list => "[",
        Rule::close_bracket => "]",
        Rule::open_paren => "(",
        Rule::close_paren => ")",
        _ => return None,
    })
}

/// The keyword that a rule is, or begins with: keywords are spelled in the names of their rules (`kw_alias`).
fn keyword(rule: Rule) -> Option<String> {
    let first = match rule {
        Rule::alias => Rule::kw_alias,
        Rule::covers => Rule::kw_covers,
        Rule::assert_item => Rule::kw_assert,
        Rule::assume => Rule::kw_assume,
        Rule::reason => Rule::kw_because,
        Rule::linear => Rule::kw_at,
        Rule::address => Rule::kw_address,
        Rule::device_target => Rule::kw_device,
        Rule::dynamic => Rule::kw_dynamic,
        Rule::else_if => Rule::kw_else,
        Rule::entry => Rule::kw_entry,
        Rule::enum_item => Rule::kw_enum,
        Rule::expect => Rule::kw_expect,
        Rule::export => Rule::kw_export,
        Rule::fault => Rule::kw_fault,
        Rule::fixed => Rule::kw_fixed,
        Rule::if_expr => Rule::kw_if,
        Rule::variant => Rule::kw_layout,
        Rule::let_item => Rule::kw_let,
        Rule::level => Rule::kw_level,
        Rule::pages => Rule::kw_pages,
        Rule::paging | Rule::space_paging => Rule::kw_paging,
        Rule::physical => Rule::kw_physical,
        Rule::reserved => Rule::kw_reserved,
        Rule::segment => Rule::kw_segment,
        Rule::slots => Rule::kw_slots,
        Rule::space => Rule::kw_space,
        Rule::split => Rule::kw_split,
        Rule::table => Rule::kw_table,
        Rule::tables_target => Rule::kw_tables,
        Rule::space_to => Rule::kw_to,
        Rule::use_item => Rule::kw_use,
        Rule::when_clause => Rule::kw_when,
        other => other,
    };
    let name = format!("{first:?}");
    name.strip_prefix("kw_").map(str::to_owned)
}
