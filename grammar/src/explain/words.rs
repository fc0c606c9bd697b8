//! Rules in human words.

use crate::error::SyntaxError;
use crate::lex::TokenKind;
use crate::parser::Rule;
use crate::text::quote;

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
        _ => return mark(rule).map(|mark| format!("`{mark}`")),
    };
    Some(phrase.to_owned())
}

/// The text of a rule that has only one.
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
        Rule::open_bracket | Rule::family | Rule::attr_list => "[",
        Rule::close_bracket => "]",
        Rule::open_paren => "(",
        Rule::close_paren => ")",
        _ => return keyword(rule),
    })
}

fn keyword(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::kw_address | Rule::address => "address",
        Rule::kw_alias | Rule::alias => "alias",
        Rule::kw_assert | Rule::assert_item => "assert",
        Rule::kw_assume | Rule::assume => "assume",
        Rule::kw_at | Rule::linear => "at",
        Rule::kw_because => "because",
        Rule::kw_bits => "bits",
        Rule::kw_bytes => "bytes",
        Rule::kw_device | Rule::device_target => "device",
        Rule::kw_dynamic | Rule::dynamic => "dynamic",
        Rule::kw_else | Rule::else_if => "else",
        Rule::kw_entry | Rule::entry => "entry",
        Rule::kw_enum | Rule::enum_item => "enum",
        Rule::kw_expect | Rule::expect => "expect",
        Rule::kw_export | Rule::export => "export",
        Rule::kw_fault | Rule::fault => "fault",
        Rule::kw_fixed | Rule::fixed => "fixed",
        Rule::kw_from => "from",
        Rule::kw_if | Rule::if_expr => "if",
        Rule::kw_in => "in",
        Rule::kw_layout | Rule::variant => "layout",
        Rule::kw_leaf => "leaf",
        Rule::kw_let | Rule::let_item => "let",
        Rule::kw_level | Rule::level => "level",
        Rule::kw_of => "of",
        Rule::kw_optional => "optional",
        Rule::kw_or => "or",
        Rule::kw_pages | Rule::pages => "pages",
        Rule::kw_paging | Rule::paging | Rule::space_paging => "paging",
        Rule::kw_per => "per",
        Rule::kw_physical | Rule::physical => "physical",
        Rule::kw_repeat => "repeat",
        Rule::kw_reserved | Rule::reserved => "reserved",
        Rule::kw_segment | Rule::segment => "segment",
        Rule::kw_slots | Rule::slots => "slots",
        Rule::kw_space | Rule::space => "space",
        Rule::kw_split | Rule::split => "split",
        Rule::kw_std => "std",
        Rule::kw_step => "step",
        Rule::kw_table | Rule::table => "table",
        Rule::kw_to | Rule::space_to => "to",
        Rule::kw_use | Rule::use_item => "use",
        Rule::kw_va => "va",
        Rule::kw_when | Rule::when_clause => "when",
        Rule::kw_with => "with",
        _ => return None,
    })
}
