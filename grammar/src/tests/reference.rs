//! The reference and the editor support say what the grammar says. Whether the whole files in the reference are right is
//! tested with the compiler.

use std::collections::BTreeSet;

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
