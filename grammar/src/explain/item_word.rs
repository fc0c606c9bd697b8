//! The first word of items and of the clauses of page-table formats.

use crate::error::SyntaxError;
use crate::lex::{Token, TokenKind};
use crate::parser::Rule;
use crate::quote::quote;
use crate::text::span;
use crate::words::{ITEMS, item_word};

use super::Scene;
use super::words::found;

/// The words that the clauses of a page-table format begin with.
pub(crate) const CLAUSE_WORDS: [&str; 5] = ["address", "physical", "entry", "reserved", "level"];

/// What people from elsewhere write, and what it is called here.
const SYNONYMS: [(&str, &str); 19] = [
    ("import", "use"),
    ("include", "use"),
    ("const", "let"),
    ("define", "let"),
    ("var", "let"),
    ("set", "let"),
    ("param", "config"),
    ("parameter", "config"),
    ("option", "config"),
    ("require", "assert"),
    ("check", "assert"),
    ("region", "window"),
    ("range", "window"),
    ("map", "window"),
    ("mapping", "window"),
    ("memory", "zone"),
    ("gap", "guard"),
    ("test", "expect"),
    ("variant", "layout"),
];

/// The mistake of a piece that begins with a word that begins none.
pub(super) fn unknown(scene: &Scene<'_>) -> Option<SyntaxError> {
    let in_item = scene.expects(Rule::item) || scene.expects(Rule::place_kind);
    let in_clause = scene.expects(Rule::paging_clause)
        || scene.expects(Rule::kw_level)
        || scene.expects(Rule::level);
    let nothing_read = scene
        .before
        .iter()
        .all(|token| token.kind == TokenKind::Doc);
    if nothing_read && (in_item || scene.failure.rule == Rule::lone_item) {
        return Some(not_an_item(scene));
    }
    if in_clause && scene.found.kind == TokenKind::Word {
        let place = span(scene.found.start, scene.found.end);
        let message = format!(
            "unknown clause {} in a page-table format",
            quote(scene.found_text())
        );
        let help = match nearest(scene.found_text(), &CLAUSE_WORDS) {
            Some(word) => format!("did you mean `{word}`?"),
            None => {
                "its clauses are `address`, `physical`, `entry`, `reserved` and `level`".to_owned()
            }
        };
        return Some(SyntaxError::unexpected(place, message, "not a clause").with_help(help));
    }
    None
}

fn not_an_item(scene: &Scene<'_>) -> SyntaxError {
    let word = scene.found_text();
    let place = scene.place();
    match word {
        ";" => {
            return SyntaxError::unexpected(place, "this `;` ends nothing", "one too many")
                .with_help("remove it");
        }
        "}" | ")" | "]" => {
            let message = format!("this `{word}` closes nothing");
            return SyntaxError::unexpected(place, message, "no bracket is open here")
                .with_help("remove it, or look above for an item that ended too early");
        }
        "#" | "/*" => {
            return SyntaxError::unexpected(
                place,
                format!("`{word}` does not begin a comment"),
                "not a comment",
            )
            .with_help("comments are `// ...`, to the end of the line");
        }
        _ => {}
    }
    if scene.found.kind != TokenKind::Word {
        return SyntaxError::unexpected(
            place,
            format!("expected an item, found {}", found(scene)),
            "expected an item",
        )
        .with_help(all_items());
    }
    let message = format!("unknown item {}", quote(word));
    let help = match nearest(word, &item_words()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => all_items(),
    };
    SyntaxError::unexpected(place, message, "no item begins with this word").with_help(help)
}

fn item_words() -> Vec<&'static str> {
    ITEMS.iter().map(|item| item.word).collect()
}

fn all_items() -> String {
    format!("items begin with one of: {}", item_words().join(", "))
}

/// The known word that was probably meant.
fn nearest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    let lower = word.to_lowercase();
    if let Some((_, meant)) = SYNONYMS
        .iter()
        .find(|(synonym, meant)| *synonym == lower && known.contains(meant))
    {
        return Some(meant);
    }
    if word.len() > 16 {
        return None;
    }
    let close = known
        .iter()
        .map(|candidate| (distance(&lower, candidate), *candidate));
    let (far, best) = close.min_by_key(|(far, _)| *far)?;
    (far <= best.len() / 3).then_some(best)
}

/// How many letters must be added, left out, replaced or swapped with their neighbour to make one word the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// How the item, part or clause of a scene is written.
pub(super) fn written(scene: &Scene<'_>) -> Option<String> {
    let word = scene.first_word();
    match scene.failure.rule {
        Rule::lone_part => Some(PART.to_owned()),
        Rule::lone_clause => clause_form(word),
        Rule::lone_item if scene.still_open().is_some() && word == "split" => Some(PART.to_owned()),
        Rule::lone_item if scene.still_open().is_some() && word == "paging" => {
            let begins = |token: &&Token| CLAUSE_WORDS.contains(&token.text(scene.source));
            clause_form(
                scene
                    .before
                    .iter()
                    .rev()
                    .find(begins)
                    .map_or("", |token| token.text(scene.source)),
            )
        }
        Rule::lone_item => form(word),
        _ => None,
    }
}

const PART: &str = "a part is written `NAME : start .. end { attributes };`";

fn clause_form(word: &str) -> Option<String> {
    let form = match word {
        "address" => "address 48 bits sign_extended;",
        "physical" => "physical 52 bits;",
        "entry" => "entry 8 bytes { present [0], execute ![63], ... }",
        "reserved" => "reserved [51:40], [6];",
        "level" => {
            "level NAME : va[high:low] -> entry[high:low] << SHIFT, leaf when CONDITION -> entry[high:low] << SHIFT;"
        }
        _ => return None,
    };
    Some(format!("it is written `{form}`"))
}

/// How an item is written.
fn form(word: &str) -> Option<String> {
    let form = item_word(word)?.form.replace("WORD", word);
    let subject = match word {
        "config" | "boot" => "a parameter",
        _ => "it",
    };
    Some(format!("{subject} is written `{form}`"))
}
