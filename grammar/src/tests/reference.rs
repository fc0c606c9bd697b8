//! The reference and the editor support say what the grammar says. Whether the whole files in the reference are right is
//! tested with the compiler.

use std::collections::BTreeSet;

use crate::ast::PlaceKind;
use crate::words::{ATTRIBUTES, CLAUSES, FUNCTIONS, ITEMS, KINDS, Takes};
use crate::{parse, print};

const REFERENCE: &str = include_str!("../../REFERENCE.md");
const GRAMMAR: &str = include_str!("../layout.pest");
const TEXTMATE: &str = include_str!("../../editors/mapwright.tmLanguage.json");
const VIM: &str = include_str!("../../editors/vim/syntax/mapwright.vim");

/// The fenced blocks of a Markdown text: their tag, their first line's number, their text.
fn blocks(text: &str) -> Vec<(String, usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(String, usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(tag), None) => open = Some((tag.to_owned(), number + 1, String::new())),
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some((.., block))) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

#[test]
fn every_block_of_the_reference_is_what_it_says() {
    let mut count = 0;
    for (tag, line, text) in blocks(REFERENCE) {
        let (file, errors) = parse(&text);
        match tag.as_str() {
            "layout" | "layout,fragment" => {
                assert_eq!(errors, [], "line {line}");
                assert_eq!(print(&file), text, "line {line}: not in the canonical form");
                count += 1;
            }
            // Those that the parser accepts are refused by the compiler.
            "layout,reject" | "text" => {}
            other => panic!("line {line}: an unknown kind of block: `{other}`"),
        }
    }
    assert!(count >= 10);
}

#[test]
fn links_inside_the_reference_lead_somewhere() {
    let headings: BTreeSet<String> = REFERENCE
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|line| {
            let text = line
                .trim_start_matches('#')
                .trim()
                .to_lowercase()
                .replace(' ', "-");
            text.chars()
                .filter(|c| c.is_alphanumeric() || *c == '-')
                .collect()
        })
        .collect();
    let links: Vec<&str> = REFERENCE
        .split("](#")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    assert!(links.len() > 10);
    for link in links {
        assert!(headings.contains(link), "{link}: {headings:?}");
    }
}

/// The words that the grammar knows.
fn keywords() -> BTreeSet<String> {
    let lines = GRAMMAR.lines().filter(|line| line.contains("!name_char }"));
    let lines = lines.filter(|line| !line.starts_with("number") && !line.starts_with("version"));
    let words = lines
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .map(str::to_owned);
    words.collect()
}

/// The words of a text.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .collect()
}

#[test]
fn editors_know_every_keyword() {
    let keywords = keywords();
    assert!(keywords.len() > 50, "{keywords:?}");
    for (name, known) in [
        ("TextMate", words(TEXTMATE)),
        ("Vim", words(VIM)),
        ("the reference", words(REFERENCE)),
    ] {
        let missing: Vec<_> = keywords
            .iter()
            .filter(|word| !known.contains(word.as_str()))
            .collect();
        assert!(missing.is_empty(), "{name} lacks {missing:?}");
    }
}

/// The words of each group of alternatives that a text has: `(a|b|c)`, and in Vim `\(a\|b\|c\)` or a list of keywords.
fn groups(text: &str) -> Vec<BTreeSet<&str>> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let bracketed = text.split('(').filter_map(|rest| {
        let inside = rest.split(')').next()?;
        let inside = inside.strip_suffix('\\').unwrap_or(inside);
        let words: Vec<&str> = inside
            .split('|')
            .map(|each| each.strip_suffix('\\').unwrap_or(each))
            .collect();
        words
            .iter()
            .all(|each| !each.is_empty() && each.chars().all(word))
            .then(|| words.into_iter().collect())
    });
    let listed = text
        .lines()
        .filter_map(|line| line.strip_prefix("syntax keyword "))
        .map(|line| line.split(' ').skip(1).collect());
    bracketed.chain(listed).collect()
}

/// The words that the tables declare, by what they are.
fn declared() -> Vec<(&'static str, BTreeSet<&'static str>)> {
    let places: BTreeSet<_> = PlaceKind::ALL.iter().map(|kind| kind.word()).collect();
    let others = ITEMS.iter().map(|item| item.word);
    let others = others.filter(|word| !places.contains(word)).collect();
    let keys = ATTRIBUTES.iter().map(|attribute| attribute.key).collect();
    let values = ATTRIBUTES
        .iter()
        .flat_map(|attribute| match attribute.takes {
            Takes::Word(words) => words,
            _ => &[],
        });
    let functions = FUNCTIONS.iter().map(|(name, _)| *name).collect();
    let kinds = KINDS.iter().copied().collect();
    vec![
        ("places", places),
        ("other items", others),
        ("attributes", keys),
        ("words of attributes", values.copied().collect()),
        ("functions", functions),
        ("kinds", kinds),
    ]
}

#[test]
fn editors_have_the_words_of_the_tables() {
    for (editor, text) in [("TextMate", TEXTMATE), ("Vim", VIM)] {
        let groups = groups(text);
        for (what, words) in declared() {
            assert!(
                groups.contains(&words),
                "{editor}: {what} should be {words:?}"
            );
        }
    }
}

#[test]
fn the_reference_explains_every_word_of_the_tables() {
    for (what, words) in declared() {
        for word in words {
            let named = |mark: &str| REFERENCE.contains(&format!("`{word}{mark}"));
            let shown = REFERENCE.contains(&format!("\n{word} "))
                || REFERENCE.contains(&format!(": {word}`"));
            assert!(
                shown || [":", "`", " ", "("].into_iter().any(named),
                "{what}: the reference never writes `{word}` as a word of the language"
            );
        }
    }
    for attribute in ATTRIBUTES {
        let row = format!("`{}", attribute.key);
        assert!(
            REFERENCE.contains(&row),
            "the reference has no attribute `{}`",
            attribute.key
        );
    }
}

#[test]
fn the_grammar_spells_the_words_of_the_tables() {
    let line = |rule: &str| {
        let mut lines = GRAMMAR
            .lines()
            .filter_map(|line| line.split_once('='))
            .filter(|(name, _)| name.trim() == rule);
        let (_, body) = lines.next().unwrap_or_else(|| panic!("no rule `{rule}`"));
        let words = body.split('"').skip(1).step_by(2);
        words.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let places: BTreeSet<String> = PlaceKind::ALL
        .iter()
        .map(|kind| kind.word().to_owned())
        .collect();
    assert_eq!(line("place_kind"), places);
    let after_names: BTreeSet<String> = CLAUSES
        .iter()
        .map(|word| (*word).to_owned())
        .chain(["or".to_owned()])
        .collect();
    assert_eq!(line("clause_word"), after_names);
    for item in ITEMS {
        assert!(
            item.form.starts_with(item.word) || item.form.starts_with("WORD "),
            "{item:?}"
        );
        let (_, errors) = parse(&format!("{} ? ;", item.word));
        let message = &errors.first().expect("a `?` begins nothing").message;
        assert!(
            !message.contains("unknown item"),
            "{}: {message}",
            item.word
        );
    }
    let (_, errors) = parse("unheard of;");
    assert!(errors[0].message.contains("unknown item"), "{errors:?}");
}

#[test]
fn the_textmate_grammar_is_whole() {
    let grammar: serde_json::Value = serde_json::from_str(TEXTMATE).expect("valid JSON");
    assert_eq!(grammar["scopeName"], "source.mapwright");
    assert_eq!(grammar["fileTypes"][0], "layout");
    let repository = grammar["repository"].as_object().expect("a repository");
    let mut included = BTreeSet::new();
    for pattern in grammar["patterns"].as_array().expect("patterns") {
        let name = pattern["include"]
            .as_str()
            .and_then(|name| name.strip_prefix('#'))
            .expect("an include");
        assert!(repository.contains_key(name), "{name}");
        included.insert(name.to_owned());
    }
    assert_eq!(included, repository.keys().cloned().collect());
    for (name, rule) in repository {
        for pattern in rule["patterns"].as_array().expect("patterns") {
            let regular = pattern
                .get("match")
                .or(pattern.get("begin"))
                .and_then(serde_json::Value::as_str);
            assert!(regular.is_some_and(|regular| !regular.is_empty()), "{name}");
        }
    }
}
