//! Rooms do not need each other in a circle: whoever reads one, or takes it out, needs no other that needs it.
//!
//! A room is a module at the top of a package. What it needs are the rooms that it names as `crate::ROOM`, test modules
//! left aside; items at the root of a package (`crate::compile`) belong to no room.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms that each room of a package needs.
type Needs = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_rooms_need_each_other() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let packages = [
        "grammar",
        "runtime",
        "runtime/machine",
        "runtime/jit",
        "compiler/prove",
        "compiler",
    ];
    let (mut circles, mut all) = (Vec::new(), 0);
    for package in packages {
        let needs = needs_of(&top.join(package).join("src"));
        all += needs.values().map(BTreeSet::len).sum::<usize>();
        circles.extend(circle(&needs).map(|path| format!("{package}: {}", path.join(" -> "))));
    }
    assert!(all > 100, "only {all} needs were found");
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn circles_are_found() {
    let needs = |pairs: &[(&str, &str)]| {
        let mut needs = Needs::new();
        for (from, to) in pairs {
            needs
                .entry((*from).into())
                .or_default()
                .insert((*to).into());
        }
        needs
    };
    assert_eq!(circle(&needs(&[("a", "b"), ("b", "c"), ("a", "c")])), None);
    let found = circle(&needs(&[("a", "b"), ("b", "c"), ("c", "b")]));
    assert_eq!(found, Some(vec!["b".into(), "c".into(), "b".into()]));
    let text = "use crate::{b, c::{d, e}, f as g};\nfn x(y: crate::h::I) {} // crate::j\n#[cfg(test)]\nmod tests { use crate::k; }";
    assert_eq!(named(text), ["b", "c", "f", "h"]);
}

/// What the rooms in a source folder need.
fn needs_of(source: &Path) -> Needs {
    let mut texts = Vec::new();
    collect(source, &mut texts);
    let room_of = |path: &Path| {
        let inside = path.strip_prefix(source).expect("below it");
        let first = inside.iter().next().expect("a name").to_string_lossy();
        first.trim_end_matches(".rs").to_owned()
    };
    let rooms: BTreeSet<String> = texts.iter().map(|path| room_of(path)).collect();
    let mut needs = Needs::new();
    for path in &texts {
        let room = room_of(path);
        if ["lib", "main", "samples", "tests"].contains(&room.as_str()) || is_test(path) {
            continue;
        }
        let text = fs::read_to_string(path).expect("readable");
        let others = named(&text).into_iter();
        let others = others.filter(|other| *other != room && rooms.contains(other));
        needs.entry(room.clone()).or_default().extend(others);
    }
    needs
}

/// True for a file that is only compiled for tests.
fn is_test(path: &Path) -> bool {
    path.iter()
        .any(|part| part == "tests" || part == "tests.rs")
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

/// The first words behind every `crate::`, without comments and the test module at the end.
fn named(text: &str) -> Vec<String> {
    let product = text.split("#[cfg(test)]\nmod tests {").next();
    let lines = product.unwrap_or("").lines();
    let code: Vec<&str> = lines
        .map(|line| line.split("//").next().unwrap_or(""))
        .collect();
    let code = code.join("\n");
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => names.push(word(rest)),
            Some(list) => {
                let mut depth = 0;
                let mut begins = true;
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => begins = true,
                        c if begins && c.is_alphabetic() => {
                            names.push(word(&list[at..]));
                            begins = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

fn word(text: &str) -> String {
    let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
    text.chars().take_while(is_part).collect()
}

/// A way from a room back to itself.
fn circle(needs: &Needs) -> Option<Vec<String>> {
    needs.keys().find_map(|room| way(needs, room, room))
}

/// The shortest way from what `from` needs to `to`, both included.
fn way(needs: &Needs, from: &str, to: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![from.to_owned()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for path in ways {
            let last = path.last().expect("never empty");
            for next in needs.get(last).into_iter().flatten() {
                let mut path = path.clone();
                path.push(next.clone());
                if next == to {
                    return Some(path);
                }
                if seen.insert(next.clone()) {
                    longer.push(path);
                }
            }
        }
        ways = longer;
    }
    None
}
